"""The three folders are found in the checkout; tests/test_wheel.py does the same for the wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import resources

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("folder", "name", "suffix"),
    [
        (resources.ontology_dir(), "ontology", ".ttl"),
        (resources.shapes_dir(), "shapes", ".ttl"),
        (resources.queries_dir(), "queries", ".rq"),
    ],
)
def test_finds_the_folders_of_the_checkout(folder: Path, name: str, suffix: str) -> None:
    assert folder == ROOT / name
    assert list(folder.rglob(f"*{suffix}"))
