"""Where shards are extracted: child processes of this machine, or a Dask cluster that runs already. Both run the same function."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any, Protocol

from kg.batch.guard import Keeper, run_shard
from kg.batch.shards import Manifest, Task
from kg.errors import KgError, MissingComponentError
from kg.graph import extractor_version

# What is scattered to a worker dies with it. A task whose workers died more often than this may be what ends them.
_LOSSES = 2


class Pool(Protocol):
    """Takes tasks and gives manifests, in the order in which they are finished. `size` is how many run at once."""

    size: int

    def submit(self, task: Task) -> None:
        """Begins a task, or lets it wait for its turn."""

    def finished(self) -> Manifest:
        """The next manifest; waits for it.

        Raises:
            KgError: the shard cannot be written.
        """

    def close(self) -> None:
        """Ends what still runs."""


class Processes:
    """`size` threads, each with a child process of its own."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._keeper = Keeper()
        self._executor = ThreadPoolExecutor(size, thread_name_prefix="shard")
        self._running: set[Future[Manifest]] = set()

    def submit(self, task: Task) -> None:
        """See `Pool`."""
        self._running.add(self._executor.submit(self._keeper.run, task))

    def finished(self) -> Manifest:
        """See `Pool`."""
        done = next(iter(wait(self._running, return_when=FIRST_COMPLETED).done))
        self._running.discard(done)
        return done.result()

    def close(self) -> None:
        """See `Pool`."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._keeper.close()


class Dask:
    """The workers of the cluster whose scheduler answers at `address`, for example ``tcp://host:8786``.

    Raises:
        MissingComponentError: distributed is not installed.
        KgError: nobody answers there, there is no worker, or one has another version of kg.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise MissingComponentError("dask", "--cluster needs it; install it with: pip install 'policy-kg[cluster]'") from error
        try:
            self._client = Client(address, timeout=20)
        except (OSError, ValueError, TimeoutError) as error:
            raise KgError(f"{address}: no Dask scheduler answers there; start one with: dask scheduler") from error
        self.size = sum(self._client.nthreads().values())
        # Asked before they write anything: what is under way on other workers when one is found out could not be taken back.
        others = {str(theirs) for theirs in self._client.run(extractor_version, on_error="return").values()} - {extractor_version()}
        if others:
            self._client.close()
            way = "install the same on all of them, and start them again"
            raise KgError(f"{address}: there are workers with kg {', '.join(sorted(others))}, and this is kg {extractor_version()}: {way}")
        self._address = address
        self._running: dict[Any, tuple[Task, int]] = {}  # each future's task, and how many workers were lost with that
        if not self.size:
            self._client.close()
            raise KgError(f"{address}: the cluster has no worker; start some with: dask worker {address}")

    def submit(self, task: Task) -> None:
        """See `Pool`. The documents go to a worker straight, not through the scheduler's graph.

        Raises:
            KgError: the cluster takes no work any more.
        """
        self._begin(task, 0)

    def finished(self) -> Manifest:
        """See `Pool`. What a lost worker had to do is done by another.

        Raises:
            KgError: as `Pool`, or the workers of one task are lost again and again.
        """
        from distributed import KilledWorker
        from distributed import wait as wait_for

        while True:
            with suppress(CancelledError):  # it says that some are lost, not which
                wait_for(list(self._running), return_when="FIRST_COMPLETED")
            done = next(future for future in self._running if future.done())
            task, losses = self._running.pop(done)
            try:
                manifest: Manifest = done.result()
            except (CancelledError, KilledWorker) as error:
                if losses == _LOSSES:
                    way = "see their logs, give them more memory or a smaller --shard-size, and build again: what is done is kept"
                    reason = f"{losses + 1} workers were lost with shard {task.name}, which begins with {task.sources[0].path}"
                    raise KgError(f"{self._address}: {reason}; {way}") from error
                self._begin(task, losses + 1)
            else:
                return manifest

    def _begin(self, task: Task, losses: int) -> None:
        try:
            held = self._client.scatter(task, hash=False)
            self._running[self._client.submit(run_shard, held, pure=False, retries=2)] = (task, losses)
        except (OSError, TimeoutError, RuntimeError) as error:
            way = "see that the scheduler and its workers run, and build again: what is done is kept"
            raise KgError(f"{self._address}: takes no more work: {str(error) or type(error).__name__}; {way}") from error

    def close(self) -> None:
        """See `Pool`. The cluster itself goes on."""
        self._client.cancel(list(self._running))
        self._client.close()
