"""Every format, read back by a program that is not ours."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import igraph
import networkx
import pyarrow.parquet
import pyoxigraph
import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad
from records import TEXT, VOCABULARY, claim, extraction

from kg import graph, iris
from kg.errors import InputError, MissingComponentError, OutputError
from kg.export import EXPORTERS
from kg.export.exporter import xml_text
from kg.export.items import Edge, Node
from kg.export.jsonld import context
from kg.export.projection import project
from kg.export.schema import edge_label, schema
from kg.export.source import ScatteredError
from kg.model import Fact, Value
from kg.namespaces import DATA, expand
from kg.store import open_store

SHARE, DENIAL = graph.statement_iris(extraction())[:2]
RDFLIB = {"turtle": "turtle", "trig": "trig", "ntriples": "nt", "nquads": "nquads", "jsonld": "json-ld", "rdfxml": "xml"}
PROPERTY_GRAPHS = [name for name, exporter in EXPORTERS.items() if exporter.views]


def contents(target: Path) -> dict[str, bytes]:
    """The bytes of a file, or of each file of a folder."""
    files = [target] if target.is_file() else sorted(path for path in target.rglob("*") if path.is_file())
    return {str(path.relative_to(target)): path.read_bytes() for path in files}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "graph.nq"
    with path.open("wb") as stream:
        graph.write([extraction()], VOCABULARY, stream, "nquads")
    return path


def as_stored(lines: str) -> str:
    """Decimals as a store writes them: 1.0 is 1."""
    return lines.replace('"1.0"^^', '"1"^^')


@pytest.mark.parametrize("of_store", [False, True], ids=["file", "store"])
@pytest.mark.parametrize("name", ["trig", "nquads", "jsonld"])
def test_formats_with_named_graphs_hold_everything(source: Path, tmp_path: Path, name: str, of_store: bool) -> None:
    target = tmp_path / f"out{EXPORTERS[name].suffix}"
    written = EXPORTERS[name].write(open_store(source) if of_store else source, target)
    ours, given = rdflib.Dataset(), rdflib.Dataset()
    ours.parse(target, format=RDFLIB[name])
    given.parse(data=as_stored(source.read_text()) if of_store else source.read_text(), format="nquads")
    named = {str(g.identifier) for g in given.graphs() if len(g)}
    assert written.quads == len(source.read_text().splitlines())
    assert {str(g.identifier) for g in ours.graphs() if len(g)} == named
    for identifier in named:
        assert set(ours.graph(rdflib.URIRef(identifier))) == set(given.graph(rdflib.URIRef(identifier)))


def test_jsonld_is_read_alike_by_oxigraph_and_reads_well(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonld"
    EXPORTERS["jsonld"].write(source, target)
    assert set(open_store(target)) == set(open_store(source))
    told = {one["id"]: one for of in json.loads(target.read_text(encoding="utf-8"))["graph"] for one in of["graph"]}
    share = told[SHARE.removeprefix(DATA)]
    assert (share["hasPersonalData"], share["hasRecipient"], share["modality"]) == ("pd:EmailAddress", "org:postitiikeri", "pk:May")
    assert context()["hasRecipient"] == {"@id": "dpv:hasRecipient", "@type": "@id"}


@pytest.mark.parametrize("name", ["turtle", "ntriples", "rdfxml"])
def test_formats_of_one_graph_hold_facts_organisations_and_vocabulary(source: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / f"out{EXPORTERS[name].suffix}"
    EXPORTERS[name].write(source, target)
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
    assert contents(targets[0]) == contents(targets[1])


@pytest.mark.parametrize("view", ["full", "flat"])
@pytest.mark.parametrize("name", PROPERTY_GRAPHS)
def test_what_was_written_is_counted(source: Path, tmp_path: Path, name: str, view: Any) -> None:
    written = EXPORTERS[name].write(source, tmp_path / f"out{EXPORTERS[name].suffix}", view)
    items = list(project(source, view))
    assert sum(written.nodes.values()) == sum(isinstance(item, Node) for item in items) > 0
    assert sum(written.edges.values()) == sum(isinstance(item, Edge) for item in items) > 0


@pytest.mark.parametrize("name", sorted(EXPORTERS))
def test_what_cannot_be_written_says_so(source: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="there is no folder"):
        EXPORTERS[name].write(open_store(source), tmp_path / "nowhere" / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["graph.nq"]


@pytest.mark.parametrize("name", [name for name in PROPERTY_GRAPHS if not EXPORTERS[name].suffix])
def test_a_folder_with_something_in_it_is_left_alone(source: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear reader")
    with pytest.raises(OutputError, match="not an empty folder"):
        EXPORTERS[name].write(source, tmp_path / "mine")
    assert contents(tmp_path / "mine") == {"letter.txt": b"dear reader"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["graph.nq", "mine"]


@pytest.mark.parametrize("name", sorted(EXPORTERS))
def test_a_malformed_file_is_named_with_its_line_and_nothing_is_left(source: Path, tmp_path: Path, name: str) -> None:
    broken = tmp_path / "broken.nq"
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    broken.write_text("".join([*lines[:20], "<https://shop.example/> says nothing .\n", *lines[20:]]), encoding="utf-8")
    with pytest.raises(InputError, match=r"broken\.nq: line 21"):
        EXPORTERS[name].write(broken, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.nq", "graph.nq"]


@pytest.mark.parametrize("name", ["ladybug", "parquet"])
def test_a_missing_library_is_named_with_its_extra(source: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingComponentError, match=re.escape("pip install 'policy-kg[export]'")):
        EXPORTERS[name].write(source, tmp_path / "out")


def test_rdfxml_survives_characters_that_it_cannot_hold(tmp_path: Path) -> None:
    given = replace(extraction(), facts=(Fact(None, 1, claim("pk:surface", Value("<a>\x00\x1f & \ufffe 🦊"), "Lumi")),))
    path, target = tmp_path / "graph.trig", tmp_path / "out"
    with path.open("wb") as stream:
        graph.write([given], VOCABULARY, stream, "trig", with_vocabulary=False)
    EXPORTERS["rdfxml"].write(path, target)
    assert "<a>\ufffd\ufffd & \ufffd 🦊" in {str(o) for o in rdflib.Graph().parse(target, format="xml").objects()}


# ---- The property graph


@pytest.fixture
def projected(source: Path) -> list[Node | Edge]:
    return list(project(source))


def test_a_file_read_as_a_stream_and_a_store_give_the_same(source: Path, tmp_path: Path) -> None:
    def told(items: Iterable[Node | Edge]) -> list[str]:
        return sorted(repr([*item[:-1], sorted(item.properties.items())]) for item in items)

    expected = told(project(open_store(source)))
    assert told(project(source)) == expected
    EXPORTERS["trig"].write(source, tmp_path / "graph.trig")
    assert told(project(tmp_path / "graph.trig")) == expected


def test_a_file_in_another_order_is_loaded_first(source: Path, tmp_path: Path) -> None:
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "mixed.nq").write_text("".join(lines[1::2] + lines[::2]), encoding="utf-8")
    with pytest.raises(ScatteredError):
        list(project(tmp_path / "mixed.nq"))
    for name, path in (("one", source), ("other", tmp_path / "mixed.nq")):
        EXPORTERS["cytoscape"].write(open_store(path) if name == "one" else path, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_nodes_come_once_and_edges_lead_to_nodes(projected: list[Node | Edge]) -> None:
    nodes = [item.id for item in projected if isinstance(item, Node)]
    edges = [item for item in projected if isinstance(item, Edge)]
    assert len(nodes) == len(set(nodes))
    assert len({edge.id for edge in edges}) == len(edges)
    labels = {item.id: item.label for item in projected if isinstance(item, Node)}
    for edge in edges:
        assert (edge.source_label, edge.target_label) == (labels[edge.source], labels[edge.target])


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
        "predicate": "dpv:hasPersonalData",
        "start": start,
        "end": start + len("e-mail address"),
        "quote": "e-mail address",
        "confidence": 0.9,
        "polarity": "affirmed",
        "modality": "pk:May",
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
    denial = given.statements[1]._replace(assertions=given.statements[1].assertions + bounds)
    path = tmp_path / "graph.trig"
    with path.open("wb") as stream:
        graph.write([replace(given, statements=(given.statements[0], denial))], VOCABULARY, stream, "trig")
    labels = {item.label for item in project(open_store(path)) if isinstance(item, Edge) and item.source == DENIAL}
    assert {"EXCEPT_RECIPIENT", "OUTSIDE_OF", "DENIES_PROCESSING"} <= labels


def test_a_claimed_literal_of_an_organisation_is_an_edge(projected: list[Node | Edge]) -> None:
    controller = expand("org:lumihiutale-oy")
    (node,) = [item for item in projected if isinstance(item, Node) and item.id == controller]
    (edge,) = [item for item in projected if isinstance(item, Edge) and item.label == "HAS_CONTACT"]
    (value,) = [item for item in projected if isinstance(item, Node) and item.id == edge.target]
    assert dict(value.properties) == {"value": "shop@lumihiutale.example"}
    assert (node.properties["name"], node.properties["curie"], edge.source) == ("Lumihiutale Oy", "org:lumihiutale-oy", controller)


def test_terms_have_labels_in_all_languages_and_those_above_them(projected: list[Node | Edge]) -> None:
    (node,) = [item for item in projected if isinstance(item, Node) and item.id == expand("pd:EmailAddress")]
    assert {text.rpartition("@")[2] for text in node.properties["labels"]} == {"en", "fi"}  # type: ignore[union-attr]
    above = {item.target for item in projected if isinstance(item, Edge) and (item.label, item.source) == ("BROADER", node.id)}
    assert above
    assert above <= {item.id for item in projected if isinstance(item, Node)}


def test_properties_are_among_the_columns_of_their_label(projected: list[Node | Edge]) -> None:
    mapping = schema()
    for item in projected:
        columns = mapping.node_columns(item.label) if isinstance(item, Node) else mapping.edge_columns("full")
        lists = {column.name: column.many for column in columns}
        assert set(item.properties) <= set(lists)
        assert all(isinstance(value, list) == lists[name] for name, value in item.properties.items())


def test_the_flat_view_leads_from_controllers_to_what_they_do_and_deny(source: Path) -> None:
    edges = [item for item in project(source, "flat") if isinstance(item, Edge) and "polarity" in item.properties]
    (shared,) = [edge for edge in edges if edge.label == "SHARES"]
    assert (shared.source, shared.target) == (expand("org:lumihiutale-oy"), expand("org:postitiikeri"))
    assert {name: shared.properties[name] for name in ("data", "modality", "polarity", "recipient")} == {
        "data": ["pd:EmailAddress"],
        "modality": "pk:May",
        "polarity": "affirmed",
        "recipient": ["org:postitiikeri"],
    }
    assert str(shared.properties["quote"]).startswith("your e-mail address with")
    denied = {(edge.label, edge.target) for edge in edges if edge.properties["polarity"] == "denied"}
    assert denied == {("DENIES_PROCESSING", expand("pd:Name"))}
    assert not {label for label, _ in denied} & {edge.label for edge in edges if edge.properties["polarity"] == "affirmed"}


@pytest.mark.parametrize(
    ("predicate", "affirmed", "denied"),
    [
        ("dpv:hasPersonalData", "HAS_PERSONAL_DATA", "DENIES_PERSONAL_DATA"),
        ("dpv:isImplementedUsingTechnology", "IS_IMPLEMENTED_USING_TECHNOLOGY", "DENIES_IMPLEMENTED_USING_TECHNOLOGY"),
        ("pk:optOut", "OPT_OUT", "DENIES_OPT_OUT"),
    ],
)
def test_edge_labels(predicate: str, affirmed: str, denied: str) -> None:
    assert (edge_label(predicate, False), edge_label(predicate, True)) == (affirmed, denied)


def test_a_graph_without_policies_is_not_projected() -> None:
    with pytest.raises(InputError, match="no policy in a named graph"):
        list(project(pyoxigraph.Store()))


def test_an_assertion_that_lacks_its_place_is_named(source: Path, tmp_path: Path) -> None:
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    gone = next(line for line in lines if "/a." in line and "startOffset" in line)
    (tmp_path / "less.nq").write_text("".join(line for line in lines if line != gone), encoding="utf-8")
    with pytest.raises(InputError, match=r"/a\.[0-9a-f]{12}: is an assertion without pk:startOffset"):
        list(project(tmp_path / "less.nq"))


def test_the_graph_made_by_hand_projects(shared: Path) -> None:
    items = list(project(open_store(shared / "bench" / "seeds" / "worked.trig")))
    nodes = {item.id: item.label for item in items if isinstance(item, Node)}
    assert sum(label == "Policy" for label in nodes.values()) == 5
    assert all(edge.target in nodes and edge.source in nodes for edge in items if isinstance(edge, Edge))


# ---- Formats, read back


def joined(properties: Mapping[str, Any], between: str = " | ") -> dict[str, str]:
    return {name: between.join(value) if isinstance(value, list) else str(value) for name, value in properties.items()}


def test_graphml_is_what_tinkerpop_networkx_and_igraph_read(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "graph.graphml"
    EXPORTERS["graphml"].write(source, target)
    items = list(project(source))
    nodes = {item.id: (item.label, joined(item.properties)) for item in items if isinstance(item, Node)}
    edges = {item.id: (item.label, item.source, item.target, joined(item.properties)) for item in items if isinstance(item, Edge)}
    text = target.read_text(encoding="utf-8")
    assert '<key id="labelV" for="node" attr.name="labelV" attr.type="string"' in text
    assert '<key id="labelE" for="edge" attr.name="labelE" attr.type="string"' in text

    read = networkx.read_graphml(target, force_multigraph=True)

    def told(data: dict[str, Any], label: str) -> tuple[str, dict[str, str]]:
        return data.pop(label), {name: str(value) for name, value in data.items() if name != "iri"}

    assert {name: told(data, "labelV") for name, data in read.nodes(data=True)} == nodes
    found = ((key, told(data, "labelE"), one, other) for one, other, key, data in read.edges(keys=True, data=True))
    assert {key: (label, one, other, properties) for key, (label, properties), one, other in found} == edges
    other = igraph.Graph.Read_GraphML(str(target))
    assert {(v["iri"], v["labelV"]) for v in other.vs} == {(name, label) for name, (label, _) in nodes.items()}
    assert {(e["iri"], e["labelE"]) for e in other.es} == {(name, label) for name, (label, *_) in edges.items()}


def test_gexf_and_cytoscape_are_read_back(source: Path, tmp_path: Path) -> None:
    for name in ("gexf", "cytoscape"):
        EXPORTERS[name].write(source, tmp_path / name)
    items = list(project(source))
    nodes = {item.id: item.label for item in items if isinstance(item, Node)}
    edges = {item.id: (item.source, item.target, item.label) for item in items if isinstance(item, Edge)}

    gexf = networkx.read_gexf(tmp_path / "gexf")
    assert {name: data["label_"] for name, data in gexf.nodes(data=True)} == nodes
    assert {data["id"]: (one, other, data["label_"]) for one, other, data in gexf.edges(data=True)} == edges
    elements = json.loads((tmp_path / "cytoscape").read_text(encoding="utf-8"))["elements"]
    assert {one["data"]["id"]: one["data"]["label"] for one in elements["nodes"]} == nodes
    told = (one["data"] for one in elements["edges"])
    assert {one["id"]: (one["source"], one["target"], one["label"]) for one in told} == edges


# What the importers document of headers: neo4j-admin's "CSV header format", Neptune's two "load data formats".
NAME = r"[A-Za-z_][A-Za-z0-9_]*"
GRAMMARS: dict[str, tuple[str, list[str], list[str]]] = {
    "neo4j": (rf"{NAME}:(?:string|long|double)(?:\[\])?", ["iri:ID", ":LABEL"], [":START_ID", ":END_ID", ":TYPE"]),
    "neptune-gremlin": (rf"{NAME}:(?:String|Long|Double)(?:\[\])?", ["~id", "~label"], ["~id", "~from", "~to", "~label"]),
    "neptune-opencypher": (rf"{NAME}:(?:String|Long|Double)(?:\[\])?", [":ID", ":LABEL"], [":ID", ":START_ID", ":END_ID", ":TYPE"]),
}


def rows_of(path: Path) -> tuple[list[str], list[list[str]]]:
    csv.field_size_limit(1 << 24)
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream, strict=True)
    return header, rows


@pytest.mark.parametrize("view", ["full", "flat"])
@pytest.mark.parametrize("name", GRAMMARS)
def test_headers_and_cells_follow_the_grammar_of_the_importer(source: Path, tmp_path: Path, name: str, view: Any) -> None:
    written = EXPORTERS[name].write(source, tmp_path / "out", view)
    grammar, of_nodes, of_edges = GRAMMARS[name]
    ends: set[str] = set()
    nodes: set[str] = set()
    for kind, system, counts in (("nodes", of_nodes, written.nodes), ("edges", of_edges, written.edges)):
        assert {path.stem for path in (tmp_path / "out" / kind).iterdir()} == set(counts)
        for path in (tmp_path / "out" / kind).iterdir():
            header, rows = rows_of(path)
            assert header[: len(system)] == system
            assert all(re.fullmatch(grammar, column) for column in header[len(system) :])
            assert len(set(header)) == len(header)
            assert len(rows) == counts[path.stem]
            for row in rows:
                assert len(row) == len(header)
                for column, cell in zip(header, row, strict=True):
                    if cell and column.endswith((":long", ":Long")):
                        assert re.fullmatch(r"-?\d+", cell)
                    if cell and column.endswith((":double", ":Double")):
                        float(cell)
                if kind == "nodes":
                    nodes.add(row[0])
                else:
                    ends |= {row[at] for at, column in enumerate(header[:4]) if column in (":START_ID", ":END_ID", "~from", "~to")}
    assert ends <= nodes
    if name.startswith("neptune"):
        assert not any(column.endswith("[]") for path in (tmp_path / "out" / "edges").iterdir() for column in rows_of(path)[0])
    else:
        named = re.findall(r"--(?:nodes|relationships)=(\S+\.csv)", written.hint)
        assert sorted(named) == sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").glob("*/*.csv"))


VERSION = DATA + "policy/lumi/notice/v.0123456789ab"
ORGANISATION = DATA + "org/lumi"


def saying(text: str, path: Path) -> Path:
    """The graph of a policy with one clause, whose quote is `text`, and a controller that is also called so."""
    facts, organisations = NamedNode(VERSION + "/facts"), NamedNode(iris.ORGANISATIONS)
    clause, controller = NamedNode(VERSION + "/c.0-1"), NamedNode(ORGANISATION)
    lines = [
        (NamedNode(VERSION), "rdf:type", NamedNode(expand("pk:PolicyVersion")), facts),
        (NamedNode(VERSION), "dpv:hasDataController", controller, facts),
        (clause, "rdf:type", NamedNode(expand("pk:Clause")), facts),
        (clause, "pk:quote", Literal(text, language="en"), facts),
        (controller, "dpv:hasContact", Literal(text), facts),
        (controller, "rdf:type", NamedNode(expand("dpv:Organisation")), organisations),
        (controller, "skos:altLabel", Literal(text, language="en"), organisations),
        (controller, "skos:altLabel", Literal("Lumi"), organisations),
    ]
    quads = [Quad(subject, NamedNode(expand(predicate)), object_, graph) for subject, predicate, object_, graph in lines]
    path.write_bytes(pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.N_QUADS) or b"")
    return path


Said = tuple[str, str, list[str]]


def _delimited(between: str, escape: str) -> Callable[[Path], Said]:
    def read(target: Path) -> Said:
        def cell(label: str, name: str) -> str:
            header, rows = rows_of(target / "nodes" / f"{label}.csv")
            (row,) = rows
            return row[next(at for at, column in enumerate(header) if column.partition(":")[0] == name)]

        parts = re.split(rf"(?<!\\){between}" if escape else between, cell("Controller", "alternatives"))
        return cell("Clause", "quote"), cell("Value", "value"), [part.replace(escape, between) if escape else part for part in parts]

    return read


def _parquet(target: Path) -> Said:
    def one(label: str) -> dict[str, Any]:
        (row,) = pyarrow.parquet.read_table(target / "nodes" / f"{label}.parquet").to_pylist()
        return dict(row)

    return one("Clause")["quote"], one("Value")["value"], one("Controller")["alternatives"]


def _networkx(read: Callable[[Path], Any], label: str) -> Callable[[Path], Said]:
    def said(target: Path) -> Said:
        by_label = {data[label]: data for _, data in read(target).nodes(data=True)}
        return by_label["Clause"]["quote"], by_label["Value"]["value"], by_label["Controller"]["alternatives"]

    return said


def _cytoscape(target: Path) -> Said:
    by_label = {one["data"]["label"]: one["data"] for one in json.loads(target.read_bytes())["elements"]["nodes"]}
    return by_label["Clause"]["quote"], by_label["Value"]["value"], by_label["Controller"]["alternatives"]


def _cypher(target: Path) -> Said:
    """Reads the literals of the script by Cypher's grammar of strings."""
    text = target.read_text(encoding="utf-8")

    def strings(label: str, name: str) -> list[str]:
        (line,) = [line for line in text.split("\n") if f"MERGE (n:`{label}`" in line]
        string = r"'((?:[^'\\]|\\u[0-9A-F]{4}|\\[\\'nrt])*)'"
        value = re.search(rf"`{name}`: (\[?{string}(?:, {string})*\]?)", line)
        assert value
        meant = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'"}
        return [
            re.sub(r"\\(?:u([0-9A-F]{4})|(.))", lambda m: chr(int(m[1], 16)) if m[1] else meant[m[2]], match[1])
            for match in re.finditer(string, value[1])
        ]

    return strings("Clause", "quote")[0], strings("Value", "value")[0], strings("Controller", "alternatives")


READERS: dict[str, Callable[[Path], Said]] = {
    "neo4j": _delimited("\x1f", ""),
    "neptune-gremlin": _delimited(";", "\\;"),
    "neptune-opencypher": _delimited(";", "\\;"),
    "cypher": _cypher,
    "ladybug": _parquet,
    "parquet": _parquet,
    "graphml": _networkx(networkx.read_graphml, "labelV"),
    "gexf": _networkx(networkx.read_gexf, "label_"),
    "cytoscape": _cytoscape,
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\x1f")).map(lambda text: f"a{text}z") | st.text(
    "\"';,\n\r\t|\\{}[]<>&$`~:äß漢🦊 ", min_size=1
).map(lambda text: f"a{text}z")


@pytest.mark.parametrize("name", READERS)
@given(text=TEXTS)
@example(text="a" + "\"';\n\r,äß漢🦊\\" * 11_000 + "z")
def test_texts_survive(name: str, text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("texts")
    EXPORTERS[name].write(saying(text, folder / "graph.nq"), folder / "out")
    quote, value, alternatives = READERS[name](folder / "out")
    if name in ("graphml", "gexf"):
        assert (quote, value) == (xml_text(text), xml_text(text))
        assert alternatives == " | ".join(sorted((xml_text(text) + "@en", "Lumi")))
    else:
        assert (quote, value) == (text, text)
        assert alternatives == sorted((text + "@en", "Lumi"))


def test_every_property_graph_format_is_tried_with_texts() -> None:
    assert set(READERS) == set(PROPERTY_GRAPHS)


# ---- From RDF to the property graph and back


def tables(folder: Path) -> list[dict[str, Any]]:
    read = pyarrow.parquet.read_table
    return [{**row, "label": path.stem} for path in sorted(folder.glob("*.parquet")) for row in read(path).to_pylist()]


def restored(folder: Path) -> pyoxigraph.Store:
    """Facts and assertions as the Parquet files tell them, with nothing to help but the mapping."""
    mapping = schema()
    store = pyoxigraph.Store()
    nodes = {row["iri"]: row for row in tables(folder / "nodes")}
    versions = [name for name, row in nodes.items() if row["label"] == "Policy"]

    def iri(name: str) -> NamedNode:
        return NamedNode(name if "://" in name else expand(name))

    def add(subject: str, predicate: str, object_: NamedNode | Literal, graph: str) -> None:
        store.add(Quad(NamedNode(subject), iri(predicate), object_, NamedNode(graph)))

    for name, row in nodes.items():
        own = [version for version in versions if name == version or name.startswith(version + "/")]
        if not own or row["label"] == "Value":
            continue
        graph = iris.facts_graph(own[0])
        for type_ in row["types"] or ():
            add(name, "rdf:type", iri(type_), graph)
        for predicate, one in mapping.properties.get(row["label"], {}).items():
            value = row[one.column.name]
            for each in value if isinstance(value, list) else [] if value is None else [value]:
                if one.type == "rdfs:Resource":
                    add(name, predicate, iri(each), graph)
                elif one.type == "rdf:langString":
                    add(name, predicate, Literal(each, language=row["lang"]) if row["lang"] else Literal(each), graph)
                else:
                    add(name, predicate, Literal(str(each), datatype=iri(one.type)), graph)
    for edge in tables(folder / "edges"):
        version, _, kind = edge["id"].rpartition("/")
        if version not in versions:
            continue
        target = nodes[edge["target"]]
        object_: NamedNode | Literal = NamedNode(edge["target"])
        if target["label"] == "Value":
            datatype = iri(target["datatype"] or "xsd:string")
            object_ = Literal(target["value"], language=target["lang"]) if target["lang"] else Literal(target["value"], datatype=datatype)
        graph = iris.facts_graph(version)
        add(edge["source"], edge["predicate"], object_, graph)
        for implied, by in mapping.implied_by.items():
            if edge["predicate"] in by:
                add(edge["source"], implied, object_, graph)
        if kind.startswith("a."):
            evidence = iris.evidence_graph(version)
            add(edge["id"], "rdf:type", iri("pk:Assertion"), evidence)
            add(edge["id"], "rdf:subject", NamedNode(edge["source"]), evidence)
            add(edge["id"], "rdf:predicate", iri(edge["predicate"]), evidence)
            add(edge["id"], "rdf:object", object_, evidence)
            for predicate, column in (("pk:startOffset", "start"), ("pk:endOffset", "end")):
                add(edge["id"], predicate, Literal(str(edge[column]), datatype=iri("xsd:integer")), evidence)
            add(edge["id"], "pk:confidence", Literal(f"{edge['confidence']:.4f}", datatype=iri("xsd:decimal")), evidence)
            if edge["rule"]:
                add(edge["id"], "pk:rule", Literal(edge["rule"]), evidence)
            if edge["clause"]:
                add(edge["id"], "pk:evidence", NamedNode(edge["clause"]), evidence)
    return store


NOT_CARRIED = {expand("prov:wasGeneratedBy"), expand("pk:quote")}
"""Of assertions: the run that made them, and the quote, which the clause's text repeats or the edge has on its own."""


def facts_and_assertions(store: pyoxigraph.Store) -> set[Quad]:
    found = set()
    for quad in store:
        graph, subject = quad.graph_name.value, quad.subject.value  # type: ignore[union-attr]
        claimed = graph.endswith("/evidence") and "/a." in subject and quad.predicate.value not in NOT_CARRIED
        if claimed or graph.endswith("/facts"):
            found.add(quad)
    return found


def test_the_property_graph_gives_the_same_facts_and_assertions_back(source: Path, tmp_path: Path) -> None:
    EXPORTERS["parquet"].write(source, tmp_path / "out")
    expected = facts_and_assertions(open_store(source))

    assert len(expected) > 100
    assert set(restored(tmp_path / "out")) == expected


def test_the_graph_made_by_hand_comes_back(shared: Path, tmp_path: Path) -> None:
    given = shared / "bench" / "seeds" / "worked.trig"
    EXPORTERS["parquet"].write(given, tmp_path / "out")
    expected = facts_and_assertions(open_store(given))

    assert len(expected) > 1000
    assert set(restored(tmp_path / "out")) == expected
