"""Writes the graph in the formats of other tools. A format is a line in the table `EXPORTERS`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kg.export.exporter import Exporter
from kg.export.graphml import GRAPHML
from kg.export.rdf import RDF

__all__ = ["EXPORTERS", "Exporter"]

EXPORTERS: Mapping[str, Exporter] = MappingProxyType({exporter.name: exporter for exporter in (*RDF, GRAPHML)})
