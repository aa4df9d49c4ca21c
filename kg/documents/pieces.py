"""Pieces: what a reader hands to the layout, before it is known what each piece is."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.model import BlockKind, Metadata


@dataclass(frozen=True, slots=True)
class Piece:
    """A trimmed line, paragraph, item or cell: ``text[start:end]``, without its marker.

    `kind` is what the markup says, None where the layout has to find out. `level` counts as in `kg.model.Block`. `indent` is in columns,
    `gap` the number of empty lines before it. `sure` forbids the layout to change the kind.
    """

    start: int
    end: int
    marker: str = ""
    indent: int = 0
    gap: int = 0
    kind: BlockKind | None = None
    level: int = 0
    headers: tuple[int, ...] = ()
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A document before its layout is known: the canonical text, its pieces in reading order, and what the markup tells of it.

    `pages` are the offsets where the pages begin, for formats that have pages.
    """

    text: str
    pieces: tuple[Piece, ...]
    metadata: Metadata = field(default_factory=Metadata)
    pages: tuple[int, ...] = ()
