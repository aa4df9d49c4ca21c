"""The verbs that answer questions: `kg query` and `kg ask`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kg import console
from kg.cli.app import ExitCode, GraphOption, StoreOption, UsageError, app, emit, examples, source

if TYPE_CHECKING:
    from kg.query import Rows


class RowsFormat(StrEnum):
    """How `kg query` prints its answer."""

    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    XML = "xml"
    TURTLE = "turtle"


@app.command(
    epilog=examples(
        "kg query --list",
        "kg query transfers_outside_eea",
        "kg query transfers_outside_eea --store store/ --format csv",
        "kg query --explain transfers_outside_eea",
        "kg query transfers_outside_eea -p region=EU -p controller=org:acme-oy",
        "kg query transfers_outside_eea --endpoint http://127.0.0.1:8000/sparql",
        "kg query my-question.rq --graph both.nq",
        "kg query 'PREFIX pk: <https://w3id.org/policy-kg/ontology#> SELECT ?quote WHERE { ?clause pk:quote ?quote } LIMIT 5'",
    )
)
def query(
    question: Annotated[str, typer.Argument(metavar="NAME|FILE.rq|SPARQL", help="A question of the catalogue, a file, or a query.")] = "",
    graph: GraphOption = None,
    store: StoreOption = None,
    parameter: Annotated[list[str] | None, typer.Option("--param", "-p", metavar="KEY=VALUE", help="A parameter of the question.")] = None,
    format: Annotated[RowsFormat, typer.Option("--format", "-f", help="How to print the answer.")] = RowsFormat.TABLE,
    list_all: Annotated[bool, typer.Option("--list", help="Show the catalogue of questions.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show what a question means and its SPARQL, without asking it.")] = False,
    endpoint: Annotated[str, typer.Option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint, and no other address.")] = "",
    timeout: Annotated[float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="How long to wait for an endpoint.")] = 60.0,
) -> None:
    """Ask the graph a question. Every row of an answer carries the clause and the quote that prove it."""
    from kg.query import catalogue, run, run_at
    from kg.query import question as known

    if list_all:
        console.catalogue(catalogue())
        return
    if not question:
        raise UsageError("name a question (kg query --list shows them), a file or a query")
    if explain:
        console.question(known(question))
        return
    if endpoint and (graph or store):
        raise UsageError("give --endpoint, or a graph's file or --store, not both")
    given = _parameters(parameter or [])
    _show(run_at(endpoint, question, given, timeout) if endpoint else run(source(graph, store), question, given), format)


@app.command(
    epilog=examples(
        "kg ask 'which controllers transfer outside the EEA?'",
        "kg ask 'kuka siirtää tietoja Yhdysvaltoihin?'",
        "kg ask 'how long does Acme keep data?' --store store/ --format json",
    )
)
def ask(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A question in English or Finnish.")],
    graph: GraphOption = None,
    store: StoreOption = None,
    format: Annotated[RowsFormat, typer.Option("--format", "-f", help="How to print the answer.")] = RowsFormat.TABLE,
) -> None:
    """Ask in your own words: finds the nearest question of the catalogue, says which it is, and asks that one.

    Where no question is near, it lists the nearest three and answers nothing.
    """
    from kg.query import run
    from kg.query.free import understand
    from kg.vocabulary import load

    opened = source(graph, store)
    understood = understand(opened, text, load())
    if understood.question is None:
        console.nothing_near(understood)
        raise typer.Exit(ExitCode.USAGE)
    console.understood(understood)
    _show(run(opened, understood.question.name, understood.parameters), format)


def _show(answer: Rows, format: RowsFormat) -> None:
    if format is RowsFormat.TURTLE and answer.kind != "construct":
        raise UsageError("turtle is for CONSTRUCT and DESCRIBE; for rows choose csv, tsv, json or xml")
    if format is not RowsFormat.TABLE:
        emit(answer.serialize(format))
    elif answer.rows:
        console.rows(answer.columns, answer.cells())
    else:
        console.message("note", "the graph holds no answer to this question")


def _parameters(given: list[str]) -> dict[str, str]:
    parameters = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not (key and equals):
            raise UsageError(f"{pair}: a parameter is KEY=VALUE")
        parameters[key] = value
    return parameters
