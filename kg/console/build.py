"""What `kg build` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from kg.console.terminal import err, message

if TYPE_CHECKING:
    from kg.batch import Batch, BuildReport


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
    near = f", {report.near_duplicates:,} nearly the same as another" if report.near_duplicates else ""
    table.add_row("in the store", f"{report.documents:,} documents{near}, {report.quads:,} triples of theirs")
    table.add_row("seconds", ", ".join(f"{part} {seconds:.1f}" for part, seconds in report.seconds.items()))
    console.print(table)
