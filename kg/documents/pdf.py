"""PDF: a canonical text from the lines of the pages, without running heads and page numbers, and with the place where each page begins."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from kg.documents.lines import trim
from kg.documents.markers import number_depth, split_marker
from kg.documents.pdf_lines import HYPHENS, Line, Page, pages
from kg.documents.pdf_order import reading_order
from kg.documents.pieces import Draft, Piece
from kg.errors import InputError
from kg.model import BlockKind, Metadata

_MARGIN = 0.12
_OUTERMOST = 2
_REPEATED = 0.4
_PAGE_NUMBER = re.compile(r"[-–—|\s]*(?:page|p\.|sivu|s\.|seite)?\s*\d{1,4}\s*(?:(?:/|\||of|von|av|\()\s*\d{1,4}\s*\)?)?[-–—|\s]*", re.I)
_FILE_NAME = re.compile(r"\.\w{2,5}$|^Microsoft |^untitled", re.I)
_DIGITS = re.compile(r"\d+")
_LARGER = 1.12
_MAX_HEADING = 18
_APART = 1.4
_SENTENCE_END = re.compile(r"[.!?:;…][\"”’')\]]*$")
# "asiakas- ja jäsentiedot", "pre- and post-contract": the hyphen stands for a part of the word and stays.
_HANGING = frozenset("and or ja tai sekä eli och eller und oder".split())
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"})
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST_PART = re.compile(r"[^\W\d_]+$")
_FIRST_PART = re.compile(r"[^\W\d_]+")


def read_pdf(data: bytes, path: str) -> Draft:
    """A draft of a PDF. Its text is built here: paragraphs joined from their lines across columns and pages, apart by empty lines.

    Raises:
        InputError: it is encrypted, damaged, too long, a scan, or holds nothing but running heads.
    """
    found, title = pages(data, path)
    running = _running(found)
    body = _body_size([line for page in found for line in page.lines])
    lines = [line for page in found for line in reading_order([x for x in page.lines if not _is_furniture(x, page, running, body)])]
    if not lines:
        raise InputError(path, "there is no text in this PDF but running heads and page numbers", "check the file")
    builder = _Builder(_known_words(lines))
    ranks = sorted({line.size for line in lines if line.size >= _LARGER * body}, reverse=True)
    for paragraph in _paragraphs(lines, body):
        builder.add(paragraph, *_heading(paragraph, body, ranks))
    starts = [start for start, _ in builder.begins]
    numbers = [number for _, number in builder.begins]
    offsets = tuple(starts[min(bisect_left(numbers, page.number), len(starts) - 1)] for page in found[: numbers[-1]])
    return Draft("".join(builder.parts), tuple(builder.pieces), Metadata(title=_title(title)), offsets)


def _title(given: str | None) -> str | None:
    """The title in the file's properties, unless it is the name of a file or of the program that wrote it."""
    return given if given and " " in given and not _FILE_NAME.search(given) else None


def _key(line: Line) -> str:
    return _DIGITS.sub("#", line.text.casefold())


def _in_margin(line: Line, page: Page) -> bool:
    """Whether a line is one of the outermost of its page, and near its edge."""
    if _MARGIN * page.height < line.middle < (1 - _MARGIN) * page.height:
        return False
    outer = {
        round(x.middle) for x in page.lines if (x.middle > line.middle + 1 if line.middle > page.height / 2 else x.middle < line.middle - 1)
    }
    return len(outer) < _OUTERMOST


def _running(found: Sequence[Page]) -> frozenset[str]:
    """The lines in the margins that come back on several pages, with their numbers left out."""
    counts = Counter(key for page in found for key in {_key(line) for line in page.lines if _in_margin(line, page)})
    return frozenset(key for key, count in counts.items() if count >= max(2, _REPEATED * len(found)))


def _is_furniture(line: Line, page: Page, running: frozenset[str], body: float) -> bool:
    if not _in_margin(line, page):
        return False
    title = page.number == 1 and line.size >= _LARGER * body  # which the running head repeats
    return _PAGE_NUMBER.fullmatch(line.text) is not None or (_key(line) in running and not title)


def _body_size(lines: Sequence[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: (sizes[size], -size))


def _paragraphs(lines: Sequence[Line], body: float) -> Iterator[list[Line]]:
    steps = [last.middle - line.middle for last, line in pairwise(lines) if last.page == line.page and last.size == line.size == body]
    leading = median([step for step in steps if 0 < step < 3 * body] or [1.2 * body]) / body
    paragraph: list[Line] = []
    for line in lines:
        if paragraph and not _continues(paragraph, line, leading):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _continues(paragraph: Sequence[Line], line: Line, leading: float) -> bool:
    last = paragraph[-1]
    if abs(last.size - line.size) > 0.08 * max(last.size, line.size) or last.bold != line.bold or split_marker(line.text + " ")[0]:
        return False
    ends = _SENTENCE_END.search(last.text) is not None
    step = last.middle - line.middle
    if line.page != last.page or step <= 0:
        return not ends and not (line.text[0].isupper() and last.bold)
    if step > _APART * leading * line.size:
        return False
    # A line that had room for the next word was meant to end there.
    word = len(line.text.split(None, 1)[0]) / max(1, len(line.text)) * (line.right - line.left)
    return not ends or last.right + word > max(line.right, *(x.right for x in paragraph)) - 0.5 * line.size


def _heading(paragraph: Sequence[Line], body: float, ranks: Sequence[float]) -> tuple[int, bool]:
    """The level of a heading, 0 for other paragraphs; and whether its size says so."""
    text = " ".join(line.text for line in paragraph)
    if len(text.split()) > _MAX_HEADING or not any(map(str.isalpha, text)):
        return 0, False
    size = paragraph[0].size
    if size >= _LARGER * body:
        return 1 + ranks.index(size), True
    bold = all(line.bold for line in paragraph) and not re.search(r"[.,;:]$", text)
    return (1 + len(ranks) + max(0, number_depth(split_marker(text)[0]) - 1), False) if bold else (0, False)


def _known_words(lines: Sequence[Line]) -> frozenset[str]:
    """The words that stand within a line, with their inner hyphens: they show how a word that was cut at a line's end is written."""
    return frozenset(word.lower() for line in lines for word in _WORD.findall(line.text)[:-1])


@dataclass(slots=True)
class _Builder:
    known: frozenset[str]
    parts: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    begins: list[tuple[int, int]] = field(default_factory=list)
    length: int = 0
    in_list: bool = False

    def add(self, paragraph: Sequence[Line], level: int, sure: bool) -> None:
        """Appends one paragraph, and notes where it goes on to another page."""
        marker = split_marker(paragraph[0].text + " ")[0]
        listed = bool(marker) and not level
        gap = 0 if listed and self.in_list else 1
        self.in_list = listed
        if self.parts:
            self._append("\n\n" if gap else "\n")
        start, count = self.length, len(self.parts)
        for line in paragraph:
            self._line(line, first=line is paragraph[0])
        text = "".join(self.parts[count:])
        _, offset = split_marker(text + " ")
        first, end = trim(text, min(offset, len(text)), len(text))
        if first < end:
            kind = BlockKind.HEADING if level else None
            indent = round(paragraph[0].left / max(1.0, paragraph[0].size)) if listed else 0
            self.pieces.append(Piece(start + first, start + end, marker, indent, gap, kind, level, sure=sure))

    def _line(self, line: Line, *, first: bool) -> None:
        text = line.text.translate(_LIGATURES).strip()
        if not first:
            self._append(self._seam(text))
        if not self.begins or self.begins[-1][1] != line.page:
            self.begins.append((self.length, line.page))
        hyphen = text[-1:] in HYPHENS
        text = text[:-1].replace("\xad", "") + "-" if hyphen else text.replace("\xad", "")
        self._append(text)

    def _seam(self, following: str) -> str:
        """What joins a line to the one before it: a space, or nothing, where a word was cut at the line's end."""
        before = self.parts[-1]
        head = _FIRST_PART.match(following.replace("\xad", ""))
        tail = _LAST_PART.search(before[:-1])
        if not before.endswith("-") or head is None or tail is None:
            return " "
        if head[0].lower() in _HANGING:
            return " "
        kept = f"{tail[0]}-{head[0]}".lower() in self.known and f"{tail[0]}{head[0]}".lower() not in self.known
        if not kept and head[0][0].islower():
            self.parts[-1] = before[:-1]
            self.length -= 1
        return ""

    def _append(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)
