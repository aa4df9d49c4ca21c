"""Compiled copies of the modules that extraction spends its time in, where `tools/compile_native.py` has made them.

They stand outside the package, in `build/native` of a checkout, and are taken only if each was compiled from exactly the source that stands
in the package now, for this interpreter: an edited module counts at once, uncompiled. ``KG_PURE=1`` leaves them aside. What they give is
the same to the last digit; see docs/decisions/0012-compiled-extraction.md.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

PACKAGE = Path(__file__).resolve().parent
FOLDER = PACKAGE.parent / "build" / "native"
MANIFEST = "manifest.json"

MODULES = (
    "kg.mention",
    "kg.hierarchy",
    "kg.tokens",
    "kg.forms",
    "kg.matches",
    "kg.lexicon",
    "kg.segment",
    "kg.findings",
    "kg.extract",
    *(f"kg.extract.{path.stem}" for path in sorted((PACKAGE / "extract").glob("[!_]*.py"))),
)
"""What is compiled, together: a module alone gains little, because each call into another would go through the interpreter."""


_BESIDE = ("kg.errors", "kg.iris", "kg.model", "kg.namespaces", "kg.resources", "kg.vocabulary")
"""What the compiled modules import, and were checked against."""


def source(module: str) -> Path:
    """The file that a module is written in."""
    path = PACKAGE.parent.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def wanted() -> dict[str, str]:
    """What a compiled copy must have been made from to be taken: the interpreter, and the SHA-256 of each source."""
    return {
        "interpreter": f"{sys.version} {EXTENSION_SUFFIXES[0]}",
        **{name: hashlib.sha256(source(name).read_bytes()).hexdigest() for name in (*MODULES, *_BESIDE)},
    }


def compiled() -> bool:
    """Whether extraction runs compiled in this process."""
    return any(isinstance(finder, _Compiled) for finder in sys.meta_path)


def install(folder: Path = FOLDER) -> None:
    """Let the imports that follow take the compiled copies, if they are there and were made from what stands here."""
    if os.environ.get("KG_PURE") or compiled():
        return
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    if isinstance(manifest, dict) and manifest.get("from") == wanted():
        sys.meta_path.insert(0, _Compiled({name: folder / file for name, file in manifest["files"].items()}))


class _Compiled(MetaPathFinder):
    """Finds the compiled modules by name, and no other."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Where the module is, if it is one of them."""
        del path, target
        file = self._files.get(fullname)
        if file is None:
            return None
        folder = PACKAGE.parent.joinpath(*fullname.split("."))
        return spec_from_file_location(fullname, file, submodule_search_locations=[str(folder)] if folder.is_dir() else None)
