"""The verbs that read policies: `kg build`, `kg annotate` and `kg text`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg import console
from kg.cli.app import DEFAULT_GRAPH, ExitCode, Paths, RulesOnly, UsageError, app, emit, examples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.batch import Batch
    from kg.graph import Format

COLUMN = "text"
Column = Annotated[str, typer.Option("--column", metavar="NAME", help="The column of JSONL and Parquet files that holds the policies.")]
GRAPH_FORMATS: Mapping[str, Format] = {".trig": "trig", ".nq": "nquads"}


@app.command(
    epilog=examples(
        "kg build policies/", "kg build shop.html app.md -o both.nq", "kg build policies/ --store store/", "kg build shop.html -o - | less"
    )
)
def build(
    paths: Paths,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to: .trig, .nq, or - for stdout.", show_default=str(DEFAULT_GRAPH)),
    ] = None,
    store: Annotated[Path | None, typer.Option("--store", metavar="DIR", help="An Oxigraph store on disk, instead of a file.")] = None,
    column: Column = COLUMN,
    rules_only: RulesOnly = False,
) -> None:
    """Build the graph of some policies, and say what was found in each and what was not.

    In a store, a policy that is built again replaces its own graphs and nothing else.
    """
    if store and output:
        raise UsageError("give --output or --store, not both")
    target = output or DEFAULT_GRAPH
    format = _graph_format(target)

    from kg import graph
    from kg.atomic import replacing
    from kg.batch import Batch
    from kg.store import replace
    from kg.vocabulary import load

    with console.progress("Reading policies") as advance:
        batch = Batch(paths, load(), advance, column=column, rules_only=rules_only)
        if store:
            replace(store, batch, batch.vocabulary)
        elif str(target) == "-":
            graph.write(batch, batch.vocabulary, sys.stdout.buffer, format)
        else:
            with replacing(target) as stream:
                graph.write(batch, batch.vocabulary, stream, format)
    console.found(batch)
    _finish(batch)


def _graph_format(target: Path) -> Format:
    ending = ".trig" if str(target) == "-" else target.suffix.lower()
    if ending not in GRAPH_FORMATS:
        raise UsageError(f"{target}: the ending says the format: {' or '.join(GRAPH_FORMATS)}, or - for TriG on stdout")
    return GRAPH_FORMATS[ending]


@app.command(epilog=examples("kg annotate shop.html", "kg annotate policies/ > findings.jsonl"))
def annotate(paths: Paths, column: Column = COLUMN, rules_only: RulesOnly = False) -> None:
    """Print what each policy says, one JSON line a finding.

    A finding has the document, start, end and quote, the requirement that it answers, its concepts, role, polarity and modality, the IRI of
    its clause and a confidence.
    """
    from kg.batch import Batch
    from kg.findings import findings
    from kg.vocabulary import load

    with console.progress("Reading policies") as advance:
        batch = Batch(paths, load(), advance, keep_repeats=True, column=column, rules_only=rules_only)
        for extraction in batch:
            for finding in findings(extraction, batch.vocabulary):
                emit(finding.as_json() + "\n")
    for error in batch.failures:
        console.message("error", str(error))
    _finish(batch)


def _finish(batch: Batch) -> None:
    if not batch.summaries and not batch.failures:
        console.message("warning", "there was no policy among the inputs")
    if batch.failures:
        raise typer.Exit(ExitCode.INPUTS_FAILED)


@app.command(epilog=examples("kg text shop.html", "kg text shop.html > shop.txt"))
def text(path: Annotated[Path, typer.Argument(metavar="PATH", help="One policy.")]) -> None:
    """Print the canonical text of a policy: what every offset in the graph counts in, in characters."""
    from kg.documents import read

    emit(read(path).text)
