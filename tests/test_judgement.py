"""The fitted part judges what the rules find: it adds nothing, turns nothing round, and says what decided."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pytest

from kg.documents import read, read_text
from kg.extract import extract
from kg.extract.judgement import DOUBTED, Weights, layout, learnt, properties, read_weights
from kg.extract.reading import Candidate, Reading
from kg.model import Assertion, Extraction, StatementKind
from kg.segment import segment
from kg.vocabulary import Vocabulary, load

POLICY = """Privacy policy of Thornbeck Lamps Ltd

Who gets your data

We share your e-mail address with advertising partners. Invoices with your name are printed by a subcontractor.
Your letters are read by our subsidiary, and we may tell our affiliates your name.
We do not sell your telephone number to advertising partners.

Why we use your data

We use your personal data to deliver your order and, with your consent, for marketing.
"""


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load()


def weighed(vocabulary: Vocabulary, kinds: Mapping[str, Mapping[str, float]], text: str = POLICY) -> Extraction:
    return extract(read_text("thornbeck.txt", text), vocabulary, read_weights({"en": kinds}))


def claims(extraction: Extraction) -> dict[tuple[StatementKind, str, object, int], Assertion]:
    return {
        (statement.kind, one.predicate, one.object, one.start): one for statement in extraction.statements for one in statement.assertions
    }


def test_without_weights_the_rules_decide_alone(vocabulary: Vocabulary) -> None:
    document = read_text("thornbeck.txt", POLICY)
    assert extract(document, vocabulary, {}).statements == extract(document, vocabulary).statements
    assert not extract(document, vocabulary).judged


def test_an_unlikely_narrow_term_stays_out_and_the_rest_stays_in(vocabulary: Vocabulary) -> None:
    by_rules, judged = (
        {(predicate, term) for _, predicate, term, _ in claims(found)}
        for found in (
            extract(read_text("thornbeck.txt", POLICY), vocabulary),
            weighed(vocabulary, {kind: {"always": -9.0} for kind in ("data", "purpose", "recipient", "basis")}),
        )
    )
    spared = {("dpv:hasRecipient", "pk:Subcontractor"), ("dpv:hasRecipient", "pk:GroupCompany"), ("dpv:hasLegalBasis", "dpv:Consent")}
    assert spared <= by_rules
    assert spared <= judged
    lost = by_rules - judged
    assert ("dpv:hasPersonalData", "pd:EmailAddress") in lost
    assert "dpv:hasLegalBasis" not in {predicate for predicate, _ in lost}


def test_it_changes_how_sure_and_never_what_is_said(vocabulary: Vocabulary) -> None:
    by_rules = claims(extract(read_text("thornbeck.txt", POLICY), vocabulary))
    judged = claims(weighed(vocabulary, {"data": {"always": -0.4}}))
    changed = {place for place in by_rules if by_rules[place].confidence != judged[place].confidence}
    assert by_rules.keys() == judged.keys()
    assert changed
    assert {predicate for _, predicate, _, _ in changed} == {"dpv:hasPersonalData"}
    assert {judged[place].confidence for place in changed} == {0.4}
    assert any(kind is StatementKind.DENIAL for kind, _, _, _ in judged)


def test_other_languages_are_left_to_the_rules(vocabulary: Vocabulary) -> None:
    text = "Tietosuojaseloste\n\nOravanmaan Kutomo Oy käsittelee asiakkaiden nimiä ja sähköpostiosoitteita tilausten toimittamiseksi.\n"
    kinds = {kind: {"always": -9.0} for kind in ("data", "purpose", "recipient", "basis")}
    document = read_text("kutomo.txt", text)
    assert document.language == "fi"
    assert extract(document, vocabulary, read_weights({"en": kinds})).statements == extract(document, vocabulary).statements


def test_the_layout_is_measured(vocabulary: Vocabulary) -> None:
    alone = "\n\n".join(f"We collect your name in shop number {number}." for number in range(20))
    found = {}
    for name, text in {"running": POLICY, "alone": alone}.items():
        document = read_text(f"{name}.txt", text)
        found[name] = layout(document, segment(document, vocabulary.abbreviations))
    assert found == {"running": "en", "alone": "en sentences"}


def test_the_weights_of_the_package_are_small_and_plain() -> None:
    table = learnt()
    assert set(table) == {"en", "en sentences"}
    assert all(isinstance(weights, Weights) and weights.kinds["data"] for weights in table.values())
    assert 0 < DOUBTED < 0.5


def test_a_verdict_is_the_sum_of_the_properties_that_are_named(vocabulary: Vocabulary, examples: Path) -> None:
    # Judging adds up sums that it remembers; what it says of its reasons is made of names. The two must not part.
    heard: list[tuple[str, Reading, Candidate]] = []
    ear = Weights("en", {}, lambda kind, reading, candidate: heard.append((kind, reading, candidate)))
    table = learnt()
    extract(read(examples / "pinecrest-hotels.txt"), vocabulary, dict.fromkeys(table, ear))
    assert len(heard) > 50
    for weights in table.values():
        for kind, reading, candidate in heard:
            if kind not in weights.kinds:
                continue
            reading.judged.clear()
            score = sum(weights.kinds[kind].get(name, 0.0) for name in set(properties(reading, candidate)))
            assert weights.judge(reading, candidate) == pytest.approx(1 / (1 + math.exp(-score)))
            assert sum(weight for _, weight in weights.reasons(reading, candidate)) == pytest.approx(score)
