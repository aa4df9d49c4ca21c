"""What `kg validate` shows on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from kg.console.terminal import out

if TYPE_CHECKING:
    from kg.query import Candidate
    from kg.validate import Status, Tally

# What tells the statuses apart for those who see colours; the marks tell everyone.
STYLES = {"stated": "green", "partial": "yellow", "denied": "blue", "deferred": "cyan", "not_applicable": "dim", "unknown": "magenta"}


def report(judged: Tally) -> None:
    """Completeness by requirement, with a column for each policy or, where there are many, for each status; then what would mend it."""
    from kg.validate.tally import short_name

    number = "1 policy" if judged.policies == 1 else f"{judged.policies:,} policies"
    if len(judged.first) == judged.policies:
        heading = "\n".join(f"{column} {short_name(results[0])}" for column, results in enumerate(judged.first, 1))
        table = _matrix(judged)
    else:
        heading, table = number, _totals(judged)
    total = ", ".join(f"{count:,} {severity.lower()}{'s' * (count != 1)}" for severity, count in judged.severities.items())
    closing = f"{number} judged by {judged.regime}: {total or 'nothing to mend'}"
    out().print(Text(heading), table, _legend(), "", *_remedies(judged), Text(closing, style="bold"), sep="\n")


def candidates(found: Iterable[Candidate], language: str = "en") -> None:
    """What texts deny in one place and affirm in others, for a person to review."""
    console = out()
    for candidate in found:
        quotes = "".join(f"\n  but:    {cited.quote} [{cited.start}-{cited.end}]" for cited in candidate.affirmed)
        head = f"\n{candidate.question}: {candidate.message(language)}\n  in {Path(candidate.document).name}, a candidate for review"
        text = f"{head}\n  says:   {candidate.denied.quote} [{candidate.denied.start}-{candidate.denied.end}]{quotes}"
        console.print(Text(text), soft_wrap=True)


def _mark(status: Status, severity: str | None) -> Text:
    violation = severity == "Violation"
    return Text(status.mark + (" !" if violation else ""), style="bold red" if violation else STYLES.get(status, ""))


def _legend() -> Text:
    from kg.validate import Status

    entries = [Text.assemble(_mark(status, None), " " + status.replace("_", " ").replace(" ", "\N{NO-BREAK SPACE}")) for status in Status]
    return Text("  ").join([*entries, Text.assemble(("!", "bold red"), "\N{NO-BREAK SPACE}violation")])


def _table() -> Table:
    """A table that begins with the requirements and their names."""
    table = Table(box=None, pad_edge=False)
    table.add_column("requirement", no_wrap=True)
    table.add_column("", overflow="fold")
    return table


def _matrix(judged: Tally) -> Table:
    table = _table()
    for number, _ in enumerate(judged.first, 1):
        table.add_column(str(number), no_wrap=True)
    marks = [{result.requirement: _mark(result.status, result.severity) for result in results} for results in judged.first]
    for requirement, name in sorted(judged.names.items()):
        table.add_row(requirement, Text(name), *(found.get(requirement, "") for found in marks))
    return table


def _totals(judged: Tally) -> Table:
    from kg.validate import Status

    table = _table()
    for status in Status:
        table.add_column(status.mark, justify="right", no_wrap=True)
    table.add_column("!", justify="right", no_wrap=True)
    for requirement, name in sorted(judged.names.items()):
        counts = judged.counts[requirement]
        cells = [(str(counts[status] or ""), STYLES.get(status, "")) for status in Status]
        table.add_row(requirement, Text(name), *(Text(*cell) for cell in (*cells, (str(counts["Violation"] or ""), "bold red"))))
    return table


def _remedies(judged: Tally) -> Iterator[Text]:
    """What each violation asks for, once, with the policies that it was found in."""
    for (requirement, text), documents in judged.remedies.items():
        yield Text.assemble((requirement, "bold red"), f": {text}\n  in {documents}\n")
