"""Checks the ontology and its lexicons by the shapes in shapes/ontology; each fault with its term and what would mend it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pyshacl
from rdflib import RDF, SH, Graph, Literal
from rdflib.term import Node

ROOT = Path(__file__).resolve().parents[1]
ONTOLOGY = "https://w3id.org/policy-kg/ontology"


class Fault(NamedTuple):
    """What a shape reports: the name of the shape, the term, the value if any, and the message in English."""

    shape: str
    term: str
    value: str
    message: str


def faults(paths: Iterable[Path]) -> list[Fault]:
    """What shapes/ontology reports of some Turtle files taken together."""
    data, shapes = Graph(), Graph()
    for path in paths:
        data.parse(path, format="turtle")
    for path in sorted((ROOT / "shapes" / "ontology").glob("*.ttl")):
        shapes.parse(path, format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=False, inference="none")
    return sorted({_fault(data, report, result) for result in report.subjects(RDF.type, SH.ValidationResult)})


def _fault(data: Graph, report: Graph, result: Node) -> Fault:
    messages = sorted(text for text in report.objects(result, SH.resultMessage) if isinstance(text, Literal))
    # Where pyshacl puts values into a message, the language is lost.
    message = next((str(text) for text in messages if text.language == "en" or " MUST " in text), "")
    term, value = report.value(result, SH.focusNode), report.value(result, SH.value)
    shape = str(report.value(result, SH.sourceShape)).rpartition("#")[2]
    of_all = str(term) == ONTOLOGY and value is not None
    names = [node.n3(data.namespace_manager) if node else "" for node in ((value, None) if of_all else (term, value))]
    return Fault(shape, names[0], "" if names[1] == names[0] else names[1], message)


def ontology_files() -> list[Path]:
    """The files of the ontology with its lexicons; the axioms for the reasoner are OWL and judged by HermiT."""
    folder = ROOT / "ontology"
    return sorted([*folder.glob("*.ttl"), *folder.glob("lexicon/*/*.ttl")])


def main() -> int:
    """Prints the faults; 1 when there are any."""
    files = ontology_files()
    found = faults(files)
    lines = [f"ontology: {fault.term} {fault.value}: {fault.message}" for fault in found]
    print("\n".join(lines) if lines else f"ontology: {len(files)} files conform to shapes/ontology")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
