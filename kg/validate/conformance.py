"""Whether a node conforms to a shape, and nothing more: the question that is asked a thousand times for each result that is reported.

pyshacl writes out every part that fails in words, also where the failure is thrown away, as in a qualified shape or a negation. Here a
shape becomes a function once. What a function cannot be made of is asked of pyshacl, so any shape may be used.
"""

from __future__ import annotations

import operator
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS, SH
from rdflib.term import BNode, Literal, Node

Triple: TypeAlias = tuple[Node, Node, Node]
Test: TypeAlias = Callable[[Node], bool]
Path: TypeAlias = Callable[[Node], Iterable[Node]]
Check: TypeAlias = Callable[[Node, list[Node]], bool]

_NONE: dict[Node, None] = {}
_NEEDED: dict[Node, Callable[[Iterable[bool]], bool]] = {SH["or"]: any, SH["and"]: all, SH.xone: lambda said: sum(said) == 1}
_RANGES: dict[Node, Callable[[Any, Any], Any]] = {
    SH.minInclusive: operator.ge,
    SH.maxInclusive: operator.le,
    SH.minExclusive: operator.gt,
    SH.maxExclusive: operator.lt,
}
_KINDS: dict[Node, tuple[type, ...]] = {
    SH.IRI: (URIRef,),
    SH.Literal: (Literal,),
    SH.BlankNode: (BNode,),
    SH.BlankNodeOrIRI: (BNode, URIRef),
}


class Index:
    """Triples by predicate, both ways."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.forward: defaultdict[Node, dict[Node, dict[Node, None]]] = defaultdict(dict)
        self.back: defaultdict[Node, dict[Node, dict[Node, None]]] = defaultdict(dict)
        self.add(triples)

    def __contains__(self, triple: Triple) -> bool:
        subject, predicate, value = triple
        return value in self.forward[predicate].get(subject, _NONE)

    def add(self, triples: Iterable[Triple]) -> None:
        """Take in triples that are not there yet."""
        for s, p, o in triples:
            self.forward[p].setdefault(s, {})[o] = None
            self.back[p].setdefault(o, {})[s] = None

    def remove(self, triples: Iterable[Triple]) -> None:
        """Take out triples that are there, and leave nothing of them: many versions come and go."""
        for s, p, o in triples:
            for table, key, value in ((self.forward[p], s, o), (self.back[p], o, s)):
                del table[key][value]
                if not table[key]:
                    del table[key]


class Conformance:
    """Tests of the shapes of a graph on the triples of an index, which may change between tests as long as `forget` is called."""

    def __init__(self, shapes: Graph, index: Index, ask: Callable[[Node, Node], bool], parameters: Iterable[Node]) -> None:
        self._shapes, self._index, self._ask, self._parameters = shapes, index, ask, frozenset(parameters)
        self._tests: dict[Node, Test] = {}
        self._said: dict[tuple[Node, Node], bool] = {}
        self._classes: dict[Node, frozenset[Node]] = {}

    def forget(self) -> None:
        """The triples have changed."""
        self._said.clear()
        self._classes.clear()

    def __call__(self, shape: Node, node: Node) -> bool:
        """Whether `node` conforms to `shape`."""
        key = shape, node
        if key not in self._said:
            if shape not in self._tests:
                self._tests[shape] = self._test(shape)
            self._said[key] = self._tests[shape](node)
        return self._said[key]

    def _test(self, shape: Node) -> Test:
        try:
            checks = list(self._checks(shape))
            path = self._shapes.value(shape, SH.path)
            values = self._path(path) if path is not None else None
        except NotImplementedError:
            return lambda node: self._ask(shape, node)
        if values is None:
            return lambda node: all(check(node, [node]) for check in checks)

        def test(node: Node) -> bool:
            found = list(dict.fromkeys(values(node)))
            return all(check(node, found) for check in checks)

        return test

    def _checks(self, shape: Node) -> Iterator[Check]:
        for predicate, value in self._shapes.predicate_objects(shape):
            if predicate in self._parameters and predicate not in (SH.qualifiedMinCount, SH.qualifiedMaxCount, SH.flags):
                yield self._check(shape, predicate, value)
            elif predicate == SH.deactivated:
                raise NotImplementedError

    def _check(self, shape: Node, predicate: Node, value: Node) -> Check:
        match str(predicate).removeprefix(str(SH)):
            case "node" | "property":
                return lambda node, values: all(self(value, v) for v in values)
            case "not":
                return lambda node, values: not any(self(value, v) for v in values)
            case "or" | "and" | "xone":
                members = list(Collection(self._shapes, value))
                needed = _NEEDED[predicate]
                return lambda node, values: all(needed(self(member, v) for member in members) for v in values)
            case "qualifiedValueShape":
                return self._qualified(shape, value)
            case "class":
                return lambda node, values: all(value in self._classes_of(v) for v in values)
            case "in":
                allowed = frozenset(Collection(self._shapes, value))
                return lambda node, values: allowed.issuperset(values)
            case "hasValue":
                return lambda node, values: value in values
            case "nodeKind" if value in _KINDS:
                kinds = _KINDS[value]
                return lambda node, values: all(isinstance(v, kinds) for v in values)
            case "datatype":
                return lambda node, values: all(isinstance(v, Literal) and v.datatype == value and not v.ill_typed for v in values)
            case "lessThan":
                return lambda node, values: all(_compare(operator.lt, v, o) for o in self._objects(value, node) for v in values)
        return self._of_literal(shape, predicate, value)

    def _of_literal(self, shape: Node, predicate: Node, value: Node) -> Check:
        bound = value.value if isinstance(value, Literal) else None
        match str(predicate).removeprefix(str(SH)):
            case "minCount" if isinstance(bound, int):
                return lambda node, values: len(values) >= bound
            case "maxCount" if isinstance(bound, int):
                return lambda node, values: len(values) <= bound
            case "minLength" if isinstance(bound, int):
                return lambda node, values: all(not isinstance(v, BNode) and len(str(v)) >= bound for v in values)
            case "pattern" if isinstance(bound, str) and self._shapes.value(shape, SH.flags) is None:
                pattern = re.compile(bound)
                return lambda node, values: all(not isinstance(v, BNode) and pattern.search(str(v)) is not None for v in values)
        if predicate in _RANGES:
            relation = _RANGES[predicate]
            return lambda node, values: all(_compare(relation, v, value) for v in values)
        raise NotImplementedError

    def _qualified(self, shape: Node, counted: Node) -> Check:
        least, most, apart = (
            self._shapes.value(shape, predicate)
            for predicate in (SH.qualifiedMinCount, SH.qualifiedMaxCount, SH.qualifiedValueShapesDisjoint)
        )
        if apart is not None or most is not None or not isinstance(least, Literal):
            raise NotImplementedError
        needed = int(least)

        def check(_: Node, values: list[Node]) -> bool:
            missing = needed
            for v in values:
                if missing <= 0:
                    break
                missing -= self(counted, v)
            return missing <= 0

        return check

    def _classes_of(self, node: Node) -> frozenset[Node]:
        if node not in self._classes:
            above: set[Node] = set()
            waiting = list(self._objects(RDF.type, node))
            while waiting:
                cls = waiting.pop()
                if cls not in above:
                    above.add(cls)
                    waiting.extend(self._objects(RDFS.subClassOf, cls))
            self._classes[node] = frozenset(above)
        return self._classes[node]

    def _objects(self, predicate: Node, node: Node) -> Iterable[Node]:
        return self._index.forward[predicate].get(node, _NONE)

    def _path(self, path: Node) -> Path:
        if isinstance(path, URIRef):
            table = self._index.forward[path]
            return lambda node: table.get(node, _NONE)
        if self._shapes.value(path, RDF.first) is not None:
            steps = [self._path(step) for step in Collection(self._shapes, path)]
            return lambda node: _follow(steps, node)
        for predicate, inner in self._shapes.predicate_objects(path):
            match predicate:
                case SH.inversePath if isinstance(inner, URIRef):
                    back = self._index.back[inner]
                    return lambda node: back.get(node, _NONE)
                case SH.alternativePath:
                    ways = [self._path(way) for way in Collection(self._shapes, inner)]
                    return lambda node: (found for way in ways for found in way(node))
                case SH.zeroOrMorePath:
                    step = self._path(inner)
                    return lambda node: _closure(step, node)
        raise NotImplementedError


def _follow(steps: list[Path], node: Node) -> Iterable[Node]:
    found: Iterable[Node] = (node,)
    for step in steps:
        found = dict.fromkeys(after for before in found for after in step(before))
    return found


def _closure(step: Path, node: Node) -> Iterable[Node]:
    found = {node: None}
    waiting = [node]
    while waiting:
        for after in step(waiting.pop()):
            if after not in found:
                found[after] = None
                waiting.append(after)
    return found


def _compare(relation: Callable[[Any, Any], Any], one: Node, other: Node) -> bool:
    """Whether two literals are comparable and in the relation."""
    if not (isinstance(one, Literal) and isinstance(other, Literal)):
        return False
    try:
        return bool(relation(one.value, other.value))
    except TypeError:
        return False
