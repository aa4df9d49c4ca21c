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
