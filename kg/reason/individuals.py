"""Reads from a graph what definitions can be asked of: the statements of each policy version, and what their values are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import InputError
from kg.namespaces import compress, expand
from kg.reason.definitions import Ontology

_HAS_STATEMENT = ox.NamedNode(expand("pk:hasStatement"))


@dataclass(frozen=True, slots=True)
class Individuals:
    """What one version states, by IRI. `types` are CURIEs of classes; `values` CURIEs of terms, or IRIs of other individuals.

    `source` is what an error names. A type that has a definition is never among `types`: it is inferred, also where a graph states it.
    """

    source: str
    statements: tuple[str, ...]
    types: Mapping[str, frozenset[str]]
    values: Mapping[str, Mapping[str, tuple[str, ...]]]


def versions(store: ox.Store, source: str) -> tuple[str, ...]:
    """The IRIs of the policy versions of a graph that state anything, in order.

    Raises:
        InputError: there is none.
    """
    found = {quad.subject.value for quad in store.quads_for_pattern(None, _HAS_STATEMENT, None) if isinstance(quad.subject, ox.NamedNode)}
    if not found:
        raise InputError(source, "holds no policy that states anything (no pk:hasStatement)", "make a graph with: kg build PATH... -o FILE")
    return tuple(sorted(found))


def individuals(store: ox.Store, known: Ontology, version: str) -> Individuals:
    """The statements of a version, and all that their values lead to by properties that definitions ask for."""
    has_statement = store.quads_for_pattern(ox.NamedNode(version), _HAS_STATEMENT, None)
    statements = sorted({quad.object.value for quad in has_statement if isinstance(quad.object, ox.NamedNode)})
    types: dict[str, frozenset[str]] = {}
    values: dict[str, dict[str, tuple[str, ...]]] = {}
    ahead = list(reversed(statements))
    while ahead:
        node = ahead.pop()
        if node in types:
            continue
        stated: dict[str, set[str]] = {"rdf:type": set()}
        for quad in store.quads_for_pattern(ox.NamedNode(node), None, None):
            name = compress(quad.predicate.value)
            if isinstance(quad.object, ox.NamedNode) and (name in known.predicates or name == "rdf:type"):
                stated.setdefault(name, set()).add(_value(known, quad.object))
        types[node] = frozenset(kind for kind in stated.pop("rdf:type") if kind in known.above and kind not in known.definitions)
        values[node] = {name: tuple(sorted(stated[name])) for name in sorted(stated)}
        ahead.extend(value for found in values[node].values() for value in found if value not in known.above)
    return Individuals(version, tuple(statements), types, values)


def merged(source: str, parts: list[Individuals]) -> Individuals:
    """The individuals of several versions as one, for an engine that is slow to start."""
    return Individuals(
        source,
        tuple(statement for part in parts for statement in part.statements),
        {node: kinds for part in parts for node, kinds in part.types.items()},
        {node: found for part in parts for node, found in part.values.items()},
    )


def _value(known: Ontology, node: ox.NamedNode) -> str:
    """A term as CURIE, anything else as IRI."""
    name = compress(node.value)
    return name if name in known.above else node.value
