"""HTML: what is read of a page, in which order, and what of it is furniture."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents import read, read_text
from kg.documents.html import read_html
from kg.documents.layout import arrange
from kg.errors import InputError
from kg.model import Block, BlockKind, Document

SENTENCE = "We process personal data about you when you use this service."


def page(body: str) -> Document:
    return read_text("page.html", f"<html lang='en'><body>{body}</body></html>", suffix=".html")


def outline(document: Document) -> list[str]:
    return [f"{block.kind.value} {document.text[block.start : block.end]}" for block in document.blocks]


def said(document: Document, block: Block) -> str:
    return document.text[block.start : block.end]


def test_headings_paragraphs_and_nested_lists() -> None:
    document = page(
        f"<h1>Privacy</h1><p>{SENTENCE}</p><p>We use:</p><ul><li>contact data:<ul><li>email</li></ul></li><li>cookies</li></ul>"
    )
    assert outline(document) == [
        "heading Privacy",
        f"paragraph {SENTENCE}",
        "paragraph We use:",
        "item contact data:",
        "item email",
        "item cookies",
    ]
    use, contact, email, cookies = document.blocks[2:]
    assert [b.level for b in (contact, email, cookies)] == [1, 2, 1]
    assert [said(document, document.blocks[b.lead]) for b in (contact, email, cookies) if b.lead is not None] == [
        "We use:",
        "contact data:",
        "We use:",
    ]
    assert said(document, use) == "We use:"


def test_the_text_shows_the_lists() -> None:
    text = page("<p>We use:</p><ol><li>names</li><li>emails<ul><li>work</li></ul></li></ol>").text
    assert text == "We use:\n1. names\n2. emails\n  • work"


@pytest.mark.parametrize(
    "markup",
    [
        f"<details><summary>More</summary><p>{SENTENCE}</p></details>",
        f"<div aria-hidden='true'>{SENTENCE}</div>",
        f"<div class='tab-pane' style='display:none'>{SENTENCE}</div>",
        f"<section hidden>{SENTENCE}</section>",
    ],
)
def test_what_is_folded_away_is_kept(markup: str) -> None:
    assert f"paragraph {SENTENCE}" in outline(page(markup))


def test_scripts_styles_and_templates_are_dropped() -> None:
    document = page(
        f"<script>secret</script><style>secret</style><template>secret</template><svg><title>secret</title></svg><p>{SENTENCE}</p>"
    )
    assert document.text == SENTENCE


@pytest.mark.parametrize(
    ("markup", "kind"),
    [
        ("<nav><a href='/x'>X and Y</a></nav>", BlockKind.NAVIGATION),
        ("<header><a href='/x'>X and Y</a></header>", BlockKind.NAVIGATION),
        ("<div role='navigation'>X and Y</div>", BlockKind.NAVIGATION),
        ("<div class='breadcrumb'>X and Y</div>", BlockKind.NAVIGATION),
        ("<aside>X and Y</aside>", BlockKind.NAVIGATION),
        ("<footer>X and Y</footer>", BlockKind.FOOTER),
        ("<div id='site-footer'>X and Y</div>", BlockKind.FOOTER),
        ("<div id='cookie-banner'>X and Y</div>", BlockKind.BANNER),
        ("<div class='cc-window'>X and Y</div>", BlockKind.BANNER),
        ("<ul><li><a href='/1'>X and Y</a><li><a href='/2'>B</a><li><a href='/3'>C</a><li><a href='/4'>D</a></ul>", BlockKind.NAVIGATION),
    ],
)
def test_furniture_by_markup(markup: str, kind: BlockKind) -> None:
    document = page(f"{markup}<main><h1>Privacy</h1><p>{SENTENCE}</p><p>{SENTENCE}</p></main>")
    assert next(block.kind for block in document.blocks if said(document, block) == "X and Y") is kind


def test_an_element_with_the_whole_policy_is_no_furniture_whatever_its_class() -> None:
    document = page(f"<div class='menu'><form><h1>Privacy</h1>{f'<p>{SENTENCE}</p>' * 8}</form></div>")
    assert not any(block.kind.is_furniture for block in document.blocks)


def test_lists_of_links_that_the_policy_introduces_are_its_own() -> None:
    links = "".join(f"<li><a href='https://example.com/{name}'>{name}</a></li>" for name in ("Alpha", "Beta", "Gamma", "Delta"))
    document = page(f"<p>{SENTENCE}</p><p>We share it with:</p><ul>{links}</ul><p>{SENTENCE}</p>")
    assert outline(document)[2:6] == ["item Alpha", "item Beta", "item Gamma", "item Delta"]


def test_cells_know_their_headers() -> None:
    rows = "<tr><th>Data</th><th>Purpose</th></tr><tr><th>Name</th><td>billing</td></tr><tr><th>Email</th><td>news</td></tr>"
    document = page(f"<p>{SENTENCE}</p><table>{rows}</table>")
    cell = next(block for block in document.blocks if said(document, block) == "news")
    assert cell.kind is BlockKind.CELL
    assert [said(document, document.blocks[i]) for i in cell.headers] == ["Purpose", "Email"]
    assert "Data | Purpose\nName | billing" in document.text


def test_a_first_row_of_names_is_a_header_too_and_columns_may_span() -> None:
    document = page("<table><tr><td>Data</td><td colspan=2>Use</td></tr><tr><td>Name</td><td>billing.</td><td>news.</td></tr></table>")
    assert [[said(document, document.blocks[i]) for i in block.headers] for block in document.blocks] == [
        [],
        [],
        ["Data"],
        ["Use"],
        ["Use"],
    ]


def test_tables_for_layout_are_no_cells() -> None:
    assert outline(page(f"<table><tr><td><h1>Privacy</h1><p>{SENTENCE}</p></td></tr></table>")) == [
        "heading Privacy",
        f"paragraph {SENTENCE}",
    ]


def test_definition_lists_are_terms_with_their_definitions() -> None:
    document = page(f"<p>{SENTENCE}</p><dl><dt>Session cookie</dt><dd>Gone when you close the browser.</dd></dl>")
    assert document.blocks[2].headers == (1,)


def test_line_breaks_end_lines_but_not_sentences() -> None:
    document = page("<p>We keep your data<br>for two years.</p><p>Example Ltd<br>1 Sample Street</p>")
    assert outline(document) == ["paragraph We keep your data for two years.", "paragraph Example Ltd", "paragraph 1 Sample Street"]


def test_bold_lines_and_list_sections_are_headings() -> None:
    document = page(
        f"<p><b>Cookies</b></p><p>{SENTENCE}</p><ol><li><strong>Your rights</strong><p>{SENTENCE}</p></li></ol>"
        "<p><b>Note</b> that we care.</p>"
    )
    assert [said(document, block) for block in document.blocks if block.kind is BlockKind.HEADING] == ["Cookies", "Your rights"]


def test_a_page_that_is_cut_off_still_reads() -> None:
    assert outline(page(f"<main><h1>Privacy</h1><p>{SENTENCE}</p><ul><li>names<li>ema"))[-1] == "item ema"


def test_deep_nesting_does_not_end_the_program() -> None:
    assert SENTENCE in page("<div>" * 5000 + f"<p>{SENTENCE}</p>").text


def test_title_language_and_source_are_hints(tmp_path: Path) -> None:
    path = tmp_path / "p.htm"
    head = "<title>Tietosuojaseloste | Esimerkki Oy</title><link rel=canonical href='https://example.com/p'>"
    path.write_text(
        f"<html lang='en-US'><head>{head}</head><p>Käsittelemme henkilötietoja asiakassuhteen hoitamiseen.</p>", encoding="utf-8"
    )
    document = read(path)
    assert (document.metadata.title, document.metadata.source) == ("Tietosuojaseloste", "https://example.com/p")
    assert document.language == document.metadata.language == "fi"


def test_plain_text_under_a_html_name_keeps_its_lines() -> None:
    text = f"Privacy\n\n{SENTENCE}\n"
    assert read_text("p.html", text, suffix=".html").text == text


TAGS = st.sampled_from("p div li ul ol table tr td th b br h2 nav footer dl dt dd details pre span".split())
MARKUP = st.lists(
    st.one_of(
        TAGS.map("<{}>".format), TAGS.map("</{}>".format), st.sampled_from(["We use:", "names", SENTENCE, "a\nb", "&nbsp;", "<", "1. x"])
    ),
    max_size=40,
)


@given(MARKUP.map("".join))
def test_any_markup_gives_ordered_blocks(markup: str) -> None:
    draft = read_html(markup)
    at = 0
    for i, block in enumerate(arrange(draft)):
        assert at <= block.start < block.end <= len(draft.text)
        assert draft.text[block.start : block.end].strip() == draft.text[block.start : block.end]
        assert all(header < i for header in block.headers)
        at = block.end


@given(MARKUP.map("".join))
def test_any_markup_reads_or_says_why_not(markup: str) -> None:
    try:
        document = page(markup)
    except InputError:
        return
    assert document.blocks
