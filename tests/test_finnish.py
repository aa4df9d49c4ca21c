"""Ten Finnish policies of fictional companies, labelled before anything was run on them: which requirements each speaks of, and how."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

from kg.documents import read
from kg.extract import extract
from kg.findings import Finding, findings
from kg.model import Document
from kg.vocabulary import Vocabulary, load

FINNISH = Path(__file__).parent / "finnish"
LEAST = 0.90
"""What both the policy-level F1 and the share of right polarities must reach."""


class Label(NamedTuple):
    """What a reader took from a policy: `quote` is the shortest phrase that speaks of the requirement."""

    document: str
    requirement: str
    polarity: str
    quote: str


class Read(NamedTuple):
    """A policy with the findings that answer a requirement, by its key."""

    document: Document
    found: dict[str, list[Finding]]


def _labels() -> list[Label]:
    with (FINNISH / "labels.tsv").open(encoding="utf-8", newline="") as file:
        return [Label(**row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


LABELS = _labels()
NAMES = sorted(path.stem for path in FINNISH.glob("*.txt"))


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load()


@pytest.fixture(scope="module")
def policies(vocabulary: Vocabulary) -> dict[str, Read]:
    return {name: _read(name, vocabulary) for name in NAMES}


def _read(name: str, vocabulary: Vocabulary) -> Read:
    document = read(FINNISH / f"{name}.txt")
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings(extract(document, vocabulary), vocabulary):
        if finding.requirement is not None:
            found[finding.requirement].append(finding)
    return Read(document, dict(found))


def test_the_labels_name_every_policy_and_only_known_requirements(vocabulary: Vocabulary) -> None:
    assert sorted({label.document for label in LABELS}) == NAMES
    assert {label.requirement for label in LABELS} == {requirement.key for requirement in vocabulary.requirements}
    assert {label.polarity for label in LABELS} == {"affirmed", "denied"}


@pytest.mark.parametrize("name", NAMES)
def test_every_quote_stands_in_its_policy(name: str) -> None:
    text = (FINNISH / f"{name}.txt").read_text(encoding="utf-8")
    assert [label for label in LABELS if label.document == name and label.quote not in text] == []


def test_the_policies_are_taken_for_finnish(policies: dict[str, Read]) -> None:
    assert {name: policy.document.language for name, policy in policies.items()} == dict.fromkeys(NAMES, "fi")


def test_requirements_are_found_where_a_reader_found_them(policies: dict[str, Read]) -> None:
    said = {(label.document, label.requirement) for label in LABELS}
    found = {(name, key) for name, policy in policies.items() for key in policy.found}
    right = len(said & found)
    f1 = 2 * right / (len(said) + len(found))
    report = [f"F1 {f1:.3f}, precision {right / max(1, len(found)):.3f}, recall {right / len(said):.3f}"]
    report += [f"missed {name} {key}: {_quotes(name, key)}" for name, key in sorted(said - found)]
    report += [f"false {name} {key}: {_places(policies[name], key)}" for name, key in sorted(found - said)]
    assert f1 >= LEAST, "\n".join(report)


def test_denials_are_told_from_practices(policies: dict[str, Read]) -> None:
    both = defaultdict(set)
    for label in LABELS:
        both[label.document, label.requirement].add(label.polarity)
    plain = [label for label in LABELS if len(both[label[:2]]) == 1 and label.requirement in policies[label.document].found]
    wrong = [label for label in plain if _polarities(label, policies[label.document]) != {label.polarity}]
    assert 1 - len(wrong) / len(plain) >= LEAST, "\n".join(map(str, wrong))


def _polarities(label: Label, policy: Read) -> set[str]:
    """Those of the findings at the quote; where none is there, those of all that answer the requirement."""
    found = policy.found[label.requirement]
    places = [place.span() for place in re.finditer(re.escape(label.quote), policy.document.text)]
    at = [finding for finding in found if any(finding.start < end and start < finding.end for start, end in places)]
    return {finding.polarity for finding in at or found}


def _quotes(name: str, key: str) -> list[str]:
    return [label.quote for label in LABELS if (label.document, label.requirement) == (name, key)]


def _places(policy: Read, key: str) -> list[str]:
    text = policy.document.text
    return [f"{finding.quote!r} ({finding.rule}) in {_line(text, finding.start)!r}" for finding in policy.found[key]]


def _line(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[text.rfind("\n", 0, at) + 1 : end if end >= 0 else len(text)]
