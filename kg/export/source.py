"""The graph as an export reads it: once, a policy at a time, so that memory does not grow with the number of policies.

Terms are strings: predicates and datatypes as CURIEs, subjects and IRIs as they are, a literal as ``"tag"text``, where the tag is its
``@language``, its datatype or nothing. No IRI begins with a quotation mark.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, parse

from kg import iris
from kg.errors import InputError
from kg.namespaces import compress, expand
from kg.store import FORMATS, open_store

Source: TypeAlias = Path | Store
Described: TypeAlias = dict[str, list[tuple[str, str]]]

TYPE = "rdf:type"
_STREAMED = frozenset({".nq", ".trig"})
_SHARED = (iris.CATALOG, iris.ORGANISATIONS)
_STRING, _POLICY_VERSION = expand("xsd:string"), expand("pk:PolicyVersion")


class Vocabulary(NamedTuple):
    """The terms of the ontology, by IRI. It comes first, where there is one."""

    terms: Described


class Policy(NamedTuple):
    """A version: its IRI, what it says and where. Every subject's predicates and objects are sorted."""

    version: str
    facts: Described
    evidence: Described


class Shared(NamedTuple):
    """What the catalog or the organisations' graph says of one subject. These come last."""

    graph: str
    subject: str
    described: list[tuple[str, str]]


class ScatteredError(Exception):
    """A file whose graphs do not come whole and in the order of `kg build`; it must be loaded before it can be read by policy."""


def read(source: Source) -> Iterator[Vocabulary | Policy | Shared]:
    """The graph in its order: the vocabulary, policy by policy, what policies share. Blank nodes are left out.

    A file of N-Quads or TriG is read as a stream.

    Raises:
        ScatteredError: the file is not in that order; `loaded` reads it all the same.
        InputError: it cannot be read, or holds no policy in a named graph.
    """
    parts = _stored(source) if isinstance(source, Store) else _streamed(source)
    policies = 0
    for part in parts:
        policies += isinstance(part, Policy)
        yield part
    if not policies:
        raise InputError(
            "the graph" if isinstance(source, Store) else str(source),
            "holds no policy in a named graph",
            "export from TriG, N-Quads or a store",
        )


def loaded(source: Source) -> Store:
    """The graph of a file in memory, or the store that is given."""
    return source if isinstance(source, Store) else open_store(source)


def streamable(source: Source) -> bool:
    """Whether `read` can take the source as it is."""
    return isinstance(source, Store) or source.suffix.lower() in _STREAMED


def term(value: NamedNode | Literal) -> str:
    """An object as a string."""
    if isinstance(value, NamedNode):
        return value.value
    if value.language:
        return f'"@{value.language}"{value.value}'
    return f'"{_datatype(value.datatype.value)}"{value.value}'


def literal(text: str) -> tuple[str, str]:
    """The tag and the text of a literal that `term` made."""
    _, tag, value = text.split('"', 2)
    return tag, value


@lru_cache(maxsize=1 << 14)
def curie(iri: str) -> str:
    """The CURIE of an IRI that comes often, or the IRI where no prefix fits."""
    return compress(iri)


@cache
def _datatype(iri: str) -> str:
    return "" if iri == _STRING else compress(iri)


def quads(path: Path) -> Iterator[Quad]:
    """The quads of a file as they stand in it.

    Raises:
        InputError: the file is missing or malformed, or its ending is unknown.
    """
    syntax = FORMATS.get(path.suffix.lower())
    if syntax is None:
        raise InputError(str(path), "is in no known RDF syntax", f"the name must end in one of {', '.join(FORMATS)}")
    try:
        yield from parse(path=path, format=syntax)
    except SyntaxError as error:
        raise InputError(str(path), (f"line {error.lineno}: " if error.lineno else "") + error.msg) from error
    except (OSError, ValueError) as error:
        raise InputError(str(path), getattr(error, "strerror", None) or str(error)) from error


def _streamed(path: Path) -> Iterator[Vocabulary | Policy | Shared]:
    seen: set[str] = set()
    waiting: tuple[str, Described] | None = None
    for name, group in groupby(quads(path), key=attrgetter("graph_name")):
        graph = name.value if isinstance(name, NamedNode) else ""
        if graph in seen:
            raise ScatteredError(str(path))
        seen.add(graph)
        if waiting:
            before, waiting = waiting, None
            if graph == iris.evidence_graph(before[0]):
                yield Policy(*before, _described(group))
                continue
            yield Policy(*before, {})
        if graph in _SHARED:
            yield from _subjects(graph, group)
        elif graph == iris.VOCABULARY:
            if len(seen) > 1:
                raise ScatteredError(str(path))
            yield Vocabulary(_described(group))
        else:
            described = _described(group)
            if version := _version(described):
                if seen & set(_SHARED) or iris.evidence_graph(version) in seen:
                    raise ScatteredError(str(path))
                waiting = version, described
    if waiting:
        yield Policy(*waiting, {})


def _subjects(graph: str, group: Iterable[Quad]) -> Iterator[Shared]:
    seen: set[str] = set()
    for _, of in groupby(group, key=attrgetter("subject")):
        for subject, pairs in _described(of).items():
            if subject in seen:
                raise ScatteredError(graph)
            seen.add(subject)
            yield Shared(graph, subject, pairs)


def _stored(store: Store) -> Iterator[Vocabulary | Policy | Shared]:
    if terms := _described(store.quads_for_pattern(None, None, None, NamedNode(iris.VOCABULARY))):
        yield Vocabulary(terms)
    for version, graph in sorted(
        (quad.subject.value, quad.graph_name.value)
        for quad in store.quads_for_pattern(None, NamedNode(expand(TYPE)), NamedNode(_POLICY_VERSION), None)
        if isinstance(quad.subject, NamedNode) and isinstance(quad.graph_name, NamedNode)
    ):
        facts = _described(store.quads_for_pattern(None, None, None, NamedNode(graph)))
        yield Policy(version, facts, _described(store.quads_for_pattern(None, None, None, NamedNode(iris.evidence_graph(version)))))
    for graph in _SHARED:
        for subject, pairs in sorted(_described(store.quads_for_pattern(None, None, None, NamedNode(graph))).items()):
            yield Shared(graph, subject, pairs)


def _described(of: Iterable[Quad]) -> Described:
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for subject, predicate, object_, _ in of:
        if type(object_) is NamedNode:
            value = object_.value
        elif type(object_) is Literal:
            value = term(object_)
        else:
            continue
        if type(subject) is not BlankNode:
            found[subject.value].append((curie(predicate.value), value))
    for pairs in found.values():
        if len(pairs) > 1:
            pairs[:] = sorted(set(pairs))
    return dict(found)


def _version(described: Described) -> str | None:
    for subject, pairs in described.items():
        if (TYPE, _POLICY_VERSION) in pairs:
            return subject
    return None
