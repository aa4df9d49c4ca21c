"""The graph as an export reads it: once, a policy at a time, so that memory does not grow with the number of policies.

Terms are strings: predicates and datatypes as CURIEs, subjects and IRIs as they are, a literal as ``"tag"text``, where the tag is its
``@language``, its datatype or nothing. No IRI begins with a quotation mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, TypeAlias

from pyoxigraph import NamedNode, Quad, Store, parse

from kg import iris
from kg.errors import InputError
from kg.export.lines import Curies, Subject, subjects, subjects_of
from kg.namespaces import expand
from kg.store import FORMATS, open_store

Source: TypeAlias = Path | Store
Described: TypeAlias = dict[str, list[tuple[str, str]]]

TYPE = "rdf:type"
_STREAMED = frozenset({".nq", ".trig"})
_SHARED = (iris.CATALOG, iris.ORGANISATIONS)
_POLICY_VERSION = expand("pk:PolicyVersion")


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


def literal(text: str) -> tuple[str, str]:
    """The tag and the text of a literal."""
    _, tag, value = text.split('"', 2)
    return tag, value


curie = Curies().__getitem__
"""The CURIE of an IRI that comes often, or the IRI where no prefix fits."""


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
    found = subjects(path) if path.suffix.lower() == ".nq" else subjects_of(quads(path))
    for graph, of in groupby(found, key=itemgetter(0)):
        if graph in seen:
            raise ScatteredError(str(path))
        seen.add(graph)
        if waiting:
            before, waiting = waiting, None
            if graph == iris.evidence_graph(before[0]):
                yield Policy(*before, _described(of))
                continue
            yield Policy(*before, {})
        if graph in _SHARED:
            yield from _shared(of)
        elif graph == iris.VOCABULARY:
            if len(seen) > 1:
                raise ScatteredError(str(path))
            yield Vocabulary(_sorted(_described(of)))
        else:
            described = _described(of)
            if version := _version(described):
                if seen & set(_SHARED) or iris.evidence_graph(version) in seen:
                    raise ScatteredError(str(path))
                waiting = version, _sorted(described)
    if waiting:
        yield Policy(*waiting, {})


def _stored(store: Store) -> Iterator[Vocabulary | Policy | Shared]:
    def graph(name: str) -> Described:
        found = store.quads_for_pattern(None, None, None, NamedNode(name))
        return _sorted(_described(subjects_of(found)))

    if terms := graph(iris.VOCABULARY):
        yield Vocabulary(terms)
    for version, name in sorted(
        (quad.subject.value, quad.graph_name.value)
        for quad in store.quads_for_pattern(None, NamedNode(expand(TYPE)), NamedNode(_POLICY_VERSION), None)
        if isinstance(quad.subject, NamedNode) and isinstance(quad.graph_name, NamedNode)
    ):
        yield Policy(version, graph(name), graph(iris.evidence_graph(version)))
    for name in _SHARED:
        for subject, pairs in sorted(graph(name).items()):
            yield Shared(name, subject, pairs)


def _shared(of: Iterable[Subject]) -> Iterator[Shared]:
    seen: set[str] = set()
    for graph, subject, pairs in of:
        if subject in seen:
            raise ScatteredError(graph)
        seen.add(subject)
        yield Shared(graph, subject, sorted(set(pairs)))


def _described(of: Iterable[Subject]) -> Described:
    found: Described = {}
    for _, subject, pairs in of:
        if subject in found:
            found[subject] += pairs
        else:
            found[subject] = pairs
    return found


def _sorted(described: Described) -> Described:
    return {subject: sorted(set(pairs)) if len(pairs) > 1 else pairs for subject, pairs in sorted(described.items())}


def _version(described: Described) -> str | None:
    for subject, pairs in described.items():
        if (TYPE, _POLICY_VERSION) in pairs:
            return subject
    return None
