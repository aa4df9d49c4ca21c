"""The processes that answer, seen from the server: who runs, who waits, who is stopped."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.serve.jobs import COMMAND, FORK, KILL, SLOW, Job, Reply, Update, pack, unpack_reply
from kg.serve.limits import Limits
from kg.serve.longjobs import LongJobs
from kg.store import open_store


@dataclass(slots=True)
class Worker:
    """A process that does one job at a time."""

    process: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    spent: bool = False
    """Whether it must not be given another job."""

    async def do(self, job: Job, place: str) -> Reply:
        """What the process replies; if it dies instead, a reply that says so."""
        try:
            self.writer.write(pack(job, place))
            await self.writer.drain()
            line = await self.reader.readline()
        except ConnectionError:
            line = b""
        if not line:
            self.spent = True
            return Reply(503, "stopped: it needs more memory than a query may take here, or is nested too deeply")
        reply = unpack_reply(line)
        self.spent = reply.last
        return reply


class Pool:
    """Does jobs in processes of their own, within the limits. Use it as an asynchronous context.

    A job begins in one of the few places for quick ones. When it has run for `Limits.quick_seconds`, its process gets the lowest
    priority and moves to a place for long ones, so that it never stands in the way of the quick ones; if there is none, it is stopped.
    A job that was long when it was last done begins among the long ones, if there is a place.
    """

    def __init__(self, source: Path, limits: Limits) -> None:
        self._source, self._limits = source, limits
        self._idle: list[Worker] = []
        self._places = asyncio.Semaphore(limits.quick)
        self._one_writer = asyncio.Lock()
        self._forking = asyncio.Lock()
        self._waiting = self._long = 0
        self._known = LongJobs()
        self._names = count()
        self._folder = tempfile.TemporaryDirectory(prefix="kg-serve-")

    async def __aenter__(self) -> Pool:
        """Starts the keeper, which reads the graph.

        Raises:
            InputError: the graph cannot be read.
        """
        if self._source.is_dir():
            open_store(self._source)  # is it a store at all?
        ours, theirs = socket.socketpair()
        arguments = [str(theirs.fileno()), str(self._source), json.dumps(asdict(self._limits))]
        # In a session of its own: Ctrl-C is for the server, which then closes the channel.
        self._keeper = subprocess.Popen(
            [sys.executable, "-m", "kg.serve.keeper", *arguments],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        ours.setblocking(False)
        self._channel = ours
        try:
            length = int.from_bytes(await self._received(4))
            if length:
                raise InputError(*json.loads(await self._received(length)))
        except ConnectionError as error:
            await self.__aexit__()
            raise InputError(str(self._source), str(error)) from error
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: Any) -> None:
        for worker in self._idle:
            worker.writer.close()
        self._channel.close()
        await asyncio.to_thread(self._keeper.wait)
        self._folder.cleanup()

    async def do(self, job: Job) -> tuple[Reply, Path]:
        """The reply, and the file of the answer, which the caller removes."""
        place = Path(self._folder.name) / str(next(self._names))
        reply = None
        try:
            async with self._one_writer if isinstance(job, Update) else nullcontext():
                reply = await self._placed(job, place)
            return reply, place
        finally:
            if reply is None or reply.status != 200:
                place.unlink(missing_ok=True)

    async def _placed(self, job: Job, place: Path) -> Reply:
        if job in self._known and self._long < self._limits.long:
            with ExitStack() as nothing_held:
                return await self._by_worker(job, place, nothing_held, 0)
        if self._waiting >= self._limits.waiting:
            return Reply(503, "busy: too many queries are waiting; try again in a moment")
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        with ExitStack() as held:
            held.callback(self._places.release)
            return await self._by_worker(job, place, held, min(self._limits.quick_seconds, self._limits.seconds))

    async def _by_worker(self, job: Job, place: Path, held: ExitStack, first: float) -> Reply:
        worker = self._idle.pop() if self._idle and not isinstance(job, Update) else await self._new()
        begun = time.monotonic()
        try:
            return await self._timed(worker, job, place, held, first)
        finally:
            self._known.note(job, time.monotonic() - begun > self._limits.quick_seconds)
            self._release(worker)

    async def _timed(self, worker: Worker, job: Job, place: Path, held: ExitStack, first: float) -> Reply:
        """The reply of a job that holds its place for the first so many seconds."""
        limits = self._limits
        done = asyncio.create_task(worker.do(job, str(place)))
        try:
            if first and await _ended(done, first):
                return done.result()
            worker.spent = True
            if self._long >= limits.long:
                return Reply(503, f"stopped after {first:g} s: too many long queries are running; try again later")
            self._long += 1
            try:
                held.close()  # the place among the quick ones
                self._command(SLOW, worker.process)
                if await _ended(done, limits.seconds - first):
                    worker.spent = True
                    return done.result()
            finally:
                self._long -= 1
            return Reply(503, f"stopped: it ran for longer than {limits.seconds:g} s, which is the limit here")
        finally:
            if not done.done():
                worker.spent = True
                done.cancel()

    def _release(self, worker: Worker) -> None:
        if worker.spent:
            self._command(KILL, worker.process)
            worker.writer.close()
        else:
            self._idle.append(worker)

    async def _new(self) -> Worker:
        """A new worker. Where the client goes away meanwhile it is kept for the next, since what the keeper answers must be read."""
        forking = asyncio.ensure_future(self._fork())
        try:
            return await asyncio.shield(forking)
        except asyncio.CancelledError:
            forking.add_done_callback(self._keep)
            raise

    def _keep(self, made: asyncio.Future[Worker]) -> None:
        if not made.cancelled() and not made.exception():
            self._idle.append(made.result())

    async def _fork(self) -> Worker:
        async with self._forking:
            ours, theirs = socket.socketpair()
            with theirs:
                socket.send_fds(self._channel, [COMMAND.pack(FORK, 0)], [theirs.fileno()])
            made = await self._received(COMMAND.size)
            reader, writer = await asyncio.open_unix_connection(sock=ours)
            return Worker(COMMAND.unpack(made)[1], reader, writer)

    def _command(self, command: bytes, process: int) -> None:
        with suppress(OSError):
            self._channel.send(COMMAND.pack(command, process))

    async def _received(self, size: int) -> bytes:
        received = b""
        while len(received) < size:
            part = await asyncio.get_running_loop().sock_recv(self._channel, size - len(received))
            if not part:
                raise ConnectionError("the process that holds the graph ended")
            received += part
        return received


async def _ended(task: asyncio.Task[Reply], seconds: float) -> bool:
    """Whether the task ends within the time. It goes on where not."""
    return bool((await asyncio.wait({task}, timeout=seconds))[0])
