"""What the keeper of worker processes does when they end and no document is at fault. The processes are real."""

from __future__ import annotations

import os
from pathlib import Path

import files
import pytest

from kg.batch.guard import run_shard
from kg.batch.shards import Task
from kg.documents import Source
from kg.errors import KgError, OutputError

# A file system that fsspec finds as it finds s3fs: by its entry point. What the host of a URL says happens to its files.
VAULT = """
import io, os
from fsspec import AbstractFileSystem

class File(io.BytesIO):
    def __init__(self, way):
        super().__init__()
        self.way = way

    def write(self, chunk):
        if self.way == "dies-at-once":
            os._exit(7)
        return super().write(chunk)

    def close(self):
        if self.way == "refuses":
            raise RuntimeError("no credentials")
        if self.way == "dies-at-last":
            os._exit(7)
        super().close()

class Vault(AbstractFileSystem):
    protocol = "vault"

    def _open(self, path, mode, **more):
        return File(path.split("/")[0])
"""


@pytest.fixture(autouse=True)
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the worker processes reach vault://."""
    (tmp_path / "vault.py").write_text(VAULT)
    known = tmp_path / "vault-1.dist-info"
    known.mkdir()
    (known / "METADATA").write_text("Metadata-Version: 2.1\nName: vault\nVersion: 1\n")
    (known / "entry_points.txt").write_text("[fsspec.specs]\nvault = vault:Vault\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")


def task(folder: str) -> Task:
    return Task(1, folder, tuple(Source(name, ".txt", files.ENGLISH.encode()) for name in ("a.txt", "b.txt")), ("1", "2"))


def test_a_place_that_refuses_the_shard_is_named_and_no_document_is_blamed() -> None:
    with pytest.raises(OutputError, match=r"^vault://refuses/00000001-\w+: cannot be written: RuntimeError: no credentials$"):
        run_shard(task("vault://refuses"))


def test_workers_that_die_while_they_write_are_given_up_and_the_last_document_is_not_blamed() -> None:
    with pytest.raises(KgError, match=r"dies-at-last/00000001-\w+: writing the shard ends the worker \(with exit code 7\); "):
        run_shard(task("vault://dies-at-last"))


def test_workers_that_die_at_a_document_that_is_no_longer_read_are_given_up() -> None:
    with pytest.raises(KgError, match=r"after a\.txt, which is no longer read, ends the worker .*\(with exit code 7\); .*build again"):
        run_shard(task("vault://dies-at-once"))
