"""The command line: exit codes, one clear line for each error, results on stdout and all else on stderr."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph
import pytest
from typer.testing import CliRunner, Result

from kg.cli import app, checking

ROOT = Path(__file__).parents[1]
VERBS = ("build", "annotate", "text", "validate", "query", "ask", "serve", "export", "reason")


def kg(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="kg")


def process(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
    """The same in a process of its own, as a shell sees it."""
    command = [sys.executable, "-m", "kg.cli", *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, capture_output=True, timeout=300, check=False
    )


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graph") / "examples.trig"
    result = kg("build", ROOT / "examples" / "policies", "-o", path)
    assert result.exit_code == 0, result.stderr
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graph") / "small.nq"
    result = kg("build", ROOT / "examples" / "policies" / "quillmere-2009.txt", "-o", path)
    assert result.exit_code == 0, result.stderr
    return path


@pytest.fixture
def policy(examples: Path) -> Path:
    return examples / "quillmere-2009.txt"


def test_help_shows_every_verb_and_loads_no_library_of_the_work() -> None:
    shown = process("--help")
    assert shown.returncode == 0
    assert all(verb.encode() in shown.stdout for verb in VERBS)
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, kg.cli; print(*{name.partition('.')[0] for name in sys.modules})"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "typer" in loaded
    assert not {"rdflib", "pyoxigraph", "pyshacl", "owlready2", "networkx", "nltk", "selectolax", "py3langid"} & set(loaded)


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_every_verb_has_examples(verb: str) -> None:
    result = kg(verb, "--help")
    assert result.exit_code == 0
    assert f"kg {verb}" in result.stdout.partition("Examples:")[2]


def test_version_is_the_distribution_s_and_tells_what_runs() -> None:
    from importlib.metadata import version

    from kg import native

    result = kg("--version")
    told = "compiled" if native.compiled() else "not compiled"
    assert (result.exit_code, result.stdout) == (0, f"kg {version('policy-kg')}\nextraction: {told}\n")


# build


def test_build_writes_the_graph_and_says_what_was_found(policy: Path, tmp_path: Path) -> None:
    target = tmp_path / "graph.nq"
    result = kg("build", policy, "-o", target)
    assert result.exit_code == 0, result.stderr
    assert len(list(pyoxigraph.parse(path=str(target), format=pyoxigraph.RdfFormat.N_QUADS))) > 100
    assert result.stdout == ""
    assert "quillmere-2009.txt" in result.stderr
    for topic in ("statements", "data", "purposes", "recipients", "transfers", "retention", "rights", "denials"):
        assert topic in result.stderr


def test_build_says_what_was_not_found(policy: Path, tmp_path: Path) -> None:
    shopping = tmp_path / "list.txt"
    shopping.write_text("Flour, butter and two lemons.\nBake for forty minutes and let it cool.\n")
    result = kg("build", policy, shopping, "-o", tmp_path / "graph.trig")
    assert result.exit_code == 0
    assert "does not read like a privacy policy" in result.stderr.partition(f"Not found in {shopping}")[2]


def test_build_to_stdout_is_the_graph_and_nothing_else(policy: Path) -> None:
    result = process("build", policy, "-o", "-")
    assert result.returncode == 0
    assert len(list(pyoxigraph.parse(result.stdout, format=pyoxigraph.RdfFormat.TRIG))) > 100
    assert b"Found" in result.stderr


def test_build_twice_gives_the_same_bytes(policy: Path, tmp_path: Path) -> None:
    for name in ("one.trig", "two.trig"):
        assert kg("build", policy, "-o", tmp_path / name).exit_code == 0
    assert (tmp_path / "one.trig").read_bytes() == (tmp_path / "two.trig").read_bytes()


def test_a_missing_path_among_others_is_named_and_the_rest_is_built(policy: Path, tmp_path: Path) -> None:
    target = tmp_path / "graph.trig"
    result = kg("build", tmp_path / "missing.txt", policy, "-o", target)
    assert result.exit_code == 3
    assert f"kg: error: {tmp_path / 'missing.txt'}: " in result.stderr
    assert "Quillmere" in target.read_text()


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.txt", b""), ("binary.txt", bytes(range(256)) * 40), ("spaces.txt", b" \n\t\n"), ("notes.xyz", b"Some words.")],
)
def test_an_input_of_no_use_is_named_with_the_reason(policy: Path, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    result = kg("build", tmp_path / name, policy, "-o", tmp_path / "graph.trig")
    assert result.exit_code == 3
    [line] = [line for line in result.stderr.splitlines() if line.startswith("kg: error: ")]
    assert line.startswith(f"kg: error: {tmp_path / name}: ")


def test_two_inputs_with_the_same_text_are_used_once_with_a_warning(policy: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.txt"
    copy.write_bytes(policy.read_bytes())
    result = kg("build", policy, copy, "-o", tmp_path / "graph.trig")
    assert result.exit_code == 0
    assert f"kg: warning: {copy}: has the same text as {policy} and was left out" in result.stderr
    assert (tmp_path / "graph.trig").read_text().count(" a pk:PolicySeries") == 1


@pytest.mark.parametrize("target", ["missing/graph.trig", "folder.trig"])
def test_an_unwritable_output_leaves_nothing_behind(policy: Path, tmp_path: Path, target: str) -> None:
    (tmp_path / "folder.trig").mkdir()
    result = kg("build", policy, "-o", tmp_path / target)
    assert result.exit_code == 2
    assert f"kg: error: {tmp_path / target}: cannot be written: " in result.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["folder.trig"]


def test_a_malformed_policies_toml_is_named_with_its_line(policy: Path, tmp_path: Path) -> None:
    (tmp_path / "policy.txt").write_bytes(policy.read_bytes())
    (tmp_path / "policies.toml").write_text('["policy.txt"]\ntitle = "A\n')
    result = kg("build", tmp_path, "-o", tmp_path / "graph.trig")
    assert result.exit_code == 2
    assert f"kg: error: {tmp_path / 'policies.toml'}, line 2" in result.stderr
    assert not (tmp_path / "graph.trig").exists()


@pytest.mark.parametrize(("arguments", "reason"), [(("-o", "graph.pdf"), "graph.pdf"), (("-o", "g.trig", "--store", "s"), "not both")])
def test_wrong_usage_of_build(policy: Path, arguments: tuple[str, ...], reason: str) -> None:
    result = kg("build", policy, *arguments)
    assert result.exit_code == 2
    assert reason in result.stderr


def test_a_store_is_built_and_asked(policy: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    for _ in range(2):
        result = kg("build", policy, "--store", store)
        assert result.exit_code == 0, result.stderr
    answer = kg(
        "query", "PREFIX pk: <https://w3id.org/policy-kg/ontology#> SELECT ?v { ?v a pk:PolicyVersion }", "--store", store, "-f", "json"
    )
    assert len(json.loads(answer.stdout)["results"]["bindings"]) == 1


# annotate, text


def test_annotate_prints_findings_that_stand_in_the_text(policy: Path) -> None:
    text = process("text", policy).stdout.decode()
    result = process("annotate", policy)
    assert result.returncode == 0
    findings = [json.loads(line) for line in result.stdout.decode().splitlines()]
    assert len(findings) > 20
    for finding in findings:
        assert finding["document"] == str(policy)
        assert text[finding["start"] : finding["end"]] == finding["quote"]
    assert {finding["polarity"] for finding in findings} == {"affirmed", "denied"}


def test_annotate_keeps_both_of_two_equal_texts(policy: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.txt"
    copy.write_bytes(policy.read_bytes())
    result = kg("annotate", policy, copy, tmp_path / "missing.txt")
    assert {json.loads(line)["document"] for line in result.stdout.splitlines()} == {str(policy), str(copy)}
    assert result.exit_code == 3
    assert "missing.txt" in result.stderr


def test_text_of_a_plain_file_is_the_file(policy: Path) -> None:
    assert process("text", policy).stdout == policy.read_bytes()


# validate, query, export, reason


def test_validate_finds_violations_and_says_so_in_the_exit_code(small: Path) -> None:
    result = kg("validate", small, "--regime", "gdpr")
    assert result.exit_code == 1, result.stderr
    assert "gdpr-13-2-d" in result.stdout
    assert "an anachronism, as it was not the law then" in result.stderr
    assert "1 quillmere-2009" in result.stdout
    assert "1 policies" not in result.stdout


def test_validate_judges_by_the_law_of_the_texts_day(small: Path) -> None:
    result = kg("validate", small)
    assert result.exit_code == 0, result.stderr
    assert "directive-10-b" in result.stdout
    assert "gdpr-" not in result.stdout
    assert "judged by directive, eprivacy, the law of that day" in result.stderr


def test_validate_raises_candidates_for_review(shared: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.nq"
    kg("build", shared / "policies" / "000_b0951799da9fdcc7.txt", "-o", path)

    table = kg("validate", path).stdout
    rows = json.loads(kg("validate", path, "--format", "json").stdout)

    assert "a candidate for review" in table
    [row] = [row for row in rows if row["status"] == "candidate"]
    assert (row["requirement"], row["severity"]) == ("denied_transfers_contradicted", "Info")
    assert len(row["clauses"]) > 1
    assert len(kg("query", "denied_transfers_contradicted", "-g", path, "--format", "csv").stdout.splitlines()) == len(row["clauses"])
    [result] = [
        r for r in json.loads(kg("validate", path, "-f", "sarif").stdout)["runs"][0]["results"] if r["ruleId"] == row["requirement"]
    ]
    assert result["message"]["text"].startswith(row["message"])
    kg("validate", path, "--format", "html", "-o", tmp_path / "report")
    assert (tmp_path / "report" / "index.html").is_file()
    assert any(f'id="r-{row["requirement"]}-' in page.read_text(encoding="utf-8") for page in (tmp_path / "report").iterdir())


def test_validate_of_a_graph_of_another_model_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "other.ttl"
    path.write_text("<urn:x:a> a <http://xmlns.com/foaf/0.1/Person> .", encoding="utf-8")

    result = kg("validate", path)

    assert result.exit_code == 2
    assert f"{path}, the graph: holds no policy" in result.stderr


def test_validate_as_json(small: Path) -> None:
    rows = json.loads(kg("validate", small, "--format", "json").stdout)
    assert {row["document"].rpartition("/")[2] for row in rows} == {"quillmere-2009.txt"}
    assert {"requirement", "status", "severity", "message", "clauses"} <= set(rows[0])


def test_validate_as_json_holds_one_result_at_a_time() -> None:
    rows = iter([{"quote": "two\nlines\u2028or\x85three"}, {}])
    pieces = checking._array(rows)

    first = next(pieces)
    assert next(rows) == {}, "nothing was read ahead"
    assert json.loads("".join([first, *pieces])) == [{"quote": "two\nlines\u2028or\x85three"}]


def test_validate_as_turtle(small: Path) -> None:
    report = kg("validate", small, "--format", "turtle").stdout.encode()
    assert any("ValidationResult" in str(triple.object) for triple in pyoxigraph.parse(report, format=pyoxigraph.RdfFormat.TURTLE))


def test_validate_as_sarif_to_a_file(small: Path, policy: Path, tmp_path: Path) -> None:
    target = tmp_path / "gaps.sarif"
    result = kg("validate", small, "--regime", "gdpr", "-f", "sarif", "-o", target, "--texts", policy)
    assert (result.exit_code, result.stdout) == (1, "")
    (run,) = json.loads(target.read_bytes())["runs"]
    assert run["artifacts"][0]["location"]["uri"] == policy.as_uri()
    assert all("startLine" in gap["locations"][0]["physicalLocation"]["region"] for gap in run["results"])
    assert run["results"]


def test_validate_as_pages(small: Path, policy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    options = ("--regime", "gdpr", "--format", "html", "--output", folder, "--texts", policy.parent, "--language", "fi")
    result = kg("validate", small, *options)
    assert result.exit_code == 1, result.stderr
    assert f"{folder / 'index.html'} written" in result.stderr
    page = next(path for path in folder.iterdir() if path.name.startswith("quillmere")).read_text(encoding="utf-8")
    assert "Selosteen teksti" in page
    assert "Paper records are kept in a locked room." in page
    assert len(list(tmp_path.iterdir())) == 1


def test_pages_replace_those_of_an_earlier_run_and_nothing_else(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "index.html").write_text("old")
    (folder / "notes.txt").write_text("kept")
    kg("validate", small, "--format", "html", "-o", folder)
    assert (folder / "notes.txt").read_text() == "kept"
    assert (folder / "index.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--format", "html"), "name a folder"),
        (("--format", "html", "-o", "-"), "name a folder"),
        (("-o", "table.txt"), "choose another --format"),
        (("--texts", "policies"), "--texts is for sarif and html"),
        (("--language", "tlh"), "choose one of en, fi"),
    ],
)
def test_wrong_usage_of_validate(small: Path, arguments: tuple[str, ...], reason: str) -> None:
    result = kg("validate", small, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert reason in result.stderr


@pytest.mark.parametrize("format", ["json", "turtle", "sarif", "html"])
def test_a_report_that_cannot_be_written_is_one_line_and_leaves_nothing(small: Path, tmp_path: Path, format: str) -> None:
    (tmp_path / "file").write_text("in the way")
    for place in (tmp_path / "missing" / "report", tmp_path / "file" / "report"):
        result = kg("validate", small, "--format", format, "-o", place)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"kg: error: {place}: cannot be written: ")
        assert result.stderr.count("\n") == 1
    if format == "html":
        assert "it is a file" in kg("validate", small, "--format", format, "-o", tmp_path / "file").stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "in the way"


def test_texts_that_are_missing_or_changed_are_named_and_the_report_is_made(small: Path, policy: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.txt"
    changed.write_bytes(policy.read_bytes() + b"\nOne more line.\n")
    result = kg("validate", small, "-f", "sarif", "--texts", changed, "--texts", tmp_path / "missing.txt")
    assert result.exit_code == 3
    assert f"kg: error: {tmp_path / 'missing.txt'}: there is no such file" in result.stderr
    assert "quillmere-2009.txt: no file of --texts has the text that was judged" in result.stderr
    assert json.loads(result.stdout)["runs"][0]["results"]


@pytest.mark.parametrize("format", ["table", "json", "turtle", "sarif", "html"])
def test_a_graph_without_policies_is_said(tmp_path: Path, format: str) -> None:
    empty = tmp_path / "empty.ttl"
    empty.write_text("<urn:a> <urn:b> <urn:c> .\n")
    result = kg("validate", empty, "--format", format, *(("-o", tmp_path / "report") if format == "html" else ()))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"kg: error: {empty}, the graph: holds no policy; make one with: kg build")
    assert [path.name for path in tmp_path.iterdir()] == ["empty.ttl"]


def test_a_malformed_graph_names_its_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b>\n<urn:c\n")
    result = kg("validate", broken)
    assert result.exit_code == 3
    assert f"kg: error: {broken}: line 3: " in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_regime_without_violations_is_exit_code_0(small: Path) -> None:
    result = kg("validate", small, "--regime", "structure")
    assert result.exit_code == 0, result.stdout


def test_an_unknown_regime_is_wrong_usage(graph: Path) -> None:
    result = kg("validate", graph, "--regime", "hammurabi")
    assert result.exit_code == 2
    assert "hammurabi" in result.stderr


def test_query_lists_the_catalogue() -> None:
    result = kg("query", "--list")
    assert result.exit_code == 0
    for path in (ROOT / "queries").glob("*.rq"):
        assert path.stem in result.stdout


def test_transfers_outside_the_eea_carry_the_quote(graph: Path) -> None:
    result = kg("query", "transfers_outside_eea", "--graph", graph, "--format", "csv")
    assert result.exit_code == 0, result.stderr
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    controllers = {row["controller"].rpartition("/")[2] for row in rows}
    assert {"alderwick-outdoor-ltd", "tarnholm-analytics-ab", "pinecrest-hospitality-llc"} <= controllers
    assert controllers.isdisjoint({"kuusirannan-varaosa-oy", "quillmere-books-inc"}), "these deny it"
    texts = {path: process("text", path).stdout.decode() for path in (ROOT / "examples" / "policies").glob("*") if path.suffix != ".toml"}
    assert all(any(row["quote"] in text for text in texts.values()) for row in rows)


def test_an_answer_is_the_same_in_every_format(small: Path) -> None:
    question = "PREFIX pk: <https://w3id.org/policy-kg/ontology#> SELECT ?s { ?s a pk:Denial } ORDER BY ?s"
    answers = {format: kg("query", question, "-g", small, "-f", format).stdout for format in ("json", "csv", "tsv", "xml")}
    found = [binding["s"]["value"] for binding in json.loads(answers["json"])["results"]["bindings"]]
    assert found
    assert answers["csv"].split() == ["s", *found]
    assert answers["tsv"].split() == ["?s", *(f"<{iri}>" for iri in found)]
    assert all(iri in answers["xml"] for iri in found)
    table = kg("query", question, "-g", small).stdout
    assert all(iri.removeprefix("https://w3id.org/policy-kg/data/policy/") in table for iri in found)


def test_every_format_that_the_help_names_is_known() -> None:
    from kg.cli.asking import RowsFormat
    from kg.query.rows import FORMATS

    assert {format.value for format in RowsFormat} == {"table", "turtle", *FORMATS}


def test_a_parameter_narrows_the_answer(graph: Path) -> None:
    everyone = kg("query", "transfers_outside_eea", "-g", graph, "-f", "csv").stdout
    one = kg("query", "transfers_outside_eea", "-g", graph, "-f", "csv", "-p", "controller=org:alderwick-outdoor-ltd").stdout
    assert set(one.splitlines()) < set(everyone.splitlines())
    assert all("alderwick" in line for line in one.splitlines()[1:])


@pytest.mark.parametrize("parameter", ["controller", "=x", "colour=blue", "controller=not an iri"])
def test_a_wrong_parameter_is_one_line(graph: Path, parameter: str) -> None:
    result = kg("query", "transfers_outside_eea", "-g", graph, "-p", parameter)
    assert result.exit_code == 2
    assert result.stderr.startswith("kg: error: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("question", ["no_such_question", "missing.rq", "SELECT ?x WHERE {"])
def test_a_question_that_cannot_be_asked_is_one_line(graph: Path, question: str) -> None:
    result = kg("query", question, "--graph", graph)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("kg: error: ")
    assert result.stderr.count("\n") == 1


def test_a_missing_graph_says_how_to_make_it(tmp_path: Path) -> None:
    result = kg("validate", tmp_path / "missing.trig")
    assert result.exit_code == 2
    assert "kg build" in result.stderr


def test_an_empty_answer_is_said(graph: Path) -> None:
    result = kg("query", "SELECT ?s { ?s a <urn:nothing> }", "--graph", graph)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no answer" in result.stderr


def test_export_lists_its_formats_and_writes_one(graph: Path, tmp_path: Path) -> None:
    assert "graphml" in kg("export", "--list").stdout.split()
    target = tmp_path / "graph.graphml"
    result = kg("export", "graphml", graph, "-o", target)
    assert result.exit_code == 0, result.stderr
    assert b"<graphml" in target.read_bytes()


@pytest.mark.parametrize(("arguments", "reason"), [(("papyrus", "-o", "x"), "papyrus"), (("graphml",), "-o")])
def test_wrong_usage_of_export(arguments: tuple[str, ...], reason: str) -> None:
    result = kg("export", *arguments)
    assert result.exit_code == 2
    assert reason in result.stderr


@pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java, which HermiT runs on")
def test_reason_checks_the_ontology() -> None:
    result = kg("reason")
    assert result.exit_code == 0, result.output
    assert "is consistent" in result.stdout


def test_reason_without_java_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    result = kg("reason")
    assert result.exit_code == 2
    assert result.stderr.startswith("kg: error: Java was not found: install")


def test_explain_shows_question_parameters_and_sparql() -> None:
    result = kg("query", "--explain", "transfers_outside_eea")
    assert result.exit_code == 0
    for part in ("Which controllers transfer", "Mitkä rekisterinpitäjät", "Article 13(1)(f)", "loc:EEA or loc:EU", "SELECT DISTINCT"):
        assert part in result.stdout


def test_turtle_is_for_graphs(small: Path) -> None:
    query = "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c FILTER (?c = <https://w3id.org/policy-kg/ontology#Denial>) }"
    result = kg("query", query, "-g", small, "-f", "turtle")
    assert result.exit_code == 0, result.stderr
    assert "a pk:Denial" in result.stdout
    assert len(list(pyoxigraph.parse(result.stdout.encode(), format=pyoxigraph.RdfFormat.TURTLE))) == 7
    rows = kg("query", "SELECT * WHERE { ?s ?p ?o } LIMIT 1", "-g", small, "-f", "turtle")
    assert (rows.exit_code, "turtle is for CONSTRUCT" in rows.stderr) == (2, True)
