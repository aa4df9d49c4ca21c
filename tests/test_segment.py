"""Clauses: sentences and items with their headings and lead-ins."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from kg.documents import read_text
from kg.segment import segment
from kg.vocabulary import load

ABBREVIATIONS = load().abbreviations
ROOT = Path(__file__).parents[1]


def clauses(text: str) -> list[str]:
    document = read_text("policy.txt", text)
    return [document.text[c.start : c.end] for c in segment(document, ABBREVIATIONS)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We keep invoices for six years. We then delete them.", ["We keep invoices for six years.", "We then delete them."]),
        ("We share data with e.g. Acorn Ltd. and its group, i.e. Oak Inc. of Dover.", 1),
        ("The basis is Art. 6(1)(f) of the GDPR, see No. 4 below.", 1),
        ("Rekisterinpitäjä on Tammi Oy. Puh. 010 123 4567 palvelee esim. arkisin.", 1),
        ("Call us on 555 0100.You can also write to us at privacy@acorn.example.", 2),
        ("See https://acorn.example/privacy.html for more. Then decide.", 2),
        ("We use data in order toensure a safe service.", 1),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str] | int) -> None:
    found = clauses(text)
    assert found == expected if isinstance(expected, list) else len(found) == expected, found


def test_an_item_knows_its_lead_in_and_its_headings() -> None:
    text = "# Privacy policy\n\n## Sharing\n\nWe may disclose your data to:\n\n- our couriers\n- the tax office\n"
    document = read_text("policy.md", text, suffix=".md")
    items = [c for c in segment(document, ABBREVIATIONS) if c.lead is not None]
    assert [document.text[c.start : c.end] for c in items] == ["our couriers", "the tax office"]
    assert {document.text[c.lead[0] : c.lead[1]] for c in items if c.lead} == {"We may disclose your data to:"}
    heads = [document.text[document.blocks[n].start : document.blocks[n].end] for n in items[0].headings]
    assert heads == ["Privacy policy", "Sharing"]


def test_clauses_are_in_order_trimmed_and_inside_their_blocks() -> None:
    text = "Privacy policy\n\nWho we are\n\nWe are Acorn Ltd. We sell nuts.\n\n  • one thing;\n  • another. And more.\n"
    document = read_text("policy.txt", text)
    found = segment(document, ABBREVIATIONS)
    assert all(a.end <= b.start for a, b in pairwise(found))
    for clause in found:
        block = document.blocks[clause.block]
        assert block.start <= clause.start < clause.end <= block.end
        assert document.text[clause.start : clause.end].strip() == document.text[clause.start : clause.end]


def test_our_processes_load_nothing_that_nltk_takes_in_where_it_is_installed(tmp_path: Path, examples: Path) -> None:
    mark = tmp_path / "loaded"
    (tmp_path / "sklearn").mkdir()
    (tmp_path / "sklearn" / "__init__.py").write_text(f"open({str(mark)!r}, 'w').close()\nraise ImportError\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}

    def run(*arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, check=True)

    policy = str(examples / "quillmere-2009.txt")
    run("-m", "kg.cli", "annotate", policy)
    run("-m", "kg.cli", "build", policy, "--store", str(tmp_path / "store"))
    assert not mark.exists()
    run("-c", "import nltk")
    assert mark.exists()
