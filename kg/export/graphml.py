"""GraphML as Apache TinkerPop reads it: the label of a node under ``labelV``, of an edge under ``labelE``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import networkx
from pyoxigraph import Store

from kg.atomic import replacing
from kg.export.exporter import Exporter, xml_text
from kg.export.projection import Node, Scalar, project

_SEPARATOR = " | "


def property_graph(store: Store) -> networkx.MultiDiGraph:
    """The graph for networkx: nodes by IRI, edges by their identifiers as keys, labels as ``labelV`` and ``labelE``.

    Raises:
        InputError: there is no policy in the graph.
    """
    graph = networkx.MultiDiGraph()
    for item in project(store):
        if isinstance(item, Node):
            graph.add_node(item.id, labelV=item.label, **_flat(item.properties))
        else:
            graph.add_edge(item.source, item.target, key=item.id, labelE=item.label, **_flat(item.properties))
    return graph


def _flat(properties: Mapping[str, Scalar | tuple[str, ...]]) -> dict[str, Scalar]:
    # GraphML has neither lists nor all characters.
    joined = {name: _SEPARATOR.join(value) if isinstance(value, tuple) else value for name, value in properties.items()}
    return {name: xml_text(value) if isinstance(value, str) else value for name, value in joined.items()}


def _write(store: Store, path: Path) -> None:
    graph = property_graph(store)
    with replacing(path) as stream:
        networkx.write_graphml_xml(graph, stream, named_key_ids=True)


GRAPHML = Exporter("graphml", ".graphml", "GraphML for Apache TinkerPop, Gephi, yEd: a property graph", _write)
