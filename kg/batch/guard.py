"""Runs shards in a child process that may hang, die or grow without harm: it is watched, ended and started again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from functools import cache
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import local

from kg.batch.shards import Manifest, Task
from kg.errors import KgError

# The worker watches its processor time; by the clock a document gets so many times as much, for the machine may be busy, and this on top.
_BUSY, _GRACE = 3, 30.0
# What a worker may take before its first document, to load the vocabulary on a busy machine, and after its last, to write to a far place.
_OUTSIDE = 60.0
# A document during which the worker died this often is set aside; the first time the fault may have been another's. If workers go on dying
# there, or do so more often where no document is read, it is no document's fault.
_DEATHS = 2
# A worker is one of many: numpy must not start a thread, with memory of its own, for every core.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Keeper:
    """Keeps a child process for each thread that runs shards."""

    def __init__(self) -> None:
        self._own = local()
        self._children: set[_Child] = set()
        self._closed = False

    def run(self, task: Task) -> Manifest:
        """The manifest of a task's shard, extracted in this thread's child process.

        Raises:
            KgError: the shard cannot be written, workers die of something else than a document, or the keeper was closed meanwhile.
        """
        deaths: Counter[int] = Counter()
        refused = dict(task.refused)
        while not self._closed:
            child = self._child()
            try:
                return child.run(replace(task, refused=refused))
            except _DeadError as dead:
                self._end(child)
                deaths[dead.at] += 1
                if deaths[dead.at] > _DEATHS:
                    raise _given_up(task, dead) from None
                if _reads(task, dead.at) and (dead.hung or deaths[dead.at] >= _DEATHS):
                    refused[dead.at] = dead.reason
        raise KgError("the build was stopped")

    def close(self) -> None:
        """Ends all children at once, also those that are at work: what they were writing was not yet in place."""
        self._closed = True
        for child in list(self._children):
            self._end(child)

    def _child(self) -> _Child:
        child: _Child | None = getattr(self._own, "child", None)
        if child is None or child not in self._children:
            child = self._own.child = _Child()
            self._children.add(child)
        return child

    def _end(self, child: _Child) -> None:
        self._children.discard(child)
        child.end()


def run_shard(task: Task) -> Manifest:
    """The same with a keeper of the process: what a cluster's workers run.

    Raises:
        KgError: the shard cannot be written.
    """
    return _keeper().run(task)


@cache
def _keeper() -> Keeper:
    return Keeper()


class _DeadError(Exception):
    """The child died or hung at a document: its place, -1 before the first, their number after the last."""

    def __init__(self, at: int, reason: str, *, hung: bool = False) -> None:
        self.at, self.reason, self.hung = at, reason, hung


def _reads(task: Task, at: int) -> bool:
    return 0 <= at < len(task.sources)


def _given_up(task: Task, dead: _DeadError) -> KgError:
    what = "the start" if dead.at < 0 else "writing the shard"
    if _reads(task, dead.at):
        what = f"what comes after {task.sources[dead.at].path}, which is no longer read,"
    way = "see the worker's output and the system's log, and build again: the shards that stand are kept"
    return KgError(f"{task.folder}/{task.name}: {what} {dead.reason}; {way}")


class _Child:
    def __init__(self) -> None:
        self.pipe: Connection
        self.pipe, other = Pipe()
        command = [sys.executable, "-m", "kg.batch.child", str(other.fileno())]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, pass_fds=[other.fileno()], stdin=quiet, stdout=quiet, env={**os.environ, **_ONE_THREAD})
        other.close()

    def run(self, task: Task) -> Manifest:
        at = -1
        try:
            self.pipe.send(task)
            while True:
                seconds = task.limits.seconds if _reads(task, at) else _OUTSIDE
                if not self.pipe.poll(_BUSY * seconds + _GRACE):
                    raise _DeadError(at, f"takes more than {seconds:g} seconds and cannot be stopped", hung=True)
                answer = self.pipe.recv()
                if isinstance(answer, int):
                    at = answer
                elif isinstance(answer, KgError):
                    raise answer
                else:
                    assert isinstance(answer, Manifest)
                    return answer
        except (EOFError, OSError) as error:
            worker = "the worker that reads it" if _reads(task, at) else "the worker"
            raise _DeadError(at, f"ends {worker} ({self._ended()})") from error

    def _ended(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            code = self.process.wait(5)
            return f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return "without a word"

    def end(self) -> None:
        """Ends the process at once."""
        self.process.kill()
        self.process.wait()
        self.pipe.close()
