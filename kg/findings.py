"""The assertions of an extraction as findings, one line each: the contract of `kg annotate`."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from kg import iris
from kg.extract.judgement import KINDS
from kg.model import Assertion, Extraction, StatementKind, StorageDuration, Value
from kg.vocabulary import Vocabulary

ANSWERS = 0.4
"""The confidence from which an assertion counts as an answer to a requirement."""

LIKELY = 0.26
"""The same where the fitted part judged: a probability, at which precision and recall of unseen policies balance."""


class Finding(NamedTuple):
    """One assertion with its span. `requirement` is a key of the vocabulary's requirements, or None where none asks for it."""

    document: str
    start: int
    end: int
    quote: str
    requirement: str | None
    concepts: tuple[str, ...]
    role: str
    polarity: str
    modality: str | None
    clause: str
    confidence: float
    rule: str

    def as_json(self) -> str:
        """The finding as one line of JSON, its keys in the order of the fields."""
        return json.dumps(self._asdict(), ensure_ascii=False)


def findings(extraction: Extraction, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Every assertion of the extraction in order of place; one that answers several requirements comes once for each."""
    version = iris.version_of(extraction.document, extraction.controller)
    rows: list[Finding] = []
    for statement in extraction.statements:
        beside = {assertion.predicate for assertion in statement.assertions}
        polarity = "denied" if statement.kind is StatementKind.DENIAL else "affirmed"
        clause = extraction.clauses[statement.clauses[-1]]
        where = iris.clause(version, clause.start, clause.end)
        modality = statement.modality.removeprefix("pk:").lower()
        for assertion in statement.assertions:
            rows.extend(_rows(extraction, assertion, beside, polarity, modality, where, vocabulary))
    for fact in extraction.facts:
        clause = extraction.clauses[fact.clause]
        where = iris.clause(version, clause.start, clause.end)
        rows.extend(_rows(extraction, fact.assertion, set(), "affirmed", None, where, vocabulary))
    rows.sort(key=lambda row: (row.start, row.end, row.requirement or "", row.role, row.concepts))
    yield from _once(extraction, rows)


def _once(extraction: Extraction, rows: list[Finding]) -> Iterator[Finding]:
    """What one paragraph says several times in the same words comes once, where it says it first."""
    starts = [block.start for block in extraction.document.blocks]
    told: dict[tuple[object, ...], list[str]] = {}
    for row in rows:
        if row.requirement is not None:
            quotes = told.setdefault((bisect_right(starts, row.start), row.requirement, row.concepts, row.polarity), [])
            if quotes and _words(row.quote) in map(_words, quotes):
                continue
            quotes.append(row.quote)
        yield row


@lru_cache(maxsize=10_000)
def _words(quote: str) -> str:
    """What a quote says, but for capitals and the ending of a plural or genitive."""
    return " ".join(quote.casefold().split()).rstrip("s’'")


def _rows(
    extraction: Extraction, assertion: Assertion, beside: set[str], polarity: str, modality: str | None, clause: str, vocabulary: Vocabulary
) -> list[Finding]:
    target = assertion.object
    concept = target.kind if isinstance(target, StorageDuration) else target if isinstance(target, str) else None
    enough = LIKELY if extraction.judged and assertion.predicate in KINDS else ANSWERS
    keys = _requirements(assertion.predicate, concept, beside, vocabulary) if assertion.confidence >= enough else []
    document, start, end = extraction.document, assertion.start, assertion.end
    quote, concepts = document.text[start:end], (concept,) if concept else ()
    role = "value" if isinstance(target, Value) else _role(assertion.predicate)
    return [
        Finding(document.path, start, end, quote, key, concepts, role, polarity, modality, clause, assertion.confidence, assertion.rule)
        for key in keys or [None]
    ]


@cache
def _role(predicate: str) -> str:
    return predicate.partition(":")[2].removeprefix("has").lower()


def _requirements(predicate: str, concept: str | None, beside: set[str], vocabulary: Vocabulary) -> list[str | None]:
    return [requirement.key for requirement in vocabulary.asked(predicate, concept) if requirement.not_beside.isdisjoint(beside)]
