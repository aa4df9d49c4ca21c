"""What the benchmarks stand on: the same policies each time, and a document that keeps what it should. Speed is not judged here."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def corpus(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return runpy.run_path(str(ROOT / "benchmarks" / "corpus.py"))


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return runpy.run_path(str(ROOT / "benchmarks" / "__main__.py"))


def test_a_seed_gives_the_same_policies(corpus: dict[str, Any]) -> None:
    first = list(corpus["policies"](40))
    assert first == list(corpus["policies"](40))
    assert first[:20] == list(corpus["policies"](20))
    assert all(one.text != other.text for one, other in zip(first, corpus["policies"](40, seed=3), strict=True))


def test_policies_differ_in_company_language_order_and_clauses(corpus: dict[str, Any]) -> None:
    made = list(corpus["policies"](40))
    assert len({policy.text for policy in made}) == 40
    assert {policy.language for policy in made} == {"en", "fi"}
    assert made[8].controller == made[9].controller
    assert made[7].controller != made[8].controller
    orders = [re.findall(r"^#+ (.*)", policy.text, re.M) for policy in made]
    assert len(set(map(tuple, orders))) > 30
    before = {(one, other) for order in orders for at, one in enumerate(order) for other in order[at + 1 :] if one != other}
    assert any((other, one) in before for one, other in before)


def test_no_company_of_the_examples_is_left(corpus: dict[str, Any]) -> None:
    known = {"Alderwick", "Fernhollow", "Quillmere", "Tarnholm", "Pinecrest"}
    assert not [word for policy in corpus["policies"](60) for word in known if word in policy.text]


def test_rows_are_the_policies_as_plain_text(corpus: dict[str, Any], tmp_path: Path) -> None:
    corpus["save_rows"](tmp_path / "set.jsonl", 5, annotated=False)
    rows = [json.loads(line) for line in (tmp_path / "set.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["controller"] for row in rows] == [policy.controller for policy in corpus["policies"](5)]
    assert not any(line.startswith("#") for row in rows for line in row["text"].splitlines())


def test_the_document_has_quick_and_long_runs(runner: dict[str, Any]) -> None:
    figure = {"name": "build", "ours": 12.345, "unit": "s", "bar": "≤ 20", "met": True}
    told = {"settings": "5 policies", "figures": [figure], "day": "2026-01-02", "seconds": 3, "load": 0.1}
    text = runner["written"]({runner["QUICK"][0]: told, "scale 10000": told}, ["a machine"])
    quick, long = text.split("## Long runs")
    assert f"`python benchmarks {runner['QUICK'][0]}`, 2026-01-02" in quick
    assert "`python benchmarks scale 10000`, 2026-01-02, 3 s, load 0.1: 5 policies" in long
    assert "| build | 12.3 s | ≤ 20 | ✓ |" in long


def test_a_missed_bar_shows(runner: dict[str, Any]) -> None:
    figure = runner["Figure"]("speed", 2.0, "s", "other", 1.0, 2.0, (1.9, 2.1), "≤ 1", False)
    assert runner["table"]([figure])[-1] == "| speed | 2 s | other | 1 | 2 | 1.9 to 2.1 | ≤ 1 | ✗ |"


def test_figures_of_benchmarks_that_print_their_own_way(runner: dict[str, Any]) -> None:
    lines = [
        "10 policies: 9 quads",
        "all: rdflib at least 12.0 s, Oxigraph 0.30 s: at least 40 times faster",
        "rows not seen: none",
        "over 300 ms: none",
    ]
    told = runner["of_questions"](lines)
    assert told["figures"][0]["ratio"] == pytest.approx(0.025)
    assert told["figures"][0]["met"]
    assert told["settings"] == "10 policies; rows not seen: none; over 300 ms: none"
    assert runner["of_load"](['{"answers": 5, "left out": "none"}'])["figures"][0]["ours"] == 5
