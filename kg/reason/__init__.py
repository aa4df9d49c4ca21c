"""OWL: is the ontology free of contradictions, which kinds of practice are what policies state, and why."""

from __future__ import annotations

from kg.reason.definitions import Ontology, load
from kg.reason.hermit import Reasoning, reason
from kg.reason.inferred import ENGINES, Engine, Inference, Inferred, infer, inferred_graph
from kg.reason.owl import derive_owl
from kg.reason.why import Explanation, explain

__all__ = [
    "ENGINES",
    "Engine",
    "Explanation",
    "Inference",
    "Inferred",
    "Ontology",
    "Reasoning",
    "derive_owl",
    "explain",
    "infer",
    "inferred_graph",
    "load",
    "reason",
]
