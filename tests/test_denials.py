"""What a policy denies, excepts and contrasts: sentences of fictional policies with the facts that must and must not be read from them.

`denials/<language>.tsv` holds a text (``\\n`` is a line break), the facts that must be found and those that must not, separated by `` ; ``.
A fact is ``kind predicate object`` with local names for kind and predicate; a final ``*`` stands for whatever follows.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kg.documents import read_text
from kg.extract import extract
from kg.model import Extraction, Metadata, Statement, StorageDuration, Value
from kg.vocabulary import load

VOCABULARY = load()
ROWS = Path(__file__).parent / "denials"
REQUIRED_SHARE = 0.95
FEWEST_ROWS = 50
KINDS = ("practice", "denial", "right")
OPENING = {
    "en": "Privacy policy of Acorn Ltd\n\nThis privacy policy tells how Acorn Ltd processes personal data.\n\n",
    "fi": "Tammi Oy:n tietosuojaseloste\n\nTässä tietosuojaselosteessa kerrotaan, miten Tammi Oy käsittelee henkilötietoja.\n\n",
}


class Row(NamedTuple):
    """A line of the table. `number` counts as an editor does, the header being line 1."""

    number: int
    text: str
    expected: tuple[str, ...]
    forbidden: tuple[str, ...]


def rows(language: str) -> list[Row]:
    """The rows of a language."""
    with (ROWS / f"{language}.tsv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Row(number, text.replace("\\n", "\n"), facts(expected), facts(forbidden))
        for number, (text, expected, forbidden) in enumerate(lines[1:], start=2)
    ]


def facts(cell: str) -> tuple[str, ...]:
    """The facts that a cell lists."""
    return tuple(fact.strip() for fact in cell.split(" ; ") if fact.strip())


def said(extraction: Extraction) -> Iterator[str]:
    """Each assertion and each condition as ``kind predicate object``; only what stands after the opening."""
    opening = len(OPENING[extraction.document.language])
    for statement in extraction.statements:
        if statement.start >= opening:
            yield from said_by(statement)


def said_by(statement: Statement) -> Iterator[str]:
    """The facts of one statement. A condition of no known kind is not one."""
    for assertion in statement.assertions:
        target = assertion.object
        name = target.iso or target.kind if isinstance(target, StorageDuration) else target.text if isinstance(target, Value) else target
        yield f"{statement.kind} {assertion.predicate.partition(':')[2]} {name}"
    for condition in statement.conditions:
        if condition.kind:
            yield f"{statement.kind} {'exceptCondition' if condition.exception else 'hasCondition'} {condition.kind}"


def holds(fact: str, found: set[str]) -> bool:
    """Whether a fact, or with a final ``*`` any that begins like it, was found."""
    return any(row.startswith(fact[:-1]) for row in found) if fact.endswith("*") else fact in found


def is_known(fact: str) -> bool:
    """Whether kind, predicate and object are the vocabulary's; an object may also be a period, and from the ``*`` on all is open."""
    kind, predicate, term = (*fact.split(" "), "*", "*")[:3]
    is_period = predicate == "hasStorageCondition" and term.startswith("P")
    return (
        kind in KINDS
        and (predicate == "*" or any(f"{prefix}:{predicate}" in VOCABULARY.terms for prefix in ("dpv", "pk")))
        and (term in VOCABULARY.terms or is_period or (term.endswith("*") and any(name.startswith(term[:-1]) for name in VOCABULARY.terms)))
    )


def faults(row: Row, language: str) -> str:
    """What is wrong with the reading of a row, in one line; empty where nothing is."""
    document = read_text("policy.txt", OPENING[language] + row.text + "\n", Metadata(language=language))
    found = set(said(extract(document, VOCABULARY)))
    missing = [fact for fact in row.expected if not holds(fact, found)]
    unwanted = [fact for fact in row.forbidden if holds(fact, found)]
    if not missing and not unwanted:
        return ""
    return f"{language}.tsv:{row.number} {row.text!r}\n    missing {missing} unwanted {unwanted}\n    found {sorted(found)}"


@pytest.mark.parametrize("language", ["en", "fi"])
def test_what_is_denied_is_told_from_what_is_done(language: str) -> None:
    table = rows(language)
    wrong = [fault for row in table if (fault := faults(row, language))]
    share = 1 - len(wrong) / len(table)
    assert share >= REQUIRED_SHARE, f"{share:.3f} of {len(table)} rows are right; wrong are:\n" + "\n".join(wrong)


@pytest.mark.parametrize("language", ["en", "fi"])
def test_the_rows_are_well_formed(language: str) -> None:
    table = rows(language)
    assert len(table) >= FEWEST_ROWS
    assert len({row.text for row in table}) == len(table)
    for row in table:
        assert row.expected or row.forbidden, row
        for fact in row.expected + row.forbidden:
            assert is_known(fact), f"{language}.tsv:{row.number}: {fact!r} has an unknown kind, predicate or term"
