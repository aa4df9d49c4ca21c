"""The records of a property graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

Scalar: TypeAlias = str | int | float
Properties: TypeAlias = Mapping[str, Scalar | list[str]]


class Node(NamedTuple):
    """A node: its IRI, its one label, and its properties. What is not known is not there."""

    id: str
    label: str
    properties: Properties


class Edge(NamedTuple):
    """An edge by its IRI, between two nodes whose IRIs and labels it names."""

    id: str
    label: str
    source: str
    source_label: str
    target: str
    target_label: str
    properties: Properties
