"""SHACL completeness: what each policy version says, half says, denies and leaves out, requirement by requirement."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import Graph

from kg.validate.engine import Engine
from kg.validate.judge import judge
from kg.validate.report import SEVERITIES, Evidence, Message, Report, Result, Status
from kg.validate.requirements import Regime, Requirement, UnknownRegimeError, regime, regimes, requirements_of
from kg.validate.source import Source, Version, background, versions

__all__ = [
    "SEVERITIES",
    "Engine",
    "Evidence",
    "Message",
    "Regime",
    "Report",
    "Requirement",
    "Result",
    "Source",
    "Status",
    "UnknownRegimeError",
    "Version",
    "regime",
    "regimes",
    "requirements_of",
    "validate",
    "validate_each",
]


def validate(source: Source, regime: str = "gdpr") -> Report:
    """Judge every policy version of `source` by the shapes of `regime`, each version alone.

    A version is judged with its own facts and evidence, the organisations and the vocabulary, and with nothing of another version. Where
    `source` holds no vocabulary graph, the one of this program is taken.

    Raises:
        UnknownRegimeError: `regime` is not one of `regimes()`.
        ConfigurationError: a shapes file is not Turtle, or lacks what a requirement must have.
    """
    results: list[Result] = []
    reports: list[Graph] = []
    for judged, graph in validate_each(source, regime):
        results.extend(judged)
        reports.append(graph)
    return Report(regime, tuple(results), tuple(reports))


def validate_each(source: Source, name: str = "gdpr") -> Iterator[tuple[tuple[Result, ...], Graph]]:
    """As `validate`, one version at a time in the order of their IRIs: its results, and its SHACL report as pyshacl made it."""
    rules = regime(name)
    engine = Engine(rules.shapes, background(source))
    for version in versions(source):
        with engine.holding(version.triples):
            yield judge(engine, rules, version)
