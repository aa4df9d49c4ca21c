"""Formats of one file that tell all nodes before the first edge: GraphML, GEXF and Cytoscape's JSON. Edges wait in a temporary file."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from kg.atomic import replacing
from kg.export.exporter import Exporter, Tally, Written, xml_text
from kg.export.items import Edge, Node, Properties
from kg.export.projection import project
from kg.export.schema import Column, View, schema
from kg.export.source import Source

_IN_MEMORY = 1 << 20
_LISTED = " | "


@dataclass(frozen=True, slots=True)
class Sections:
    """How a format writes its beginning (from the columns of nodes and of edges), a node, what stands between, an edge, the end.

    `joint` stands between two nodes and between two edges.
    """

    head: Callable[[tuple[Column, ...], tuple[Column, ...]], str]
    node: Callable[[Node], str]
    between: str
    edge: Callable[[Edge], str]
    tail: str
    joint: str = ""


def _write(sections: Sections, source: Source, target: Path, view: View) -> Written:
    mapping, tally = schema(), Tally()
    columns = {column.name: column for label in mapping.node_labels() for column in mapping.node_columns(label)}
    with replacing(target) as stream, tempfile.SpooledTemporaryFile(_IN_MEMORY) as waiting:
        stream.write(sections.head(tuple(columns.values()), mapping.edge_columns(view)).encode())
        joints = {3: "", 7: ""}
        for item in tally.passing(project(source, view)):
            place, text = (stream, sections.node(item)) if isinstance(item, Node) else (waiting, sections.edge(item))
            place.write((joints[len(item)] + text).encode())
            joints[len(item)] = sections.joint
        stream.write(sections.between.encode())
        waiting.seek(0)
        shutil.copyfileobj(waiting, stream)
        stream.write(sections.tail.encode())
    return tally.written()


def _flat(properties: Properties) -> Iterator[tuple[str, str]]:
    # XML formats have neither lists nor all characters, and a reader turns a bare carriage return into a line feed.
    for name, value in properties.items():
        text = _LISTED.join(value) if isinstance(value, list) else str(value)
        yield name, escape(xml_text(text), {"\r": "&#13;"})


def _attribute(text: str) -> str:
    return quoteattr(xml_text(text))


_NODE, _EDGE = "n", "e"  # what identifiers of keys begin with
_GRAPHML_TYPES = {"string": "string", "integer": "long", "number": "double"}


def _graphml_head(nodes: tuple[Column, ...], edges: tuple[Column, ...]) -> str:
    # Apache TinkerPop reads the label of a node under labelV, of an edge under labelE.
    keys = [("labelV", "node", Column("labelV")), ("labelE", "edge", Column("labelE"))]
    keys += [(f"{_NODE}.iri", "node", Column("iri")), (f"{_EDGE}.iri", "edge", Column("iri"))]
    keys += [(f"n.{one.name}", "node", one) for one in nodes] + [(f"e.{one.name}", "edge", one) for one in edges]
    lines = (
        f'  <key id="{key}" for="{of}" attr.name="{one.name}" attr.type="{"string" if one.many else _GRAPHML_TYPES[one.kind]}"/>\n'
        for key, of, one in keys
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
        + "".join(lines)
        + '  <graph id="G" edgedefault="directed">\n'
    )


def _data(prefix: str, properties: Properties) -> str:
    return "".join(f'<data key="{prefix}.{name}">{text}</data>' for name, text in _flat(properties))


def _iri(prefix: str, iri: str) -> str:
    return f'<data key="{prefix}.iri">{escape(xml_text(iri))}</data>'


def _graphml_node(node: Node) -> str:
    name = _attribute(node.id)
    own = f'<data key="labelV">{node.label}</data>{_iri(_NODE, node.id)}'
    return f"    <node id={name}>{own}{_data(_NODE, node.properties)}</node>\n"


def _graphml_edge(edge: Edge) -> str:
    ends = f"id={_attribute(edge.id)} source={_attribute(edge.source)} target={_attribute(edge.target)}"
    return f'    <edge {ends}><data key="labelE">{edge.label}</data>{_iri(_EDGE, edge.id)}{_data(_EDGE, edge.properties)}</edge>\n'


_GEXF_TYPES = {"string": "string", "integer": "long", "number": "double"}


def _gexf_head(nodes: tuple[Column, ...], edges: tuple[Column, ...]) -> str:
    def attributes(of: str, columns: Iterable[Column]) -> str:
        lines = (
            f'      <attribute id="{of[0]}.{one.name}" title="{one.name}" type="{"string" if one.many else _GEXF_TYPES[one.kind]}"/>\n'
            for one in columns
        )
        return f'    <attributes class="{of}">\n{"".join(lines)}    </attributes>\n'

    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" version="1.3">\n'
        '  <graph mode="static" defaultedgetype="directed">\n'
        + attributes("node", (Column("label_"), *nodes))
        + attributes("edge", (Column("label_"), *edges))
        + "    <nodes>\n"
    )


def _gexf_values(prefix: str, label: str, properties: Properties) -> str:
    values = "".join(f'<attvalue for="{prefix}.{name}" value={_quoted(text)}/>' for name, text in _flat(properties))
    return f'<attvalues><attvalue for="{prefix}.label_" value="{label}"/>{values}</attvalues>'


def _quoted(escaped: str) -> str:
    # In an attribute, a reader turns line feeds and tabs into spaces.
    return '"' + escaped.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;") + '"'


def _gexf_node(node: Node) -> str:
    shown = str(node.properties.get("name") or node.properties.get("title") or node.label)
    return f"      <node id={_attribute(node.id)} label={_attribute(shown)}>{_gexf_values('n', node.label, node.properties)}</node>\n"


def _gexf_edge(edge: Edge) -> str:
    ends = f"id={_attribute(edge.id)} source={_attribute(edge.source)} target={_attribute(edge.target)} label={_attribute(edge.label)}"
    return f"      <edge {ends}>{_gexf_values('e', edge.label, edge.properties)}</edge>\n"


def _json(data: dict[str, object]) -> str:
    return json.dumps({"data": data}, ensure_ascii=False, separators=(",", ":"))


GRAPHML = Sections(_graphml_head, _graphml_node, "", _graphml_edge, "  </graph>\n</graphml>\n")
GEXF = Sections(_gexf_head, _gexf_node, "    </nodes>\n    <edges>\n", _gexf_edge, "    </edges>\n  </graph>\n</gexf>\n")
CYTOSCAPE = Sections(
    lambda nodes, edges: '{"elements":{"nodes":[\n',
    lambda node: _json({**node.properties, "id": node.id, "label": node.label}),
    '\n],"edges":[\n',
    lambda edge: _json({**edge.properties, "id": edge.id, "source": edge.source, "target": edge.target, "label": edge.label}),
    "\n]}}\n",
    ",\n",
)
SECTIONED = (
    Exporter("graphml", ".graphml", "GraphML for Apache TinkerPop, igraph, yEd", partial(_write, GRAPHML)),
    Exporter("gexf", ".gexf", "GEXF for Gephi", partial(_write, GEXF)),
    Exporter("cytoscape", ".cyjs", "JSON for Cytoscape and cytoscape.js", partial(_write, CYTOSCAPE)),
)
