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
def replacing_folder(path: Path) -> Iterator[Path]:
    """An empty folder that becomes `path` when the block ends, and leaves nothing behind when the block raises.

    Raises:
        OutputError: `path` exists and is not an empty folder, its parent is missing or closed to us, or the disk is full.
    """
    target = path.resolve()
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise OutputError(str(path), "it exists and is not an empty folder; name a new one")
        partial.mkdir()
        yield partial
        partial.replace(target)
    except OSError as error:
        raise OutputError(str(path), _reason(error, target)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _reason(error: OSError, target: Path) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no folder {target.parent}"
    return error.strerror or str(error)
