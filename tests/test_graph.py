"""The graph of a hand-made extraction: its shape, its bytes, and what two independent parsers read in them."""

from __future__ import annotations

import io
from dataclasses import replace

import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, SKOS
from records import TEXT, VOCABULARY, claim, extraction, span

from kg import graph, iris
from kg.graph import Format, terms
from kg.model import Condition, Extraction, Fact, Organisation, Value
from kg.namespaces import PREFIXES

PK, DPV = rdflib.Namespace(PREFIXES["pk"]), rdflib.Namespace(PREFIXES["dpv"])
ORG = rdflib.Namespace(PREFIXES["org"])
SYNTAX = {"trig": pyoxigraph.RdfFormat.TRIG, "nquads": pyoxigraph.RdfFormat.N_QUADS}


def written(*extractions: Extraction, format: Format = "nquads", with_vocabulary: bool = False) -> bytes:
    stream = io.BytesIO()
    graph.write(extractions, VOCABULARY, stream, format, with_vocabulary=with_vocabulary)
    return stream.getvalue()


def dataset(*extractions: Extraction) -> rdflib.Dataset:
    loaded = rdflib.Dataset(default_union=True)
    loaded.parse(data=written(*extractions), format="nquads")
    return loaded


@pytest.fixture
def lumi() -> rdflib.Dataset:
    return dataset(extraction())


def version() -> rdflib.URIRef:
    return rdflib.URIRef(graph.version_of(extraction()))


@pytest.mark.parametrize("format", ["trig", "nquads"])
def test_two_parsers_read_the_same(format: Format) -> None:
    data = written(extraction(), format=format, with_vocabulary=True)
    ours = rdflib.Dataset()
    ours.parse(data=data, format=format)
    theirs = set(pyoxigraph.parse(data, SYNTAX[format]))
    assert sum(1 for _ in ours.quads()) == len(theirs)
    assert {str(q.graph_name.value) for q in theirs} == {str(g.identifier) for g in ours.graphs() if len(g)}
    for name in {q.graph_name for q in theirs}:
        lines = "".join(f"{q.triple} .\n" for q in theirs if q.graph_name == name)
        assert isomorphic(ours.graph(rdflib.URIRef(name.value)), rdflib.Graph().parse(data=lines, format="nt"))


def test_both_formats_and_quads_say_the_same() -> None:
    trig = set(pyoxigraph.parse(written(extraction(), format="trig"), SYNTAX["trig"]))
    lines = "".join(f"{' '.join(quad)} .\n" for quad in graph.quads(extraction(), VOCABULARY)).encode()
    assert trig == set(pyoxigraph.parse(written(extraction()), SYNTAX["nquads"]))
    assert trig == set(pyoxigraph.parse(lines, SYNTAX["nquads"]))


@pytest.mark.parametrize("format", ["trig", "nquads"])
def test_same_input_same_bytes_and_no_triple_twice(format: Format) -> None:
    other = replace(extraction(), document=replace(extraction().document, text=TEXT.replace("two", "six")))
    data = written(extraction(), other, format=format)
    assert data == written(extraction(), other, format=format)
    quads = list(pyoxigraph.parse(data, SYNTAX[format]))
    assert len(quads) == len(set(quads))
    assert b"endedAtTime" not in data


def test_no_blank_nodes_and_each_triple_in_one_graph() -> None:
    quads = list(pyoxigraph.parse(written(extraction(), with_vocabulary=True), SYNTAX["nquads"]))
    assert not any(isinstance(term, pyoxigraph.BlankNode) for quad in quads for term in (quad.subject, quad.object))
    assert len({quad.triple for quad in quads}) == len(quads)


def test_the_same_version_is_written_once() -> None:
    copy = replace(extraction(), document=replace(extraction().document, path="elsewhere/lumi.txt"))
    assert written(extraction(), copy) == written(extraction())
    assert graph.write([extraction(), copy], VOCABULARY, io.BytesIO(), "trig").documents == 1


def test_counts() -> None:
    counts = graph.write([extraction()], VOCABULARY, io.BytesIO(), "trig", with_vocabulary=False)
    quads = len(written(extraction()).splitlines())
    # Eight clauses: seven cited ones, and the condition's. Two claims of one triple in one place are one assertion.
    assert counts == graph.Counts(documents=1, statements=6, clauses=8, assertions=12, quads=quads)


def test_polarity_is_the_link(lumi: rdflib.Dataset) -> None:
    denial = rdflib.URIRef(graph.statement_iris(extraction())[1])
    assert set(lumi.objects(version(), DPV.hasProhibition)) == {denial}
    assert denial not in set(lumi.objects(version(), DPV.hasProcess))
    assert set(lumi.objects(denial, RDF.type)) == {PK.Denial}


def test_a_practice_of_others_is_a_statement_but_no_process(lumi: rdflib.Dataset) -> None:
    store = rdflib.URIRef(graph.statement_iris(extraction())[2])
    assert store in set(lumi.objects(version(), PK.hasStatement))
    assert store not in set(lumi.objects(version(), DPV.hasProcess))


def test_statements_of_one_place_and_topic_are_numbered() -> None:
    assert [iri.rpartition("/")[2] for iri in graph.statement_iris(extraction())][-2:] == ["s.234.retention", "s.234.retention.2"]


def test_clause_quotes_the_text_with_heading_and_lead_in(lumi: rdflib.Dataset) -> None:
    for clause in lumi.subjects(RDF.type, PK.Clause):
        start, end = (lumi.value(clause, p).toPython() for p in (PK.startOffset, PK.endOffset))
        assert lumi.value(clause, PK.quote) == rdflib.Literal(TEXT[start:end], lang="en")
    (shared,) = lumi.objects(rdflib.URIRef(graph.statement_iris(extraction())[0]), PK.evidence)
    assert lumi.value(shared, PK.leadIn) == rdflib.Literal("We may share:", lang="en")
    assert lumi.value(shared, PK.heading) == rdflib.Literal("Privacy notice", lang="en")


def test_every_claim_has_an_assertion_with_span_and_rule(lumi: rdflib.Dataset) -> None:
    assertions = set(lumi.subjects(RDF.type, PK.Assertion))
    claimed = {tuple(lumi.value(a, p) for p in (RDF.subject, RDF.predicate, RDF.object)) for a in assertions}
    assert all(triple in lumi for triple in claimed)
    for statement in graph.statement_iris(extraction()):
        for p, o in lumi.predicate_objects(rdflib.URIRef(statement)):
            if p in DPV:
                assert (rdflib.URIRef(statement), p, o) in claimed
    (mail,) = [a for a in assertions if lumi.value(a, RDF.object) == ORG.postitiikeri]
    assert lumi.value(mail, PK.confidence) == rdflib.Literal("0.9", datatype=rdflib.XSD.decimal)
    assert lumi.value(mail, PK.rule) == rdflib.Literal("test")
    start, end = span("Postitiikeri")
    assert lumi.value(mail, PK.startOffset) == rdflib.Literal(str(start), datatype=rdflib.XSD.nonNegativeInteger)
    assert lumi.value(mail, PK.endOffset) == rdflib.Literal(str(end), datatype=rdflib.XSD.nonNegativeInteger)


def test_conditions_and_exceptions_are_nodes_that_statements_share() -> None:
    given = extraction()
    one, other = Condition(*span("if you ordered"), kind="pk:IfConsent"), Condition(*span("if you"), exception=True)
    statements = (
        given.statements[0]._replace(conditions=(one, other)),
        given.statements[0]._replace(topic="again", conditions=(one,)),
        *given.statements[1:],
    )
    loaded = dataset(replace(given, statements=statements))
    first, again = (rdflib.URIRef(iri) for iri in graph.statement_iris(replace(given, statements=statements))[:2])
    (condition,) = loaded.objects(first, PK.hasCondition)
    (exception,) = loaded.objects(first, PK.exceptCondition)
    assert set(loaded.objects(again, PK.hasCondition)) == {condition}
    assert (str(exception), loaded.value(condition, PK.conditionKind)) == (f"{condition}.2", PK.IfConsent)
    assert loaded.value(loaded.value(exception, PK.evidence), PK.quote) == rdflib.Literal("if you", lang="en")


def test_duration_and_hedge(lumi: rdflib.Dataset) -> None:
    node = rdflib.URIRef(iris.duration(str(version()), "orders"))
    assert lumi.value(node, RDF.value) == rdflib.Literal("P2Y", datatype=rdflib.XSD.duration)
    assert set(lumi.objects(node, RDF.type)) == {DPV.StorageDuration, DPV.TemporalDuration}
    assert lumi.value(rdflib.URIRef(graph.statement_iris(extraction())[4]), PK.hedge) == rdflib.Literal("generally", lang="en")


def test_organisations_merge_under_one_preferred_label() -> None:
    given = extraction()
    other = replace(
        given,
        document=replace(given.document, text=TEXT + "\n"),
        organisations=(Organisation("org:lumihiutale-oy", "LUMIHIUTALE OY", ("Lumi", "Lumipalvelu")),),
    )
    third = replace(given, document=replace(given.document, text=TEXT + "\n\n"))
    loaded = dataset(given, other, third)
    controller = ORG["lumihiutale-oy"]
    assert set(loaded.objects(controller, SKOS.prefLabel)) == {rdflib.Literal("Lumihiutale Oy")}
    assert {str(label) for label in loaded.objects(controller, SKOS.altLabel)} == {"LUMIHIUTALE OY", "Lumi", "Lumipalvelu"}
    assert written(given, other, third).splitlines()[-8:] == written(third, other, given).splitlines()[-8:]


def test_a_controller_without_a_record_still_has_a_label() -> None:
    loaded = dataset(replace(extraction(), organisations=()))
    assert loaded.value(ORG["lumihiutale-oy"], SKOS.prefLabel) == rdflib.Literal("Lumihiutale Oy")


def test_a_vendor_of_the_vocabulary_keeps_its_label_and_is_typed_once() -> None:
    given = replace(
        extraction(), organisations=(*extraction().organisations, Organisation("org:google", "Google Nord Oy", ("Google",), "fi"))
    )
    quads = [q for q in pyoxigraph.parse(written(given, with_vocabulary=True), SYNTAX["nquads"]) if q.subject.value == str(ORG.google)]
    labels = {(q.predicate.value.rpartition("#")[2], str(q.object)) for q in quads if q.graph_name.value == iris.ORGANISATIONS}
    assert labels == {("altLabel", '"Google Nord Oy"@fi')}
    assert sum(q.predicate.value == str(RDF.type) for q in quads) == 1


def test_vocabulary_graph_leaves_the_lexicon_out() -> None:
    loaded = rdflib.Dataset()
    loaded.parse(data=written(extraction(), with_vocabulary=True), format="nquads")
    words = loaded.graph(rdflib.URIRef(iris.VOCABULARY))
    for predicate in (SKOS.hiddenLabel, PK.weakLabel, PK.notLabel):
        assert (None, predicate, None) not in words
    for steering in (PK.Cue, PK.Topic, PK.Macro, PK.Negation, PK.UnitDay, PK.Number1):
        assert (steering, None, None) not in words
        assert (None, None, steering) not in words


hard_text = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ['"', "\\", '\\"', "\\u0041", "a\nb\r\nc\t", "\x00\x07\x7f\x85\u2028", "ä ö “ 🦊", '"""', "x\\", '"^^<http://a>', "@en", "1.5", "'"]
)


@given(hard_text, st.sampled_from([None, "xsd:string", "xsd:decimal", "dpv:x"]), st.sampled_from([None, "en", "fi-FI"]))
def test_any_literal_survives(text: str, datatype: str | None, language: str | None) -> None:
    value = Value(text, datatype, None if datatype else language)
    given = replace(extraction(), facts=(Fact(None, 1, claim("pk:surface", value, "Lumi")),), defined_terms=())
    found = []
    for format, syntax in SYNTAX.items():
        data = written(given, format=format)  # type: ignore[arg-type]
        found += [
            (q.object.value, q.object.language)
            for q in pyoxigraph.parse(data, syntax)
            if q.predicate.value == PREFIXES["pk"] + "surface" and isinstance(q.object, pyoxigraph.Literal)
        ]
    assert found == [(text, value.language.lower() if value.language else None)] * 2 or found == [(text, value.language)] * 2


@given(hard_text)
def test_rdflib_reads_any_literal_too(text: str) -> None:
    for data in (f"<http://a/s> <http://a/p> {terms.literal(text)} .", f"<http://a/s> <http://a/p> {terms.literal(text, 'fi')} ."):
        for format in ("nt", "turtle"):
            (literal,) = rdflib.Graph().parse(data=data.encode(), format=format).objects()
            assert str(literal) == text


@given(st.floats(0.0001, 1.0))
def test_decimals_have_no_exponent(number: float) -> None:
    assert float(terms.decimal(number).split('"')[1]) == pytest.approx(number, abs=5e-5)
    assert "e" not in terms.decimal(number).split('"')[1]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("https://lumi.example/a?b=c", "<https://lumi.example/a?b=c>"),
        ("https://lumi.example/a b", '"https://lumi.example/a b"'),
        ("https://[bad", '"https://[bad"'),
        ("from the drawer", '"from the drawer"'),
    ],
)
def test_a_source_that_is_no_iri_becomes_a_string(source: str, expected: str) -> None:
    assert terms.address(source) == expected
