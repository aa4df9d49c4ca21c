"""The same shards on a Dask cluster."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph
import pytest
from distributed import Client, LocalCluster
from test_batch_store import corpus, kg, made, quads, row

from kg.batch import Dask, Options, build
from kg.batch.shards import DATA, Folder, Task
from kg.batch.work import vocabulary
from kg.documents import Source
from kg.errors import KgError

pytestmark = pytest.mark.xdist_group("cluster")
ROWS = [row(n) for n in range(9)]


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a real scheduler with two real worker processes, on this machine alone."""
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as made:
        yield made.scheduler_address


@pytest.fixture(scope="module")
def pooled(tmp_path_factory: pytest.TempPathFactory) -> set[pyoxigraph.Quad]:
    """What the process pool makes of the same documents."""
    folder = tmp_path_factory.mktemp("pool")
    made(folder / "store", corpus(folder / "set.jsonl", ROWS), size=4)
    return quads(folder / "store")


def test_a_cluster_gives_the_same_quads_as_the_pool(cluster: str, pooled: set[pyoxigraph.Quad], tmp_path: Path) -> None:
    path = corpus(tmp_path / "set.jsonl", ROWS)
    shards = f"file://{tmp_path}/elsewhere"
    report = build(tmp_path / "store", [path], vocabulary(), lambda: Dask(cluster), Options(shard_size=2, shards=shards))
    assert (report.read, report.documents) == (9, 9)
    assert len(list((tmp_path / "elsewhere").glob("*.json"))) == 5
    assert quads(tmp_path / "store") == pooled


def test_workers_elsewhere_write_where_the_caller_means(cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Client(cluster) as client:
        assert str(tmp_path) not in client.run(os.getcwd).values()
    path = corpus(Path("set.jsonl"), ROWS[:2])
    assert build(Path("store"), [path], vocabulary(), lambda: Dask(cluster)).documents == 2
    assert len(list((tmp_path / "store" / "shards").glob("*.json"))) == 1


def test_the_command_line_takes_a_scheduler_s_address(cluster: str, tmp_path: Path) -> None:
    result = kg("build", corpus(tmp_path / "set.jsonl", ROWS[:2]), "--store", tmp_path / "store", "--cluster", cluster)
    assert result.exit_code == 0, result.stderr
    assert "2 documents" in result.stderr


def test_nobody_at_the_address() -> None:
    with pytest.raises(KgError, match="no Dask scheduler answers there"):
        Dask("tcp://127.0.0.1:9")


def slow_tasks(folder: Path, count: int) -> list[Task]:
    """Tasks of a second or more each."""
    folder.mkdir()
    text = ((row(2)["text"] + "\n\n") * 40).encode()
    return [Task(n, str(folder), (Source(f"{n}.txt", ".txt", text),), (str(n),)) for n in range(1, count + 1)]


def end_a_busy_worker(client: Client) -> None:
    """Kills the process of a worker that has a task, as the system does for want of memory; returns when the cluster knows of it."""
    deadline = time.monotonic() + 60
    pids = client.run(os.getpid, on_error="ignore")
    while not (busy := [worker for worker, tasks in client.processing().items() if tasks and worker in pids]):
        assert time.monotonic() < deadline, "no worker has anything to do"
        time.sleep(0.05)
    os.kill(pids[busy[0]], signal.SIGKILL)
    while busy[0] in client.processing():
        time.sleep(0.05)


@pytest.mark.slow
def test_what_a_lost_worker_had_to_do_is_done_by_another(tmp_path: Path) -> None:
    tasks = slow_tasks(tmp_path / "shards", 6)
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as made, Client(made) as client:
        pool = Dask(made.scheduler_address)
        for task in tasks:
            pool.submit(task)
        found = [pool.finished()]
        end_a_busy_worker(client)
        found.extend(pool.finished() for _ in tasks[1:])
        pool.close()
    assert sorted(manifest.name for manifest in found) == [task.name for task in tasks]
    assert Folder(str(tmp_path / "shards")).names(DATA) == [task.name for task in tasks]


@pytest.mark.slow
def test_a_task_that_loses_every_worker_ends_the_build_with_its_name(tmp_path: Path) -> None:
    (task,) = slow_tasks(tmp_path / "shards", 1)
    with LocalCluster(n_workers=4, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as made, Client(made) as client:
        pool = Dask(made.scheduler_address)
        pool.submit(task)
        with ThreadPoolExecutor(1) as executor:
            result = executor.submit(pool.finished)
            for _ in range(3):
                end_a_busy_worker(client)
            with pytest.raises(KgError, match=r"3 workers were lost with shard 00000001-\w+, which begins with 1\.txt; .*build again"):
                result.result(60)
        pool.close()


@pytest.mark.slow
def test_a_cluster_that_went_away_is_named(tmp_path: Path) -> None:
    (task,) = slow_tasks(tmp_path / "shards", 1)
    with LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as made:
        pool = Dask(made.scheduler_address)
    with pytest.raises(KgError, match=f"^{made.scheduler_address}: takes no more work: .*see that the scheduler and its workers run"):
        pool.submit(task)
    pool.close()
