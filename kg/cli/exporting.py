"""The verbs that carry the graph elsewhere: `kg export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg import console
from kg.cli.app import GraphArgument, StoreOption, UsageError, app, examples, source


@app.command(epilog=examples("kg export --list", "kg export graphml -o graph.graphml", "kg export graphml both.nq -o both.graphml"))
def export(
    format: Annotated[str, typer.Argument(metavar="FORMAT", help="See --list.")] = "",
    graph: GraphArgument = None,
    store: StoreOption = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="PATH", help="Where to.")] = None,
    list_all: Annotated[bool, typer.Option("--list", help="Show the formats.")] = False,
) -> None:
    """Write the graph in a format of another tool."""
    from kg.export import EXPORTERS

    if list_all:
        console.exporters(EXPORTERS.values())
        return
    if format not in EXPORTERS:
        raise UsageError(f"{format or 'no format'}: choose one of {', '.join(EXPORTERS)}")
    if not output:
        raise UsageError("say where to, with -o")
    EXPORTERS[format].write(source(graph, store), output)
    console.message("note", f"{output} written")
