"""Checks that every Turtle and SPARQL file parses, with both engines that the project runs on; each fault with its file and line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import rdflib
from rdflib.plugins.parsers.notation3 import BadSyntax
from rdflib.plugins.sparql import prepareQuery

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("ontology", "shapes", "queries", "tests", "examples")


def turtle_faults(path: Path) -> Iterator[str]:
    """What is wrong with a Turtle file, as ``line N: reason``."""
    content = path.read_bytes()
    try:
        for _ in pyoxigraph.parse(content, format=pyoxigraph.RdfFormat.TURTLE):
            pass
    except SyntaxError as error:
        yield f"line {error.lineno or '?'}: {error.msg}"
        return
    try:
        rdflib.Graph().parse(data=content, format="turtle")
    except BadSyntax as error:
        yield f"line {error.lines + 1}: {error.message}"


def query_faults(path: Path) -> Iterator[str]:
    """What is wrong with a query, as ``engine: reason`` (both engines name the line in the reason)."""
    text = path.read_text(encoding="utf-8")
    try:
        prepareQuery(text)
    except Exception as error:  # noqa: BLE001 - rdflib raises pyparsing's, its own and bare exceptions; every one is a fault of the file
        yield f"rdflib: {error}"
    try:
        pyoxigraph.Store().query(text)
    except SyntaxError as error:
        yield f"pyoxigraph: {error}"


def main() -> int:
    """Prints the faults; 1 when there are any."""
    faults, checked = [], 0
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            check = {".ttl": turtle_faults, ".rq": query_faults}.get(path.suffix)
            if check:
                checked += 1
                faults += [f"{path.relative_to(ROOT)}: {fault}" for fault in check(path)]
    print("\n".join(faults) if faults else f"rdf: {checked} files parse")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
