"""Reads the files of `shapes/`, and says which file and which shape is at fault before anything is judged by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pyshacl.constraints import CONSTRAINT_PARAMETERS_MAP
from pyshacl.errors import ConstraintLoadError, ConstraintLoadWarning, ShapeLoadError
from pyshacl.shapes_graph import ShapesGraph
from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.exceptions import ParserError
from rdflib.namespace import SH
from rdflib.plugins.parsers.notation3 import BadSyntax
from rdflib.term import Node

from kg.errors import ConfigurationError
from kg.namespaces import compress

_REFERENCES = (SH.node, SH.property, SH["not"], SH.qualifiedValueShape)
_LISTS = (SH["or"], SH["and"], SH.xone)


@dataclass(frozen=True)
class ShapesFile:
    """A file with what it holds."""

    path: Path
    graph: Graph = field(repr=False)

    def fault(self, place: str, reason: str) -> ConfigurationError:
        """The error that names this file and a place in it."""
        return ConfigurationError(str(self.path), place, reason)


def read(path: Path) -> ShapesFile:
    """The file, parsed.

    Raises:
        ConfigurationError: it is not there or is not Turtle; the line is named.
    """
    file = ShapesFile(path, Graph())
    try:
        file.graph.parse(path, format="turtle")
    except BadSyntax as error:
        raise file.fault(f"line {error.lines + 1}", error._why) from error
    except (ParserError, OSError) as error:
        raise file.fault("the file", str(error)) from error
    return file


def check(files: Iterable[ShapesFile]) -> None:
    """That each shape is SHACL, and that the shapes which it refers to stand in one of the files.

    Raises:
        ConfigurationError: one is not; the file and the shape are named.
    """
    files = tuple(files)
    known = {subject for file in files for subject in file.graph.subjects()}
    for file in files:
        for shape, other in _references(file.graph):
            if other not in known:
                raise file.fault(_named(file.graph, shape), f"refers to {compress(str(other))}, which is nowhere in the shapes")
        try:
            shapes = list(ShapesGraph(Graph() + file.graph).shapes)
        except (ShapeLoadError, ValueError) as error:
            raise file.fault(_named(file.graph, None), _first_line(error)) from error
        for shape in shapes:
            for parameter in set(file.graph.predicates(shape.node)) & CONSTRAINT_PARAMETERS_MAP.keys():
                try:
                    CONSTRAINT_PARAMETERS_MAP[parameter](shape)
                except (ConstraintLoadError, ConstraintLoadWarning, ValueError) as error:
                    raise file.fault(_named(file.graph, shape.node), _first_line(error)) from error


def _references(graph: Graph) -> Iterator[tuple[Node, Node]]:
    for predicate in _REFERENCES:
        yield from graph.subject_objects(predicate)
    for predicate in _LISTS:
        for shape, members in graph.subject_objects(predicate):
            yield from ((shape, member) for member in Collection(graph, members))


def _named(graph: Graph, node: Node | None) -> str:
    """The name of the shape that `node` is a part of."""
    seen = set()
    while node is not None and not isinstance(node, URIRef) and node not in seen:
        seen.add(node)
        node = min(graph.subjects(None, node), key=str, default=None)
    return compress(str(node)) if node is not None else "the file"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
