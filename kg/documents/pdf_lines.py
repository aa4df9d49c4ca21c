"""The lines of a PDF's pages, with their places: what `pypdfium2` gives, gathered along the baselines."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as pdfium

from kg.errors import InputError

MAX_PAGES = 3_000
MAX_CHARACTERS = 5_000_000
HYPHENS = "-\xad\u2010\u2011"

# A gap wider than this share of the letters' size is a gutter or a cell's edge, not a word's.
_GAP = 1.7
_SPACE = 0.35
_LINE_END = "\x02\ufffe"  # how PDFium marks a hyphen that ends a line
_BOLD = 600
_SCAN = "this PDF has no text layer: it is a scan"
_SCAN_REMEDY = "run it through a text recognition program (OCR) and give the result"


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of text on one baseline. Places and sizes are in points, from the lower left corner of the page; pages count from 1."""

    text: str
    page: int
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool

    @property
    def middle(self) -> float:
        """The height of its middle above the foot of the page."""
        return (self.bottom + self.top) / 2


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page in the order in which they were drawn, and its height in points."""

    number: int
    height: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Glyph:
    character: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    bold: bool
    after_space: bool


def pages(data: bytes, path: str) -> tuple[list[Page], str | None]:
    """The pages of a PDF and the title in its metadata.

    Raises:
        InputError: it is encrypted, damaged, too long, or a scan without text.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise InputError(path, "this PDF is encrypted", "save it without a password") from error
        raise InputError(path, "this PDF is damaged and cannot be opened", "save or download it again") from error
    try:
        count = len(document)
        if count > MAX_PAGES:
            raise InputError(path, f"this PDF has {count:,} pages, more than the limit of {MAX_PAGES:,}", "split it")
        found: list[Page] = []
        characters = 0
        for number in range(count):
            found.append(_page(document, number, path))
            characters += sum(len(line.text) for line in found[-1].lines)
            if characters > MAX_CHARACTERS:
                raise InputError(path, f"this PDF has more than {MAX_CHARACTERS:,} characters", "split it")
        if characters == 0:
            raise InputError(path, _SCAN if _has_images(document) else "this PDF has no text", _SCAN_REMEDY)
        return found, (document.get_metadata_value("Title") or "").strip() or None
    finally:
        document.close()


def _has_images(document: pypdfium2.PdfDocument) -> bool:
    return any(True for page in document for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]))


def _page(document: pypdfium2.PdfDocument, number: int, path: str) -> Page:
    try:
        page = document[number]
        text = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise InputError(path, f"page {number + 1} of this PDF is damaged", "save or download it again") from error
    try:
        return Page(number + 1, page.get_height(), tuple(_lines(_glyphs(text), number + 1)))
    finally:
        text.close()
        page.close()


def _glyphs(text: pypdfium2.PdfTextPage) -> Iterator[_Glyph]:
    """The visible characters in drawing order."""
    box = pdfium.FS_RECTF()
    space = False
    for i in range(min(text.count_chars(), MAX_CHARACTERS + 1)):
        character = chr(pdfium.FPDFText_GetUnicode(text.raw, i) or 0x20)
        if character in _LINE_END:
            character = "\xad"
        if character.isspace() or character < " ":
            space = True
            continue
        if "\ud800" <= character <= "\udfff" or not pdfium.FPDFText_GetLooseCharBox(text.raw, i, ctypes.byref(box)):
            continue
        size = box.top - box.bottom
        bold = pdfium.FPDFText_GetFontWeight(text.raw, i) >= _BOLD or _named_bold(text, i)
        yield _Glyph(character, box.left, box.right, box.bottom, box.top, round(size, 1), bold, space)
        space = False


def _named_bold(text: pypdfium2.PdfTextPage, i: int) -> bool:
    name = ctypes.create_string_buffer(96)
    pdfium.FPDFText_GetFontInfo(text.raw, i, name, 96, None)
    return b"bold" in name.value.lower()


def _lines(glyphs: Iterable[_Glyph], number: int) -> Iterator[Line]:
    run: list[_Glyph] = []
    for glyph in glyphs:
        if run and not _goes_on(run[-1], glyph):
            yield _line(run, number)
            run = []
        run.append(glyph)
    if run:
        yield _line(run, number)


def _goes_on(last: _Glyph, glyph: _Glyph) -> bool:
    height = max(last.size, glyph.size, 1.0)
    overlap = min(last.top, glyph.top) - max(last.bottom, glyph.bottom)
    return overlap > 0.4 * min(last.size, glyph.size) and -0.5 * height < glyph.left - last.right < _GAP * height


def _line(run: list[_Glyph], number: int) -> Line:
    parts = [run[0].character]
    for last, glyph in pairwise(run):
        if glyph.after_space or glyph.left - last.right > _SPACE * last.size:
            parts.append(" ")
        parts.append(glyph.character)
    sizes = Counter(glyph.size for glyph in run)
    return Line(
        text="".join(parts),
        page=number,
        left=run[0].left,
        right=run[-1].right,
        bottom=min(glyph.bottom for glyph in run),
        top=max(glyph.top for glyph in run),
        size=sizes.most_common(1)[0][0],
        bold=sum(glyph.bold for glyph in run) * 2 > len(run),
    )
