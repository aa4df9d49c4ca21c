"""The verb that judges policies: `kg validate`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg import console
from kg.cli.app import DEFAULT_GRAPH, ExitCode, GraphArgument, StoreOption, UsageError, app, emit, examples, source
from kg.errors import ConfigurationError, InputError

if TYPE_CHECKING:
    from pyoxigraph import Store
    from rdflib import Graph

    from kg.documents.sidecar import Sidecar
    from kg.model import Document
    from kg.query import Candidate
    from kg.validate import Report, Result, Tally

    Judged = tuple[tuple[Result, ...], Graph]


class ReportFormat(StrEnum):
    """How `kg validate` prints its report."""

    TABLE = "table"
    JSON = "json"
    TURTLE = "turtle"
    SARIF = "sarif"
    HTML = "html"


@app.command(
    epilog=examples(
        "kg validate",
        "kg validate both.nq --format json",
        "kg validate --store store/ --regime gdpr",
        "kg validate --format html -o report --texts policies/",
        "kg validate --format sarif -o gaps.sarif --texts policies/",
    )
)
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
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="PATH", help="Where to: a file, or a folder for html.", show_default="stdout")
    ] = None,
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="en|fi", help="Of names and messages.", show_default="en; in html that of each policy"),
    ] = None,
    texts: Annotated[
        list[Path] | None,
        typer.Option("--texts", metavar="PATH", help="The policies themselves: html then shows their whole text, and sarif has lines."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", "-w", min=1, metavar="N", help="Processes at most.", show_default="one a core")
    ] = None,
) -> None:
    """Check each policy's completeness, and the graph's structure. Exit code 1 says that there are violations.

    A text is judged by the law that was in force at its date, which is the day it was seen on or says that it holds from; without a date by
    the law of today. With --regime it is judged by that, and an anachronism is marked as one. What a text denies and elsewhere affirms is
    raised as a candidate for review, and never counts as a violation.
    """
    _check_usage(format, output, language, texts)
    from kg.query import candidates
    from kg.validate import Report, Tally, count, validate_each

    judged, spoken, failed = source(graph, store), language or "en", False
    total = count(judged)
    if not total:
        raise ConfigurationError(
            str(store or graph or DEFAULT_GRAPH), "the graph", "holds no policy; make one with: kg build PATH... -o FILE"
        )
    tally = Tally(regime, spoken)
    printing = format is ReportFormat.JSON and (output is None or str(output) == "-")
    with console.progress("Judging policies", beside_output=printing) as advance:
        found = _told(validate_each(judged, regime, workers), tally, lambda: advance(tally.policies, total, ""))
        if format is ReportFormat.TABLE:
            for _ in found:
                pass
        elif format is ReportFormat.JSON:
            results = (result.as_json(spoken) for results, _ in found for result in results)
            doubts = (doubt.as_json(spoken) for doubt in candidates(judged))
            _put(_array(chain(results, doubts)), output)
        else:
            report = Report.of(found, regime)
    if format is ReportFormat.TABLE:
        console.report(tally)
        console.candidates(candidates(judged), spoken)
    elif format is ReportFormat.TURTLE:
        _put([report.turtle()], output)
    elif format is not ReportFormat.JSON:
        failed = _publish(report, tuple(candidates(judged)), judged, format, output, language, texts or [])
    for note in tally.notes():
        console.message("note", note)
    if failed:
        raise typer.Exit(ExitCode.INPUTS_FAILED)
    if not tally.conforms:
        raise typer.Exit(ExitCode.VIOLATIONS)


def _told(found: Iterable[Judged], tally: Tally, advance: Callable[[], None]) -> Iterator[Judged]:
    """What is found, counted as it passes."""
    for results, graph in found:
        tally.add(results)
        advance()
        yield results, graph


def _array(rows: Iterable[object]) -> Iterator[str]:
    """The rows as a JSON array, one after another, so that none is held."""
    before = "[\n"
    for row in rows:
        # Not `textwrap.indent`, which takes separators within a quote for the ends of lines.
        yield before + "  " + json.dumps(row, ensure_ascii=False, indent=2).replace("\n", "\n  ")
        before = ",\n"
    yield "\n]\n"


def _check_usage(format: ReportFormat, output: Path | None, language: str | None, texts: list[Path] | None) -> None:
    if format is ReportFormat.HTML and (output is None or str(output) == "-"):
        raise UsageError("html is a page for each policy: name a folder for them, as in --format html -o report")
    if format is ReportFormat.TABLE and output is not None and str(output) != "-":
        raise UsageError("a table is for the terminal: choose another --format for a file, or send it there with >")
    if texts and format not in (ReportFormat.SARIF, ReportFormat.HTML):
        raise UsageError(f"--texts is for sarif and html: {format} shows no text")
    if language is not None:
        from kg.validate.html import languages

        if language not in languages():
            raise UsageError(f"{language}: there are no messages in this language; choose one of {', '.join(languages())}")


def _publish(
    report: Report,
    doubts: tuple[Candidate, ...],
    judged: Store,
    format: ReportFormat,
    output: Path | None,
    language: str | None,
    texts: list[Path],
) -> bool:
    """Writes what shows the policies' texts. Whether some text could not be read."""
    from kg import __version__
    from kg.atomic import filling
    from kg.validate import requirements_of
    from kg.validate.html import INDEX, pages
    from kg.validate.passages import accounts
    from kg.validate.sarif import sarif

    documents, failures = _read(texts)
    shown, rules = accounts(judged, documents), requirements_of(result.requirement for result in report.results)
    if texts:
        for result in {result.version: result for result in report.results if not shown[result.version].whole}.values():
            console.message("warning", f"{result.document}: no file of --texts has the text that was judged")
    if format is ReportFormat.SARIF:
        _put([sarif(report, shown, rules, __version__, language or "en", doubts)], output)
    elif output:
        with filling(output) as folder:
            for name, page in pages(report, shown, rules, language, doubts):
                (folder / name).write_text(page, encoding="utf-8", newline="\n")
        console.message("note", f"{output / INDEX} written")
    return failures > 0


def _read(texts: list[Path]) -> tuple[list[Document], int]:
    """The documents of the paths, and how many could not be read."""
    from kg.documents import expand_inputs, read

    documents: list[Document] = []
    sidecars: dict[Path, Sidecar] = {}
    failures = 0
    for path in expand_inputs(texts):
        try:
            documents.append(read(path, sidecars=sidecars))
        except InputError as error:
            console.message("error", str(error))
            failures += 1
    return documents, failures


def _put(pieces: Iterable[str], output: Path | None) -> None:
    if output is None or str(output) == "-":
        for piece in pieces:
            emit(piece)
        return
    from kg.atomic import replacing

    with replacing(output) as stream:
        for piece in pieces:
            stream.write(piece.encode("utf-8"))
