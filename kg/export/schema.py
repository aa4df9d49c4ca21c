"""The mapping to a property graph, read from ``ontology/export/property-graph.ttl``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import pyoxigraph

from kg import resources
from kg.errors import ConfigurationError
from kg.namespaces import compress

Kind = Literal["string", "integer", "number"]
View = Literal["full", "flat"]

_INTEGERS = frozenset({"xsd:integer", "xsd:nonNegativeInteger"})
_FITTING: Mapping[str, frozenset[str]] = {"xsd:integer": _INTEGERS, "xsd:string": frozenset({""})}


@dataclass(frozen=True, slots=True)
class Column:
    """A property of nodes or edges, as every format writes it: its name, the kind of its values, and whether it is a list."""

    name: str
    kind: Kind = "string"
    many: bool = False


@dataclass(frozen=True, slots=True)
class Property:
    """A predicate whose values become a property. `datatypes` are those that fit (``""`` for a plain string), none for text or an IRI."""

    predicate: str
    column: Column
    type: str
    datatypes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Schema:
    """What the mapping says. Classes and predicates are CURIEs; labels come in the order of their rank."""

    labels: Mapping[str, str]
    properties: Mapping[str, Mapping[str, Property]]
    leads_to: Mapping[str, str]
    gives_label: Mapping[str, str]
    not_denied: frozenset[str]
    implied_by: Mapping[str, frozenset[str]]
    left_out: frozenset[str]
    view_edges: Mapping[str, tuple[str, str]]
    view_properties: Mapping[str, str]

    def node_columns(self, label: str) -> tuple[Column, ...]:
        """The properties that nodes of a label can have, their IRI aside."""
        if label == VALUE:
            return (Column("value"), Column("datatype"), Column("lang"))
        known = self.properties.get(label, {}).values()
        named = (Column("curie"), Column("name")) if any(one.type == PLAIN for one in known) else ()
        texts = (Column("lang"),) if any(one.type == TEXT for one in known) else ()
        return (*named, Column("types", many=True), *texts, *(one.column for one in known))

    def edge_columns(self, view: View) -> tuple[Column, ...]:
        """The properties that edges can have, their identifier aside."""
        if view == "full":
            return _CLAIM
        lists = dict.fromkeys(self.view_properties.values())
        return (*_FLAT, *(Column(name, many=True) for name in lists))

    def node_labels(self) -> tuple[str, ...]:
        """All labels that nodes can have, once each, in the order of their rank."""
        return tuple(dict.fromkeys((*self.labels.values(), *self.gives_label.values())))

    def edge_labels(self, view: View) -> tuple[str, ...]:
        """The labels of edges that the mapping speaks of, whether or not a graph has them."""
        if view == "flat":
            return tuple(dict.fromkeys(label for pair in self.view_edges.values() for label in pair))
        return tuple(sorted(edge_label(predicate, False) for predicate in self.leads_to))


TEXT, PLAIN, RESOURCE = "rdf:langString", "rdf:PlainLiteral", "rdfs:Resource"
"""Types of properties: text in the language of its node, text@language, and an IRI."""

VALUE = "Value"
"""The label of a literal that is no property."""

_CLAIM = (
    *(Column(name) for name in ("predicate", "polarity", "modality", "quote")),
    Column("start", "integer"),
    Column("end", "integer"),
    Column("confidence", "number"),
    *(Column(name) for name in ("rule", "clause")),
)
_FLAT = (
    *(Column(name) for name in ("predicate", "polarity", "modality", "policy", "clause", "quote")),
    Column("start", "integer"),
    Column("end", "integer"),
)


@cache
def schema(path: Path | None = None) -> Schema:
    """The mapping of a file, by default the project's own.

    Raises:
        ConfigurationError: the file is missing, is not Turtle, or a property lacks its name or type.
    """
    source = path or resources.property_graph_file()
    said: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    try:
        for quad in pyoxigraph.parse(path=source, format=pyoxigraph.RdfFormat.TURTLE):
            if isinstance(quad.subject, pyoxigraph.NamedNode) and isinstance(quad.object, pyoxigraph.NamedNode | pyoxigraph.Literal):
                said[compress(quad.predicate.value)][compress(quad.subject.value)].append(compress(quad.object.value))
    except SyntaxError as error:
        raise ConfigurationError(str(source), f"line {error.lineno}", error.msg) from error
    except OSError as error:
        raise ConfigurationError(str(source), "the whole file", error.strerror or str(error)) from error

    ranks = {name: int(values[0]) for name, values in said["pk:nodeRank"].items()}
    labels = {name: said["pk:nodeLabel"][name][0] for name in sorted(said["pk:nodeLabel"], key=lambda name: (ranks.get(name, 999), name))}
    properties: defaultdict[str, dict[str, Property]] = defaultdict(dict)
    for name, label in labels.items():
        for predicate in said["pk:nodeProperty"][name]:
            properties[label][predicate] = _property(source, predicate, said)
    gives = {name: values[0] for name, values in said["pk:givesLabel"].items()}
    for predicate, label in gives.items():
        properties[label] = properties[labels[said["pk:leadsTo"][predicate][0]]]
    denials = said["pk:viewDenial"]
    return Schema(
        labels,
        dict(properties),
        {name: labels[values[0]] for name, values in said["pk:leadsTo"].items()},
        gives,
        frozenset(said["pk:notDenied"]),
        {name: frozenset(values) for name, values in said["pk:impliedBy"].items()},
        frozenset(said["pk:leftOut"]),
        {name: (values[0], denials[name][0]) for name, values in said["pk:viewEdge"].items()},
        {name: values[0] for name, values in said["pk:viewProperty"].items()},
    )


def _property(source: Path, predicate: str, said: Mapping[str, Mapping[str, list[str]]]) -> Property:
    try:
        name, type_ = said["pk:propertyName"][predicate][0], said["pk:propertyType"][predicate][0]
    except (KeyError, IndexError) as error:
        raise ConfigurationError(str(source), predicate, "a property of nodes needs pk:propertyName and pk:propertyType") from error
    many = said["pk:propertyMany"].get(predicate, ["false"])[0] == "true"
    kind: Kind = "integer" if type_ == "xsd:integer" else "number" if type_ == "xsd:decimal" else "string"
    return Property(predicate, Column(name, kind, many), type_, _FITTING.get(type_, frozenset({type_})))


@lru_cache(maxsize=1 << 12)
def edge_label(predicate: str, denied: bool) -> str:
    """The label of an edge.

    >>> edge_label("dpv:hasRecipient", False), edge_label("dpv:hasRecipient", True)
    ('HAS_RECIPIENT', 'DENIES_RECIPIENT')
    """
    name = re.split(r"[/#:]", predicate)[-1]
    words = re.sub(r"\W+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).upper()
    return "DENIES_" + re.sub(r"^(HAS|IS)_", "", words) if denied else words
