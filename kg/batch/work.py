"""The shard function: some documents in, a shard and its manifest out. It is the same in a process, on Dask and on Spark."""

from __future__ import annotations

import gzip
import hashlib
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from types import FrameType

from kg import iris
from kg.batch.serial import summarise
from kg.batch.shards import DATA, MANIFEST, Folder, Limits, Manifest, Row, Task
from kg.batch.similar import signature
from kg.documents import Source, read_source
from kg.documents.source import address_key
from kg.errors import InputError, KgError
from kg.extract import extract
from kg.extract.judgement import learnt
from kg.graph import extractor_version, lines, mentioned, version_graphs
from kg.model import Extraction
from kg.segment import splitter
from kg.vocabulary import Vocabulary, load

_LEVEL = 4


class _TooLongError(Exception):
    """A document took more than its time."""


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary, loaded once a process."""
    return load()


def extract_shard(task: Task, begin: Callable[[int], None] = lambda i: None) -> Manifest:
    """Extracts the documents of a task, writes the shard and then its manifest, and returns the manifest.

    `begin` is told the place of each document before it is read, and how many there are once only writing is left. A document that fails,
    or takes more time or memory than it may, is set aside with its reason; time is only watched in the main thread of a process.

    Raises:
        OutputError: the shard cannot be written; nothing half-written was left behind.
    """
    _warm(rules_only=task.rules_only)
    folder = Folder(task.folder)
    rows: list[Row] = []
    digest = hashlib.sha256()
    size = 0

    def written() -> Iterator[bytes]:
        nonlocal size
        for i, (source, mark) in enumerate(zip(task.sources, task.fingerprints, strict=True)):
            begin(i)
            row, content = _row(source, mark, task, task.refused.get(i))
            digest.update(content)
            rows.append(row if row.failed else _placed(row, size, len(content)))
            size += len(content)
            yield content
        begin(len(task.sources))

    folder.write(task.name + DATA, written())
    manifest = Manifest(
        name=task.name,
        number=task.number,
        sha256=digest.hexdigest(),
        size=size,
        quads=sum(row.quads for row in rows),
        extractor=extractor_version(),
        vocabulary=vocabulary().version,
        rows=tuple(rows),
    )
    folder.write(task.name + MANIFEST, [manifest.as_json()])
    return manifest


def _warm(*, rules_only: bool) -> None:
    """Loads what every document needs, so that it does not count against the first."""
    words = vocabulary()
    for language in words.languages:
        words.lexicon(language)
    if not rules_only:
        learnt()
    splitter(words.abbreviations)


def limit_memory(megabytes: int) -> None:
    """Lets the process have no more than so much data; more ends in a `MemoryError`. Linux counts all of it, other systems less."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 1_000_000, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def _row(source: Source, mark: str, task: Task, refused: str | None) -> tuple[Row, bytes]:
    failed = Row(source.path, mark, failed=refused or "")
    if refused:
        return failed, b""
    try:
        with _within(task.limits):
            return _extracted(source, mark, rules_only=task.rules_only)
    except InputError as error:
        reason = f"{error.reason} ({error.remedy})" if error.remedy else error.reason
    except KgError:
        raise
    except _TooLongError:
        reason = f"takes more than {task.limits.seconds:g} seconds"
    except MemoryError:
        reason = f"takes more than {task.limits.megabytes:,} MB of memory"
    except RecursionError:
        reason = "is nested too deeply"
    except Exception as error:  # noqa: BLE001 - one document's fault must not end the work on a million others; it is named and counted
        reason = f"made the program fail: {type(error).__name__}: {error}"
    return Row(source.path, mark, failed=reason), b""


def _extracted(source: Source, mark: str, *, rules_only: bool) -> tuple[Row, bytes]:
    words = vocabulary()
    document = read_source(source, languages=words.languages)
    extraction = extract(document, words, None if rules_only else learnt())
    graphs = version_graphs(extraction, words)
    quads = sum(len(graph.triples) for graph in graphs)
    content = gzip.compress(b"".join(lines(graph.iri, graph.triples) for graph in graphs), _LEVEL, mtime=0)
    return _described(extraction, source.path, mark, quads), content


def _described(extraction: Extraction, key: str, mark: str, quads: int) -> Row:
    document, summary = extraction.document, summarise(extraction)
    known = document.metadata
    return Row(
        key=key,
        fingerprint=mark,
        version=iris.version_of(document, extraction.controller),
        controller=extraction.controller,
        sha256=document.sha256,
        address=address_key(known.source) if known.source else "",
        observed=known.observed.isoformat() if known.observed else "",
        language=document.language,
        is_policy=extraction.is_policy,
        quads=quads,
        counts=dict(summary.counts),
        issues=summary.issues,
        organisations=tuple((o.curie, o.name, o.language or "", o.alternatives) for o in mentioned(extraction)),
        signature=signature(document.text) if extraction.is_policy else "",
    )


def _placed(row: Row, start: int, length: int) -> Row:
    return replace(row, start=start, length=length)


@contextmanager
def _within(limits: Limits) -> Iterator[None]:
    """Ends the block with `_TooLongError` when its processor time is over, where signals can be had: in the main thread."""

    def over(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        raise _TooLongError

    try:
        before = signal.signal(signal.SIGPROF, over)
    except (ValueError, AttributeError):
        yield
        return
    # Again each second: an error that is raised while Python collects garbage is lost.
    signal.setitimer(signal.ITIMER_PROF, limits.seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
