"""Writes the graph in the formats of other tools. A format is a line in the table `EXPORTERS`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kg.export.columnar import COLUMNAR
from kg.export.cypher import CYPHER
from kg.export.delimited import DELIMITED
from kg.export.exporter import Exporter, Written
from kg.export.jsonld import JSONLD
from kg.export.rdf import RDF
from kg.export.sections import SECTIONED

__all__ = ["EXPORTERS", "Exporter", "Written"]

EXPORTERS: Mapping[str, Exporter] = MappingProxyType(
    {exporter.name: exporter for exporter in (*RDF, JSONLD, *DELIMITED, CYPHER, *COLUMNAR, *SECTIONED)}
)
