"""Joins a report with a policy's text: which requirement each piece of the text answers, and where each requirement is answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TypeAlias

from kg.model import Evidence
from kg.query import Candidate
from kg.validate.passages import Passage
from kg.validate.report import SEVERITIES, Result, Status
from kg.validate.requirements import Requirement

# Of several statuses of one piece of text, the first of these is shown. What is absent is not said there, only asked for because of it.
_PRECEDENCE = (Status.PARTIAL, Status.DENIED, Status.STATED, Status.DEFERRED, Status.ABSENT, Status.NOT_APPLICABLE, Status.UNKNOWN)


class Side(StrEnum):
    """What a clause is in a contradiction: the one that says something, or one that speaks against it."""

    SAYS = "says"
    AGAINST = "against"

    @property
    def mark(self) -> str:
        """A sign that tells it from the other, and from each status, without colour."""
        return "=" if self is Side.SAYS else "≠"


Sign: TypeAlias = Status | Side


@dataclass(frozen=True, slots=True)
class Place:
    """A clause that a row rests on, by the name of its anchor, and what it is there."""

    name: str
    clause: Evidence
    sign: Sign


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A requirement as a reader sees it, or without a status, a candidate for review. `places` are the clauses that it rests on."""

    anchor: str
    requirement: str
    name: str
    citation: str
    source: str
    status: Status | None
    severity: str | None
    remedy: str
    anachronism: bool
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text that the same rows rest on, each with what the piece is to it.

    `opens` names the places that begin with it, `places` are all that it lies in, `closes` are the rows to be named after it.
    """

    text: str
    rows: tuple[tuple[Row, Sign], ...] = ()
    places: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    closes: tuple[tuple[Row, Sign], ...] = ()

    @property
    def signs(self) -> list[Sign]:
        """What the piece counts as: the weakest of what requirements make of it, and the sides that it takes in contradictions."""
        found = {sign for _, sign in self.rows}
        return [*[status for status in _PRECEDENCE if status in found][:1], *[side for side in Side if side in found]]

    @property
    def against(self) -> list[str]:
        """The anchors of the candidates in which it is the clause that speaks against another."""
        return [row.anchor for row, sign in self.rows if sign is Side.AGAINST]


def rows(results: Iterable[Result], requirements: Mapping[str, Requirement], language: str) -> tuple[Row, ...]:
    """The results of one version in `language`, in their order."""
    return tuple(_row(result, requirements.get(result.requirement), language) for result in results)


def candidate_rows(candidates: Iterable[Candidate], name: str, language: str) -> tuple[Row, ...]:
    """The candidates of one version in `language`, in their order, each with `name` and its number."""
    return tuple(_candidate(candidate, f"{name} {number}", language) for number, candidate in enumerate(candidates, 1))


def _candidate(candidate: Candidate, name: str, language: str) -> Row:
    against = (_place(clause, Side.AGAINST) for clause in candidate.affirmed)
    return Row(
        anchor=f"r-{candidate.question}-{candidate.denied.start}-{candidate.denied.end}",
        requirement=candidate.question,
        name=name,
        citation="",
        source="",
        status=None,
        severity="Info",
        remedy=candidate.message(language),
        anachronism=False,
        places=(_place(candidate.denied, Side.SAYS), *against),
    )


def _row(result: Result, requirement: Requirement | None, language: str) -> Row:
    return Row(
        anchor=f"r-{result.requirement}",
        requirement=result.requirement,
        name=result.names.get(language) or result.names.get("en", result.requirement),
        citation=requirement.citation if requirement else "",
        source=result.source if result.source.startswith(("https://", "http://")) else "",
        status=result.status,
        severity=result.severity if result.severity in SEVERITIES else None,
        remedy=result.message(language),
        anachronism=result.anachronism,
        places=tuple(_place(clause, result.status) for clause in result.clauses),
    )


def _place(clause: Evidence, sign: Sign) -> Place:
    return Place(_name(clause.start, clause.end), clause, sign)


def highlight(passages: Iterable[Passage], listed: Sequence[Row]) -> list[tuple[Segment, ...]]:
    """The segments of each passage, whose texts together are the passage's."""
    cited: dict[tuple[int, int], list[tuple[Row, Sign]]] = {}
    for row in listed:
        for place in row.places:
            if place.clause.start < place.clause.end:
                cited.setdefault((place.clause.start, place.clause.end), []).append((row, place.sign))
    opened: set[str] = set()
    return [tuple(_segments(passage, cited, opened)) for passage in passages]


def _segments(passage: Passage, cited: Mapping[tuple[int, int], list[tuple[Row, Sign]]], opened: set[str]) -> Iterator[Segment]:
    if passage.start is None:
        yield Segment(passage.text)
        return
    first, last = passage.start, passage.start + len(passage.text)
    here = {span: found for span, found in cited.items() if span[0] < last and first < span[1]}
    cuts = sorted({first, last, *(max(first, start) for start, _ in here), *(min(last, end) for _, end in here)})
    for start, end in pairwise(cuts):
        over = {span: found for span, found in here.items() if span[0] <= start and end <= span[1]}
        opens = tuple(name for span in sorted(over) if (name := _name(*span)) not in opened)
        opened.update(opens)
        closes = dict.fromkeys(
            said for span, found in over.items() if min(span[1], last) == end for said in found if _says(said[0], _name(*span))
        )
        within = dict.fromkeys(said for found in over.values() for said in found)
        yield Segment(
            passage.text[start - first : end - first], tuple(within), tuple(_name(*span) for span in sorted(over)), opens, tuple(closes)
        )


def _says(row: Row, place: str) -> bool:
    """Whether the row is named at the place. What is absent may be asked for because of many clauses, and is named at the first of them."""
    return row.status is not Status.ABSENT or row.places[0].name == place


def _name(start: int, end: int) -> str:
    return f"c-{start}-{end}"
