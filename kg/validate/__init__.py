"""SHACL completeness: what each policy version says, half says, denies and leaves out, requirement by requirement."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import Graph

from kg.model import Evidence
from kg.validate.engine import Background, Engine
from kg.validate.judge import judge
from kg.validate.pool import judged
from kg.validate.report import SEVERITIES, Message, Report, Result, Status
from kg.validate.requirements import ALL, TODAY, Regime, Requirement, UnknownRegimeError, in_force, regime, regimes, requirements_of
from kg.validate.source import Source, Version, background, count, versions
from kg.validate.tally import SHOWN, Tally

__all__ = [
    "ALL",
    "SEVERITIES",
    "SHOWN",
    "TODAY",
    "Background",
    "Engine",
    "Evidence",
    "Message",
    "Regime",
    "Report",
    "Requirement",
    "Result",
    "Source",
    "Status",
    "Tally",
    "UnknownRegimeError",
    "Version",
    "background",
    "count",
    "in_force",
    "judge",
    "regime",
    "regimes",
    "requirements_of",
    "validate",
    "validate_each",
    "versions",
]


def validate(source: Source, regime: str | None = None, workers: int | None = None) -> Report:
    """Judge every policy version of `source`, each version alone: by the shapes of `regime`, or without one by the law of the text's day.

    A version is judged with its own facts and evidence, the organisations and the vocabulary, and with nothing of another version. Where
    `source` holds no vocabulary graph, the one of this program is taken. A text without a date is judged by what has not been repealed.
    Many versions are shared out over `workers` processes, by default as many as there are cores.

    Raises:
        UnknownRegimeError: `regime` is not one of `regimes()`.
        ConfigurationError: a shapes file is not Turtle or no SHACL, or lacks what a requirement must have.
    """
    return Report.of(validate_each(source, regime, workers), regime)


def validate_each(source: Source, name: str | None = None, workers: int | None = None) -> Iterator[tuple[tuple[Result, ...], Graph]]:
    """As `validate`, one version at a time in the order of their IRIs: its results, and its SHACL report as pyshacl made it."""
    if name:
        regime(name)  # An unknown one is an error even where there is nothing to judge.
    return judged(versions(source), background(source), name, workers)
