"""RDF terms as N-Triples writes them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pyoxigraph import NamedNode

from kg.model import Value
from kg.namespaces import expand


class Triple(NamedTuple):
    """Subject, predicate and object, each as N-Triples writes it."""

    subject: str
    predicate: str
    object: str


class Quad(NamedTuple):
    """A triple and the named graph it stands in, each term as N-Triples writes it."""

    subject: str
    predicate: str
    object: str
    graph: str


_ESCAPES = str.maketrans(
    {chr(c): f"\\u{c:04X}" for c in (*range(0x20), 0x7F)}
    | {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)
_NOT_IN_IRIS = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def iri(value: str) -> str:
    """An IRI in angle brackets; what may not stand in an IRI is percent-encoded."""
    return f"<{_NOT_IN_IRIS.sub(lambda match: f'%{ord(match[0]):02X}', value)}>"


@lru_cache(maxsize=4096)
def curie(value: str) -> str:
    """The IRI of a CURIE in angle brackets. A value with ``://`` is an IRI already.

    Raises:
        KeyError: the prefix is unknown.
    """
    return iri(value if "://" in value else expand(value))


def literal(text: str, language: str | None = None) -> str:
    """A string, with its language where it has one."""
    return f'"{_escaped(text)}"' + (f"@{language}" if language else "")


def _escaped(text: str) -> str:
    # Nearly every text has nothing to escape, and to see that takes a tenth of the time of a translation.
    return text if text.isprintable() and '"' not in text and "\\" not in text else text.translate(_ESCAPES)


def typed(text: str, datatype: str) -> str:
    """A literal of a datatype, which is a CURIE."""
    return f'"{_escaped(text)}"^^{curie(datatype)}'


def value(of: Value) -> str:
    """A literal of the model."""
    return typed(of.text, of.datatype) if of.datatype else literal(of.text, of.language)


def offset(position: int) -> str:
    """A place in the text, in code points."""
    return typed(str(position), "xsd:nonNegativeInteger")


@lru_cache(maxsize=1024)
def decimal(number: float) -> str:
    """A number to four places, never with an exponent: ``0.85``, ``1.0``."""
    digits = f"{number:.4f}".rstrip("0")
    return typed(digits + "0" if digits.endswith(".") else digits, "xsd:decimal")


def address(text: str) -> str:
    """An IRI where `text` is an absolute one, else a string: sources are given by people."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        try:
            return str(NamedNode(text))
        except ValueError:
            return literal(text)
    return literal(text)
