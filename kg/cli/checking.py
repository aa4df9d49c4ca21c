"""The verbs that judge: `kg validate` the policies, `kg reason` the ontology."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kg import console
from kg.cli.app import ExitCode, GraphArgument, StoreOption, app, emit, examples, source


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
    the law of today. With --regime it is judged by that, and an anachronism is marked as one.
    """
    from kg.validate import notes
    from kg.validate import validate as check

    report = check(source(graph, store), regime, workers)
    match format:
        case ReportFormat.JSON:
            emit(json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n")
        case ReportFormat.TURTLE:
            emit(report.turtle())
        case ReportFormat.TABLE:
            console.report(report)
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
