"""The verb that answers over HTTP: `kg serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg import console
from kg.cli.app import DEFAULT_GRAPH, GraphArgument, StoreOption, UsageError, app, examples
from kg.errors import ConfigurationError
from kg.hosts import is_loopback


@app.command(
    epilog=examples(
        "kg serve",
        "kg serve --store store/ --port 8080",
        "curl http://127.0.0.1:7878/questions/transfers_outside_eea -H 'Accept: text/csv'",
        "curl http://127.0.0.1:7878/sparql --data-urlencode 'query=ASK { ?s ?p ?o }'",
    )
)
def serve(
    graph: GraphArgument = None,
    store: StoreOption = None,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Where to listen. The default is reached from this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")] = 7878,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, help="How long a query may run.")] = 30.0,
    memory: Annotated[
        int, typer.Option("--memory", min=64, metavar="MB", help="How much memory a query may take beyond the graph.")
    ] = 1024,
    writable: Annotated[bool, typer.Option("--writable", help="Take updates, from those who know the token. Only with --store.")] = False,
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file", metavar="FILE", help="Where the token is, with mode 600.", show_default="the environment's KG_SERVE_TOKEN"
        ),
    ] = None,
) -> None:
    """Serve the graph to browsers and SPARQL clients, on this machine only and for reading only unless told otherwise.

    There is a page at /, SPARQL 1.1 at /sparql, whole graphs at /data, the catalogue at /questions. A query that runs too long is stopped,
    and never holds up the others. Each request is a line on stderr.
    """
    if graph and store:
        raise UsageError("give a graph's file or --store, not both")
    if writable and not store:
        raise UsageError("--writable needs --store: a graph that was read from a file cannot be changed")
    if token_file and not writable:
        raise UsageError("--token-file is of use with --writable only")
    from kg import serve as server

    place = store or graph or DEFAULT_GRAPH
    if not place.exists():
        raise ConfigurationError(str(place), "the graph", "it is not there; make it with: kg build PATH... -o FILE")
    token = server.token(token_file) if writable else None
    if not is_loopback(host):
        console.message(
            "warning", f"{host} is reached from other machines too; nothing is encrypted, and whoever reaches it may read the graph"
        )
    limits = server.Limits(seconds=seconds, memory_bytes=memory << 20)
    server.serve(
        place, host, port, limits, token, lambda address: console.message("note", f"serving {place} at {address} (Ctrl-C stops it)")
    )
