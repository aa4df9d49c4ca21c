"""The assertions of an extraction as findings, one line each: the contract of `kg annotate`."""

from __future__ import annotations

import gc
import json
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from kg import iris
from kg.extract.judgement import KINDS
from kg.model import Assertion, Extraction, StatementKind, StorageDuration, record
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
    # As in `kg.extract.extract`: the garbage collector would go through all that was extracted, and find nothing.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return iter(_findings(extraction, vocabulary))
    finally:
        if collecting:
            gc.enable()


def _findings(extraction: Extraction, vocabulary: Vocabulary) -> list[Finding]:
    version = iris.version_of(extraction.document, extraction.controller)
    rows: list[Finding] = []
    for statement in extraction.statements:
        beside = {assertion.predicate for assertion in statement.assertions}
        polarity = "denied" if statement.kind is StatementKind.DENIAL else "affirmed"
        clause = extraction.clauses[statement.clauses[-1]]
        where = iris.clause(version, clause.start, clause.end)
        modality = statement.modality.removeprefix("pk:").lower()
        for assertion in statement.assertions:
            _tell(rows, extraction, assertion, beside, vocabulary, polarity, modality, where)
    for fact in extraction.facts:
        clause = extraction.clauses[fact.clause]
        where = iris.clause(version, clause.start, clause.end)
        _tell(rows, extraction, fact.assertion, set(), vocabulary, "affirmed", None, where)
    rows.sort(key=lambda row: (row.start, row.end, row.requirement or "", row.role, row.concepts))
    return _once(extraction, rows)


def _once(extraction: Extraction, rows: list[Finding]) -> list[Finding]:
    """What one paragraph says several times in the same words comes once, where it says it first."""
    starts = [block.start for block in extraction.document.blocks]
    kept: list[Finding] = []
    told: set[tuple[int, str, tuple[str, ...], str, str]] = set()
    for row in rows:
        if row.requirement is not None:
            key = (bisect_right(starts, row.start), row.requirement, row.concepts, row.polarity, _words(row.quote))
            if key in told:
                continue
            told.add(key)
        kept.append(row)
    return kept


@lru_cache(maxsize=10_000)
def _words(quote: str) -> str:
    """What a quote says, but for capitals and the ending of a plural or genitive."""
    return " ".join(quote.casefold().split()).rstrip("s’'")


def _tell(
    rows: list[Finding],
    extraction: Extraction,
    assertion: Assertion,
    beside: set[str],
    vocabulary: Vocabulary,
    polarity: str,
    modality: str | None,
    clause: str,
) -> None:
    """One row for each requirement that an assertion answers, if it is sure enough to, or one without."""
    predicate, target, start, end, confidence, rule = assertion
    concept = target if isinstance(target, str) else target.kind if isinstance(target, StorageDuration) else None
    known = vocabulary.answers
    told = known.get((predicate, concept))
    if told is None:  # a literal is no concept
        role = "value" if concept is None else predicate.partition(":")[2].removeprefix("has").lower()
        told = known[predicate, concept] = role, () if concept is None else (concept,), vocabulary.asked(predicate, concept)
    role, concepts, requirements = told
    document = extraction.document
    path, quote = document.path, document.text[start:end]
    answers = False
    if confidence >= (LIKELY if extraction.judged and predicate in KINDS else ANSWERS):
        for requirement in requirements:
            if not requirement.not_beside or requirement.not_beside.isdisjoint(beside):
                answers = True
                key = requirement.key
                rows.append(record(Finding, (path, start, end, quote, key, concepts, role, polarity, modality, clause, confidence, rule)))
    if not answers:
        rows.append(record(Finding, (path, start, end, quote, None, concepts, role, polarity, modality, clause, confidence, rule)))
