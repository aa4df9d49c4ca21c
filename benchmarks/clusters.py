"""Builds the same policies with the process pool, with Dask and, where pyspark and Java are there, with Spark: same quads? how long?

    python benchmarks/clusters.py [--policies 500] [--shard-size 50]

Each has two workers on this machine. The seconds are of the shards alone, with the start of the processes that
extract and without the index. Dask's own workers run already, as those of a cluster do; Spark's session is started within.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from corpus import save_rows
from distributed import LocalCluster
from figures import Figure, parser, tell

from kg.batch import Dask, Options, Pool, Processes, build
from kg.batch.spark import build as spark_build
from kg.store import open_store
from kg.vocabulary import load

OVERHEAD = 1.4
"""How many times as long as the pool Dask may take."""


def pooled(corpus: Path, store: Path, size: int, pool: Callable[[], Pool]) -> float:
    """The seconds of extraction with a pool."""
    return build(store, [corpus], load(), pool, Options(shard_size=size)).seconds["extraction"]


def sparked(corpus: Path, store: Path, size: int) -> float | None:
    """The seconds of extraction with Spark; None where it is not installed."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        return None
    os.environ["PYSPARK_PYTHON"] = sys.executable
    shards = store.with_name("spark-shards")
    begun = time.monotonic()
    session = SparkSession.builder.master("local[2]").config("spark.driver.bindAddress", "127.0.0.1").config("spark.ui.enabled", "false")
    running = session.config("spark.driver.host", "127.0.0.1").getOrCreate()
    try:
        spark_build(running.read.json(str(corpus)).repartition(2), str(corpus), str(shards), shard_size=size)
    finally:
        running.stop()
    seconds = time.monotonic() - begun
    build(store, [], load(), lambda: Processes(2), Options(shards=str(shards)))
    return seconds


def main() -> int:
    """Print a line for each; 1 when the quads differ or Dask takes too long."""
    parsed = parser(__doc__)
    parsed.add_argument("--policies", type=int, default=500)
    parsed.add_argument("--shard-size", type=int, default=50)
    options = parsed.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = folder / "corpus.jsonl"
        save_rows(corpus, options.policies)
        seconds = {"pool": pooled(corpus, folder / "pool", options.shard_size, lambda: Processes(2))}
        with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
            seconds["Dask"] = pooled(corpus, folder / "Dask", options.shard_size, lambda: Dask(cluster.scheduler_address))
        spark = sparked(corpus, folder / "Spark", options.shard_size)
        if spark is None:
            print("Spark: pyspark is not installed")
        else:
            seconds["Spark"] = spark
        first = set(open_store(folder / "pool"))
        same = {kind: set(open_store(folder / kind)) == first for kind in seconds}
        found = []
        for kind, taken in seconds.items():
            verdict, over = "the same quads" if same[kind] else "OTHER QUADS", taken / seconds["pool"]
            print(f"{kind}: {taken:.1f} s, {over:.2f} times the pool, {verdict}")
            if kind != "pool":
                bar, met = (f"≤ {OVERHEAD}, same quads", over <= OVERHEAD and same[kind]) if kind == "Dask" else ("same quads", same[kind])
                found.append(Figure(f"extraction on {kind}", taken, "s", "the process pool", seconds["pool"], over, bar=bar, met=met))
        tell(options, found, f"{options.policies} policies, shards of {options.shard_size}, two workers")
        return int(any(not figure.met for figure in found))


if __name__ == "__main__":
    sys.exit(main())
