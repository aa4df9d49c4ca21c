"""What `kg validate` shows on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from kg.console.terminal import out

if TYPE_CHECKING:
    from kg.query import Candidate
    from kg.validate import Report, Result, Status

# The matrix of a report has a column for each policy, as long as these fit. A remedy names as many.
MATRIX_COLUMNS = 9

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
