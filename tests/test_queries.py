"""Every question of the catalogue has data and expected rows, and gets the same ones from rdflib and from Oxigraph."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Dataset

from kg import iris
from kg.errors import ConfigurationError
from kg.query import Kind, ParameterError, QueryError, Rows, UnknownQuestionError, catalogue, question, run
from kg.query.rows import FORMATS
from kg.resources import ontology_dir

FOLDER = Path(__file__).parent / "queries"
NAMES = [known.name for known in catalogue()]
AURORA = "https://w3id.org/policy-kg/data/policy/aurora-bikes-oy/notice/v.0a1b2c3d4e5f"
METEOR = "https://w3id.org/policy-kg/data/policy/meteor-oy/notice/v.1a2b3c4d5e6f"
PREFIXES = "PREFIX pk: <https://w3id.org/policy-kg/ontology#>\nPREFIX dpv: <https://w3id.org/dpv#>\n"


@cache
def _store(name: str) -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=FOLDER / name / "data.trig", format=ox.RdfFormat.TRIG)
    return store


@cache
def _dataset(name: str) -> Dataset:
    dataset = Dataset(default_union=True)
    dataset.parse(FOLDER / name / "data.trig", format="trig")
    return dataset


def _expected(name: str) -> tuple[list[str], list[tuple[str, ...]]]:
    header, *rows = csv.reader((FOLDER / name / "expected.csv").open(encoding="utf-8"))
    return header, sorted(map(tuple, rows))


def _terms(rows: Rows) -> Counter[tuple[str, ...]]:
    return Counter(tuple(str(term) for term in row) for row in rows.rows)


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_as_expected_on_both_engines(name: str) -> None:
    columns, rows = _expected(name)

    by_oxigraph, by_rdflib = run(_store(name), name), run(_dataset(name), name)

    assert list(by_oxigraph.columns) == list(by_rdflib.columns) == columns
    assert sorted(by_oxigraph.cells()) == rows
    assert _terms(by_oxigraph) == _terms(by_rdflib)


@pytest.mark.parametrize("name", NAMES)
def test_every_row_carries_policy_clause_and_quote(name: str) -> None:
    columns = run(_store(name), name).columns

    assert {"policy", "clause", "quote"} <= set(columns)


@pytest.mark.parametrize("name", NAMES)
def test_the_header_says_what_the_question_is(name: str) -> None:
    known = question(name)

    assert set(known.questions) == {"en", "fi"}
    assert known.question.endswith("?")
    assert known.why
    assert known.read
    assert {parameter.name for parameter in known.parameters} <= set(run(_store(name), name).columns)


@pytest.mark.parametrize("name", NAMES)
def test_no_path_is_sought_between_any_two_things(name: str) -> None:
    """A path at whose ends nothing is bound leads from every term of the graph to itself: over ten thousand policies that takes gigabytes.

    In a sequence one end is never bound; in a filter of its own both are.
    """
    assert not re.search(r"[\w)]/skos:broader\*", question(name).text)


def test_every_folder_of_data_is_of_a_question() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("transfers_outside_eea", {"controller": "org:meteor-oy"}),
        ("denied_transfers_contradicted", {"controller": "org:polaris-oy"}),
        ("missing_retention_period", {"controller": "org:quasar-oy"}),
        ("data_flows", {"recipient": "org:vendor"}),
        ("data_flows", {"data": "pd:Name", "recipient": "pk:Subcontractor"}),
        ("rights_stated", {"right": "https://w3id.org/dpv/legal/eu/gdpr#A77"}),
        ("common_purposes", {"purpose": "dpv:Marketing"}),
        ("vendors_named", {"vendor": "org:bank"}),
        ("practices_compared", {"policy": AURORA, "other": METEOR}),
        ("weak_consent", {"controller": "org:polaris-oy"}),
        ("least_certain", {"threshold": "0.95"}),
        ("similar_policies", {"policy": AURORA}),
        ("completeness", {"policy": METEOR}),
        ("completeness", {"requirement": "right_access"}),
    ],
)
def test_parameters_narrow_the_answer_alike(name: str, parameters: dict[str, str]) -> None:
    by_oxigraph, by_rdflib = run(_store(name), name, parameters), run(_dataset(name), name, parameters)

    assert by_oxigraph.rows
    assert _terms(by_oxigraph) == _terms(by_rdflib)
    bound = question(name).bind(parameters)
    for variable, term in bound.items():
        column = by_oxigraph.columns.index(variable)
        assert {row[column] for row in by_oxigraph.rows} == {term}
    if name != "least_certain":
        everything = run(_store(name), name)
        assert _terms(by_oxigraph) <= _terms(everything)


@pytest.mark.parametrize("engine", [_store, _dataset])
@pytest.mark.parametrize(
    ("query", "line", "says"),
    [
        ("SELECT * WHERE { ?s ?p }", 1, "expected"),
        (PREFIXES + "SELECT ?s WHERE {\n ?s unknown:p ?o }", 4, "a prefix is not declared"),
        ("INSERT DATA { <urn:a> <urn:b> 1 }", 1, "INSERT"),
        (PREFIXES + "DELETE WHERE { ?s ?p ?o }", 3, "DELETE"),
        ("# a comment\nDROP ALL", 2, "DROP"),
        ("SELECT * WHERE {\n SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 2, "SERVICE"),
        ("SELECT * WHERE { service SILENT ?where { ?s ?p ?o } }", 1, "SERVICE"),
        ("SELECT * WHERE { { SELECT * WHERE { SERVICE <urn:x> { ?s ?p ?o } } } }", 1, "SERVICE"),
        ("SELECT * WHERE { # a comment ends here\rSERVICE <urn:x> { ?s ?p ?o } }", 1, "SERVICE"),
        ("PREFIX a: <urn:a>\n", None, "empty"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_line(engine: object, query: str, line: int | None, says: str) -> None:
    source = _store("data_flows") if engine is _store else _dataset("data_flows")

    with pytest.raises(QueryError, match=says) as caught:
        run(source, query)

    assert caught.value.line == line


@pytest.mark.parametrize("word", ['"SERVICE <x>"', "'''insert\nSERVICE'''", "<urn:SERVICE>", "?service", "dpv:SERVICE", "1 # SERVICE"])
def test_only_the_keyword_is_refused(word: str) -> None:
    value = word if word.startswith("?") else f"?value . BIND ({word}\n AS ?said)"

    assert run(_store("data_flows"), PREFIXES + f"SELECT ?s WHERE {{ ?s dpv:hasService {value} }}").kind is Kind.SELECT


def test_from_is_refused_where_it_would_load_from_the_network() -> None:
    query = "SELECT ?s FROM <http://127.0.0.1:9/graph> WHERE { ?s ?p ?o }"

    assert not run(_store("data_flows"), query).rows
    with pytest.raises(QueryError, match="FROM"):
        run(_dataset("data_flows"), query)


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("data_flows", {"colour": "red"}, "does not have it: it has controller, recipient, data"),
        ("data_flows", {"recipient": "nobody knows"}, "is not an IRI"),
        ("data_flows", {"recipient": "org:x> } DROP ALL #"}, "is not an IRI"),
        ("least_certain", {"threshold": "high"}, "is not of type decimal"),
    ],
)
def test_parameters_are_checked(name: str, parameters: dict[str, str], says: str) -> None:
    with pytest.raises(ParameterError, match=says):
        run(_store(name), name, parameters)


def test_a_query_of_ones_own_may_declare_parameters(tmp_path: Path) -> None:
    header = "# param word: string = We — what the quote begins with\n"
    text = header + PREFIXES + "SELECT ?clause ?word WHERE { ?clause pk:quote ?q . FILTER (STRSTARTS(?q, ?word)) }"
    path = tmp_path / "beginning.rq"
    path.write_text(text, encoding="utf-8")

    for source in (_store("only_possible"), _dataset("only_possible")):
        assert len(run(source, str(path))) == 3
        assert len(run(source, text, {"word": "Carriers"})) == 1


def test_a_parameter_must_be_a_column() -> None:
    query = PREFIXES + "# param q: string — a quote\nSELECT ?clause WHERE { ?clause pk:quote ?q }"

    with pytest.raises(ParameterError, match="columns of the SELECT"):
        run(_store("data_flows"), query, {"q": "x"})


def test_ask_and_construct() -> None:
    ask = PREFIXES + "ASK { ?s a pk:Practice }"
    construct = PREFIXES + "CONSTRUCT { ?p dpv:hasRecipient ?r } WHERE { ?p dpv:hasProcess/dpv:hasRecipient ?r }"
    for source in (_store("data_flows"), _dataset("data_flows")):
        assert run(source, ask).boolean is True
        assert run(source, ask).serialize("csv") == "true\n"
        built = run(source, construct)
        assert built.kind is Kind.CONSTRUCT
        assert built.columns == ("subject", "predicate", "object")
        assert len(built) == 3
        assert len(list(ox.parse(built.serialize("json").encode(), format=ox.RdfFormat.N_TRIPLES))) == 3


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_result_formats_are_those_of_the_engine(format: str) -> None:
    text = question("data_flows").text
    answer = _store("data_flows").query(text, use_default_graph_as_union=True)
    assert isinstance(answer, ox.QuerySolutions)
    own = answer.serialize(format=FORMATS[format])

    given = run(_store("data_flows"), text).serialize(format)

    assert own is not None
    assert sorted(given.splitlines()) == sorted(own.decode().splitlines())


def test_cells_are_for_readers() -> None:
    rows = Rows(Kind.SELECT, ("a", "b", "c"), ((ox.NamedNode("https://w3id.org/dpv#Consent"), ox.Literal("hei", language="fi"), None),))

    assert rows.cells() == [("dpv:Consent", "hei", "")]
    assert list(csv.reader(io.StringIO(rows.serialize("csv")))) == [["a", "b", "c"], ["https://w3id.org/dpv#Consent", "hei", ""]]


def test_an_unknown_question_names_the_known() -> None:
    with pytest.raises(UnknownQuestionError, match="transfers_outside_eea"):
        run(_store("data_flows"), "transfer_outside_eea")


def test_a_malformed_header_names_the_line() -> None:
    with pytest.raises(ConfigurationError, match="line 1"):
        question("# param x: colour — no such type\nSELECT ?x WHERE { ?x ?p ?o }")


@pytest.fixture(scope="module")
def worked(shared: Path) -> ox.Store:
    """The five policies modelled by hand, with this project's vocabulary."""
    store = ox.Store()
    store.bulk_load(path=shared / "bench" / "seeds" / "worked.trig", format=ox.RdfFormat.TRIG)
    for path in ontology_dir().glob("*.ttl"):
        store.bulk_load(path=path, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(iris.VOCABULARY))
    return store


def _pairs(rows: Rows, *columns: str) -> set[tuple[str, ...]]:
    return {tuple(row[rows.columns.index(column)] for column in columns) for row in rows.cells()}


def test_transfers_of_the_five_policies(worked: ox.Store) -> None:
    found = run(worked, "transfers_outside_eea")

    assert {(controller, modality) for controller, _, modality in _pairs(found, "controller", "policy", "modality")} == {
        ("org:kone-corporation", "pk:May")
    }
    assert len(_pairs(found, "policy")) == 2


def test_contradictions_in_the_five_policies(worked: ox.Store) -> None:
    found = _pairs(run(worked, "denied_transfers_contradicted"), "controller", "recipient")

    assert found == {
        ("org:konecranes-group", "pk:AuthorisedThirdParty"),
        ("org:konecranes-group", "pk:Subcontractor"),
        ("org:kone-corporation", "org:google"),
        ("org:kone-corporation", "pk:SocialMediaPlatform"),
    }


def test_missing_retention_in_the_five_policies(worked: ox.Store) -> None:
    found = _pairs(run(worked, "missing_retention_period"), "policy")

    assert {policy.split("/")[-2] for (policy,) in found} == {"site-privacy-policy", "kone-us-site-privacy-statement"}


@pytest.mark.parametrize("name", NAMES)
def test_engines_agree_on_the_five_policies(worked: ox.Store, name: str) -> None:
    dataset = Dataset(default_union=True)
    dataset.parse(data=worked.dump(format=ox.RdfFormat.N_QUADS) or b"", format="nquads")

    assert _terms(run(worked, name)) == _terms(run(dataset, name))
