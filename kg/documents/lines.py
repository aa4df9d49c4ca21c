"""Plain text to pieces: trims lines, takes markers off, joins lines that were wrapped at a column, and splits lines that ran together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from kg.documents.glued import split_glued
from kg.documents.markers import bare_number, split_marker
from kg.documents.pieces import Piece
from kg.model import BlockKind

# What str.strip takes, and characters without width that copying leaves behind.
_SPACE = (
    " \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680"
    + "".join(map(chr, range(0x2000, 0x2010)))
    + "\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\xad"
)
_WORD_CHARACTER = re.compile(r"[^\W_]")
_QUOTE = re.compile(r"(?:>\s?)+")
_HASHES = re.compile(r"(#{1,6})\s+")
_EMPHASISED = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1:?$")
_UNDERLINE = re.compile(r"(=|-|~){4,}$")
_OPEN_END = re.compile(r"(?:\b(?:a|an|the|of|to|for|with|by|in|on|at|from|our|your|this|that|any)|-|–|\()$", re.I)
_SENTENCE_END = (".", "!", "?", ":", ";", "…", "»")
_TAB = 4


def cut(text: str) -> list[Piece]:
    """The pieces of a plain text."""
    return list(_unglued(text, _joined(text, _trimmed(text))))


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the white space and invisible characters around it."""
    line = text[start:end]
    stripped = line.lstrip(_SPACE)
    start += len(line) - len(stripped)
    return start, start + len(stripped.rstrip(_SPACE))


def _trimmed(text: str) -> Iterator[Piece]:
    at, gap, marker, marker_indent = 0, 0, "", 0
    previous: Piece | None = None
    for line in text.splitlines(keepends=True):
        start, end = trim(text, at, at + len(line))
        at += len(line)
        if start == end:
            gap += 1
            continue
        content = text[start:end]
        indent = _column(text[at - len(line) : start])
        if not _WORD_CHARACTER.search(content):
            # A rule or a bullet alone on its line: the first underlines the line before it, the second belongs to the line after it.
            if previous and gap == 0 and _UNDERLINE.fullmatch(content) and not previous.marker:
                yield Piece(
                    previous.start,
                    previous.end,
                    "#",
                    previous.indent,
                    previous.gap,
                    BlockKind.HEADING,
                    1 if content[0] == "=" else 2,
                    sure=True,
                )
                previous = None
            elif split_marker(content + " ")[0]:
                marker, marker_indent = "•", indent
            continue
        if previous:
            yield previous
        previous = _piece(text, start, end, indent, gap)
        if marker and not previous.marker:
            previous = Piece(previous.start, previous.end, marker, marker_indent, gap, previous.kind, previous.level, sure=previous.sure)
        if previous.start == previous.end:
            marker, marker_indent, previous = previous.marker, indent, None
        else:
            marker, gap = "", 0
    if previous:
        yield previous


def _column(space: str) -> int:
    return sum(_TAB if character == "\t" else 1 for character in space if character not in "\r\n\x0b\x0c")


def _piece(text: str, start: int, end: int, indent: int, gap: int) -> Piece:
    """One line; the little Markdown that saved pages carry (``> ``, ``# ``, ``**…**``) is understood."""
    marker = ""
    quote = _QUOTE.match(text, start, end)
    if quote:
        start, marker = trim(text, quote.end(), end)[0], ">"
    hashes = _HASHES.match(text, start, end)
    if hashes:
        return Piece(*trim(text, hashes.end(), end), "#", indent, gap, BlockKind.HEADING, len(hashes[1]), sure=True)
    line = text[start:end]
    strong = _EMPHASISED.fullmatch(line)
    if strong and len(strong[2]) < 120 and "**" not in strong[2]:
        inner = start + strong.start(2)
        _, offset = split_marker(strong[2])
        return Piece(*trim(text, inner + offset, start + strong.end(2)), "**", indent, gap, BlockKind.HEADING)
    found, offset = split_marker(line + " ")
    if not found and (bare := bare_number(line)):
        found, offset = "?" + line[:bare].strip(), bare
    return Piece(*trim(text, min(start + offset, end), end), found or marker, indent, gap)


def _joined(text: str, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Joins the lines of a paragraph that was wrapped at a column, and lines that cannot stand alone."""
    lines = list(pieces)
    width = _wrap_width(lines)
    current: Piece | None = None
    last_start = 0
    for piece in lines:
        if current is not None and _continues(text, current, last_start, piece, width):
            current = Piece(
                current.start, piece.end, current.marker, current.indent, current.gap, current.kind, current.level, sure=current.sure
            )
        else:
            if current is not None:
                yield current
            current = piece
        last_start = piece.start
    if current is not None:
        yield current


def _wrap_width(lines: list[Piece]) -> int:
    """The column at which the text was wrapped, or 0: most lines that go on without a gap must end near it, and none beyond."""
    lengths = sorted(line.indent + line.end - line.start for line in lines)
    if len(lengths) < 6 or not 40 <= lengths[-1] <= 130:
        return 0
    width = lengths[-max(1, len(lengths) // 50)]
    near = sum(not following.gap and line.indent + line.end - line.start >= 0.8 * width for line, following in pairwise(lines))
    going_on = sum(1 for line in lines[1:] if not line.gap)
    return width if near >= 4 and near >= 0.4 * going_on else 0


def _continues(text: str, current: Piece, last_start: int, piece: Piece, width: int) -> bool:
    if piece.gap or piece.kind or current.kind or (piece.marker and piece.marker[0] not in ">?"):
        return False
    line = text[last_start : current.end]
    if current.marker == ">" or piece.marker == ">":
        return current.marker == piece.marker
    first = text[piece.start : piece.end].split(None, 1)[0]
    if width:
        # The line is full when the first word of the next one would not have fitted.
        full = current.indent + len(line) + 1 + len(first) > width
        return full and (first[0].islower() or not line.endswith(":")) and (piece.indent >= current.indent or not current.marker)
    if piece.marker or line.endswith(_SENTENCE_END):
        return False
    if first[0] == "(" and len(first) > 2:
        return True
    return first[0].islower() and bool(_OPEN_END.search(line) or (current.marker[:1] not in ("", "?", ">") and not line.endswith(",")))


def _unglued(text: str, pieces: Iterable[Piece]) -> Iterator[Piece]:
    for piece in pieces:
        if piece.sure:
            yield piece
            continue
        spans = split_glued(text, piece.start, piece.end)
        for i, (start, end, kind) in enumerate(spans):
            if len(spans) == 1:
                yield piece
            else:
                yield Piece(
                    start, end, piece.marker if i == 0 else "", piece.indent, piece.gap if i == 0 else 0, kind, sure=kind is not None
                )
