"""A Cypher script: constraints, then nodes, then edges; a statement a line, which may be run again without harm."""

from __future__ import annotations

from pathlib import Path

from kg.atomic import replacing
from kg.export.batches import batches, constraints
from kg.export.exporter import Exporter, Tally, Written
from kg.export.projection import project
from kg.export.schema import View, schema
from kg.export.source import Source

_SIZE = 100  # rows of a statement: a line stays readable by other programs
_ESCAPES = str.maketrans(
    {chr(code): f"\\u{code:04X}" for code in (*range(0x20), 0x7F, 0x85, 0x2028, 0x2029)}
    | {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
)


def spelled(value: object) -> str:
    r"""A value as a Cypher literal on one line.

    >>> spelled({"iri": "it's", "n": [1, 2.5]})
    "{`iri`: 'it\\'s', `n`: [1, 2.5]}"
    """
    if isinstance(value, str):
        return f"'{value.translate(_ESCAPES)}'"
    if isinstance(value, dict):
        return "{" + ", ".join(f"`{name}`: {spelled(of)}" for name, of in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(spelled, value)) + "]"
    return repr(value)


def _write(source: Source, target: Path, view: View) -> Written:
    tally = Tally()
    with replacing(target) as stream:
        for statement in constraints(schema().node_labels()):
            stream.write(f"{statement};\n".encode())
        for statement, rows in batches(tally.passing(project(source, view)), _SIZE):
            stream.write(f"{statement.replace('$rows', spelled(rows), 1)};\n".encode())
    return tally.written(f"cypher-shell --file {target.name}")


CYPHER = Exporter("cypher", ".cypher", "Cypher script for Neo4j, Memgraph, ArcadeDB: MERGE, may be run again", _write)
