"""The graph as a property graph: nodes and edges with labels and properties, for every format that is not RDF.

An edge is a triple of the facts. Where the policy claims it, there is one edge for each assertion, with its place, quote, confidence and
rule; claims of a denial have labels of their own (`DENIES_…`), so that no query for what is done can meet what is denied.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from kg import iris
from kg.errors import InputError
from kg.export.flat import flat
from kg.export.items import Edge, Node, Scalar
from kg.export.schema import RESOURCE, TEXT, VALUE, Property, Schema, View, edge_label, schema
from kg.export.shared import SharedNodes
from kg.export.source import TYPE, Described, Policy, Source, Vocabulary, curie, literal, read
from kg.namespaces import expand

Claim: TypeAlias = tuple[str, dict[str, Scalar]]
Claims: TypeAlias = Mapping[str, Mapping[tuple[str, str], list[Claim]]]

_TOLD = ("rdf:subject", "rdf:predicate", "rdf:object", "pk:startOffset", "pk:endOffset", "pk:confidence")
_SPAN = dict.fromkeys(("pk:startOffset", "pk:endOffset", "pk:quote")).keys()
_ASSERTION, _CLAUSE, _DENIAL = expand("pk:Assertion"), expand("pk:Clause"), expand("pk:Denial")


def project(source: Source, view: View = "full") -> Iterator[Node | Edge]:
    """The nodes and edges, policy by policy. Each node comes once; those that policies share come after the edges that lead to them.

    Raises:
        InputError: the source cannot be read, holds no policy in a named graph, or an assertion lacks what makes it one.
        ScatteredError: the file must be loaded first; see `kg.export.source`.
    """
    mapping = schema()
    tell = _full if view == "full" else flat
    with SharedNodes(mapping) as shared:
        for part in read(source):
            if isinstance(part, Policy):
                yield from tell(part, mapping, shared)
            elif isinstance(part, Vocabulary):
                shared.know(part.terms)
            elif view == "full" or shared.asked(part):
                yield from shared.take(part)
        yield from shared.rest()


def _full(policy: Policy, mapping: Schema, shared: SharedNodes) -> Iterator[Node | Edge]:
    facts, version = policy.facts, policy.version
    prefix = version + "/"
    labels = {name: shared.label_of(about) or "Concept" for name, about in facts.items() if name.startswith(prefix) or name == version}
    shared.settle(version, labels[version])
    claims = _claims(policy)
    values: dict[str, str] = {}
    for subject, described in facts.items():
        label = labels.get(subject, "")
        if label:
            properties, rest = _properties(described, mapping.properties.get(label, {}))
            yield Node(subject, label, properties)
        else:
            label, rest = shared.ask(subject, ""), described
        claimed = claims.get(subject, {})
        if claimed:
            # A claim is an edge even where it is a property too: the edge carries the evidence.
            rest = [*rest, *(pair for pair in described if pair in claimed and pair not in rest)]
        denied = (TYPE, _DENIAL) in described
        if subject == version:
            rest = _unimplied(rest, mapping)
        for pair in rest:
            predicate, object_ = pair
            if object_[0] == '"':
                target, target_label = iris.value(version, object_), VALUE
                values[target] = object_
            else:
                target, target_label = object_, labels.get(object_) or shared.ask(object_, predicate)
            name = edge_label(predicate, denied and predicate not in mapping.not_denied)
            for identifier, about in claimed.get(pair) or ((iris.edge(version, subject, predicate, object_), {"predicate": predicate}),):
                edge = Edge(identifier, name, subject, label, target, target_label, about)
                if label and target_label:
                    yield edge
                else:
                    shared.wait(edge)
    for identifier, value in values.items():
        tag, text = literal(value)
        kind = {} if not tag else {"lang": tag[1:]} if tag[0] == "@" else {"datatype": tag}
        yield Node(identifier, VALUE, {"value": text, **kind})


def _properties(
    described: list[tuple[str, str]], known: Mapping[str, Property]
) -> tuple[dict[str, Scalar | list[str]], list[tuple[str, str]]]:
    """What becomes a property of the node, and what does not."""
    found: dict[str, Scalar | list[str]] = {}
    types: list[str] = []
    rest: list[tuple[str, str]] = []
    language = None
    for pair in described:
        predicate, object_ = pair
        if predicate == TYPE:
            types.append(curie(object_))
            continue
        one = known.get(predicate)
        value: Scalar | None = None
        if one is None:
            pass
        elif object_[0] != '"':
            value = curie(object_) if one.type == RESOURCE else None
        else:
            tag, text = literal(object_)
            if one.type == TEXT:
                # All texts of a node are in one language, or in none: what is not, becomes a value of its own.
                if language is None and (not tag or tag[0] == "@"):
                    language = tag
                value = text if tag == language else None
            elif tag in one.datatypes:
                value = _number(text) if one.column.kind == "integer" else text
        if one is None or value is None or (not one.column.many and one.column.name in found):
            rest.append(pair)
        elif one.column.many:
            found.setdefault(one.column.name, []).append(value)  # type: ignore[union-attr, arg-type]
        else:
            found[one.column.name] = value
    if types:
        found["types"] = types
    if language:
        found["lang"] = language[1:]
    return found, rest


def _number(text: str) -> int | None:
    # What no database holds as an integer of 64 bits stays a text, as a value of its own.
    return int(text) if len(text) < 19 and text.isascii() and text.isdigit() and str(int(text)) == text else None


def _unimplied(described: list[tuple[str, str]], mapping: Schema) -> list[tuple[str, str]]:
    """What is left without the triples that others imply, and without those that speak of named graphs."""
    implied = {
        (predicate, object_) for predicate, implying in mapping.implied_by.items() for name, object_ in described if name in implying
    }
    return [pair for pair in described if pair not in implied and pair[0] not in mapping.left_out]


def _claims(policy: Policy) -> Claims:
    """The assertions of each triple, as identifiers and properties of edges."""
    found: defaultdict[str, defaultdict[tuple[str, str], list[Claim]]] = defaultdict(lambda: defaultdict(list))
    clauses = _Clauses(policy.facts)
    facts = policy.facts
    for identifier, described in policy.evidence.items():
        about = dict(described)
        if about.get(TYPE) != _ASSERTION:
            continue
        if lacking := [name for name in _TOLD if name not in about]:
            raise InputError(identifier, f"is an assertion without {', '.join(lacking)}", "build the graph again with kg build")
        subject, predicate = about["rdf:subject"], curie(about["rdf:predicate"])
        start, end = int(literal(about["pk:startOffset"])[1]), int(literal(about["pk:endOffset"])[1])
        stated = facts.get(subject, ())
        properties: dict[str, Scalar] = {
            "predicate": predicate,
            "polarity": "denied" if (TYPE, _DENIAL) in stated else "affirmed",
            "start": start,
            "end": end,
            "confidence": float(literal(about["pk:confidence"])[1]),
        }
        if modality := next((curie(object_) for name, object_ in stated if name == "pk:modality"), ""):
            properties["modality"] = modality
        # What lies in no clause (a lead-in) brings its quote along.
        if quote := literal(about["pk:quote"])[1] if "pk:quote" in about else clauses.quote(start, end):
            properties["quote"] = quote
        if "pk:rule" in about:
            properties["rule"] = literal(about["pk:rule"])[1]
        if "pk:evidence" in about:
            properties["clause"] = about["pk:evidence"]
        found[subject][predicate, about["rdf:object"]].append((identifier, properties))
    return found


class _Clauses:
    """The texts of a policy's clauses, to quote from."""

    def __init__(self, facts: Described) -> None:
        self._spans: list[tuple[int, int, str]] = []
        for described in facts.values():
            if (TYPE, _CLAUSE) in described:
                about = dict(described)
                if about.keys() >= _SPAN:
                    first, last, text = (literal(about[name])[1] for name in _SPAN)
                    self._spans.append((int(first), int(last), text))
        self._spans.sort()
        self._starts = [span[0] for span in self._spans]

    def quote(self, start: int, end: int) -> str:
        """The characters from `start` to `end`, where one clause holds them all."""
        for at in range(bisect_right(self._starts, start) - 1, -1, -1):
            first, last, text = self._spans[at]
            if end <= last:
                return text[start - first : end - first]
        return ""
