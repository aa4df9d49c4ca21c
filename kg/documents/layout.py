"""Pieces to blocks: decides what each piece is, how deep it lies, and what introduces it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kg.documents.furniture import find_furniture
from kg.documents.headings import find_headings, heading_levels
from kg.documents.lists import find_items, nest
from kg.documents.looks import Look, look
from kg.documents.pieces import Draft, Piece
from kg.model import Block


def arrange(draft: Draft, foreign: Callable[[str], bool] = lambda _: False) -> tuple[Block, ...]:
    """The blocks of a draft, in order; they do not overlap, and between them is nothing but white space and markers.

    `foreign` tells whether a short line is in another language than the document, which at the edges of a page is a sign of furniture.
    """
    text, pieces = draft.text, draft.pieces
    looks = [look(text[piece.start : piece.end]) for piece in pieces]
    furniture = find_furniture(text, pieces, looks, foreign)
    own = [i for i, kind in enumerate(furniture) if kind is None]
    blocks = [Block(kind, _start(text, piece, 0), piece.end) for piece, kind in zip(pieces, furniture, strict=True) if kind is not None]
    blocks += _policy_blocks(text, [pieces[i] for i in own], [looks[i] for i in own], own)
    return tuple(sorted(blocks, key=lambda block: block.start))


def _policy_blocks(text: str, pieces: Sequence[Piece], looks: Sequence[Look], own: Sequence[int]) -> list[Block]:
    """The blocks of the policy itself; `own` are the numbers of its pieces among all."""
    headings = find_headings(text, pieces, looks)
    kinds = find_items(text, pieces, looks, headings)
    depths = heading_levels(pieces, looks, kinds)
    levels, leads = nest(text, pieces, looks, kinds)
    return [
        Block(kind, _start(text, piece, depth), piece.end, depth or level, None if lead is None else own[lead], piece.headers)
        for piece, kind, depth, level, lead in zip(pieces, kinds, depths, levels, leads, strict=True)
    ]


def _start(text: str, piece: Piece, depth: int) -> int:
    """A number without a full stop is a marker before a heading alone; elsewhere it belongs to the text."""
    return text.rindex(piece.marker[1:], 0, piece.start) if piece.marker.startswith("?") and not depth else piece.start
