"""What the results of many policies come to, counted as they come: numbers stay, and of the policies themselves the first few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from kg.validate.report import BY_DATE, SEVERITIES, Report, Result

SHOWN = 9
"""How many policies are shown one by one, and named where they have something in common."""


@dataclass(slots=True)
class Documents:
    """Documents with something in common: how many there are, and the names of the first."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(name)

    def __str__(self) -> str:
        more = self.count - len(self.first)
        return ", ".join(self.first) + (f" and {more:,} more" if more else "")


@dataclass
class Tally:
    """The results by requirement, of policies that were judged by the regime `name`, or without one by the law of each text's day.

    `names` are the requirements in `language`, `counts` how often each status and severity stands, `first` the results of the first
    policies, and `remedies` what violations ask for, with the documents.
    """

    name: str | None = None
    language: str = "en"
    policies: int = 0
    names: dict[str, str] = field(default_factory=dict)
    counts: dict[str, Counter[str | None]] = field(default_factory=dict)
    first: list[Sequence[Result]] = field(default_factory=list)
    remedies: dict[tuple[str, str], Documents] = field(default_factory=dict)
    _laws: dict[tuple[str, str], Documents] = field(default_factory=dict)

    @classmethod
    def of(cls, report: Report, language: str = "en") -> Tally:
        """That of a whole report."""
        tally = cls(None if report.by_date else report.regime, language)
        for _, results in groupby(report.results, key=lambda result: result.version):
            tally.add(tuple(results))
        return tally

    @property
    def regime(self) -> str:
        """What was judged by."""
        return self.name or BY_DATE

    @property
    def severities(self) -> dict[str, int]:
        """How often each severity stands, the worst first."""
        return {key: number for key in SEVERITIES if (number := sum(counts[key] for counts in self.counts.values()))}

    @property
    def conforms(self) -> bool:
        """Whether nothing is a violation."""
        return "Violation" not in self.severities

    def add(self, results: Sequence[Result]) -> None:
        """Counts the results of one more policy."""
        self.policies += 1
        if self.policies <= SHOWN:
            self.first.append(results)
        for result in results:
            self.names.setdefault(result.requirement, result.names.get(self.language) or result.names.get("en", ""))
            counts = self.counts.setdefault(result.requirement, Counter())
            counts[result.status] += 1
            counts[result.severity] += 1
            if result.severity == "Violation":
                self.remedies.setdefault((result.requirement, _remedy(result, self.language)), Documents()).add(short_name(result))
        self._add_law([result for result in results if result.regime])

    def notes(self) -> Iterator[str]:
        """By which law texts were judged, where that is not plain: the law of a text's day, texts without a date, anachronisms."""
        for (regimes, why), documents in self._laws.items():
            yield f"judged by {regimes}, {why}: {documents}"

    def _add_law(self, results: Sequence[Result]) -> None:
        if not results:
            return
        document, day = results[0].document, results[0].day
        if early := [result for result in results if result.anachronism]:
            key, text = (_regimes(early), "an anachronism, as it was not the law then"), f"{document} ({day or 'no date'})"
        elif day is None:
            key, text = (_regimes(results), "the law of today, as no date is known"), document
        elif self.name is None:
            key, text = (_regimes(results), "the law of that day"), f"{document} ({day})"
        else:
            return
        self._laws.setdefault(key, Documents()).add(text)


def short_name(result: Result) -> str:
    """The name of the result's file, or where the graph does not hold it, the title."""
    return result.title or result.version if result.document == result.version else Path(result.document).stem


def _regimes(results: Iterable[Result]) -> str:
    return ", ".join(sorted({result.regime for result in results}))


def _remedy(result: Result, language: str) -> str:
    """The messages in the language, else in English: without the nodes they are about, so that policies share them."""
    texts = [message.text for message in result.messages if message.language == language]
    return " ".join(texts or [message.text for message in result.messages if message.language in ("en", "")])
