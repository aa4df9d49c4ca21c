"""What `kg export` and `kg push` show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from kg.console.terminal import err, out

if TYPE_CHECKING:
    from kg.export import Exporter, Written


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


def _counts(counted: Mapping[str, int]) -> list[tuple[str, str]]:
    rows = sorted(counted.items(), key=lambda row: (-row[1], row[0]))
    return [(label, f"{number:,}") for label, number in [*rows, ("all", sum(counted.values()))]]
