"""Cuts text into tokens: the units that lexical forms match."""

from __future__ import annotations

import re
from sys import intern
from typing import Final, final

# The lengths are those that mail allows. Without them, "1.1.1.…" would be tried to its end from every digit.
_TOKEN: Final = re.compile(
    r"(?:https?://|www\.)[^\s<>()\"“”]*[^\s<>()\"“”.,;:!?'’]"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    r"|[^\W_]+(?:['’][^\W_]+)*"
    r"|\S"
)
_LONGEST: Final = 50
_CACHED: Final = 50_000


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
    """A token of a piece of text: where it starts and ends in it, its normal form, and the token after it."""

    __slots__ = ("end", "norm", "rest", "start")

    def __init__(self, start: int, end: int, norm: str, rest: _Cut | None) -> None:
        self.start: Final = start
        self.end: Final = end
        self.norm: Final = norm
        self.rest: Final = rest


_BLANK: Final = _Cut(0, 0, "", None)
"""What is cut from a piece without tokens."""

_KNOWN: Final[dict[str, _Cut]] = {}
"""What stood between two blanks, cut: the same words come again in every text, and no token holds a blank."""


def tokenize(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """The tokens of `text[start:end]`, with offsets into the whole text."""
    starts: list[int] = []
    ends: list[int] = []
    norms: list[str] = []
    place = start
    for piece in text[start : len(text) if end is None else end].split(" "):
        cut = _KNOWN.get(piece)
        if cut is None:
            cut = _cut(piece)
        if cut is not _BLANK:
            following: _Cut | None = cut
            while following is not None:
                starts.append(place + following.start)
                ends.append(place + following.end)
                norms.append(following.norm)
                following = following.rest
        place += len(piece) + 1
    return Tokens(starts, ends, norms)


def _cut(piece: str) -> _Cut:
    rest: _Cut | None = None
    for match in reversed(list(_TOKEN.finditer(piece))):
        rest = _Cut(match.start(), match.end(), intern(normal(match.group())), rest)
    cut = _BLANK if rest is None else rest
    if len(piece) <= _LONGEST:
        if len(_KNOWN) >= _CACHED:
            _KNOWN.clear()
        _KNOWN[piece] = cut
    return cut
