"""JSON-LD whose context lets it be read by people: local names for predicates, CURIEs for terms, paths for our own data."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kg import resources
from kg.atomic import replacing
from kg.export.exporter import Exporter, Written
from kg.export.rdf import quads
from kg.export.schema import View
from kg.export.source import Source, curie
from kg.graph.shared import parse_turtle
from kg.namespaces import DATA, PREFIXES, compress

Context: TypeAlias = Mapping[str, tuple[str, str]]

_STANDARD = {
    **dict.fromkeys(("rdf:subject", "rdf:predicate", "rdf:object", "skos:broader", "skos:narrower", "rdfs:subClassOf"), "@id"),
    **dict.fromkeys(("rdfs:domain", "rdfs:range", "rdfs:subPropertyOf", "dct:source", "dct:isVersionOf", "dct:replaces"), "@id"),
    **dict.fromkeys(("prov:used", "prov:wasGeneratedBy", "prov:wasAssociatedWith", "prov:hadPrimarySource"), "@id"),
    **dict.fromkeys(("rdfs:label", "rdfs:comment", "skos:prefLabel", "skos:altLabel", "dct:title", "dct:identifier", "dct:language"), ""),
    "rdf:value": "xsd:duration",
}
_PLAIN = frozenset({"xsd:string", "rdfs:Literal"})


@cache
def terms() -> Context:
    """The predicates that the context names, as their CURIE → the name and the type of what has none (``@id``, a datatype or nothing).

    Raises:
        ConfigurationError: a file of the ontology is not Turtle.
    """
    types = dict(_STANDARD)
    properties, ranges = set(), {}
    for path in sorted(resources.ontology_dir().glob("*.ttl")):
        for triple in parse_turtle(path):
            if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
                subject, predicate, object_ = (compress(node.value) for node in (triple.subject, triple.predicate, triple.object))
                if (predicate, object_) == ("rdf:type", "rdf:Property"):
                    properties.add(subject)
                elif predicate == "rdfs:range":
                    ranges[subject] = object_
    for name in properties:
        of = ranges.get(name, "@id")
        types[name] = "" if of in _PLAIN else of if of.startswith("xsd:") else "@id"
    found: dict[str, tuple[str, str]] = {}
    taken = {"id", "type", "graph"}
    for name in sorted(types):
        local = name.partition(":")[2]
        if local not in taken:
            taken.add(local)
            found[name] = local, types[name]
    return found


def context() -> dict[str, Any]:
    """The ``@context`` of an export."""
    named = {local: {"@id": name, "@type": of} if of else {"@id": name} for name, (local, of) in terms().items()}
    return {"@version": 1.1, "@base": DATA, "id": "@id", "type": "@type", "graph": "@graph", **PREFIXES, **named}


def _write(source: Source, path: Path, _: View) -> Written:
    count = 0
    with replacing(path) as stream:
        stream.write(f'{{"@context": {_json(context())},\n"graph": [\n'.encode())
        joint = ""
        for name, group in groupby(quads(source), key=attrgetter("graph_name")):
            inner = ""
            if isinstance(name, NamedNode):
                stream.write(f'{joint}{{"id": {_json(_name(name))}, "graph": [\n'.encode())
            else:
                inner = joint
            for _subject, of in groupby(group, key=attrgetter("subject")):
                described = list(of)
                count += len(described)
                stream.write((inner + _json(_object(described))).encode())
                inner = ",\n"
            if isinstance(name, NamedNode):
                stream.write(b"]}")
            joint = ",\n"
        stream.write(b"\n]}\n")
    return Written(quads=count)


def _object(described: list[Quad]) -> dict[str, Any]:
    found: dict[str, Any] = {"id": _name(described[0].subject)}
    values: defaultdict[str, list[Any]] = defaultdict(list)
    known = terms()
    for quad in described:
        predicate = curie(quad.predicate.value)
        if predicate == "rdf:type":
            values["type"].append(_name(quad.object, relative=False))
        else:
            key, of = known.get(predicate, (predicate, ""))
            values[key].append(_value(quad.object, of))
    return found | {key: of[0] if len(of) == 1 else of for key, of in values.items()}


def _value(of: Any, expected: str) -> Any:
    if not isinstance(of, Literal):
        return _name(of) if expected == "@id" else {"@id": _name(of)}
    if of.language:
        return {"@value": of.value, "@language": of.language}
    datatype = curie(of.datatype.value)
    if datatype == "xsd:string":
        return {"@value": of.value} if expected else of.value
    return of.value if datatype == expected else {"@value": of.value, "@type": datatype}


def _name(of: Any, relative: bool = True) -> str:
    if isinstance(of, BlankNode):
        return str(of)
    short = curie(of.value)
    rest = short.removeprefix(DATA)
    return rest if relative and rest != short and ":" not in rest and rest else short


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


JSONLD = Exporter("jsonld", ".jsonld", "JSON-LD with a context to read it by, all graphs", _write, views=False)
