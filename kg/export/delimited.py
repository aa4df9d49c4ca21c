"""CSV for bulk importers: a file for each label of nodes and of edges. The dialects differ in their headers and in how they write lists."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from kg.atomic import filling
from kg.export.exporter import Exporter, Tally, Written
from kg.export.items import Edge, Node
from kg.export.projection import project
from kg.export.schema import Column, View, schema
from kg.export.source import Source

_ID, _LABEL, _FROM, _TO = 0, 1, 2, 4
Row: TypeAlias = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Dialect:
    """What an importer wants: system columns with the fields that they hold, its names of types, how lists are joined.

    `between` joins the elements of a list, in which `escaped` stands for it. Where edges may have no lists, they are one string.
    """

    nodes: Mapping[str, int]
    edges: Mapping[str, int]
    types: Mapping[str, str]
    between: str
    escaped: str
    edge_lists: bool
    hint: Callable[[list[str], list[str]], str]

    def header(self, column: Column, lists: bool = True) -> str:
        """The header of a property's column."""
        type_ = self.types[column.kind] + ("[]" if column.many and lists else "")
        return f"{column.name}:{type_}"


def _write(dialect: Dialect, source: Source, target: Path, view: View) -> Written:
    mapping = schema()
    tally = Tally()
    with filling(target, fresh=True) as folder, ExitStack() as stack:
        (folder / "nodes").mkdir()
        (folder / "edges").mkdir()
        columns = mapping.edge_columns(view)
        lists = dialect.edge_lists

        def opened(kind: str, label: str, header: list[str]) -> Callable[[str], object]:
            path = folder / kind / f"{label}.csv"
            put = stack.enter_context(path.open("w", encoding="utf-8", newline="")).write
            put(",".join(header) + "\r\n")
            return put

        nodes: dict[str, tuple[Row, Callable[[str], object]]] = {}
        edges: dict[str, Callable[[str], object]] = {}
        edge = _row(dialect, tuple(dialect.edges.values()), columns, dialect.between if lists else " | ")
        for item in tally.passing(project(source, view)):
            label = item.label
            if isinstance(item, Node):
                if label not in nodes:
                    known = mapping.node_columns(label)
                    header = [*dialect.nodes, *map(dialect.header, known)]
                    row = _row(dialect, tuple(dialect.nodes.values()), known, dialect.between)
                    nodes[label] = row, opened("nodes", label, header)
                row, put = nodes[label]
                put(row(item))
            else:
                if label not in edges:
                    edges[label] = opened("edges", label, [*dialect.edges, *(dialect.header(column, lists) for column in columns)])
                edges[label](edge(item))
    hint = dialect.hint(sorted(nodes), sorted(edges))
    return tally.written(hint)


def _row(dialect: Dialect, fields: tuple[int, ...], columns: tuple[Column, ...], between: str) -> Row:
    """A writer of lines by RFC 4180, where every text is quoted: the module csv looks at each character and takes five times as long."""
    names = [column.name for column in columns]
    escape = dialect.escaped if between == dialect.between else between

    def row(item: Node | Edge) -> str:
        get = item.properties.get
        found = [f'"{item[field]}"' for field in fields]  # IRIs and labels hold no quotation marks
        for name in names:
            value = get(name)
            if value is None:
                found.append("")
                continue
            if type(value) is list:
                value = between.join([text.replace(between, escape) for text in value])
            found.append(f'"{value.replace(_QUOTE, _TWO)}"' if type(value) is str else str(value))
        return ",".join(found) + "\r\n"

    return row


_QUOTE, _TWO = '"', '""'


def _neo4j(nodes: list[str], edges: list[str]) -> str:
    arguments = [f"--nodes=nodes/{label}.csv" for label in nodes] + [f"--relationships=edges/{label}.csv" for label in edges]
    lines = ["neo4j-admin database import full neo4j", "--multiline-fields=true", "--array-delimiter=U+001F", *map(shlex.quote, arguments)]
    return "In this folder, while the database is stopped:\n\n" + " \\\n  ".join(lines)


def _neptune(format: str, nodes: list[str], edges: list[str]) -> str:  # noqa: ARG001
    return (
        f"Copy this folder to S3, then ask Neptune's bulk loader for it: POST /loader with\n\n"
        f'{{"source": "s3://BUCKET/FOLDER/", "format": "{format}", "iamRoleArn": "ARN", "region": "REGION", "failOnError": "TRUE"}}'
    )


_AMAZON = {"string": "String", "integer": "Long", "number": "Double"}
NEO4J = Dialect(
    nodes={"iri:ID": _ID, ":LABEL": _LABEL},
    edges={":START_ID": _FROM, ":END_ID": _TO, ":TYPE": _LABEL, "id:string": _ID},
    types={"string": "string", "integer": "long", "number": "double"},
    between="\x1f",
    escaped=" ",
    edge_lists=True,
    hint=_neo4j,
)
GREMLIN = Dialect(
    nodes={"~id": _ID, "~label": _LABEL, "iri:String": _ID},
    edges={"~id": _ID, "~from": _FROM, "~to": _TO, "~label": _LABEL},
    types=_AMAZON,
    between=";",
    escaped="\\;",
    edge_lists=False,
    hint=partial(_neptune, "csv"),
)
OPENCYPHER = Dialect(
    nodes={":ID": _ID, ":LABEL": _LABEL, "iri:String": _ID},
    edges={":ID": _ID, ":START_ID": _FROM, ":END_ID": _TO, ":TYPE": _LABEL},
    types=_AMAZON,
    between=";",
    escaped="\\;",
    edge_lists=False,
    hint=partial(_neptune, "opencypher"),
)
DELIMITED = (
    Exporter("neo4j", "", "CSV for neo4j-admin database import, with the command", partial(_write, NEO4J)),
    Exporter("neptune-gremlin", "", "CSV for Amazon Neptune's bulk loader, Gremlin", partial(_write, GREMLIN)),
    Exporter("neptune-opencypher", "", "CSV for Amazon Neptune's bulk loader, openCypher", partial(_write, OPENCYPHER)),
)
