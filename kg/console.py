"""What the command line shows: tables, progress and messages. Results go to stdout, all else to stderr."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kg.namespaces import DATA

if TYPE_CHECKING:
    from kg.batch import Batch
    from kg.export import Exporter
    from kg.query import Candidate, Question
    from kg.reason import Reasoning
    from kg.validate import Report, Result

# Wide enough for a table of quotes where the output is a file or a pipe and so has no width of its own.
PIPE_WIDTH = 160

POLICIES = DATA + "policy/"

# Columns of an answer that are short.
NAMES = ("controller", "modality", "place", "role", "status")

# On a terminal with fewer columns, an answer of many columns is shown as blocks of lines.
NARROW = 120

# The matrix of a report has a column for each policy, as long as these fit.
MATRIX_COLUMNS = 9

MARKS = {"stated": "✓", "partial": "~", "denied": "¬", "absent": "–", "deferred": "→", "not_applicable": "·", "unknown": "?"}


def out() -> Console:
    """The console of results. It is made anew, since tests and callers exchange the streams."""
    console = Console(highlight=False, soft_wrap=False)
    return console if console.is_terminal else Console(highlight=False, width=PIPE_WIDTH)


def err() -> Console:
    """The console of everything that is not a result."""
    console = Console(stderr=True, highlight=False)
    return console if console.is_terminal else Console(stderr=True, highlight=False, width=PIPE_WIDTH)


def message(kind: str, text: str) -> None:
    """One line to stderr, ``kg: error: …``, unbroken so that it can be searched for."""
    style = {"error": "bold red", "warning": "yellow"}.get(kind, "")
    err().print(Text.assemble("kg: ", (f"{kind}: ", style), text.replace("\n", " ")), soft_wrap=True)


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on stderr while the block runs, on a terminal only. The yielded function takes what is done, of how many, and what is next."""
    console = err()
    if not console.is_terminal:
        yield lambda done, total, what: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("")
        yield lambda done, total, what: bar.update(task, completed=done, total=total, description=what)


def found(batch: Batch) -> None:
    """What a build found by document and topic, and what it did not find, and why."""
    console = err()
    if batch.summaries:
        topics = list(batch.summaries[0].counts)
        table = Table(title="Found", title_justify="left", title_style="bold", box=None, pad_edge=False)
        table.add_column("document", overflow="fold")
        for topic in topics:
            table.add_column(topic, justify="right")
        for row in batch.summaries:
            counts = [str(row.counts[topic] or "-") for topic in topics]
            table.add_row(Text.assemble(row.path, (f"\n  {row.controller or 'no controller'}, {row.language}", "dim")), *counts)
        console.print(table)
    for row in batch.summaries:
        if row.issues:
            console.print(Text("\nNot found in " + row.path, style="bold"), soft_wrap=True)
            for issue in row.issues:
                console.print(Text("  " + issue), soft_wrap=True)
    for path, first in batch.repeats:
        message("warning", f"{path}: has the same text as {first} and was left out")
    for error in batch.failures:
        message("error", str(error))


def rows(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """An answer as a table, or on a narrow terminal as blocks of lines. Columns without a value are left out; long cells are folded."""
    console = out()
    answer = [_cited({name: cell.removeprefix(POLICIES) for name, cell in zip(columns, row, strict=True)}) for row in cells]
    kept = [name for name in columns if any(row.get(name) for row in answer)]
    if console.width < NARROW and len(kept) > 2:
        widest = max(map(len, kept))
        for row in answer:
            for name in kept:
                if row.get(name):
                    console.print(Text.assemble((name.rjust(widest), "bold"), "  ", row[name]))
            console.print()
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_lines="quote" in kept)
    for name in kept:
        table.add_column(name, overflow="fold", ratio=1 if name == "quote" else None, no_wrap=name in NAMES)
    for row in answer:
        table.add_row(*(Text(row.get(name, "")) for name in kept))
    console.print(table)


def _cited(row: dict[str, str]) -> dict[str, str]:
    """A row whose clause stands below its quote, and whose policy, which the clause's name begins with, is left out."""
    clause, policy = row.get("clause", ""), row.get("policy", "")
    if not (clause and row.get("quote")):
        return row
    row["quote"] = f"{row['quote']}\n[{row.pop('clause')}]"
    if policy and clause.startswith(policy + "/"):
        del row["policy"]
    return row


def catalogue(questions: Iterable[Question]) -> None:
    """The names of the questions, what they ask, and their parameters."""
    table = Table("name", "question", "parameters", box=None, pad_edge=False)
    for question in questions:
        table.add_row(question.name, Text(question.question), " ".join(parameter.name for parameter in question.parameters))
    out().print(table)


def exporters(formats: Iterable[Exporter]) -> None:
    """The formats that can be exported to."""
    table = Table("format", "ending", "", box=None, pad_edge=False)
    for exporter in formats:
        table.add_row(exporter.name, exporter.suffix, exporter.description)
    out().print(table)


def reasoning(found: Reasoning) -> None:
    """What the reasoner says of the ontology."""
    console = out()
    verdict = "consistent" if found.consistent else "inconsistent: it contradicts itself"
    console.print(f"HermiT: the ontology of {found.classes} classes is {verdict}.")
    for name in found.unsatisfiable:
        console.print(f"  {name} can have no instance: its definition contradicts itself")
    for name, above in found.inferred:
        console.print(f"  inferred: {name} is a kind of {above}")


def report(judged: Report) -> None:
    """Completeness by requirement, with a column for each policy or, where there are many, for each status; then what would mend it."""
    policies = list(dict.fromkeys(result.version for result in judged.results))
    documents = {result.version: _document(result) for result in judged.results}
    number = "1 policy" if len(policies) == 1 else f"{len(policies)} policies"
    if len(policies) <= MATRIX_COLUMNS:
        heading = "  ".join(f"{column} {documents[policy]}" for column, policy in enumerate(policies, 1))
        table = _matrix(judged, policies)
    else:
        heading, table = number, _totals(judged)
    severities = Counter(result.severity for result in judged.results if result.severity)
    total = ", ".join(f"{count} {severity.lower()}{'s' * (count != 1)}" for severity, count in sorted(severities.items(), key=_by_severity))
    closing = f"{number} judged by {judged.regime}: {total or 'nothing to mend'}"
    out().print(Text(heading), table, Text(LEGEND, style="dim"), "", *_remedies(judged), Text(closing, style="bold"), sep="\n")


def candidates(found: Iterable[Candidate]) -> None:
    """What texts deny in one place and affirm in others, for a person to review."""
    console = out()
    for candidate in found:
        quotes = "".join(f"\n  but:    {cited.quote} [{cited.start}-{cited.end}]" for cited in candidate.affirmed)
        head = f"\n{candidate.question}: {candidate.message()}\n  in {Path(candidate.document).name}, a candidate for review"
        text = f"{head}\n  says:   {candidate.denied.quote} [{candidate.denied.start}-{candidate.denied.end}]{quotes}"
        console.print(Text(text), soft_wrap=True)


LEGEND = "  ".join(f"{mark} {status.replace('_', ' ')}" for status, mark in MARKS.items()) + "  ! violation"


def _by_severity(item: tuple[str, int]) -> int:
    return ("Violation", "Warning", "Info").index(item[0])


def _mark(result: Result) -> Text:
    violation = result.severity == "Violation"
    return Text(MARKS[result.status] + (" !" if violation else ""), style="bold red" if violation else "")


def _matrix(judged: Report, policies: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("requirement", no_wrap=True)
    table.add_column("", overflow="fold")
    for number, _ in enumerate(policies, 1):
        table.add_column(str(number), no_wrap=True)
    by_requirement: dict[str, dict[str, Result]] = {}
    for result in judged.results:
        by_requirement.setdefault(result.requirement, {})[result.version] = result
    for requirement, results in sorted(by_requirement.items()):
        name = next(iter(results.values())).names.get("en", "")
        table.add_row(requirement, Text(name), *(_mark(results[policy]) if policy in results else "" for policy in policies))
    return table


def _totals(judged: Report) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("requirement", no_wrap=True)
    table.add_column("")
    for status, mark in MARKS.items():
        table.add_column(f"{mark} {status.replace('_', ' ')}", justify="right")
    table.add_column("! violations", justify="right")
    counts: dict[str, Counter[str]] = {}
    names = {}
    for result in judged.results:
        counts.setdefault(result.requirement, Counter()).update([result.status, *([result.severity] if result.severity else [])])
        names[result.requirement] = result.names.get("en", "")
    for requirement, counted in sorted(counts.items()):
        cells = [str(counted[status] or "-") for status in (*MARKS, "Violation")]
        table.add_row(requirement, Text(names[requirement]), *cells)
    return table


def _remedies(judged: Report) -> Iterator[Text]:
    """What each violation asks for, once, with the policies that it was found in."""
    found: dict[tuple[str, str], list[str]] = {}
    for result in judged.results:
        if result.severity == "Violation":
            text = " ".join(message.text for message in result.messages if message.language in ("en", ""))
            found.setdefault((result.requirement, text), []).append(_document(result))
    for (requirement, text), documents in found.items():
        yield Text.assemble((requirement, "bold red"), f": {text}\n  in {', '.join(documents)}\n")


def _document(result: Result) -> str:
    """The file's name, or where the graph does not hold it, the title."""
    return result.title or result.version if result.document == result.version else Path(result.document).stem
