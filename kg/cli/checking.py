"""The verb that judges policies: `kg validate`."""

from __future__ import annotations

import json
from enum import StrEnum
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
    regime: Annotated[str, typer.Option("--regime", metavar="NAME", help="The law to judge by: a folder of shapes/.")] = "gdpr",
    format: Annotated[ReportFormat, typer.Option("--format", "-f", help="How to print the report.")] = ReportFormat.TABLE,
) -> None:
    """Check each policy's completeness, and the graph's structure. Exit code 1 says that there are violations."""
    from kg.validate import validate as check

    report = check(source(graph, store), regime=regime)
    match format:
        case ReportFormat.JSON:
            emit(json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n")
        case ReportFormat.TURTLE:
            emit(report.turtle())
        case ReportFormat.TABLE:
            console.report(report)
    if not report.conforms:
        raise typer.Exit(ExitCode.VIOLATIONS)
