"""The fitted part: how likely a reader would agree with a candidate, from weights that `tools/fit_confidence.py` learns.

A logistic regression for each kind of assertion. Its properties are of two sorts: those of the clause, summed once, and those of the
candidate. Without weights for a language or kind the rules' own confidence stands.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, final

from kg.extract.frames import Frame
from kg.extract.reading import COLLECT, GENERIC, KEEP, MOVE, REMOVE, SHARE, USE, Candidate, Reading
from kg.extract.scene import Scene
from kg.model import Clause, Document, Value
from kg.resources import weights_file

KINDS: Final[dict[str, str]] = {
    "dpv:hasPersonalData": "data",
    "dpv:hasData": "data",
    "dpv:hasPurpose": "purpose",
    "dpv:hasRecipient": "recipient",
    "dpv:hasLegalBasis": "basis",
}
"""The predicates that the fitted part judges, and under which model."""

DOUBTED: Final = 0.15
"""The probability below which a candidate stays out of the graph where `silence_counts`."""

_ACTS: Final[dict[str, int]] = {"collect": COLLECT, "share": SHARE, "keep": KEEP, "remove": REMOVE, "move": MOVE, "use": USE}
_WINDOW: Final = 3
_RUNNING: Final = 1.1
_SURELY_NEARER: Final = 0.499
_MILLION: Final = 1_000_000
_ASIDES: Final = ["aside none", "aside False", "aside True"]
_SIZES: Final = [0, *(1 << power for power in range(30))]
_LARGEST: Final = 30
_PLACES: Final = [f"place {size}" for size in _SIZES]
_LEFTS: Final = [f"left {size}" for size in _SIZES]
_SPANS: Final = [f"span {size}" for size in _SIZES]


@final
class _Rows:
    """The weights of each property by the number of its kind, in millionths: whole numbers, so that the order of summing does not matter.

    Those of properties that name a word or a kind of mention stand apart, by that name alone: they are asked for most.
    """

    __slots__ = ("after", "before", "forms", "here", "lead", "lefts", "places", "previous", "rest", "spans", "words")

    def __init__(self, kinds: Mapping[str, Mapping[str, float]]) -> None:
        names = dict.fromkeys(name for weights in kinds.values() for name in weights)
        self.rest: Final[dict[str, tuple[int, ...]]] = {
            name: tuple(round(weights.get(name, 0.0) * _MILLION) for weights in kinds.values()) for name in names
        }
        self.words: Final = self._apart("word ")
        self.here: Final = self._apart("with ")
        self.lead: Final = self._apart("lead with ")
        self.previous: Final = self._apart("before with ")
        self.before: Final = self._apart("before it ")
        self.after: Final = self._apart("after it ")
        self.forms: Final = self._apart("form ")
        self.places: Final = [self.rest.get(name) for name in _PLACES]
        self.lefts: Final = [self.rest.get(name) for name in _LEFTS]
        self.spans: Final = [self.rest.get(name) for name in _SPANS]

    def _apart(self, head: str) -> dict[str, tuple[int, ...]]:
        return {name.removeprefix(head): row for name, row in self.rest.items() if name.startswith(head)}

    def of_clause(self, reading: Reading) -> list[tuple[int, ...]]:
        """The rows of a clause."""
        scene = reading.scene
        found: list[tuple[int, ...]] = []
        _gather(self.rest, _place(reading), found)
        _gather(self.here, scene.kinds, found)
        if reading.lead is not None:
            _gather(self.lead, reading.lead.scene.kinds, found)
        if reading.previous is not None:
            _gather(self.previous, reading.previous.scene.kinds, found)
        _gather(self.words, set(scene.tokens.norms[scene.first : scene.last]), found)
        return found

    def of_place(self, scene: Scene, first: int, last: int, form: str, kind: int) -> int:
        """The weight of a candidate's place and words."""
        norms = scene.tokens.norms
        score = _weight(self.forms.get(form), kind)
        score += _weight(self.places[_power(first - scene.first)], kind)
        score += _weight(self.lefts[_power(scene.last - last)], kind)
        score += _weight(self.spans[_power(last - first)], kind)
        begin = max(scene.first, first - _WINDOW)
        for number in range(begin, first):
            if norms[number] not in norms[begin:number]:
                score += _weight(self.before.get(norms[number]), kind)
        if last < scene.last:
            score += _weight(self.after.get(norms[last]), kind)
        return score

    def sum_of(self, names: Iterable[str], kind: int) -> int:
        """The weight of some properties together."""
        found: list[tuple[int, ...]] = []
        _gather(self.rest, names, found)
        return _sum(found, kind)


@final
class Weights:
    """What was learnt for one language and layout: the weight of each property by kind. A property's name says what it is.

    Where `listen` is given, nothing is judged: it is told what would be, with the kind, so that learning sees what judging will see.
    """

    def __init__(
        self,
        language: str,
        kinds: Mapping[str, Mapping[str, float]],
        listen: Callable[[str, Reading, Candidate], None] | None = None,
    ) -> None:
        self._listen: Final = listen
        self.language: Final = language
        self.kinds: Final = kinds
        self._numbers: Final = {kind: number for number, kind in enumerate(kinds)}
        self._rows: Final = _Rows(kinds)
        # Sums already made: what few properties decide comes again in every policy.
        self._by_rule: Final[dict[tuple[int, str, int, frozenset[str]], int]] = {}
        self._by_term: Final[dict[tuple[int, str, frozenset[str], int, bool, bool], int]] = {}
        self._by_frame: Final[dict[tuple[int, str, bool, bool, str, int], int]] = {}

    def judge(self, reading: Reading, candidate: Candidate) -> float | None:
        """The probability that a reader would agree, or None where nothing was learnt about such candidates."""
        kind = KINDS.get(candidate.predicate)
        if kind is not None and self._listen is not None:
            self._listen(kind, reading, candidate)
        number = None if kind is None else self._numbers.get(kind)
        if number is None or not self.language.startswith(reading.scene.clause.language):
            return None
        clause = reading.judged.get(number)
        if clause is None:
            if not reading.judged:
                reading.rows = self._rows.of_clause(reading)
            clause = reading.judged[number] = _sum(reading.rows, number)
        score = clause + self._of_candidate(reading, candidate, number)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score / _MILLION))))

    def _of_candidate(self, reading: Reading, candidate: Candidate, number: int) -> int:
        scene, frame, rows = reading.scene, candidate.frame, self._rows
        rule, _, form = candidate.rule.partition(": ")
        first, last = scene.token_at(candidate.start), scene.token_at(candidate.end)
        score = rows.of_place(scene, first, last, form, number)

        sure = int(candidate.confidence * 20)
        known = self._by_rule.get((number, rule, sure, scene.nearest))
        if known is None:
            known = self._by_rule[number, rule, sure, scene.nearest] = rows.sum_of(_of_rule(rule, sure, scene.nearest), number)
        score += known

        term = _term(candidate)
        above, acted, headed = reading.hierarchy.ancestors(term), reading.acted(frame), bool(scene.clause.headings)
        alone = not scene.topics
        known = self._by_term.get((number, term, above, acted, headed, alone))
        if known is None:
            known = rows.sum_of(of_term(term, above), number) + rows.sum_of(_of_said(term, acted, headed, alone), number)
            self._by_term[number, term, above, acted, headed, alone] = known
        score += known

        after, aside = _after(candidate), _aside(reading, candidate)
        known = self._by_frame.get((number, frame.actor, after, frame.denied, frame.modality, aside))
        if known is None:
            known = rows.sum_of(_of_frame(frame, after, aside), number)
            self._by_frame[number, frame.actor, after, frame.denied, frame.modality, aside] = known
        return score + known

    def reasons(self, reading: Reading, candidate: Candidate) -> list[tuple[str, float]]:
        """The properties that decided, the weightiest first."""
        weights = self.kinds.get(KINDS.get(candidate.predicate, ""), {})
        names = weights.keys() & set(properties(reading, candidate))
        return sorted(((name, weights[name]) for name in names), key=lambda row: (-abs(row[1]), row[0]))


def properties(reading: Reading, candidate: Candidate) -> Iterator[str]:
    """All that a verdict is made from."""
    yield from of_clause(reading)
    yield from of_term(_term(candidate), reading.hierarchy.ancestors(_term(candidate)))
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
    return "dpv:DataProcessor" not in reading.hierarchy.ancestors(_term(candidate))


def of_clause(reading: Reading) -> Iterator[str]:
    """The properties of a clause: its place in the layout, what is announced over it, which kinds of mention and which words it holds."""
    scene = reading.scene
    yield from _place(reading)
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


def _place(reading: Reading) -> list[str]:
    scene = reading.scene
    names = [
        "always",
        f"block {scene.kind}",
        f"length {_SIZES[_power(scene.last - scene.first)]}",
        f"depth {10 * scene.start // max(len(scene.text), 1)}",
    ]
    if not scene.topics:
        names.append("topic none")
    for topic in scene.topics:
        names.append("topic " + topic)
    for topic in scene.nearest:
        names.append("nearest " + topic)
    return names


def of_candidate(reading: Reading, candidate: Candidate) -> Iterator[str]:
    """The properties of a candidate: what found it, its action, its place in the clause."""
    scene = reading.scene
    rule, _, form = candidate.rule.partition(": ")
    first, last = scene.token_at(candidate.start), scene.token_at(candidate.end)
    yield from _of_rule(rule, int(candidate.confidence * 20), scene.nearest)
    yield from _of_frame(candidate.frame, _after(candidate), _aside(reading, candidate))
    yield from _of_said(_term(candidate), reading.acted(candidate.frame), bool(scene.clause.headings), not scene.topics)
    yield from _place_of(scene, first, last, form)
    for word in set(scene.tokens.norms[max(scene.first, first - _WINDOW) : first]):
        yield f"before it {word}"
    if last < scene.last:
        yield f"after it {scene.tokens.norms[last]}"


def _of_rule(rule: str, sure: int, nearest: frozenset[str]) -> list[str]:
    """What found a candidate and how sure it was, in twentieths, and under which topics."""
    return [f"rule {rule} {sure}", *(f"{rule} under {topic}" for topic in nearest)]


def _of_frame(frame: Frame, after: bool, aside: int) -> list[str]:
    """Who acts, whether it is denied, and whether it stands in an aside."""
    return [f"actor {frame.actor} {'after' if after else 'before'}", f"polarity {frame.denied} {frame.modality}", _ASIDES[aside]]


def _of_said(term: str, acted: int, headed: bool, alone: bool) -> list[str]:
    """What is said, with what is done there, and whether headings or topics stand over it."""
    names = [f"{term} headed {headed}"]
    for act, family in _ACTS.items():
        if acted & family != 0:
            names.append("acts " + act)
            names.append(f"acts {act} on {term}")
    if alone:
        names.append(term + " without a topic")
    return names


def _place_of(scene: Scene, first: int, last: int, form: str) -> list[str]:
    """The place in the clause of what stands from token `first` to `last`, and the form that says it."""
    return ["form " + form, _PLACES[_power(first - scene.first)], _LEFTS[_power(scene.last - last)], _SPANS[_power(last - first)]]


def _after(candidate: Candidate) -> bool:
    return any(verb.end <= candidate.start for verb in candidate.frame.verbs)


def _aside(reading: Reading, candidate: Candidate) -> int:
    """The place in `_ASIDES`."""
    aside = reading.aside_at(candidate.start)
    if aside is None:
        return 0
    return 2 if aside.exception else 1


def of_term(term: str, above: Iterable[str]) -> list[str]:
    """The properties of what a candidate says: its term and the terms above."""
    return ["term " + term, *("under " + each for each in above)]


def _term(candidate: Candidate) -> str:
    target = candidate.object
    return target if isinstance(target, str) else "literal" if isinstance(target, Value) else target.kind


def _gather(table: dict[str, tuple[int, ...]], names: Iterable[str], found: list[tuple[int, ...]]) -> None:
    for name in names:
        row = table.get(name)
        if row is not None:
            found.append(row)


def _sum(rows: list[tuple[int, ...]], kind: int) -> int:
    score = 0
    for row in rows:
        score += row[kind]
    return score


def _weight(row: tuple[int, ...] | None, kind: int) -> int:
    return 0 if row is None else row[kind]


def _power(count: int) -> int:
    """The place in `_SIZES` of the power of two that is at most as large as a number."""
    power = 0
    while count > 0 and power < _LARGEST:
        count >>= 1
        power += 1
    return power


def hundredths(probability: float) -> float:
    """What `round` makes of it to two digits, which writes it out and reads it again."""
    number = int(probability * 100 + 0.5)
    # Halfway between two it takes the digits to say which is nearer.
    return number / 100 if abs(probability * 100 - number) < _SURELY_NEARER else round(probability, 2)


@cache
def learnt(path: Path | None = None) -> Mapping[str, Weights]:
    """The weights that the package carries, by language; none where it carries none."""
    source = path or weights_file()
    if not source.exists():
        return {}
    return read_weights(json.loads(source.read_text(encoding="utf-8")))


def read_weights(table: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Mapping[str, Weights]:
    """Weights by language from their JSON form."""
    return {language: Weights(language, kinds) for language, kinds in table.items()}
