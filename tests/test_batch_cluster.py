"""The same shards on a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from distributed import Client, LocalCluster
from test_batch_store import corpus, kg, made, quads, row

from kg.batch import Dask, Options, build
from kg.batch.work import vocabulary
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
