"""The verbs that answer questions: `kg query`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from kg import console
from kg.cli.app import GraphOption, StoreOption, UsageError, app, emit, examples, source


class RowsFormat(StrEnum):
    """How `kg query` prints its answer."""

    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    XML = "xml"


@app.command(
    epilog=examples(
        "kg query --list",
        "kg query transfers_outside_eea",
        "kg query transfers_outside_eea --store store/ --format csv",
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
) -> None:
    """Ask the graph a question. Every row of an answer carries the clause and the quote that prove it."""
    from kg.query import catalogue, run

    if list_all:
        console.catalogue(catalogue())
        return
    if not question:
        raise UsageError("name a question (kg query --list shows them), a file or a query")
    answer = run(source(graph, store), question, _parameters(parameter or []))
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
