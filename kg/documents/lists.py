"""Which pieces are list items, marked or not, how deep they lie, and what introduces them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.documents.looks import Look
from kg.documents.markers import is_bullet, number_depth, series
from kg.documents.phrases import word_set
from kg.documents.pieces import Piece
from kg.model import BlockKind

_LABEL = re.compile(r"[A-Z\"“][^.:;]{2,50}(?::|\.| –| -) +\S")
_DEFINES = re.compile(r".{2,90}?\b(?:means?|refers? to|tarkoittaa|tarkoitetaan|bedeutet|désigne|avser)\b")
_ITEM_OPENERS = word_set("to by with when if for where in through from your any whether that")
_PROSE_OPENERS = word_set("we you this these our it they please the however in such all")
_ANNOUNCES = re.compile(
    r"\b(?:following|below|such as|includ(?:e|es|ing)|these|seuraav\w+|folgende\w*|suivant\w*|följande)\b[^.]{0,80}[.:]?$", re.I
)
_MAX_ITEM_WORDS = 40
_FIRST_OF_SERIES = re.compile(r"\(?(?:1|a|i|A|I)[.)]*$")


def find_items(text: str, pieces: Sequence[Piece], looks: Sequence[Look], headings: list[bool]) -> list[BlockKind]:
    """The kind of every piece, furniture aside. Pieces that `headings` took for headings but that continue a list become items."""
    kinds = [_marked_kind(pieces, looks, headings, i) for i in range(len(pieces))]
    i = 0
    while i < len(pieces):
        i += 1
        if kinds[i - 1] is not BlockKind.CELL and i < len(pieces) and _opens_list(pieces, looks, headings, i - 1):
            i = _unmarked_run(text, pieces, looks, headings, kinds, i)
    return kinds


def _marked_kind(pieces: Sequence[Piece], looks: Sequence[Look], headings: Sequence[bool], i: int) -> BlockKind:
    piece = pieces[i]
    if piece.kind is not None and (piece.sure or piece.kind is not BlockKind.HEADING):
        return piece.kind
    if headings[i]:
        return BlockKind.HEADING
    if not piece.marker or piece.marker[0] in "?>#*":
        return BlockKind.PARAGRAPH
    if is_bullet(piece.marker) or not number_depth(piece.marker):
        return BlockKind.ITEM
    # Numbered paragraphs of a contract's kind are paragraphs; numbered members of a list are items.
    depth = number_depth(piece.marker)
    introduced = i > 0 and (
        looks[i - 1].last == ":" or (bool(pieces[i - 1].marker) and series(pieces[i - 1].marker) == series(piece.marker))
    )
    return BlockKind.PARAGRAPH if looks[i].prose and (depth > 1 or not introduced) else BlockKind.ITEM


def _opens_list(pieces: Sequence[Piece], looks: Sequence[Look], headings: Sequence[bool], i: int) -> bool:
    following = pieces[i + 1]
    if following.marker or following.kind is not None:
        return False
    if looks[i].last == ":":
        return not headings[i] or looks[i].words > 1
    return looks[i].item_tail and looks[i].last == ";" and not looks[i + 1].upper


def _unmarked_run(
    text: str, pieces: Sequence[Piece], looks: Sequence[Look], headings: list[bool], kinds: list[BlockKind], first: int
) -> int:
    """Makes items of the pieces from `first` on that look like members of one list; returns where to go on."""
    shapes: list[frozenset[str]] = []
    end = first
    while end < len(pieces) and _may_belong(pieces, first, end):
        shape = _shape(text[pieces[end].start : pieces[end].end], looks[end])
        if end > first:
            if not shape & (shapes[0] | shapes[-1]) and not (shape and looks[end - 1].item_tail):
                break
            if _ends_before(looks, first, end) or _starts_section(looks, headings, end):
                break
        shapes.append(shape)
        end += 1
    if shapes and not _shows_list(shapes, looks, headings, first):
        end = first
    for i in range(first, end):
        headings[i] = False
        kinds[i] = BlockKind.PARAGRAPH if looks[i].contact or looks[i].dated else BlockKind.ITEM
    return max(end, first)


def _may_belong(pieces: Sequence[Piece], first: int, i: int) -> bool:
    piece = pieces[i]
    return (
        not piece.marker and piece.kind is None and piece.indent >= pieces[first].indent and (i == first or piece.gap <= pieces[first].gap)
    )


def _shows_list(shapes: Sequence[frozenset[str]], looks: Sequence[Look], headings: Sequence[bool], first: int) -> bool:
    """Whether the first members are more than text that happens to follow a colon."""
    own = {shape for shape in shapes[0] if shape[0] != "="}
    if not own:
        return len(shapes) > 1
    if len(shapes) == 1 and headings[first]:
        return first + 1 < len(looks) and not looks[first + 1].prose
    return True


def _shape(line: str, look: Look) -> frozenset[str]:
    """What the members of an unmarked list may have in common. ``=…`` is a common beginning: a sign only where it comes twice."""
    if not look.words or (look.caps and look.words > 3):
        return frozenset()
    shape = {"=" + " ".join(line.split(None, 2)[:2]).lower()}
    if not look.upper:
        shape.add("lower")
    if look.item_tail:
        shape.add("tail")
    if look.first in _ITEM_OPENERS and look.words <= _MAX_ITEM_WORDS:
        shape.add(look.first)
    if look.first.endswith("ing") and look.first != "during":
        shape.add("ing")
    if _DEFINES.match(line):
        shape.add("defines")
    if look.first not in _PROSE_OPENERS:
        if _LABEL.match(line):
            shape.add("label")
        if look.words <= 30 and not look.finite and not look.inner_stop and look.last not in ":?":
            shape.add("phrase")
    if look.words <= 14 and not look.stops and look.last not in ":?" and not (look.finite and look.upper):
        shape.add("short")
    return frozenset(shape)


def _ends_before(looks: Sequence[Look], first: int, end: int) -> bool:
    """Whether the item before closed the list: a full stop after members that ended in semicolons or commas."""
    return looks[end - 1].stops and end - first > 1 and looks[first].item_tail and not looks[end].item_tail


def _starts_section(looks: Sequence[Look], headings: Sequence[bool], i: int) -> bool:
    if not headings[i] or i + 1 >= len(looks):
        return False
    following = looks[i + 1]
    return looks[i].asks or following.prose or (following.last == ":" and following.words > 3)


@dataclass(frozen=True, slots=True)
class _Open:
    """A list that is still open: where its items stand and what introduces them."""

    indent: int
    series: str
    lead: int | None


def nest(text: str, pieces: Sequence[Piece], looks: Sequence[Look], kinds: Sequence[BlockKind]) -> tuple[list[int], list[int | None]]:
    """The level of every list item (0 for other pieces), and the index of the piece that introduces each piece."""
    levels, leads = [0] * len(pieces), list[int | None]([None] * len(pieces))
    stack: list[_Open] = []
    for i, (piece, kind) in enumerate(zip(pieces, kinds, strict=True)):
        if kind is BlockKind.ITEM:
            _place(text, pieces, looks, kinds, i, stack)
            levels[i] = piece.level or len(stack)
            leads[i] = stack[-1].lead
        elif kind is BlockKind.HEADING:
            stack.clear()
        elif kind is BlockKind.PARAGRAPH:
            if (
                looks[i].contact
                and i
                and (lead := leads[i - 1] if kinds[i - 1] is not BlockKind.HEADING and looks[i - 1].last != ":" else i - 1) is not None
            ):
                leads[i] = lead if looks[i].words <= 14 and (looks[lead].last == ":") else None
            while stack and piece.indent <= stack[-1].indent and not _resumes(pieces, kinds, i, stack[-1].series):
                stack.pop()
    return levels, leads


def _place(text: str, pieces: Sequence[Piece], looks: Sequence[Look], kinds: Sequence[BlockKind], i: int, stack: list[_Open]) -> None:
    """Brings the stack of open lists to where item `i` is a member of the last of them."""
    piece = pieces[i]
    kind = series(piece.marker)
    if piece.level:
        del stack[piece.level :]
        if len(stack) == piece.level and stack[-1].series == kind:
            return
        del stack[piece.level - 1 :]
        while len(stack) < piece.level - 1:
            stack.append(_Open(piece.indent, "", None))
    else:
        while stack and stack[-1].indent > piece.indent:
            stack.pop()
        for depth in range(len(stack), 0, -1):
            if stack[depth - 1].indent == piece.indent and stack[depth - 1].series == kind:
                del stack[depth:]
                return
        if stack and stack[-1].indent == piece.indent and looks[i - 1].last != ":" and not _FIRST_OF_SERIES.match(piece.marker):
            stack.pop()
    stack.append(_Open(piece.indent, kind, _lead(text, pieces, looks, kinds, i, stack)))


def _lead(
    text: str, pieces: Sequence[Piece], looks: Sequence[Look], kinds: Sequence[BlockKind], i: int, stack: Sequence[_Open]
) -> int | None:
    """The piece before the first item of a list, where it announces the list."""
    if not i or kinds[i - 1] is BlockKind.CELL:
        return None
    before = looks[i - 1]
    if before.last == ":":
        return i - 1
    if kinds[i - 1] is BlockKind.HEADING or (kinds[i - 1] is BlockKind.ITEM and not stack):
        return None
    line = text[max(pieces[i - 1].start, pieces[i - 1].end - 160) : pieces[i - 1].end]
    open_end = (not before.stops and before.words > 3) or (before.last == ";" and not pieces[i].marker)
    return i - 1 if open_end or _ANNOUNCES.search(line) else None


def _resumes(pieces: Sequence[Piece], kinds: Sequence[BlockKind], i: int, kind: str) -> bool:
    """Whether a numbered list goes on after the paragraph `i`."""
    if not kind or is_bullet(kind):
        return False
    for piece, other in zip(pieces[i + 1 : i + 4], kinds[i + 1 : i + 4], strict=True):
        if other is BlockKind.HEADING:
            return False
        if other is BlockKind.ITEM:
            return series(piece.marker) == kind and not _FIRST_OF_SERIES.match(piece.marker)
    return False
