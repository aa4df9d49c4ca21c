"""Archives, web archives and data sets: what is read of them, what is refused by name, and that nothing is unpacked to disk."""

from __future__ import annotations

import gzip
import io
import json
import random
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import files
import pyarrow
import pyarrow.compute
import pyarrow.parquet
import pytest

from kg import graph
from kg.documents import Source, read_source, sources
from kg.errors import InputError
from kg.extract import extract
from kg.vocabulary import load

PAGE = f"<html><body><h1>Privacy notice</h1><p>{files.ENGLISH}</p></body></html>".encode()
TEXT = files.ENGLISH.encode()


def found(path: Path, column: str = "text") -> tuple[list[Source], list[InputError]]:
    items = list(sources([path], column))
    return [i for i in items if isinstance(i, Source)], [i for i in items if isinstance(i, InputError)]


def tar(path: Path, members: Iterable[tuple[tarfile.TarInfo, bytes]], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    return info


@pytest.mark.parametrize("name", ["all.zip", "all.tar.gz", "all.tgz", "all.tar"])
def test_archives_are_read_in_their_order(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    members = {"b/shop.html": PAGE, "a.txt": TEXT, "logo.png": b"\x89PNG", "notice.pdf": files.pdf([("Privacy", files.ENGLISH)])}
    if name.endswith(".zip"):
        files.zipped(path, members)
    else:
        tar(path, [(member(n), c) for n, c in members.items()], "w" if name.endswith(".tar") else "w:gz")
    good, bad = found(path)
    assert bad == []
    assert [s.path for s in good] == [f"{path}!/b/shop.html", f"{path}!/a.txt", f"{path}!/notice.pdf"]
    assert [files.ENGLISH in read_source(s).text for s in good] == [True] * 3
    assert [s.position for s in good] == sorted(s.position for s in good)
    assert 0 < good[-1].position <= path.stat().st_size
    assert [p.name for p in tmp_path.iterdir()] == [name]


TRICKS = ("../outside.txt", "/etc/policy.txt", "a/../../b.txt", "..\\outside.txt", "C:\\policy.txt")


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("ending", ["zip", "tar.gz"])
def test_path_tricks_are_refused_by_name_and_the_rest_is_read(tmp_path: Path, trick: str, ending: str) -> None:
    path = tmp_path / f"all.{ending}"
    if ending == "zip":
        files.zipped(path, {trick: TEXT, "good.txt": TEXT})
    else:
        tar(path, [(member(trick), TEXT), (member("good.txt"), TEXT)])
    good, bad = found(path)
    assert [s.path for s in good] == [f"{path}!/good.txt"]
    assert [(e.path, e.reason) for e in bad] == [(f"{path}!/{trick}", "its name leads out of the archive: refused")]


def zip_bomb(path: Path) -> None:
    files.zipped(path, {"good.txt": TEXT, "bomb.txt": b" " * 60_000_000})


def gzip_bomb(path: Path) -> None:
    tar(path, [(member("good.txt"), TEXT), (member("bomb.txt"), b" " * 60_000_000)])


def disguised_bomb(path: Path) -> None:
    """What is skipped must be measured too."""
    tar(path, [(member("bomb.bin"), b" " * 60_000_000), (member("good.txt"), TEXT)])


def nested(path: Path) -> None:
    files.zipped(path, {"inner.zip": b"PK\x03\x04"})


def nested_tar(path: Path) -> None:
    tar(path, [(member("inner.tar.gz"), gzip.compress(b""))])


def link(path: Path) -> None:
    info = member("policy.txt", tarfile.SYMTYPE)
    info.linkname = "/etc/passwd"
    tar(path, [(info, b"")])


def damaged(path: Path) -> None:
    files.zipped(path, {"policy.txt": TEXT * 50})
    content = bytearray(path.read_bytes())
    content[45:60] = b"\xff" * 15
    path.write_bytes(content)


def encrypted(path: Path) -> None:
    files.zipped(path, {"policy.txt": TEXT})
    content = path.read_bytes().replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00")
    at = content.index(b"PK\x01\x02")
    path.write_bytes(content[: at + 8] + b"\x01" + content[at + 9 :])


def large(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("policy.txt", b"x" * 20_000_001)


def understated(path: Path, method: int = zipfile.ZIP_DEFLATED, content: int = 150_000_000) -> None:
    """A member that says it has 100 bytes and has many more."""
    with zipfile.ZipFile(path, "w", method) as archive, archive.open("policy.txt", "w") as file:
        for _ in range(0, content, 1_000_000):
            file.write(b" " * 1_000_000)
    packed = bytearray(path.read_bytes())
    directory = packed.index(b"PK\x01\x02")
    packed[22:26] = packed[directory + 24 : directory + 28] = struct.pack("<I", 100)
    path.write_bytes(packed)


def bzip2_bomb(path: Path) -> None:
    understated(path, zipfile.ZIP_BZIP2, 40_000_000)


def lzma_bomb(path: Path) -> None:
    understated(path, zipfile.ZIP_LZMA, 40_000_000)


def raw_tar(path: Path, *parts: bytes | tarfile.TarInfo) -> None:
    """Headers as they are, without their content, and bytes, packed."""
    blocks = [part if isinstance(part, bytes) else part.tobuf(tarfile.GNU_FORMAT) for part in parts]
    path.write_bytes(gzip.compress(b"".join(blocks)))


def sized(info: tarfile.TarInfo, size: int) -> tarfile.TarInfo:
    info.size = size
    return info


def long_name(path: Path) -> None:
    raw_tar(path, sized(member("././@LongLink", tarfile.GNUTYPE_LONGNAME), 10_000_000), b"a" * 10_000_000, member("policy.txt"))


def long_pax(path: Path) -> None:
    raw_tar(path, sized(member("pax", tarfile.XHDTYPE), 10_000_000), b"a" * 10_000_000, member("policy.txt"))


def many_headers(path: Path) -> None:
    raw_tar(path, *[sized(member("pax", tarfile.XHDTYPE), 0)] * 3_000, member("policy.txt"))


def endless(path: Path) -> None:
    raw_tar(path, sized(member("logo.png"), 2**60))


def with_holes(path: Path) -> None:
    raw_tar(path, member("policy.txt", tarfile.GNUTYPE_SPARSE))


def damaged_tar(path: Path) -> None:
    raw_tar(path, sized(member("good.txt"), len(TEXT)), TEXT.ljust(512, b"\x00"), b"no header".ljust(512), member("policy.txt"))


def damaged_gzip(path: Path) -> None:
    tar(path, [(member("good.txt"), TEXT), (member("policy.txt"), random.Random(1).randbytes(100_000))])
    packed = bytearray(path.read_bytes())
    packed[50_000:50_050] = b"\xff" * 50
    path.write_bytes(packed)


def cut_off(path: Path) -> None:
    tar(path, [(member("policy.txt"), bytes(range(256)) * 400)])
    path.write_bytes(path.read_bytes()[:-120])


def no_archive(path: Path) -> None:
    path.write_bytes(b"these are no members")


@pytest.mark.parametrize(
    ("make", "name", "place", "reason"),
    [
        (zip_bomb, "a.zip", "!/bomb.txt", "would unpack to"),
        (gzip_bomb, "a.tar.gz", "!/bomb.txt", "more than the limit of 20,000,000"),
        (gzip_bomb, "a.tar.gz", "!/bomb.txt", "unpacks to more than 200 times"),
        (disguised_bomb, "a.tar.gz", "!/bomb.bin", "unpacks to more than 200 times"),
        (nested, "a.zip", "!/inner.zip", "an archive within an archive"),
        (nested_tar, "a.tar.gz", "!/inner.tar.gz", "an archive within an archive"),
        (link, "a.tar.gz", "!/policy.txt", "a link or a device"),
        (damaged, "a.zip", "!/policy.txt", "is damaged"),
        (encrypted, "a.zip", "!/policy.txt", "is encrypted"),
        (large, "a.zip", "!/policy.txt", "more than the limit of 20,000,000"),
        (bzip2_bomb, "a.zip", "!/policy.txt", "packed by method 12"),
        (lzma_bomb, "a.zip", "!/policy.txt", "packed by method 14"),
        (understated, "a.zip", "!/policy.txt", "is damaged: Bad CRC"),
        (long_name, "a.tar.gz", "", "a header of 10,000,000 bytes"),
        (long_pax, "a.tar.gz", "", "a header of 10,000,000 bytes"),
        (many_headers, "a.tar.gz", "", "cannot be read as a tar archive"),
        (endless, "a.tar.gz", "!/logo.png", "unpacks to more than 200 times"),
        (with_holes, "a.tar.gz", "!/policy.txt", "has holes"),
        (damaged_tar, "a.tar.gz", "", "bad checksum"),
        (damaged_gzip, "a.tar.gz", "", "cannot be read as a tar archive"),
        (cut_off, "a.tar.gz", "", "cannot be read as a tar archive"),
        (no_archive, "a.zip", "", "cannot be read as a ZIP archive"),
        (no_archive, "a.tar.gz", "", "cannot be read as a tar archive"),
        (no_archive, "a.warc.gz", "", "cannot be read on as a WARC file"),
        (no_archive, "a.parquet", "", "cannot be read as Parquet"),
    ],
)
def test_refusals_name_archive_and_member(tmp_path: Path, make: Callable[[Path], None], name: str, place: str, reason: str) -> None:
    path = tmp_path / name
    make(path)
    _, bad = found(path)
    assert (str(path) + place, True) in [(e.path, reason in e.reason) for e in bad], [str(e) for e in bad]
    assert all(e.remedy for e in bad)


@pytest.mark.parametrize(("make", "name"), [(understated, "a.zip"), (bzip2_bomb, "a.zip"), (lzma_bomb, "a.zip"), (long_pax, "a.tar.gz")])
def test_what_lies_about_its_size_takes_no_memory(tmp_path: Path, make: Callable[[Path], None], name: str) -> None:
    path = tmp_path / name
    make(path)
    tracemalloc.start()
    try:
        found(path)
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


def test_the_headers_of_a_tar_archive_are_not_kept(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar.gz", ((member(f"{n}.png"), b"") for n in range(5_000)))
    tracemalloc.start()
    try:
        assert found(path) == ([], [])
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_snapshots_of_one_address_become_versions_of_one_policy(tmp_path: Path) -> None:
    later = PAGE.replace(b"newsletter", b"catalogue")
    path = files.warc(
        tmp_path / "crawl.warc.gz",
        [
            ("https://brackenmoor.example/privacy", "2021-02-03T04:05:06Z", "text/html; charset=utf-8", PAGE),
            ("https://brackenmoor.example/logo", "2021-02-03T04:05:07Z", "image/png", b"\x89PNG"),
            ("http://www.brackenmoor.example/privacy/", "2023-06-07T08:09:10Z", "text/html", later),
        ],
    )
    good, bad = found(path)
    assert bad == []
    assert [s.path for s in good] == [
        f"{path}!/https://brackenmoor.example/privacy@20210203040506",
        f"{path}!/http://www.brackenmoor.example/privacy/@20230607080910",
    ]
    assert [(s.metadata.observed, s.metadata.source) for s in good] == [
        (date(2021, 2, 3), "https://brackenmoor.example/privacy"),
        (date(2023, 6, 7), "http://www.brackenmoor.example/privacy/"),
    ]
    vocabulary = load()
    versions = [graph.version_of(extract(read_source(source), vocabulary)) for source in good]
    assert len(set(versions)) == 2
    assert len({version.rpartition("/")[0] for version in versions}) == 1


def test_only_answers_that_succeeded_are_read(tmp_path: Path) -> None:
    path = files.warc(
        tmp_path / "crawl.warc.gz", [("https://a.example/p", "2021-02-03T04:05:06Z", "text/html", PAGE)], status="404 Not Found"
    )
    assert found(path) == ([], [])


@pytest.mark.parametrize("kind", ["response", "request"])
def test_what_is_unpacked_of_a_web_archive_and_not_read_counts(tmp_path: Path, kind: str) -> None:
    """Too large, or no answer: with neither can a small file keep the reading busy."""
    path = files.warc(
        tmp_path / "crawl.warc.gz",
        [("https://a.example/p", "2021-02-03T04:05:06Z", "text/html", b" " * 21_000_000)] * 5
        + [("https://a.example/q", "2021-02-03T04:05:06Z", "text/html", PAGE)],
        kind=kind,
    )
    good, bad = found(path)
    assert good == []
    assert bad[-1].path == f"{path}!/https://a.example/p@20210203040506"
    assert bad[-1].reason == "the file unpacks to more than 200 times its size: refused"


ROWS = [
    {"id": "one", "body": files.ENGLISH, "controller": "Brackenmoor Ltd", "observed": "2022-03-04", "stars": 5},
    {"id": "two", "body": PAGE.decode(), "controller": "", "observed": None, "stars": 4},
]


def jsonl(path: Path, rows: Iterable[object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_half_a_character_in_a_row_is_none(tmp_path: Path) -> None:
    text = "Privacy policy\n\nWe process your e-mail address \ud800 to send you offers."
    path = jsonl(tmp_path / "set.jsonl", [{"id": "a\ud800", "text": text, "title": "Offers \udc00", "controller": "Acorn \ud800 Ltd"}])
    (source,) = sources([path])
    assert isinstance(source, Source)
    document = read_source(source)
    told = "".join(str(quad) for quad in graph.quads(extract(document, load()), load()))
    assert "address ?" in document.text
    assert "Acorn ? Ltd" in told.encode().decode()


def test_rows_of_a_data_set(tmp_path: Path) -> None:
    parquet = tmp_path / "set.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS), parquet)
    for path in (jsonl(tmp_path / "set.jsonl", ROWS), parquet):
        good, bad = found(path, "body")
        assert bad == []
        assert [(s.path, s.suffix) for s in good] == [(f"{path}!/one", ".txt"), (f"{path}!/two", ".html")]
        assert (good[0].metadata.controller, good[0].metadata.observed) == ("Brackenmoor Ltd", date(2022, 3, 4))
        assert good[1].metadata.controller is None
        assert files.ENGLISH in read_source(good[1]).text
        assert good[-1].position == path.stat().st_size


def test_bad_rows_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    lines = [
        '{"text": 5}',
        "no json",
        "[1]",
        '{"other": "x"}',
        '{"text": "We collect names.", "observed": "soon"}',
        "",
        '{"text": "Names."}',
    ]
    path.write_text("\n".join(lines))
    good, bad = found(path)
    assert [s.path for s in good] == [f"{path}!/7"]
    assert [(e.path.rpartition("!/")[2], e.reason.split(":")[0]) for e in bad] == [
        ("1", 'the column "text" holds no text'),
        ("2", "is no JSON"),
        ("3", "is no JSON object"),
        ("4", 'has no column "text"'),
        ("5", 'table ["' + f"{path}!/5" + '"], key "observed" must be a date without quotes, like 2024-05-31, and not \'soon\''),
    ]


def test_a_parquet_file_without_the_column_names_those_that_it_has(tmp_path: Path) -> None:
    path = tmp_path / "set.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)
    _, bad = found(path)
    assert [e.reason for e in bad] == ['has no column "text"']
    assert "body" in bad[0].remedy


def repeated(path: Path, text: str, rows: int) -> Path:
    """A text that stands once in the file and in all its rows."""
    column = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * rows, pyarrow.int32()), pyarrow.array([text]))
    pyarrow.parquet.write_table(pyarrow.table({"text": column}), path, store_schema=False)
    return path


def arrow_memory(path: Path) -> int:
    """How much of Arrow's memory is taken at most while a source of the file is looked at."""
    before = pyarrow.total_allocated_bytes()
    return max(pyarrow.total_allocated_bytes() - before for _ in sources([path]))


def test_a_text_in_many_rows_of_a_parquet_file_takes_the_memory_of_one(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(500_000).hex()
    path = repeated(tmp_path / "set.parquet", noise, 100)
    assert arrow_memory(path) < 20_000_000
    good, bad = found(path)
    assert bad == []
    assert [source.data for source in good] == [noise.encode()] * 100


@pytest.mark.parametrize("once", [True, False])
def test_a_small_parquet_file_cannot_hold_too_much(tmp_path: Path, once: bool) -> None:
    path, text = tmp_path / "set.parquet", "We collect names. " * 100_000
    if once:
        repeated(path, text, 100)
    else:
        pyarrow.parquet.write_table(pyarrow.table({"text": [text] * 100}), path, use_dictionary=False, compression="zstd")
    assert arrow_memory(path) < 20_000_000
    good, bad = found(path)
    assert len(good) < 20
    assert [e.reason for e in bad] == ["the file unpacks to more than 200 times its size: refused"]


def test_rows_of_a_parquet_file_that_are_too_large_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    large = random.Random(1).randbytes(10_100_000).hex()
    path = tmp_path / "set.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"text": ["Names.", "Names.", "Names."], "title": ["a", large, "c"]}), path)
    good, bad = found(path)
    assert [s.metadata.title for s in good] == ["a", "c"]
    assert [(e.path, e.reason) for e in bad] == [(f"{path}!/2", "has more than the limit of 20,000,000 bytes")]


@pytest.mark.parametrize(
    "column",
    [pyarrow.array([["a", "b"]]), pyarrow.array([{"a": "b"}]), pyarrow.array([b"ab"], pyarrow.binary(2))],
    ids=["list", "record", "fixed"],
)
def test_columns_of_no_texts_are_refused_by_name(tmp_path: Path, column: pyarrow.Array) -> None:
    path = tmp_path / "set.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"text": ["We collect names."], "title": column, "other": column}), path)
    good, bad = found(path)
    assert good == []
    assert [e.reason for e in bad] == ['the column "title" holds what is no text, number or day']


AS_IT_IS = pyarrow.compute.CastOptions(pyarrow.string(), allow_invalid_utf8=True)


@pytest.mark.parametrize(
    "wrong",
    [
        pyarrow.array([b"\xff\xfe is no UTF-8"], pyarrow.binary()).cast(
            options=pyarrow.compute.CastOptions(pyarrow.string(), allow_invalid_utf8=True)
        ),
        pyarrow.array([2**60], pyarrow.timestamp("ms")),
    ],
    ids=["text", "day"],
)
def test_values_that_python_has_none_for(tmp_path: Path, wrong: pyarrow.Array) -> None:
    column = "text" if wrong.type == pyarrow.string() else "observed"
    path = tmp_path / "set.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"text": ["We collect your name."], column: wrong}), path)
    [error] = sources([path])
    assert isinstance(error, InputError)
    assert "cannot be read as Parquet" in str(error)
