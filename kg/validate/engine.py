"""Runs pyshacl, fast. It keeps one data graph and one parsed shapes graph for all versions.

Vocabulary and organisations are mixed into the data once, because `sh:class` and paths over `skos:broader` need them there (pyshacl's own
ontology graph carries only RDFS and OWL axioms over). A version's triples are added and removed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from pyshacl.graph_abstraction import DataGraph
from pyshacl.shapes_graph import ShapesGraph
from pyshacl.validator import Validator
from rdflib import Graph
from rdflib.namespace import NamespaceManager
from rdflib.term import Identifier, Node

_Answer: TypeAlias = tuple[bool, list[Any]]


class Engine:
    """Validates one version after another with the same shapes over the same background, which becomes the engine's own."""

    def __init__(self, shapes: Graph, background: Graph) -> None:
        self._data = background
        self._data.namespace_manager = _PlainNames(self._data)
        lean = _lean(shapes)
        self._validator = Validator(DataGraph.from_rdflib(self._data), shacl_graph=lean, options={"inplace": True})
        self._shapes = self._validator.shacl_graph = _RememberingShapes(lean)
        self._executor = self._validator.make_executor()

    @property
    def data(self) -> Graph:
        """The graph that is being validated: the background, and within `holding` a version."""
        return self._data

    @property
    def shapes(self) -> Graph:
        """The shapes graph."""
        graph: Graph = self._shapes.graph
        return graph

    @contextmanager
    def holding(self, triples: Iterable[tuple[Node, Node, Node]]) -> Iterator[None]:
        """Hold the triples of a version while the block runs. What the background holds anyway stays."""
        added = [triple for triple in triples if triple not in self._data]
        for triple in added:
            self._data.add(triple)
        try:
            yield
        finally:
            for triple in added:
                self._data.remove(triple)
            self._shapes.forget()

    def report(self) -> Graph:
        """The SHACL report on what is held, from all shapes with targets."""
        graph: Graph = self._validator.run()[1]  # type: ignore[no-untyped-call]
        return graph

    def conforms(self, shape: Node, node: Node) -> bool:
        """Whether `node` conforms to `shape`, which need not have a target."""
        found = self._shapes.lookup_shape_from_node(shape)
        return bool(found.validate(self._executor, self._validator.data_graph, focus=node)[0])

    def values(self, shape: Node, node: Node) -> set[Node]:
        """What the path of a property shape reaches from `node`."""
        found = self._shapes.lookup_shape_from_node(shape)
        return set(found.value_nodes(self._validator.data_graph, [node])[node])


class _RememberingShapes(ShapesGraph):
    """A shapes graph whose shapes remember what they said of a node.

    A pattern is asked by the shape that wants it, by the shape that finds it vague and for the status: once is enough, as long as the
    data stay the same.
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self._said: dict[tuple[Node, Node], _Answer] = {}
        self._remembering: dict[Node, _Remembering] = {}

    def lookup_shape_from_node(self, node: Node) -> Any:
        if node not in self._remembering:
            self._remembering[node] = _Remembering(super().lookup_shape_from_node(node), self._said)
        return self._remembering[node]

    def forget(self) -> None:
        self._said.clear()


class _Remembering:
    """A shape in all but `validate`, which answers from memory where it can."""

    __slots__ = ("_said", "_shape")

    def __init__(self, shape: Any, said: dict[tuple[Node, Node], _Answer]) -> None:
        self._shape, self._said = shape, said

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shape, name)

    def validate(self, executor: Any, target_graph: Any, focus: Any = None, _evaluation_path: list[Any] | None = None) -> _Answer:
        if not isinstance(focus, Identifier):
            answer: _Answer = self._shape.validate(executor, target_graph, focus, _evaluation_path)
            return answer
        key = self._shape.node, focus
        if key not in self._said:
            self._said[key] = self._shape.validate(executor, target_graph, focus, _evaluation_path)
        return self._said[key]


class _PlainNames(NamespaceManager):
    """Names nodes by their IRIs: pyshacl writes out every failed part in words, and finding prefixes for them took a third of the time."""

    def bind(self, prefix: str | None, namespace: object, override: bool = True, replace: bool = False) -> None:
        pass

    def normalizeUri(self, rdfTerm: str) -> str:  # noqa: N802, N803 - rdflib's names
        return f"<{rdfTerm}>"


def _lean(shapes: Graph) -> Graph:
    """A copy in the leanest store, whose nodes are named plainly."""
    copy = Graph(store="SimpleMemory")
    for triple in shapes:
        copy.add(triple)
    copy.namespace_manager = _PlainNames(copy)
    return copy
