"""The table of file types: suffix → reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kg.documents.pieces import Draft
from kg.documents.text import read_plain


@dataclass(frozen=True, slots=True)
class Reader:
    """How one type of file is read: `draft` makes pieces of the decoded text."""

    media_type: str
    draft: Callable[[str], Draft]
    declares_charset: bool = False


def _read_html(text: str) -> Draft:
    # Imported on first use: a run over plain text needs no HTML parser.
    from kg.documents.html import read_html

    return read_html(text)


def _read_markdown(text: str) -> Draft:
    from kg.documents.markdown import read_markdown

    return read_markdown(text)


_TEXT = Reader("text/plain", read_plain)
_HTML = Reader("text/html", _read_html, declares_charset=True)
_MARKDOWN = Reader("text/markdown", _read_markdown)

READERS: Mapping[str, Reader] = MappingProxyType({".txt": _TEXT, ".html": _HTML, ".htm": _HTML, ".md": _MARKDOWN, ".markdown": _MARKDOWN})
