"""Puts the graph into a server: RDF by the SPARQL 1.1 protocols, the property graph by Bolt.

Pushing twice changes nothing, and a push that was broken off is completed by pushing again.
"""

from __future__ import annotations

from kg.export import Written
from kg.export.exporter import missing
from kg.export.schema import View
from kg.export.source import ScatteredError, Source, loaded, streamable
from kg.push.credentials import Credentials, credentials
from kg.push.target import Protocol, PushError, Target, target

__all__ = ["Credentials", "Protocol", "PushError", "Target", "credentials", "push", "target"]


def push(source: Source, to: Target, who: Credentials | None = None, database: str | None = None, view: View = "full") -> Written:
    """Puts the graph of a file or a store into a server. `database` and `view` are for Bolt, which takes the property graph.

    Raises:
        InputError: the source cannot be read, or holds nothing that can be pushed.
        PushError: the server cannot be reached or refuses; what it took stays, and pushing again completes it.
        MissingComponentError: the extra ``push`` is not installed.
    """
    try:
        from kg.push.bolt import push_bolt
        from kg.push.web import push_web
    except ImportError as error:
        raise missing(error.name or "a library", "push") from error
    if not streamable(source):
        source = loaded(source)
    try:
        return push_bolt(source, to, who, database, view) if to.protocol is Protocol.BOLT else push_web(source, to, who)
    except ScatteredError:
        source = loaded(source)
        return push_bolt(source, to, who, database, view) if to.protocol is Protocol.BOLT else push_web(source, to, who)
