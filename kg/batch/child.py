"""The process that a worker keeps for its shards: takes tasks from a pipe, and ends with the process that started it."""

from __future__ import annotations

import os
import signal
import sys
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread

from kg.batch.shards import Task
from kg.batch.work import extract_shard, limit_memory
from kg.errors import KgError, OutputError
from kg.lean import keep_out


def main() -> None:
    """Answers each task on the pipe with the place of each document as it begins, and at last with the manifest or the error."""
    keep_out()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    pipe = Connection(int(sys.argv[1]))
    tasks: SimpleQueue[Task] = SimpleQueue()
    Thread(target=_listen, args=(pipe, tasks), daemon=True).start()
    while True:
        task = tasks.get()
        limit_memory(task.limits.megabytes)
        try:
            pipe.send(extract_shard(task, pipe.send))
        except KgError as error:
            pipe.send(error)
        except MemoryError:
            raise  # a fresh process has its memory again, and sets the document aside if it takes that one's too
        except Exception as error:  # noqa: BLE001 - what no document did, such as a place that refuses to be written to, is for the caller to say
            pipe.send(OutputError(f"{task.folder}/{task.name}", f"{type(error).__name__}: {error}"))


def _listen(pipe: Connection, tasks: SimpleQueue[Task]) -> None:
    """Hands tasks on until the parent is gone, and then ends the process even in the middle of a document."""
    try:
        while True:
            tasks.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(0)


if __name__ == "__main__":
    main()
