"""The verbs that carry the graph elsewhere: `kg export`, `kg push`, `kg flows`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg import console
from kg.cli.app import GraphArgument, GraphOption, StoreOption, UsageError, app, emit, examples, place

if TYPE_CHECKING:
    from kg.export.source import Source


class ViewChoice(StrEnum):
    """Which property graph: all statements with their evidence, or edges from controllers straight to what they share, pursue, …."""

    FULL = "full"
    FLAT = "flat"


ViewOption = Annotated[ViewChoice, typer.Option("--view", help="The whole property graph, or the flat one for analysts.")]


class ProtocolChoice(StrEnum):
    """How to speak to a server."""

    STORE = "store"
    UPDATE = "update"
    BOLT = "bolt"


class FlowsFormat(StrEnum):
    """How `kg flows` prints."""

    TABLE = "table"
    JSON = "json"


@app.command(
    epilog=examples(
        "kg export --list",
        "kg export graphml -o graph.graphml",
        "kg export neo4j both.nq -o import/",
        "kg export parquet --view flat -o tables/",
    )
)
def export(
    format: Annotated[str, typer.Argument(metavar="FORMAT", help="See --list.")] = "",
    graph: GraphArgument = None,
    store: StoreOption = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="PATH", help="The file, or the new folder.")] = None,
    view: ViewOption = ViewChoice.FULL,
    list_all: Annotated[bool, typer.Option("--list", help="Show the formats.")] = False,
) -> None:
    """Write the graph in a format of another tool, and say what was written."""
    from kg.export import EXPORTERS

    if list_all:
        console.exporters(EXPORTERS.values())
        return
    if format not in EXPORTERS:
        raise UsageError(f"{format or 'no format'}: choose one of {', '.join(EXPORTERS)}")
    if not output:
        raise UsageError("say where to, with -o")
    if view is ViewChoice.FLAT and not EXPORTERS[format].views:
        raise UsageError(f"{format} is RDF, which has no flat view")
    console.written(EXPORTERS[format].write(_readable(place(graph, store)), output, view.value))
    console.message("note", f"{output} written")


@app.command(
    epilog=examples(
        "kg push http://127.0.0.1:7878/store",
        "kg push http://127.0.0.1:8890/sparql-graph-crud-auth --user dba",
        "kg push http://127.0.0.1:7878/update --protocol update",
        "kg push bolt://127.0.0.1:7687 --user neo4j --database neo4j",
    )
)
def push(
    url: Annotated[str, typer.Argument(metavar="URL", help="A graph store or SPARQL service (http), or a Bolt server (bolt).")],
    graph: GraphOption = None,
    store: StoreOption = None,
    user: Annotated[str | None, typer.Option("--user", help="Else KG_PUSH_USER. The password: KG_PUSH_PASSWORD, or a prompt.")] = None,
    protocol: Annotated[ProtocolChoice | None, typer.Option("--protocol", help="By default, what the URL's scheme says.")] = None,
    database: Annotated[str | None, typer.Option("--database", help="The database of a Bolt server, if not its default.")] = None,
    view: ViewOption = ViewChoice.FULL,
) -> None:
    """Put the graph into a server: RDF over HTTP, the property graph over Bolt. Pushing again completes what was broken off."""
    from kg.push import Protocol, credentials, target
    from kg.push import push as put

    to = target(url, Protocol(protocol.value) if protocol else None)
    who = credentials(user)
    if to.exposes and who:
        console.message("warning", f"{to.url} is not encrypted: others on the way could read the password")
    console.written(put(_readable(place(graph, store)), to, who, database, view.value))
    console.message("note", f"pushed to {to.url}")


@app.command(
    epilog=examples(
        "kg flows",
        "kg flows both.nq --picture flows.svg",
        "kg flows --data pd:EmailAddress --format json",
    )
)
def flows(
    graph: GraphArgument = None,
    store: StoreOption = None,
    picture: Annotated[Path | None, typer.Option("--picture", "-o", metavar="FILE", help="Draw them: .svg, .png or .pdf.")] = None,
    format: Annotated[FlowsFormat, typer.Option("--format", "-f", help="How to print the measures.")] = FlowsFormat.TABLE,
    data: Annotated[str | None, typer.Option("--data", metavar="CURIE", help="Only how this category leaves the EEA.")] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Rows of each table, and terms in a column of the picture.")] = 10,
) -> None:
    """Where personal data go: who gets them from how many, who hands on most, which patterns are common, how they leave the EEA."""
    from kg.flows import draw, read
    from kg.flows.report import measured, serialized

    found = read(_readable(place(graph, store)))
    if format is FlowsFormat.JSON:
        emit(serialized(found, data))
    else:
        for title, columns, rows in measured(found, data):
            console.measures(title, columns, rows[:top], len(rows))
    if picture:
        draw(found, picture, top)
        console.message("note", f"{picture} drawn")


def _readable(where: Path) -> Source:
    """A file, which is read as a stream, or a store."""
    from kg.store import open_store

    return open_store(where) if where.is_dir() else where
