"""Markdown: the canonical text is the file itself; blocks are spans of it without the markers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from kg.documents.lines import cut, trim
from kg.documents.markers import split_marker
from kg.documents.pieces import Draft, Piece
from kg.model import BlockKind, Metadata

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S)
_FRONT_TITLE = re.compile(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.M | re.I)
_FRONT_LANGUAGE = re.compile(r"^lang(?:uage)?:[ \t]*[\"']?([A-Za-z]{2,3})\b", re.M | re.I)
_MARKERS = re.compile(r"[ \t]*(?:(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])|#{1,6}(?=[ \t]))[ \t]*)*")
_CLOSING_HASHES = re.compile(r"(?:[ \t]+#+|\s*\n[=-]+)[ \t]*$")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_]{1,120})\1:?")
_LINES_OF_OWN = re.compile(r"(?:  |\\)\r?\n|^\s*[•●▪◦·]", re.M)
_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.S)
_CELL = re.compile(r"(?:\\.|[^|\\\n])+")


def read_markdown(text: str) -> Draft:
    """A draft of a Markdown text; `text` is not altered. Front matter is metadata, not text of the policy."""
    front = _FRONT_MATTER.match(text)
    body = front.end() if front else 0
    starts = _line_starts(text, body)
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text[body:])
    pieces = tuple(_pieces(text, tokens, starts))
    title = _FRONT_TITLE.search(front[1]) if front else None
    language = _FRONT_LANGUAGE.search(front[1]) if front else None
    return Draft(text, pieces, Metadata(title=title[1] if title else None, language=language[1].lower() if language else None))


def _line_starts(text: str, body: int) -> list[int]:
    """Where each line begins that the parser counts; it takes a line feed, with or without a carriage return, or one alone."""
    return [body, *(body + found.end() for found in re.finditer(r"\r\n|\n|\r", text[body:])), len(text)]


def _pieces(text: str, tokens: Sequence[Token], starts: Sequence[int]) -> Iterator[Piece]:
    lists: list[str] = []
    marker = ""
    headers: list[int] = []
    count = 0
    for i, token in enumerate(tokens):
        made: list[Piece] = []
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(token.type)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            marker = f"{token.info}{token.markup}" if token.info else "•"
        elif token.type == "thead_open":
            headers = []
        elif token.type == "tr_open" and token.map:
            in_head = tokens[i - 1].type == "thead_open"
            made = _row(text, *_span(starts, token.map), () if in_head else headers)
            if in_head:
                headers = list(range(count, count + len(made)))
        elif token.type in ("fence", "code_block") and token.map:
            start, end = _span(starts, token.map)
            made = [
                replace(p, start=p.start + start, end=p.end + start)
                for p in cut(text[start:end])
                if not text[start + p.start : start + p.end].startswith("```")
            ]
        elif token.type == "html_block" and token.map:
            made = list(_html(text, *_span(starts, token.map)))
        elif token.type == "inline" and token.map and tokens[i - 1].type in ("heading_open", "paragraph_open"):
            made = _block(text, *_span(starts, token.map), tokens[i - 1], len(lists), marker)
            marker = ""
        count += len(made)
        yield from made


def _span(starts: Sequence[int], lines: Sequence[int]) -> tuple[int, int]:
    last = len(starts) - 1
    return starts[min(lines[0], last)], starts[min(lines[1], last)]


def _block(text: str, start: int, end: int, opening: Token, depth: int, marker: str) -> list[Piece]:
    markers = _MARKERS.match(text, start, end)
    quoted = markers is not None and ">" in markers[0]
    start, end = trim(text, markers.end() if markers else start, end)
    if opening.type == "heading_open":
        closing = _CLOSING_HASHES.search(text, start, end)
        start, end = trim(text, start, closing.start() if closing else end)
        number, offset = split_marker(text[start:end])
        return _nonempty(Piece(start + offset, end, number, gap=1, kind=BlockKind.HEADING, level=int(opening.tag[1]), sure=True))
    if marker:
        return _nonempty(Piece(start, end, marker, indent=2 * depth, kind=BlockKind.ITEM, level=max(1, depth), sure=True))
    strong = _STRONG.fullmatch(text, start, end)
    if strong and not depth:
        number, offset = split_marker(strong[2])
        return _nonempty(Piece(strong.start(2) + offset, strong.end(2), number, gap=1, kind=BlockKind.HEADING))
    if _LINES_OF_OWN.search(text, start, end):
        lines = [_without_backslash(text, replace(p, start=p.start + start, end=p.end + start)) for p in cut(text[start:end])]
        return [replace(lines[0], gap=1), *lines[1:]] if lines else []
    number, offset = split_marker(text[start:end])
    return _nonempty(Piece(start + offset, end, number or (">" if quoted else ""), indent=2 * depth, gap=1))


def _without_backslash(text: str, piece: Piece) -> Piece:
    """A line without the backslash that breaks it."""
    end = piece.end - 1 if text[piece.end - 1] == "\\" and piece.end - piece.start > 1 else piece.end
    return replace(piece, end=trim(text, piece.start, end)[1])


def _nonempty(piece: Piece) -> list[Piece]:
    return [piece] if piece.start < piece.end else []


def _row(text: str, start: int, end: int, headers: Sequence[int]) -> list[Piece]:
    """The cells of one line of a table; `headers` are the pieces of its head, in columns."""
    made = []
    for column, found in enumerate(cell for cell in _CELL.finditer(text, start, end) if cell[0].strip(" \t\r>") or cell.start() > start):
        first, last = trim(text, found.start(), found.end())
        if first < last:
            made.append(Piece(first, last, gap=1, kind=BlockKind.CELL, headers=tuple(headers[column : column + 1]), sure=True))
    return made


def _html(text: str, start: int, end: int) -> Iterator[Piece]:
    """The text between the tags of raw HTML."""
    at = start
    for tag in [*_TAG.finditer(text, start, end), None]:
        first, last = trim(text, at, tag.start() if tag else end)
        if any(map(str.isalnum, text[first:last])):
            yield Piece(first, last, gap=1)
        at = tag.end() if tag else end
