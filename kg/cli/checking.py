"""The verbs that judge: `kg validate` the policies, `kg reason` the ontology."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kg import console
from kg.cli.app import DEFAULT_GRAPH, ExitCode, GraphArgument, StoreOption, app, emit, examples, source
from kg.errors import ConfigurationError


class ReportFormat(StrEnum):
    """How `kg validate` prints its report."""

    TABLE = "table"
    JSON = "json"
    TURTLE = "turtle"


@app.command(epilog=examples("kg validate", "kg validate both.nq --format json", "kg validate --store store/ --regime gdpr"))
def validate(
    graph: GraphArgument = None,
    store: StoreOption = None,
    regime: Annotated[
        str | None,
        typer.Option(
            "--regime", metavar="NAME", help="What to judge by: gdpr, eprivacy, all, …", show_default="the law in force at each text's date"
        ),
    ] = None,
    format: Annotated[ReportFormat, typer.Option("--format", "-f", help="How to print the report.")] = ReportFormat.TABLE,
    workers: Annotated[
        int | None, typer.Option("--workers", "-w", min=1, metavar="N", help="Processes at most.", show_default="one a core")
    ] = None,
) -> None:
    """Check each policy's completeness, and the graph's structure. Exit code 1 says that there are violations.

    A text is judged by the law that was in force at its date, which is the day it was seen on or says that it holds from; without a date by
    the law of today. With --regime it is judged by that, and an anachronism is marked as one. What a text denies and elsewhere affirms is
    raised as a candidate for review, and never counts as a violation.
    """
    from kg.query import candidates
    from kg.validate import notes
    from kg.validate import validate as check

    judged = source(graph, store)
    report = check(judged, regime, workers)
    if not report.results:
        raise ConfigurationError(
            str(store or graph or DEFAULT_GRAPH), "the graph", "holds no policy; make one with: kg build PATH... -o FILE"
        )
    doubts = tuple(candidates(judged))
    match format:
        case ReportFormat.JSON:
            rows = [*report.as_json(), *(doubt.as_json() for doubt in doubts)]
            emit(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        case ReportFormat.TURTLE:
            emit(report.turtle())
        case ReportFormat.TABLE:
            console.report(report)
            console.candidates(doubts)
    for note in notes(report):
        console.message("note", note)
    if not report.conforms:
        raise typer.Exit(ExitCode.VIOLATIONS)


@app.command(epilog=examples("kg reason", "kg reason --ontology my-ontology/"))
def reason(
    ontology: Annotated[
        Path | None, typer.Option("--ontology", metavar="DIR", help="A folder of Turtle files.", show_default="the ontology of kg")
    ] = None,
) -> None:
    """Check with an OWL reasoner (HermiT, which needs Java) that the ontology does not contradict itself. Exit code 1 says that it does."""
    from kg.reason import reason as infer
    from kg.resources import ontology_dir

    found = infer(ontology or ontology_dir())
    console.reasoning(found)
    if not found.conforms:
        raise typer.Exit(ExitCode.VIOLATIONS)
