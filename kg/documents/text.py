"""Plain text: the canonical text is the file itself, to the character."""

from __future__ import annotations

from kg.documents.lines import cut
from kg.documents.pieces import Draft


def read_plain(text: str) -> Draft:
    """A draft of a plain text; `text` is not altered."""
    return Draft(text, tuple(cut(text)))
