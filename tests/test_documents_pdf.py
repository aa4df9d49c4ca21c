"""PDF: reading order, headings, running heads, hyphens at line ends, page numbers; and what is refused."""

from __future__ import annotations

from pathlib import Path

import files
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import graph
from kg.documents import Source, read, read_source
from kg.documents.pdf import read_pdf
from kg.errors import InputError
from kg.extract import extract
from kg.model import BlockKind, Document
from kg.namespaces import expand
from kg.vocabulary import load

COLUMNS = (
    ("We collect your name when you order", "and your e-mail address for receipts.", "Our couriers see your address and", "see no more."),
    ("You may ask for a copy of your data", "at any time and without any charge.", "You may object to marketing and", "write to us."),
)


def document(data: bytes) -> Document:
    return read_source(Source("policy.pdf", ".pdf", data))


def outline(of: Document) -> list[tuple[str, int, str]]:
    return [(block.kind.value, block.level, of.text[block.start : block.end]) for block in of.blocks]


def test_headings_by_size_and_paragraphs_joined_from_their_lines() -> None:
    found = document(files.pdf([("Privacy notice", files.ENGLISH), ("", files.ENGLISH)]))
    assert outline(found) == [
        ("heading", 1, "Privacy notice"),
        ("paragraph", 0, files.ENGLISH),
        ("paragraph", 0, files.ENGLISH),
    ]
    assert (found.media_type, found.pages) == ("application/pdf", (0,))


def test_finnish_letters() -> None:
    found = document(files.pdf([("Tietosuojaseloste", files.FINNISH)]))
    assert found.language == "fi"
    assert outline(found)[1] == ("paragraph", 0, files.FINNISH)


@pytest.mark.parametrize("make", [lambda a, b: files.two_columns("Privacy notice", a, b), files.lines_across])
def test_two_columns_are_read_one_after_the_other(make) -> None:  # type: ignore[no-untyped-def]
    text = document(make(*COLUMNS)).text
    assert text.endswith(
        "We collect your name when you order and your e-mail address for receipts. Our couriers see your address and see no more.\n\n"
        "You may ask for a copy of your data at any time and without any charge. You may object to marketing and write to us."
    )


def test_running_heads_and_page_numbers_are_dropped_and_pages_kept() -> None:
    found = document(files.pdf([("", files.ENGLISH)], running="Brackenmoor Ltd, version 7", pages=3))
    assert "version 7" not in found.text
    assert "of 9" not in found.text
    assert len(found.pages) == 3
    assert [found.text[start : start + 11] for start in found.pages] == ["Brackenmoor"] * 3
    assert [found.page(start) for start in found.pages] == [1, 2, 3]
    assert found.page(found.pages[1] - 1) == 1


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["We collect the infor-", "mation that you give."], "We collect the information that you give."),
        (["Keräämme asiakas-", "ja jäsentietoja."], "Keräämme asiakas- ja jäsentietoja."),
        (["A third-party tool is used, by a third-", "party provider."], "A third-party tool is used, by a third-party provider."),
        (["We keep the data of the Anglo-", "French office."], "We keep the data of the Anglo-French office."),
    ],
)
def test_words_cut_at_a_line_s_end(lines: list[str], text: str) -> None:
    made = files.Pages()
    made.add_page()
    made.body("\n".join(lines))
    assert document(bytes(made.output())).text == text


def test_lists_keep_their_markers() -> None:
    made = files.Pages()
    made.add_page()
    made.body("We collect:\n1. your name\n2. your e-mail address\nThat is all that we collect about you.")
    kinds = [(block.kind, block.lead) for block in document(bytes(made.output())).blocks]
    assert kinds[:3] == [(BlockKind.PARAGRAPH, None), (BlockKind.ITEM, 0), (BlockKind.ITEM, 0)]


def test_the_page_of_a_clause_is_in_the_graph() -> None:
    vocabulary = load()
    found = document(files.pdf([("", files.ENGLISH)], pages=2))
    extraction = extract(found, vocabulary)
    pages = {
        (subject.rpartition("/c.")[2].partition("-")[0], object_)
        for subject, predicate, object_, _ in graph.quads(extraction, vocabulary)
        if predicate == f"<{expand('pk:page')}>"
    }
    assert {object_.split('"')[1] for _, object_ in pages} == {"1", "2"}
    assert all(found.page(int(start)) == int(object_.split('"')[1]) for start, object_ in pages)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (files.scan(), "it is a scan"),
        (files.encrypted_pdf(), "encrypted"),
        (b"%PDF-1.7\nnothing", "damaged"),
        (files.pdf([("", "\n")], running="Only a head", pages=2), "running heads"),
    ],
    ids=["scan", "encrypted", "damaged", "running heads only"],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "policy.pdf"
    path.write_bytes(data)
    with pytest.raises(InputError, match=reason) as caught:
        read(path)
    assert caught.value.path == str(path)
    assert caught.value.remedy


SMALL = files.pdf([("Privacy notice", files.ENGLISH)])


@given(st.integers(0, len(SMALL) - 1), st.binary(min_size=1, max_size=20))
def test_no_bytes_crash_the_reader(at: int, noise: bytes) -> None:
    try:
        read_pdf(SMALL[:at] + noise + SMALL[at + len(noise) :], "noise.pdf")
    except InputError:
        return
