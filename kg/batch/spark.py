"""The shard function on Spark: each partition of a data frame becomes shards; `kg build --store` then gathers them.

    python -m kg.batch.spark policies.parquet s3://bucket/shards --column html --master spark://host:7077
    kg build --store store/ --shards s3://bucket/shards

The workers need this package installed and nothing else; PYSPARK_PYTHON names their Python. The rows need a column ``id``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from kg.batch.build import SHARD
from kg.batch.guard import run_shard
from kg.batch.shards import MANIFEST, Folder, Limits, Task, fingerprint
from kg.batch.work import vocabulary
from kg.documents import COLUMN, Source
from kg.documents.tables import ID, row_source
from kg.errors import ConfigurationError, KgError, MissingComponentError, OutputError

# Partitions number their shards each in a range of its own.
_RANGE = 1_000_000


def partition_shards(
    partition: int,
    rows: Iterable[Mapping[str, Any]],
    *,
    data_set: str,
    folder: str,
    first: int,
    column: str = COLUMN,
    shard_size: int = SHARD,
    limits: Limits | None = None,
    rules_only: bool = False,
) -> Iterator[tuple[str, int, int]]:
    """Extracts one partition into shards under `folder`; for each its name, and how many documents it holds and set aside.

    `data_set` names the rows' origin. `first` is the least number of the run's shards, the same for all its partitions: above those of the
    shards that stand (`next_number`), for of two shards with one document that of the higher number is the later. A row without a text is
    left out. Done again with the same `first`, as Spark does after a failure, it leaves the same files.

    Raises:
        ConfigurationError: a row has no ``id``.
        KgError: a shard cannot be written.
    """
    number = first + partition * _RANGE
    batch: list[tuple[Source, str]] = []

    def done() -> tuple[str, int, int]:
        documents, marks = zip(*batch, strict=True)
        manifest = run_shard(Task(number, folder, documents, marks, limits or Limits(), rules_only))
        return manifest.name, len(manifest.rows), sum(bool(row.failed) for row in manifest.rows)

    for row in rows:
        if row.get(ID) is None:
            raise ConfigurationError(data_set, f'column "{ID}"', "each row needs one, by which it is known again")
        source = row_source(Path(data_set), "", row, column)
        if isinstance(source, Source):
            batch.append((source, fingerprint(source, vocabulary().version, rules_only=rules_only)))
        if len(batch) >= shard_size:
            yield done()
            batch, number = [], number + 1
    if batch:
        yield done()


def next_number(folder: Folder) -> int:
    """A number above those of all shards that stand in `folder`.

    Raises:
        OutputError: a file there has the ending of a manifest and not the name of one.
    """
    names = folder.names(MANIFEST)
    try:
        return 1 + max((int(name.partition("-")[0]) for name in names), default=0)
    except ValueError as error:
        raise OutputError(folder.url, f"holds {MANIFEST} files that are no shards; name a folder of their own for these") from error


def build(rows: Any, data_set: str, folder: str, column: str = COLUMN, shard_size: int = SHARD) -> list[tuple[str, int, int]]:
    """Extracts a Spark data frame into shards under `folder`, a URL that all workers reach; what `partition_shards` says of each.

    What stands there already is older, whatever order its rows had.

    Raises:
        KgError: the folder cannot be had; or as `partition_shards`, through Spark.
    """
    place = Folder(folder)
    place.make()
    work = partial(_partition, data_set=data_set, folder=place.url, first=next_number(place), column=column, shard_size=shard_size)
    found: list[tuple[str, int, int]] = rows.rdd.mapPartitionsWithIndex(work).collect()
    return found


def _partition(partition: int, rows: Iterable[Any], **given: Any) -> Iterator[tuple[str, int, int]]:
    return partition_shards(partition, (row.asDict() for row in rows), **given)


def main() -> None:
    """Runs as a Spark application over a Parquet or JSON Lines data set.

    Raises:
        MissingComponentError: pyspark is not installed.
        KgError: as `build`.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_set")
    parser.add_argument("shards")
    parser.add_argument("--column", default=COLUMN)
    parser.add_argument("--shard-size", type=int, default=SHARD)
    parser.add_argument("--master", help="the cluster, spark://…; by default what Spark is set to, else this machine")
    options = parser.parse_args()
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise MissingComponentError("pyspark", "install it with: pip install 'policy-kg[spark]'") from error
    builder = SparkSession.builder.appName("kg build")
    session = (builder.master(options.master) if options.master else builder).getOrCreate()
    try:
        read = session.read.parquet if options.data_set.endswith(".parquet") else session.read.json
        build(read(options.data_set), options.data_set, options.shards, options.column, options.shard_size)
    finally:
        session.stop()


if __name__ == "__main__":
    try:
        main()
    except KgError as error:
        sys.exit(str(error))
