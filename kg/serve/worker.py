"""The life of a process that does jobs: it is bounded, and then takes one job after another until it is told to stop."""

from __future__ import annotations

import resource
import socket
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from kg.errors import InputError, OutputError
from kg.serve.answer import answer
from kg.serve.confinement import bound_processor_time, confine, confine_writer
from kg.serve.jobs import Job, Reply, Update, pack_reply, unpack
from kg.serve.limits import Limits
from kg.store import changing, index, open_store

_PATIENCE, _PAUSE = 20, 0.05  # how often a folder that is being written to is tried, and after how many seconds again
_KILOBYTE = 1 if sys.platform == "darwin" else 1024  # the unit of ru_maxrss


class Reader:
    """A store for reading: the one that was loaded, or a folder, which is opened again when a writer has changed it."""

    def __init__(self, folder: Path | None, loaded: ox.Store | None) -> None:
        self._folder, self._store = folder, loaded
        self._seen: object = None

    def store(self) -> ox.Store:
        """The store as it is now, or, while a writer is so busy that it cannot be opened, as it was before.

        Raises:
            InputError: the folder cannot be opened, and never was.
        """
        if self._folder and (self._store is None or _state(self._folder) != self._seen):
            self._open(self._folder)
        assert self._store is not None
        return self._store

    def _open(self, folder: Path) -> None:
        for attempt in range(1, _PATIENCE + 1):
            state = _state(folder)
            try:
                self._store, self._seen = open_store(folder), state
            except (InputError, RuntimeError) as error:  # a file that was named a moment ago is gone: Oxigraph takes it for corruption
                if attempt == _PATIENCE and self._store is None:
                    raise InputError(str(folder), f"cannot be opened: {error}") from error
                time.sleep(_PAUSE)
            else:
                return

    def forget(self) -> None:
        """Lets go of a folder, which is opened again for the next job."""
        self._seen = None


def work(channel: socket.socket, folder: Path | None, loaded: ox.Store | None, limits: Limits) -> None:
    """Does jobs from the channel, a line each, until it is closed.

    A job that cannot be done gets a reply that says so; a process that has grown says that its reply is the last.
    """
    reader, begun = Reader(folder, loaded), 0
    with channel, channel.makefile("rwb") as stream:
        for line in stream:
            job, place = unpack(line)
            bound_processor_time(limits.seconds)
            if isinstance(job, Update):
                confine_writer(limits)
                reply = replace(_update(folder, job, place), last=True)
            else:
                if not begun:
                    with suppress(InputError):
                        reader.store()
                    confine(limits)
                    begun = _size()
                reply = _read(reader, job, place)
                if _size() - begun > limits.memory_bytes // 8:
                    reply = replace(reply, last=True)
            stream.write(pack_reply(reply))
            stream.flush()


def _read(reader: Reader, job: Job, place: str) -> Reply:
    """The reply; a second one where the first failed on a file that a writer has just removed."""
    for last in (False, True):
        try:
            reply = answer(reader.store(), job, place)
        except InputError as error:
            reply = Reply(500, f"the store cannot be opened: {error.reason}")
        if reply.status != 500 or last:
            break
        reader.forget()
    return reply


def _update(folder: Path | None, job: Update, place: str) -> Reply:
    if folder is None:
        return Reply(403, "a graph that was read from a file cannot be changed")
    for _ in range(_PATIENCE):
        try:
            # Else it would change an index whose place another takes when a build has ended.
            with changing(folder):
                return answer(ox.Store(str(index(folder))), job, place)
        except OutputError:
            time.sleep(_PAUSE)
        except OSError as error:
            if "lock" not in str(error).lower():
                return Reply(500, f"the store cannot be opened: {error}")
            # An update that was stopped may not have let go of the lock yet.
            time.sleep(_PAUSE)
    return Reply(503, "another process writes to the store; try again when it has finished")


def _state(folder: Path) -> object:
    """What changes when the store does: RocksDB never changes a file of data without its size."""
    found = []
    for path in sorted(folder.rglob("*")):
        with suppress(FileNotFoundError):
            found.append((path.name, path.stat().st_size))
    return found


def _size() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE
