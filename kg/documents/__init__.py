"""Reads policies: source files become `kg.model.Document` records with canonical text, blocks and metadata."""

from __future__ import annotations

from kg.documents.inputs import expand_inputs
from kg.documents.readers import READERS, Reader
from kg.documents.reading import read, read_text

__all__ = ["READERS", "Reader", "expand_inputs", "read", "read_text"]
