"""The reference of the ontology: every term has its article with all that belongs there, every link leads to one, twice the same."""

from __future__ import annotations

import re
import runpy
from html import unescape
from pathlib import Path

import pytest

from kg.vocabulary import load

ROOT = Path(__file__).parents[1]
TOOL = runpy.run_path(str(ROOT / "tools" / "ontology_reference.py"))
Pages = dict[str, str]


@pytest.fixture(scope="module")
def pages() -> Pages:
    return TOOL["pages"]()


def article(pages: Pages, topic: str, curie: str) -> str:
    text = pages[f"{topic}.html"]
    begin = text.index(f'<article id="{curie.replace(":", "-")}">')
    return unescape(text[begin : text.index("</article>", begin)])


def test_every_typed_term_has_one_article_and_stands_in_the_index(pages: Pages) -> None:
    anchors = [anchor for text in pages.values() for anchor in re.findall(r'<article id="([^"]+)">', text)]
    wanted = {curie.replace(":", "-") for curie, term in load().terms.items() if term.types and "w3id.org/policy-kg/ontology" not in curie}
    macros = {anchor for anchor in wanted if anchor.startswith("pk-macro-")}
    assert len(anchors) == len(set(anchors)) > 1500
    assert set(anchors) == wanted - macros
    assert all(f"#{anchor}" in pages["index.html"] for anchor in anchors)


def test_every_link_leads_to_an_article(pages: Pages) -> None:
    targets = {f"{name}#{anchor}" for name, text in pages.items() for anchor in re.findall(r'<article id="([^"]+)">', text)} | set(pages)
    used = {link for text in pages.values() for link in re.findall(r'href="([^"]+)"', text) if not link.startswith("https:")}
    assert used - targets == set()


def test_an_article_has_names_meaning_place_forms_and_uses(pages: Pages) -> None:
    text = article(pages, "purposes", "dpv:DirectMarketing")
    for part in ("direct marketing", "suoramarkkinointi", "Sending marketing to a named person", "purposes.html#dpv-Marketing"):
        assert part in text
    assert "purposes.html#pk-Newsletter" in text
    assert re.search(r"strong forms, en</dt>.*direct marketing", text)
    assert re.search(r"strong forms, fi</dt>.*suoramarkkinoin", text)
    assert "shapes/gdpr/" in article(pages, "legal-bases", "dpv:LegitimateInterest")
    assert "queries/childrens_data.rq" in article(pages, "data-subjects", "dpv:Child")
    assert "dpv:hasDataSubject some dpv:Child" in article(pages, "practices", "pk:ChildrensDataPractice")


def test_every_form_of_the_lexicons_is_in_the_article_of_its_term(pages: Pages) -> None:
    everything = {
        article_: text
        for text in map(unescape, pages.values())
        for article_, text in re.findall(r'<article id="([^"]+)">(.*?)</article>', text, re.S)
    }
    missing = [
        (form.term, form.text)
        for forms in load().forms.values()
        for form in forms
        if f"<span>{form.text}</span>" not in everything[form.term.replace(":", "-")]
    ]
    assert missing == []


def test_the_same_files_give_the_same_pages(pages: Pages, tmp_path: Path) -> None:
    assert TOOL["pages"]() == pages
    written = list(TOOL["write"](tmp_path / "reference", pages))
    assert {path.name: path.read_text("utf-8") for path in written} == pages
