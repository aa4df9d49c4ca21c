"""What the command line shows: tables, progress and messages. Results go to stdout, all else to stderr."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kg.namespaces import DATA

if TYPE_CHECKING:
    from kg.batch import Batch, BuildReport
    from kg.export import Exporter, Written
    from kg.query import Candidate, Question
    from kg.query.free import Understood
    from kg.reason import Inferred, Ontology, Reasoning
    from kg.validate import Report, Result, Status

# Wide enough for a table of quotes where the output is a file or a pipe and so has no width of its own.
PIPE_WIDTH = 160

POLICIES = DATA + "policy/"

# Columns of an answer that are short.
NAMES = ("controller", "modality", "place", "role", "status")

# On a terminal with fewer columns, an answer of many columns is shown as blocks of lines.
NARROW = 120

# The matrix of a report has a column for each policy, as long as these fit. A remedy names as many.
MATRIX_COLUMNS = 9


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
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = TextColumn(title), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("")
        yield lambda done, total, what: bar.update(task, completed=done, total=total, description=what)


def found(batch: Batch | BuildReport) -> None:
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


def built(report: BuildReport) -> None:
    """What a run did to a store, in a few lines; documents are named where they are few."""
    console = err()
    if report.in_full:
        found(report)
    else:
        for reason, count in report.failed.most_common(20):
            message("error", f"{count:,} documents set aside: {reason}")
    languages = ", ".join(f"{language} {count:,}" for language, count in report.languages.most_common())
    table = Table.grid(padding=(0, 2))
    table.add_row("read", f"{report.read:,}" + (f" ({languages})" if languages else ""))
    table.add_row("unchanged", f"{report.unchanged:,}")
    table.add_row("not a policy", f"{report.not_policies:,}")
    table.add_row("set aside", f"{report.set_aside_count:,}")
    table.add_row("in the store", f"{report.documents:,} documents, {report.quads:,} triples of theirs")
    table.add_row("seconds", ", ".join(f"{part} {seconds:.1f}" for part, seconds in report.seconds.items()))
    console.print(table)


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


def question(asked: Question) -> None:
    """What a question asks in each language, why, how to read its answer, its parameters, and its SPARQL."""
    console = out()
    for language, text in asked.questions.items():
        console.print(Text.assemble((f"{language}  ", "bold"), text), soft_wrap=True)
    for heading, text in (("Why", asked.why), ("How to read the answer", asked.read)):
        if text:
            console.print(Text.assemble((f"\n{heading}: ", "bold"), text), soft_wrap=True)
    if asked.parameters:
        table = Table("parameter", "type", "default", "meaning", box=None, pad_edge=False)
        for parameter in asked.parameters:
            choices = f" ({' or '.join(parameter.choices)})" if parameter.choices else ""
            table.add_row(parameter.name, parameter.type + choices, parameter.default or "", Text(parameter.meaning))
        console.print("", table, sep="\n")
    body = "\n".join(line for line in asked.text.splitlines() if not line.startswith("# ")).strip()
    console.print(Text(f"\n{body}"), soft_wrap=True)


def understood(asked: Understood) -> None:
    """Which question a text was taken for, with its parameters."""
    if asked.question is not None:
        given = "".join(f" -p {name}={value}" for name, value in asked.parameters.items())
        message("note", f"asking {asked.question.name}{given}: {asked.question.question}")


def nothing_near(asked: Understood) -> None:
    """That no question is near, and which are the nearest."""
    message("error", "no question of the catalogue is near to this, so nothing is answered; the nearest are:")
    for near in asked.nearest:
        err().print(Text(f"  {near.question.name}: {near.question.question}"), soft_wrap=True)


def exporters(formats: Iterable[Exporter]) -> None:
    """The formats that can be exported to."""
    table = Table("format", "ending", "", box=None, pad_edge=False)
    for exporter in formats:
        table.add_row(exporter.name, exporter.suffix or "a folder", exporter.description)
    out().print(table)


def written(what: Written) -> None:
    """What an export or a push wrote: nodes and edges by label, or quads; then how to load it."""
    console = err()
    if what.quads:
        console.print(f"{what.quads:,} quads")
    if what.nodes:
        table = Table("nodes", "", "edges", "", box=None, pad_edge=False)
        table.columns[1].justify = table.columns[3].justify = "right"
        for node, edge in zip_longest(_counts(what.nodes), _counts(what.edges), fillvalue=("", "")):
            table.add_row(*node, *edge)
        console.print(table)
    if what.hint:
        console.print(Text("\n" + what.hint), soft_wrap=True)


def measures(title: str, columns: Sequence[str], cells: Sequence[Sequence[str]], all_rows: int) -> None:
    """A table of a measure, with how many rows there are where not all are shown."""
    console = out()
    more = f" (the first {len(cells)} of {all_rows})" if all_rows > len(cells) else ""
    console.print(Text(title + more, style="bold"))
    table = Table(*columns, box=None, pad_edge=False)
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table, "" if cells else "  none", sep="\n")


def _counts(counted: Mapping[str, int]) -> list[tuple[str, str]]:
    rows = sorted(counted.items(), key=lambda row: (-row[1], row[0]))
    return [(label, f"{number:,}") for label, number in [*rows, ("all", sum(counted.values()))]]


def reasoning(found: Reasoning) -> None:
    """What the reasoner says of the ontology."""
    console = out()
    verdict = "consistent" if found.consistent else "inconsistent: it contradicts itself"
    console.print(f"HermiT: the ontology of {found.classes} classes is {verdict}.")
    for name in found.unsatisfiable:
        console.print(f"  {name} can have no instance: its definition contradicts itself")
    for name, above in found.inferred:
        console.print(f"  inferred: {name} is a kind of {above}")


def kinds(every: Sequence[Inferred], known: Ontology, console: Console) -> None:
    """How many statements are of each kind, and in how many policies."""
    statements = Counter(inference.kind for found in every for inference in found.inferences)
    policies = Counter(kind for found in every for kind in {inference.kind for inference in found.inferences})
    table = Table("kind", "", box=None, pad_edge=False)
    table.add_column("statements", justify="right")
    table.add_column("policies", justify="right")
    for kind in sorted(known.definitions):
        table.add_row(kind, known.labels.get(kind, ""), str(statements[kind] or "-"), str(policies[kind] or "-"))
    console.print(table)


# What tells the statuses apart for those who see colours; the marks tell everyone.
STYLES = {"stated": "green", "partial": "yellow", "denied": "blue", "deferred": "cyan", "not_applicable": "dim", "unknown": "magenta"}


def report(judged: Report, language: str = "en") -> None:
    """Completeness by requirement, with a column for each policy or, where there are many, for each status; then what would mend it."""
    policies = list(dict.fromkeys(result.version for result in judged.results))
    documents = {result.version: _document(result) for result in judged.results}
    number = "1 policy" if len(policies) == 1 else f"{len(policies)} policies"
    if len(policies) <= MATRIX_COLUMNS:
        heading = "\n".join(f"{column} {documents[policy]}" for column, policy in enumerate(policies, 1))
        table = _matrix(judged, policies, language)
    else:
        heading, table = number, _totals(judged, language)
    severities = Counter(result.severity for result in judged.results if result.severity)
    total = ", ".join(f"{count} {severity.lower()}{'s' * (count != 1)}" for severity, count in sorted(severities.items(), key=_by_severity))
    closing = f"{number} judged by {judged.regime}: {total or 'nothing to mend'}"
    out().print(Text(heading), table, _legend(), "", *_remedies(judged, language), Text(closing, style="bold"), sep="\n")


def candidates(found: Iterable[Candidate], language: str = "en") -> None:
    """What texts deny in one place and affirm in others, for a person to review."""
    console = out()
    for candidate in found:
        quotes = "".join(f"\n  but:    {cited.quote} [{cited.start}-{cited.end}]" for cited in candidate.affirmed)
        head = f"\n{candidate.question}: {candidate.message(language)}\n  in {Path(candidate.document).name}, a candidate for review"
        text = f"{head}\n  says:   {candidate.denied.quote} [{candidate.denied.start}-{candidate.denied.end}]{quotes}"
        console.print(Text(text), soft_wrap=True)


def _by_severity(item: tuple[str, int]) -> int:
    from kg.validate import SEVERITIES

    return SEVERITIES.index(item[0])


def _mark(status: Status, severity: str | None) -> Text:
    violation = severity == "Violation"
    return Text(status.mark + (" !" if violation else ""), style="bold red" if violation else STYLES.get(status, ""))


def _legend() -> Text:
    from kg.validate import Status

    entries = [Text.assemble(_mark(status, None), " " + status.replace("_", " ").replace(" ", "\N{NO-BREAK SPACE}")) for status in Status]
    return Text("  ").join([*entries, Text.assemble(("!", "bold red"), "\N{NO-BREAK SPACE}violation")])


def _table(judged: Report, language: str) -> tuple[Table, dict[str, tuple[str, list[Result]]]]:
    """A table that begins with the requirements, and the name and the results of each."""
    table = Table(box=None, pad_edge=False)
    table.add_column("requirement", no_wrap=True)
    table.add_column("", overflow="fold")
    found: dict[str, tuple[str, list[Result]]] = {}
    for result in judged.results:
        name = result.names.get(language) or result.names.get("en", "")
        found.setdefault(result.requirement, (name, []))[1].append(result)
    return table, found


def _matrix(judged: Report, policies: Sequence[str], language: str) -> Table:
    table, found = _table(judged, language)
    for number, _ in enumerate(policies, 1):
        table.add_column(str(number), no_wrap=True)
    for requirement, (name, results) in sorted(found.items()):
        marks = {result.version: _mark(result.status, result.severity) for result in results}
        table.add_row(requirement, Text(name), *(marks.get(policy, "") for policy in policies))
    return table


def _totals(judged: Report, language: str) -> Table:
    from kg.validate import Status

    table, found = _table(judged, language)
    for status in Status:
        table.add_column(status.mark, justify="right", no_wrap=True)
    table.add_column("!", justify="right", no_wrap=True)
    for requirement, (name, results) in sorted(found.items()):
        counts = Counter[str | None](result.status for result in results) + Counter(result.severity for result in results)
        cells = [(str(counts[status] or ""), STYLES.get(status, "")) for status in Status]
        table.add_row(requirement, Text(name), *(Text(*cell) for cell in (*cells, (str(counts["Violation"] or ""), "bold red"))))
    return table


def _remedies(judged: Report, language: str) -> Iterator[Text]:
    """What each violation asks for, once, with the policies that it was found in."""
    found: dict[tuple[str, str], list[str]] = {}
    for result in judged.results:
        if result.severity == "Violation":
            found.setdefault((result.requirement, _remedy(result, language)), []).append(_document(result))
    for (requirement, text), documents in found.items():
        more = len(documents) - MATRIX_COLUMNS
        named = ", ".join(documents[:MATRIX_COLUMNS]) + (f" and {more} more" if more > 0 else "")
        yield Text.assemble((requirement, "bold red"), f": {text}\n  in {named}\n")


def _remedy(result: Result, language: str) -> str:
    """The messages in the language, else in English: without the nodes they are about, so that policies share them."""
    texts = [message.text for message in result.messages if message.language == language]
    return " ".join(texts or [message.text for message in result.messages if message.language in ("en", "")])


def _document(result: Result) -> str:
    """The file's name, or where the graph does not hold it, the title."""
    return result.title or result.version if result.document == result.version else Path(result.document).stem
