"""Validation as a whole: versions apart, statuses, evidence, and the same report as from plain pyshacl."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, SH
from rdflib.term import Node

from kg import iris
from kg.errors import ConfigurationError
from kg.namespaces import PREFIXES
from kg.resources import ontology_dir, shapes_dir
from kg.validate import Report, Status, Tally, UnknownRegimeError, pool, regime, regimes, validate
from kg.validate import requirements as loading
from kg.validate.source import Version, background, versions

FOLDER = Path(__file__).parent / "shapes"
FOLDERS = ("shapes", "gdpr", "eprivacy", "directive")
AURORA = "https://w3id.org/policy-kg/data/policy/aurora-bikes-oy/privacy-notice/v.0a1b2c3d4e5f"
PK = "https://w3id.org/policy-kg/ontology#"


def _text(case: str) -> str:
    return (FOLDER / case).read_text(encoding="utf-8")


def _add(dataset: Dataset, case: str, version: str = AURORA) -> None:
    """The example as the facts of a version of its own."""
    text = _text(case).replace(AURORA, version)
    dataset.graph(URIRef(iris.facts_graph(version))).parse(data=text, format="turtle")


def _two() -> Dataset:
    """A complete policy, and one that says nothing at all of how to reach the same controller."""
    dataset = Dataset(default_union=True)
    _add(dataset, "complete.ttl", AURORA.replace("0a1b", "ffff"))
    _add(dataset, "gdpr-13-1-a-contact/fail-silent.ttl")
    return dataset


def _statuses(report: Report, requirement: str) -> dict[str, Status]:
    return {result.version: result.status for result in report.results if result.requirement == requirement}


def test_versions_are_judged_apart() -> None:
    report = validate(_two())

    assert _statuses(report, "gdpr-13-1-a-contact") == {AURORA: Status.ABSENT, AURORA.replace("0a1b", "ffff"): Status.STATED}
    assert not report.conforms


def test_every_version_has_every_requirement_once() -> None:
    report = validate(_two())

    ids = [requirement.id for requirement in regime("gdpr").requirements]
    assert Counter((result.version, result.requirement) for result in report.results) == Counter(
        (version, requirement) for version in (AURORA, AURORA.replace("0a1b", "ffff")) for requirement in ids
    )


def test_nothing_stays_behind_between_versions() -> None:
    alone = Dataset(default_union=True)
    _add(alone, "gdpr-13-1-a-contact/fail-silent.ttl")

    expected = [result for result in validate(_two()).results if result.version == AURORA]

    assert list(validate(alone).results) == expected


def test_excerpts_are_unknown_but_their_structure_counts() -> None:
    dataset = Dataset(default_union=True)
    dataset.parse(data=_text("structure-denial/fail-not-reached.ttl").replace("pk:FullTextVersion", "pk:ExcerptVersion"), format="turtle")

    report = validate(dataset)

    assert {result.status for result in report.results if not result.requirement.startswith("structure")} == {Status.UNKNOWN}
    assert _statuses(report, "structure-denial") == {AURORA: Status.ABSENT}


def test_a_store_gives_the_same_report_as_a_dataset() -> None:
    dataset = _two()
    store = ox.Store()
    store.bulk_load(dataset.serialize(format="nquads").encode(), format=ox.RdfFormat.N_QUADS)

    assert validate(store).results == validate(dataset).results


def test_the_vocabulary_of_the_source_comes_first() -> None:
    dataset = Dataset(default_union=True)
    _add(dataset, "gdpr-13-1-f/fail-united-kingdom-no-mechanism.ttl")
    dataset.graph(URIRef(iris.VOCABULARY)).parse(data=f"<{PK}Nothing> a <{PK}Cue> .", format="turtle")

    assert _statuses(validate(dataset), "gdpr-13-1-f") == {AURORA: Status.PARTIAL}  # "across borders", to a place that is not known
    assert _statuses(validate(dataset), "gdpr-13-1-f-safeguard") == {AURORA: Status.NOT_APPLICABLE}


def _dated(day: str | None) -> Dataset:
    dataset = Dataset(default_union=True)
    _add(dataset, "complete.ttl")
    if day:
        said = f'<{AURORA}> <{PK}observedOn> "{day}"^^<http://www.w3.org/2001/XMLSchema#date> .'
        dataset.graph(URIRef(iris.facts_graph(AURORA))).parse(data=said, format="turtle")
    return dataset


def _regimes_of(report: Report) -> set[str]:
    return {result.regime for result in report.results if result.regime}


@pytest.mark.parametrize(
    ("day", "expected", "note"),
    [
        ("1997-01-01", set(), None),
        ("2009-08-02", {"directive", "eprivacy"}, "the law of that day: aurora.txt (2009-08-02)"),
        ("2018-05-24", {"directive", "eprivacy"}, "the law of that day: aurora.txt (2018-05-24)"),
        ("2018-05-25", {"eprivacy", "gdpr"}, "the law of that day: aurora.txt (2018-05-25)"),
        (None, {"eprivacy", "gdpr"}, "the law of today, as no date is known: aurora.txt"),
    ],
)
def test_a_text_is_judged_by_the_law_of_its_day(day: str | None, expected: set[str], note: str | None) -> None:
    report = validate(_dated(day))

    assert _regimes_of(report) == expected
    assert not any(result.anachronism for result in report.results)
    assert {result.day.isoformat() if result.day else None for result in report.results} == {day}
    assert list(Tally.of(report).notes()) == ([f"judged by {', '.join(sorted(expected))}, {note}"] if note else [])


def test_a_later_law_adds_to_an_older_regime() -> None:
    """Consent to cookies came with Directive 2009/136/EC, which had to be followed from 25 May 2011."""
    before, after = (
        {result.requirement for result in validate(_dated(day)).results if result.regime == "eprivacy"}
        for day in ("2011-05-24", "2011-05-25")
    )

    assert after - before == {"eprivacy-consent"}


def test_the_latest_date_counts() -> None:
    dataset = _dated("2024-03-01")
    said = f'<{AURORA}> <{PK}effectiveFrom> "2015-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .'
    dataset.graph(URIRef(iris.facts_graph(AURORA))).parse(data=said, format="turtle")

    assert _regimes_of(validate(dataset)) == {"eprivacy", "gdpr"}


def test_a_malformed_date_is_no_date() -> None:
    assert _regimes_of(validate(_dated("2011-31-31"))) == {"eprivacy", "gdpr"}


def test_an_anachronism_is_asked_for_and_marked() -> None:
    report = validate(_dated("2011-10-28"), "gdpr")

    assert {result.regime for result in report.results if result.anachronism} == {"gdpr"}
    assert list(Tally.of(report).notes()) == ["judged by gdpr, an anachronism, as it was not the law then: aurora.txt (2011-10-28)"]
    assert {row["anachronism"] for row in report.as_json() if row["requirement"] == "gdpr-13-2-a"} == {True}
    repealed = validate(_dated(None), "directive")
    assert {result.regime for result in repealed.results if result.anachronism} == {"directive"}
    assert list(Tally.of(validate(_dated("2024-03-01"), "gdpr")).notes()) == []


def test_all_is_every_regime() -> None:
    named = {r.id for name in regimes() for r in regime(name).requirements}

    assert {r.id for r in regime("all").requirements} == named


def test_what_does_not_hold_has_no_results_in_the_report_either() -> None:
    dataset = Dataset(default_union=True)
    _add(dataset, "gdpr-13-2-d/fail-silent.ttl")
    facts = dataset.graph(URIRef(iris.facts_graph(AURORA)))
    facts.parse(data=f'<{AURORA}> <{PK}observedOn> "2011-10-28"^^<http://www.w3.org/2001/XMLSchema#date> .', format="turtle")

    shapes = {str(shape) for shape in validate(dataset).graph().objects(None, SH.sourceShape)}

    assert shapes
    assert not [shape for shape in shapes if "gdpr" in shape]


def test_several_processes_give_the_same_report(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = _two()
    monkeypatch.setattr(pool, "SHARE", 1)

    alone, shared_out = validate(dataset, workers=1), validate(dataset, workers=2)

    assert shared_out.results == alone.results
    assert _found(shared_out.graph()) == _found(alone.graph())


def test_versions_are_read_as_they_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, read = _two(), list[int]()
    monkeypatch.setattr(pool, "SHARE", 1)

    def found() -> Iterator[Version]:
        for number in range(20):
            read.append(number)
            yield from islice(versions(dataset), 1)

    judged = pool.judged(found(), background(dataset), "gdpr", 2)
    next(judged)

    assert len(read) < 10
    assert sum(1 for _ in judged) == 19


ENDLESS = """
import sys
from itertools import repeat
from multiprocessing import active_children
from rdflib import Dataset
from kg.validate import pool
from kg.validate.source import background, versions

def main():
    pool.SHARE = 1
    dataset = Dataset(default_union=True)
    dataset.parse(sys.argv[1], format="nquads")
    judged = pool.judged(repeat(next(iter(versions(dataset)))), background(dataset), "gdpr", 2)
    next(judged)
    print(*(child.pid for child in active_children()), flush=True)
    for _ in judged:
        pass

if __name__ == "__main__":
    main()
"""


def test_workers_end_with_the_process_that_began_them(tmp_path: Path) -> None:
    script, data = tmp_path / "endless.py", tmp_path / "data.nq"
    script.write_text(ENDLESS, encoding="utf-8")
    _two().serialize(data, format="nquads")
    process = subprocess.Popen([sys.executable, str(script), str(data)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    workers = [int(pid) for pid in process.stdout.readline().split()]
    process.kill()
    process.wait()
    process.stdout.close()
    assert len(workers) == 2
    end = time.monotonic() + 30
    while any(_runs(pid) for pid in workers) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(_runs(pid) for pid in workers)


def _runs(pid: int) -> bool:
    """Whether a process is there and not only waiting to be reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_json_has_what_the_command_promises() -> None:
    rows = validate(_two()).as_json()

    assert json.loads(json.dumps(rows)) == rows
    row = next(row for row in rows if row["version"] == AURORA and row["requirement"] == "gdpr-13-1-a-contact")
    assert row["document"] == "aurora.txt"
    assert (row["status"], row["severity"], row["clauses"]) == ("absent", "Violation", [])
    assert row["message"].startswith("The policy MUST give contact details")
    stated = next(row for row in rows if row["version"] != AURORA and row["requirement"] == "gdpr-13-2-a")
    assert stated["message"] == ""
    assert [clause["quote"] for clause in stated["clauses"]] == ["We keep orders for two years."]
    finnish = [row["message"] for row in validate(_two()).as_json("fi") if row["requirement"] == "gdpr-13-1-a-contact"]
    assert any(message.startswith("Selosteessa ON annettava") for message in finnish)


def test_turtle_is_one_validation_report() -> None:
    graph = Graph().parse(data=validate(_two()).turtle(), format="turtle")

    (node,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert graph.value(node, SH.conforms) == Literal(False)
    assert {graph.value(result, SH.focusNode) for result in graph.objects(node, SH.result)} == {URIRef(AURORA)}


def _found(report: Graph) -> Counter[tuple[Node | str | None, ...]]:
    """What results say, without the names that blank nodes have in one run."""
    keys = (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent, SH.value)
    found: Counter[tuple[Node | str | None, ...]] = Counter()
    for result in report.objects(None, SH.result):
        messages = tuple(sorted(map(str, report.objects(result, SH.resultMessage))))
        found[(*(report.value(result, key) for key in keys), *messages)] += 1
    return found


@pytest.mark.parametrize(
    "case", ["complete.ttl", "gdpr-13-2-b-objection/fail-marketing-only.ttl", "structure-values/fail-data-is-a-purpose.ttl"]
)
def test_the_report_is_that_of_plain_pyshacl(case: str) -> None:
    dataset = Dataset(default_union=True)
    _add(dataset, case)
    data = background(dataset)
    for version in versions(dataset):
        for triple in version.triples:
            data.add(triple)

    _, expected, _ = pyshacl.validate(data, shacl_graph=regime("gdpr").shapes, advanced=False)

    assert isinstance(expected, Graph)
    assert _found(validate(dataset).graph()) == _found(expected)


def _joined(paths: Iterable[Path], target: Path) -> Path:
    """Turtle files one after another, which is Turtle."""
    target.write_text("\n".join(path.read_text(encoding="utf-8") for path in paths), encoding="utf-8")
    return target


@pytest.mark.parametrize(
    "case", ["complete.ttl", "gdpr-13-1-f-mechanism/fail-seen-after-the-annulment.ttl", "structure-denial/fail-not-reached.ttl"]
)
def test_stock_pyshacl_gives_the_same_report_from_the_files_alone(case: str, tmp_path: Path) -> None:
    """The files as they are in the folder, the vocabulary mixed into the data, and the shapes held against the shapes of SHACL itself."""
    shapes = _joined([path for path in sorted(shapes_dir().rglob("*.ttl")) if path.parent.name in FOLDERS], tmp_path / "shapes.ttl")
    data = _joined([*sorted(ontology_dir().glob("*.ttl")), FOLDER / case], tmp_path / "data.ttl")
    command = [sys.executable, "-m", "pyshacl", "--metashacl", "--shapes", str(shapes), "--format", "turtle", str(data)]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)

    assert done.returncode in (0, 1), done.stderr
    dataset = Dataset(default_union=True)
    _add(dataset, case)
    ours = _found(validate(dataset, "all").graph())
    assert _found(Graph().parse(data=done.stdout, format="turtle")) == ours
    assert bool(ours) == (done.returncode == 1) == (case != "complete.ttl")


def test_an_unknown_regime_names_the_known() -> None:
    with pytest.raises(UnknownRegimeError, match="all, directive, eprivacy, gdpr, structure"):
        validate(Dataset(), "lgpd")
    assert regimes() == ("all", "directive", "eprivacy", "gdpr", "structure")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("pk:x pk:y .", "line 4"),
        ('pk:x pk:requirementId "x-1" ; sh:name "x"@en .', r"structure.ttl, x-1: needs an IRI and sh:severity"),
        ('pk:x a sh:NodeShape ; sh:property [ sh:path pk:y ; sh:minCount "one" ] .', r"structure.ttl, pk:x: .*[mM]inCount"),
        ("pk:x a sh:NodeShape ; sh:property [ sh:minCount 1 ] .", r"structure.ttl, pk:x: .*only be present on a PropertyShape"),
        ("pk:x a sh:NodeShape ; sh:node pk:Missing .", r"structure.ttl, pk:x: refers to pk:Missing"),
        ("pk:x a sh:NodeShape ; sh:or ( [ sh:node pk:x ] pk:Gone ) .", r"structure.ttl, pk:x: refers to pk:Gone"),
        ("pk:x a sh:NodeShape ; sh:or () .", r"structure.ttl, .*1 or more members"),
    ],
)
def test_malformed_shapes_name_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, says: str) -> None:
    prefixes = "".join(f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in ("pk", "rdfs", "sh"))
    for name, text in (("regimes.ttl", 'pk:r a pk:Regime ; rdfs:label "own" .'), ("patterns.ttl", ""), ("structure.ttl", content)):
        (tmp_path / name).write_text(prefixes + text, encoding="utf-8")
    monkeypatch.setattr(loading, "shapes_dir", lambda: tmp_path)

    with pytest.raises(ConfigurationError, match=says):
        regime("own")


def test_nothing_to_judge_is_nothing_to_mend() -> None:
    report = validate(Dataset())

    assert report.results == ()
    assert report.conforms


@pytest.fixture(scope="module")
def judged(shared: Path) -> Report:
    """The report on the five policies modelled by hand, each under the name of its file."""
    dataset = Dataset(default_union=True)
    dataset.parse(shared / "bench" / "seeds" / "worked.trig", format="trig")
    names = {}
    for path in (shared / "policies").glob("*.txt"):
        with path.open(encoding="utf-8", newline="") as file:
            names[hashlib.sha256(file.read().encode()).hexdigest()] = path.name
    for subject, _, digest, graph in list(dataset.quads((None, URIRef(PK + "textSha256"), None, None))):
        dataset.graph(graph).add((subject, DCTERMS.identifier, Literal(names[str(digest)])))
    return validate(dataset, "gdpr")


def test_statuses_of_the_five_policies_are_a_readers(judged: Report, shared: Path) -> None:
    with (shared / "bench" / "seeds" / "completeness.tsv").open(encoding="utf-8") as file:
        accepted = {(row["document"], row["requirement"]): row["accepted"].split("|") for row in csv.DictReader(file, delimiter="\t")}
    found = {(result.document, result.requirement): str(result.status) for result in judged.results}

    assert [(cell, found.get(cell)) for cell in accepted if found.get(cell) not in accepted[cell]] == []


def test_the_five_policies_are_well_formed(judged: Report) -> None:
    assert [result.message() for result in judged.results if result.requirement.startswith("structure") and result.severity] == []


def test_what_is_stated_of_the_five_policies_has_evidence(judged: Report) -> None:
    said = [r for r in judged.results if r.source and r.status in (Status.STATED, Status.PARTIAL, Status.DENIED)]

    assert said
    assert [(r.document, r.requirement) for r in said if not all(clause.quote for clause in r.clauses) or not r.clauses] == []
