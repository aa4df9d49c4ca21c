"""Which language a document is in, and which of its blocks are in another."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents import read_text
from kg.language import LANGUAGES, detect, is_foreign

SENTENCES = {
    "en": "We use the personal data that you give us in order to answer your questions.",
    "fi": "Käytämme antamiasi henkilötietoja vastataksemme kysymyksiisi ja pyyntöihisi.",
    "sv": "Vi använder dina personuppgifter för att svara på dina frågor och önskemål.",
    "de": "Wir verwenden Ihre personenbezogenen Daten, um Ihre Fragen zu beantworten.",
    "fr": "Nous utilisons vos données personnelles pour répondre à vos questions.",
    "et": "Me kasutame teie isikuandmeid teie küsimustele vastamiseks ja lepingu täitmiseks.",
    "vi": "Chúng tôi sử dụng dữ liệu cá nhân của bạn để trả lời các câu hỏi của bạn.",
    "ja": "当社は、お客様のお問い合わせに回答するために個人情報を利用します。",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_tells_languages_apart_even_those_it_has_no_words_of(code: str) -> None:
    assert code in LANGUAGES
    assert detect(SENTENCES[code]) == code


@pytest.mark.parametrize("text", ["", "12345", "Privacy Policy", "Cookies", "Google"])
def test_what_cannot_be_told_is_in_the_expected_language(text: str) -> None:
    assert detect(text, ("en", "fi")) == "en"


def test_names_the_expected_language_where_a_word_is_of_several() -> None:
    assert detect("Tietoturva", ("fi",)) == "fi"


@pytest.mark.parametrize(("code", "other"), [("en", "fi"), ("fi", "en"), ("en", "vi"), ("fi", "de")])
def test_foreign_lines(code: str, other: str) -> None:
    assert is_foreign(SENTENCES[other], code)
    assert not is_foreign(SENTENCES[code], code)


def test_blocks_in_another_language_and_their_headings_are_marked() -> None:
    english = f"Privacy policy\n\n{SENTENCES['en']} {SENTENCES['en']}\n\n"
    finnish = f"Tietosuoja\n\n{SENTENCES['fi']} {SENTENCES['fi']}\n\n"
    document = read_text("mixed", english * 4 + finnish)
    assert document.language == "en"
    assert [block.language for block in document.blocks] == [None] * 8 + ["fi", "fi"]


def test_short_blocks_and_addresses_go_with_the_document() -> None:
    address = "Esimerkki Oy, Rekisteriasiat, Pitkänsillanranta, Helsinki, Suomi, Tietosuojavastaava Maija Meikäläinen"
    text = f"{SENTENCES['en']}\n\nContact\n\n{address}\n"
    assert {block.language for block in read_text("address", text).blocks} == {None}


@given(st.text(max_size=200))
def test_always_answers(text: str) -> None:
    assert detect(text) in LANGUAGES


def test_clear_english_needs_no_model() -> None:
    code = f"import sys; from kg.language import detect; assert detect({SENTENCES['en']!r}) == 'en'; print('py3langid' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"
