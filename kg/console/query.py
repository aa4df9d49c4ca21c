"""What `kg query` and `kg ask` show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from kg.console.terminal import err, message, out
from kg.iris import POLICIES

if TYPE_CHECKING:
    from kg.query import Question
    from kg.query.free import Understood


# Columns of an answer that are short.
NAMES = ("controller", "modality", "place", "role", "status")

# On a terminal with fewer columns, an answer of many columns is shown as blocks of lines.
NARROW = 120


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
