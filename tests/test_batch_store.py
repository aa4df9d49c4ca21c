"""Stores made in shards by real worker processes: resumed, changed, refused, killed."""

from __future__ import annotations

import io
import json
import re
import runpy
import shutil
import signal
import subprocess
import sys
import tarfile
from functools import partial
from pathlib import Path

import files
import pyoxigraph
import pytest
from typer.testing import CliRunner, Result

from kg.batch import BuildReport, Limits, Options, Processes, build
from kg.batch.index import generation, indexes
from kg.batch.work import vocabulary
from kg.cli import app
from kg.cli.app import ExitCode
from kg.errors import OutputError
from kg.namespaces import expand
from kg.store import derive, open_store

ROOT = Path(__file__).parents[1]
TOWNS = ("Aldwick", "Bramford", "Corley", "Dunmoor", "Elmstead", "Fenholt", "Galby", "Hartwell", "Ingleton", "Jarrow")
DATA = ("your name", "your address", "your telephone number", "your date of birth", "your photo")
SIGNS = "We collect {} and use it to deliver your orders. We keep it for {} years and share it with couriers in {}."


def row(number: int, text: str = "") -> dict[str, str]:
    """A policy unlike the others."""
    said = " ".join(SIGNS.format(DATA[number % 5], n + 2, TOWNS[(number + n) % 10]) for n in range(number % 4 + 1))
    return {"id": f"{number:03d}", "text": f"{TOWNS[number % 10]} {number} Ltd is the controller. {said} {text}".strip()}


def corpus(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def made(store: Path, *paths: Path, size: int = 5, retry: bool = False, limits: Limits | None = None, workers: int = 2) -> BuildReport:
    options = Options(shard_size=size, retry_failed=retry, limits=limits or Limits())
    return build(store, paths, vocabulary(), lambda: Processes(workers), options)


def quads(store: Path) -> set[pyoxigraph.Quad]:
    return set(open_store(store))


def own_graphs(some: set[pyoxigraph.Quad]) -> set[str]:
    """The graphs of single documents that the quads are in."""
    return {name for quad in some if "/policy/" in (name := str(quad.graph_name))}


def kg(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="kg")


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A corpus of twelve policies and the store of it."""
    folder = tmp_path_factory.mktemp("calm")
    path = corpus(folder / "set.jsonl", [row(n) for n in range(12)])
    report = made(folder / "store", path)
    assert (report.read, report.documents, report.failed) == (12, 12, {})
    return path, folder / "store"


@pytest.fixture
def store(calm: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """A copy that a test may change."""
    path = shutil.copy(calm[0], calm[0].parent / f"{tmp_path.name}.jsonl")
    shutil.copytree(calm[1], tmp_path / "store")
    return Path(path), tmp_path / "store"


def test_the_store_holds_what_one_process_writes_to_a_file(calm: tuple[Path, Path], tmp_path: Path) -> None:
    result = kg("build", calm[0], "-o", tmp_path / "graph.nq")
    assert result.exit_code == 0, result.stderr
    near = pyoxigraph.NamedNode(expand("pk:nearDuplicateOf"))
    assert {quad for quad in quads(calm[1]) if quad.predicate != near} == quads(tmp_path / "graph.nq")


def test_an_index_is_made_with_few_open_files(calm: tuple[Path, Path]) -> None:
    settings = next(indexes(calm[1])[0].glob("OPTIONS-*")).read_text(encoding="utf-8")
    opened = re.search(r"max_open_files=(-?\d+)", settings)
    assert opened is not None
    assert 0 < int(opened[1]) < 500  # with those that the process has open for other things


def test_what_is_unchanged_is_not_read_again_and_the_index_stays(calm: tuple[Path, Path]) -> None:
    before = indexes(calm[1])
    report = made(calm[1], calm[0])
    assert (report.read, report.unchanged, report.documents) == (0, 12, 12)
    assert indexes(calm[1]) == before


def test_changed_documents_take_the_place_of_what_they_were(tmp_path: Path) -> None:
    path = corpus(tmp_path / "set.jsonl", [row(n) for n in range(12)])
    made(tmp_path / "store", path)
    before = quads(tmp_path / "store")
    changed = [row(n, "We also collect your e-mail address." if n in (3, 7) else "") for n in range(13)]
    corpus(path, changed)
    report = made(tmp_path / "store", path)
    assert (report.read, report.unchanged, report.documents) == (3, 10, 13)
    (tmp_path / "fresh").mkdir()
    made(tmp_path / "other", corpus(tmp_path / "fresh" / "set.jsonl", changed), size=4)
    after = quads(tmp_path / "store")
    assert after == quads(tmp_path / "other")
    assert len(own_graphs(before - after)) == len(own_graphs(after - before)) - 2 == 4
    assert own_graphs(before - after).isdisjoint(own_graphs(after)), "nothing is left of what they were"
    assert own_graphs(after - before).isdisjoint(own_graphs(before)), "and no other document's graph is touched"


def test_a_document_is_one_however_its_path_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inner").mkdir()
    corpus(tmp_path / "set.jsonl", [row(1)])
    made(tmp_path / "store", tmp_path / "set.jsonl")
    monkeypatch.chdir(tmp_path / "inner")
    report = made(tmp_path / "store", Path("../set.jsonl"))
    assert (report.read, report.unchanged, report.documents) == (0, 1, 1)


def test_names_that_are_no_utf_8(tmp_path: Path) -> None:
    """In a folder and in an archive, of what is read and of what is set aside; the archive's own as well."""
    folder = tmp_path / "policies"
    folder.mkdir()
    for number, ending in enumerate((".txt", ".html")):
        (folder / f"caf\udce9{ending}").write_text(row(number)["text"] if ending == ".txt" else "<nav>Home</nav>", encoding="utf-8")
    with tarfile.open(folder / "\udcff.tar", "w", format=tarfile.GNU_FORMAT) as archive:
        for number, name in enumerate(("\udce4.txt", "\udce5.txt", "../\udce6.txt"), 2):
            content = row(number)["text"].encode()
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    report = made(tmp_path / "store", folder)
    assert (report.read, report.set_aside_count, report.documents) == (3, 2, 3)
    assert made(tmp_path / "store", folder).unchanged == 3
    assert sorted(summary.path.removeprefix(f"{folder}/") for summary in report.summaries) == [
        r"\udcff.tar!/\udce4.txt",
        r"\udcff.tar!/\udce5.txt",
        r"caf\udce9.txt",
    ]
    result = kg("build", folder, "-o", tmp_path / "graph.nq")
    assert result.exit_code == ExitCode.INPUTS_FAILED, result.stderr
    assert r"caf\udce9.html" in result.stdout + result.stderr
    near = pyoxigraph.NamedNode(expand("pk:nearDuplicateOf"))
    assert {quad for quad in quads(tmp_path / "store") if quad.predicate != near} == quads(tmp_path / "graph.nq")


def test_documents_that_are_not_named_again_stay(tmp_path: Path) -> None:
    made(tmp_path / "store", corpus(tmp_path / "a.jsonl", [row(1), row(2)]))
    report = made(tmp_path / "store", corpus(tmp_path / "b.jsonl", [row(3)]))
    assert (report.read, report.documents) == (1, 3)


def test_what_fails_is_counted_and_tried_again_only_when_asked(tmp_path: Path) -> None:
    path = corpus(tmp_path / "set.jsonl", [row(1), {"id": "bad", "text": "Home\nAbout us\nProducts\nCareers\nContact"}])
    first, second, third = (made(tmp_path / "store", path, retry=retry) for retry in (False, False, True))
    reason = "there is no policy text in it, only navigation (save the page with its main text, as HTML or as plain text)"
    assert [(r.read, r.unchanged, dict(r.failed)) for r in (first, second, third)] == [
        (1, 0, {reason: 1}),
        (0, 1, {reason: 1}),
        (0, 1, {reason: 1}),
    ]
    assert [len(list((tmp_path / "store" / "shards").glob("*.json")))] == [2]


def test_a_document_over_its_time_is_set_aside_and_the_rest_stands(tmp_path: Path) -> None:
    path = corpus(tmp_path / "set.jsonl", [row(1), {"id": "long", "text": (row(2)["text"] + "\n\n") * 6000}, row(3)])
    report = made(tmp_path / "store", path, limits=Limits(seconds=2.0), workers=1)
    assert (report.documents, dict(report.failed)) == (2, {"takes more than 2 seconds": 1})


def test_a_document_over_its_memory_is_set_aside_and_the_rest_stands(tmp_path: Path) -> None:
    path = corpus(tmp_path / "set.jsonl", [row(1), {"id": "large", "text": "\n".join(f"a{n} b{n}." for n in range(1_100_000))}, row(3)])
    report = made(tmp_path / "store", path, limits=Limits(seconds=300.0, megabytes=400), workers=1)
    assert report.documents == 2
    assert len(report.failed) == 1, report.failed
    assert next(iter(report.failed)).startswith(("takes more than 400 MB", "ends the worker that reads it"))


def test_snapshots_in_a_web_archive_and_members_of_an_archive(tmp_path: Path) -> None:
    page = f"<p>{row(1)['text']}</p>".encode()
    snapshots = [
        ("https://a.example/privacy", "2020-01-01T00:00:00Z", "text/html", page),
        ("https://a.example/privacy", "2024-01-01T00:00:00Z", "text/html", page.replace(b"couriers", b"insurers")),
    ]
    files.warc(tmp_path / "crawl.warc.gz", snapshots)
    files.zipped(tmp_path / "all.zip", {"b.txt": row(2)["text"].encode(), "../c.txt": b"out", "d.pdf": files.pdf([("", files.ENGLISH)])})
    report = made(tmp_path / "store", tmp_path / "crawl.warc.gz", tmp_path / "all.zip")
    assert (report.documents, dict(report.failed)) == (4, {"its name leads out of the archive: refused": 1})
    opened = open_store(tmp_path / "store")
    series = {quad.object.value for quad in opened.quads_for_pattern(None, pyoxigraph.NamedNode(expand("dct:isVersionOf")), None)}
    assert len(series) == 3
    days = {quad.object.value for quad in opened.quads_for_pattern(None, pyoxigraph.NamedNode(expand("pk:observedOn")), None)}
    assert days == {"2020-01-01", "2024-01-01"}


def test_near_duplicates_are_linked_in_the_graph(tmp_path: Path) -> None:
    text = " ".join(f"{SIGNS.format(DATA[n % 5], n + 2, TOWNS[n % 10])} Our office {n} answers." for n in range(30))
    rows = [{"id": str(n), "controller": f"{TOWNS[n]} Ltd", "text": f"{text} Ask for {TOWNS[n]}."} for n in range(3)]
    assert made(tmp_path / "store", corpus(tmp_path / "set.jsonl", [*rows, row(5)])).near_duplicates == 2
    links = open_store(tmp_path / "store").quads_for_pattern(None, pyoxigraph.NamedNode(expand("pk:nearDuplicateOf")), None)
    found = {(q.subject.value.split("/policy/")[1].split("/")[0], q.object.value.split("/policy/")[1].split("/")[0]) for q in links}
    assert found == {("bramford-ltd", "aldwick-ltd"), ("corley-ltd", "aldwick-ltd")}


def test_a_damaged_shard_is_named_and_its_documents_are_read_again(store: tuple[Path, Path]) -> None:
    path, folder = store
    before = quads(folder)
    shard = sorted((folder / "shards").glob("*.nq.gz"))[1]
    content = bytearray(shard.read_bytes())
    content[200] ^= 0xFF
    shard.write_bytes(content)
    extra = corpus(path.with_name("extra.jsonl"), [row(40)])
    with pytest.raises(OutputError, match=f"shard {shard.name.split('.')[0]} was damaged"):
        made(folder, extra)
    assert quads(folder) == before
    report = made(folder, path.with_name("set.jsonl"), extra)
    assert report.documents == 13


def test_a_lost_ledger_is_made_again_of_the_shards(store: tuple[Path, Path]) -> None:
    path, folder = store
    before = quads(folder)
    for name in ("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"):
        (folder / name).unlink(missing_ok=True)
    report = made(folder, path.with_name("set.jsonl"))
    assert (report.read, report.unchanged) == (0, 12)
    assert quads(folder) == before


@pytest.mark.parametrize("moment", ["shards", "index"])
def test_a_build_that_is_killed_leaves_the_last_good_state_and_can_be_done_again(
    store: tuple[Path, Path], moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    kills = runpy.run_path(str(ROOT / "benchmarks" / "kills.py"))
    path, folder = store
    before, extra = quads(folder), corpus(path.with_name(f"{moment}.jsonl"), [row(n) for n in range(20, 28)])
    stood = kills["manifests"](folder)
    process = subprocess.Popen(kills["command"](extra, folder, 2), stderr=subprocess.DEVNULL)
    while not (kills["making_index"](folder) or (moment == "shards" and kills["manifests"](folder) > stood)):
        assert process.poll() is None
    process.kill()
    process.wait()
    assert quads(folder) == before
    report = made(folder, extra, size=2)
    assert (report.documents, report.read + report.unchanged) == (20, 8)
    assert report.unchanged > 0
    assert before < quads(folder)
    assert not list(folder.glob(".*.partial"))


READER = """
import sys
from pathlib import Path
from kg import store
opened = store.open_store(Path(sys.argv[1]))
print(len(opened), flush=True)
sys.stdin.readline()
print(len(opened), flush=True)
"""


def test_many_read_while_one_builds(store: tuple[Path, Path]) -> None:
    path, folder = store
    size = len(open_store(folder))
    command = [sys.executable, "-c", READER, str(folder)]
    readers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        for reader in readers:
            assert reader.stdout
            assert int(reader.stdout.readline()) == size
        made(folder, corpus(path.with_name("more.jsonl"), [row(50)]))
        assert len(open_store(folder)) > size, "who opens it now sees the new state"
        for reader in readers:
            assert reader.communicate("\n")[0] == f"{size}\n", "who had it open still sees a whole state, the old one"
    finally:
        for reader in readers:
            reader.kill()
            reader.wait()


def test_a_second_writer_at_the_same_time_is_refused_and_a_reader_is_not(store: tuple[Path, Path]) -> None:
    size = len(open_store(store[1]))
    holder = "import fcntl, sys; f = open(sys.argv[1], 'ab'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", holder, str(store[1] / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(OutputError, match="another process writes to this store"):
            made(store[1], store[0])
        with pytest.raises(OutputError, match="another process writes to this store"):
            derive(store[1], lambda _: ())
        assert len(open_store(store[1])) == size
        process.communicate()


@pytest.mark.parametrize(("make", "reason"), [("file", "it is a file"), ("other", "is not a store"), ("nowhere", "there is no folder")])
def test_what_is_no_place_for_a_store(tmp_path: Path, make: str, reason: str) -> None:
    place = tmp_path / "place" if make != "nowhere" else tmp_path / "no" / "place"
    if make == "file":
        place.write_text("")
    elif make == "other":
        place.mkdir()
        (place / "letter.txt").write_text("mine")
    with pytest.raises(OutputError, match=reason):
        made(place, corpus(tmp_path / "set.jsonl", [row(1)]))


def test_the_command_line_builds_reports_and_goes_on(tmp_path: Path) -> None:
    path = corpus(tmp_path / "set.jsonl", [{"id": "a", "body": row(1)["text"]}, {"id": "b", "body": ""}])
    result = kg("build", path, "--store", tmp_path / "store", "--workers", "1", "--column", "body")
    assert result.exit_code == 3
    assert f"{path}!/b" in result.stderr
    assert "1 documents, " in result.stderr
    assert generation(tmp_path / "store") == 1
    question = "SELECT ?v { ?v a <https://w3id.org/policy-kg/ontology#PolicyVersion> }"
    assert kg("query", question, "--store", tmp_path / "store", "-f", "csv").stdout.count("/v.") == 1


@pytest.mark.parametrize("arguments", [("--workers", "2", "x.txt"), ("--retry-failed", "x.txt"), (), ("--store", "s")])
def test_arguments_that_make_no_sense(arguments: tuple[str, ...]) -> None:
    assert kg("build", *arguments).exit_code == 2


@pytest.mark.slow
@pytest.mark.xdist_group("kills")
def test_kills_at_any_moment_lose_nothing_and_repeat_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    disturbed = runpy.run_path(str(ROOT / "benchmarks" / "kills.py"))["disturbed"]
    path = corpus(tmp_path / "set.jsonl", [row(n) for n in range(60)])
    killed = disturbed(path, tmp_path / "disturbed", 6, shard_size=4, seed=7)
    assert {"build", "worker", "index"} >= set(killed) - {"nothing"}
    assert len(set(killed) - {"nothing"}) >= 2
    made(tmp_path / "calm", path, size=7)
    assert quads(tmp_path / "disturbed") == quads(tmp_path / "calm")


def test_a_small_corpus_is_cut_so_that_every_worker_has_some(tmp_path: Path) -> None:
    rows = [{"id": str(n), "text": f"<p>{row(n)['text']}</p><!-- {'x' * 300_000} -->"} for n in range(4)]
    made(tmp_path / "store", corpus(tmp_path / "set.jsonl", rows), size=1000)
    assert len(list((tmp_path / "store" / "shards").glob("*.json"))) == 2


DISK_FULL = """
set -e
mount -t tmpfs -o size=64m tmpfs "$1"
"$2" -m kg.cli build "$3" --store "$1/store" --workers 1
"$2" -m kg.cli export nquads --store "$1/store" -o "$4/before.nq"
room=$(( $(df -k --output=avail "$1" | tail -1) - $5 ))
dd if=/dev/zero of="$1/filler" bs=1024 count=$room status=none
set +e
"$2" -m kg.cli build "$6" --store "$1/store" --workers 1 2> "$4/said"
echo $? > "$4/code"
set -e
"$2" -m kg.cli export nquads --store "$1/store" -o "$4/after.nq"
rm "$1/filler"
"$2" -m kg.cli build "$6" --store "$1/store" --workers 1
"$2" -m kg.cli query 'SELECT ?v { ?v a <https://w3id.org/policy-kg/ontology#PolicyVersion> }' --store "$1/store" -f csv > "$4/rows"
"""


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [8, 400], ids=["while a shard is written", "while the index is made"])
def test_a_full_disk_is_named_and_the_last_index_is_intact(tmp_path: Path, kilobytes: int) -> None:
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here: unshare -rm is not allowed")
    disk = tmp_path / "disk"
    disk.mkdir()
    small, more = corpus(tmp_path / "small.jsonl", [row(1)]), corpus(tmp_path / "more.jsonl", [row(n) for n in range(2, 6)])
    given = [disk, sys.executable, small, tmp_path, kilobytes, more]
    result = subprocess.run(
        ["unshare", "-rm", "bash", "-c", DISK_FULL, "bash", *map(str, given)], cwd=ROOT, capture_output=True, check=False
    )
    assert result.returncode == 0, result.stderr.decode()
    said = (tmp_path / "said").read_text()
    assert (tmp_path / "code").read_text() == "2\n", said
    assert "full" in said or "No space left" in said, said
    assert (tmp_path / "before.nq").read_bytes() == (tmp_path / "after.nq").read_bytes()
    assert (tmp_path / "rows").read_text().count("/v.") == 5


def test_an_interrupt_ends_the_build_and_its_workers_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    kills = runpy.run_path(str(ROOT / "benchmarks" / "kills.py"))
    path = corpus(tmp_path / "set.jsonl", [{"id": str(n), "text": (row(n)["text"] + "\n\n") * 300} for n in range(60)])
    # What a shell starts in the background is told to ignore an interrupt, and passes that on.
    heeding = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(kills["command"](path, tmp_path / "store", 60), stderr=subprocess.PIPE, preexec_fn=heeding)
    workers: list[int] = []
    while not workers:
        assert process.poll() is None
        workers = kills["children"](process.pid)
    while not list((tmp_path / "store" / "shards").glob(".*.partial")):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
    assert not list((tmp_path / "store" / "shards").glob("*.json"))
