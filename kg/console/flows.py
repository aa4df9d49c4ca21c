"""What `kg flows` shows."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from kg.console.terminal import out


def measures(title: str, columns: Sequence[str], cells: Sequence[Sequence[str]], all_rows: int) -> None:
    """A table of a measure, with how many rows there are where not all are shown."""
    console = out()
    more = f" (the first {len(cells)} of {all_rows})" if all_rows > len(cells) else ""
    console.print(Text(title + more, style="bold"))
    table = Table(*columns, box=None, pad_edge=False)
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table, "" if cells else "  none", sep="\n")
