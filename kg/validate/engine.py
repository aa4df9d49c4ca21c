"""Runs pyshacl, fast. It keeps one data graph and one parsed shapes graph for all versions.

Vocabulary and organisations are mixed into the data once, because `sh:class` and paths over `skos:broader` need them there (pyshacl's own
ontology graph carries only RDFS and OWL axioms over). A version's triples lie on top for as long as it is judged.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeAlias

from pyshacl.constraints import CONSTRAINT_PARAMETERS_MAP
from pyshacl.constraints.core.shape_based_constraints import NodeConstraintComponent, PropertyConstraintComponent
from pyshacl.graph_abstraction import DataGraph
from pyshacl.shapes_graph import ShapesGraph
from pyshacl.validator import Validator
from rdflib import Graph
from rdflib.namespace import NamespaceManager
from rdflib.plugins.stores.memory import Memory
from rdflib.term import Identifier, Node

from kg.validate.conformance import Conformance, Index, Triple

_Answer: TypeAlias = tuple[bool, list[Any]]
_HANDING_ON = (NodeConstraintComponent, PropertyConstraintComponent)


class Engine:
    """Validates one version after another with the same shapes over the same background, which becomes the engine's own."""

    def __init__(self, shapes: Graph, background: Graph | Background) -> None:
        held = background if isinstance(background, Background) else Background(background)
        self._data, self._layers, self._index = held.graph, held.layers, held.index
        lean = _lean(shapes)
        self._validator = Validator(DataGraph.from_rdflib(self._data), shacl_graph=lean, options={"inplace": True})
        self._shapes = self._validator.shacl_graph = _Shapes(lean)
        self._executor = self._validator.make_executor()
        self._conforms = self._shapes.conforms = Conformance(lean, self._index, self._asked, CONSTRAINT_PARAMETERS_MAP)

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
    def holding(self, triples: Iterable[Triple]) -> Iterator[None]:
        """Hold the triples of a version while the block runs. What the background holds anyway stays."""
        added = [triple for triple in triples if triple not in self._index]
        self._layers.lay(added, self._data)
        self._index.add(added)
        self._conforms.forget()
        try:
            yield
        finally:
            self._layers.lay((), self._data)
            self._index.remove(added)
            self._conforms.forget()

    def report(self) -> Graph:
        """The SHACL report on what is held, from all shapes with targets: what does not conform is put to pyshacl, in its words."""
        data = self._validator.data_graph
        results: list[Any] = []
        for shape in self._shapes.targeted:
            failing = [node for node in shape.focus_nodes(data) if not self._conforms(shape.node, node)]
            if failing:
                results.extend(shape.validate(self._executor, data, focus=failing)[1])
        graph: Graph = Validator.create_validation_report(self._shapes, not results, results)[0]
        return graph

    def conforms(self, shape: Node, node: Node) -> bool:
        """Whether `node` conforms to `shape`, which need not have a target."""
        return self._conforms(shape, node)

    def values(self, shape: Node, node: Node) -> set[Node]:
        """What the path of a property shape reaches from `node`."""
        found = self._shapes.plain(shape)
        return set(found.value_nodes(self._validator.data_graph, [node])[node])

    def _asked(self, shape: Node, node: Node) -> bool:
        return bool(self._shapes.plain(shape).validate(self._executor, self._validator.data_graph, focus=node)[0])


class Background:
    """What all versions are judged with, ready for engines that take turns."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.layers = _Layers()
        self.graph = Graph(store=self.layers)
        self.graph.namespace_manager = _PlainNames(self.graph)
        for triple in triples:
            self.graph.add(triple)
        self.index = Index(self.graph)


class _Layers(Memory):
    """A store with a second layer that is put on and taken off as a whole: rdflib's own `remove` is slow, and keeps what is left empty."""

    def __init__(self) -> None:
        super().__init__()
        self._upper = Memory()

    def lay(self, triples: Iterable[Triple], graph: Graph) -> None:
        """Puts triples that the lower layer does not hold into `graph`, in the place of what lay on it."""
        self._upper = Memory()
        for triple in triples:
            self._upper.add(triple, graph)

    def triples(self, triple_pattern: Any, context: Any = None) -> Generator[Any, None, None]:
        yield from super().triples(triple_pattern, context)
        yield from self._upper.triples(triple_pattern, context)

    def __len__(self, context: Any = None) -> int:
        return super().__len__(context) + self._upper.__len__(context)


class _Shapes(ShapesGraph):
    """A shapes graph that answers without pyshacl where only the answer counts."""

    conforms: Conformance

    def plain(self, node: Node) -> Any:
        """A shape as pyshacl made it."""
        assert self.shapes, "asking for the shapes makes pyshacl look for them"
        return super().lookup_shape_from_node(node)

    @cached_property
    def targeted(self) -> list[Any]:
        """The shapes with targets of their own, by name."""
        return sorted((shape for shape in self.shapes if any(shape.target())), key=lambda shape: str(shape.node))

    def lookup_shape_from_node(self, node: Node) -> Any:
        return _Nested(super().lookup_shape_from_node(node), self.conforms)


class _Nested:
    """A shape in all but `validate`, which leaves out what nobody reads."""

    __slots__ = ("_conforms", "_shape")

    def __init__(self, shape: Any, conforms: Conformance) -> None:
        self._shape, self._conforms = shape, conforms

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shape, name)

    def validate(self, executor: Any, target_graph: Any, focus: Any = None, _evaluation_path: list[Any] | None = None) -> _Answer:
        if isinstance(focus, Identifier):
            if self._conforms(self._shape.node, focus):
                return True, []
            # Only sh:node and sh:property hand on what the nested shape reports; the others ask whether it conforms.
            if _evaluation_path and not isinstance(_evaluation_path[-1], _HANDING_ON):
                return False, []
        answer: _Answer = self._shape.validate(executor, target_graph, focus, _evaluation_path)
        return answer


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
