"""Where the ontology, the shapes and the queries are: beside `kg/` in a checkout, inside it in a wheel. No other module knows."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_data"
_ROOT = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent


def ontology_dir() -> Path:
    """The folder of the ontology's Turtle files; its subfolder ``lexicon/`` holds a folder for each language."""
    return _ROOT / "ontology"


def property_graph_file() -> Path:
    """The mapping to a property graph: what nodes, edges and properties are called."""
    return ontology_dir() / "export" / "property-graph.ttl"


def shapes_dir() -> Path:
    """The folder of the SHACL shapes: ``structure.ttl``, and a folder for each regime with a file for each requirement."""
    return _ROOT / "shapes"


def queries_dir() -> Path:
    """The folder of the catalogue of questions, a ``.rq`` file for each."""
    return _ROOT / "queries"


def weights_file() -> Path:
    """What the fitted part of extraction learnt."""
    return _PACKAGE / "extract" / "weights.json"
