"""The forms that match in a stretch of text, and which of them are left in the end."""

from __future__ import annotations

from typing import Final, final

from kg.forms import Form, Strength
from kg.mention import Mention
from kg.tokens import Tokens

_SEPARATE: Final = frozenset({"cue", "topic"})
_WIDE: Final = 1 << 10
"""More than the tokens of most matches: ranks stay positive, and small, which compiled code multiplies sooner than others."""


@final
class End:
    """What a form says where it ends: a mention of its term, or that none of its `kind` is one here."""

    __slots__ = ("bars", "kind", "role", "term", "text", "weak")

    def __init__(self, form: Form) -> None:
        self.kind: Final = form.term if form.role in _SEPARATE else form.role
        self.term: Final = form.term
        self.role: Final = form.role
        self.weak: Final = form.strength is Strength.WEAK
        self.bars: Final = form.strength is Strength.NOT
        self.text: Final = form.text


@final
class Matches:
    """The forms that match in a stretch, in order of place, in columns: what they say, their first token and the one after their last."""

    __slots__ = ("ends", "firsts", "kinds", "lasts")

    def __init__(self) -> None:
        self.ends: Final[list[End]] = []
        self.firsts: Final[list[int]] = []
        self.lasts: Final[list[int]] = []
        self.kinds: Final[dict[str, list[int]]] = {}

    def add(self, end: End, first: int, last: int) -> None:
        """One more match; it gets the next row, which is noted under its kind."""
        rows = self.kinds.get(end.kind)
        if rows is None:
            self.kinds[end.kind] = [len(self.ends)]
        else:
            rows.append(len(self.ends))
        self.ends.append(end)
        self.firsts.append(first)
        self.lasts.append(last)

    def rule_out(self, bars: Matches) -> None:
        """Drop what lies in the span of a `notLabel` of its term, or in one of all terms, whose kind is ""."""
        for kind, barring in bars.kinds.items():
            for name in [kind] if kind else list(self.kinds):
                rows = self.kinds.get(name)
                if rows is None:
                    continue
                kept = [row for row in rows if not any(self._within(row, bars, bar, kind == "") for bar in barring)]
                if kept:
                    self.kinds[name] = kept
                else:
                    del self.kinds[name]

    def _within(self, row: int, bars: Matches, bar: int, every: bool) -> bool:
        inside = bars.firsts[bar] <= self.firsts[row] and self.lasts[row] <= bars.lasts[bar]
        return inside and (every or self.ends[row].term == bars.ends[bar].term)

    def of(self, rows: list[int], tokens: Tokens, start: int) -> list[Mention]:
        """The mentions that rows of one kind are in the end; the stretch starts at token `start`."""
        here: list[Mention] = []
        for row in rows if len(rows) == 1 else self._longest(rows):
            end, first, last = self.ends[row], start + self.firsts[row], start + self.lasts[row]
            here.append(Mention(end.term, end.role, tokens.starts[first], tokens.ends[last - 1], end.weak, end.text, first, last))
        return here

    def _rank(self, row: int, width: int) -> int:
        """The smaller, the better a match; of equal ones the first is better. All of them start before `width`."""
        first = self.firsts[row]
        return (2 * (_WIDE + first - self.lasts[row]) + self.ends[row].weak) * width + first

    def _longest(self, rows: list[int]) -> list[int]:
        """Of matches in order of place those that do not overlap with a longer one, or with a better one of the same length."""
        reached = 0
        apart = True
        for row in rows:
            if self.firsts[row] < reached:
                apart = False
                break
            reached = self.lasts[row]
        if apart:
            return rows
        kept: list[int] = []
        # The order is by length, strength, place and row, all in one number: tuples of them would take twice as long to sort.
        count, width = len(self.ends), self.firsts[rows[-1]] + 1
        for number in sorted([self._rank(row, width) * count + row for row in rows]):
            row = number % count
            first, last = self.firsts[row], self.lasts[row]
            if not any(self.firsts[other] < last and first < self.lasts[other] for other in kept):
                kept.append(row)
        kept.sort()
        return kept
