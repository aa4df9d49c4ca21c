"""The index of a store: the live documents of all shards, loaded into a fresh Oxigraph directory that then takes the old one's place."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

import pyoxigraph

from kg import iris, resources
from kg.atomic import replacing
from kg.batch.ledger import Ledger, Segment
from kg.batch.shards import DATA, MANIFEST, Folder
from kg.batch.similar import LENGTH, groups
from kg.errors import OutputError
from kg.graph import Triple, Versioned, catalog_graph, lines, named, vocabulary_graph
from kg.graph.shared import catalog
from kg.graph.terms import curie, iri
from kg.store import POINTER

# Quads loaded at once: 300 000 take some 300 MB of memory, 4 million 1.5 GB.
_PART = 300_000
_KEPT = 2  # the index that is asked, and the one before it, which a reader may still have open


def rebuild(directory: Path, ledger: Ledger, folder: Folder, vocabulary: Versioned) -> int:
    """Makes the index anew and swaps it in; returns its number of quads. The last index stays as it was until the new one is whole.

    Raises:
        OutputError: the disk is full, or a shard is damaged; its documents are read again on the next run.
    """
    ledger.choose()
    number = 1 + max((int(path.name.split("-")[1]) for path in indexes(directory)), default=0)
    partial, place = directory / f".index-{number:06d}.partial", directory / f"index-{number:06d}"
    try:
        store = pyoxigraph.Store(str(partial))
        store.bulk_load(_stream(_shared(ledger, vocabulary)), pyoxigraph.RdfFormat.N_QUADS)
        known = ledger.shards()
        for name, segments in ledger.segments():
            _check(folder, ledger, name, *known[name])
            with folder.open(name + DATA) as file:
                for part in _parts(segments):
                    store.bulk_load(_stream(_unpacked(file, part)), pyoxigraph.RdfFormat.N_QUADS)
        quads = len(store)
        store.flush()
        del store  # which closes it
        partial.replace(place)
        with replacing(directory / POINTER) as stream:
            stream.write(json.dumps({"index": place.name, "generation": ledger.generation()}).encode())
            stream.flush()
            os.fsync(stream.fileno())
    except (OSError, ValueError) as error:
        raise OutputError(str(directory), f"the index was not made, the last one still stands: {error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    for old in indexes(directory)[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    for name in ledger.empty_shards():
        _remove(folder, ledger, name)
    return quads


def indexes(directory: Path) -> list[Path]:
    """The whole indexes of a store, oldest first."""
    return sorted(directory.glob("index-*"))


def clear(directory: Path) -> None:
    """Removes what a sudden end left half-made."""
    for path in directory.glob(".*.partial"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def generation(directory: Path) -> int | None:
    """The generation of the ledger that the index was made of; None without an index."""
    try:
        pointer = json.loads((directory / POINTER).read_bytes())
        return int(pointer["generation"]) if (directory / pointer["index"]).is_dir() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _check(folder: Folder, ledger: Ledger, name: str, digest: str, size: int) -> None:
    with folder.open(name + DATA) as file:
        found = hashlib.file_digest(cast(io.BufferedReader, file), "sha256").hexdigest()
    if found != digest or folder.size(name + DATA) != size:
        _remove(folder, ledger, name)
        raise OutputError(folder.url, f"shard {name} was damaged and is now removed; build again, and its documents are read again")


def _remove(folder: Folder, ledger: Ledger, name: str) -> None:
    # The manifest first: without it the shard does not count.
    folder.remove(name + MANIFEST)
    folder.remove(name + DATA)
    ledger.drop(name)


def _parts(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    """The segments in parts that are loaded at once: what `bulk_load` takes of memory grows with them."""
    part: list[Segment] = []
    quads = 0
    for segment in segments:
        part.append(segment)
        quads += segment.quads
        if quads >= _PART:
            yield part
            part, quads = [], 0
    if part:
        yield part


def _unpacked(file: BinaryIO, segments: Iterable[Segment]) -> Iterator[bytes]:
    for segment in segments:
        file.seek(segment.start)
        yield gzip.decompress(file.read(segment.length))


def _shared(ledger: Ledger, vocabulary: Versioned) -> Iterator[bytes]:
    """The graphs that all documents share: vocabulary, catalog, organisations."""
    words = vocabulary_graph(resources.ontology_dir())
    there: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for subject, predicate, object_ in words.triples:
        there[subject].add((predicate, object_))
    yield lines(words.iri, words.triples)
    yield lines(iris.CATALOG, catalog_graph((), vocabulary).triples)
    for version, first in ledger.versions():
        entries = list(catalog(version))
        if first is not None:
            entries.append(Triple(iri(version), curie("dct:isVersionOf"), iri(first.rpartition("/")[0])))
        yield lines(iris.CATALOG, entries)
    yield from (lines(iris.CATALOG, [triple]) for triple in _near_duplicates(ledger))
    for name, counted, others in ledger.organisations():
        yield lines(iris.ORGANISATIONS, named(name, counted, others, there.get(curie(name), set())))


def _near_duplicates(ledger: Ledger) -> Iterator[Triple]:
    """Links each version to the first, by IRI, of those whose texts are nearly the same."""
    import numpy as np

    versions: list[str] = []
    blob = bytearray()
    for version, signature in ledger.signatures():
        versions.append(version)
        blob += signature
    heads: Iterable[int] = groups(np.frombuffer(blob, dtype=">u4").reshape(-1, LENGTH).astype(np.uint32)) if versions else []
    for row, head in enumerate(heads):
        if row != head:
            yield Triple(iri(versions[row]), curie("pk:nearDuplicateOf"), iri(versions[int(head)]))


def _stream(chunks: Iterable[bytes]) -> IO[bytes]:
    return cast(IO[bytes], io.BufferedReader(_Chunks(chunks), 1 << 18))


class _Chunks(io.RawIOBase):
    """Chunks of bytes as a file that can be read."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._rest = iter(chunks), memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
