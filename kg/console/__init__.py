"""What the command line shows: tables, progress and messages. Results go to stdout, all else to stderr."""

from __future__ import annotations

from kg.console.build import built, found
from kg.console.export import exporters, written
from kg.console.flows import measures
from kg.console.query import catalogue, nothing_near, question, rows, understood
from kg.console.reason import kinds, reasoning
from kg.console.terminal import err, message, out, progress
from kg.console.validate import candidates, report

__all__ = [
    "built",
    "candidates",
    "catalogue",
    "err",
    "exporters",
    "found",
    "kinds",
    "measures",
    "message",
    "nothing_near",
    "out",
    "progress",
    "question",
    "reasoning",
    "report",
    "rows",
    "understood",
    "written",
]
