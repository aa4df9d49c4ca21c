"""DOCX: the text of a Word file as plain markup, with its headings, lists and tables, which the reader of pages then lays out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml.etree import LxmlError

from kg.documents.archives import check_zip
from kg.documents.html import read_html
from kg.documents.pieces import Draft
from kg.errors import InputError

_MAX_INDENT = 9
_HEADING = re.compile(r"heading ([1-9])", re.I)
_TITLES = ("title",)
_DELETED = {qn("w:del"), qn("w:moveFrom"), qn("w:instrText"), qn("w:txbxContent")}
_BULLETS = ("bullet", "none")


def read_docx(data: bytes, path: str) -> Draft:
    """A draft of a Word file. Headers, footers, comments and deleted text stay out.

    Raises:
        InputError: it is encrypted, damaged, or too much is packed into it.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(path, "this Word file is encrypted, or of the old .doc format", "save it as .docx without a password")
    try:
        check_zip(zipfile.ZipFile(io.BytesIO(data)), path, len(data))
        document = docx.Document(io.BytesIO(data))
    except (zipfile.BadZipFile, PackageNotFoundError, LxmlError, KeyError, ValueError) as error:
        raise InputError(path, "this Word file is damaged", "save it again") from error
    writer = _Writer(document)
    body = "".join(writer.blocks(document.element.body))
    properties = document.core_properties
    language = (properties.language or "").strip()
    head = f"<title>{escape(properties.title)}</title>" if (properties.title or "").strip() else ""
    root = f'<html lang="{escape(language)}">' if language else "<html>"
    return read_html(f"{root}<head>{head}</head><body><main>{body}</main></body></html>")


@dataclass(slots=True)
class _Writer:
    document: Any

    def blocks(self, parent: Any) -> Iterator[str]:
        """Paragraphs and tables in order, also those inside content controls."""
        open_lists: list[tuple[str, str]] = []  # the tag and the number of each list that an item would go into
        for element in _children(parent):
            number = self._numbering(element) if element.tag == qn("w:p") else None
            depth = number[1] + 1 if number else 0
            while len(open_lists) > depth or (number and len(open_lists) == depth and open_lists[-1][1] != number[0]):
                yield f"</li></{open_lists.pop()[0]}>"
            if element.tag == qn("w:tbl"):
                yield self._table(element)
                continue
            text = _text(element)
            level = self._level(element)
            if number and not level and text.strip():
                if len(open_lists) == depth:
                    yield "</li>"
                while len(open_lists) < depth:
                    open_lists.append(("ul" if self._is_bullet(number) else "ol", number[0]))
                    yield f"<{open_lists[-1][0]}>" + ("<li>" if len(open_lists) < depth else "")
                yield f"<li>{text}"
            elif text.strip():
                yield f"<h{level}>{text}</h{level}>" if level else f"<p>{text}</p>"
        while open_lists:
            yield f"</li></{open_lists.pop()[0]}>"

    def _table(self, table: Any) -> str:
        rows = []
        for row in table.iterchildren(qn("w:tr")):
            cells = [element for element in _children(row) if element.tag == qn("w:tc")]
            rows.append("".join(f"<td>{''.join(self.blocks(cell))}</td>" for cell in cells))
        if len(rows) > 1 and table.find(f".//{qn('w:tblHeader')}") is not None:
            rows[0] = rows[0].replace("<td>", "<th>").replace("</td>", "</th>")
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"

    def _styles(self, paragraph: Any) -> Iterator[Any]:
        """The style of a paragraph and those that it is based on."""
        known = self.document.styles
        properties = paragraph.pPr
        name = properties.pStyle.val if properties is not None and properties.pStyle is not None else None
        style = known.element.get_by_id(name) if name else None
        for _ in range(_MAX_INDENT):
            if style is None:
                return
            yield style
            style = known.element.get_by_id(style.basedOn_val) if style.basedOn_val else None

    def _level(self, paragraph: Any) -> int:
        """The level of a heading: by the style's name, which Word keeps in English in every language, or by the outline level."""
        for style in self._styles(paragraph):
            name = style.name_val or ""
            if name.lower() in _TITLES:
                return 1
            if found := _HEADING.fullmatch(name):
                return min(6, int(found[1]))
        for holder in (paragraph, *self._styles(paragraph)):
            outline = holder.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
            if outline is not None and (value := int(outline.get(qn("w:val"), "9"))) < _MAX_INDENT:
                return min(6, value + 1)
        return 0

    def _numbering(self, paragraph: Any) -> tuple[str, int] | None:
        """The list that a paragraph is an item of, and its depth from 0."""
        for holder in (paragraph, *self._styles(paragraph)):
            found = holder.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if found is None:
                continue
            number, depth = found.find(qn("w:numId")), found.find(qn("w:ilvl"))
            identity = number.get(qn("w:val")) if number is not None else "0"
            if identity == "0":
                return None
            return identity, min(_MAX_INDENT, int(depth.get(qn("w:val"))) if depth is not None else 0)
        return None

    def _is_bullet(self, number: tuple[str, int]) -> bool:
        try:
            numbering = self.document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return True
        abstract = numbering.xpath(f'./w:num[@w:numId="{number[0]}"]/w:abstractNumId/@w:val')
        if not abstract:
            return True
        kind = numbering.xpath(f'./w:abstractNum[@w:abstractNumId="{abstract[0]}"]/w:lvl[@w:ilvl="{number[1]}"]/w:numFmt/@w:val')
        return not kind or kind[0] in _BULLETS


def _children(parent: Any) -> Iterator[Any]:
    """The elements of a body, row or cell, with content controls and insertions unpacked."""
    for child in parent.iterchildren():
        if child.tag in (qn("w:sdt"), qn("w:ins"), qn("w:moveTo"), qn("w:customXml")):
            content = child.find(qn("w:sdtContent"))
            yield from _children(child if content is None else content)
        elif child.tag in (qn("w:p"), qn("w:tbl"), qn("w:tc")):
            yield child


def _text(paragraph: Any) -> str:
    """The text of a paragraph as markup; what was deleted with tracked changes stays out."""
    parts: list[str] = []
    ahead = [paragraph]
    while ahead:
        element = ahead.pop()
        if element.tag in _DELETED:
            continue
        if element.tag == qn("w:t"):
            parts.append(escape(element.text or "", quote=False))
        elif element.tag == qn("w:tab"):
            parts.append(" ")
        elif element.tag in (qn("w:br"), qn("w:cr")):
            parts.append("<br>")
        elif element.tag == qn("w:noBreakHyphen"):
            parts.append("-")
        elif isinstance(element.tag, str):
            ahead.extend(reversed(list(element.iterchildren())))
    return "".join(parts)
