"""DOCX: the text of a Word file as plain markup, with its headings, lists and tables, which the reader of pages then lays out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.exceptions import InvalidXmlError
from docx.oxml.ns import qn
from lxml.etree import LxmlError

from kg.documents.archives import DAMAGED, check_packing, check_zip
from kg.documents.html import read_html
from kg.documents.pieces import Draft
from kg.errors import InputError

# python-docx takes a package to be as Word writes it, and trips over what is missing in it in these ways.
_DAMAGED = (*DAMAGED, PackageNotFoundError, LxmlError, InvalidXmlError, KeyError, AttributeError, TypeError)
_MAX_INDENT = 9
_ID, _VALUE = qn("w:styleId"), qn("w:val")
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
        archive = zipfile.ZipFile(io.BytesIO(data))
        check_zip(archive, path, len(data))
        for info in archive.infolist():
            check_packing(info, f"{path}!/{info.filename}")
        document = docx.Document(io.BytesIO(data))
        properties = document.core_properties
        title, language = (properties.title or "").strip(), (properties.language or "").strip()
        named = document.styles.element.iterchildren(qn("w:style"))
        writer = _Writer(document, {name: style for style in named if (name := style.get(_ID))})
        body = document.element.body
    except _DAMAGED as error:
        raise InputError(path, "this Word file is damaged", "save it again") from error
    if body is None:
        raise InputError(path, "there is no text in this Word file", "save it again")
    text = "".join(writer.blocks(body))
    head = f"<title>{escape(title)}</title>" if title else ""
    root = f'<html lang="{escape(language)}">' if language else "<html>"
    return read_html(f"{root}<head>{head}</head><body><main>{text}</main></body></html>")


@dataclass(slots=True)
class _Writer:
    document: Any
    styles: Mapping[str, Any]

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
        style = self.styles.get(_value(paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")) or "")
        for _ in range(_MAX_INDENT):
            if style is None:
                return
            yield style
            style = self.styles.get(_value(style.find(qn("w:basedOn"))) or "")

    def _level(self, paragraph: Any) -> int:
        """The level of a heading: by the style's name, which Word keeps in English in every language, or by the outline level."""
        for style in self._styles(paragraph):
            name = _value(style.find(qn("w:name"))) or ""
            if name.lower() in _TITLES:
                return 1
            if found := _HEADING.fullmatch(name):
                return min(6, int(found[1]))
        for holder in (paragraph, *self._styles(paragraph)):
            outline = holder.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
            if (level := _number(outline, _MAX_INDENT)) < _MAX_INDENT:
                return min(6, level + 1)
        return 0

    def _numbering(self, paragraph: Any) -> tuple[str, int] | None:
        """The list that a paragraph is an item of, and its depth from 0."""
        for holder in (paragraph, *self._styles(paragraph)):
            found = holder.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if found is None:
                continue
            identity = _value(found.find(qn("w:numId"))) or "0"
            return None if identity == "0" else (identity, min(_MAX_INDENT, _number(found.find(qn("w:ilvl")), 0)))
        return None

    def _is_bullet(self, number: tuple[str, int]) -> bool:
        try:
            numbering = self.document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):  # the last: a part of another type stands in its place
            return True
        abstract = _named(numbering, "w:num", "w:numId", number[0])
        link = _value(abstract.find(qn("w:abstractNumId"))) if abstract is not None else None
        definition = _named(numbering, "w:abstractNum", "w:abstractNumId", link)
        level = _named(definition, "w:lvl", "w:ilvl", str(number[1])) if definition is not None else None
        kind = _value(level.find(qn("w:numFmt"))) if level is not None else None
        return kind is None or kind in _BULLETS


def _named(parent: Any, tag: str, attribute: str, value: str | None) -> Any:
    """The child of a kind that an attribute names, or None."""
    return next((child for child in parent.iterchildren(qn(tag)) if value is not None and child.get(qn(attribute)) == value), None)


def _value(element: Any) -> str | None:
    found: str | None = None if element is None else element.get(_VALUE)
    return found


def _number(element: Any, otherwise: int) -> int:
    """A number from 0 on; another value than that says nothing."""
    value = _value(element) or ""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 9 else otherwise


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
