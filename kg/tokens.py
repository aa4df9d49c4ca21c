"""Cuts text into tokens: the units that lexical forms match."""

from __future__ import annotations

import re
from typing import Final, final

# The lengths are those that mail allows. Without them, "1.1.1.…" would be tried to its end from every digit. Most pieces are a word with no
# "@" in reach, so these come early; the words of an address, and what only looks like one, are left to the rest.
_PIECE: Final = re.compile(
    r"(?=[hw])(?:https?://|www\.)[^\s<>()\"“”]*[^\s<>()\"“”.,;:!?'’]"
    r"|(?>[^\W_]+(?:['’][^\W_]+)*)(?![\w.+-]{0,64}@)"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    r"|[^\W_]+(?:['’][^\W_]+)*"
    r"|\S"
)
_RUN: Final = re.compile(r"\S+|\s+")
_LONGEST_RUN: Final = 50
_CACHED_RUNS: Final = 300_000


@final
class Tokens:
    """Parallel columns: where each token starts and ends (code points) and its normal form (see `normal`)."""

    __slots__ = ("ends", "norms", "starts")

    def __init__(self, starts: list[int], ends: list[int], norms: list[str]) -> None:
        self.starts: Final = starts
        self.ends: Final = ends
        self.norms: Final = norms

    def __len__(self) -> int:
        return len(self.starts)


def normal(token: str) -> str:
    """The form in which tokens are compared.

    >>> normal("KONE’s")
    'kone'
    """
    lowered = token.lower().replace("’", "'")
    return lowered[:-2] if lowered.endswith("'s") and len(lowered) > 2 else lowered


@final
class _Cut:
    """The tokens of a run without space: how far into it each starts and ends, and its normal form. Of a run of space there are none."""

    __slots__ = ("ends", "norms", "starts", "whole")

    def __init__(self, starts: list[int], ends: list[int], norms: list[str]) -> None:
        self.starts: Final = starts
        self.ends: Final = ends
        self.norms: Final = norms
        self.whole: Final = norms[0] if len(norms) == 1 else ""


_KNOWN: Final[dict[str, _Cut]] = {}
"""The runs met so far: no token reaches over space, and most words come again."""


def tokenize(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """The tokens of `text[start:end]`, with offsets into the whole text."""
    starts: list[int] = []
    ends: list[int] = []
    norms: list[str] = []
    known = _KNOWN
    place = start
    runs: list[str] = _RUN.findall(text, start, len(text) if end is None else end)
    for run in runs:
        if run == " ":
            place += 1
            continue
        cut = known.get(run)
        if cut is None:
            cut = _learn(run)
        after = place + len(run)
        if cut.whole:
            starts.append(place)
            ends.append(after)
            norms.append(cut.whole)
        else:
            for number, norm in enumerate(cut.norms):
                starts.append(place + cut.starts[number])
                ends.append(place + cut.ends[number])
                norms.append(norm)
        place = after
    return Tokens(starts, ends, norms)


def _learn(run: str) -> _Cut:
    cut = _Cut([], [], [])
    if not run.isspace():
        spans = [match.span() for match in _PIECE.finditer(run)]
        cut = _Cut([first for first, _ in spans], [last for _, last in spans], [normal(run[first:last]) for first, last in spans])
    if len(run) <= _LONGEST_RUN:
        if len(_KNOWN) >= _CACHED_RUNS:
            _KNOWN.clear()
        _KNOWN[run] = cut
    return cut
