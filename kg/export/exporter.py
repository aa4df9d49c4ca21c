"""The record of a format."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph

# All that XML 1.0 cannot hold, not even escaped. Lone surrogates cannot come this far.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Exporter:
    """A format to export to. `write` puts the graph of a store, as `kg.store.open_store` gives it, in place of a file.

    Where the file cannot be written, `write` raises `kg.errors.OutputError` and leaves it as it was.
    """

    name: str
    suffix: str
    description: str
    write: Callable[[pyoxigraph.Store, Path], None]


def xml_text(text: str) -> str:
    """`text` with the replacement character for what XML cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", text)
