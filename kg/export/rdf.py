"""The graph in RDF's own syntaxes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, Triple

from kg import iris
from kg.atomic import replacing
from kg.export import source as reading
from kg.export.exporter import Exporter, Written, xml_text
from kg.export.schema import View
from kg.export.source import Source
from kg.namespaces import PREFIXES, expand

_OFFSETS = frozenset(NamedNode(expand(name)) for name in ("pk:startOffset", "pk:endOffset"))
_NATURAL = NamedNode(expand("xsd:nonNegativeInteger"))
_INTEGER = NamedNode(expand("xsd:integer"))
_WITHOUT_PREFIXES = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)


def quads(source: Source) -> Iterator[Quad]:
    """All quads: of a file as they stand in it, of a store a graph at a time and in order, so that the same graph gives the same bytes.

    Raises:
        InputError: the file cannot be read.
    """
    if isinstance(source, Store):
        for graph in (DefaultGraph(), *sorted(source.named_graphs(), key=str)):
            yield from sorted(map(_restored, source.quads_for_pattern(None, None, None, graph)), key=str)
    else:
        yield from reading.quads(source)


def _write(syntax: RdfFormat, source: Source, path: Path, _: View) -> Written:
    prefixes = None if syntax in _WITHOUT_PREFIXES else dict(PREFIXES)
    count = 0

    def counted() -> Iterator[Quad]:
        nonlocal count
        for quad in quads(source):
            if syntax.supports_datasets or _in_one_graph(quad):
                count += 1
                yield quad

    with replacing(path) as stream:
        if syntax.supports_datasets:
            pyoxigraph.serialize(counted(), stream, syntax, prefixes=prefixes)
        else:
            triples = (quad.triple for quad in counted())
            pyoxigraph.serialize(map(_for_xml, triples) if syntax == RdfFormat.RDF_XML else triples, stream, syntax, prefixes=prefixes)
    return Written(quads=count)


def _in_one_graph(quad: Quad) -> bool:
    return not isinstance(quad.graph_name, NamedNode) or iris.in_one_graph(quad.graph_name.value)


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
    Exporter(name, suffix, description, partial(_write, syntax), views=False)
    for name, suffix, description, syntax in (
        ("turtle", ".ttl", f"Turtle, {_ONE_GRAPH}", RdfFormat.TURTLE),
        ("trig", ".trig", "TriG, all graphs", RdfFormat.TRIG),
        ("ntriples", ".nt", f"N-Triples, {_ONE_GRAPH}", RdfFormat.N_TRIPLES),
        ("nquads", ".nq", "N-Quads, all graphs", RdfFormat.N_QUADS),
        ("rdfxml", ".rdf", f"RDF/XML, {_ONE_GRAPH}", RdfFormat.RDF_XML),
    )
)
