"""The answer to a question, and its forms."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeAlias

import pyoxigraph as ox

from kg.namespaces import PREFIXES, compress

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal

FORMATS = MappingProxyType(
    {
        "json": ox.QueryResultsFormat.JSON,
        "csv": ox.QueryResultsFormat.CSV,
        "tsv": ox.QueryResultsFormat.TSV,
        "xml": ox.QueryResultsFormat.XML,
    }
)
"""The SPARQL result formats, by name."""

TRIPLE = ("subject", "predicate", "object")
"""The columns of an answer to CONSTRUCT."""

_BOOLEAN = ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean")
_STRING = "http://www.w3.org/2001/XMLSchema#string"


class Kind(StrEnum):
    """What was asked for."""

    SELECT = "select"
    ASK = "ask"
    CONSTRUCT = "construct"


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer. A cell is None where a variable is not bound.

    The answer to ASK is one row with one boolean; that to CONSTRUCT has a row for each triple.
    """

    kind: Kind
    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def boolean(self) -> bool | None:
        """The answer to ASK, None for other kinds."""
        cell = self.rows[0][0] if self.kind is Kind.ASK else None
        return cell.value == "true" if isinstance(cell, ox.Literal) else None

    def cells(self) -> list[tuple[str, ...]]:
        """The rows for a reader: IRIs as CURIEs where a prefix fits, literals as their text, nothing where nothing is bound."""
        return [tuple(_cell(term) for term in row) for row in self.rows]

    def serialize(self, format: str) -> str:
        """The answer in a SPARQL result format (a key of `FORMATS`); that to CONSTRUCT as ``turtle``, else as N-Triples."""
        if self.kind is Kind.CONSTRUCT:
            if format == "turtle":
                return self._turtle()
            return "".join(f"{s} {p} {o} .\n" for s, p, o in self.rows)
        results = ox.parse_query_results(self._json().encode("utf-8"), format=ox.QueryResultsFormat.JSON)
        if isinstance(results, ox.QueryBoolean) and format in ("csv", "tsv"):
            return f"{str(self.boolean).lower()}\n"
        return (results.serialize(format=FORMATS[format]) or b"").decode("utf-8")

    def _turtle(self) -> str:
        triples = sorted({ox.Triple(*row) for row in self.rows}, key=str)  # type: ignore[arg-type]
        return (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=dict(PREFIXES)) or b"").decode("utf-8")

    def _json(self) -> str:
        if self.kind is Kind.ASK:
            return json.dumps({"head": {}, "boolean": self.boolean})
        bindings = [{name: _binding(term) for name, term in zip(self.columns, row, strict=True) if term is not None} for row in self.rows]
        return json.dumps({"head": {"vars": list(self.columns)}, "results": {"bindings": bindings}}, ensure_ascii=False)


def boolean(value: bool) -> Rows:
    """The answer to ASK."""
    return Rows(Kind.ASK, ("answer",), ((ox.Literal(str(value).lower(), datatype=_BOOLEAN),),))


def _cell(term: Term | None) -> str:
    if term is None:
        return ""
    return compress(term.value) if isinstance(term, ox.NamedNode) else term.value


def _binding(term: Term) -> dict[str, Any]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    binding = {"type": "literal", "value": term.value}
    if term.language:
        return binding | {"xml:lang": term.language}
    return binding if term.datatype.value == _STRING else binding | {"datatype": term.datatype.value}
