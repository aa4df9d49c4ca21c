"""Where a push goes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from kg.errors import ConfigurationError, KgError
from kg.hosts import is_loopback

_BOLT = frozenset({"bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"})
_ENCRYPTED = frozenset({"https", "bolt+s", "bolt+ssc", "neo4j+s", "neo4j+ssc"})


class PushError(KgError):
    """A server cannot be reached, or refuses what it is given. What it took before stays; pushing again completes it."""

    def __init__(self, url: str, reason: str) -> None:
        self.url, self.reason = url, reason
        super().__init__(f"{url}: {reason}")


class Protocol(StrEnum):
    """How to speak to a server: SPARQL 1.1 Graph Store Protocol, SPARQL 1.1 Update, or Bolt."""

    STORE = "store"
    UPDATE = "update"
    BOLT = "bolt"


@dataclass(frozen=True, slots=True)
class Target:
    """A server's address and the protocol it is spoken to by. `exposes` tells that others on the way could read the password."""

    url: str
    protocol: Protocol
    exposes: bool


def target(url: str, protocol: Protocol | None = None) -> Target:
    """The target that `url` names; the protocol follows from its scheme, where an HTTP endpoint is taken for a graph store.

    Raises:
        ConfigurationError: it is no such URL, it holds a password, or its scheme does not fit the protocol.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.username is not None or parts.password is not None:
            raise ConfigurationError(f"{parts.scheme}://{host}", "the URL", "holds a user; give it by --user, and the password by prompt")
    except ValueError as error:
        raise ConfigurationError(url, "the URL", str(error)) from error
    if parts.scheme not in _BOLT | {"http", "https"} or not host:
        raise ConfigurationError(url, "the URL", "is none of http(s)://…, bolt://… and neo4j://…")
    fitting = (Protocol.BOLT,) if parts.scheme in _BOLT else (Protocol.STORE, Protocol.UPDATE)
    if protocol and protocol not in fitting:
        raise ConfigurationError(url, "the URL", f"is not spoken to by {protocol}; choose {' or '.join(fitting)}")
    return Target(url, protocol or fitting[0], parts.scheme not in _ENCRYPTED and not is_loopback(host))
