"""Reading files: which are read, how their bytes become text, and what is said of those that cannot be read."""

from __future__ import annotations

import codecs
import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents import READERS, Source, expand_inputs, read, read_text, sources, total_bytes
from kg.documents.decode import decode
from kg.errors import InputError
from kg.model import BlockKind, Metadata

POLICY = "Privacy policy\r\n\r\nWe process personal data – and we say why.\r\n"


def test_plain_text_is_kept_to_the_character(tmp_path: Path) -> None:
    path = tmp_path / "policy.txt"
    path.write_bytes(POLICY.encode())
    document = read(path)
    assert document.text == POLICY
    assert document.path == str(path)
    assert document.media_type == "text/plain"
    assert document.language == "en"


def test_path_stays_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(POLICY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert read("./a.txt").path == "./a.txt"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.txt", None, "no such file"),
        ("missing.docx", None, "no such file"),
        ("empty.txt", b"", "empty"),
        ("blank.txt", b"\xef\xbb\xbf \r\n\t\n", "empty"),
        ("binary.txt", b"\x00\x01\x02\x03" * 50, "binary"),
        ("noise.txt", bytes(range(1, 32)) * 20, "binary"),
        ("report.txt", b"%PDF-1.7 ...", "a PDF"),
        ("policy.odt", b"PK\x03\x04", 'type ".odt"'),
        ("README", b"text", 'type ""'),
        ("menu.txt", b"Home\nAbout us\nProducts\nCareers\nContact\n", "only navigation"),
        ("menu.html", b"<nav><a href='/'>Home</a> <a href='/a'>About us</a></nav>", "only navigation"),
        ("scripts.html", b"<html><script>var a = 1;</script></html>", "only navigation"),
    ],
)
def test_refuses_with_reason_and_remedy(tmp_path: Path, name: str, content: bytes | None, reason: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read(path)
    assert reason in caught.value.reason
    assert caught.value.path == str(path)
    assert caught.value.remedy


def test_refuses_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder"):
        read(tmp_path)


def test_refuses_what_is_over_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "line.txt"
    path.write_bytes(b"x" * 2001)
    with pytest.raises(InputError, match=r"2,001 bytes, more than the limit of 2,000"):
        read(path, limit_bytes=2000)


@pytest.mark.parametrize(
    "data",
    [
        POLICY.encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + POLICY.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + POLICY.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + POLICY.encode("utf-32-le"),
        POLICY.encode("utf-16-le"),
        POLICY.encode("cp1252"),
        POLICY.encode(),
    ],
    ids=["utf-8-sig", "utf-16-le", "utf-16-be", "utf-32", "utf-16 without mark", "windows-1252", "utf-8"],
)
def test_character_sets(data: bytes) -> None:
    assert decode(data, "policy.txt") == POLICY


def test_wrong_bytes_in_utf8_are_mended() -> None:
    data = "Tietosuojaseloste: käsittelemme henkilötietoja. ".encode() * 3 + b"\x93quoted\x94"
    assert decode(data, "policy.txt").endswith("henkilötietoja. “quoted”")


def test_the_charset_of_the_markup_is_believed(tmp_path: Path) -> None:
    path = tmp_path / "policy.html"
    path.write_bytes('<meta charset="iso-8859-2"><p>Przetwarzamy dane osobowe użytkowników.</p>'.encode("iso-8859-2"))
    assert "użytkowników" in read(path).text


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_decoder(data: bytes) -> None:
    try:
        assert isinstance(decode(data, "any.txt"), str)
    except InputError:
        return


def test_folders_are_walked_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.HTML", "sub/c.md", ".hidden/d.txt", "policies.toml", "e.odt", "sub/f.tar.gz"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x", encoding="utf-8")
    missing = tmp_path / "missing.txt"
    found = expand_inputs([tmp_path, missing, tmp_path / "b.txt", tmp_path / "e.odt"])
    assert [str(path.relative_to(tmp_path)) for path in found] == [
        "a.HTML",
        "b.txt",
        "sub/c.md",
        "sub/f.tar.gz",
        "missing.txt",
        "e.odt",
    ]


def test_the_order_of_a_walk_is_that_of_the_paths(tmp_path: Path) -> None:
    for name in ("b/a.txt", "b.txt", "b-c/a.txt", "b c.txt", "b/c/d.txt", "b/b.md", "a.txt/z.txt", "a.txt/a/z.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "b" / "link").symlink_to(tmp_path)
    found = expand_inputs([tmp_path])
    assert len(found) == 8
    assert found == sorted(found)


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in the corpus into which we may not look; root may, so it is closed by hand."""
    folder = tmp_path / "closed"
    folder.mkdir()
    (folder / "p.txt").write_text(POLICY, encoding="utf-8")

    def shut(call: Callable[..., Any], within: bool) -> Callable[..., Any]:
        def called(path: Any, *rest: Any, **more: Any) -> Any:
            place = Path(path) if isinstance(path, (str, Path)) else tmp_path
            if folder in (place.parents if within else [place, *place.parents]):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
            return call(path, *rest, **more)

        return called

    monkeypatch.setattr(os, "scandir", shut(os.scandir, within=False))
    monkeypatch.setattr(os, "stat", shut(os.stat, within=True))
    return folder


def test_a_folder_that_is_closed_is_named_and_the_rest_is_read(closed: Path) -> None:
    (closed.parent / "d.txt").write_text(POLICY, encoding="utf-8")
    paths = expand_inputs([closed.parent, closed / "p.txt"])
    assert total_bytes(paths) == len(POLICY.encode())
    one, other, third = sources(paths)
    assert isinstance(other, Source)
    assert other.path == str(closed.parent / "d.txt")
    told = [(error.path, error.reason) for error in (one, third) if isinstance(error, InputError)]
    assert told == [(str(place), "cannot be read: Permission denied") for place in (closed, closed / "p.txt")]


def test_every_suffix_has_a_reader() -> None:
    assert set(READERS) == {".txt", ".html", ".htm", ".md", ".markdown", ".pdf", ".docx"}


def test_text_in_memory() -> None:
    document = read_text("note", "We collect your name.", Metadata(controller="Example Ltd", language="en-GB"))
    assert (document.path, document.language, document.metadata.controller) == ("note", "en", "Example Ltd")
    assert [block.kind for block in document.blocks] == [BlockKind.PARAGRAPH]
