"""Cuts a document into clauses: sentences, list items and table cells, each with its headings and its lead-in."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise

from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

from kg.model import BlockKind, Clause, Document

_GLUED = re.compile(r"(?<=[a-z0-9)][.!?])(?=[A-ZÄÖÅ][a-zäöå]+[ ,])|(?<=[A-Z]{2}[.!?])(?=[A-ZÄÖÅ][a-zäöå]+ )")
_CACHED_PAIRS = 50_000
_MAY_END = re.compile(r"[.!?…]")


def segment(document: Document, abbreviations: frozenset[str] = frozenset()) -> tuple[Clause, ...]:
    """The clauses of a document in reading order; navigation has none.

    `abbreviations` are words that a full stop does not end a sentence after ("e.g", "oy"), lower case without the final stop.
    """
    tokenizer = _tokenizer(abbreviations)
    clauses: list[Clause] = []
    stack: list[tuple[int, int]] = []
    last_sentence: dict[int, tuple[int, int]] = {}
    for number, block in enumerate(document.blocks):
        if block.kind is BlockKind.NAVIGATION:
            continue
        if block.kind is BlockKind.HEADING:
            while stack and stack[-1][0] >= block.level:
                stack.pop()
        headings = (*(index for _, index in stack), *block.headers)
        lead = last_sentence.get(block.lead) if block.lead is not None else None
        for start, end in _sentences(tokenizer, document.text, block.start, block.end):
            last_sentence[number] = (start, end)
            clauses.append(Clause(len(clauses), start, end, number, block.language or document.language, headings, lead))
        if block.kind is BlockKind.HEADING:
            stack.append((block.level, number))
    return tuple(clauses)


class _Tokenizer(PunktSentenceTokenizer):  # type: ignore[misc]
    """Punkt with what it has decided remembered: whether a sentence ends between two words depends on these two alone."""

    def __init__(self, abbreviations: frozenset[str]) -> None:
        parameters = PunktParameters()
        parameters.abbrev_types = set(abbreviations)
        super().__init__(parameters)
        self.text_contains_sentbreak = lru_cache(_CACHED_PAIRS)(super().text_contains_sentbreak)


@cache
def _tokenizer(abbreviations: frozenset[str]) -> PunktSentenceTokenizer:
    return _Tokenizer(abbreviations)


def _sentences(tokenizer: PunktSentenceTokenizer, text: str, start: int, end: int) -> list[tuple[int, int]]:
    piece = text[start:end]
    if not _MAY_END.search(piece, 0, len(piece) - 1):
        return [(start, end)] if piece.strip() else []
    spans: list[tuple[int, int]] = []
    for first, last in tokenizer.span_tokenize(piece):
        cuts = [first, *(match.start() for match in _GLUED.finditer(piece, first, last) if not _in_address(piece, match.start())), last]
        spans.extend(pairwise(cuts))
    return [span for first, last in spans if (span := _trim(text, start + first, start + last)) is not None]


def _in_address(piece: str, place: int) -> bool:
    """Whether a full stop stands inside a URL or an e-mail address, where it ends nothing."""
    word = piece[piece.rfind(" ", 0, place) + 1 : place + 1]
    return "@" in word or "://" in word or word.lower().startswith("www.")


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if any(character.isalnum() for character in text[start:end]) else None
