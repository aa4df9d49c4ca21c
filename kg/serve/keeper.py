"""The process that holds the graph and makes workers of itself.

It reads the graph once; every worker is a fork of it and shares its memory. It does nothing else, so that a fork is always clean, and
it alone ends workers, so that a process number is never used for another process. ``python -m kg.serve.keeper`` is started by
`kg.serve.pool` and ends when the channel to it does.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox

from kg.errors import InputError
from kg.query import catalogue
from kg.serve.jobs import COMMAND, FORK, SLOW
from kg.serve.limits import Limits
from kg.serve.worker import work
from kg.store import open_store

_LOWEST_PRIORITY = 19


def keep(channel: socket.socket, source: Path, limits: Limits) -> None:
    """Reads the graph, says so, and then makes and ends workers as the channel commands, until it is closed."""
    # A folder is opened by each worker itself: the threads of RocksDB do not live through a fork.
    folder = source if source.is_dir() else None
    try:
        loaded = None if folder else open_store(source)
        catalogue()
    except InputError as error:
        reason = json.dumps([error.path, error.reason, error.remedy]).encode()
        channel.sendall(len(reason).to_bytes(4) + reason)
        return
    gc.collect()
    gc.freeze()
    channel.sendall((0).to_bytes(4))
    workers: set[int] = set()
    try:
        while _obey(channel, workers, folder, loaded, limits):
            pass
    finally:
        for process in workers:
            os.kill(process, signal.SIGKILL)


def _obey(channel: socket.socket, workers: set[int], folder: Path | None, loaded: ox.Store | None, limits: Limits) -> bool:
    _bury(workers)
    if not select.select([channel], [], [], 1.0)[0]:
        return True
    message, handles, _, _ = socket.recv_fds(channel, COMMAND.size, 1)
    if len(message) < COMMAND.size:
        return False
    command, process = COMMAND.unpack(message)
    if command == FORK:
        made = os.fork()
        if made == 0:
            channel.close()
            _live(handles[0], folder, loaded, limits)
        os.close(handles[0])
        workers.add(made)
        channel.sendall(COMMAND.pack(FORK, made))
    elif process in workers:
        if command == SLOW:
            _slow_down(process)
        else:
            os.kill(process, signal.SIGKILL)
    return True


def _slow_down(process: int) -> None:
    os.setpriority(os.PRIO_PROCESS, process, _LOWEST_PRIORITY)
    with suppress(OSError):
        # Where Linux schedules by session, a priority counts within the session only, and the session has one of its own (man 7 sched).
        Path(f"/proc/{process}/autogroup").write_text(str(_LOWEST_PRIORITY), encoding="ascii")


def _bury(workers: set[int]) -> None:
    with suppress(ChildProcessError):
        while (process := os.waitpid(-1, os.WNOHANG)[0]) != 0:
            workers.discard(process)


def _live(handle: int, folder: Path | None, loaded: ox.Store | None, limits: Limits) -> None:
    code = 1
    try:
        os.setsid()
        work(socket.socket(fileno=handle), folder, loaded, limits)
        code = 0
    except (BrokenPipeError, ConnectionResetError):
        code = 0
    except BaseException:  # noqa: BLE001 — whatever it is, this process ends here and must not go on as a second keeper
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    keep(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]), Limits(**json.loads(sys.argv[3])))
