"""The flat view: edges from a controller straight to what it shares, pursues, relies on, …, or says that it does not.

There is one edge for each object of a statement. The other objects of the statement are lists on the edge: what a denial denies is the
combination, not each of its parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kg import iris
from kg.export.items import Edge, Node, Scalar
from kg.export.schema import Schema
from kg.export.shared import SharedNodes
from kg.export.source import TYPE, Policy, curie, literal
from kg.namespaces import expand

_DENIAL = expand("pk:Denial")
_STATED = ("pk:hasStatement", "dpv:hasProcess", "dpv:hasProhibition")


def flat(policy: Policy, mapping: Schema, shared: SharedNodes) -> Iterator[Node | Edge]:
    """The edges of one policy. Where it names no controller, they start from the policy itself, whose node comes along."""
    facts, version = policy.facts, policy.version
    about = facts[version]
    controllers = []
    for predicate, object_ in about:
        if predicate in mapping.gives_label:
            controllers.append(object_)
            shared.ask(object_, predicate)
    if not controllers:
        label = shared.label_of(about)
        shared.settle(version, label)
        yield Node(version, label, {})
    for statement in sorted({object_ for predicate, object_ in about if predicate in _STATED}):
        described = facts.get(statement, [])
        denied = (TYPE, _DENIAL) in described
        common = _common(policy, described, mapping, denied)
        for predicate, object_ in described:
            if predicate not in mapping.view_edges or object_[0] == '"' or object_ in facts:
                continue
            label = mapping.view_edges[predicate][denied]
            shared.ask(object_, predicate)
            for controller in controllers or (version,):
                identifier = iris.edge(version, f"{controller} {statement}", predicate, object_)
                shared.wait(Edge(identifier, label, controller, "", object_, "", {"predicate": predicate, **common}))


def _common(policy: Policy, described: list[tuple[str, str]], mapping: Schema, denied: bool) -> dict[str, Scalar | list[str]]:
    """What all edges of a statement have."""
    found: dict[str, Scalar | list[str]] = {"polarity": "denied" if denied else "affirmed", "policy": policy.version}
    lists: defaultdict[str, list[str]] = defaultdict(list)
    clauses = []
    for predicate, object_ in described:
        if predicate in mapping.view_properties and object_[0] != '"':
            lists[mapping.view_properties[predicate]].append(curie(object_))
        elif predicate == "pk:modality":
            found["modality"] = curie(object_)
        elif predicate == "pk:evidence":
            clauses.append(object_)
    if clauses:
        said = dict(policy.facts.get(clauses[0], ()))
        found["clause"] = clauses[0]
        for name, predicate in (("start", "pk:startOffset"), ("end", "pk:endOffset")):
            if predicate in said:
                found[name] = int(literal(said[predicate])[1])
        if "pk:quote" in said:
            found["quote"] = literal(said["pk:quote"])[1]
    return found | {name: sorted(set(values)) for name, values in lists.items()}
