"""Builds a store of many documents: what is new or changed is extracted in shards, and the index is made of all that stands."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kg.atomic import replacing
from kg.batch import index
from kg.batch.ledger import Ledger
from kg.batch.pools import Pool
from kg.batch.serial import Summary
from kg.batch.shards import DATA, MANIFEST, Folder, Limits, Manifest, Task, fingerprint
from kg.documents import COLUMN, Source, expand_inputs, sources, total_bytes
from kg.errors import InputError, KgError, OutputError
from kg.graph import Versioned, extractor_version
from kg.store import LOCK, writing

SHARD = 1000
"""How many documents a shard holds at most."""

_SHARD_BYTES = 64_000_000
# A small corpus is cut into so many shards, else one worker would have all of it; but none is cut smaller than this.
_SHARDS, _LEAST_BYTES = 16, 500_000
# Their summaries are kept for a table; of more, only the counts.
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Options:
    """How a store is built. `shards` is where the shards stand: a path or a URL of fsspec, by default in the store itself."""

    column: str = COLUMN
    rules_only: bool = False
    retry_failed: bool = False
    shard_size: int = SHARD
    limits: Limits = field(default_factory=Limits)
    shards: str = ""


@dataclass(slots=True)
class BuildReport:
    """What one run did: `read` were extracted, `unchanged` not read again, `failed` set aside by reason, in this run or before.

    `documents`, `near_duplicates` (linked to another whose text is nearly the same) and `quads` are of the whole store. `seconds` are of
    extraction and of the index.
    """

    read: int = 0
    unchanged: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    not_policies: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    summaries: list[Summary] = field(default_factory=list)
    failures: list[InputError] = field(default_factory=list)
    repeats: list[tuple[str, str]] = field(default_factory=list)
    documents: int = 0
    near_duplicates: int = 0
    quads: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def set_aside_count(self) -> int:
        """How many documents were set aside."""
        return sum(self.failed.values())

    def take(self, manifest: Manifest) -> None:
        """Counts what a shard holds."""
        for row in manifest.rows:
            if row.failed:
                self.set_aside(InputError(row.key, row.failed))
                continue
            self.read += 1
            self.languages[row.language] += 1
            self.not_policies += not row.is_policy
            self.summaries.append(Summary(row.key, row.language, row.controller.partition(":")[2], row.is_policy, row.counts, row.issues))
        del self.summaries[_SHOWN + 1 :]

    def set_aside(self, error: InputError) -> None:
        """Counts a document that is not in the graph."""
        self.failed[error.reason] += 1
        if len(self.failures) <= _SHOWN:
            self.failures.append(error)

    @property
    def in_full(self) -> bool:
        """Whether few enough documents were read to name each."""
        return len(self.summaries) <= _SHOWN and len(self.failures) <= _SHOWN


Advance = Callable[[int, int, str], None]


def build(
    directory: Path,
    paths: Sequence[Path],
    vocabulary: Versioned,
    pool: Callable[[], Pool],
    options: Options | None = None,
    advance: Advance = lambda done, total, what: None,
) -> BuildReport:
    """Reads what is new or changed in `paths` into the store in `directory`, which is made where it is missing, and makes its index anew.

    Started again after any end, it goes on where it was. Documents that are not in `paths` stay. Without paths, the shards that stand are
    gathered and indexed. `advance` is told the bytes read, of how many, and what is being done.

    Raises:
        OutputError: another build is under way in `directory`, it holds something else, or the disk is full: the last index is intact.
        KgError: the workers cannot be had, or have another version of kg or of the vocabulary.
    """
    given, report, begun = options or Options(), BuildReport(), time.monotonic()
    with _locked(directory), Ledger(directory / "ledger.sqlite") as ledger:
        folder = _folder(directory, given.shards)
        _sync(ledger, folder, own=not (directory / "shards").is_file())
        if paths:
            _extract(ledger, folder, paths, vocabulary, pool, given, advance, report)
        report.seconds["extraction"] = time.monotonic() - begun
        if index.generation(directory) != ledger.generation():
            begun = time.monotonic()
            index.rebuild(directory, ledger, folder, vocabulary, lambda done, total: advance(done, total, "making the index"))
            report.seconds["index"] = time.monotonic() - begun
        ledger.choose()
        totals = ledger.totals()
        report.documents, report.quads = totals["live"], totals["quads"]
        report.near_duplicates, report.repeats = index.near_duplicates(directory), _first(ledger.repeats(), _SHOWN)
    return report


def _folder(directory: Path, given: str) -> Folder:
    """Where the shards of a store stand: in the store itself, or where the file `shards` in it says.

    Raises:
        OutputError: another place is given than the one that is known.
    """
    place = directory / "shards"
    if place.is_file():
        known = place.read_text(encoding="utf-8").strip()
        if given and Folder(given).url != known:
            raise OutputError(str(directory), f"its shards stand in {known}; leave out --shards, or if they were moved, say so in {place}")
        return Folder(known)
    if not given or Folder(given).url == Folder(str(place)).url:
        return Folder(str(place))
    if place.is_dir():
        raise OutputError(str(directory), f"its shards stand in {place}; leave out --shards, or name a new store")
    with replacing(place) as stream:
        stream.write(Folder(given).url.encode())
    return Folder(given)


def _extract(
    ledger: Ledger,
    folder: Folder,
    paths: Sequence[Path],
    vocabulary: Versioned,
    pool: Callable[[], Pool],
    given: Options,
    advance: Advance,
    report: BuildReport,
) -> None:
    # A document is known by its place, whatever folder the command was given in and however it was written; links stay as they are.
    files = expand_inputs(Path(os.path.abspath(path)) for path in paths)  # noqa: PTH100
    total, place, running = total_bytes(files), 0, 0
    begun = time.monotonic()

    def tell() -> None:
        rate = report.read / max(time.monotonic() - begun, 1)
        what = f"{report.read:,} read ({rate:,.0f} a second), {report.unchanged:,} unchanged, {report.set_aside_count:,} set aside"
        advance(place, total, what)

    def told(found: Iterable[Source | InputError]) -> Iterator[Source | InputError]:
        nonlocal place
        for source in found:
            if isinstance(source, Source):
                place = max(place, source.position)
            tell()
            yield source

    new = _new(ledger, told(sources(files, given.column)), vocabulary, given, report)
    workers: Pool | None = None
    try:
        for task in _tasks(new, ledger.next_number(), folder.url, given, min(_SHARD_BYTES, max(_LEAST_BYTES, total // _SHARDS))):
            if workers is None:
                folder.make()
                workers = pool()
            workers.submit(task)
            running += 1
            if running > workers.size:
                running -= 1
                _commit(ledger, folder, vocabulary, workers.finished(), report)
        while workers is not None and running:
            running -= 1
            _commit(ledger, folder, vocabulary, workers.finished(), report)
            tell()
    finally:
        if workers is not None:
            workers.close()


def _commit(ledger: Ledger, folder: Folder, vocabulary: Versioned, manifest: Manifest, report: BuildReport) -> None:
    """Enters a shard. One that another kg made is removed: its fingerprints, which are of this one, would keep it for good."""
    made, own = (manifest.extractor, manifest.vocabulary), (extractor_version(), vocabulary.version)
    if made != own:
        folder.remove(manifest.name + MANIFEST)
        folder.remove(manifest.name + DATA)
        theirs, ours = (f"kg {extractor} with vocabulary {words}" for extractor, words in (made, own))
        way = "it is removed; install the same on all workers, and build again"
        raise KgError(f"{folder.url}: a worker made shard {manifest.name} by {theirs}, and this is {ours}: {way}")
    ledger.take(manifest)
    report.take(manifest)


def _new(
    ledger: Ledger, found: Iterable[Source | InputError], vocabulary: Versioned, given: Options, report: BuildReport
) -> Iterator[tuple[Source, str]]:
    """The documents that the ledger does not know as they are, with their fingerprints."""
    for source in found:
        if isinstance(source, InputError):
            report.set_aside(source)
            continue
        if not ledger.is_new(source.path):
            report.set_aside(InputError(source.path, "another document of this run has the same place or id", "give each its own"))
            continue
        mark = fingerprint(source, vocabulary.version, rules_only=given.rules_only)
        known = ledger.known(source.path)
        if known is None or known[0] != mark or (known[1] and given.retry_failed):
            yield source, mark
        elif known[1]:
            report.set_aside(InputError(source.path, known[1], "--retry-failed tries it again"))
        else:
            report.unchanged += 1


def _tasks(new: Iterable[tuple[Source, str]], number: int, folder: str, given: Options, most: int) -> Iterator[Task]:
    """Tasks of at most `shard_size` documents, each ended where its documents have `most` bytes."""
    batch: list[tuple[Source, str]] = []
    size = 0

    def task() -> Task:
        documents, marks = zip(*batch, strict=True)
        return Task(number, folder, documents, marks, given.limits, given.rules_only)

    for source, mark in new:
        batch.append((source, mark))
        size += len(source.data)
        if len(batch) >= given.shard_size or size >= most:
            yield task()
            batch, size, number = [], 0, number + 1
    if batch:
        yield task()


def _sync(ledger: Ledger, folder: Folder, *, own: bool) -> None:
    """Enters the shards that stand but are not known, after a sudden end, and forgets those that are gone.

    In a folder of its `own`, nobody else writes, and what was left half-made is cleared away.
    """
    known, there = ledger.shards(), set(folder.names(MANIFEST))
    if known and not there:
        raise OutputError(
            folder.url, f"none of the {len(known):,} shards of the store stands there; is it mounted? To begin anew, name a new store"
        )
    for name in known.keys() - there:
        ledger.drop(name)
    for name in sorted(there - known.keys()):
        manifest = Manifest.from_json(folder.read(name + MANIFEST), f"{folder.url}/{name}{MANIFEST}")
        if folder.size(name + DATA) == manifest.size:
            ledger.take(manifest)
        else:
            folder.remove(name + MANIFEST)
    if own:
        for name in folder.names(DATA):
            if name not in there:
                folder.remove(name + DATA)
        for name in folder.names(".partial"):
            folder.remove(name + ".partial")


def _first(items: Iterable[tuple[str, str]], count: int) -> list[tuple[str, str]]:
    return [item for item, _ in zip(items, range(count), strict=False)]


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Keeps the folder for one build at a time; makes it where it is missing, and clears away what a sudden end left half-made."""
    try:
        if directory.exists() and not directory.is_dir():
            raise OutputError(str(directory), "it is a file; name a folder")
        if not directory.resolve().parent.is_dir():
            raise OutputError(str(directory), f"there is no folder {directory.resolve().parent}")
        if directory.is_dir() and any(directory.iterdir()) and not (directory / LOCK).exists():
            raise OutputError(str(directory), "it exists and is not a store of kg build; name a new folder")
        directory.mkdir(exist_ok=True)
        with writing(directory):
            index.clear(directory)
            yield
    except OSError as error:
        raise OutputError(str(directory), error.strerror or str(error)) from error
