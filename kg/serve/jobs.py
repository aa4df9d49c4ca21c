"""What the endpoint is asked to do, as a record that travels to the process which does it, and the reply that comes back."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query. The lists name the graphs of its dataset where the request does; None, where it does not."""

    text: str
    accept: str = ""
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A question of the catalogue, with its parameters as they were given."""

    name: str
    accept: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadGraph:
    """A whole graph by its IRI, or the default graph (None)."""

    graph: str | None
    accept: str = ""


@dataclass(frozen=True, slots=True)
class Describe:
    """The description of the service at `endpoint`."""

    endpoint: str
    writable: bool
    accept: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """A SPARQL update."""

    text: str


Job: TypeAlias = Query | Ask | ReadGraph | Describe | Update
COMMAND = struct.Struct("<cI")
"""What the pool commands the keeper of processes: a letter, and the number of the process that it is about."""
FORK, KILL, SLOW = b"F", b"K", b"S"

_JOBS: Mapping[str, type[Job]] = {job.__name__: job for job in (Query, Ask, ReadGraph, Describe, Update)}


@dataclass(frozen=True, slots=True)
class Reply:
    """How a job ended: an HTTP status, with the media type of the file that holds the answer, or with a message."""

    status: int
    message: str = ""
    media_type: str = "text/plain; charset=utf-8"
    last: bool = False
    """Whether the process wants to be replaced, having grown."""


def pack(job: Job, place: str) -> bytes:
    """A line that says what to do and in which file to leave the answer."""
    return json.dumps({"kind": type(job).__name__, "place": place, "job": asdict(job)}).encode() + b"\n"


def unpack(line: bytes) -> tuple[Job, str]:
    """The reverse of `pack`."""
    message = json.loads(line)
    return _JOBS[message["kind"]](**message["job"]), message["place"]


def pack_reply(reply: Reply) -> bytes:
    """A line."""
    return json.dumps(asdict(reply)).encode() + b"\n"


def unpack_reply(line: bytes) -> Reply:
    """The reverse of `pack_reply`."""
    return Reply(**json.loads(line))
