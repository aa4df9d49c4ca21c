"""The records of a validation, and their forms as JSON and as a SHACL report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from rdflib import Graph, Literal
from rdflib.namespace import RDF, SH
from rdflib.term import BNode, Node

from kg.model import Evidence
from kg.namespaces import PREFIXES


class Status(StrEnum):
    """What a policy says to a requirement."""

    STATED = "stated"
    PARTIAL = "partial"
    DENIED = "denied"
    ABSENT = "absent"
    DEFERRED = "deferred"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"

    @property
    def mark(self) -> str:
        """A sign that tells it from the others without colour."""
        return _MARKS[self]


_MARKS = dict(zip(Status, "✓~¬–→·?", strict=True))

SEVERITIES = ("Violation", "Warning", "Info")
"""The worst first, as SHACL names them."""

BY_DATE = "the law of its day"
"""What a text is judged by where no regime is asked for."""


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """A sentence in a language: what must be there, and what mends it."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Result:
    """One requirement of one version. `severity` is None where there is nothing to mend.

    `focus` are the nodes that the SHACL results are about. `regime` is the one that the requirement stands in, empty for the graph's
    structure; `day` the one that the text is of, if known. `anachronism` says that the law was not in force on that day.
    """

    version: str
    document: str
    title: str
    requirement: str
    names: Mapping[str, str]
    source: str
    status: Status
    severity: str | None
    messages: tuple[Message, ...]
    focus: tuple[str, ...]
    clauses: tuple[Evidence, ...]
    anachronism: bool = False
    regime: str = ""
    day: date | None = None

    def message(self, language: str = "en") -> str:
        """The messages in `language` (else in English), with the nodes they are about where those are not the version itself."""
        texts = [m.text for m in self.messages if m.language == language] or [m.text for m in self.messages if m.language in ("en", "")]
        about = [focus for focus in self.focus if focus != self.version]
        return " ".join(texts) + (f" [{', '.join(about)}]" if texts and about else "")

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """The result as a JSON object."""
        return {
            "document": self.document,
            "requirement": self.requirement,
            "status": str(self.status),
            "severity": self.severity,
            "message": self.message(language),
            "clauses": [asdict(clause) for clause in self.clauses],
            "name": self.names.get(language) or self.names.get("en", ""),
            "version": self.version,
            "title": self.title,
            "source": self.source,
            "anachronism": self.anachronism,
            "regime": self.regime,
            "date": self.day.isoformat() if self.day else None,
        }


@dataclass(frozen=True)
class Report:
    """All results, version by version, in the order of the requirements' ids.

    `by_date` says that each text was judged by the law of its own day.
    """

    regime: str
    results: tuple[Result, ...]
    reports: tuple[Graph, ...] = field(default=(), repr=False)
    by_date: bool = False

    @classmethod
    def of(cls, judged: Iterable[tuple[Sequence[Result], Graph]], regime: str | None) -> Report:
        """All that was said of versions one by one, which were judged by `regime` or by the law of their day."""
        results: list[Result] = []
        reports: list[Graph] = []
        for found, graph in judged:
            results.extend(found)
            reports.append(graph)
        return cls(regime or BY_DATE, tuple(results), tuple(reports), by_date=not regime)

    @property
    def conforms(self) -> bool:
        """Whether nothing is a violation. Warnings and notes do not count, unlike in ``sh:conforms`` of `turtle`."""
        return all(result.severity != "Violation" for result in self.results)

    def as_json(self, language: str = "en") -> list[dict[str, Any]]:
        """One object for each version and requirement."""
        return [result.as_json(language) for result in self.results]

    def graph(self) -> Graph:
        """One ``sh:ValidationReport`` with the SHACL results on all versions, as any SHACL engine would give them."""
        merged = Graph()
        for prefix, namespace in PREFIXES.items():
            merged.bind(prefix, namespace)
        node = BNode()
        results: set[Node] = set()
        for report in self.reports:
            results.update(report.objects(None, SH.result))
            heads = set(report.subjects(RDF.type, SH.ValidationReport))
            for triple in report:
                if triple[0] not in heads:
                    merged.add(triple)
        merged.add((node, RDF.type, SH.ValidationReport))
        merged.add((node, SH.conforms, Literal(not results)))
        for result in results:
            merged.add((node, SH.result, result))
        return merged

    def turtle(self) -> str:
        """`graph` as Turtle."""
        return self.graph().serialize(format="turtle")
