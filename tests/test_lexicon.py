"""The form language of docs/lexicon.md, rule by rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ConfigurationError
from kg.forms import Form, Strength
from kg.lexicon import Lexicon
from kg.tokens import normal, tokenize

ENGLISH = ("-s", "-s>-ses", "-y>-ies")
MACROS = {"data": "data|information"}


def lexicon(*forms: str, strength: Strength = Strength.STRONG) -> Lexicon:
    return Lexicon(Form(f"pk:T{n}", "data", text, strength, MACROS, ENGLISH) for n, text in enumerate(forms))


def said(lexicon: Lexicon, text: str) -> list[str]:
    return [text[m.start : m.end] for m in lexicon.mentions(tokenize(text))]


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("address", "Your addresses and your address", ["addresses", "address"]),
        ("category", "the categories", ["categories"]),
        ("=its", "its own, itss", ["its"]),
        ("collect-", "We collected; collection; recollect", ["collected", "collection"]),
        ("-tieto-", "Asiakastietoja kerätään", ["Asiakastietoja"]),
        ("-tiedot", "asiakastiedot, tiedottaa", ["asiakastiedot"]),
        ("delete|remov- data", "delete data or removing data", ["delete data", "removing data"]),
        ("your? name", "your name, name", ["your name", "name"]),
        ("delete .. data", "delete all of your old data", ["delete all of your old data"]),
        ("delete ..1 data", "delete all of your data", []),
        ("delete .. data", "delete it; data", []),
        ("see {data}", "see information", ["see information"]),
        ("e-mail address", "an E-mail address", ["E-mail address"]),
        ("kone", "KONE’s own", ["KONE’s"]),
    ],
)
def test_a_form_matches_what_the_language_says(form: str, text: str, expected: list[str]) -> None:
    assert said(lexicon(form), text) == expected


def test_the_longest_of_a_kind_wins() -> None:
    assert said(lexicon("address", "email address"), "email address") == ["email address"]


def test_kinds_overlap_but_cues_do_not_hide_each_other() -> None:
    both = Lexicon(
        [
            Form("pk:A", "recipient", "marketing partner", Strength.STRONG, {}, ENGLISH),
            Form("pk:B", "purpose", "marketing", Strength.STRONG, {}),
        ]
    )
    assert [m.term for m in both.mentions(tokenize("marketing partners"))] == ["pk:B", "pk:A"]


def test_a_not_label_drops_its_own_term_and_nothing_drops_all() -> None:
    forms = [
        Form("pk:A", "data", "account", Strength.WEAK, {}, ENGLISH),
        Form("pk:A", "data", "into account", Strength.NOT, {}, ENGLISH),
        Form("pk:B", "purpose", "account", Strength.WEAK, {}, ENGLISH),
    ]
    text = "taken into account"
    assert [m.term for m in Lexicon(forms).mentions(tokenize(text))] == ["pk:B"]
    barred = [*forms, Form("pk:Nothing", "", "into account", Strength.NOT, {}, ENGLISH)]
    assert Lexicon(barred).mentions(tokenize(text)) == []


def test_a_strong_form_outranks_a_weak_one_at_the_same_place() -> None:
    forms = [Form("pk:A", "data", "name", Strength.WEAK, {}, ()), Form("pk:A", "data", "name|title", Strength.STRONG, {}, ())]
    (mention,) = Lexicon(forms).mentions(tokenize("name"))
    assert not mention.weak
    assert mention.form == "name|title"


@pytest.mark.parametrize("form", ["..", ".. data", "data ..", "your? name?", "", "see {unknown}"])
def test_a_form_that_breaks_the_rules_is_named(form: str) -> None:
    with pytest.raises(ConfigurationError, match="pk:T0"):
        lexicon(form)


def test_addresses_are_one_token() -> None:
    tokens = tokenize("Write to info@example.org, see https://example.org/privacy.")
    assert tokens.norms == ["write", "to", "info@example.org", ",", "see", "https://example.org/privacy", "."]


@given(st.text())
def test_tokens_are_in_order_and_lose_nothing_but_space(text: str) -> None:
    tokens = tokenize(text)
    assert all(a < b for a, b in zip(tokens.starts, tokens.ends, strict=True))
    assert all(end <= start for end, start in zip(tokens.ends, tokens.starts[1:], strict=False))
    assert "".join(text[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True)) == "".join(text.split())
    assert tokens.norms == [normal(text[a:b]) for a, b in zip(tokens.starts, tokens.ends, strict=True)]


def test_long_runs_of_letters_and_dots_are_cut_without_looking_far() -> None:
    # Tried to its end from every digit, this would take hours.
    assert len(tokenize("1." * 300_000)) == 600_000
    assert tokenize("write to privacy.desk@shop.example.").norms == ["write", "to", "privacy.desk@shop.example", "."]
