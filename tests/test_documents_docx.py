"""DOCX: headings, lists, tables; what stays out and what is refused."""

from __future__ import annotations

import io
import zipfile

import docx
import files
import pytest
from docx.oxml import OxmlElement

from kg.documents import Source, read_source
from kg.documents.docx import read_docx
from kg.errors import InputError
from kg.model import Document


def document(data: bytes) -> Document:
    return read_source(Source("policy.docx", ".docx", data))


def outline(of: Document) -> list[tuple[str, int, str]]:
    return [(block.kind.value, block.level, of.text[block.start : block.end]) for block in of.blocks]


def test_headings_lists_and_tables() -> None:
    found = document(files.word())
    assert outline(found) == [
        ("heading", 1, "Privacy notice"),
        ("heading", 1, "What we collect"),
        ("paragraph", 0, "We collect these data:"),
        ("item", 1, "your name"),
        ("item", 1, "your e-mail address"),
        ("item", 2, "of work"),
        ("item", 1, "first step"),
        ("heading", 2, "Retention"),
        ("paragraph", 0, "We keep orders for two years."),
        ("cell", 0, "Data"),
        ("cell", 0, "Purpose"),
        ("cell", 0, "Name and address"),
        ("cell", 0, "Delivery of orders"),
    ]
    assert found.metadata.title == "Privacy notice"
    assert "Running head" not in found.text
    assert "1. first step" in found.text
    lead = found.blocks[4].lead
    assert lead is not None
    assert outline(found)[lead][2] == "We collect these data:"


def test_what_stands_in_a_content_control_is_read() -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("We collect your name and keep it for two years.")
    control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    paragraph._p.addprevious(control)
    content.append(paragraph._p)
    control.append(content)
    stream = io.BytesIO()
    made.save(stream)
    assert document(stream.getvalue()).text == "We collect your name and keep it for two years."


def bomb() -> bytes:
    stream = io.BytesIO(files.word())
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.bin", b"\x00" * 40_000_000)
    return stream.getvalue()


def packed_otherwise() -> bytes:
    """A part that may unpack to anything in one go, whatever size it declares."""
    stream = io.BytesIO(files.word())
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("word/media/image1.bin", b"\x00")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "encrypted"),
        (b"PK\x03\x04 and no more", "damaged"),
        (files.word()[:4000], "damaged"),
        (bomb(), "would unpack to"),
        (packed_otherwise(), "packed by method 12"),
    ],
    ids=["encrypted", "no archive", "cut off", "bomb", "packed otherwise"],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        read_docx(data, "policy.docx")
    assert caught.value.path.startswith("policy.docx")
    assert caught.value.remedy


def test_a_zip_that_is_no_word_file() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "text")
    with pytest.raises(InputError, match="damaged"):
        read_docx(stream.getvalue(), "policy.docx")


def changed(member: str, old: str, new: str) -> bytes:
    """The Word file of the tests with another text in one of its parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(files.word())) as archive, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for info in archive.infolist():
            content = archive.read(info).decode() if info.filename == member else archive.read(info)
            if isinstance(content, str):
                assert old in content
                content = content.replace(old, new)
            target.writestr(info.filename, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("member", "old", "new"),
    [
        ("document", '<w:ilvl w:val="1"/>', '<w:ilvl w:val="x"/>'),
        ("document", '<w:ilvl w:val="1"/>', "<w:ilvl/>"),
        ("document", '<w:ilvl w:val="1"/>', '<w:ilvl w:val="-5"/>'),
        ("document", '<w:numId w:val="1"/>', '<w:numId w:val="&quot;]"/>'),
        ("document", '<w:pStyle w:val="Title"/>', '<w:outlineLvl w:val="x"/>'),
        ("document", '<w:pStyle w:val="Title"/>', "<w:pStyle/>"),
        ("document", '<w:pStyle w:val="Title"/>', '<w:pStyle w:val="&quot;"/>'),
        ("styles", '<w:basedOn w:val="Normal"/>', "<w:basedOn/>"),
        ("styles", "w:styles", "w:stylex"),
        ("numbering", "w:numbering", "w:numberinx"),
    ],
)
def test_wrong_values_in_the_markup_cost_no_text(member: str, old: str, new: str) -> None:
    found = document(changed(f"word/{member}.xml", old, new))
    assert {"Privacy notice", "your name", "of work", "We keep orders for two years."} <= {text for _, _, text in outline(found)}


def test_a_file_without_a_body() -> None:
    with pytest.raises(InputError, match="no text in this Word file"):
        document(changed("word/document.xml", "w:body>", "w:bodx>"))


def test_a_link_without_a_target() -> None:
    with pytest.raises(InputError, match="damaged"):
        document(changed("word/_rels/document.xml.rels", 'Target="styles.xml"', ""))


def test_a_member_whose_packing_is_damaged() -> None:
    data = bytearray(files.word())
    at = data.index(b"word/document.xml") + len(b"word/document.xml")
    data[at : at + 40] = bytes(40)
    with pytest.raises(InputError, match="damaged"):
        document(bytes(data))
