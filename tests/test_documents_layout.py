"""The layout of plain text: headings, lists and lead-ins without markup, lost and added line breaks, and the page around a policy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents.layout import arrange
from kg.documents.markers import series, split_marker
from kg.documents.text import read_plain
from kg.model import Block, BlockKind

SHORT = {kind: kind.value[0].upper() for kind in BlockKind}


def blocks(text: str) -> tuple[Block, ...]:
    return arrange(read_plain(text))


def outline(text: str) -> list[str]:
    """One line a block: kind (first letter; N, B, F are furniture) and text."""
    return [f"{SHORT[block.kind]} {text[block.start : block.end]}" for block in blocks(text)]


def lead_of(text: str, quote: str) -> str | None:
    found = blocks(text)
    block = next(b for b in found if text[b.start : b.end].startswith(quote))
    return None if block.lead is None else text[found[block.lead].start : found[block.lead].end]


@pytest.mark.parametrize(
    "heading",
    [
        "Cookies",
        "WHO WE ARE",
        "What data do we collect?",
        "How we use your information",
        "Evästeet",
        "Henkilötietojen säilytys",
        "Your Rights:",
    ],
)
def test_short_lines_over_running_text_are_headings(heading: str) -> None:
    text = f"Privacy policy\n\n{heading}\n\nWe process your personal data when you use the service.\n"
    assert outline(text)[1] == f"H {heading}"


@pytest.mark.parametrize(
    "line",
    [
        "We keep it for two years.",
        "We collect, among other things:",
        "Effective date: 1 May 2024",
        "Retention period: two years",
        "privacy@example.com",
        "Evästeitä käytetään näihin tarkoituksiin:",
    ],
)
def test_these_short_lines_are_not(line: str) -> None:
    text = f"Privacy policy\n\n{line}\n\nWe process your personal data when you use the service.\n"
    assert outline(text)[1] == f"P {line}"


def test_numbers_are_markers_of_headings_and_give_their_depth() -> None:
    text = "1. Who we are\nExample Ltd is the controller of your data.\n"
    text += "1.1 Contact\nYou can write to us about your data at any time.\n2 Cookies\n"
    text += "We set cookies when you visit our site.\n"
    headings = [(text[b.start : b.end], b.level) for b in blocks(text) if b.kind is BlockKind.HEADING]
    assert headings == [("Who we are", 2), ("Contact", 3), ("Cookies", 2)]


def test_a_number_that_is_text_stays() -> None:
    assert "P 12 Sample Street" in outline(
        "Contact\n\nExample Ltd is the controller of your data.\n\n12 Sample Street\nLondon\na@example.com\n"
    )


@pytest.mark.parametrize("bullet", ["• ", "- ", "* ", "·", "● ", "o\t", "– ", "\uf0b7 ", "1) ", "(a) ", "i. "])
def test_bullets_of_many_kinds(bullet: str) -> None:
    text = f"We collect the following data:\n{bullet}your name;\n{bullet}your address.\n"
    assert outline(text) == ["P We collect the following data:", "I your name;", "I your address."]
    assert lead_of(text, "your name") == lead_of(text, "your address") == "We collect the following data:"


def test_a_bullet_alone_on_its_line_belongs_to_the_next() -> None:
    assert outline("We share it with:\n•\nour accountants\n•\nour hosts\n")[1:] == ["I our accountants", "I our hosts"]


def test_items_without_marker_follow_a_lead_in() -> None:
    text = (
        "We share your data with:\nHosting companies\nAccountants\nHow long we keep it\nWe keep it for two years after the contract ends.\n"
    )
    assert outline(text)[1:4] == ["I Hosting companies", "I Accountants", "H How long we keep it"]
    assert lead_of(text, "Accountants") == "We share your data with:"


def test_nested_lists_have_levels_and_their_own_leads() -> None:
    text = "We use:\n\n  • contact data:\n      • email\n      • phone\n  • cookies\n"
    items = [(text[b.start : b.end], b.level) for b in blocks(text) if b.kind is BlockKind.ITEM]
    assert items == [("contact data:", 1), ("email", 2), ("phone", 2), ("cookies", 1)]
    assert lead_of(text, "phone") == "contact data:"
    assert lead_of(text, "cookies") == "We use:"


def test_lists_of_different_markers_nest() -> None:
    text = "We use data:\n1. to sell:\n- online;\n- in shops;\n2. to deliver.\n"
    items = [(text[b.start : b.end], b.level) for b in blocks(text) if b.kind is BlockKind.ITEM]
    assert items == [("to sell:", 1), ("online;", 2), ("in shops;", 2), ("to deliver.", 1)]
    assert lead_of(text, "to deliver") == "We use data:"


def test_address_lines_after_a_lead_in_keep_it() -> None:
    text = "The controller of your personal data is:\n\nExample Ltd\n\n1 Sample Street\n\nprivacy@example.com\n"
    assert lead_of(text, "privacy@example.com") == "The controller of your personal data is:"


def test_wrapped_lines_are_joined() -> None:
    text = (
        "We collect the personal data that you give us when you open an account\n"
        "with us, and the data that arise when you use it. We do not collect any\n"
        "other data, and we do not buy data about you from anybody else at all.\n"
        "\n"
        "COOKIES\n"
        "\n"
        "Cookies are small files. We use them to keep you logged in while you are\n"
        "on our site, and we delete them when you log out or close the browser of\n"
        "your computer or telephone, whichever of the two comes first in the end.\n"
    )
    assert [line[0] for line in outline(text)] == ["P", "H", "P"]


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("CookiesWhen you visit our site, we may place small files on your computer.", "Cookies"),
        ("How we share your dataWe share your data with those who work for us only.", "How we share your data"),
        ("Contacting ACMEYou can write to us at any time about your personal data.", "Contacting ACME"),
        ("What do we collect?We collect your name and your address when you order.", "What do we collect?"),
    ],
)
def test_a_heading_glued_to_its_paragraph_is_split_off(line: str, heading: str) -> None:
    assert outline(line + "\n")[0] == f"H {heading}"


@pytest.mark.parametrize(
    "line",
    [
        "LinkedIn may set cookies on your computer when you press its button on our pages.",
        "Your payments are processed by PayPal and we never see your card number at all.",
        "We use AcmeShop to sell. AcmeShop may set cookies on your computer when you visit us.",
    ],
)
def test_names_with_inner_capitals_are_not_split(line: str) -> None:
    assert len(blocks(line)) == 1


def test_items_glued_by_semicolons_are_split() -> None:
    text = "We use your data toimprove the service;answer your questions;\nsend you letters.\n"
    assert outline(text)[1:] == ["I answer your questions;", "I send you letters."]


PAGE = """Skip to content
Home
Products
Solutions
Careers
Belgium
Denmark
Estonia
This website uses cookies. By continuing you accept our use of cookies.
I agree
Privacy policy
We process personal data about you when you use this service.
Contact us
Example Ltd
1 Sample Street
Email: privacy@example.com
Follow us
Facebook
© 2024 Example Ltd. All rights reserved.
"""


def test_the_page_around_a_policy_is_furniture() -> None:
    lines = outline(PAGE)
    assert [line[0] for line in lines[:10]] == ["N"] * 8 + ["B"] * 2
    assert lines[10:16] == [
        "H Privacy policy",
        "P We process personal data about you when you use this service.",
        "H Contact us",
        "P Example Ltd",
        "P 1 Sample Street",
        "P Email: privacy@example.com",
    ]
    assert [line[0] for line in lines[16:]] == ["F"] * 3


def test_a_list_of_countries_is_a_menu_but_a_list_with_a_lead_in_is_not() -> None:
    countries = "Albania\nBelgium\nChile\nDenmark\nEstonia\nFinland\nGhana\nHungary\nIceland\nJapan\nKenya\n"
    body = "We process personal data about you when you use this service.\n"
    assert {line[0] for line in outline(body + countries + body)[1:-1]} == {"N"}
    assert {line[0] for line in outline(body + "We transfer data to:\n" + countries + "Rights\n" + body)[2:-2]} == {"I"}


def test_tables_of_contents_are_navigation() -> None:
    titles = ["Who we are", "What we collect", "Who receives it", "Your rights", "Contact"]
    body = "We process personal data about you when you use this service.\n\n"
    text = "Contents\n" + "\n".join(titles) + "\n\n" + "".join(f"{title}\n\n{body}" for title in titles)
    assert [line[0] for line in outline(text)] == ["N"] * 6 + ["H", "P"] * 5


def test_a_foreign_line_at_the_edge_is_furniture() -> None:
    text = "Neues Angebot für alle Kunden heute\n\nPrivacy policy\n\nWe process personal data about you.\n"
    draft = read_plain(text)
    assert arrange(draft, lambda line: line.startswith("Neues"))[0].kind is BlockKind.NAVIGATION


def test_register_descriptions_in_short_lines_are_no_menu() -> None:
    text = "TIETOSUOJASELOSTE\nRekisterinpitäjä\nEsimerkki Oy\nTestikatu 1\n00100 Helsinki\nRekisterin nimi\nAsiakasrekisteri\n"
    text += "Käsittelyn tarkoitus\nKäsittelemme henkilötietoja asiakassuhteen hoitamiseen.\n"
    assert not any(block.kind.is_furniture for block in blocks(text))


@pytest.mark.parametrize(
    ("line", "marker", "rest"),
    [
        ("1. Cookies", "1.", "Cookies"),
        ("• a) names", "•a)", "names"),
        ("(iv) other", "(iv)", "other"),
        ("§ 3 Zwecke", "", "§ 3 Zwecke"),
        ("2.1 Data", "2.1", "Data"),
        ("A. B. Smith", "", "A. B. Smith"),
        ("e.g. names", "", "e.g. names"),
        ("24/7 service", "", "24/7 service"),
        ("well-known", "", "well-known"),
    ],
)
def test_markers(line: str, marker: str, rest: str) -> None:
    found, at = split_marker(line)
    assert (found, line[at:]) == (marker, rest)


def test_markers_of_one_list_have_one_series() -> None:
    assert series("1)") == series("12)") != series("1.")
    assert series("a.") == series("c.") != series("ii.")


PIECES = st.sampled_from(
    [
        *(
            "Privacy policy",
            "We collect:",
            "• name",
            "1. Cookies",
            "- ",
            "•",
            "====",
            "\r\n",
            "\n\n",
            "   ",
            "\xa0",
            "\u200b",
            "Home",
            "a;b",
        ),
        *("© 2024", "# H", "**B**", "> q", "CookiesWhen you visit our site we set cookies on your computer.", "\x0c", "\u2028", "3 Data"),
        "We process personal data. It is ours.",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=30).map("\n".join),
    st.lists(PIECES, max_size=30).map("".join),
)


@given(TEXTS)
def test_blocks_are_ordered_apart_and_trimmed_and_cover_the_text(text: str) -> None:
    draft = read_plain(text)
    found = arrange(draft)
    assert draft.text == text
    at = 0
    outside = []
    for i, block in enumerate(found):
        assert at <= block.start < block.end <= len(text)
        assert text[block.start : block.end].strip() == text[block.start : block.end]
        assert block.lead is None or 0 <= block.lead < i
        outside.append(text[at : block.start])
        at = block.end
    outside.append(text[at:])
    for line in (line for gap in outside for line in gap.splitlines()):
        bare = line.strip(" \t\xa0\u200b*_>#")
        rest = bare[split_marker(bare + " x")[1] :]
        # A section number may stand without a full stop before a heading.
        assert not any(map(str.isalnum, rest)) or (len(rest) <= 2 and rest.isdigit()), repr(line)


@given(TEXTS)
def test_furniture_has_neither_level_nor_lead(text: str) -> None:
    assert all(block.level == 0 and block.lead is None for block in blocks(text) if block.kind.is_furniture)
