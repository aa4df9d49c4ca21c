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

    from kg.batch import Batch, Options
    from kg.graph import Format

COLUMN = "text"
Column = Annotated[str, typer.Option("--column", metavar="NAME", help="The column of JSONL and Parquet files that holds the policies.")]
SomePaths = Annotated[list[Path] | None, typer.Argument(metavar="PATH", help="Policies, or folders and archives of them.")]
GRAPH_FORMATS: Mapping[str, Format] = {".trig": "trig", ".nq": "nquads"}


@app.command(
    epilog=examples(
        "kg build policies/",
        "kg build shop.html app.pdf -o both.nq",
        "kg build shop.html -o - | less",
        "kg build crawl.warc.gz --store store/ --workers 4",
        "kg build policies.parquet --column html --store store/ --cluster tcp://host:8786",
    )
)
def build(
    paths: SomePaths = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to: .trig, .nq, or - for stdout.", show_default=str(DEFAULT_GRAPH)),
    ] = None,
    store: Annotated[Path | None, typer.Option("--store", metavar="DIR", help="A store on disk, instead of a file.")] = None,
    column: Column = COLUMN,
    rules_only: RulesOnly = False,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, metavar="N", help="How many processes.", show_default="all cores")
    ] = None,
    cluster: Annotated[str, typer.Option("--cluster", metavar="URL", help="A Dask scheduler whose workers do it: tcp://….")] = "",
    shards: Annotated[str, typer.Option("--shards", metavar="URL", help="Where the shards go: a path, s3://….", show_default="DIR")] = "",
    shard_size: Annotated[int, typer.Option("--shard-size", min=1, metavar="N", help="Documents in a shard, at most.")] = 1000,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try the documents again that were set aside.")] = False,
    time_limit: Annotated[
        float, typer.Option("--time-limit", min=0.01, metavar="SECONDS", help="Processor time a document may take.")
    ] = 60,
    memory_limit: Annotated[int, typer.Option("--memory-limit", min=300, metavar="MB", help="What one worker may take.")] = 1024,
) -> None:
    """Build the graph of some policies, and say what was found in each and what was not.

    Policies are .txt, .html, .md, .pdf and .docx; they may stand in folders, .zip, .tar.gz, .warc(.gz), .jsonl and .parquet.

    With --store many processes share the work, and a run that was ended goes on where it was. A policy that is built again is read only
    if it changed, and then takes the place of what it was; the options after --rules-only are for stores alone.
    """
    if store and output:
        raise UsageError("give --output or --store, not both")
    if not store and (workers or cluster or shards or retry_failed):
        raise UsageError("--workers, --cluster, --shards and --retry-failed go with --store")
    if not paths and not (store and shards):
        raise UsageError("name the policies to build: files, folders or archives")
    if store:
        from kg.batch import Limits, Options

        options = Options(column, rules_only, retry_failed, shard_size, Limits(time_limit, memory_limit), shards)
        _build_store(store, paths or [], options, workers, cluster)
        return
    target = output or DEFAULT_GRAPH
    format = graph_format(target)

    from kg import graph
    from kg.atomic import replacing
    from kg.batch import Batch
    from kg.vocabulary import load

    with console.progress("Reading policies", beside_output=str(target) == "-") as advance:
        batch = Batch(paths or [], load(), advance, column=column, rules_only=rules_only)
        if str(target) == "-":
            graph.write(batch, batch.vocabulary, sys.stdout.buffer, format)
        else:
            with replacing(target) as stream:
                graph.write(batch, batch.vocabulary, stream, format)
    console.found(batch)
    _finish(batch)


def _build_store(store: Path, paths: list[Path], options: Options, workers: int | None, cluster: str) -> None:
    import os

    from kg.batch import Dask, Processes
    from kg.batch import build as build_store
    from kg.vocabulary import load

    def pool() -> Dask | Processes:
        return Dask(cluster) if cluster else Processes(workers or os.cpu_count() or 1)

    with console.progress("Reading policies") as advance:
        report = build_store(store, paths, load(), pool, options, advance)
    console.built(report)
    if not report.documents and not report.failed:
        console.message("warning", "there was no policy among the inputs")
    if report.failed:
        raise typer.Exit(ExitCode.INPUTS_FAILED)


def graph_format(target: Path) -> Format:
    """The format that the ending of a file's name says.

    Raises:
        UsageError: it says none.
    """
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

    with console.progress("Reading policies", beside_output=True) as advance:
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
