"""The graph as a property graph: nodes and edges with labels and properties, for every format that is not RDF.

An edge is a triple of the facts. Where the policy claims it, there is one edge for each assertion, with its place, quote, confidence and
rule; claims of a denial have labels of their own (`DENIES_…`), so that no query for what is done can meet what is denied.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg import iris
from kg.errors import InputError
from kg.export.labels import BY_PREDICATE, LABELS, edge_label
from kg.namespaces import compress, expand

Scalar = str | int | float
Term = NamedNode | Literal
_Facts = defaultdict[str, list[tuple[str, Term]]]

# IRIs that say something of a node rather than lead to another.
_PROPERTIES = frozenset({"pk:modality", "pk:conditionKind", "dct:source", "prov:hadPrimarySource"})
# What leads from a denial to its circumstances and bounds, which are not denied.
_CIRCUMSTANCES = frozenset({"pk:evidence", "pk:hasCondition", "pk:exceptCondition", "pk:exceptRecipient", "pk:outsideOf"})
_KEYS = {
    "startOffset": "start",
    "endOffset": "end",
    "value": "iso",
    "textSha256": "sha256",
    "prefLabel": "name",
    "altLabel": "alternatives",
}
_NUMBERS = frozenset({"start", "end"})
_TYPE, _VERSION = NamedNode(expand("rdf:type")), NamedNode(expand("pk:PolicyVersion"))


@dataclass(frozen=True, slots=True)
class Node:
    """A node: its IRI (or ``value:…`` for a literal), one label, and properties; a property with several values is a tuple."""

    id: str
    label: str
    properties: Mapping[str, Scalar | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge between the nodes `source` and `target`."""

    id: str
    source: str
    target: str
    label: str
    properties: Mapping[str, Scalar] = field(default_factory=dict)


def project(store: Store) -> Iterator[Node | Edge]:
    """The nodes and edges, policy by policy. Each node comes once; those that policies share come after the edges that lead to them.

    Raises:
        InputError: there is no policy in a named graph.
    """
    policies = sorted(
        (quad.subject.value, quad.graph_name.value)
        for quad in store.quads_for_pattern(None, _TYPE, _VERSION, None)
        if isinstance(quad.subject, NamedNode) and isinstance(quad.graph_name, NamedNode)
    )
    if not policies:
        raise InputError("the graph", "holds no policy in a named graph", "export from TriG, N-Quads or a store")
    shared = _Shared(store)
    for version, facts in policies:
        yield from _policy(store, version, NamedNode(facts), shared)
    yield from shared.items()


def _policy(store: Store, version: str, graph: NamedNode, shared: _Shared) -> Iterator[Node | Edge]:
    facts = _described(store, graph)
    for subject, predicate, object_ in _triples(store, NamedNode(iris.CATALOG), NamedNode(version)):
        facts[subject].append((predicate, object_))
    claims = _claims(store, version, facts)
    for subject, described in facts.items():
        own = _belongs(subject, version)
        denied = ("rdf:type", NamedNode(expand("pk:Denial"))) in described
        links = {o for p, o in described if p in ("dpv:hasProcess", "dpv:hasProhibition")}
        properties: list[tuple[str, Term]] = []
        for predicate, object_ in described:
            claimed = claims.get((subject, predicate, object_), ())
            if predicate in ("rdf:type", "pk:factsGraph", "pk:evidenceGraph") or (predicate == "pk:hasStatement" and object_ in links):
                continue
            if isinstance(object_, Literal) or predicate in _PROPERTIES:
                properties.append((predicate, object_))
                if not claimed:
                    continue
            label = edge_label(predicate, denied=denied and predicate not in _CIRCUMSTANCES)
            target = object_.value if isinstance(object_, NamedNode) else _value_id(object_)
            for identifier, about in claimed or ((_digest(f"{subject} {predicate} {object_}"), {}),):
                yield Edge(identifier, subject, target, label, about)
            if isinstance(object_, Literal):
                shared.values[target] = object_
            elif not _belongs(target, version):
                shared.guess(target, "Controller" if predicate == "dpv:hasDataController" else BY_PREDICATE.get(predicate, "Concept"))
        if own:
            yield Node(subject, _label(described, "Concept"), _properties(properties))
        else:
            shared.guess(subject, "Concept")
            shared.said[subject] += properties


class _Shared:
    """The nodes that belong to no policy alone: organisations, terms of the vocabulary, literals."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._guesses: dict[str, str] = {}
        self.values: dict[str, Literal] = {}
        self.said: defaultdict[str, list[tuple[str, Term]]] = defaultdict(list)

    def guess(self, node: str, label: str) -> None:
        """Asks for a node, with the label that it gets where its types say nothing. A controller is one whatever else it is."""
        known = self._guesses.get(node, "Concept")
        self._guesses[node] = label if known == "Concept" or label == "Controller" else known

    def items(self) -> Iterator[Node | Edge]:
        """The nodes asked for and the broader terms above them."""
        ahead, seen = sorted(self._guesses, reverse=True), set(self._guesses)
        while ahead:
            node = ahead.pop()
            described = [
                (predicate, object_)
                for graph in (iris.VOCABULARY, iris.ORGANISATIONS, iris.CATALOG)
                for _, predicate, object_ in _triples(self._store, NamedNode(graph), NamedNode(node))
            ]
            guess = self._guesses.get(node, "Concept")
            literals = [pair for pair in described if isinstance(pair[1], Literal)]
            properties = {"name": _local(node), **_properties(literals + self.said[node])}
            yield Node(node, guess if guess == "Controller" else _label(described, guess), properties)
            for predicate, object_ in described:
                if predicate == "skos:broader" and isinstance(object_, NamedNode):
                    yield Edge(_digest(f"{node} {predicate} {object_}"), node, object_.value, "BROADER")
                    if object_.value not in seen:
                        seen.add(object_.value)
                        ahead.append(object_.value)
        for identifier, literal in sorted(self.values.items()):
            yield Node(identifier, "Value", {"value": literal.value})


def _claims(store: Store, version: str, facts: _Facts) -> dict[tuple[str, str, Term], list[tuple[str, dict[str, Scalar]]]]:
    """The assertions of each triple, as identifiers and properties of edges."""
    quotes = sorted(
        (int(_one(about, "pk:endOffset")) - int(_one(about, "pk:startOffset")), int(_one(about, "pk:startOffset")), _one(about, "pk:quote"))
        for about in facts.values()
        if ("rdf:type", NamedNode(expand("pk:Clause"))) in about
    )
    found: defaultdict[tuple[str, str, Term], list[tuple[str, dict[str, Scalar]]]] = defaultdict(list)
    for identifier, about in _described(store, NamedNode(iris.evidence_graph(version))).items():
        objects = dict(about)
        if objects.get("rdf:type") != NamedNode(expand("pk:Assertion")):
            continue
        subject, start, end = objects["rdf:subject"].value, int(objects["pk:startOffset"].value), int(objects["pk:endOffset"].value)
        # The shortest clause around the place; what lies in none (a lead-in) brings its quote along.
        quote = next((text[start - first : end - first] for length, first, text in quotes if first <= start and end <= first + length), "")
        denied = ("rdf:type", NamedNode(expand("pk:Denial"))) in facts.get(subject, ())
        properties: dict[str, Scalar] = {
            "start": start,
            "end": end,
            "quote": _one(about, "pk:quote") or quote,
            "confidence": float(objects["pk:confidence"].value),
            "polarity": "denied" if denied else "affirmed",
            "rule": _one(about, "pk:rule"),
        }
        if modality := _one(facts.get(subject, ()), "pk:modality"):
            properties["modality"] = _local(modality).lower()
        found[subject, compress(objects["rdf:predicate"].value), objects["rdf:object"]].append((identifier, properties))
    return found


def _described(store: Store, graph: NamedNode) -> _Facts:
    found: _Facts = defaultdict(list)
    for subject, predicate, object_ in _triples(store, graph, None):
        found[subject].append((predicate, object_))
    return found


def _triples(store: Store, graph: NamedNode, subject: NamedNode | None) -> list[tuple[str, str, Term]]:
    """Sorted, without blank nodes (which the graph of another tool may hold); predicates as CURIEs."""
    quads: Iterator[Quad] = store.quads_for_pattern(subject, None, None, graph)
    return [
        (quad.subject.value, compress(quad.predicate.value), quad.object)
        for quad in sorted(quads, key=str)
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal)
    ]


def _label(described: Iterable[tuple[str, Term]], otherwise: str) -> str:
    types = {compress(object_.value) for predicate, object_ in described if predicate == "rdf:type"}
    return next((label for name, label in LABELS.items() if name in types), otherwise)


def _properties(pairs: Iterable[tuple[str, Term]]) -> dict[str, Scalar | tuple[str, ...]]:
    """Names are local; an English label comes before others; several values become a tuple."""
    grouped: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for predicate, object_ in pairs:
        name = _local(predicate.replace(":", "/"))
        text = (
            _local(object_.value) if isinstance(object_, NamedNode) and predicate in ("pk:modality", "pk:conditionKind") else object_.value
        )
        text = text.lower() if predicate == "pk:modality" else text
        grouped[_KEYS.get(name, name)][text] = isinstance(object_, Literal) and object_.language == "en"
    found: dict[str, Scalar | tuple[str, ...]] = {}
    for name, values in sorted(grouped.items()):
        texts = sorted(values, key=lambda text: (not values[text], text))
        if name in _NUMBERS:
            found[name] = int(texts[0])
        else:
            found[name] = texts[0] if len(texts) == 1 or name == "name" else tuple(texts)
    return found


def _belongs(node: str, version: str) -> bool:
    return node == version or node.startswith(version + "/")


def _one(about: Iterable[tuple[str, Term]], predicate: str) -> str:
    return next((object_.value for name, object_ in about if name == predicate), "")


def _local(iri: str) -> str:
    return re.split(r"[/#]", iri)[-1]


def _value_id(literal: Literal) -> str:
    return "value:" + _digest(str(literal))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
