"""Joins a report with a policy's text: which requirement each piece of the text answers, and where each requirement is answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.validate.passages import Passage
from kg.validate.report import SEVERITIES, Evidence, Result, Status
from kg.validate.requirements import Requirement

# Of several statuses of one piece of text, the first of these is shown. What is absent is not said there, only asked for because of it.
_PRECEDENCE = (Status.PARTIAL, Status.DENIED, Status.STATED, Status.DEFERRED, Status.ABSENT, Status.NOT_APPLICABLE, Status.UNKNOWN)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A requirement as a reader sees it. `places` are the clauses that it rests on, by the names of their anchors."""

    anchor: str
    requirement: str
    name: str
    citation: str
    source: str
    status: Status
    severity: str | None
    remedy: str
    anachronism: bool
    places: tuple[tuple[str, Evidence], ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text that the same rows rest on.

    `opens` names the places that begin with it, `places` are all that it
    lies in, `closes` are the rows to be named after it.
    """

    text: str
    rows: tuple[Row, ...]
    places: tuple[str, ...]
    opens: tuple[str, ...]
    closes: tuple[Row, ...]

    @property
    def status(self) -> Status:
        """What the piece counts as: the weakest of what its rows say."""
        return min((row.status for row in self.rows), key=_PRECEDENCE.index)


def rows(results: Iterable[Result], requirements: Mapping[str, Requirement], language: str) -> tuple[Row, ...]:
    """The results of one version in `language`, in their order."""
    return tuple(_row(result, requirements.get(result.requirement), language) for result in results)


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
        places=tuple((_name(clause.start, clause.end), clause) for clause in result.clauses),
    )


def highlight(passages: Iterable[Passage], listed: Sequence[Row]) -> list[tuple[Segment, ...]]:
    """The segments of each passage, whose texts together are the passage's."""
    cited: dict[tuple[int, int], list[Row]] = {}
    for row in listed:
        for _, clause in row.places:
            if clause.start < clause.end:
                cited.setdefault((clause.start, clause.end), []).append(row)
    opened: set[str] = set()
    return [tuple(_segments(passage, cited, opened)) for passage in passages]


def _segments(passage: Passage, cited: Mapping[tuple[int, int], list[Row]], opened: set[str]) -> Iterator[Segment]:
    if passage.start is None:
        yield Segment(passage.text, (), (), (), ())
        return
    first, last = passage.start, passage.start + len(passage.text)
    here = {span: found for span, found in cited.items() if span[0] < last and first < span[1]}
    cuts = sorted({first, last, *(max(first, start) for start, _ in here), *(min(last, end) for _, end in here)})
    for start, end in pairwise(cuts):
        over = {span: found for span, found in here.items() if span[0] <= start and end <= span[1]}
        opens = tuple(name for span in sorted(over) if (name := _name(*span)) not in opened)
        opened.update(opens)
        closes = dict.fromkeys(
            row for span, found in over.items() if min(span[1], last) == end for row in found if _says(row, _name(*span))
        )
        within = dict.fromkeys(row for found in over.values() for row in found)
        yield Segment(
            passage.text[start - first : end - first], tuple(within), tuple(_name(*span) for span in sorted(over)), opens, tuple(closes)
        )


def _says(row: Row, place: str) -> bool:
    """Whether the row is named at the place. What is absent may be asked for because of many clauses, and is named at the first of them."""
    return row.status is not Status.ABSENT or row.places[0][0] == place


def _name(start: int, end: int) -> str:
    return f"c-{start}-{end}"
