"""Loads `shapes/`: the regimes, and the requirements that their shapes declare. No requirement is known here by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import MappingProxyType

from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SH
from rdflib.term import Literal, Node

from kg.errors import KgError
from kg.namespaces import expand
from kg.resources import ontology_dir, shapes_dir
from kg.validate.files import ShapesFile, check, read

ALL = "all"
"""The name of all regimes together."""

TODAY = date.max
"""The day of a text without a date: it is judged by what has not been repealed. The clock is not read, so that the same graph gives the
same report."""

_COMMON = ("structure.ttl", "patterns.ttl")
_REGIMES = "regimes.ttl"
_LAWS = "laws.ttl"
_PATTERNS = ("stated", "partial", "denied", "applicable", "deferred")


def _term(curie: str) -> URIRef:
    return URIRef(expand(curie))


class UnknownRegimeError(KgError):
    """There is no regime of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name, self.known = name, tuple(known)
        super().__init__(f"{name!r} is not a regime; there are: {', '.join(self.known)}")


@dataclass(frozen=True, slots=True)
class Law:
    """The days on which a law holds: from the first one until the day before the second."""

    since: date = date.min
    until: date = date.max

    def holds(self, day: date) -> bool:
        """Whether it holds on that day; of `TODAY`, whether it has not been repealed."""
        return self.since <= day < self.until or day == TODAY == self.until


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a policy must say. The patterns are node shapes that are asked of the version; a requirement without any is about the graph.

    `names` and `messages` are by language; `severity` is ``Violation``, ``Warning`` or ``Info``; `source` is the official text's address.
    `regime` is the one that it stands in, empty for what every graph must be like, whatever the law.
    """

    id: str
    shape: URIRef
    names: Mapping[str, str]
    messages: Mapping[str, str]
    severity: str
    citation: str = ""
    source: str = ""
    regime: str = ""
    law: Law = Law()
    stated: URIRef | None = None
    partial: URIRef | None = None
    denied: URIRef | None = None
    applicable: URIRef | None = None
    deferred: URIRef | None = None


@dataclass(frozen=True)
class Regime:
    """Requirements that are judged together, with their shapes."""

    name: str
    comments: Mapping[str, str]
    requirements: tuple[Requirement, ...]
    shapes: Graph = field(repr=False)
    owners: Mapping[Node, str] = field(repr=False)
    """The requirement of each shape that results can come from."""


def regimes() -> tuple[str, ...]:
    """The names that `regime` takes."""
    return (ALL, *sorted(_described()))


@cache
def regime(name: str) -> Regime:
    """The regime of that name with all its requirements, those of repealed laws too; read once.

    Raises:
        UnknownRegimeError: there is no such regime.
        ConfigurationError: a shapes file is not Turtle or no SHACL, or a requirement lacks its name, severity or message.
    """
    described = _described()
    if name not in (ALL, *described):
        raise UnknownRegimeError(name, regimes())
    files = [read(shapes_dir() / common) for common in _COMMON]
    requirements = [requirement for file in files for requirement in _requirements(file, "", None)]
    for part in sorted(described) if name == ALL else (name, *_included(described, name)):
        graph, node = described[part]
        for folder in graph.objects(node, _term("pk:shapesFolder")):
            for path in sorted((shapes_dir() / str(folder)).glob("*.ttl")):
                files.append(read(path))
                requirements.extend(_requirements(files[-1], part, graph.value(node, _LAW)))
    check(files)
    shapes = Graph()
    for file in files:
        shapes += file.graph
    comments = _by_language(*described[name], RDFS.comment) if name in described else MappingProxyType({})
    return _selected(name, comments, requirements, shapes)


@cache
def in_force(day: date) -> Regime:
    """What a text of that day had to say: the requirements of every regime whose law was in force. Its name lists those regimes.

    Raises:
        ConfigurationError: as for `regime`.
    """
    everything = regime(ALL)
    kept = [requirement for requirement in everything.requirements if requirement.law.holds(day)]
    left_out = {requirement.id for requirement in everything.requirements} - {requirement.id for requirement in kept}
    shapes = Graph()
    shapes += everything.shapes
    for shape, identifier in everything.shapes.subject_objects(_REQUIREMENT):
        if str(identifier) in left_out:
            shapes.remove((shape, SH.targetClass, None))
    name = ", ".join(sorted({requirement.regime for requirement in kept} - {""}))
    return _selected(name, MappingProxyType({}), kept, shapes)


_REQUIREMENT, _LAW = _term("pk:requirementId"), _term("dpv:hasApplicableLaw")


def _selected(name: str, comments: Mapping[str, str], requirements: Iterable[Requirement], shapes: Graph) -> Regime:
    ordered = tuple(sorted(requirements, key=lambda requirement: requirement.id))
    return Regime(name, comments, ordered, shapes, MappingProxyType(dict(_owners(shapes))))


def _described() -> dict[str, tuple[Graph, Node]]:
    """Each declared regime by name: where it is described."""
    graph = read(shapes_dir() / _REGIMES).graph
    return {str(graph.value(node, RDFS.label)): (graph, node) for node in graph.subjects(RDF.type, _term("pk:Regime"))}


def _included(described: Mapping[str, tuple[Graph, Node]], name: str) -> list[str]:
    graph, node = described[name]
    included = set(graph.objects(node, _term("pk:includesRegime")))
    return sorted(other for other, (_, its) in described.items() if its in included)


@cache
def _law(law: Node | None) -> Law:
    if law is None:
        return Law()
    laws = _laws()
    days = [laws.value(law, _term(name)) for name in ("pk:inForceFrom", "pk:repealedOn")]
    since, until = (day.toPython() if isinstance(day, Literal) else None for day in days)
    return Law(since or date.min, until or date.max)


@cache
def _laws() -> Graph:
    return read(ontology_dir() / _LAWS).graph


def _requirements(file: ShapesFile, regime: str, law: Node | None) -> Iterator[Requirement]:
    shapes = file.graph
    for shape, identifier in shapes.subject_objects(_REQUIREMENT):
        names = _by_language(shapes, shape, SH.name)
        if not names:
            continue  # A second shape of a requirement: it adds results, the first one describes.
        severity = shapes.value(shape, SH.severity)
        if severity is None or not isinstance(shape, URIRef):
            raise file.fault(str(identifier), "needs an IRI and sh:severity on the shape")
        patterns = {key: _iri(shapes.value(shape, _term(f"pk:{key}When"))) for key in _PATTERNS}
        yield Requirement(
            str(identifier),
            shape,
            names,
            _by_language(shapes, shape, SH.message),
            str(severity).removeprefix(str(SH)),
            str(shapes.value(shape, DCTERMS.bibliographicCitation) or ""),
            str(shapes.value(shape, DCTERMS.source) or ""),
            regime,
            _law(shapes.value(shape, _LAW) or law),
            **patterns,
        )


def _owners(shapes: Graph) -> Iterable[tuple[Node, str]]:
    for shape, identifier in shapes.subject_objects(_REQUIREMENT):
        yield shape, str(identifier)
        for nested in shapes.objects(shape, SH.property):
            yield nested, str(identifier)


def _by_language(graph: Graph, node: Node, predicate: URIRef) -> Mapping[str, str]:
    found = {o.language or "": str(o) for o in graph.objects(node, predicate) if isinstance(o, Literal)}
    return MappingProxyType(dict(sorted(found.items())))


def _iri(node: Node | None) -> URIRef | None:
    return node if isinstance(node, URIRef) else None


def requirements_of(ids: Iterable[str]) -> tuple[Requirement, ...]:
    """The requirements of these ids, whichever regime they stand in, in the order of the ids."""
    known = {requirement.id: requirement for name in regimes() for requirement in regime(name).requirements}
    return tuple(known[identifier] for identifier in sorted(set(ids)) if identifier in known)
