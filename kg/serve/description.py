"""The description of the service (SPARQL 1.1 Service Description): what it speaks, what it gives, which graphs it holds."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kg.namespaces import PREFIXES
from kg.serve.formats import GRAPHS, RESULTS

_SD = "http://www.w3.org/ns/sparql-service-description#"
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")


def describe(store: ox.Store, endpoint: str, writable: bool) -> Iterator[ox.Triple]:
    """The triples of the description; the dataset and its graphs are named under the endpoint's IRI."""
    service, dataset, default = (ox.NamedNode(f"{endpoint}{name}") for name in ("", "#dataset", "#default-graph"))
    yield ox.Triple(service, _TYPE, _sd("Service"))
    yield ox.Triple(service, _sd("endpoint"), service)
    yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    if writable:
        yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Update"))
    yield ox.Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    for iri in sorted({format.iri for format in RESULTS.values()} | {format.iri for format in GRAPHS.values()}):
        yield ox.Triple(service, _sd("resultFormat"), ox.NamedNode(iri))
    yield ox.Triple(service, _sd("defaultDataset"), dataset)
    yield ox.Triple(dataset, _TYPE, _sd("Dataset"))
    yield ox.Triple(dataset, _sd("defaultGraph"), default)
    yield ox.Triple(default, _TYPE, _sd("Graph"))
    for number, name in enumerate(sorted(name.value for name in store.named_graphs()), 1):
        graph = ox.NamedNode(f"{endpoint}#graph-{number}")
        yield ox.Triple(dataset, _sd("namedGraph"), graph)
        yield ox.Triple(graph, _TYPE, _sd("NamedGraph"))
        yield ox.Triple(graph, _sd("name"), ox.NamedNode(name))


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + name)
