"""Cuts a document into clauses: sentences, list items and table cells, each with its headings and its lead-in."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, final

from kg.model import BlockKind, Clause, Document, record

_GLUED: Final = re.compile(r"(?<=[a-z0-9)][.!?])(?=[A-ZÄÖÅ][a-zäöå]+[ ,])|(?<=[A-Z]{2}[.!?])(?=[A-ZÄÖÅ][a-zäöå]+ )")
_CAPITALS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÅ"
_NAVIGATION: Final = BlockKind.NAVIGATION
_HEADING: Final = BlockKind.HEADING
_CACHED_PAIRS: Final = 50_000
_STOPS: Final = (".", "!", "?", "…")
_STOP: Final = re.compile(r"[.?!](?=([)\";}\]*:@'({\[‘’“”«»?!])|\s+(\S+))")
"""Punkt's places where a sentence may end: a stop before punctuation, or before space and a word."""

_CLOSING: Final = re.compile(r"[\"')\]}‘’“”«»]+?(?:\s+|(?=--)|$)", re.MULTILINE)
_SPACE: Final = " \t\n\r\x0b\x0c"


def segment(document: Document, abbreviations: frozenset[str] = frozenset()) -> tuple[Clause, ...]:
    """The clauses of a document in reading order; navigation has none.

    `abbreviations` are words that a full stop does not end a sentence after ("e.g", "oy"), lower case without the final stop.
    """
    ends = splitter(abbreviations)
    clauses: list[Clause] = []
    stack: list[tuple[int, int]] = []
    last_sentence: dict[int, tuple[int, int]] = {}
    for number, block in enumerate(document.blocks):
        if block.kind is _NAVIGATION:
            continue
        if block.kind is _HEADING:
            while stack and stack[-1][0] >= block.level:
                stack.pop()
        headings = (*(index for _, index in stack), *block.headers)
        lead = last_sentence.get(block.lead) if block.lead is not None else None
        for start, end in _sentences(ends, document.text, block.start, block.end):
            last_sentence[number] = (start, end)
            clauses.append(record(Clause, (len(clauses), start, end, number, block.language or document.language, headings, lead)))
        if block.kind is _HEADING:
            stack.append((block.level, number))
    return tuple(clauses)


@final
class Splitter:
    """Where sentences end, as Punkt decides it, with its decisions remembered: each depends on the words around the stop alone.

    Punkt's own search for these words is gone through again here, step by step, because it takes most of its time.
    """

    def __init__(self, abbreviations: frozenset[str]) -> None:
        from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer  # it takes a second, which only extraction needs

        parameters = PunktParameters()
        parameters.abbrev_types = set(abbreviations)
        self._punkt: Final = PunktSentenceTokenizer(parameters)
        self._decided: Final[dict[str, bool]] = {}

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The sentences of a text, with what closes a quotation or bracket that ends with them."""
        spans: list[tuple[int, int]] = []
        carried = 0
        start, end = -1, 0
        for following, stop in self._cuts(text):
            if start >= 0:
                closing = _CLOSING.match(text[following:stop])
                if closing is not None:
                    spans.append((start + carried, following + len(closing.group().rstrip())))
                    carried = closing.end()
                else:
                    if start + carried < end:
                        spans.append((start + carried, end))
                    carried = 0
            start, end = following, stop
        if start + carried < end:
            spans.append((start + carried, end))
        return spans

    def _cuts(self, text: str) -> list[tuple[int, int]]:
        cuts: list[tuple[int, int]] = []
        begun = 0
        for stop, following, context in _contexts(text):
            if self._ends(context):
                cuts.append((begun, stop))
                begun = following
        cuts.append((begun, len(text.rstrip())))
        return cuts

    def _ends(self, context: str) -> bool:
        known = self._decided.get(context)
        if known is None:
            if len(self._decided) >= _CACHED_PAIRS:
                self._decided.clear()
            known = self._decided[context] = bool(self._punkt.text_contains_sentbreak(context))
        return known


def _contexts(text: str) -> list[tuple[int, int, str]]:
    """The places where a sentence may end: its end, where the next would begin, and the words around."""
    found: list[tuple[int, int, str]] = []
    first = last = 0
    before: re.Match[str] | None = None
    for match in _STOP.finditer(text):
        at = match.start()
        space = at - 1
        while space > last and text[space] not in _SPACE:
            space -= 1
        start = space + 1 if space > last else first
        if before is not None and last <= start:
            found.append(_context(text, first, before))
        before = match
        first, last = start, at
    if before is not None:
        found.append(_context(text, first, before))
    return found


def _context(text: str, first: int, match: re.Match[str]) -> tuple[int, int, str]:
    following, end = match.span(2)
    if following < 0:
        following, end = match.end(), match.end(1)
    return match.end(), following, text[first:end]


@cache
def splitter(abbreviations: frozenset[str]) -> Splitter:
    """What finds the ends of sentences, made once."""
    return Splitter(abbreviations)


def _sentences(ends: Splitter, text: str, start: int, end: int) -> list[tuple[int, int]]:
    piece = text[start:end]
    if not any(piece.find(mark, 0, len(piece) - 1) >= 0 for mark in _STOPS):
        return [(start, end)] if piece.strip() else []
    if not _may_be_glued(piece):
        return [span for first, last in ends.spans(piece) if (span := _trim(text, start + first, start + last)) is not None]
    spans: list[tuple[int, int]] = []
    for first, last in ends.spans(piece):
        cut = first
        for match in _GLUED.finditer(piece, first, last):
            if not _in_address(piece, match.start()):
                spans.append((cut, match.start()))
                cut = match.start()
        spans.append((cut, last))
    return [span for first, last in spans if (span := _trim(text, start + first, start + last)) is not None]


def _may_be_glued(piece: str) -> bool:
    """Whether a capital follows right on a stop, which is seen sooner than that sentences are glued there."""
    for mark in ".!?":
        stop = piece.find(mark)
        while stop >= 0:
            if piece[stop + 1 : stop + 2] in _CAPITALS and stop + 1 < len(piece):
                return True
            stop = piece.find(mark, stop + 1)
    return False


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
