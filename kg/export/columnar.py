"""Parquet: tables of nodes and edges for everyone, and for LadybugDB with its schema and its COPY statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.atomic import filling
from kg.export.exporter import Exporter, Tally, Written, missing
from kg.export.items import Node
from kg.export.projection import project
from kg.export.schema import Column, Schema, View, schema
from kg.export.source import Source

if TYPE_CHECKING:
    import pyarrow

_ROWS = 2000  # of a table in memory
_TYPES = {"string": "STRING", "integer": "INT64", "number": "DOUBLE"}


class _Tables:
    """Parquet files that rows are put into by name, a batch at a time."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as error:
            raise missing("pyarrow", "export") from error
        self._arrow, self._folder, self._stack = pyarrow, folder, stack
        self._schemas: dict[str, pyarrow.Schema] = {}
        self._rows: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self._writers: dict[str, Any] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._schemas

    def make(self, name: str, columns: Iterable[Column]) -> None:
        """Declares a table."""
        arrow = self._arrow
        types = {"string": arrow.string(), "integer": arrow.int64(), "number": arrow.float64()}
        fields = [(one.name, arrow.list_(types[one.kind]) if one.many else types[one.kind]) for one in columns]
        path = self._folder / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        self._schemas[name] = arrow.schema(fields)
        self._writers[name] = self._stack.enter_context(arrow.parquet.ParquetWriter(path, self._schemas[name]))

    def put(self, name: str, row: Mapping[str, Any]) -> None:
        """Adds a row to a table that was made."""
        rows = self._rows[name]
        rows.append(row)
        if len(rows) >= _ROWS:
            self._flush(name)

    def finish(self) -> None:
        """Writes what is left."""
        for name in self._schemas:
            self._flush(name)

    def _flush(self, name: str) -> None:
        if rows := self._rows.pop(name, []):
            self._writers[name].write_table(self._arrow.Table.from_pylist(rows, schema=self._schemas[name]))


def _node(label: str, mapping: Schema) -> tuple[Column, ...]:
    return (Column("iri"), *mapping.node_columns(label))


def _parquet(source: Source, target: Path, view: View) -> Written:
    mapping, tally = schema(), Tally()
    ends = (Column("source"), Column("target"), Column("id"), Column("source_label"), Column("target_label"))
    with filling(target, fresh=True) as folder, ExitStack() as stack:
        tables = _Tables(folder, stack)
        for item in tally.passing(project(source, view)):
            name = f"{'nodes' if isinstance(item, Node) else 'edges'}/{item.label}"
            if name not in tables:
                tables.make(name, _node(item.label, mapping) if isinstance(item, Node) else (*ends, *mapping.edge_columns(view)))
            tables.put(name, {"iri": item.id, **item.properties} if isinstance(item, Node) else {**item._asdict(), **item.properties})
        tables.finish()
    return tally.written()


def _ladybug(source: Source, target: Path, view: View) -> Written:
    mapping, tally = schema(), Tally()
    columns = mapping.edge_columns(view)
    pairs: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    with filling(target, fresh=True) as folder, ExitStack() as stack:
        tables = _Tables(folder, stack)
        for item in tally.passing(project(source, view)):
            if isinstance(item, Node):
                name = f"nodes/{item.label}"
                if name not in tables:
                    tables.make(name, _node(item.label, mapping))
                tables.put(name, {"iri": item.id, **item.properties})
            else:
                pair = item.source_label, item.target_label
                name = "edges/" + ".".join((item.label, *pair))
                if name not in tables:
                    pairs[item.label].add(pair)
                    tables.make(name, (Column("from"), Column("to"), Column("id"), *columns))
                tables.put(name, {"from": item.source, "to": item.target, "id": item.id, **item.properties})
        tables.finish()
        for label in mapping.edge_labels(view):
            # A question that names an edge which no policy has is to find nothing, not to fail.
            pairs[label] |= set() if pairs[label] else {("Concept", "Concept")}
        statements = list(_schema(mapping, pairs, columns))
        copies = [f"COPY `{label}` FROM 'nodes/{label}.parquet';" for label in sorted(tally.nodes)]
        for label in sorted(tally.edges):
            for one, other in sorted(pairs[label]):
                copies.append(f"COPY `{label}` FROM 'edges/{label}.{one}.{other}.parquet' (from='{one}', to='{other}');")
        (folder / "schema.cypher").write_text("\n".join(statements) + "\n", encoding="utf-8")
        (folder / "copy.cypher").write_text("\n".join(copies) + "\n", encoding="utf-8")
    return tally.written("In this folder run schema.cypher, then copy.cypher, in a new database: one statement a line.")


def _schema(mapping: Schema, pairs: Mapping[str, set[tuple[str, str]]], columns: Iterable[Column]) -> Iterable[str]:
    for label in mapping.node_labels():
        spelled = ", ".join(_spelled(column) for column in mapping.node_columns(label))
        yield f"CREATE NODE TABLE `{label}` (`iri` STRING PRIMARY KEY, {spelled});"
    told = ", ".join(_spelled(column) for column in columns)
    for label in sorted(pairs):
        ends = ", ".join(f"FROM `{one}` TO `{other}`" for one, other in sorted(pairs[label]))
        yield f"CREATE REL TABLE `{label}` ({ends}, `id` STRING, {told});"


def _spelled(column: Column) -> str:
    return f"`{column.name}` {_TYPES[column.kind]}" + ("[]" if column.many else "")


COLUMNAR = (
    Exporter("ladybug", "", "LadybugDB: schema, COPY statements and Parquet", _ladybug),
    Exporter("parquet", "", "Parquet: a table for each label of nodes and edges", _parquet),
)
