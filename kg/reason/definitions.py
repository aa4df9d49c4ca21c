"""The definitions of the derived OWL, as what a program can check: classes, their ancestors, and the conditions that define them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import pyoxigraph as ox

from kg.errors import ConfigurationError
from kg.hierarchy import closure
from kg.namespaces import compress
from kg.reason.owl import ONTOLOGY, derive_owl

THING = "owl:Thing"


@dataclass(frozen=True, slots=True)
class Named:
    """Is one of the class."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Every:
    """Meets every part (`owl:intersectionOf`)."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " and ".join(f"({part})" if isinstance(part, Either) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    """Meets one part at least (`owl:unionOf`)."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class Some:
    """Has a value of the property that meets the filler (`owl:someValuesFrom`)."""

    predicate: str
    filler: Expression

    def __str__(self) -> str:
        return f"{self.predicate} some {f'({self.filler})' if isinstance(self.filler, Every | Either) else self.filler}"


@dataclass(frozen=True, slots=True)
class Value:
    """Has this very term or thing as a value of the property (`owl:hasValue`)."""

    predicate: str
    value: str

    def __str__(self) -> str:
        return f"{self.predicate} value {self.value}"


Expression = Named | Every | Either | Some | Value

_ANNOTATIONS = frozenset({"rdfs:label", "rdfs:comment", "dct:source", "owl:versionIRI"})
_LISTS = frozenset({"rdf:first", "rdf:rest", "owl:members"})
_AXIOMS = frozenset({"rdf:type", "rdfs:subClassOf", "rdfs:subPropertyOf", "owl:disjointWith", "owl:equivalentClass"})
_CONDITIONS = frozenset({"owl:intersectionOf", "owl:unionOf", "owl:onProperty", "owl:someValuesFrom", "owl:hasValue"})
_KINDS = frozenset(f"owl:{n}" for n in ("Class", "Ontology", "ObjectProperty", "Restriction", "AllDisjointClasses", "NamedIndividual"))
_KNOWN = _ANNOTATIONS | _LISTS | _AXIOMS | _CONDITIONS

_Node = ox.NamedNode | ox.BlankNode | ox.Literal
_Graph = Mapping[str, Mapping[str, list[str]]]


@dataclass(frozen=True)
class Ontology:
    """The classes by CURIE. `above` holds each class's ancestors, itself among them; `definitions` what is necessary and sufficient."""

    above: Mapping[str, frozenset[str]]
    definitions: Mapping[str, tuple[Expression, ...]]
    narrower: Mapping[str, frozenset[str]]
    """Of each object property, itself and its subproperties."""
    disjoint: tuple[frozenset[str], ...]
    labels: Mapping[str, str]
    version: str
    owl: bytes

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the derived OWL: a changed axiom is another ontology, even where nobody changed the version."""
        return hashlib.sha256(self.owl).hexdigest()

    @cached_property
    def predicates(self) -> frozenset[str]:
        """Every property that a definition asks for, with its subproperties."""
        asked = {part.predicate for each in self.definitions.values() for part in _parts(each) if isinstance(part, Some | Value)}
        return frozenset().union(*(self.narrower[name] for name in asked))

    @cached_property
    def named(self) -> frozenset[str]:
        """Every class that a definition names."""
        return frozenset(part.name for each in self.definitions.values() for part in _parts(each) if isinstance(part, Named))

    def path(self, start: str, end: str) -> tuple[str, ...]:
        """The shortest way up from a class to one of its ancestors, both ends included; of equally short ones the first in order."""
        ways: list[tuple[str, ...]] = [(start,)]
        while ways:
            for way in ways:
                if way[-1] == end:
                    return way
            ways = [(*way, up) for way in ways for up in sorted(self._parents[way[-1]]) if end in self.above[up] and up not in way]
        return (start, end)

    @cached_property
    def _parents(self) -> Mapping[str, frozenset[str]]:
        """The ancestors with nothing in between."""
        return {name: frozenset(up for up in above - {name} if not self._between(name, up)) for name, above in self.above.items()}

    def _between(self, name: str, up: str) -> bool:
        return any(up in self.above[other] and other not in self.above[up] for other in self.above[name] - {name, up})


def load(ontology_dir: Path) -> Ontology:
    """Derives the OWL and reads its definitions.

    Raises:
        ConfigurationError: as `derive_owl`; or the ontology says what only a reasoner can follow (another kind of axiom or condition).
    """
    owl = derive_owl(ontology_dir)
    return _Reader(str(ontology_dir), owl).ontology()


class _Reader:
    """Reads one derived OWL."""

    def __init__(self, place: str, owl: bytes) -> None:
        graph: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._place, self._owl, self._graph = place, owl, graph
        self._labels: dict[str, str] = {}
        for quad in ox.parse(owl, format=ox.RdfFormat.N_TRIPLES):
            subject, predicate = _name(quad.subject), _name(quad.predicate)
            if predicate == "rdfs:label" and getattr(quad.object, "language", "") == "en":
                self._labels[subject] = quad.object.value
            graph[subject][predicate].append(_name(quad.object))

    def ontology(self) -> Ontology:
        graph = self._graph
        self._refuse_what_is_not_followed()
        classes = [node for node, properties in graph.items() if "owl:Class" in properties["rdf:type"] and not node.startswith("_:")]
        definitions = {name: tuple(map(self._expression, graph[name]["owl:equivalentClass"])) for name in classes}
        definitions = {name: found for name, found in definitions.items() if found}
        self._refuse_stated_below_defined(definitions, classes)
        up = {name: set(graph[name]["rdfs:subClassOf"]) for name in classes}
        for name, found in definitions.items():
            up[name].update(conjunct for each in found for conjunct in _conjuncts(each))
        down: defaultdict[str, set[str]] = defaultdict(set)
        for node, each in graph.items():
            for above in each["rdfs:subPropertyOf"]:
                down[above].add(node)
        properties = [node for node, each in graph.items() if "owl:ObjectProperty" in each["rdf:type"]]
        version = next(iter(graph[_name(ONTOLOGY)]["owl:versionIRI"]), ONTOLOGY.value)
        return Ontology(
            above=MappingProxyType({name: closure(name, up) for name in classes}),
            definitions=MappingProxyType(definitions),
            narrower=MappingProxyType({name: closure(name, down) for name in properties}),
            disjoint=tuple(self._disjoint()),
            labels=MappingProxyType(self._labels),
            version=version,
            owl=self._owl,
        )

    def _refuse_what_is_not_followed(self) -> None:
        for node, properties in self._graph.items():
            strange = {name for name in properties if name not in _KNOWN}
            strange.update(kind for kind in properties["rdf:type"] if kind.startswith("owl:") and kind not in _KINDS)
            if any(above.startswith("_:") for above in properties["rdfs:subClassOf"]):
                strange.add("a condition under rdfs:subClassOf")
            if strange:
                reason = f"{', '.join(sorted(strange))} is more than sorting follows; practices.ttl shows how to define a kind"
                raise ConfigurationError(self._place, self._owner(node), reason)

    def _owner(self, node: str) -> str:
        """The named class that a blank node belongs to."""
        seen = {node}
        while node.startswith("_:"):
            holders = (s for s, each in self._graph.items() if s not in seen and any(node in values for values in each.values()))
            node = next(holders, "an axiom")
            seen.add(node)
        return node

    def _expression(self, node: str) -> Expression:
        if not node.startswith("_:"):
            return Named(node)
        properties = self._graph[node]
        match properties:
            case {"owl:intersectionOf": [parts]}:
                return Every(tuple(map(self._expression, self._list(parts))))
            case {"owl:unionOf": [parts]}:
                return Either(tuple(map(self._expression, self._list(parts))))
            case {"owl:onProperty": [predicate], "owl:someValuesFrom": [filler]} if self._is_property(predicate):
                return Some(predicate, self._expression(filler))
            case {"owl:onProperty": [predicate], "owl:hasValue": [value]} if self._is_property(predicate):
                kinds = [kind for kind in self._graph[value]["rdf:type"] if not kind.startswith("owl:")]
                return Value(predicate, kinds[0] if kinds else value)
        reason = "a condition is incomplete, or asks for a property that is not declared as owl:ObjectProperty in the folder reasoning"
        raise ConfigurationError(self._place, self._owner(node), reason)

    def _is_property(self, name: str) -> bool:
        return "owl:ObjectProperty" in self._graph[name]["rdf:type"]

    def _list(self, node: str) -> Iterator[str]:
        while node != "rdf:nil":
            yield from self._graph[node]["rdf:first"]
            node = next(iter(self._graph[node]["rdf:rest"]), "rdf:nil")

    def _disjoint(self) -> Iterator[frozenset[str]]:
        for node, properties in sorted(self._graph.items()):
            yield from (frozenset((node, other)) for other in sorted(properties["owl:disjointWith"]))
            yield from (frozenset(self._list(members)) for members in properties["owl:members"])

    def _refuse_stated_below_defined(self, definitions: Mapping[str, tuple[Expression, ...]], classes: Iterable[str]) -> None:
        """A member of such a class would meet conditions by values that are nowhere stated."""
        for name in classes:
            necessary = {conjunct for each in definitions.get(name, ()) for conjunct in _conjuncts(each)}
            if below := sorted(set(self._graph[name]["rdfs:subClassOf"]) & definitions.keys() - necessary):
                reason = f"is put under {', '.join(below)}, which has a definition: make it a part of the definition of {name}"
                raise ConfigurationError(self._place, name, reason)


def _name(node: _Node) -> str:
    return str(node) if isinstance(node, ox.BlankNode) else compress(node.value)


def _parts(expressions: Iterable[Expression]) -> Iterator[Expression]:
    for each in expressions:
        yield each
        match each:
            case Every(parts) | Either(parts):
                yield from _parts(parts)
            case Some(_, filler):
                yield from _parts((filler,))


def _conjuncts(expression: Expression) -> Iterator[str]:
    """The named classes that a definition makes necessary."""
    match expression:
        case Named(name):
            yield name
        case Every(parts):
            for part in parts:
                yield from _conjuncts(part)
