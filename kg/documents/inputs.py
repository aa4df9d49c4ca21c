"""Which files a list of paths means."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kg.documents.readers import READERS


def expand_inputs(paths: Iterable[Path | str]) -> list[Path]:
    """The documents that `paths` name, each once: files as given, folders walked in sorted order for the suffixes of `READERS`.

    A path that does not exist stays in the list, so that reading it reports it. Hidden files and folders inside a folder are left out.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        for document in _walk(path) if path.is_dir() else (path,):
            found.setdefault(document)
    return list(found)


def _walk(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in READERS and path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
