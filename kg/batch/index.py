"""The index of a store: the live documents of all shards, loaded into a fresh Oxigraph directory that then takes the old one's place."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, BinaryIO, TypeVar, cast

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
from kg.namespaces import expand
from kg.store import POINTER, open_store

# Quads loaded at once: 300 000 take some 300 MB of memory, 4 million 1.5 GB; and about as many of the shared graphs, in bytes.
_PART, _PART_BYTES = 300_000, 50_000_000
_OPEN_FILES = 128
_NEAR = pyoxigraph.NamedNode(expand("pk:nearDuplicateOf"))
_Item = TypeVar("_Item")
_KEPT = 2  # the index that is asked, and the one before it, which a reader may still have open


def rebuild(
    directory: Path,
    ledger: Ledger,
    folder: Folder,
    vocabulary: Versioned,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Makes the index anew and swaps it in; returns its number of quads. The last index stays as it was until the new one is whole.

    What others wrote into the last one is carried over: graphs of their own, the default graph, and what was inferred from versions that
    were not read again since. `advance` is told the quads of documents that are in, and of how many.

    Raises:
        OutputError: the disk is full, or a shard is damaged; its documents are read again on the next run.
    """
    ledger.choose()
    number = 1 + max((int(path.name.split("-")[1]) for path in indexes(directory)), default=0)
    partial, place = directory / f".index-{number:06d}.partial", directory / f"index-{number:06d}"
    try:
        store = _fresh(partial)
        for chunks in _parts(_shared(ledger, vocabulary), len, _PART_BYTES):
            store.bulk_load(_stream(chunks), pyoxigraph.RdfFormat.N_QUADS)
        known, done, total = ledger.shards(), 0, ledger.totals()["quads"]
        for name, segments in ledger.segments():
            _check(folder, ledger, name, *known[name])
            with folder.open(name + DATA) as file:
                for part in _parts(segments, lambda segment: segment.quads, _PART):
                    advance(done, total)
                    store.bulk_load(_stream(_unpacked(file, part)), pyoxigraph.RdfFormat.N_QUADS)
                    done += sum(segment.quads for segment in part)
        _carry(directory, store, ledger)
        quads = len(store)
        store.flush()
        del store  # which closes it
        partial.replace(place)
        with replacing(directory / POINTER) as stream:
            pointer = {"index": place.name, "generation": ledger.generation(), "shards": ledger.next_number()}
            stream.write(json.dumps(pointer).encode())
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


def _fresh(directory: Path) -> pyoxigraph.Store:
    """An empty store that keeps few of its files open, of which each costs half a megabyte of memory: a hundred thousand policies make over
    a thousand. Oxigraph takes as many as the process may open when the store is made, and has no setting for it."""
    if os.name == "nt":
        return pyoxigraph.Store(str(directory))
    import resource

    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    others = sum(1 for _ in Path("/dev/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(others + _OPEN_FILES, allowed), most))
    try:
        return pyoxigraph.Store(str(directory))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))


def indexes(directory: Path) -> list[Path]:
    """The whole indexes of a store, oldest first."""
    return sorted(directory.glob("index-*"))


def near_duplicates(directory: Path) -> int:
    """How many versions of a store are linked to one whose text is nearly the same."""
    links = open_store(directory).quads_for_pattern(None, _NEAR, None, pyoxigraph.NamedNode(iris.CATALOG))
    return sum(1 for _ in links)


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
    if folder.size(name + DATA) != size or folder.digest(name + DATA) != digest:
        _remove(folder, ledger, name)
        raise OutputError(folder.url, f"shard {name} was damaged or gone and is now removed; build again, and its documents are read again")


def _remove(folder: Folder, ledger: Ledger, name: str) -> None:
    # The manifest first: without it the shard does not count.
    folder.remove(name + MANIFEST)
    folder.remove(name + DATA)
    ledger.drop(name)


def _parts(items: Iterable[_Item], size: Callable[[_Item], int], most: int) -> Iterator[list[_Item]]:
    """Items in parts that are loaded at once: what `bulk_load` takes of memory grows with them."""
    part: list[_Item] = []
    held = 0
    for item in items:
        part.append(item)
        held += size(item)
        if held >= most:
            yield part
            part, held = [], 0
    if part:
        yield part


def _carry(directory: Path, store: pyoxigraph.Store, ledger: Ledger) -> None:
    """Copies what others wrote into the index that stood before."""
    try:
        pointer = json.loads((directory / POINTER).read_bytes())
        old = pyoxigraph.Store.read_only(str(directory / pointer["index"]))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError):
        return  # There was none, or it was damaged, which is a reason to make it anew.
    number = int(pointer.get("shards", 0))
    store.bulk_extend(old.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph()))
    for graph in old.named_graphs():
        if isinstance(graph, pyoxigraph.NamedNode) and _is_carried(graph.value, ledger, number):
            store.bulk_extend(old.quads_for_pattern(None, None, None, graph))


def _is_carried(graph: str, ledger: Ledger, number: int) -> bool:
    if not graph.startswith(iris.POLICIES):
        return graph not in (iris.VOCABULARY, iris.CATALOG, iris.ORGANISATIONS)
    version = graph.rpartition("/")[0]
    return graph == iris.inferred_graph(version) and ledger.stands(version, number)


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
