"""Which documents a list of paths means: files, folders of them, and what stands in archives, web archives and data sets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from kg.documents import archives
from kg.documents.readers import READERS
from kg.documents.reading import LIMIT, load
from kg.documents.sidecar import Sidecar
from kg.documents.source import Source
from kg.errors import InputError

COLUMN = "text"
"""The column of a data set that holds the policies, unless another is named."""

Sources = Iterator[Source | InputError]


def _archive(read: Callable[[Path, Callable[[str], bool], int], archives.Members], path: Path, column: str) -> Sources:  # noqa: ARG001
    for member in read(path, lambda name: suffix_of(name) in READERS, LIMIT):
        if isinstance(member, InputError):
            yield member
        else:
            yield Source(f"{path}!/{member.name}", suffix_of(member.name), member.data, position=member.position)


# Imported on first use, like the readers.


def _warc(path: Path, column: str) -> Sources:  # noqa: ARG001
    from kg.documents.webarchives import read_warc

    return read_warc(path, LIMIT)


def _jsonl(path: Path, column: str) -> Sources:
    from kg.documents.tables import read_jsonl

    return read_jsonl(path, column, LIMIT)


def _parquet(path: Path, column: str) -> Sources:
    from kg.documents.tables import read_parquet

    return read_parquet(path, column, LIMIT)


_ZIP, _TAR = partial(_archive, archives.read_zip), partial(_archive, archives.read_tar)

CONTAINERS: Mapping[str, Callable[[Path, str], Sources]] = MappingProxyType(
    {
        ".zip": _ZIP,
        ".tar": _TAR,
        ".tar.gz": _TAR,
        ".tgz": _TAR,
        ".warc": _warc,
        ".warc.gz": _warc,
        ".jsonl": _jsonl,
        ".parquet": _parquet,
    }
)
"""The files that hold many documents: ending → what reads them, given the path and the name of the column."""


def suffix_of(name: str) -> str:
    """The ending of a file's name that says its type, in lower case: two parts where both say it (``.tar.gz``)."""
    suffixes = Path(name).suffixes[-2:]
    double = "".join(suffixes).lower()
    return double if double in CONTAINERS else (suffixes[-1].lower() if suffixes else "")


def expand_inputs(paths: Iterable[Path | str]) -> list[Path]:
    """The files that `paths` name, each once: files as given, folders walked in sorted order for what `READERS` and `CONTAINERS` know.

    A path that does not exist stays in the list, so that reading it reports it, and so does a folder that cannot be listed. Hidden files
    and folders inside a folder are left out.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        # Those of Path raise where we may not look, on Python 3.11.
        for document in _walk(path) if os.path.isdir(path) else (path,):  # noqa: PTH112
            found.setdefault(document)
    return list(found)


def sources(paths: Iterable[Path], column: str = COLUMN, sidecars: MutableMapping[Path, Sidecar] | None = None) -> Sources:
    """The documents in files, in order, with an error in place of each that cannot be had. A damaged archive ends in one error.

    Their `position` counts over all files, so that together with `total_bytes` it tells how far the reading is.

    Raises:
        ConfigurationError: a ``policies.toml`` is malformed.
        MissingComponentError: a format needs an extra that is not installed.
    """
    remembered = {} if sidecars is None else sidecars
    before = 0
    for path in paths:
        read = CONTAINERS.get(suffix_of(path.name))
        try:
            if read is None or not os.path.isfile(path):  # noqa: PTH113
                found = load(path, sidecars=remembered)
                yield replace(found, position=before + found.position)
            else:
                for item in read(path, column):
                    yield item if isinstance(item, InputError) else replace(item, position=before + item.position)
        except InputError as error:
            yield error
        before += total_bytes([path])


def total_bytes(paths: Iterable[Path]) -> int:
    """The size of the files together; 0 for those that are not there."""
    return sum(path.stat().st_size for path in paths if os.path.isfile(path))  # noqa: PTH113


def _walk(folder: Path) -> Iterator[Path]:
    """The files in a folder that can be read, in the order of their paths, and each folder that cannot be listed."""
    waiting = [(str(folder), True)]
    while waiting:
        path, is_folder = waiting.pop()
        if not is_folder:
            yield Path(path)
            continue
        try:
            with os.scandir(path) as entries:
                for entry in sorted(entries, key=lambda entry: entry.name, reverse=True):
                    if not entry.name.startswith(".") and ((inner := entry.is_dir(follow_symlinks=False)) or _is_document(entry)):
                        waiting.append((entry.path, inner))
        except OSError:
            yield Path(path)


def _is_document(entry: os.DirEntry[str]) -> bool:
    suffix = suffix_of(entry.name)
    try:
        return (suffix in READERS or suffix in CONTAINERS) and entry.is_file()
    except OSError:  # a link to where nobody may look: reading it reports it
        return True
