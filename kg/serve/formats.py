"""Media types: what an answer can be written in, and which of them a client's Accept header asks for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

import mimeparse
import pyoxigraph as ox

Format = TypeVar("Format")

RESULTS: Mapping[str, ox.QueryResultsFormat] = MappingProxyType(
    {
        "application/sparql-results+json": ox.QueryResultsFormat.JSON,
        "application/sparql-results+xml": ox.QueryResultsFormat.XML,
        "text/csv": ox.QueryResultsFormat.CSV,
        "text/tab-separated-values": ox.QueryResultsFormat.TSV,
        "application/json": ox.QueryResultsFormat.JSON,
        "application/xml": ox.QueryResultsFormat.XML,
    }
)
"""For SELECT and ASK, the one that is preferred first."""

GRAPHS: Mapping[str, ox.RdfFormat] = MappingProxyType(
    {
        "text/turtle": ox.RdfFormat.TURTLE,
        "application/n-triples": ox.RdfFormat.N_TRIPLES,
        "application/rdf+xml": ox.RdfFormat.RDF_XML,
        "application/ld+json": ox.RdfFormat.JSON_LD,
        "application/trig": ox.RdfFormat.TRIG,
        "application/n-quads": ox.RdfFormat.N_QUADS,
        "application/x-turtle": ox.RdfFormat.TURTLE,
        "text/plain": ox.RdfFormat.N_TRIPLES,
    }
)
"""For CONSTRUCT, DESCRIBE and whole graphs, the one that is preferred first. An old name of Turtle and of N-Triples is last."""


def negotiate(accept: str, formats: Mapping[str, Format]) -> tuple[str, Format] | None:
    """The media type of `formats` that the Accept header likes best, with what it stands for; None where it likes none.

    Of those liked equally the first of `formats` is taken. No header, or one that is malformed, likes all (RFC 9110, section 12.5.1).

    >>> negotiate("text/csv, */*;q=0.1", RESULTS)[0]
    'text/csv'
    """
    try:
        best = mimeparse.best_match(list(formats)[::-1], accept or "*/*")
    except mimeparse.MimeTypeParseException:
        best = next(iter(formats))
    return (best, formats[best]) if best else None
