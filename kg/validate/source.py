"""The policy versions of a dataset or a store, each with the triples that it is judged by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from typing import TypeAlias

import pyoxigraph as ox
from rdflib import Dataset, Graph, URIRef
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.namespace import DCTERMS, RDF, SKOS
from rdflib.term import BNode, Literal, Node

from kg import iris
from kg.namespaces import expand
from kg.resources import ontology_dir

Source: TypeAlias = Dataset | ox.Store
Triple: TypeAlias = tuple[Node, Node, Node]

_VERSION_CLASSES = tuple(URIRef(expand(name)) for name in ("pk:PolicyVersion", "pk:FullTextVersion", "pk:ExcerptVersion"))

_DATES = tuple(URIRef(expand(name)) for name in ("pk:observedOn", "pk:effectiveFrom"))


@dataclass(frozen=True)
class Version:
    """A policy version with its facts and evidence. `document` is the path as it was given, or the IRI where none is known.

    `day` is the latest on which the text is known to have stood: the day it was seen on, or from which it says that it holds.
    """

    iri: URIRef
    document: str
    title: str
    triples: tuple[Triple, ...] = field(repr=False)
    day: date | None = None


def versions(source: Source) -> Iterator[Version]:
    """Every policy version of `source`, ordered by IRI.

    Its triples are those of its two graphs. A version that stands in another graph (a plain Turtle file, say) has all triples of that one.
    """
    homes = _homes(source)
    for subject in sorted(homes):
        facts = URIRef(iris.facts_graph(subject))
        graphs = {facts, URIRef(iris.evidence_graph(subject))} if facts in homes[subject] else homes[subject]
        triples = tuple(dict.fromkeys(triple for graph in sorted(graphs, key=str) for triple in _triples(source, graph)))
        document = _literal(triples, subject, DCTERMS.identifier) or str(subject)
        yield Version(subject, document, _literal(triples, subject, DCTERMS.title), triples, _day(triples, subject))


def count(source: Source) -> int:
    """How many policy versions there are in `source`."""
    return len(_homes(source))


def background(source: Source) -> Graph:
    """What all versions are judged with: organisations and vocabulary, in a graph of its own. Labels are left out, no shape reads them.

    The program's own vocabulary is taken where `source` has none.
    """
    graph = Graph()
    vocabulary = tuple(_triples(source, URIRef(iris.VOCABULARY))) or _own_vocabulary()
    for triple in (*vocabulary, *_triples(source, URIRef(iris.ORGANISATIONS))):
        if not (isinstance(triple[2], Literal) and triple[2].language):
            graph.add(triple)
    return graph


def organisation_names(source: Source) -> dict[str, str]:
    """The preferred label of each organisation of `source`, by IRI."""
    labels = sorted((str(s), str(o)) for s, p, o in _triples(source, URIRef(iris.ORGANISATIONS)) if p == SKOS.prefLabel)
    return dict(reversed(labels))


@cache
def _own_vocabulary() -> tuple[Triple, ...]:
    graph = Graph()
    for path in sorted(ontology_dir().glob("*.ttl")):
        graph.parse(path, format="turtle")
    return tuple(graph)


def _homes(source: Source) -> dict[URIRef, set[URIRef | None]]:
    """The graphs that each version stands in."""
    homes: dict[URIRef, set[URIRef | None]] = {}
    for cls in _VERSION_CLASSES:
        for subject, graph in _typed(source, cls):
            homes.setdefault(subject, set()).add(graph)
    return homes


def _typed(source: Source, cls: URIRef) -> Iterator[tuple[URIRef, URIRef | None]]:
    if isinstance(source, ox.Store):
        for quad in source.quads_for_pattern(None, ox.NamedNode(RDF.type), ox.NamedNode(cls), None):
            if isinstance(quad.subject, ox.NamedNode):
                yield URIRef(quad.subject.value), URIRef(quad.graph_name.value) if isinstance(quad.graph_name, ox.NamedNode) else None
        return
    for subject, _, _, graph in source.quads((None, RDF.type, cls, None)):
        if isinstance(subject, URIRef):
            yield subject, None if graph in (None, DATASET_DEFAULT_GRAPH_ID) else URIRef(str(graph))


def _triples(source: Source, graph: URIRef | None) -> Iterator[Triple]:
    if isinstance(source, ox.Store):
        name = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
        for quad in source.quads_for_pattern(None, None, None, name):
            yield _term(quad.subject), _term(quad.predicate), _term(quad.object)
        return
    yield from Graph(store=source.store, identifier=graph or DATASET_DEFAULT_GRAPH_ID)


@lru_cache(maxsize=1 << 16)
def _iri(value: str) -> URIRef:
    # One object for one IRI: quick to compare, and written once where triples are sent to another process.
    return URIRef(value)


def _term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    if isinstance(term, ox.NamedNode):
        return _iri(term.value)
    if isinstance(term, ox.Literal):
        return Literal(term.value, lang=term.language) if term.language else Literal(term.value, datatype=_iri(term.datatype.value))
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    raise TypeError("a quoted triple cannot be validated: the model has none")


def _day(triples: tuple[Triple, ...], subject: URIRef) -> date | None:
    said = (o.toPython() for s, p, o in triples if s == subject and p in _DATES and isinstance(o, Literal))
    return max((day.date() if isinstance(day, datetime) else day for day in said if isinstance(day, date)), default=None)


def _literal(triples: tuple[Triple, ...], subject: URIRef, predicate: URIRef) -> str:
    return min((str(o) for s, p, o in triples if s == subject and p == predicate), default="")
