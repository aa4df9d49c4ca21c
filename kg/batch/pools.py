"""Where shards are extracted: child processes of this machine, or a Dask cluster that runs already. Both run the same function."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, Protocol

from kg.batch.guard import Keeper, run_shard
from kg.batch.shards import Manifest, Task
from kg.errors import KgError, MissingComponentError


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
        KgError: nobody answers there, or there is no worker.
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
        self._running: set[Any] = set()
        if not self.size:
            self._client.close()
            raise KgError(f"{address}: the cluster has no worker; start some with: dask worker {address}")

    def submit(self, task: Task) -> None:
        """See `Pool`. The documents go to a worker straight, not through the scheduler's graph."""
        held = self._client.scatter(task, hash=False)
        self._running.add(self._client.submit(run_shard, held, pure=False, retries=2))

    def finished(self) -> Manifest:
        """See `Pool`."""
        from distributed import wait as wait_for

        done = next(iter(wait_for(self._running, return_when="FIRST_COMPLETED").done))
        self._running.discard(done)
        manifest: Manifest = done.result()
        return manifest

    def close(self) -> None:
        """See `Pool`. The cluster itself goes on."""
        self._client.cancel(list(self._running))
        self._client.close()
