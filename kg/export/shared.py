"""The nodes that belong to no policy alone: organisations, series, terms of the vocabulary."""

from __future__ import annotations

import pickle
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from types import TracebackType

from kg import iris
from kg.export.items import Edge, Node, Scalar
from kg.export.schema import PLAIN, Schema, edge_label
from kg.export.source import TYPE, Described, Shared, curie, literal

_BROADER, _NARROWER = "skos:broader", "skos:narrower"
_IN_MEMORY = 1 << 20  # bytes of edges that wait before they go to a file


class SharedNodes:
    """Collects which nodes policies share, with the label of each, and gives them at the end.

    A label may depend on policies that are still to come: an organisation is a controller where any policy says so. Edges that touch
    such a node wait in a temporary file.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._terms: Described = {}
        self._above: defaultdict[str, set[str]] = defaultdict(set)
        self._labels: dict[str, str] = {}  # settled ones
        self._guesses: dict[str, str] = {}
        self._roles: dict[str, str] = {}
        self._given: set[str] = set()
        self._by_types: dict[tuple[str, ...], str] = {}
        self._waiting = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> SharedNodes:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._waiting.close()

    def know(self, terms: Described) -> None:
        """Takes in the vocabulary."""
        self._terms = terms
        may_change = {self._schema.leads_to[predicate] for predicate in self._schema.gives_label}
        for name, described in terms.items():
            label = self.label_of(described)
            if label and label not in may_change:
                self._labels[name] = label
            for predicate, object_ in described:
                if predicate == _BROADER:
                    self._above[name].add(object_)
                elif predicate == _NARROWER:
                    self._above[object_].add(name)

    def label_of(self, described: Iterable[tuple[str, str]]) -> str:
        """The label that types give, or nothing."""
        types = tuple(object_ for predicate, object_ in described if predicate == TYPE)
        if types not in self._by_types:
            names = set(map(curie, types))
            self._by_types[types] = next((label for name, label in self._schema.labels.items() if name in names), "")
        return self._by_types[types]

    def settle(self, node: str, label: str) -> None:
        """Remembers the label of a node that is no shared one, but that others speak of."""
        self._labels[node] = label

    def asked(self, part: Shared) -> bool:
        """Whether any policy spoke of the subject."""
        return part.subject in self._guesses

    def ask(self, node: str, predicate: str) -> str:
        """Asks for the node that `predicate` leads to. The label, or nothing where it is not settled yet."""
        if role := self._schema.gives_label.get(predicate):
            self._roles[node] = role
        guess = self._schema.leads_to.get(predicate, "Concept")
        if self._guesses.get(node, "Concept") == "Concept":
            self._guesses[node] = guess
        return self._labels.get(node, "")

    def wait(self, edge: Edge) -> None:
        """Keeps an edge, one of whose labels is empty, until the labels are settled."""
        pickle.dump(tuple(edge), self._waiting, pickle.HIGHEST_PROTOCOL)

    def take(self, part: Shared) -> Iterator[Node | Edge]:
        """The node of a subject of the catalog or of the organisations, and the edges from it. Software is left out."""
        label = self.label_of(part.described)
        if label and part.subject not in self._given:
            known = self._terms.get(part.subject, [])
            yield self._node(part.subject, sorted({*known, *part.described}), label)
        if part.subject in self._labels:
            yield from self._edges(part.subject, self._labels[part.subject], part.described)

    def rest(self) -> Iterator[Node | Edge]:
        """The other nodes that were asked for, those above them, and all edges that waited."""
        links = self._schema.leads_to.keys() - {_BROADER}
        ahead = sorted(set(self._guesses) - self._given)
        while ahead:
            for node in ahead:
                described = self._terms.get(node, [])
                yield self._node(node, described, self.label_of(described) or self._guesses.get(node, "Concept"))
                yield from self._edges(node, self._labels[node], [pair for pair in described if pair[0] in links])
                for broader in sorted(self._above.get(node, ())):
                    self._guesses.setdefault(broader, self._labels[node])
                    identifier = iris.shared_edge(node, _BROADER, broader)
                    self.wait(Edge(identifier, "BROADER", node, self._labels[node], broader, "", {"predicate": _BROADER}))
            ahead = sorted(set(self._guesses) - self._given)
        self._waiting.seek(0)
        while True:
            try:
                edge = Edge(*pickle.load(self._waiting))
            except EOFError:
                return
            yield edge._replace(
                source_label=edge.source_label or self._labels[edge.source], target_label=edge.target_label or self._labels[edge.target]
            )

    def _node(self, node: str, described: Iterable[tuple[str, str]], label: str) -> Node:
        label = self._roles.get(node, label)
        self._labels[node] = label
        self._given.add(node)
        found: dict[str, Scalar | list[str]] = {}
        if types := sorted(curie(object_) for predicate, object_ in described if predicate == TYPE):
            found["types"] = types
        known = self._schema.properties.get(label, {})
        name = ""
        for predicate, one in known.items():
            if one.type == PLAIN:
                texts = sorted({_tagged(object_) for object_name, object_ in described if object_name == predicate and object_[:1] == '"'})
                if texts:
                    found[one.column.name] = texts
                    name = name or _first(texts)
        if known:
            found["name"] = name or _local(node)
            if (short := curie(node)) != node:
                found["curie"] = short
        return Node(node, label, found)

    def _edges(self, node: str, label: str, described: Iterable[tuple[str, str]]) -> Iterator[Edge]:
        for predicate, object_ in described:
            if predicate == TYPE or object_[:1] == '"' or predicate in self._schema.left_out:
                continue
            target = self.ask(object_, predicate)
            identifier, name = iris.shared_edge(node, predicate, object_), edge_label(predicate, False)
            edge = Edge(identifier, name, node, label, object_, target, {"predicate": predicate})
            if label and target:
                yield edge
            else:
                self.wait(edge)


def _tagged(object_: str) -> str:
    tag, text = literal(object_)
    return text + tag if tag.startswith("@") else text


def _first(texts: list[str]) -> str:
    """The English one, else the first, without its language."""
    text = next((text for text in texts if text.endswith("@en")), texts[0])
    return re.sub(r"@[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z", "", text)


def _local(iri: str) -> str:
    return re.split(r"[/#]", iri)[-1]
