"""Extractions become named graphs, written as they come: reads `kg.model.Extraction`, writes quads."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, Protocol

import kg
from kg import iris, resources
from kg.graph import shared
from kg.graph.document import evidence, facts, statement_iris, version_of
from kg.graph.serialize import WRITERS, lines
from kg.graph.shared import Organisations, mentioned, named
from kg.graph.terms import Quad, Triple, curie, iri
from kg.model import Extraction

__all__ = [
    "Counts",
    "Format",
    "NamedGraph",
    "Quad",
    "Triple",
    "Versioned",
    "catalog_graph",
    "extractor_version",
    "graphs",
    "lines",
    "mentioned",
    "named",
    "quads",
    "statement_iris",
    "version_graphs",
    "version_of",
    "vocabulary_graph",
    "write",
]

Format = Literal["trig", "nquads"]


class Versioned(Protocol):
    """A vocabulary, of which nothing but its version matters here."""

    @property
    def version(self) -> str:
        """Changes when the vocabulary does."""


class NamedGraph(NamedTuple):
    """A graph's IRI (bare) and its triples, sorted and without duplicates. `version` is the policy version that it belongs to, if any."""

    iri: str
    triples: list[Triple]
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was written. A text that was given twice counts once."""

    documents: int = 0
    statements: int = 0
    clauses: int = 0
    assertions: int = 0
    quads: int = 0


@cache
def extractor_version() -> str:
    """The version of `kg`, which extraction runs refer to; ``unreleased`` where it runs without being installed."""
    try:
        return kg.__version__
    except PackageNotFoundError:
        return "unreleased"


def version_graphs(extraction: Extraction, vocabulary: Versioned) -> tuple[NamedGraph, NamedGraph]:
    """The two graphs that belong to one document alone: facts and evidence."""
    version = version_of(extraction)
    return (
        NamedGraph(iris.facts_graph(version), _ordered(facts(extraction)), version),
        NamedGraph(iris.evidence_graph(version), _ordered(evidence(extraction, extractor_version(), vocabulary.version)), version),
    )


def catalog_graph(versions: Iterable[str], vocabulary: Versioned) -> NamedGraph:
    """The catalog's entries for some versions, and the software that made them."""
    entries = {triple for version in versions for triple in shared.catalog(version)}
    return NamedGraph(iris.CATALOG, _ordered(entries.union(shared.agents(extractor_version(), vocabulary.version))))


def vocabulary_graph(ontology: Path) -> NamedGraph:
    """The ontology in the folder `ontology`, without its lexicon.

    Raises:
        ConfigurationError: a file is not Turtle.
    """
    return NamedGraph(iris.VOCABULARY, _ordered(shared.vocabulary(ontology)))


def graphs(extractions: Iterable[Extraction], vocabulary: Versioned, *, with_vocabulary: bool = True) -> Iterator[NamedGraph]:
    """All graphs of some documents, as the documents come: the vocabulary, two graphs for each document, the catalog, the organisations.

    The same version twice is written once. Only IRIs of versions and names of organisations are kept in memory.
    """
    known: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    if with_vocabulary:
        words = vocabulary_graph(resources.ontology_dir())
        for subject, predicate, object_ in words.triples:
            known[subject].add((predicate, object_))
        yield words
    organisations = Organisations()
    seen: set[str] = set()
    for extraction in extractions:
        version = version_of(extraction)
        if version not in seen:
            seen.add(version)
            organisations.add(extraction)
            yield from version_graphs(extraction, vocabulary)
    yield catalog_graph(seen, vocabulary)
    yield NamedGraph(iris.ORGANISATIONS, _ordered(organisations.triples(lambda subject: known.get(subject, frozenset()))))


def _count(graph: NamedGraph) -> Counter[str]:
    """What a graph adds to each field of `Counts`."""
    counted = Counter({"quads": len(graph.triples)})
    if graph.version is not None:
        for _, predicate, object_ in graph.triples:
            if predicate == _HAS_STATEMENT:
                counted["statements"] += 1
            elif predicate == _TYPE and object_ in _COUNTED:
                counted[_COUNTED[object_]] += 1
    return counted


def quads(extraction: Extraction, vocabulary: Versioned) -> Iterator[Quad]:
    """The quads of one document, its entries in the shared graphs included; the vocabulary's own graph is not."""
    for graph in graphs((extraction,), vocabulary, with_vocabulary=False):
        name = iri(graph.iri)
        for triple in graph.triples:
            yield Quad(*triple, name)


def write(
    extractions: Iterable[Extraction],
    vocabulary: Versioned,
    stream: BinaryIO,
    format: Format,
    *,
    with_vocabulary: bool = True,
) -> Counts:
    """Writes the graphs of all documents to `stream` as they come. The same input gives the same bytes."""
    counted: Counter[str] = Counter()
    put = WRITERS[format](stream)
    for graph in graphs(extractions, vocabulary, with_vocabulary=with_vocabulary):
        put(graph.iri, graph.triples, graph.version)
        counted.update(_count(graph))
    return Counts(**counted)


def _ordered(triples: Iterable[Triple]) -> list[Triple]:
    return sorted(set(triples))


_HAS_STATEMENT = curie("pk:hasStatement")
_TYPE = curie("rdf:type")
_COUNTED = {curie("pk:PolicyVersion"): "documents", curie("pk:Clause"): "clauses", curie("pk:Assertion"): "assertions"}
