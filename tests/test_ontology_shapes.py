"""The shapes that lint the ontology: they pass what is sound, and each fault is reported by its shape, at its term, and nowhere else."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "ontology"
LINT = runpy.run_path(str(ROOT / "tools" / "lint_ontology.py"))
FAULTS = {
    "two-labels-in-a-language": {("ontology-one-label", "pk:Boat")},
    "no-english-label": {("ontology-english-label", "pk:Raft")},
    "no-finnish-label": {("ontology-finnish-label", "pk:Raft")},
    "two-names-in-a-language": {("ontology-one-name", "pk:sails")},
    "class-without-finnish-name": {("ontology-name", "pk:Cargo")},
    "property-without-english-name": {("ontology-name", "pk:carries")},
    "two-definitions-in-a-language": {("ontology-one-definition", "dpv:Harbour")},
    "two-comments-in-a-language": {("ontology-one-comment", "dpv:Harbour")},
    "explained-twice-in-english": {("ontology-definition", "pk:Boat")},
    "explained-twice-in-finnish": {("ontology-own-definition", "pk:Boat")},
    "not-explained-in-english": {("ontology-definition", "pk:Raft")},
    "own-term-not-explained-in-finnish": {("ontology-own-definition", "pk:Raft")},
    "no-parent": {("ontology-place", "pk:Raft")},
    "parent-below-no-top": {("ontology-place", "pk:Raft"), ("ontology-place", "pk:Timber")},
    "unknown-parent": {("ontology-known-parent", "pk:Boat")},
    "unknown-child": {("ontology-known-child", "pk:Boat")},
    "circle-of-concepts": {("ontology-no-circle", term) for term in ("pk:Boat", "pk:Dinghy", "pk:Vessel")},
    "circle-of-classes": {("ontology-no-circle", term) for term in ("pk:Material", "pk:Stuff")},
    "form-of-two-concepts": {("ontology-form", term) for term in ("pk:Boat", "pk:Dinghy")},
    "ambiguous-form-that-is-not": {("ontology-ambiguous-form", "pk:Boat")},
}


def test_the_sound_one_is_found_sound() -> None:
    assert LINT["faults"]([FOLDER / "sound.ttl"]) == []


def test_every_file_has_its_fault_and_every_shape_its_file() -> None:
    assert {path.stem for path in FOLDER.glob("*.ttl")} == {"sound", *FAULTS}
    text = "".join(path.read_text("utf-8") for path in (ROOT / "shapes" / "ontology").glob("*.ttl"))
    declared = {line.split()[0].removeprefix("shape:") for line in text.splitlines() if line.startswith("shape:")}
    parts = {"ontology-concept-label", "ontology-english-definition", "ontology-listed"}  # which report through another
    assert {shape for found in FAULTS.values() for shape, _ in found} == declared - parts


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_reported_where_it_is_with_what_would_mend_it(name: str) -> None:
    found = LINT["faults"]([FOLDER / "sound.ttl", FOLDER / f"{name}.ttl"])
    assert {(fault.shape, fault.term) for fault in found} == FAULTS[name]
    assert all("MUST" in fault.message and "{" not in fault.message for fault in found)


@pytest.mark.slow
def test_the_ontology_has_no_fault() -> None:
    assert LINT["faults"](LINT["ontology_files"]()) == []
