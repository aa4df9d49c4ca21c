"""The verb that judges policies: `kg validate`."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg import console
from kg.cli.app import DEFAULT_GRAPH, ExitCode, GraphArgument, StoreOption, UsageError, app, emit, examples, source
from kg.errors import ConfigurationError, InputError

if TYPE_CHECKING:
    from pyoxigraph import Store

    from kg.documents.sidecar import Sidecar
    from kg.model import Document
    from kg.query import Candidate
    from kg.validate import Report


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
    from kg.validate import notes
    from kg.validate import validate as check

    judged = source(graph, store)
    report = check(judged, regime, workers)
    if not report.results:
        raise ConfigurationError(
            str(store or graph or DEFAULT_GRAPH), "the graph", "holds no policy; make one with: kg build PATH... -o FILE"
        )
    doubts = tuple(candidates(judged))
    failed = False
    if format in (ReportFormat.SARIF, ReportFormat.HTML):
        failed = _publish(report, doubts, judged, format, output, language, texts or [])
    elif format is ReportFormat.JSON:
        rows = [*report.as_json(language or "en"), *(doubt.as_json(language or "en") for doubt in doubts)]
        _put(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", output)
    elif format is ReportFormat.TURTLE:
        _put(report.turtle(), output)
    else:
        console.report(report, language or "en")
        console.candidates(doubts, language or "en")
    for note in notes(report):
        console.message("note", note)
    if failed:
        raise typer.Exit(ExitCode.INPUTS_FAILED)
    if not report.conforms:
        raise typer.Exit(ExitCode.VIOLATIONS)


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
        _put(sarif(report, shown, rules, __version__, language or "en", doubts), output)
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


def _put(text: str, output: Path | None) -> None:
    if output is None or str(output) == "-":
        emit(text)
        return
    from kg.atomic import replacing

    with replacing(output) as stream:
        stream.write(text.encode("utf-8"))
