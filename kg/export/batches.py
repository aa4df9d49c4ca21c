"""Nodes and edges as batches of rows for Cypher: all nodes first, each batch of one kind, so that one statement takes it whole."""

from __future__ import annotations

import pickle
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kg.export.items import Edge, Node

_IN_MEMORY = 1 << 20
SIZE = 500


class Batch(NamedTuple):
    """A statement that takes ``rows``, and the rows."""

    statement: str
    rows: list[dict[str, Any]]


def constraints(labels: Iterable[str]) -> Iterator[str]:
    """A unique key for each label of nodes: without it, every edge would read all nodes."""
    for label in labels:
        yield f"CREATE CONSTRAINT {label.lower()}_iri IF NOT EXISTS FOR (n:`{label}`) REQUIRE n.iri IS UNIQUE"


def batches(items: Iterable[Node | Edge], size: int = SIZE) -> Iterator[Batch]:
    """The batches. Rows are merged by key, so that putting one twice changes nothing. Edges wait in a temporary file."""
    waiting: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        for item in items:
            if isinstance(item, Node):
                key: tuple[str, ...] = (item.label,)
                row = {"iri": item.id, "properties": {"iri": item.id, **item.properties}}
            else:
                key = (item.label, item.source_label, item.target_label)
                row = {"id": item.id, "from": item.source, "to": item.target, "properties": {"id": item.id, **item.properties}}
            rows = waiting[key]
            rows.append(row)
            if len(rows) >= size:
                batch = Batch(_statement(key), waiting.pop(key))
                if len(key) == 1:
                    yield batch
                else:
                    pickle.dump(batch, spool, pickle.HIGHEST_PROTOCOL)
        for key in sorted(key for key in waiting if len(key) == 1):
            yield Batch(_statement(key), waiting.pop(key))
        spool.seek(0)
        while True:
            try:
                yield pickle.load(spool)
            except EOFError:
                break
        for key in sorted(waiting):
            yield Batch(_statement(key), waiting[key])


def _statement(key: tuple[str, ...]) -> str:
    if len(key) == 1:
        return f"UNWIND $rows AS row MERGE (n:`{key[0]}` {{iri: row.iri}}) SET n = row.properties"
    label, one, other = key
    ends = f"MATCH (a:`{one}` {{iri: row.from}}) MATCH (b:`{other}` {{iri: row.to}})"
    return f"UNWIND $rows AS row {ends} MERGE (a)-[e:`{label}` {{id: row.id}}]->(b) SET e = row.properties"
