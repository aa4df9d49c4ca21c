"""Builds whose workers have another version of the vocabulary or of kg than the caller: real processes of a changed copy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph
import pytest
from distributed import LocalCluster
from test_batch_store import ROOT, corpus, made, row

from kg.batch import Dask, Processes, build
from kg.batch.work import vocabulary
from kg.errors import KgError
from kg.graph import extractor_version
from kg.namespaces import expand
from kg.store import open_store
from kg.vocabulary import Vocabulary, load


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vocabulary:
    """Lets workers run a copy of the program with another vocabulary, this one."""
    place = tmp_path / "newer"
    for name in ("kg", "ontology"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    with (place / "ontology" / "kg.ttl").open("a") as ontology:
        ontology.write("# A comment makes another version too.\n")
    monkeypatch.setenv("PYTHONPATH", str(place))
    monkeypatch.chdir(tmp_path)  # python -m looks first where it is started
    return load(place / "ontology")


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets workers run this program as kg 0.0.1, which is what Python finds to be installed."""
    known = tmp_path / "older" / "policy_kg-0.0.1.dist-info"
    known.mkdir(parents=True)
    (known / "METADATA").write_text("Metadata-Version: 2.1\nName: policy-kg\nVersion: 0.0.1\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(known.parent), str(ROOT))))
    monkeypatch.chdir(tmp_path)


def test_a_newer_vocabulary_reads_all_again_and_leaves_one_run_a_document(
    newer: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = corpus(tmp_path / "set.jsonl", [row(1), row(2)])
    with monkeypatch.context() as before:
        before.setenv("PYTHONPATH", str(ROOT))
        made(tmp_path / "store", path)
    report = build(tmp_path / "store", [path], newer, lambda: Processes(1))
    assert (report.read, report.unchanged, report.documents) == (2, 0, 2)
    run = pyoxigraph.NamedNode(expand("pk:ExtractionRun"))
    assert len(list(open_store(tmp_path / "store").quads_for_pattern(None, None, run))) == 2


def test_a_shard_of_another_vocabulary_is_refused_and_removed(newer: Vocabulary, tmp_path: Path) -> None:
    path, own = corpus(tmp_path / "set.jsonl", [row(1)]), f"{extractor_version()} with vocabulary {vocabulary().version}"
    with pytest.raises(KgError, match=rf"by kg \S+ with vocabulary {newer.version}, and this is kg {own}: .*install the same"):
        made(tmp_path / "store", path)
    assert list((tmp_path / "store" / "shards").iterdir()) == []


@pytest.mark.usefixtures("older")
def test_a_shard_of_another_kg_is_refused_and_its_documents_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = corpus(tmp_path / "set.jsonl", [row(1)])
    with pytest.raises(KgError, match=rf"by kg 0\.0\.1 with .*, and this is kg {extractor_version()} with"):
        made(tmp_path / "store", path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert made(tmp_path / "store", path).read == 1


@pytest.mark.xdist_group("cluster")
@pytest.mark.usefixtures("older")
def test_a_cluster_of_another_kg_is_refused_before_it_writes() -> None:
    with LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=None) as cluster:
        command = [sys.executable, "-m", "distributed.cli.dask_worker", cluster.scheduler_address, "--no-nanny", "--no-dashboard"]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as worker:
            try:
                cluster.wait_for_workers(1, timeout=60)
                with pytest.raises(
                    KgError, match=rf"there are workers with kg 0\.0\.1, and this is kg {extractor_version()}: install the same"
                ):
                    Dask(cluster.scheduler_address)
            finally:
                worker.kill()
