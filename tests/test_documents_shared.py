"""The layout of real policies, against what people marked in them; skipped where these third parties' texts are missing."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from kg.documents import read
from kg.model import Block, BlockKind, Document


def at(document: Document, start: int, end: int) -> Block | None:
    """The block that a passage shares most with."""
    return max(document.blocks, key=lambda block: min(block.end, end) - max(block.start, start), default=None)


@pytest.fixture(scope="module")
def counts(shared: Path) -> Counter[tuple[str, bool, bool]]:
    """How often a passage is, and is found to be, a heading or an item."""
    folder = shared / "bench" / "gdpr-transparency"
    passages = defaultdict(list)
    for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        passage = json.loads(line)
        passages[passage["document"]].append(passage)
    found: Counter[tuple[str, bool, bool]] = Counter()
    for name, marked in passages.items():
        document = read(folder / "policies" / name)
        for passage in marked:
            block = at(document, passage["start"], passage["end"])
            found["heading", passage["type"] == "headline", block is not None and block.kind is BlockKind.HEADING] += 1
            found["item", passage["type"] == "list_item", block is not None and block.kind is BlockKind.ITEM] += 1
            found["furniture", passage["type"] == "text", block is not None and block.kind.is_furniture] += 1
    return found


@pytest.mark.parametrize(("kind", "least"), [("heading", 0.90), ("item", 0.88)])
def test_headings_and_items_as_people_marked_them(counts: Counter[tuple[str, bool, bool]], kind: str, least: float) -> None:
    right, missed, wrong = counts[kind, True, True], counts[kind, True, False], counts[kind, False, True]
    assert 2 * right / (2 * right + missed + wrong) >= least


def test_text_of_policies_is_not_taken_for_furniture(counts: Counter[tuple[str, bool, bool]]) -> None:
    assert counts["furniture", True, True] <= 0.02 * counts["furniture", True, False]


def test_no_fact_stands_in_a_menu(shared: Path) -> None:
    documents: dict[str, Document] = {}
    with (shared / "bench" / "seeds" / "facts.tsv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            name = row["document"]
            documents.setdefault(name, read(shared / "policies" / name))
            block = at(documents[name], int(row["start"]), int(row["end"]))
            assert block is not None
            assert block.kind not in (BlockKind.NAVIGATION, BlockKind.FOOTER), row["start"]


def test_the_page_around_the_policy_is_told_from_it(shared: Path) -> None:
    document = read(next((shared / "policies").glob("003_*.txt")))
    kinds = Counter(block.kind for block in document.blocks)
    assert kinds[BlockKind.BANNER] == 2
    assert kinds[BlockKind.NAVIGATION] > 170
    assert kinds[BlockKind.HEADING] >= 11
    assert all(block.kind.is_furniture for block in document.blocks[:170])


@pytest.mark.parametrize(("name", "language"), [("002", "en"), ("004", "fi")])
def test_lines_in_another_language_at_the_top_are_the_pages(shared: Path, name: str, language: str) -> None:
    document = read(next((shared / "policies").glob(f"{name}_*.txt")))
    assert document.language == language
    assert document.blocks[0].kind.is_furniture
