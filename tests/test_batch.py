"""The parts of a build in shards: shards and manifests, the ledger, near-duplicates, and what a document may take."""

from __future__ import annotations

import gzip
import hashlib
import random
import sys
from dataclasses import replace
from pathlib import Path

import files
import numpy
import pytest

from kg import graph
from kg.batch.ledger import Ledger
from kg.batch.shards import DATA, MANIFEST, Folder, Limits, Manifest, Row, Task, fingerprint
from kg.batch.similar import LENGTH, groups, signature
from kg.batch.work import extract_shard, vocabulary
from kg.documents import Source, read_source
from kg.errors import MissingComponentError, OutputError
from kg.extract import extract
from kg.extract.judgement import learnt
from kg.model import Metadata


def source(name: str, text: str = files.ENGLISH) -> Source:
    return Source(name, ".txt", text.encode())


def task(folder: Path | str, *sources: Source, **more: object) -> Task:
    return Task(1, str(folder), sources, tuple(str(n) for n in range(len(sources))), **more)  # type: ignore[arg-type]


def test_a_shard_holds_each_document_s_quads_in_a_member_of_its_own(tmp_path: Path) -> None:
    sources = (source("a.txt"), Source("b.html", ".html", b"<nav><a href='/'>Home</a></nav>"), source("c.txt", files.FINNISH))
    manifest = extract_shard(task(tmp_path, *sources))
    data = (tmp_path / (manifest.name + DATA)).read_bytes()
    assert (manifest.size, manifest.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert [bool(row.failed) for row in manifest.rows] == [False, True, False]
    for row, given in zip(manifest.rows, sources, strict=True):
        if not row.failed:
            lines = gzip.decompress(data[row.start : row.start + row.length]).decode().splitlines()
            words = vocabulary()
            extraction = extract(read_source(given), words, learnt())
            own = graph.version_graphs(extraction, words)
            assert lines == [f"{s} {p} {o} <{g.iri}> ." for g in own for s, p, o in g.triples]
            assert (row.quads, row.version) == (len(lines), graph.version_of(extraction))
    assert Manifest.from_json((tmp_path / (manifest.name + MANIFEST)).read_bytes(), "place") == manifest


def test_the_same_documents_leave_the_same_bytes_under_the_same_name(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        extract_shard(task(tmp_path / name, source("a.txt"), source("b.txt", files.FINNISH)))
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two


def test_a_shard_goes_wherever_fsspec_reaches() -> None:
    manifest = extract_shard(task("memory://bucket/shards", source("a.txt")))
    folder = Folder("memory://bucket/shards")
    assert folder.names(MANIFEST) == [manifest.name]
    assert folder.size(manifest.name + DATA) == manifest.size
    folder.remove(manifest.name + MANIFEST)
    assert folder.names(MANIFEST) == []


def test_a_folder_s_url_means_the_same_from_every_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Folder("store/shards").url == Folder(f"file://{tmp_path}/store/shards").url == f"{tmp_path}/store/shards"
    assert Folder("memory://bucket/shards").url == "memory://bucket/shards"


def test_a_package_that_a_url_needs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)  # as if it were not installed
    with pytest.raises(MissingComponentError, match=r"package for s3:// .*Install s3fs .*s3://bucket/shards"):
        Folder("s3://bucket/shards")


def test_a_url_that_nothing_reaches_is_named() -> None:
    with pytest.raises(OutputError, match=r"^s4://bucket: .*Protocol not known: s4; name a folder"):
        Folder("s4://bucket")


@pytest.mark.parametrize(("content", "reason"), [(b"{", "no manifest"), (b'{"format": 99}', "is of format 99"), (b"[]", "no manifest")])
def test_a_manifest_that_cannot_be_read_is_named(content: bytes, reason: str) -> None:
    with pytest.raises(OutputError, match=reason) as caught:
        Manifest.from_json(content, "store/shards/1.json")
    assert caught.value.path == "store/shards/1.json"


def test_a_document_that_takes_too_long_is_set_aside_and_the_rest_is_not(tmp_path: Path) -> None:
    vocabulary(), learnt(), extract(read_source(source("warm.txt")), vocabulary(), learnt())
    slow = source("slow.txt", (files.ENGLISH + "\n\n") * 4000)
    manifest = extract_shard(task(tmp_path, slow, source("b.txt"), limits=Limits(seconds=1.0)))
    assert [row.failed for row in manifest.rows] == ["takes more than 1 seconds", ""]


def test_refused_documents_are_not_tried(tmp_path: Path) -> None:
    manifest = extract_shard(task(tmp_path, source("a.txt"), source("b.txt"), refused={0: "it ended two workers"}))
    assert [row.failed for row in manifest.rows] == ["it ended two workers", ""]


def test_the_fingerprint_tells_every_change() -> None:
    base = source("a.txt")
    variants = [
        (base, "v1", False),
        (replace(base, data=b"other"), "v1", False),
        (replace(base, metadata=Metadata(controller="Other Ltd")), "v1", False),
        (base, "v2", False),
        (base, "v1", True),
    ]
    assert len({fingerprint(s, v, rules_only=r) for s, v, r in variants}) == len(variants)
    assert fingerprint(replace(base, position=9), "v1", rules_only=False) == fingerprint(base, "v1", rules_only=False)


def row(key: str, **more: object) -> Row:
    values = {
        "version": f"https://x.example/policy/acme/{key}/v.1",
        "controller": "org:acme",
        "sha256": key,
        "fingerprint": key,
        "quads": 5,
    }
    return Row(key, **{**values, **more})  # type: ignore[arg-type]


def manifest(number: int, *rows: Row) -> Manifest:
    return Manifest(f"{number:08d}-x", number, "digest", 9, 5, "1", "1", rows)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_later_shard_wins_whatever_the_order_of_entry(ledger: Ledger, order: tuple[int, int]) -> None:
    made = {1: manifest(1, row("a", fingerprint="old"), row("b")), 2: manifest(2, row("a", fingerprint="new"))}
    for number in order:
        ledger.take(made[number])
    ledger.choose()
    assert ledger.known("a") == ("new", "")
    assert ledger.totals() == {"documents": 2, "failed": 0, "live": 2, "quads": 10}
    ledger.take(manifest(3, row("b", fingerprint="newer")))
    assert ledger.empty_shards() == ["00000001-x"]


def test_one_text_of_one_company_stands_once(ledger: Ledger) -> None:
    ledger.take(manifest(1, row("b", sha256="same"), row("a", sha256="same"), row("c", sha256="same", controller="org:other")))
    ledger.choose()
    assert ledger.totals()["live"] == 2
    assert list(ledger.repeats()) == [("b", "a")]


def test_versions_of_one_address_are_one_series_even_when_the_company_was_renamed(ledger: Ledger) -> None:
    old = row("a", address="acme.example/privacy", observed="2020-01-01", version="https://x.example/policy/acme/p/v.1")
    new = row(
        "b", address="acme.example/privacy", observed="2024-01-01", version="https://x.example/policy/zenith/p/v.2", controller="org:zenith"
    )
    ledger.take(manifest(1, new, old))
    ledger.choose()
    assert list(ledger.versions()) == [(old.version, None), (new.version, old.version)]


def test_organisations_are_counted_over_what_stands(ledger: Ledger) -> None:
    names = (("org:acme", "Acme Ltd", "en", ("Acme",)),)
    ledger.take(
        manifest(1, row("a", organisations=names), row("b", organisations=(("org:acme", "ACME", "en", ()),)), row("c", organisations=names))
    )
    ledger.choose()
    (found,) = ledger.organisations()
    assert found == ("org:acme", {("Acme Ltd", "en"): 2, ("ACME", "en"): 1}, {("Acme", "en")})
    ledger.take(manifest(2, row("a", failed="gone"), row("c", failed="gone")))
    ledger.choose()
    assert [counted for _, counted, _ in ledger.organisations()] == [{("ACME", "en"): 1}]


def test_a_broken_ledger_is_named(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"no data base at all" * 99)
    with pytest.raises(OutputError, match="can be removed"):
        Ledger(tmp_path / "ledger.sqlite")


def texts(count: int) -> list[str]:
    chance = random.Random(3)
    words = [f"word{n}" for n in range(400)]
    return [" ".join(chance.choice(words) for _ in range(600)) for _ in range(count)]


def test_nearly_the_same_texts_are_found_and_others_are_not() -> None:
    one, two, three = texts(3)
    changed = one.replace(one.split()[300], "elsewhere", 1)
    half = " ".join(one.split()[:300] + two.split()[:300])
    made = numpy.array([numpy.frombuffer(bytes.fromhex(signature(t)), ">u4") for t in (one, two, changed, three, half)], dtype=numpy.uint32)
    assert made.shape == (5, LENGTH)
    assert groups(made).tolist() == [0, 1, 0, 3, 4]


def test_a_text_too_short_for_a_shingle_has_no_signature() -> None:
    assert signature("We collect names.") == ""
