"""What a store keeps from one build to the next: where its shards stand, what others wrote into its index, and each document once."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from kg import iris
from kg.batch import BuildReport, Options, Processes, build, index
from kg.batch.work import vocabulary
from kg.cli import app
from kg.errors import OutputError
from kg.graph import NamedGraph, Triple
from kg.graph.terms import iri
from kg.serve.jobs import Update
from kg.serve.worker import _update
from kg.store import derive, open_store, writing

TOWNS = ("Aldwick", "Bramford", "Corley", "Dunmoor")


def row(number: int, more: str = "") -> dict[str, str]:
    text = f"{TOWNS[number]} Ltd is the controller. We collect your name and use it to deliver your orders. {more}"
    return {"id": str(number), "text": text.strip()}


def corpus(path: Path, *rows: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def made(store: Path, *paths: Path, shards: str = "") -> BuildReport:
    return build(store, paths, vocabulary(), lambda: Processes(1), Options(shards=shards))


def versions(store: Path) -> list[str]:
    graphs = (graph.value for graph in open_store(store).named_graphs() if isinstance(graph, ox.NamedNode))
    return sorted(graph.removesuffix("/facts") for graph in graphs if graph.endswith("/facts"))


def write_into(store: Path, *graphs: str) -> None:
    derive(store, lambda _: [NamedGraph(graph, [Triple(iri("urn:x:a"), iri("urn:x:b"), iri("urn:x:c"))]) for graph in graphs])


def holds(store: Path, graph: str) -> bool:
    return ox.NamedNode(graph) in set(open_store(store).named_graphs())


def test_a_store_knows_where_its_shards_are(tmp_path: Path) -> None:
    away, store = tmp_path / "away", tmp_path / "store"
    made(store, corpus(tmp_path / "a.jsonl", row(0), row(1)), shards=str(away))

    report = made(store, corpus(tmp_path / "b.jsonl", row(2)))

    assert (report.read, report.documents) == (1, 3)
    assert len(list(away.glob("*.json"))) == 2
    with pytest.raises(OutputError, match="its shards stand in"):
        made(store, shards=str(tmp_path / "mistyped"))


def test_shards_in_the_store_are_not_left_for_others(tmp_path: Path) -> None:
    store = tmp_path / "store"
    made(store, corpus(tmp_path / "a.jsonl", row(0)))
    with pytest.raises(OutputError, match="its shards stand in"):
        made(store, shards=str(tmp_path / "away"))
    assert made(store, shards=str(store / "shards")).documents == 1


def test_a_folder_without_a_single_shard_is_no_reason_to_forget_all(tmp_path: Path) -> None:
    away, store = tmp_path / "away", tmp_path / "store"
    made(store, corpus(tmp_path / "a.jsonl", row(0)), shards=str(away))
    before = versions(store)
    away.rename(tmp_path / "unmounted")

    with pytest.raises(OutputError, match="is it mounted"):
        made(store, corpus(tmp_path / "b.jsonl", row(1)))

    assert versions(store) == before
    (tmp_path / "unmounted").rename(away)
    assert made(store, tmp_path / "b.jsonl").documents == 2


def test_what_others_wrote_stays_when_the_index_is_made_anew(tmp_path: Path) -> None:
    store, path = tmp_path / "store", corpus(tmp_path / "a.jsonl", row(0), row(1))
    made(store, path)
    first, second = versions(store)
    own, kept, stale = "urn:x:own", iris.inferred_graph(first), iris.inferred_graph(second)
    write_into(store, own, kept, stale, iris.facts_graph(first) + "/made-up")

    made(store, corpus(path, row(0), row(1, "We keep it for a year."), row(2)))

    assert holds(store, own)
    assert holds(store, kept), "its version was not read again"
    assert not holds(store, stale), "its version is another now"
    assert not holds(store, iris.facts_graph(first) + "/made-up"), "the graphs of policies are made of the shards alone"


def test_an_index_is_not_made_anew_where_nothing_changed(tmp_path: Path) -> None:
    """Also after a build that replaced all documents of a shard, which is then removed."""
    store, path = tmp_path / "store", corpus(tmp_path / "a.jsonl", row(0))
    made(store, path)
    made(store, corpus(path, row(0, "We keep it for a year.")))
    before = index.indexes(store)
    assert len(list((store / "shards").glob("*.json"))) == 1

    assert made(store, path).unchanged == 1
    assert index.indexes(store) == before


def test_of_two_documents_with_one_id_the_second_is_set_aside_each_time(tmp_path: Path) -> None:
    path = corpus(tmp_path / "a.jsonl", row(0), row(1), row(0, "We keep it for a year."))

    first, again = made(tmp_path / "store", path), made(tmp_path / "store", path)

    assert (first.read, first.documents, first.set_aside_count) == (2, 2, 1)
    assert (again.read, again.unchanged, again.set_aside_count) == (0, 2, 1)
    assert "the same place or id" in str(again.failures[0])


def test_an_empty_id_is_none(tmp_path: Path) -> None:
    path = corpus(tmp_path / "a.jsonl", {**row(0), "id": ""}, {**row(1), "id": ""})
    assert made(tmp_path / "store", path).documents == 2


def test_a_shard_that_is_gone_is_named_and_its_documents_are_read_again(tmp_path: Path) -> None:
    store, path = tmp_path / "store", corpus(tmp_path / "a.jsonl", row(0))
    made(store, path)
    next((store / "shards").glob("*.nq.gz")).unlink()
    with pytest.raises(OutputError, match="build again"):
        made(store, corpus(tmp_path / "b.jsonl", row(1)))
    assert made(store, path, tmp_path / "b.jsonl").documents == 2


def test_shared_graphs_are_loaded_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = corpus(tmp_path / "a.jsonl", row(0), row(1), row(2))
    made(tmp_path / "whole", path)
    monkeypatch.setattr(index, "_PART_BYTES", 100)
    made(tmp_path / "parts", path)
    assert set(open_store(tmp_path / "parts")) == set(open_store(tmp_path / "whole"))


def test_an_update_waits_for_no_build(tmp_path: Path) -> None:
    store = tmp_path / "store"
    made(store, corpus(tmp_path / "a.jsonl", row(0)))
    change = Update("INSERT DATA { GRAPH <urn:x:g> { <urn:x:a> <urn:x:b> <urn:x:c> } }")
    with writing(store):
        refused = _update(store, change, str(tmp_path / "reply"))
    assert refused.status == 503
    assert _update(store, change, str(tmp_path / "reply")).status < 300
    assert holds(store, "urn:x:g")


def test_one_text_of_two_companies_is_two_policies_in_a_file_as_in_a_store(tmp_path: Path) -> None:
    text = "We collect your name and use it to deliver your orders. We share your personal data with couriers."
    rows = ({"id": name, "text": text, "controller": name} for name in ("Aldwick Ltd", "Bramford Ltd"))
    path, target = corpus(tmp_path / "a.jsonl", *rows), tmp_path / "graph.nq"
    made(tmp_path / "store", path)

    result = CliRunner().invoke(app, ["build", str(path), "-o", str(target)])

    assert result.exit_code == 0, result.stderr
    assert len(versions(tmp_path / "store")) == 2
    assert versions(target) == versions(tmp_path / "store")
