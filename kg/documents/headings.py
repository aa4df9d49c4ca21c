"""Which pieces are headings, and how deep they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kg.documents.looks import Look
from kg.documents.markers import is_bullet, number_depth, series
from kg.documents.phrases import word_set
from kg.documents.pieces import Piece
from kg.model import BlockKind

_MAX_WORDS = 18
_RUN = 4
_OFTEN = 3
_LEAD_OPENERS = word_set("for in as by with to on at examples therefore additionally including such these this we seuraavat esimerkiksi")


def find_headings(text: str, pieces: Sequence[Piece], looks: Sequence[Look]) -> list[bool]:
    """For every piece, whether it is a heading."""
    counts = Counter(text[p.start : p.end] for p, look in zip(pieces, looks, strict=True) if look.words <= _MAX_WORDS)
    found = []
    for i, piece in enumerate(pieces):
        if piece.kind is not None:
            found.append(piece.kind is BlockKind.HEADING)
        elif piece.marker == ">":
            found.append(False)
        elif is_bullet(piece.marker):
            found.append(_bulleted_heading(pieces, looks, i))
        else:
            found.append(heading_score(pieces, looks, i) > (1.5 if counts[text[piece.start : piece.end]] >= _OFTEN else 0.0))
    return _thinned(pieces, looks, found)


def heading_score(pieces: Sequence[Piece], looks: Sequence[Look], i: int) -> float:
    """Above zero where piece `i` looks like a heading. The weights were found on annotated policies and rounded."""
    piece, look = pieces[i], looks[i]
    address = look.contact and piece.marker.startswith("?")
    if (
        not look.words
        or look.words > _MAX_WORDS
        or address
        or look.item_tail
        or look.inner_stop
        or look.dated
        or not (look.upper or piece.marker)
    ):
        return -9.0
    score = 1.2 - 0.12 * max(0, look.words - 4)
    score += 1.0 if look.caps else 0.8 * look.titled
    score += 0.7 if look.asks else 0.0
    score += 0.8 if number_depth(piece.marker) else 0.0
    score -= 1.7 if look.finite and not look.asks and not look.caps and look.titled < 0.9 else 0.0
    score -= 2.5 if look.contact else 0.0
    score -= 2.5 if look.labelled and not piece.marker and not look.asks else 0.0
    following = looks[i + 1] if i + 1 < len(looks) else None
    score += _by_end(look, following, bool(following and pieces[i + 1].marker))
    score += _by_next(piece, pieces[i + 1] if following else None, following)
    if i and looks[i - 1].last == ":" and not looks[i - 1].caps and not piece.marker:
        score -= 1.5
    return score - _as_address(pieces, looks, i)


def _as_address(pieces: Sequence[Piece], looks: Sequence[Look], i: int) -> float:
    """How much the lines around say that a short line is part of an address, or somebody's name over one."""
    before = looks[i - 1] if i else None
    after = looks[i + 1] if i + 1 < len(looks) else None
    if pieces[i].marker[:1] not in ("", "?") or (after and after.prose):
        return 0.0
    below = before is not None and before.contact and not before.prose
    above = after is not None and after.contact
    if below:
        return 2.5 if above else 1.0
    if above and looks[i].numbered_end:
        return 2.5
    # "Contact person / Mary Sample / mary@…": the name stands right under a line that looks like a heading.
    named = above and before is not None and 0 < before.words <= 6 and before.upper and not before.stops and before.last != ":"
    return 1.8 if named and i > 1 and 1 < looks[i].words <= 3 and looks[i].titled > 0.9 and not looks[i].caps else 0.0


def _by_end(look: Look, following: Look | None, list_follows: bool) -> float:
    if look.last == "?":
        return 1.0
    if look.last == ":":
        return _by_colon(look, following, list_follows)
    if look.stops:
        return -1.2 if look.words <= 3 and look.titled > 0.9 and following and following.prose else -3.5
    return 0.0


def _by_colon(look: Look, following: Look | None, list_follows: bool) -> float:
    """A colon ends a lead-in, unless the line is a name over running text ("Security:")."""
    if look.words > 8 or look.finite or look.asks or look.first in _LEAD_OPENERS:
        return -4.0
    if following and following.prose and not list_follows:
        return -0.3
    return -0.8 if look.titled > 0.9 and look.words > 1 else -3.0


def _by_next(piece: Piece, next_piece: Piece | None, following: Look | None) -> float:
    if following is None or next_piece is None:
        return -2.5
    if piece.marker and series(piece.marker) == series(next_piece.marker):
        # One of several items, unless running text shows that the number is a section's.
        return -2.5
    if following.prose:
        return 1.0
    if next_piece.marker:
        return 0.5 if not piece.marker else 0.0
    if following.contact or following.dated:
        return -0.3
    return 0.0


def _bulleted_heading(pieces: Sequence[Piece], looks: Sequence[Look], i: int) -> bool:
    """A short bulleted line that stands alone over text without bullets."""
    if i + 1 >= len(pieces) or pieces[i + 1].marker or (i and (is_bullet(pieces[i - 1].marker) or looks[i - 1].last == ":")):
        return False
    look = looks[i]
    return look.words <= 7 and look.upper and not (look.stops or look.item_tail or look.contact or look.finite) and look.last != ":"


def _thinned(pieces: Sequence[Piece], looks: Sequence[Look], found: list[bool]) -> list[bool]:
    """Takes back the headings of long runs without text between them: tables and menus that lost their layout.

    The last two of a run may head the text that follows, and the first may be the title.
    """
    kept = list(found)
    start = 0
    while start < len(found):
        end = start
        while end < len(found) and found[end] and not pieces[end].sure:
            end += 1
        if end - start >= _RUN:
            prose_follows = end < len(looks) and (looks[end].prose or bool(pieces[end].marker) or looks[end].last == ":")
            for i in range(start + (start == 0), end - (2 if prose_follows else 0)):
                kept[i] = False
        start = end + 1
    return kept


def heading_levels(pieces: Sequence[Piece], looks: Sequence[Look], kinds: Sequence[BlockKind]) -> list[int]:
    """The level of every heading, 1 for the title, and 0 for other pieces."""
    levels = [0] * len(pieces)
    title = _title(pieces, kinds)
    caps_above = _caps_above(looks, kinds)
    previous: int | None = None
    for i, (piece, kind) in enumerate(zip(pieces, kinds, strict=True)):
        if kind is not BlockKind.HEADING:
            continue
        depth = number_depth(piece.marker)
        if piece.level:
            levels[i] = piece.level
        elif i == title:
            levels[i] = 1
        elif depth:
            levels[i] = 1 + depth
        else:
            levels[i] = 3 if caps_above and not looks[i].caps else 2
            if previous is not None and previous == i - 1 and previous != title and levels[previous] == levels[i]:
                # Nothing stands between them: the second can only be part of the first.
                levels[i] += 1
        previous = i
    return levels


def _title(pieces: Sequence[Piece], kinds: Sequence[BlockKind]) -> int | None:
    """The first heading, unless text or a section number comes before it."""
    for i, kind in enumerate(kinds[:8]):
        if kind is BlockKind.HEADING:
            return None if number_depth(pieces[i].marker) else i
        if not kind.is_furniture and pieces[i].end - pieces[i].start > 120:
            return None
    return None


def _caps_above(looks: Sequence[Look], kinds: Sequence[BlockKind]) -> bool:
    """Whether capitals mark the main headings: there are several in capitals and several not."""
    caps = sum(1 for look, kind in zip(looks, kinds, strict=True) if kind is BlockKind.HEADING and look.caps)
    return caps > 2 and sum(kind is BlockKind.HEADING for kind in kinds) - caps > 1
