"""Output that is there whole or not at all: written aside, then renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from kg.errors import OutputError


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A binary stream whose content takes the place of `path` when the block ends, and leaves `path` as it was when the block raises.

    A device or a pipe (``/dev/null``) cannot be replaced and is written to directly.

    Raises:
        OutputError: the folder is missing or closed to us, `path` is a folder, or the disk is full.
    """
    target = path.resolve()
    in_place = target.exists() and not target.is_file() and not target.is_dir()
    partial = target if in_place else target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        if target.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        with partial.open("wb") as stream:
            yield stream
        if not in_place:
            partial.replace(target)
    except OSError as error:
        raise OutputError(str(path), _reason(error, target)) from error
    finally:
        if not in_place:
            with suppress(OSError):
                partial.unlink(missing_ok=True)


@contextmanager
def filling(folder: Path, *, fresh: bool = False) -> Iterator[Path]:
    """An empty folder to write files into, which move into `folder` when the block ends. When it raises, `folder` stays as it was.

    `folder` is made where it is missing; files of other names that it holds stay. Where it must be `fresh`, it may hold none.

    Raises:
        OutputError: the folder around it is missing or closed to us, `folder` is a file, or holds something where it must be fresh, or the
            disk is full.
    """
    target = folder.resolve()
    partial = target.parent / f".{target.name}.{os.getpid()}.partial"
    try:
        if target.exists() and not target.is_dir():
            raise NotADirectoryError(None, "it is a file; name a folder")
        if fresh and target.exists() and any(target.iterdir()):
            raise FileExistsError(None, "it exists and is not an empty folder; name a new one")
        partial.mkdir()
        yield partial
        if target.exists():
            for file in sorted(partial.iterdir()):
                file.replace(target / file.name)
        else:
            partial.rename(target)
    except OSError as error:
        raise OutputError(str(folder), _reason(error, target)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _reason(error: OSError, target: Path) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no folder {target.parent}"
    return error.strerror or str(error)
