"""Files of every format that holds policies, made for the tests; the companies are fictional."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from fpdf import FPDF

ENGLISH = (
    "Brackenmoor Ltd runs this shop and is the controller of your personal data. We collect your name and your e-mail address when you "
    "place an order. We use your e-mail address to send you our newsletter. We share your delivery address with couriers."
)
FINNISH = (
    "Lumihiutale Oy on verkkokaupan rekisterinpitäjä. Keräämme asiakkaan nimen ja sähköpostiosoitteen. Käytämme sähköpostiosoitetta "
    "uutiskirjeen lähettämiseen. Luovutamme toimitusosoitteen kuljetusyrityksille. Tiedot poistetaan kahden vuoden kuluttua."
)


SHOPS = ("this shop", "another shop", "a third shop")


class Pages(FPDF):
    """A PDF with a running head and a page number on every page."""

    running = ""

    def header(self) -> None:
        if self.running:
            self.set_font("helvetica", "", 8)
            self.cell(0, 5, self.running, align="C", new_x="LMARGIN", new_y="NEXT")
            self.ln(6)

    def footer(self) -> None:
        if self.running:
            self.set_y(-12)
            self.set_font("helvetica", "", 8)
            self.cell(0, 5, f"Page {self.page_no()} of 9", align="C")

    def title_line(self, text: str, size: int = 18) -> None:
        self.set_font("helvetica", "B", size)
        self.multi_cell(0, 10, text, new_x="LMARGIN", new_y="NEXT")

    def body(self, text: str, width: float = 0, align: str = "L") -> None:
        self.set_font("helvetica", "", 10)
        self.multi_cell(width, 5, text, align=align, new_x="LMARGIN", new_y="NEXT")
        self.ln(3)


def pdf(paragraphs: Iterable[tuple[str, str]], running: str = "", pages: int = 1) -> bytes:
    """Headings and paragraphs, as many times as there are pages, each time about another shop."""
    made = Pages(format="A4")
    made.running = running
    for shop in SHOPS[:pages]:
        made.add_page()
        for heading, text in paragraphs:
            if heading:
                made.title_line(heading)
            made.body(text.replace("this shop", shop))
    return bytes(made.output())


def two_columns(title: str, left: Iterable[str], right: Iterable[str]) -> bytes:
    """A title over two columns, drawn line by line across, as some programs do."""
    made = Pages(format="A4")
    made.add_page()
    made.title_line(title)
    made.set_font("helvetica", "", 10)
    top = made.get_y()
    for x, lines in ((10.0, left), (110.0, right)):
        made.set_xy(x, top)
        for line in lines:
            made.set_x(x)
            made.cell(90, 5, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(made.output())


def lines_across(left: Iterable[str], right: Iterable[str]) -> bytes:
    """Two columns whose lines stand in the file row by row."""
    made = Pages(format="A4")
    made.add_page()
    made.set_font("helvetica", "", 10)
    for number, (one, other) in enumerate(zip(left, right, strict=True)):
        made.text(10, 30 + 5 * number, one)
        made.text(110, 30 + 5 * number, other)
    return bytes(made.output())


def scan() -> bytes:
    """A page with a picture and no text."""
    made = FPDF()
    made.add_page()
    made.image(io.BytesIO(_PNG), x=10, y=10, w=50)
    return bytes(made.output())


def encrypted_pdf() -> bytes:
    """A PDF that only a password opens."""
    made = Pages()
    made.set_encryption(owner_password="owner", user_password="user")
    made.add_page()
    made.body(ENGLISH)
    return bytes(made.output())


def word(title: str = "Privacy notice") -> bytes:
    """A Word file with headings, two levels of list, a numbered list, a table, a header, and a deleted word."""
    made = docx.Document()
    made.core_properties.title = title
    made.sections[0].header.paragraphs[0].text = "Running head of the file"
    made.add_heading(title, level=0)
    made.add_heading("What we collect", level=1)
    made.add_paragraph("We collect these data:")
    made.add_paragraph("your name", style="List Bullet")
    made.add_paragraph("your e-mail address", style="List Bullet")
    nested = made.add_paragraph("of work", style="List Bullet")
    properties = OxmlElement("w:numPr")
    for tag, value in (("w:ilvl", "1"), ("w:numId", "1")):
        child = OxmlElement(tag)
        child.set(qn("w:val"), value)
        properties.append(child)
    nested._p.get_or_add_pPr().append(properties)
    made.add_paragraph("first step", style="List Number")
    made.add_heading("Retention", level=2)
    changed = made.add_paragraph("We keep orders for two years.")
    deleted = OxmlElement("w:del")
    run = OxmlElement("w:r")
    text = OxmlElement("w:delText")
    text.text = "ten"
    run.append(text)
    deleted.append(run)
    changed._p.append(deleted)
    table = made.add_table(rows=2, cols=2)
    for row, cells in enumerate((("Data", "Purpose"), ("Name and address", "Delivery of orders"))):
        for column, content in enumerate(cells):
            table.cell(row, column).text = content
    return _saved(made)


def _saved(document: docx.document.Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def warc(path: Path, snapshots: Iterable[tuple[str, str, str, bytes]], *, status: str = "200 OK", kind: str = "response") -> Path:
    """A gzipped WARC file of responses, or of another kind of record: address, date, media type, content."""
    with path.open("wb") as file:
        for number, (address, date, media_type, content) in enumerate(snapshots):
            http = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content
            head = (
                f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012d}>\r\n"
                f"WARC-Target-URI: {address}\r\nWARC-Date: {date}\r\nContent-Type: application/http; msgtype={kind}\r\n"
                f"Content-Length: {len(http)}\r\n\r\n"
            )
            file.write(gzip.compress(head.encode() + http + b"\r\n\r\n", mtime=0))
    return path


def zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    """A ZIP archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


# A grey picture of one pixel.
_PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\x80"))
    + _chunk(b"IEND", b"")
)
