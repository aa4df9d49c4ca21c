"""Cuts text into tokens: the units that lexical forms match."""

from __future__ import annotations

import re
from typing import Final, final

# The lengths are those that mail allows. Without them, "1.1.1.…" would be tried to its end from every digit. Most pieces are space, or a
# word with no @ in reach, so these come early; the words of an address, and what only looks like one, are left to the rest.
_PIECE: Final = re.compile(
    r"\s+"
    r"|(?=[hw])(?:https?://|www\.)[^\s<>()\"“”]*[^\s<>()\"“”.,;:!?'’]"
    r"|(?>[^\W_]+(?:['’][^\W_]+)*)(?![\w.+-]{0,64}@)"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    r"|[^\W_]+(?:['’][^\W_]+)*"
    r"|\S"
)
_LONGEST_WORD: Final = 50
_CACHED_WORDS: Final = 200_000


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


_KNOWN: Final[dict[str, str]] = {}
"""The normal form of every word met so far, and "" for space."""


def tokenize(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """The tokens of `text[start:end]`, with offsets into the whole text."""
    starts: list[int] = []
    ends: list[int] = []
    norms: list[str] = []
    known = _KNOWN
    place = start
    pieces: list[str] = _PIECE.findall(text, start, len(text) if end is None else end)
    for piece in pieces:
        if piece == " ":
            place += 1
            continue
        norm = known.get(piece)
        if norm is None:
            norm = _learn(piece)
        after = place + len(piece)
        if norm:
            starts.append(place)
            ends.append(after)
            norms.append(norm)
        place = after
    return Tokens(starts, ends, norms)


def _learn(piece: str) -> str:
    norm = "" if piece.isspace() else normal(piece)
    if len(piece) <= _LONGEST_WORD:
        if len(_KNOWN) >= _CACHED_WORDS:
            _KNOWN.clear()
        _KNOWN[piece] = norm
    return norm
