"""Questions to the graph: a catalogue of them in `queries/`, and SPARQL of one's own."""

from __future__ import annotations

from kg.query.catalogue import Parameter, Question, catalogue, question
from kg.query.endpoint import EndpointError, run_at
from kg.query.errors import ParameterError, QueryError, UnknownQuestionError
from kg.query.review import Candidate, candidates
from kg.query.rows import Kind, Rows
from kg.query.run import run

__all__ = [
    "Candidate",
    "EndpointError",
    "Kind",
    "Parameter",
    "ParameterError",
    "QueryError",
    "Question",
    "Rows",
    "UnknownQuestionError",
    "candidates",
    "catalogue",
    "question",
    "run",
    "run_at",
]
