"""Shards: what a worker is given, and what it leaves: N-Quads, in a gzip file with a member for each document, and a manifest.

A shard counts once its manifest stands. Names hold a digest of what went in, so that the same work done twice leaves the same files.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, cast

import fsspec

import kg
from kg.atomic import replacing
from kg.documents import Source
from kg.errors import MissingComponentError, OutputError
from kg.graph import extractor_version

FORMAT = 1
DATA, MANIFEST = ".nq.gz", ".json"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take: seconds of processor time, and megabytes of memory of the worker that reads it."""

    seconds: float = 60.0
    megabytes: int = 1024


@dataclass(frozen=True, slots=True)
class Task:
    """Some documents to be extracted into one shard under `folder` (a path, or a URL that fsspec knows).

    `fingerprints` go with `sources`. `refused` are documents not to be tried, by their place in `sources`, and why.
    """

    number: int
    folder: str
    sources: tuple[Source, ...]
    fingerprints: tuple[str, ...]
    limits: Limits = field(default_factory=Limits)
    rules_only: bool = False
    refused: Mapping[int, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the shard, without an ending: the same documents have the same name."""
        digest = hashlib.sha256("".join(f"{s.path}\n{f}\n" for s, f in zip(self.sources, self.fingerprints, strict=True)).encode())
        return f"{self.number:08d}-{digest.hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class Row:
    """One document of a shard. `start` and `length` are its bytes in the shard's file; `failed` is why it was set aside.

    `organisations` are curie, name, language and other names; `signature` is that of `kg.batch.similar`, hexadecimal.
    """

    key: str
    fingerprint: str
    failed: str = ""
    version: str = ""
    controller: str = ""
    sha256: str = ""
    address: str = ""
    observed: str = ""
    language: str = ""
    is_policy: bool = True
    start: int = 0
    length: int = 0
    quads: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    issues: tuple[str, ...] = ()
    organisations: tuple[tuple[str, str, str, tuple[str, ...]], ...] = ()
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a shard holds. `sha256` and `size` (bytes) are of its file; `vocabulary` and `extractor` are the versions that made it."""

    name: str
    number: int
    sha256: str
    size: int
    quads: int
    extractor: str
    vocabulary: str
    rows: tuple[Row, ...]
    format: int = FORMAT

    def as_json(self) -> bytes:
        """One JSON object; the same manifest gives the same bytes."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")

    @classmethod
    def from_json(cls, data: bytes, place: str) -> Manifest:
        """The manifest in `data`.

        Raises:
            OutputError: it is malformed, or of another format.
        """
        try:
            known = json.loads(data)
            if known["format"] != FORMAT:
                raise OutputError(place, f"is of format {known['format']}, this kg reads format {FORMAT}; build into a new folder")
            return cls(rows=tuple(map(_row, known.pop("rows"))), **known)
        except (ValueError, KeyError, TypeError) as error:
            raise OutputError(place, "is no manifest of a shard; remove it, and its documents are read again") from error


def _row(given: dict[str, Any]) -> Row:
    organisations = tuple((curie, name, language, tuple(others)) for curie, name, language, others in given["organisations"])
    return Row(**{**given, "issues": tuple(given["issues"]), "organisations": organisations})


def fingerprint(source: Source, vocabulary: str, *, rules_only: bool) -> str:
    """Changes when the document, what is known of it, the vocabulary or the program does: what has the same one need not be read again."""
    told = (source.suffix, source.charset, source.metadata, vocabulary, extractor_version(), program_digest(), rules_only)
    return hashlib.sha256(source.data + repr(told).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@cache
def program_digest() -> str:
    """A digest of the program's own files: in a checkout they change without a new version."""
    digest = hashlib.sha256()
    root = Path(kg.__file__).parent
    for path in sorted([*root.rglob("*.py"), *root.rglob("extract/*.json")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class Folder:
    """A folder of shards, on a disk or wherever fsspec reaches (``s3://…``). Files appear whole or not at all.

    `url` means the same in every process: a path that was given from the working directory is absolute in it.

    Raises:
        MissingComponentError: the package that reaches such a URL is not installed.
        OutputError: no package is known that does.
    """

    def __init__(self, url: str) -> None:
        try:
            self._files, self._root = fsspec.url_to_fs(url)
        except ImportError as error:
            remedy = f"{error} (with pip, here and on the workers), or keep the shards elsewhere than in {url}"
            raise MissingComponentError(f"the package for {url.partition(':')[0]}://", remedy) from error
        except ValueError as error:
            raise OutputError(url, f"{error}; name a folder, or a URL of fsspec such as s3://bucket/shards") from error
        self._local = "file" in (self._files.protocol if isinstance(self._files.protocol, tuple) else (self._files.protocol,))
        self.url = self._root if self._local else url

    def make(self) -> None:
        """Makes the folder where it is missing."""
        self._files.makedirs(self._root, exist_ok=True)

    def names(self, ending: str) -> list[str]:
        """The names of the files with an ending, without it, sorted."""
        found = self._files.ls(self._root, detail=False) if self._files.exists(self._root) else []
        return sorted(name.removesuffix(ending) for path in found if (name := path.rstrip("/").rpartition("/")[2]).endswith(ending))

    def read(self, name: str) -> bytes:
        """The content of a file."""
        return cast(bytes, self._files.cat_file(self._place(name)))

    def open(self, name: str) -> BinaryIO:
        """A file for reading."""
        return cast(BinaryIO, self._files.open(self._place(name), "rb"))

    def digest(self, name: str) -> str:
        """The SHA-256 of a file, in hexadecimal."""
        with self.open(name) as file:
            return hashlib.file_digest(cast(io.BufferedReader, file), "sha256").hexdigest()

    def size(self, name: str) -> int | None:
        """The size of a file in bytes, None where there is none."""
        return int(self._files.size(self._place(name))) if self._files.exists(self._place(name)) else None

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        """Writes a file.

        Raises:
            OutputError: the disk is full, or the folder is closed to us.
        """
        try:
            if self._local:
                with replacing(Path(self._place(name))) as stream:
                    for chunk in chunks:
                        stream.write(chunk)
                    stream.flush()
                    os.fsync(stream.fileno())
            else:
                with self._files.open(self._place(name), "wb") as stream:  # object stores show a file when it is closed
                    for chunk in chunks:
                        stream.write(chunk)
        except OSError as error:
            raise OutputError(self._place(name), error.strerror or str(error)) from error

    def remove(self, name: str) -> None:
        """Removes a file, if it is there."""
        if self._files.exists(self._place(name)):
            self._files.rm_file(self._place(name))

    def _place(self, name: str) -> str:
        return f"{self._root}/{name}"
