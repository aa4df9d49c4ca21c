"""Shards made by partitions, as Spark hands them over, and on a real Spark where pyspark and Java are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from test_batch_store import corpus, kg, made, quads, row

from kg.batch import spark
from kg.batch.shards import Folder
from kg.batch.spark import next_number, partition_shards
from kg.errors import ConfigurationError, MissingComponentError, OutputError

ROOT = Path(__file__).parents[1]
ROWS = [row(n) for n in range(9)]
LATER = [row(n, "We also collect your e-mail address." if n == 5 else "") for n in range(1, 9)]
"""The first row is gone, and one is another."""


def extracted(folder: Path, *partitions: list[dict[str, str]]) -> list[tuple[int, int]]:
    """What a run over a data set beside `folder` says of its shards."""
    first = next_number(Folder(str(folder)))
    given = {"data_set": str(folder.parent / "set.jsonl"), "folder": str(folder), "first": first, "shard_size": 3}
    found = [shard for n, rows in enumerate(partitions) for shard in partition_shards(n, rows, **given)]  # type: ignore[arg-type]
    return [(documents, failed) for _, documents, failed in found]


def gathered(folder: Path) -> None:
    """Makes the store beside `folder` of the shards there."""
    result = kg("build", "--store", folder.parent / "store", "--shards", str(folder))
    assert result.exit_code == 0, result.stderr


def whole(folder: Path, rows: list[dict[str, str]]) -> Path:
    """The store that is made of the rows in one go."""
    folder.mkdir()
    made(folder / "store", corpus(folder / "set.jsonl", rows), size=4)
    return folder / "store"


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    (tmp_path / "shards").mkdir()
    return tmp_path / "shards"


def test_partitions_become_shards_that_a_store_gathers(shards: Path, tmp_path: Path) -> None:
    assert extracted(shards, ROWS[:5], [*ROWS[5:], {"id": "empty", "text": ""}]) == [(3, 0), (2, 0), (3, 0), (1, 0)]
    gathered(shards)
    assert quads(tmp_path / "store") == quads(whole(tmp_path / "whole", ROWS))


def test_a_later_run_replaces_what_it_holds_wherever_its_rows_now_stand(shards: Path, tmp_path: Path) -> None:
    extracted(shards, ROWS[:5], ROWS[5:])
    gathered(shards)
    before = set(Folder(str(shards)).names(".json"))
    extracted(shards, LATER)
    new = set(Folder(str(shards)).names(".json")) - before
    gathered(shards)
    assert quads(tmp_path / "store") == quads(whole(tmp_path / "whole", [ROWS[0], *LATER])), "what is not named again stays"
    left = set(Folder(str(shards)).names(".json"))
    assert new < left, "no new shard is taken for an empty one"
    assert len(left - new) == 1, "of the old ones only that of the first row stays"


def test_a_partition_done_again_in_its_run_leaves_the_same_files(shards: Path) -> None:
    given = {"data_set": "set.jsonl", "folder": str(shards), "first": 7, "shard_size": 2}
    for _ in range(2):
        list(partition_shards(3, ROWS[:3], **given))  # type: ignore[arg-type]
    assert [name.partition("-")[0] for name in Folder(str(shards)).names(".json")] == ["03000007", "03000008"]


def test_rows_without_a_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="each row needs one"):
        list(partition_shards(0, [{"text": "x"}], data_set="set.parquet", folder=str(tmp_path), first=1))


def test_a_folder_of_other_files_is_refused(shards: Path) -> None:
    (shards / "letters.json").write_text("{}")
    with pytest.raises(OutputError, match=r"holds \.json files that are no shards"):
        next_number(Folder(str(shards)))


def test_the_guide_and_the_program_tell_the_same_command() -> None:
    commands = [line.strip() for line in (spark.__doc__ or "").splitlines() if line.startswith("    ")]
    assert len(commands) == 2
    assert "\n".join(commands) in (ROOT / "docs" / "scale.md").read_text()


def test_without_pyspark_the_way_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    monkeypatch.setattr(sys, "argv", ["spark", "set.parquet", "shards"])
    with pytest.raises(MissingComponentError, match=r"pip install 'policy-kg\[spark\]'"):
        spark.main()


@pytest.mark.slow
@pytest.mark.skipif(not (find_spec("pyspark") and shutil.which("java")), reason="pyspark or Java is not installed")
def test_spark_itself_runs_again_over_changed_rows(shards: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    command = [sys.executable, "-m", "kg.batch.spark", "set.jsonl", "shards", "--shard-size", "3", "--master", "local[2]"]
    for rows in (ROWS, LATER):
        corpus(tmp_path / "set.jsonl", rows)
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        gathered(shards)
    assert quads(tmp_path / "store") == quads(whole(tmp_path / "whole", [ROWS[0], *LATER]))
