"""Reads the flows off the flat view of the property graph, and makes a graph of them for networkx."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise, product
from typing import NamedTuple

import networkx

from kg.export.items import Edge, Node, Scalar
from kg.export.projection import project
from kg.export.source import ScatteredError, Source, curie, loaded, streamable

STAGES = ("controller", "data", "purpose", "recipient", "place")
"""The parts of a flow in its direction."""

_OUTSIDE = ("loc:non-EEA", "loc:non-EU", "dpv:ThirdCountry")
_POSSIBLE = "pk:May"


class Flow(NamedTuple):
    """One flow; terms are CURIEs, an empty one is not said. `seat` tells that the place is only where the recipient has its head office.

    `weight` is the part of its statement that the flow is: the flows of a statement are 1 together.
    """

    controller: str
    data: str
    purpose: str
    recipient: str
    place: str
    seat: bool
    possible: bool
    weight: float
    policy: str
    clause: str
    quote: str


@dataclass(frozen=True, slots=True)
class Flows:
    """All flows, what their terms are called, which places lie outside of the EEA, and what each controller does."""

    flows: tuple[Flow, ...]
    names: Mapping[str, str]
    outside: frozenset[str]
    practices: Mapping[str, frozenset[tuple[str, str]]]

    def name(self, term: str) -> str:
        """What a term is called, in English where the vocabulary can."""
        return self.names.get(term) or term.rpartition(":")[2] or "not said"

    def leaves(self, flow: Flow) -> bool:
        """Whether the flow ends outside of the EEA."""
        return flow.place in self.outside


def read(source: Source) -> Flows:
    """The flows of a graph.

    Raises:
        InputError: the source cannot be read, or holds no policy.
    """
    if not streamable(source):
        source = loaded(source)
    try:
        return _read(project(source, "flat"))
    except ScatteredError:
        return _read(project(loaded(source), "flat"))


def _read(items: Iterable[Node | Edge]) -> Flows:
    names: dict[str, str] = {}
    edges: list[Edge] = []
    seats: defaultdict[str, set[str]] = defaultdict(set)
    below: defaultdict[str, set[str]] = defaultdict(set)
    practices: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for item in items:
        if isinstance(item, Node):
            names[curie(item.id)] = str(item.properties.get("name", ""))
            continue
        predicate, one, other = item.properties["predicate"], curie(item.source), curie(item.target)
        if predicate == "skos:broader":
            below[other].add(one)
        elif predicate == "dpv:hasCountry":
            seats[one].add(other)
        elif item.properties.get("polarity") == "affirmed":
            practices[one].add((item.label, other))
            if predicate == "dpv:hasRecipient" or (predicate in _PLACES and not item.properties.get("recipient")):
                edges.append(item)
    flows = sorted({flow for edge in edges for flow in _flows(edge, seats)})
    return Flows(tuple(flows), names, _closure(below), {name: frozenset(of) for name, of in sorted(practices.items())})


_PLACES = ("dpv:hasLocation", "dpv:hasThirdCountry")


def _flows(edge: Edge, seats: Mapping[str, set[str]]) -> Iterable[Flow]:
    about = edge.properties
    recipient = curie(edge.target) if about["predicate"] == "dpv:hasRecipient" else ""
    places = _list(about.get("place")) if recipient else [curie(edge.target)]
    stated = places != [""]
    if not stated and recipient in seats:
        places = sorted(seats[recipient])
    parts = list(product(_list(about.get("data")), _list(about.get("purpose")), places))
    several = len(_list(about.get("recipient"))) if recipient else 1
    for data, purpose, place in parts:
        yield Flow(
            curie(edge.source),
            data,
            purpose,
            recipient,
            place,
            bool(place) and not stated,
            about.get("modality") == _POSSIBLE,
            1 / len(parts) / several,
            str(about.get("policy", "")),
            str(about.get("clause", "")),
            str(about.get("quote", "")),
        )


def _list(value: Scalar | list[str] | None) -> list[str]:
    return value if isinstance(value, list) else [""]


def _closure(below: Mapping[str, set[str]]) -> frozenset[str]:
    found, ahead = set(_OUTSIDE), ["loc:non-EEA"]
    while ahead:
        new = below.get(ahead.pop(), set()) - found
        found |= new
        ahead += new
    return frozenset(found)


def multigraph(found: Flows) -> networkx.MultiDiGraph:
    """Nodes are (stage, term); an edge leads from each part of a flow that is said to the next one, once for each flow and clause.

    Edges have ``controller``, ``policy``, ``clause``, ``quote``, ``possible`` and ``seat``; nodes ``stage``, ``name`` and ``outside``.
    """
    graph = networkx.MultiDiGraph()
    for flow in found.flows:
        said = [(stage, term) for stage, term in zip(STAGES, flow[:5], strict=True) if term]
        for stage, term in said:
            graph.add_node((stage, term), stage=stage, name=found.name(term), outside=stage == "place" and term in found.outside)
        for one, other in pairwise(said):
            key = (flow.controller, flow.clause, flow.possible)
            graph.add_edge(
                one,
                other,
                key=key,
                controller=flow.controller,
                policy=flow.policy,
                clause=flow.clause,
                quote=flow.quote,
                possible=flow.possible,
                seat=flow.seat and other[0] == "place",
            )
    return graph
