"""HTML: builds a canonical text with blocks; keeps what is folded away, and marks menus, banners and footers as such."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from kg.documents.html_hints import BLOCKS, DROPPED, furniture_hint, is_link_list, is_main, links_within
from kg.documents.html_tables import Table, open_table
from kg.documents.html_walk import walk
from kg.documents.lines import cut
from kg.documents.markers import split_marker
from kg.documents.pieces import Draft, Piece
from kg.model import BlockKind, Metadata

_TAG = re.compile(r"<\s*[a-zA-Z!/]")
_SPACE = re.compile(r"[\s\u200b\ufeff]+")
_HEADING = re.compile(r"h[1-6]")
_BOLD = frozenset(("b", "strong"))
_MAX_HEADING = 250
_MAX_BOLD_HEADING = 120
_MAX_DEPTH = 6
_TITLE_TAIL = re.compile(r"\s+[|»•–—-]\s+.*$")


def read_html(markup: str) -> Draft:
    """A draft of a page. Its text is built here: blocks apart by empty lines, items with bullets, cells of a row with " | " between."""
    if not _TAG.search(markup):
        return Draft(markup, tuple(cut(markup)))
    parser = LexborHTMLParser(markup)
    parser.strip_tags([tag for tag in DROPPED if tag.isalpha() and tag != "head"])
    builder = _Builder(page_length=len(parser.body.text(deep=True)) if parser.body else 0)
    if parser.body is not None:
        for node, entering in walk(parser.body, lambda node: node.tag in DROPPED):
            builder.enter(node) if entering else builder.leave(node)
        builder.flush()
    return Draft("".join(builder.parts), tuple(builder.pieces), _metadata(parser))


def _metadata(parser: LexborHTMLParser) -> Metadata:
    root, title, canonical = parser.css_first("html"), parser.css_first("title"), parser.css_first('link[rel="canonical"]')
    language = _SPACE.sub("", (root.attributes.get("lang") or root.attributes.get("xml:lang") or "") if root else "")
    name = _SPACE.sub(" ", title.text(deep=True)).strip() if title else ""
    source = (canonical.attributes.get("href") or "").strip() if canonical else ""
    return Metadata(
        title=_TITLE_TAIL.sub("", name) or name or None,
        language=language.replace("_", "-").lower() if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_]\w+)*", language) else None,
        source=source if source.startswith(("http://", "https://")) else None,
    )


@dataclass(slots=True)
class _Line:
    """Inline text that has not ended yet, and how much of it is bold."""

    parts: list[str] = field(default_factory=list)
    bold: int = 0

    def add(self, text: str, *, bold: bool) -> None:
        self.parts.append(text)
        self.bold += len(_SPACE.sub("", text)) if bold else 0


@dataclass(slots=True)
class _Item:
    """A list item that is open: its marker until it is used, and its first piece."""

    marker: str
    level: int
    first: int | None = None


@dataclass(slots=True)
class _List:
    ordered: bool
    letters: bool
    count: int


@dataclass(slots=True)
class _Builder:
    page_length: int
    parts: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    length: int = 0
    line: _Line = field(default_factory=_Line)
    lists: list[_List] = field(default_factory=list)
    items: list[_Item] = field(default_factory=list)
    tables: list[Table | None] = field(default_factory=list)
    furniture: list[tuple[int, BlockKind]] = field(default_factory=list)
    heading: int = 0
    bold: int = 0
    main: int = 0
    pre: int = 0
    breaks: int = 0
    term: int | None = None
    in_term: bool = False
    in_definition: bool = False

    def enter(self, node: LexborNode) -> None:
        """Opens an element, or takes in a text."""
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "")
            return
        if tag == "br":
            self._break()
            return
        if tag in _BOLD:
            self.bold += 1
        if tag not in BLOCKS:
            return
        self.flush()
        self.main += is_main(node)
        hint = furniture_hint(node, self.page_length, self.main > 0)
        if (
            hint is None
            and tag in ("ul", "ol", "div")
            and not self.furniture
            and len(self.lists) < _MAX_DEPTH
            and is_link_list(node)
            and self._is_menu(node)
        ):
            hint = BlockKind.NAVIGATION
        if hint is not None:
            self.furniture.append((node.mem_id, hint))
        self._open(tag, node)

    def _open(self, tag: str, node: LexborNode) -> None:
        if _HEADING.fullmatch(tag):
            self.heading = int(tag[1])
        elif node.attributes.get("role") == "heading":
            level = node.attributes.get("aria-level") or "2"
            self.heading = int(level) if level.isdigit() and 0 < int(level) < 7 else 2
        elif tag in ("ul", "ol", "menu"):
            start = node.attributes.get("start") or "1"
            self.lists.append(
                _List(tag == "ol", (node.attributes.get("type") or "").lower() == "a", int(start) - 1 if start.isdigit() else 0)
            )
        elif tag == "li":
            self.items.append(_Item(self._marker(), max(1, len(self.lists))))
        elif tag == "table":
            self.tables.append(open_table(node))
        elif tag == "pre":
            self.pre += 1
        elif tag in ("dt", "dd"):
            self.in_term, self.in_definition = tag == "dt", tag == "dd"
        elif self.tables and (table := self.tables[-1]) is not None:
            if tag == "tr":
                table.begin_row()
            elif tag in ("td", "th"):
                table.begin_cell(node)

    def leave(self, node: LexborNode) -> None:
        """Closes an element."""
        tag = node.tag or ""
        if tag in _BOLD:
            self.bold -= 1
        if tag not in BLOCKS:
            return
        self.flush()
        if self.furniture and self.furniture[-1][0] == node.mem_id:
            self.furniture.pop()
        self.main -= is_main(node)
        if _HEADING.fullmatch(tag) or node.attributes.get("role") == "heading":
            self.heading = 0
        elif tag in ("ul", "ol", "menu") and self.lists:
            self.lists.pop()
        elif tag == "li" and self.items:
            self._close_item(self.items.pop())
        elif tag == "table" and self.tables:
            self.tables.pop()
        elif tag == "pre":
            self.pre -= 1
        elif tag in ("dt", "dd"):
            self.in_term = self.in_definition = False
        elif tag in ("td", "th") and self.tables and (table := self.tables[-1]) is not None:
            table.end_cell()

    def flush(self) -> None:
        """Ends the line: what has been taken in becomes a piece."""
        line, self.line, self.breaks = self.line, _Line(), 0
        text = _SPACE.sub(" ", "".join(line.parts)).strip()
        if any(map(str.isalnum, text)):
            bold = (
                line.bold >= 0.9 * len(text.replace(" ", "")) and 2 < len(text) <= _MAX_BOLD_HEADING and not text.endswith((".", ";", ","))
            )
            self._add(text, bold)

    def _text(self, text: str) -> None:
        if self.pre and "\n" in text:
            for i, line in enumerate(text.split("\n")):
                if i:
                    self.flush()
                self.line.add(line, bold=False)
            return
        if self.breaks and text.strip():
            self._after_break(text)
        self.line.add(text, bold=self.bold > 0)

    def _break(self) -> None:
        """A line break ends a line, unless the sentence plainly goes on after it; that is decided when the next text comes."""
        self.breaks += 1

    def _after_break(self, text: str) -> None:
        before, breaks = "".join(self.line.parts).rstrip(), self.breaks
        self.breaks = 0
        goes_on = breaks == 1 and text.lstrip()[:1].islower() and before[-1:] not in (".", ":", ";", "!", "?")
        if goes_on:
            self.line.add(" ", bold=False)
        else:
            self.flush()

    def _is_menu(self, node: LexborNode) -> bool:
        """A list of links is a menu unless the text before it introduces it."""
        last = self.pieces[-1] if self.pieces else None
        introduced = last is not None and "".join(self.parts[-1:]).rstrip().endswith(":")
        return not introduced and (links_within(node) or not self.main)

    def _marker(self) -> str:
        if not self.lists:
            return "•"
        around = self.lists[-1]
        around.count += 1
        if not around.ordered:
            return "•"
        return f"{chr(96 + around.count)}." if around.letters and around.count <= 26 else f"{around.count}."

    def _close_item(self, item: _Item) -> None:
        """An item whose first line is bold and that goes on with other text is a section: its first line is a heading."""
        if item.first is not None and item.first + 1 < len(self.pieces):
            first, following = self.pieces[item.first], self.pieces[item.first + 1]
            if first.kind is BlockKind.ITEM and first.gap and following.kind is None:
                self.pieces[item.first] = replace(first, kind=BlockKind.HEADING, level=0)

    def _add(self, text: str, bold: bool) -> None:
        table = self.tables[-1] if self.tables else None
        item = self.items[-1] if self.items else None
        marker, offset = split_marker(text)
        piece = Piece(0, 0, marker, gap=1)
        if self.furniture:
            piece = replace(piece, kind=self.furniture[-1][1], sure=True)
            if self.heading == 1 and piece.kind is BlockKind.NAVIGATION:
                piece = replace(piece, kind=BlockKind.HEADING, level=1)
        elif self.heading and len(text) <= _MAX_HEADING:
            piece = replace(piece, kind=BlockKind.HEADING, level=self.heading, sure=True)
        elif table is not None and table.cell is not None:
            piece, offset = replace(piece, kind=BlockKind.CELL, headers=table.headers(), marker="", sure=True), 0
            table.add(len(self.pieces))
        elif self.in_term or self.in_definition:
            headers = (self.term,) if self.in_definition and self.term is not None else ()
            piece, offset = replace(piece, kind=BlockKind.CELL, headers=headers, marker="", sure=True), 0
            self.term = len(self.pieces) if self.in_term else self.term
        elif item is not None and item.first is None:
            piece = replace(piece, kind=BlockKind.ITEM, level=item.level, marker=item.marker or marker, gap=int(bold), sure=True)
            item.first = len(self.pieces)
        elif bold and not item:
            piece = replace(piece, kind=BlockKind.HEADING)
        elif item is not None:
            piece = replace(piece, indent=item.level)
        self._write(text, offset, piece, item)

    def _write(self, text: str, offset: int, piece: Piece, item: _Item | None) -> None:
        prefix = ""
        if piece.kind is BlockKind.ITEM and item is not None:
            prefix = "\n" + "  " * (min(item.level, _MAX_DEPTH) - 1) + f"{item.marker} "
        elif piece.kind is BlockKind.CELL:
            table = self.tables[-1] if self.tables else None
            beside = bool(self.pieces) and self.pieces[-1].kind is BlockKind.CELL
            prefix = " | " if beside and table is not None and table.column else "\n" if beside else "\n\n"
        elif self.parts:
            prefix = "\n\n"
        if not self.parts:
            prefix = prefix.lstrip("\n ")
        start = self.length + len(prefix) + offset
        self.parts.append(prefix + text)
        self.length += len(prefix) + len(text)
        self.pieces.append(replace(piece, start=start, end=self.length))
