"""The reading order of a page: columns one after the other, lines that span them in between.

The page is cut along its widest gutter, and each side again, as in the recursive X-Y cut (Nagy and Seth 1984).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from kg.documents.pdf_lines import Line

_MIN_LINES = 3
_MIN_GUTTER = 0.8
# Columns of prose are mostly full; columns of a table are not, and its rows are read across.
_FILLED = 0.55
_MIN_CHARACTERS = 15
_MAX_DEPTH = 6


def reading_order(lines: Sequence[Line], depth: int = 0) -> list[Line]:
    """The lines of one page as they are read; those on one baseline of one column are joined."""
    gutter = _gutter(lines) if depth < _MAX_DEPTH else None
    if gutter is None:
        return _rows(lines)
    ordered: list[Line] = []
    band: list[Line] = []
    for line in sorted(lines, key=lambda line: -line.middle):
        if line.left < gutter < line.right:
            ordered += _columns(band, gutter, depth)
            ordered.append(line)
            band = []
        else:
            band.append(line)
    return ordered + _columns(band, gutter, depth)


def _columns(band: Sequence[Line], gutter: float, depth: int) -> list[Line]:
    return [
        line
        for column in ([line for line in band if line.right <= gutter], [line for line in band if line.left >= gutter])
        if column
        for line in reading_order(column, depth + 1)
    ]


def _gutter(lines: Sequence[Line]) -> float | None:
    """The middle of the widest empty strip with prose on both sides, that lines which span it do not make a rarity."""
    if len(lines) < 2 * _MIN_LINES:
        return None
    width = max(line.right for line in lines) - min(line.left for line in lines)
    inner = sorted((line for line in lines if line.right - line.left < 0.7 * width), key=lambda line: line.left)
    best: tuple[float, float] | None = None
    reach = inner[0].right if inner else 0.0
    for _, line in pairwise(inner):
        strip = line.left - reach
        if strip >= _MIN_GUTTER * line.size and (best is None or strip > best[0]):
            middle = (line.left + reach) / 2
            if _is_prose([x for x in inner if x.right <= middle]) and _is_prose([x for x in inner if x.left >= middle]):
                best = strip, middle
        reach = max(reach, line.right)
    return best[1] if best else None


def _is_prose(column: Sequence[Line]) -> bool:
    if len(column) < _MIN_LINES or median(len(line.text) for line in column) < _MIN_CHARACTERS:
        return False
    width = max(line.right for line in column) - min(line.left for line in column)
    return median(line.right - line.left for line in column) >= _FILLED * width


def _rows(lines: Sequence[Line]) -> list[Line]:
    """The lines from top to bottom; stretches on one baseline become one line, from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (-line.middle, line.left)):
        if rows and abs(rows[-1][0].middle - line.middle) < 0.5 * min(rows[-1][0].size, line.size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [_joined(sorted(row, key=lambda line: line.left)) for row in rows]


def _joined(row: Sequence[Line]) -> Line:
    if len(row) == 1:
        return row[0]
    text = row[0].text
    for last, line in pairwise(row):
        touching = line.left - last.right < 0.1 * line.size
        text += ("" if touching else " ") + line.text
    longest = max(row, key=lambda line: len(line.text))
    return replace(
        longest,
        text=text,
        left=row[0].left,
        right=max(line.right for line in row),
        bottom=min(line.bottom for line in row),
        top=max(line.top for line in row),
    )
