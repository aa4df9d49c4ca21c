"""Candidates for a person to review: the rows of those questions whose header says so. No question is known here by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pyoxigraph as ox

from kg.errors import ConfigurationError
from kg.model import Evidence
from kg.namespaces import expand
from kg.query.catalogue import Question, catalogue
from kg.query.rows import Rows
from kg.query.run import run

_COLUMNS = ("policy", "deniedClause", "clause")
_DOCUMENT = ox.NamedNode(expand("dct:identifier"))
_START, _END, _QUOTE = (ox.NamedNode(expand(name)) for name in ("pk:startOffset", "pk:endOffset", "pk:quote"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one version denies in one place and affirms in others. `messages` are by language."""

    question: str
    version: str
    document: str
    messages: Mapping[str, str]
    denied: Evidence
    affirmed: tuple[Evidence, ...]

    def message(self, language: str = "en") -> str:
        """What a reviewer is told, in `language`, else in English."""
        return self.messages.get(language) or self.messages["en"]

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """The candidate as a JSON object of the same form as a result of `kg validate`; the denial is the first of its clauses."""
        return {
            "document": self.document,
            "requirement": self.question,
            "status": "candidate",
            "severity": "Info",
            "message": self.message(language),
            "clauses": [asdict(clause) for clause in (self.denied, *self.affirmed)],
            "version": self.version,
        }


def candidates(source: ox.Store) -> Iterator[Candidate]:
    """All candidates in `source`, question by question, each denial once. A sentence that a text repeats is shown where it stands first.

    Raises:
        ConfigurationError: a question with a line for reviewers lacks a column that a candidate needs, or says nothing in English.
    """
    for asked in catalogue():
        if asked.review:
            yield from _candidates(source, asked)


def _candidates(source: ox.Store, asked: Question) -> Iterator[Candidate]:
    rows = run(source, asked.name)
    _check(asked, rows)
    policy, denied, affirmed = (rows.columns.index(column) for column in _COLUMNS)
    pairs: dict[tuple[str, str], dict[str, Evidence]] = {}
    first: dict[tuple[str, str], Evidence] = {}
    for row in sorted(rows.rows, key=str):
        version, denial, flow = str(row[policy].value), _cited(source, row[denied]), _cited(source, row[affirmed])  # type: ignore[union-attr]
        key = version, denial.quote
        first[key] = min(first.get(key, denial), denial, key=lambda cited: cited.start)
        known = pairs.setdefault(key, {})
        known[flow.quote] = min(known.get(flow.quote, flow), flow, key=lambda cited: cited.start)
    for (version, quote), flows in sorted(pairs.items(), key=lambda item: (item[0][0], first[item[0]].start)):
        ordered = tuple(sorted(flows.values(), key=lambda cited: (cited.start, cited.end)))
        yield Candidate(asked.name, version, _document(source, version), asked.review, first[version, quote], ordered)


def _check(asked: Question, rows: Rows) -> None:
    missing = [column for column in _COLUMNS if column not in rows.columns]
    if missing:
        raise ConfigurationError(asked.name, "the columns", f"a question for reviewers must have ?{', ?'.join(missing)}")
    if "en" not in asked.review:
        raise ConfigurationError(asked.name, "the header", "must have a line '# review (en): …'")


def _cited(source: ox.Store, clause: Any) -> Evidence:
    start, end = (int(_value(source, clause, predicate) or 0) for predicate in (_START, _END))
    return Evidence(clause.value, _value(source, clause, _QUOTE), start, end)


def _document(source: ox.Store, version: str) -> str:
    return _value(source, ox.NamedNode(version), _DOCUMENT) or version


def _value(source: ox.Store, subject: ox.NamedNode, predicate: ox.NamedNode) -> str:
    return min((quad.object.value for quad in source.quads_for_pattern(subject, predicate, None, None)), default="")  # type: ignore[union-attr]
