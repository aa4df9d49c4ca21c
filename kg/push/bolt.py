"""The property graph to a server that speaks Bolt, in batches that are merged by key.

Each batch and the number of batches so far are written in one transaction, under the digest of the file: a push of the same file goes
on where the last one was broken off. At the end that note is taken away.
"""

from __future__ import annotations

import hashlib
from itertools import islice
from pathlib import Path

import neo4j
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from kg.export import Written
from kg.export.batches import SIZE, Batch, batches, constraints
from kg.export.exporter import Tally
from kg.export.projection import project
from kg.export.schema import View, schema
from kg.export.source import Source
from kg.graph import extractor_version
from kg.push.credentials import Credentials
from kg.push.target import PushError, Target

_NOTE = "KgPush"
_SECONDS = 15.0


def push_bolt(source: Source, to: Target, who: Credentials | None, database: str | None, view: View) -> Written:
    """Merges the nodes and edges into the database of a server: constraints, nodes, edges.

    Nothing is deleted: what a policy no longer says stays, under the IRIs of its old version.

    Raises:
        InputError: the source cannot be read, or holds no policy.
        PushError: the server cannot be reached or refuses.
        ScatteredError: a file is not in the order of `kg build`; it must be loaded first.
    """
    tally = Tally()
    auth = neo4j.basic_auth(who.user, who.password) if who else None
    try:
        with (
            neo4j.GraphDatabase.driver(to.url, auth=auth, connection_timeout=_SECONDS, notifications_min_severity="OFF") as driver,
            driver.session(database=database) as session,
        ):
            for statement in constraints(schema().node_labels()):
                session.run(neo4j.Query(statement)).consume()
            key = _key(source, view)
            done = session.execute_read(_done, key)
            for number, batch in islice(enumerate(batches(tally.passing(project(source, view))), 1), done, None):
                session.execute_write(_put, batch, key, number)
            session.run(f"MATCH (note:{_NOTE}) DELETE note").consume()
    except AuthError as error:
        raise PushError(to.url, "wants a user and a password, or refuses these; see kg push --help") from error
    except (DriverError, Neo4jError) as error:
        raise PushError(to.url, f"{type(error).__name__}: {' '.join(str(error).split())[:300]}") from error
    return tally.written()


def _put(transaction: neo4j.ManagedTransaction, batch: Batch, key: str, number: int) -> None:
    transaction.run(batch.statement, rows=batch.rows).consume()
    if key:
        transaction.run(f"MERGE (note:{_NOTE} {{key: $key}}) SET note.batches = $number", key=key, number=number).consume()


def _done(transaction: neo4j.ManagedTransaction, key: str) -> int:
    found = transaction.run(f"MATCH (note:{_NOTE} {{key: $key}}) RETURN note.batches AS batches", key=key).single() if key else None
    return int(found["batches"]) if found else 0


def _key(source: Source, view: View) -> str:
    """What decides the batches of a push; nothing for a store, which may change while it is read."""
    if not isinstance(source, Path):
        return ""
    with source.open("rb") as stream:
        return f"{hashlib.file_digest(stream, 'sha256').hexdigest()} {view} {SIZE} {extractor_version()}"
