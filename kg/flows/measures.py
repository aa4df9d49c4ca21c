"""What the flows tell: who reaches far, who is exposed, what is common, who is alike, and how data leave the EEA."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations, pairwise
from typing import Any, NamedTuple, TypeAlias

import networkx

from kg.flows.reading import Flow, Flows, multigraph

_ALIKE = 0.1  # of all that two controllers do; below this, likeness is chance


class Reach(NamedTuple):
    """A recipient: from how many controllers it gets data, how many categories, for how many purposes, in which stated places."""

    recipient: str
    controllers: int
    data: int
    purposes: int
    places: tuple[str, ...]
    outside: bool


class Exposure(NamedTuple):
    """A controller: how many recipients, how many categories, stated places outside of the EEA, and what is only possible.

    `flows` counts pairs of category and recipient, `possible` those that are never stated as done.
    """

    controller: str
    recipients: int
    data: int
    flows: int
    possible: int
    outside: tuple[str, ...]


class Pattern(NamedTuple):
    """The same category for the same purpose to the same recipient, and how many controllers state that."""

    data: str
    purpose: str
    recipient: str
    controllers: int
    clause: str
    quote: str


class Community(NamedTuple):
    """Controllers that are alike in what they do, and what at least half of them have in common, the most telling first."""

    controllers: tuple[str, ...]
    common: tuple[str, ...]


class Exit(NamedTuple):
    """The shortest way of a category of one controller out of the EEA.

    `path` has the terms from the category to the place; `clauses` the clauses that say so, one where a single statement tells it all.
    `possible` tells that a step is only possible, `seat` that the place is only the recipient's head office.
    """

    controller: str
    data: str
    path: tuple[str, ...]
    clauses: tuple[str, ...]
    possible: bool
    seat: bool


def recipients_by_reach(found: Flows) -> list[Reach]:
    """Recipients, those of the most controllers first."""
    by: defaultdict[str, list[Flow]] = defaultdict(list)
    for flow in found.flows:
        if flow.recipient:
            by[flow.recipient].append(flow)
    rows = [
        Reach(
            name,
            len({flow.controller for flow in flows}),
            len({flow.data for flow in flows if flow.data}),
            len({flow.purpose for flow in flows if flow.purpose}),
            tuple(sorted({flow.place for flow in flows if flow.place and not flow.seat})),
            any(found.leaves(flow) and not flow.seat for flow in flows),
        )
        for name, flows in by.items()
    ]
    return sorted(rows, key=lambda row: (-row.controllers, -row.data, -row.purposes, row.recipient))


def controllers_by_exposure(found: Flows) -> list[Exposure]:
    """Controllers, those with the most pairs of category and recipient first."""
    by: defaultdict[str, list[Flow]] = defaultdict(list)
    for flow in found.flows:
        by[flow.controller].append(flow)
    rows = []
    for name, flows in by.items():
        pairs = {(flow.data, flow.recipient) for flow in flows if flow.recipient}
        certain = {(flow.data, flow.recipient) for flow in flows if flow.recipient and not flow.possible}
        rows.append(
            Exposure(
                name,
                len({recipient for _, recipient in pairs}),
                len({data for data, _ in pairs if data}),
                len(pairs),
                len(pairs - certain),
                tuple(sorted({flow.place for flow in flows if found.leaves(flow) and not flow.seat})),
            )
        )
    return sorted(rows, key=lambda row: (-row.flows, -row.recipients, row.controller))


def patterns(found: Flows) -> list[Pattern]:
    """Patterns of which at least two parts are said, those of the most controllers first, each with the first clause that states it."""
    by: defaultdict[tuple[str, str, str], list[Flow]] = defaultdict(list)
    for flow in found.flows:
        if flow.recipient and (flow.data or flow.purpose):
            by[flow.data, flow.purpose, flow.recipient].append(flow)
    rows = [
        Pattern(*key, len({flow.controller for flow in flows}), first.clause, first.quote)
        for key, flows in by.items()
        for first in (min(flows, key=lambda flow: flow.clause),)
    ]
    return sorted(rows, key=lambda row: (-row.controllers, not (row.data and row.purpose), row[:3]))


def communities(found: Flows) -> list[Community]:
    """Controllers grouped by what they affirm that they do (Louvain's method, over the Jaccard index of their practices).

    Wording has no part in it. The same flows give the same groups.
    """
    having: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for name, practices in found.practices.items():
        for practice in practices:
            having[practice].append(name)
    shared: defaultdict[tuple[str, str], int] = defaultdict(int)
    for names in having.values():
        for pair in combinations(sorted(names), 2):
            shared[pair] += 1
    graph = networkx.Graph()
    graph.add_nodes_from(sorted(found.practices))
    for (one, other), number in sorted(shared.items()):
        likeness = number / (len(found.practices[one]) + len(found.practices[other]) - number)
        if likeness >= _ALIKE:
            graph.add_edge(one, other, weight=likeness)
    groups = networkx.community.louvain_communities(graph, weight="weight", seed=0)
    rows = []
    for group in groups:
        counts = {practice: sum(name in group for name in names) for practice, names in having.items()}
        # What the group does more often than all others do.
        telling = sorted(
            (practice for practice, count in counts.items() if 2 * count >= max(len(group), 2) and count > 1),
            key=lambda practice: (len(having[practice]) / len(found.practices) - counts[practice] / len(group), practice),
        )
        rows.append(Community(tuple(sorted(group)), tuple(f"{label} {term}" for label, term in telling[:5])))
    return sorted(rows, key=lambda row: (-len(row.controllers), row.controllers))


def exits(found: Flows, data: str | None = None) -> list[Exit]:
    """For each controller and category (or for one category), the shortest way out of the EEA.

    A way that needs fewer clauses is shorter than one over fewer terms; a stated place is nearer than a head office.
    """
    own: defaultdict[str, networkx.DiGraph] = defaultdict(networkx.DiGraph)
    for one, other, about in multigraph(found).edges(data=True):
        if one[0] != "controller":
            _join(own[about["controller"]], one, other, about)
    rows = []
    for controller, category in sorted({(flow.controller, flow.data) for flow in found.flows if flow.data}):
        if data in (None, category) and (way := _way(own[controller], found, category)):
            rows.append(Exit(controller, category, *way))
    return rows


# A step costs 1; to go on by another clause costs more than any way within one; a head office is a last resort.
_STEP, _SWITCH, _SEAT = 1, 50, 20
_Place: TypeAlias = tuple[tuple[str, str], str]


def _join(graph: networkx.DiGraph, one: tuple[str, str], other: tuple[str, str], about: Mapping[str, Any]) -> None:
    """Adds an edge within its clause, and ways for its ends to and from other clauses."""
    clause = about["clause"]
    cost = _STEP + _SEAT * about["seat"]
    known = graph.get_edge_data((one, clause), (other, clause))
    if known is None or (cost, about["possible"]) < (known["cost"], known["possible"]):
        graph.add_edge((one, clause), (other, clause), cost=cost, possible=about["possible"], seat=about["seat"])
    for end in (one, other):
        graph.add_edge((end, clause), (end, ""), cost=_SWITCH, possible=False, seat=False)
        graph.add_edge((end, ""), (end, clause), cost=_SWITCH, possible=False, seat=False)


def _way(graph: networkx.DiGraph, found: Flows, category: str) -> tuple[tuple[str, ...], tuple[str, ...], bool, bool] | None:
    start = (("data", category), "")
    if start not in graph:
        return None
    costs, ways = networkx.single_source_dijkstra(graph, start, weight="cost")
    ends = [(cost, end) for end, cost in costs.items() if end[1] and end[0][0] == "place" and end[0][1] in found.outside]
    if not ends:
        return None
    way: list[_Place] = ways[min(ends)[1]]
    steps = [graph.edges[pair] for pair in pairwise(way)]
    return (
        tuple(dict.fromkeys(term for (_, term), _ in way)),
        tuple(dict.fromkeys(clause for _, clause in way if clause)),
        any(step["possible"] for step in steps),
        any(step["seat"] for step in steps),
    )
