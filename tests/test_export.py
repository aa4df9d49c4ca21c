"""Every format, read back by a program that is not ours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import networkx
import pyoxigraph
import pytest
import rdflib
from records import TEXT, VOCABULARY, claim, extraction

from kg import graph, iris
from kg.errors import InputError, OutputError
from kg.export import EXPORTERS
from kg.export.graphml import property_graph
from kg.export.labels import edge_label
from kg.export.projection import Edge, Node, project
from kg.model import Fact, Value
from kg.namespaces import expand
from kg.store import open_store

SHARE, DENIAL = graph.statement_iris(extraction())[:2]
RDFLIB = {"turtle": "turtle", "trig": "trig", "ntriples": "nt", "nquads": "nquads", "jsonld": "json-ld", "rdfxml": "xml"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "graph.nq"
    with path.open("wb") as stream:
        graph.write([extraction()], VOCABULARY, stream, "nquads")
    return path


def as_stored(lines: str) -> str:
    """Decimals as a store writes them: 1.0 is 1."""
    return lines.replace('"1.0"^^', '"1"^^')


@pytest.mark.parametrize("name", ["trig", "nquads", "jsonld"])
def test_formats_with_named_graphs_hold_everything(source: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / f"out{EXPORTERS[name].suffix}"
    EXPORTERS[name].write(open_store(source), target)
    ours, given = rdflib.Dataset(), rdflib.Dataset()
    ours.parse(target, format=RDFLIB[name])
    given.parse(data=as_stored(source.read_text()), format="nquads")
    named = {str(g.identifier) for g in given.graphs() if len(g)}
    assert {str(g.identifier) for g in ours.graphs() if len(g)} == named
    for identifier in named:
        assert set(ours.graph(rdflib.URIRef(identifier))) == set(given.graph(rdflib.URIRef(identifier)))


@pytest.mark.parametrize("name", ["turtle", "ntriples", "rdfxml"])
def test_formats_of_one_graph_hold_facts_organisations_and_vocabulary(source: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / f"out{EXPORTERS[name].suffix}"
    EXPORTERS[name].write(open_store(source), target)
    given = rdflib.Dataset()
    given.parse(source, format="nquads")
    names = (iris.facts_graph(graph.version_of(extraction())), iris.ORGANISATIONS, iris.VOCABULARY)
    expected = {triple for identifier in names for triple in given.graph(rdflib.URIRef(identifier))}
    assert set(rdflib.Graph().parse(target, format=RDFLIB[name])) == expected


@pytest.mark.parametrize("name", sorted(EXPORTERS))
def test_the_same_graph_gives_the_same_bytes(source: Path, tmp_path: Path, name: str) -> None:
    targets = [tmp_path / f"{n}{EXPORTERS[name].suffix}" for n in (1, 2)]
    for target in targets:
        EXPORTERS[name].write(open_store(source), target)
    assert targets[0].read_bytes() == targets[1].read_bytes()


@pytest.mark.parametrize("name", sorted(EXPORTERS))
def test_what_cannot_be_written_says_so(source: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="there is no folder"):
        EXPORTERS[name].write(open_store(source), tmp_path / "nowhere" / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["graph.nq"]


@pytest.mark.parametrize("name", ["rdfxml", "graphml"])
def test_xml_survives_characters_that_it_cannot_hold(tmp_path: Path, name: str) -> None:
    given = replace(extraction(), facts=(Fact(None, 1, claim("pk:surface", Value("<a>\x00\x1f & \ufffe 🦊"), "Lumi")),))
    path, target = tmp_path / "graph.trig", tmp_path / "out"
    with path.open("wb") as stream:
        graph.write([given], VOCABULARY, stream, "trig", with_vocabulary=False)
    EXPORTERS[name].write(open_store(path), target)
    texts = (
        {str(o) for o in rdflib.Graph().parse(target, format="xml").objects()}
        if name == "rdfxml"
        else {data.get("value") for _, data in networkx.read_graphml(target).nodes(data=True)}
    )
    assert "<a>\ufffd\ufffd & \ufffd 🦊" in texts


@pytest.fixture
def projected(source: Path) -> list[Node | Edge]:
    return list(project(open_store(source)))


def test_nodes_come_once_and_edges_lead_to_nodes(projected: list[Node | Edge]) -> None:
    nodes = [item.id for item in projected if isinstance(item, Node)]
    edges = [item for item in projected if isinstance(item, Edge)]
    assert len(nodes) == len(set(nodes))
    assert len({edge.id for edge in edges}) == len(edges)
    assert {end for edge in edges for end in (edge.source, edge.target)} <= set(nodes)


def test_nodes_have_the_labels_of_what_they_are(projected: list[Node | Edge]) -> None:
    labels = {item.id: item.label for item in projected if isinstance(item, Node)}
    version = graph.version_of(extraction())
    assert labels[version] == "Policy"
    assert labels[version.rpartition("/")[0]] == "PolicySeries"
    assert (labels[SHARE], labels[DENIAL]) == ("Practice", "Denial")
    assert labels[iris.duration(version, "orders")] == "StorageDuration"
    expected = {
        "org:lumihiutale-oy": "Controller",
        "org:postitiikeri": "Organisation",
        "pd:EmailAddress": "DataCategory",
        "dpv:DeliveryOfGoods": "Purpose",
        "eu-gdpr:A21": "Right",
        "dpv:Share": "Processing",
    }
    assert {name: labels[expand(name)] for name in expected} == expected


def test_edges_carry_the_evidence_of_their_assertion(projected: list[Node | Edge]) -> None:
    (edge,) = [e for e in projected if isinstance(e, Edge) and e.source == SHARE and e.label == "HAS_PERSONAL_DATA"]
    start = TEXT.index("e-mail address")
    assert dict(edge.properties) == {
        "start": start,
        "end": start + len("e-mail address"),
        "quote": "e-mail address",
        "confidence": 0.9,
        "polarity": "affirmed",
        "modality": "may",
        "rule": "test",
    }


def test_every_claim_has_the_quote_of_its_place(projected: list[Node | Edge]) -> None:
    claims = [e.properties for e in projected if isinstance(e, Edge) and "rule" in e.properties]
    assert len(claims) == 12
    # "share" stands in the lead-in, outside of the clause that it governs.
    assert "share" in {c["quote"] for c in claims}
    assert all(c["quote"] == TEXT[c["start"] : c["end"]] for c in claims)  # type: ignore[misc]


def test_what_is_denied_is_never_on_the_edges_of_what_is_done(projected: list[Node | Edge]) -> None:
    edges = [item for item in projected if isinstance(item, Edge)]
    assert {e.label for e in edges if e.source == DENIAL} == {"DENIES_PROCESSING", "DENIES_PERSONAL_DATA", "EVIDENCE"}
    assert {e.label for e in edges if e.target == DENIAL} == {"HAS_PROHIBITION"}
    assert {e.properties["polarity"] for e in edges if e.label.startswith("DENIES_")} == {"denied"}


def test_bounds_of_a_denial_are_not_denied(tmp_path: Path) -> None:
    given = extraction()
    bounds = (claim("pk:exceptRecipient", "pk:Subcontractor", "We"), claim("pk:outsideOf", "org:lumihiutale-oy", "We"))
    denial = replace(given.statements[1], assertions=given.statements[1].assertions + bounds)
    path = tmp_path / "graph.trig"
    with path.open("wb") as stream:
        graph.write([replace(given, statements=(given.statements[0], denial))], VOCABULARY, stream, "trig")
    labels = {item.label for item in project(open_store(path)) if isinstance(item, Edge) and item.source == DENIAL}
    assert {"EXCEPT_RECIPIENT", "OUTSIDE_OF", "DENIES_PROCESSING"} <= labels


def test_a_claimed_literal_is_a_property_and_an_edge(projected: list[Node | Edge]) -> None:
    controller = expand("org:lumihiutale-oy")
    (node,) = [item for item in projected if isinstance(item, Node) and item.id == controller]
    (edge,) = [item for item in projected if isinstance(item, Edge) and item.label == "HAS_CONTACT"]
    (value,) = [item for item in projected if isinstance(item, Node) and item.id == edge.target]
    assert node.properties["hasContact"] == value.properties["value"] == "shop@lumihiutale.example"
    assert (node.properties["name"], edge.source) == ("Lumihiutale Oy", controller)


@pytest.mark.parametrize(
    ("predicate", "affirmed", "denied"),
    [
        ("dpv:hasPersonalData", "HAS_PERSONAL_DATA", "DENIES_PERSONAL_DATA"),
        ("dpv:isImplementedUsingTechnology", "IS_IMPLEMENTED_USING_TECHNOLOGY", "DENIES_IMPLEMENTED_USING_TECHNOLOGY"),
        ("pk:optOut", "OPT_OUT", "DENIES_OPT_OUT"),
    ],
)
def test_edge_labels(predicate: str, affirmed: str, denied: str) -> None:
    assert (edge_label(predicate, denied=False), edge_label(predicate, denied=True)) == (affirmed, denied)


def test_graphml_is_what_tinkerpop_reads(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "graph.graphml"
    EXPORTERS["graphml"].write(open_store(source), target)
    text = target.read_text(encoding="utf-8")
    assert '<key id="labelV" for="node" attr.name="labelV" attr.type="string"' in text
    assert '<key id="labelE" for="edge" attr.name="labelE" attr.type="string"' in text
    read, made = networkx.read_graphml(target, force_multigraph=True), property_graph(open_store(source))
    assert dict(read.nodes(data=True)) == dict(made.nodes(data=True))
    assert {key: data for *_, key, data in read.edges(keys=True, data=True)} == {
        key: data for *_, key, data in made.edges(keys=True, data=True)
    }


def test_a_graph_without_policies_is_not_projected() -> None:
    with pytest.raises(InputError, match="no policy in a named graph"):
        list(project(pyoxigraph.Store()))


def test_the_graph_made_by_hand_projects(shared: Path) -> None:
    items = list(project(open_store(shared / "bench" / "seeds" / "worked.trig")))
    nodes = {item.id: item.label for item in items if isinstance(item, Node)}
    assert sum(label == "Policy" for label in nodes.values()) == 5
    assert all(edge.target in nodes and edge.source in nodes for edge in items if isinstance(edge, Edge))
