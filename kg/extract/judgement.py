"""The fitted part: how likely a reader would agree with a candidate, from weights that `tools/fit_confidence.py` learns.

A logistic regression for each kind of assertion. Its properties are of two sorts: those of the clause, summed once, and those of the
candidate. Without weights for a language or kind the rules' own confidence stands.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kg.extract.reading import COLLECT, GENERIC, KEEP, MOVE, REMOVE, SHARE, Candidate, Reading
from kg.model import Clause, Document, StorageDuration, Value

KINDS: Mapping[str, str] = {
    "dpv:hasPersonalData": "data",
    "dpv:hasData": "data",
    "dpv:hasPurpose": "purpose",
    "dpv:hasRecipient": "recipient",
    "dpv:hasLegalBasis": "basis",
}
"""The predicates that the fitted part judges, and under which model."""

DOUBTED = 0.15
"""The probability below which a candidate stays out of the graph where `silence_counts`."""

_ACTS = {"collect": COLLECT, "share": SHARE, "keep": KEEP, "remove": REMOVE, "move": MOVE, "use": ("dpv:Use",)}
_WINDOW = 3
_RUNNING = 1.1


@dataclass(frozen=True)
class Weights:
    """What was learnt for one language and layout: the weight of each property by kind. A property's name says what it is."""

    language: str
    kinds: Mapping[str, Mapping[str, float]]
    by_term: dict[tuple[str, str, Set[str]], float] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Sums already made: a term and the terms above it weigh the same in every policy."""

    def judge(self, reading: Reading, candidate: Candidate) -> float | None:
        """The probability that a reader would agree, or None where nothing was learnt about such candidates."""
        kind = KINDS.get(candidate.predicate, "")
        weights = self.kinds.get(kind) if self.language.startswith(reading.scene.clause.language) else None
        if weights is None:
            return None
        if not reading.judged:
            names = set(of_clause(reading))
            reading.judged.update({each: _sum(table, names) for each, table in self.kinds.items()})
        term = _term(candidate)
        above = reading.vocabulary.ancestors(term)
        by_term = self.by_term.get((kind, term, above))
        if by_term is None:
            by_term = self.by_term[kind, term, above] = _sum(weights, set(of_term(term, above)))
        score = reading.judged[kind] + by_term + _sum(weights, set(of_candidate(reading, candidate)))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))

    def reasons(self, reading: Reading, candidate: Candidate) -> list[tuple[str, float]]:
        """The properties that decided, the weightiest first."""
        weights = self.kinds.get(KINDS.get(candidate.predicate, ""), {})
        names = weights.keys() & set(properties(reading, candidate))
        return sorted(((name, weights[name]) for name in names), key=lambda row: (-abs(row[1]), row[0]))


def properties(reading: Reading, candidate: Candidate) -> Iterator[str]:
    """All that a verdict is made from."""
    yield from of_clause(reading)
    yield from of_term(_term(candidate), reading.vocabulary.ancestors(_term(candidate)))
    yield from of_candidate(reading, candidate)


def layout(document: Document, clauses: Sequence[Clause]) -> str:
    """Which weights fit a document: those of its language, for running text or for sentences that each stand alone.

    Where every sentence is a paragraph of its own, headings and neighbours say little, and readers mark general words too.
    """
    alone = len(clauses) < _RUNNING * len({clause.block for clause in clauses})
    return f"{document.language} sentences" if alone else document.language


def silence_counts(reading: Reading, candidate: Candidate) -> bool:
    """Whether it speaks against a candidate that annotators do not mark its like.

    Not against data in general ("personal data"), which they rarely mark although it is rarely false; nor against processors, which they
    seldom take for recipients although GDPR Art. 4(9) does; nor against a company of the group by which data are processed; nor against a
    legal basis, which is named or is not.
    """
    if KINDS.get(candidate.predicate, "basis") == "basis" or candidate.object in GENERIC:
        return False
    if candidate.object == candidate.frame.agent == "pk:GroupCompany":
        return False
    return "dpv:DataProcessor" not in reading.vocabulary.ancestors(_term(candidate))


def of_clause(reading: Reading) -> Iterator[str]:
    """The properties of a clause: its place in the layout, what is announced over it, which kinds of mention and which words it holds."""
    scene = reading.scene
    yield "always"
    yield f"block {scene.block.kind.value}"
    yield f"length {_size(scene.last - scene.first)}"
    yield f"depth {10 * scene.start // max(len(scene.text), 1)}"
    if not scene.topics:
        yield "topic none"
    for topic in scene.topics:
        yield f"topic {topic}"
    for topic in scene.nearest:
        yield f"nearest {topic}"
    for kind in scene.kinds:
        yield f"with {kind}"
    if reading.lead is not None:
        for kind in reading.lead.scene.kinds:
            yield f"lead with {kind}"
    if reading.previous is not None:
        for kind in reading.previous.scene.kinds:
            yield f"before with {kind}"
    for word in set(scene.tokens.norms[scene.first : scene.last]):
        yield f"word {word}"


def of_candidate(reading: Reading, candidate: Candidate) -> Iterator[str]:
    """The properties of a candidate: what found it, its action, its place in the clause."""
    scene, frame = reading.scene, candidate.frame
    rule, _, form = candidate.rule.partition(": ")
    yield f"rule {rule} {int(candidate.confidence * 20)}"
    yield f"form {form}"
    term = _term(candidate)
    for name, terms in _ACTS.items():
        if reading.acts(frame, *terms):
            yield f"acts {name}"
            yield f"acts {name} on {term}"
    after = any(verb.end <= candidate.start for verb in frame.verbs)
    yield f"actor {frame.actor} {'after' if after else 'before'}"
    yield f"polarity {frame.denied} {frame.modality}"
    aside = reading.aside_at(candidate.start)
    yield "aside none" if aside is None else f"aside {aside.exception}"
    first, last = scene.token_at(candidate.start), scene.token_at(candidate.end)
    yield f"place {_size(first - scene.first)}"
    yield f"left {_size(scene.last - last)}"
    yield f"span {_size(last - first)}"
    for topic in scene.nearest:
        yield f"{rule} under {topic}"
    if not scene.topics:
        yield f"{term} without a topic"
    yield f"{term} headed {bool(scene.clause.headings)}"
    for number in range(max(scene.first, first - _WINDOW), first):
        yield f"before it {scene.tokens.norms[number]}"
    if last < scene.last:
        yield f"after it {scene.tokens.norms[last]}"


def of_term(term: str, above: Iterable[str]) -> Iterator[str]:
    """The properties of what a candidate says: its term and the terms above."""
    yield f"term {term}"
    for each in above:
        yield f"under {each}"


def _term(candidate: Candidate) -> str:
    target = candidate.object.kind if isinstance(candidate.object, StorageDuration) else candidate.object
    return "literal" if isinstance(target, Value) else target


def _sum(weights: Mapping[str, float], names: Set[str]) -> float:
    return math.fsum(map(weights.__getitem__, weights.keys() & names))


def _size(count: int) -> int:
    """A number as a power of two at most as large: 0, 1, 2, 4, 8, …"""
    return 1 << (count.bit_length() - 1) if count > 0 else 0


@cache
def learnt(path: Path | None = None) -> Mapping[str, Weights]:
    """The weights that the package carries, by language; none where it carries none."""
    source = path or Path(__file__).with_name("weights.json")
    if not source.exists():
        return {}
    return read_weights(json.loads(source.read_text(encoding="utf-8")))


def read_weights(table: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Mapping[str, Weights]:
    """Weights by language from their JSON form."""
    return {language: Weights(language, kinds) for language, kinds in table.items()}
