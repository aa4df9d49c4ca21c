"""Loads `shapes/`: the regimes, and the requirements that their shapes declare. No requirement is known here by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from rdflib import Graph, URIRef
from rdflib.exceptions import ParserError
from rdflib.namespace import DCTERMS, RDF, RDFS, SH
from rdflib.plugins.parsers.notation3 import BadSyntax
from rdflib.term import IdentifiedNode, Literal, Node

from kg.errors import ConfigurationError, KgError
from kg.namespaces import expand
from kg.resources import shapes_dir

_REQUIREMENT = URIRef(expand("pk:requirementId"))
_REGIME = URIRef(expand("pk:Regime"))
_COMMON = ("structure.ttl", "patterns.ttl")
_REGIMES = "regimes.ttl"


class UnknownRegimeError(KgError):
    """There is no regime of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name, self.known = name, tuple(known)
        super().__init__(f"{name!r} is not a regime; there are: {', '.join(self.known)}")


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a policy must say. The patterns are node shapes that are asked of the version; a requirement without any is about the graph.

    `names` and `messages` are by language; `severity` is ``Violation``, ``Warning`` or ``Info``; `source` is the official text's address.
    """

    id: str
    shape: URIRef
    names: Mapping[str, str]
    messages: Mapping[str, str]
    severity: str
    citation: str = ""
    source: str = ""
    stated: URIRef | None = None
    partial: URIRef | None = None
    denied: URIRef | None = None
    applicable: URIRef | None = None
    deferred: URIRef | None = None


@dataclass(frozen=True)
class Regime:
    """A set of requirements with their shapes. `applies_from` is the day from which the law applies, where there is one."""

    name: str
    comments: Mapping[str, str]
    applies_from: date | None
    requirements: tuple[Requirement, ...]
    shapes: Graph = field(repr=False)
    owners: Mapping[Node, str] = field(repr=False)
    """The requirement of each shape that results can come from."""


def regimes() -> tuple[str, ...]:
    """The names of all regimes."""
    graph = _parse([shapes_dir() / _REGIMES])
    return tuple(sorted(str(graph.value(node, RDFS.label)) for node in graph.subjects(RDF.type, _REGIME)))


@cache
def regime(name: str) -> Regime:
    """The regime of that name with its shapes; read once.

    Raises:
        UnknownRegimeError: there is no such regime.
        ConfigurationError: a shapes file is not Turtle, or a requirement lacks its name, severity or message.
    """
    described = _parse([shapes_dir() / _REGIMES])
    node = next((n for n in described.subjects(RDF.type, _REGIME) if str(described.value(n, RDFS.label)) == name), None)
    if node is None:
        raise UnknownRegimeError(name, regimes())
    folders = sorted(str(folder) for folder in described.objects(node, URIRef(expand("pk:shapesFolder"))))
    paths = [shapes_dir() / common for common in _COMMON]
    for folder in folders:
        paths.extend(sorted((shapes_dir() / folder).glob("*.ttl")))
    shapes = _parse(paths)
    since = described.value(node, URIRef(expand("pk:appliesFrom")))
    return Regime(
        name,
        _by_language(described, node, RDFS.comment),
        since.toPython() if isinstance(since, Literal) else None,
        tuple(sorted(_requirements(shapes), key=lambda requirement: requirement.id)),
        shapes,
        MappingProxyType(dict(_owners(shapes))),
    )


def _parse(paths: Iterable[Path]) -> Graph:
    graph = Graph()
    for path in paths:
        try:
            graph.parse(path, format="turtle")
        except BadSyntax as error:
            raise ConfigurationError(str(path), f"line {error.lines + 1}", error._why) from error
        except (ParserError, OSError) as error:
            raise ConfigurationError(str(path), "the file", str(error)) from error
    return graph


def _requirements(shapes: Graph) -> Iterable[Requirement]:
    for shape, identifier in shapes.subject_objects(_REQUIREMENT):
        names = _by_language(shapes, shape, SH.name)
        if not names:
            continue  # A second shape of a requirement: it adds results, the first one describes.
        severity = shapes.value(shape, SH.severity)
        if severity is None or not isinstance(shape, URIRef):
            raise ConfigurationError("shapes", str(identifier), "needs an IRI and sh:severity on the shape")
        patterns = {key: _iri(shapes.value(shape, URIRef(expand(f"pk:{key}When")))) for key in _PATTERNS}
        yield Requirement(
            str(identifier),
            shape,
            names,
            _by_language(shapes, shape, SH.message),
            str(severity).removeprefix(str(SH)),
            str(shapes.value(shape, DCTERMS.bibliographicCitation) or ""),
            str(shapes.value(shape, DCTERMS.source) or ""),
            **patterns,
        )


_PATTERNS = ("stated", "partial", "denied", "applicable", "deferred")


def _owners(shapes: Graph) -> Iterable[tuple[Node, str]]:
    for shape, identifier in shapes.subject_objects(_REQUIREMENT):
        yield shape, str(identifier)
        for nested in shapes.objects(shape, SH.property):
            yield nested, str(identifier)


def _by_language(graph: Graph, node: IdentifiedNode | Node, predicate: URIRef) -> Mapping[str, str]:
    found = {o.language or "": str(o) for o in graph.objects(node, predicate) if isinstance(o, Literal)}
    return MappingProxyType(dict(sorted(found.items())))


def _iri(node: Node | None) -> URIRef | None:
    return node if isinstance(node, URIRef) else None


def requirements_of(ids: Iterable[str]) -> tuple[Requirement, ...]:
    """The requirements of these ids, whichever regime they stand in, in the order of the ids."""
    known = {requirement.id: requirement for name in regimes() for requirement in regime(name).requirements}
    return tuple(known[identifier] for identifier in sorted(set(ids)) if identifier in known)
