"""What fuzzing needs: valid files of every kind, ways to spoil them, and what must hold of whatever comes of them.

`tests/test_fuzz.py` does it for seconds, `tools/fuzz.py` for as long as one likes.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import files
import pyoxigraph

from kg.documents import READERS, Source, read_source, sources
from kg.documents.inputs import CONTAINERS
from kg.errors import InputError, KgError
from kg.extract import extract
from kg.extract.judgement import learnt
from kg.findings import findings
from kg.graph import version_graphs
from kg.model import Document
from kg.vocabulary import Vocabulary, load

EXAMPLES = Path(__file__).parents[1] / "examples" / "policies"
KINDS = (".txt", ".html", ".md", ".pdf", ".docx", ".zip", ".tar", ".tar.gz", ".warc", ".warc.gz", ".jsonl", ".parquet")
_LARGEST = 200_000
_TOKENS: tuple[bytes, ...] = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3", b"\x1b[", "\u202e\u200b\u2028\x85".encode(), "\U0001f600".encode(),
    "İßﬁ\u0345Å\u0301".encode(), b"\r\n\r\n", b"\x0b\x0c", b"(" * 300, b"[" * 300, b"<div>" * 400, b"<b><i>" * 300, b"<table><tr><td>" * 60,
    b"</p>", b"<!--", b"<![CDATA[", b"<script>", b"&#x110000;&#0;&#55296;&amp", b"<ul><li>" * 200, b"<meta charset=utf-7>", b"> " * 300,
    b"* " * 200, b"#" * 50, b"```", b"|---|\n|a|", b"1.1.1.1.1.1 ", b"{{[[", b"-1", b"4294967296", b"99999999999999999999", b"1e400",
    b"31.02.2024",
    b"29 February 2023", b"year 99999", b"P0D", b"0 days", b"a\xcc\x81" * 200, b"e-mail: @@@ ", b"http://[::1", b"https://",
    b'"\\ud800"', b'{"id": null}', b"Content-Length: -5\r\n", b"Content-Length: 99999999\r\n", b"WARC-Date: 0000-99-99\r\n",
    b"WARC-Target-URI: http://[\r\n", b"Content-Encoding: br\r\n", b"charset=undefined", b"../../etc/passwd", b"PK\x05\x06", b"%%EOF",
    b"endobj", b"stream\n", b"/Length 9999999", b"/Kids [1 0 R]", b"we do not ", b"unless ", b"except ", b"for example ", b"; or (i) ",
)  # fmt: skip


@cache
def words() -> Vocabulary:
    """The vocabulary, loaded once."""
    return load()


@cache
def seeds(kind: str) -> tuple[bytes, ...]:
    """Valid files of a kind."""
    texts = [path.read_bytes() for path in sorted(EXAMPLES.iterdir()) if path.suffix in (".txt", ".md")]
    page = (EXAMPLES / "alderwick.html").read_bytes()
    made: Mapping[str, Callable[[], list[bytes]]] = {
        ".txt": lambda: [*texts, files.ENGLISH.encode(), files.FINNISH.encode("utf-16")],
        ".html": lambda: [page, b"<html lang=fi><meta charset=iso-8859-1><p>" + files.FINNISH.encode("latin-1")],
        ".md": lambda: [path.read_bytes() for path in sorted(EXAMPLES.glob("*.md"))],
        ".pdf": lambda: [_pdf(), files.pdf([("Privacy", files.ENGLISH)], "Running head", 2), files.two_columns("Privacy", ["a"], ["b"])],
        ".docx": lambda: [files.word()],
        ".zip": lambda: [_zip({"a/policy.txt": texts[0], "b.html": page, "c.docx": files.word(), "__MACOSX/x": b""})],
        ".tar": lambda: [_tar({"policy.txt": texts[0], "b.html": page})],
        ".tar.gz": lambda: [gzip.compress(_tar({"policy.txt": texts[0], "b.html": page}), mtime=0)],
        ".warc": lambda: [_warc(page, texts[0])],
        ".warc.gz": lambda: [gzip.compress(_warc(page, texts[0]), mtime=0)],
        ".jsonl": lambda: ["".join(json.dumps(row) + "\n" for row in _rows()).encode()],
        ".parquet": lambda: [_parquet()],
    }
    return tuple(made[kind]())


def spoiled(kind: str, chance: random.Random) -> bytes:
    """A valid file of a kind, changed here and there; of half of the packed ones the content, packed well."""
    data = chance.choice(seeds(kind))
    if chance.random() < 0.5:
        if kind in (".docx", ".zip"):
            return _repacked(data, chance)
        if kind.endswith(".gz"):
            return gzip.compress(mutated(gzip.decompress(data), chance), 1, mtime=0)
    return mutated(data, chance)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Bytes with up to some changes: taken out, doubled, moved, overwritten, cut off, or with a token put in."""
    made = bytearray(data[:_LARGEST])
    if len(made) > 3000 and chance.random() < 0.5:
        start = chance.randrange(len(made) - 1000)
        made = made[start : start + chance.randrange(200, 6000)] if chance.random() < 0.3 else made[: start + 1000]
    for _ in range(1 << chance.randrange(6)):
        at, size = chance.randrange(len(made) + 1), min(len(made), 1 << chance.randrange(10))
        match chance.randrange(8):
            case 0:
                del made[at : at + size]
            case 1:
                made[at:at] = made[at : at + size] * chance.choice((1, 2, 30))
            case 2:
                here = chance.randrange(len(made) + 1)
                made[at : at + size], piece = b"", made[at : at + size]
                made[here:here] = piece
            case 3 | 4:
                made[at:at] = chance.choice(_TOKENS)
            case 5:
                made[at : at + 1] = bytes([chance.randrange(256)])
            case 6:
                made[at : at + size] = chance.randbytes(min(size, 16))
            case _:
                if chance.random() < 0.2:
                    del made[at:]
    return bytes(made[:_LARGEST])


def check(kind: str, data: bytes, folder: Path) -> int:
    """Read a file to the end, and all that it holds into graphs; how many documents it gave. Errors of the project are as it should be.

    Raises:
        AssertionError: an offset is wrong.
        Exception: any other, which is a fault of the program.
    """
    found = 0
    for source in _sources(kind, data, folder):
        try:
            document = read_source(source)
        except KgError:
            continue
        found += 1
        check_document(document)
    return found


def check_document(document: Document) -> None:
    """Whether offsets fit, and what is extracted can be written and read as RDF."""
    text, size = document.text, len(document.text)
    text.encode()
    last = 0
    for block in document.blocks:
        assert last <= block.start < block.end <= size, block
        assert text[block.start : block.end].strip() == text[block.start : block.end], block
        last = block.end
    assert all(0 <= page <= size for page in document.pages)
    extraction = extract(document, words(), learnt())
    for clause in extraction.clauses:
        block = document.blocks[clause.block]
        assert block.start <= clause.start < clause.end <= block.end, clause
    for finding in findings(extraction, words()):
        assert 0 <= finding.start < finding.end <= size, finding
        assert finding.quote == text[finding.start : finding.end], finding
        assert 0 < finding.confidence <= 1, finding
    for graph in version_graphs(extraction, words()):
        lines = "".join(f"{s} {p} {o} .\n" for s, p, o in graph.triples).encode()
        for _ in pyoxigraph.parse(lines, pyoxigraph.RdfFormat.N_TRIPLES):
            pass


def _sources(kind: str, data: bytes, folder: Path) -> list[Source]:
    if kind in READERS:
        return [Source(f"case{kind}", kind, data)]
    assert kind in CONTAINERS
    path = folder / f"case{kind}"
    path.write_bytes(data)
    found = []
    for item in sources([path]):
        if isinstance(item, InputError):
            assert str(item)
        else:
            assert item.position >= 0
            found.append(item)
    return found


def _pdf() -> bytes:
    made = files.Pages()
    made.set_compression(False)
    made.add_page()
    made.title_line("Privacy")
    made.body(files.ENGLISH)
    return bytes(made.output())


def _zip(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            # Without the time of day: the same seeds each time.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _repacked(data: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    name = chance.choice(sorted(members))
    if name.endswith("document.xml") or chance.random() < 0.6:
        name = next((one for one in members if one.endswith("word/document.xml")), name)
    members[name] = mutated(members[name], chance)
    return _zip(members)


def _tar(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def _warc(page: bytes, text: bytes) -> bytes:
    records = []
    for number, (media_type, content) in enumerate((("text/html; charset=utf-8", page), ("text/plain", text), ("application/pdf", _pdf()))):
        http = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012d}>\r\n"
            f"WARC-Target-URI: https://shop.example/{number}\r\nWARC-Date: 2024-05-0{number + 1}T00:00:00Z\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
        )
        records.append(head.encode() + http + b"\r\n\r\n")
    return b"".join(records)


def _rows() -> list[dict[str, object]]:
    return [
        {"id": "a", "text": files.ENGLISH, "controller": "Brackenmoor Ltd", "observed": "2024-05-31"},
        {"id": 2, "text": f"<p>{files.FINNISH}</p>", "language": "fi", "source": "https://shop.example/privacy"},
        {"text": files.ENGLISH, "kind": "excerpt", "title": "Privacy"},
    ]


def _parquet() -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    stream = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist([{"id": str(n), "text": str(row["text"])} for n, row in enumerate(_rows())]), stream)
    return stream.getvalue()
