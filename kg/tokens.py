"""Cuts text into tokens: the units that lexical forms match."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The lengths are those that mail allows. Without them, "1.1.1.…" would be tried to its end from every digit.
_TOKEN = re.compile(
    r"(?:https?://|www\.)[^\s<>()\"“”]*[^\s<>()\"“”.,;:!?'’]"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    r"|[^\W_]+(?:['’][^\W_]+)*"
    r"|\S"
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Parallel columns: where each token starts and ends (code points) and its normal form (see `normal`)."""

    starts: list[int]
    ends: list[int]
    norms: list[str]

    def __len__(self) -> int:
        return len(self.starts)


def normal(token: str) -> str:
    """The form in which tokens are compared.

    >>> normal("KONE’s")
    'kone'
    """
    lowered = token.lower().replace("’", "'")
    return lowered[:-2] if lowered.endswith("'s") and len(lowered) > 2 else lowered


def tokenize(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """The tokens of `text[start:end]`, with offsets into the whole text."""
    starts: list[int] = []
    ends: list[int] = []
    norms: list[str] = []
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        first, last = match.span()
        starts.append(first)
        ends.append(last)
        norms.append(text[first:last].lower())
    if "'" in text or "’" in text:
        norms = [normal(norm) if "'" in norm or "’" in norm else norm for norm in norms]
    return Tokens(starts, ends, norms)
