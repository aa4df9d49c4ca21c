"""The graph in RDF's own syntaxes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple

from kg import iris
from kg.atomic import replacing
from kg.export.exporter import Exporter, xml_text
from kg.namespaces import PREFIXES, expand

_OFFSETS = frozenset(NamedNode(expand(name)) for name in ("pk:startOffset", "pk:endOffset"))
_NATURAL = NamedNode(expand("xsd:nonNegativeInteger"))
_INTEGER = NamedNode(expand("xsd:integer"))


def _write(syntax: RdfFormat, store: Store, path: Path) -> None:
    prefixes = dict(PREFIXES) if syntax in (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.RDF_XML, RdfFormat.JSON_LD) else None
    with replacing(path) as stream:
        if syntax.supports_datasets:
            pyoxigraph.serialize(_quads(store), stream, syntax, prefixes=prefixes)
        else:
            triples = map(_for_xml, _triples(store)) if syntax == RdfFormat.RDF_XML else _triples(store)
            pyoxigraph.serialize(triples, stream, syntax, prefixes=prefixes)


def _quads(store: Store) -> Iterator[Quad]:
    """All quads, a graph at a time and in order, so that the same graph gives the same bytes."""
    for graph in (DefaultGraph(), *sorted(store.named_graphs(), key=str)):
        yield from sorted(map(_restored, store.quads_for_pattern(None, None, None, graph)), key=str)


def _triples(store: Store) -> Iterator[Triple]:
    """What can stand in one graph: facts, organisations, vocabulary. Evidence and catalog speak of graphs."""
    left_out = {NamedNode(iris.CATALOG)}
    for (version,) in _solutions(store, "SELECT DISTINCT ?version { GRAPH ?facts { ?version a pk:PolicyVersion } }"):
        left_out.add(NamedNode(iris.evidence_graph(version.value)))
    for quad in _quads(store):
        if quad.graph_name not in left_out:
            yield quad.triple


def _solutions(store: Store, query: str) -> pyoxigraph.QuerySolutions:
    answer = store.query(query, prefixes=dict(PREFIXES))
    assert isinstance(answer, pyoxigraph.QuerySolutions)
    return answer


def _restored(quad: Quad) -> Quad:
    # Oxigraph keeps every kind of integer as xsd:integer; the model says xsd:nonNegativeInteger of offsets.
    if quad.predicate in _OFFSETS and isinstance(quad.object, Literal) and quad.object.datatype == _INTEGER:
        return Quad(quad.subject, quad.predicate, Literal(quad.object.value, datatype=_NATURAL), quad.graph_name)
    return quad


def _for_xml(triple: Triple) -> Triple:
    of = triple.object
    if not isinstance(of, Literal) or (text := xml_text(of.value)) == of.value:
        return triple
    return Triple(
        triple.subject, triple.predicate, Literal(text, language=of.language) if of.language else Literal(text, datatype=of.datatype)
    )


_ONE_GRAPH = "without named graphs: facts, organisations and vocabulary, no evidence"
RDF = tuple(
    Exporter(name, suffix, description, partial(_write, syntax))
    for name, suffix, description, syntax in (
        ("turtle", ".ttl", f"Turtle, {_ONE_GRAPH}", RdfFormat.TURTLE),
        ("trig", ".trig", "TriG, all graphs", RdfFormat.TRIG),
        ("ntriples", ".nt", f"N-Triples, {_ONE_GRAPH}", RdfFormat.N_TRIPLES),
        ("nquads", ".nq", "N-Quads, all graphs", RdfFormat.N_QUADS),
        ("jsonld", ".jsonld", "JSON-LD, all graphs", RdfFormat.JSON_LD),
        ("rdfxml", ".rdf", f"RDF/XML, {_ONE_GRAPH}", RdfFormat.RDF_XML),
    )
)
