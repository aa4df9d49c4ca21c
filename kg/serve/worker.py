"""The life of a process that does jobs: it is bounded, and then takes one job after another until it is told to stop."""

from __future__ import annotations

import resource
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from kg.serve.answer import answer
from kg.serve.confinement import bound_processor_time, confine, confine_writer
from kg.serve.jobs import Job, Reply, Update, pack_reply, unpack
from kg.serve.limits import Limits

_PATIENCE = 20
_KILOBYTE = 1 if sys.platform == "darwin" else 1024  # the unit of ru_maxrss


class Reader:
    """A store for reading: the one that was loaded, or a folder, which is opened again when a writer has changed it."""

    def __init__(self, folder: Path | None, loaded: ox.Store | None) -> None:
        self._folder, self._store = folder, loaded
        self._seen: object = None

    def store(self) -> ox.Store:
        """The store as it is now."""
        if self._folder:
            state = tuple(sorted((path.name, path.stat().st_size) for path in self._folder.iterdir() if path.suffix != ".old"))
            if self._store is None or state != self._seen:
                self._store, self._seen = ox.Store.read_only(str(self._folder)), state
        assert self._store is not None
        return self._store


def work(channel: socket.socket, folder: Path | None, loaded: ox.Store | None, limits: Limits) -> None:
    """Does jobs from the channel, a line each, until it is closed.

    A job that cannot be done gets a reply that says so; a process that has grown says that its reply is the last.
    """
    reader = Reader(folder, loaded)
    opened = False
    with channel, channel.makefile("rwb") as stream:
        for line in stream:
            job, place = unpack(line)
            bound_processor_time(limits.seconds)
            if isinstance(job, Update):
                confine_writer(limits)
                reply = replace(_reply(lambda: _writable(folder), job, place), last=True)
            else:
                if not opened:
                    opened = True
                    with suppress(OSError):
                        reader.store()
                    confine(limits)
                    begun = _size()
                reply = _reply(reader.store, job, place)
                if _size() - begun > limits.memory_bytes // 8:
                    reply = replace(reply, last=True)
            stream.write(pack_reply(reply))
            stream.flush()


def _reply(open_store: Callable[[], ox.Store], job: Job, place: str) -> Reply:
    try:
        store = open_store()
    except OSError as error:
        if "lock" in str(error).lower():
            return Reply(503, "another process writes to the store; try again when it has finished")
        return Reply(500, f"the store cannot be opened: {error}")
    return answer(store, job, place)


def _writable(folder: Path | None) -> ox.Store:
    if folder is None:
        raise OSError("a graph that was read from a file cannot be changed")
    for _ in range(_PATIENCE):
        with suppress(OSError):
            return ox.Store(str(folder))
        time.sleep(0.05)  # an update that was stopped may not have let go of the lock yet
    return ox.Store(str(folder))


def _size() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE
