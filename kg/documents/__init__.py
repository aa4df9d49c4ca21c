"""Reads policies: source files become `kg.model.Document` records with canonical text, blocks and metadata."""

from __future__ import annotations

from kg.documents.inputs import COLUMN, CONTAINERS, expand_inputs, sources, total_bytes
from kg.documents.readers import READERS, Reader
from kg.documents.reading import read, read_source, read_text
from kg.documents.source import Source

__all__ = [
    "COLUMN",
    "CONTAINERS",
    "READERS",
    "Reader",
    "Source",
    "expand_inputs",
    "read",
    "read_source",
    "read_text",
    "sources",
    "total_bytes",
]
