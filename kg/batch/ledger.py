"""The ledger of a store: which document stands in which shard, in SQLite. It is made of the manifests and can be made of them again."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from kg.batch.shards import Manifest, Row
from kg.errors import OutputError
from kg.graph.shared import Label

_SCHEMA = """
CREATE TABLE IF NOT EXISTS shards (name TEXT PRIMARY KEY, number INTEGER, sha256 TEXT, size INTEGER);
CREATE TABLE IF NOT EXISTS documents (
    key TEXT PRIMARY KEY, number INTEGER, place INTEGER, shard TEXT, fingerprint TEXT, failed TEXT, version TEXT, controller TEXT,
    sha256 TEXT, address TEXT, observed TEXT, language TEXT, is_policy INTEGER, start INTEGER, length INTEGER, quads INTEGER,
    counts TEXT, issues TEXT, signature BLOB
);
CREATE TABLE IF NOT EXISTS organisations (key TEXT, curie TEXT, name TEXT, language TEXT, is_name INTEGER);
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value INTEGER);
CREATE INDEX IF NOT EXISTS documents_by_shard ON documents (shard, start);
CREATE INDEX IF NOT EXISTS documents_by_text ON documents (controller, sha256, version, observed, key);
CREATE INDEX IF NOT EXISTS organisations_by_key ON organisations (key);
INSERT OR IGNORE INTO state VALUES ('generation', 0);
CREATE TEMP TABLE seen (key TEXT PRIMARY KEY) WITHOUT ROWID;
"""
# Of several documents that are one text of one company, the first stands: the order does not depend on when they were read.
_LIVE = """
CREATE TEMP TABLE live AS SELECT key, version, shard, start, length, quads, address, observed FROM (
    SELECT *, row_number() OVER (PARTITION BY controller, sha256 ORDER BY version, observed = '', observed, key) AS rank
    FROM documents WHERE failed = ''
) WHERE rank = 1
"""


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Raises an error of SQLite about the ledger in `path` as one that says what can be done.

    Raises:
        OutputError: the disk is full, or the ledger is damaged.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        way = "make room, and build again" if full else "it can be removed, and is made again of the shards"
        raise OutputError(str(path), f"{error}; {way}") from error


class Segment(NamedTuple):
    """The part of a shard's file that holds one document."""

    start: int
    length: int
    quads: int


class Ledger:
    """Opens or makes the ledger in `path`, and closes it at the end of the block. It belongs to one process at a time.

    Raises:
        OutputError: it cannot be written, or is damaged; removing it is safe.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with _named(path):
            self._base = sqlite3.connect(path)
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._base.close()
        with _named(self._path):
            if isinstance(error, sqlite3.DatabaseError):
                raise error

    def shards(self) -> dict[str, tuple[str, int]]:
        """The digest and the size of each shard that is known."""
        return {name: (digest, size) for name, digest, size in self._base.execute("SELECT name, sha256, size FROM shards")}

    def next_number(self) -> int:
        """A number above those of all shards."""
        return int(self._base.execute("SELECT coalesce(max(number), 0) + 1 FROM shards").fetchone()[0])

    def generation(self) -> int:
        """Grows with every change."""
        return int(self._base.execute("SELECT value FROM state WHERE name = 'generation'").fetchone()[0])

    def known(self, key: str) -> tuple[str, str] | None:
        """The fingerprint of a document, and why it was set aside if it was; None for one that is not known."""
        found = self._base.execute("SELECT fingerprint, failed FROM documents WHERE key = ?", (key,)).fetchone()
        return None if found is None else (found[0], found[1])

    def is_new(self, key: str) -> bool:
        """Whether a document was not asked about before in this run."""
        return bool(self._base.execute("INSERT OR IGNORE INTO seen VALUES (?)", (key,)).rowcount)

    def stands(self, version: str, number: int) -> bool:
        """Whether a version is in the graph, out of a shard with a smaller number."""
        query = "SELECT 1 FROM live JOIN documents USING (key) WHERE live.version = ? AND number < ?"
        return self._base.execute(query, (version, number)).fetchone() is not None

    def take(self, manifest: Manifest) -> None:
        """Enters a shard. Its documents take the place of those that they replace; a later shard wins whatever the order of entry."""
        with self._base:
            self._base.execute(
                "INSERT OR REPLACE INTO shards VALUES (?, ?, ?, ?)", (manifest.name, manifest.number, manifest.sha256, manifest.size)
            )
            for place, row in enumerate(manifest.rows):
                before = self._base.execute("SELECT number, place FROM documents WHERE key = ?", (row.key,)).fetchone()
                if before is None or tuple(before) <= (manifest.number, place):
                    self._enter(manifest, place, row)
            self._base.execute("UPDATE state SET value = value + 1 WHERE name = 'generation'")

    def drop(self, name: str) -> None:
        """Forgets a shard and its documents. Without any, nothing of the graph changes, and so not the generation."""
        with self._base:
            self._base.execute("DELETE FROM organisations WHERE key IN (SELECT key FROM documents WHERE shard = ?)", (name,))
            changed = self._base.execute("DELETE FROM documents WHERE shard = ?", (name,)).rowcount
            self._base.execute("DELETE FROM shards WHERE name = ?", (name,))
            self._base.execute("UPDATE state SET value = value + ? WHERE name = 'generation'", (changed > 0,))

    def choose(self) -> None:
        """Decides which documents stand in the graph; what follows reads of these."""
        self._base.execute("DROP TABLE IF EXISTS live")
        self._base.execute(_LIVE)
        self._base.execute("CREATE INDEX temp.live_by_shard ON live (shard, start)")
        self._base.execute("CREATE UNIQUE INDEX temp.live_by_version ON live (version)")
        self._base.execute("CREATE INDEX temp.live_by_key ON live (key)")

    def segments(self) -> Iterator[tuple[str, list[Segment]]]:
        """Each shard with the parts of it that stand in the graph, in order; shards without any are left out."""
        for (name,) in self._base.execute("SELECT name FROM shards ORDER BY number, name").fetchall():
            rows = self._base.execute("SELECT start, length, quads FROM live WHERE shard = ? ORDER BY start", (name,))
            segments = [Segment(*row) for row in rows]
            if segments:
                yield name, segments

    def empty_shards(self) -> list[str]:
        """The shards whose documents have all been replaced by others."""
        query = "SELECT name FROM shards WHERE name NOT IN (SELECT DISTINCT shard FROM documents) ORDER BY name"
        return [name for (name,) in self._base.execute(query)]

    def versions(self) -> Iterator[tuple[str, str | None]]:
        """Each version in the graph, in order, with the first version of its address where that belongs to another series."""
        query = """
            SELECT version, CASE WHEN address = '' THEN NULL ELSE
                first_value(version) OVER (PARTITION BY address ORDER BY observed = '', observed, version) END
            FROM live ORDER BY version"""
        for version, first in self._base.execute(query):
            strange = first is not None and first.rpartition("/")[0] != version.rpartition("/")[0]
            yield version, first if strange else None

    def signatures(self) -> Iterator[tuple[str, bytes]]:
        """The version and the signature of each policy in the graph, in order of the versions."""
        query = "SELECT live.version, signature FROM live JOIN documents USING (key) WHERE signature != x'' ORDER BY live.version"
        yield from self._base.execute(query)

    def organisations(self) -> Iterator[tuple[str, Counter[Label], set[Label]]]:
        """Each organisation of the graph, in order: how many documents give it which name, and its other names."""
        query = """
            SELECT curie, name, language, is_name, count(*) FROM organisations JOIN live USING (key)
            GROUP BY curie, name, language, is_name ORDER BY curie"""
        current: str | None = None
        counted: Counter[Label] = Counter()
        others: set[Label] = set()
        for curie, name, language, is_name, count in self._base.execute(query):
            if current is not None and curie != current:
                yield current, counted, others
                counted, others = Counter(), set()
            current = curie
            if is_name:
                counted[name, language] = count
            else:
                others.add((name, language))
        if current is not None:
            yield current, counted, others

    def totals(self) -> dict[str, int]:
        """How many documents there are, and how many of them stand in the graph with how many triples of their own."""
        documents, failed = self._base.execute("SELECT count(*), coalesce(sum(failed != ''), 0) FROM documents").fetchone()
        live, quads = self._base.execute("SELECT count(*), coalesce(sum(quads), 0) FROM live").fetchone()
        return {"documents": documents, "failed": failed, "live": live, "quads": quads}

    def repeats(self) -> Iterator[tuple[str, str]]:
        """Each document that does not stand in the graph because another has its text, with that other."""
        query = """
            SELECT d.key, w.key FROM documents d
            JOIN documents w ON d.controller = w.controller AND d.sha256 = w.sha256 AND d.key != w.key
            JOIN live ON live.key = w.key
            WHERE d.failed = '' ORDER BY 1"""
        yield from self._base.execute(query)

    def _enter(self, manifest: Manifest, place: int, row: Row) -> None:
        values = (
            *(row.key, manifest.number, place, manifest.name, row.fingerprint, row.failed, row.version, row.controller, row.sha256),
            *(row.address, row.observed, row.language, row.is_policy, row.start, row.length, row.quads),
            *(json.dumps(dict(row.counts)), json.dumps(row.issues), bytes.fromhex(row.signature)),
        )
        self._base.execute(f"INSERT OR REPLACE INTO documents VALUES ({', '.join('?' * len(values))})", values)
        self._base.execute("DELETE FROM organisations WHERE key = ?", (row.key,))
        for curie, name, language, others in row.organisations:
            names = [(row.key, curie, name, language, 1), *((row.key, curie, other, language, 0) for other in others)]
            self._base.executemany("INSERT INTO organisations VALUES (?, ?, ?, ?, ?)", names)
