"""Sorts individuals by the definitions without a reasoner, and says why: the same types as HermiT, at a price that grows with the graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.errors import InputError
from kg.reason.definitions import THING, Either, Every, Expression, Named, Ontology, Some, Value
from kg.reason.individuals import Individuals

Kinds = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Step:
    """One triple that meets one condition. `path` leads from the value (or the stated type) up to the class that the condition names."""

    condition: Expression
    subject: str
    predicate: str
    object: str
    path: tuple[str, ...] = ()


def kinds(known: Ontology, individuals: Individuals) -> Kinds:
    """All classes of each individual, inferred ones and ancestors included.

    Raises:
        InputError: an individual is of two classes that exclude each other.
    """
    found = {node: frozenset().union(*(known.above[name] for name in names)) for node, names in individuals.types.items()}
    changed = True
    while changed:
        changed = False
        for node in individuals.types:
            for name, each in known.definitions.items():
                if name not in found[node] and any(_meets(known, individuals, found, node, expression) for expression in each):
                    found[node] |= known.above[name]
                    changed = True
    for node, names in found.items():
        for group in known.disjoint:
            if len(both := sorted(names & group)) > 1:
                raise InputError(
                    node, f"is {' and '.join(both)}, which exclude each other", "kg validate names statements that break the model"
                )
    return found


def types(known: Ontology, individuals: Individuals) -> Kinds:
    """The defined classes of each individual that has any.

    Raises:
        InputError: as `kinds`.
    """
    defined = {node: names & known.definitions.keys() for node, names in kinds(known, individuals).items()}
    return {node: names for node, names in defined.items() if names}


def steps(known: Ontology, individuals: Individuals, found: Kinds, node: str, name: str) -> tuple[Step, ...]:
    """The triples that make `node` one of the class `name`; `found` is what `kinds` gave. Empty where it is none."""
    unique = dict.fromkeys(_named(known, individuals, found, node, name, frozenset()))
    return tuple(unique)


def _meets(known: Ontology, individuals: Individuals, found: Kinds, node: str, expression: Expression) -> bool:
    match expression:
        case Named(name):
            return name == THING or name in (known.above[node] if node in known.above else found.get(node, ()))
        case Every(parts):
            return all(_meets(known, individuals, found, node, part) for part in parts)
        case Either(parts):
            return any(_meets(known, individuals, found, node, part) for part in parts)
        case Some(predicate, filler):
            return any(_meets(known, individuals, found, value, filler) for _, value in _values(known, individuals, node, predicate))
        case Value(predicate, wanted):
            return any(value == wanted for _, value in _values(known, individuals, node, predicate))


def _values(known: Ontology, individuals: Individuals, node: str, predicate: str) -> Iterator[tuple[str, str]]:
    stated = individuals.values.get(node)
    if stated:
        for each in known.narrower[predicate] & stated.keys():
            for value in stated[each]:
                yield each, value


def _named(known: Ontology, individuals: Individuals, found: Kinds, node: str, name: str, seen: frozenset[str]) -> Iterator[Step]:
    for kind in sorted(individuals.types.get(node, ())):
        if name in known.above[kind]:
            yield Step(Named(name), node, "rdf:type", kind, known.path(kind, name))
            return
    for lower in sorted(known.definitions.keys() & found.get(node, frozenset())):
        if name in known.above[lower] and lower not in seen:
            for expression in known.definitions[lower]:
                if _meets(known, individuals, found, node, expression):
                    yield from _steps(known, individuals, found, node, expression, seen | {lower, name})


def _steps(
    known: Ontology, individuals: Individuals, found: Kinds, node: str, expression: Expression, seen: frozenset[str]
) -> Iterator[Step]:
    """The steps of an expression that is met."""
    match expression:
        case Named(name):
            yield from _named(known, individuals, found, node, name, seen)
        case Every(parts) | Either(parts):
            for part in parts:
                if _meets(known, individuals, found, node, part):
                    yield from _steps(known, individuals, found, node, part, seen)
        case Some(predicate, filler):
            for each, value in sorted(_values(known, individuals, node, predicate)):
                if _meets(known, individuals, found, value, filler):
                    yield Step(expression, node, each, value, _up(known, value, filler))
                    yield from _steps(known, individuals, found, value, filler, seen) if value not in known.above else ()
        case Value(predicate, wanted):
            yield from (Step(expression, node, each, v) for each, v in sorted(_values(known, individuals, node, predicate)) if v == wanted)


def _up(known: Ontology, value: str, filler: Expression) -> tuple[str, ...]:
    """From a term to the class of the filler that it lies under."""
    names = [filler.name] if isinstance(filler, Named) else [part.name for part in getattr(filler, "parts", ()) if isinstance(part, Named)]
    return next((known.path(value, name) for name in names if name in known.above.get(value, ())), ())
