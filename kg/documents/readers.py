"""The table of file types: suffix → reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from kg.documents.decode import declared_charset, decode
from kg.documents.pieces import Draft
from kg.documents.text import read_plain


@dataclass(frozen=True, slots=True)
class TextReader:
    """How a type of text is read: `draft` makes pieces of the decoded text."""

    media_type: str
    draft: Callable[[str], Draft]
    declares_charset: bool = False

    def open(self, data: bytes, path: str, charset: str | None = None) -> Draft:
        """The draft of a file's bytes; `charset` is what a server said of it.

        Raises:
            InputError: the file is binary.
        """
        declared = declared_charset(data) if self.declares_charset else None
        return self.draft(decode(data, path, declared=charset or declared))


@dataclass(frozen=True, slots=True)
class BinaryReader:
    """How a type of binary file is read: `read` takes its bytes, and its path for messages."""

    media_type: str
    read: Callable[[bytes, str], Draft]

    def open(self, data: bytes, path: str, charset: str | None = None) -> Draft:  # noqa: ARG002
        """The draft of a file's bytes.

        Raises:
            InputError: the file is damaged, encrypted or without text.
        """
        return self.read(data, path)


Reader: TypeAlias = TextReader | BinaryReader


# Each is imported on first use: a run over plain text needs no parser of PDF.


def _read_html(text: str) -> Draft:
    from kg.documents.html import read_html

    return read_html(text)


def _read_markdown(text: str) -> Draft:
    from kg.documents.markdown import read_markdown

    return read_markdown(text)


def _read_pdf(data: bytes, path: str) -> Draft:
    from kg.documents.pdf import read_pdf

    return read_pdf(data, path)


def _read_docx(data: bytes, path: str) -> Draft:
    from kg.documents.docx import read_docx

    return read_docx(data, path)


_TEXT = TextReader("text/plain", read_plain)
_HTML = TextReader("text/html", _read_html, declares_charset=True)
_MARKDOWN = TextReader("text/markdown", _read_markdown)

TEXT_READERS: Mapping[str, TextReader] = MappingProxyType(
    {".txt": _TEXT, ".html": _HTML, ".htm": _HTML, ".md": _MARKDOWN, ".markdown": _MARKDOWN}
)
READERS: Mapping[str, Reader] = MappingProxyType(
    {
        **TEXT_READERS,
        ".pdf": BinaryReader("application/pdf", _read_pdf),
        ".docx": BinaryReader("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _read_docx),
    }
)
