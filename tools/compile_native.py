"""Compiles the modules of `kg.native.MODULES` into build/native with mypyc, unless what is there was made from the same sources.

    python tools/compile_native.py [--folder build/native] [--profiled]

It takes a minute or two, once; `make` calls it. Nothing needs it: where there is no C compiler, or it does not like what mypyc writes, a
line says so and everything runs uncompiled.

With `--profiled` it compiles twice, where the compiler is gcc 10 or later: in between, the examples are read, and what they made it do most
is laid out to be done soonest. That spares another tenth of the time of an extraction.

The code is compiled with warnings as errors, at the level of optimisation at which gcc follows each value: that has shown mistakes of mypyc
itself, and nothing that is not sure to be right may be run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PURE = bool(os.environ.get("KG_PURE"))
os.environ["KG_PURE"] = "1"

from kg import native  # noqa: E402  (the checkout's own, whatever is installed)

SETUP = """
from mypyc.build import mypycify
from setuptools import setup

setup(
    name="kg-native",
    ext_modules=mypycify({arguments!r}, opt_level="2", debug_level="0"),
    script_args=["--quiet", "build_ext", "--force", "--build-lib", "lib", "--build-temp", "temp"],
)
"""
PROFILE = """
import os
import sys
from pathlib import Path

from kg import native

del os.environ["KG_PURE"]
native.install(Path(sys.argv[1]))
if not native.compiled():
    sys.exit("what was compiled to be watched is not taken")

from kg.documents import read
from kg.extract import extract
from kg.extract.judgement import learnt
from kg.findings import findings
from kg.vocabulary import load

vocabulary = load()
documents = [read(path) for path in sorted(Path(sys.argv[2]).iterdir()) if path.suffix != ".toml"]
for document in 5 * documents:
    findings(extract(document, vocabulary, learnt()), vocabulary)
"""
_FLAGS = "-fvisibility=hidden"
"""Hidden, one module's functions can be called directly and written into those of another."""

_GCC = 10
_WATCHED, _GUIDED = "-fprofile-generate", "-fprofile-use -fprofile-partial-training -Wno-missing-profile"
CONFIGURATION = """
[mypy]
python_version = 3.11
strict = true
ignore_missing_imports = true
"""


def current(folder: Path, profiled: bool) -> bool:
    """Whether the folder holds what would be compiled now, and by this text."""
    try:
        made = json.loads((folder / native.MANIFEST).read_text(encoding="utf-8"))
        return bool(made["from"] == native.wanted() and made["by"] == by() and (made["profiled"] or not profiled))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def by() -> str:
    """The SHA-256 of this text, which says how to compile."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def compiler() -> str:
    """The C compiler that setuptools will call."""
    return (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]


def profiles() -> bool:
    """Whether the compiler can use a profile as this text asks it to."""
    try:
        run = [compiler(), "-dM", "-E", "-x", "c", os.devnull]
        lines = subprocess.run(run, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        return False
    known = dict(line.split(maxsplit=2)[1:] for line in lines if line.startswith(("#define __GNUC__ ", "#define __clang__ ")))
    return "__clang__" not in known and int(known.get("__GNUC__", 0)) >= _GCC


def compile_into(folder: Path, profiled: bool) -> str | None:
    """Compile all modules into the folder; what stood in the way, or None."""
    try:
        import mypyc.build  # noqa: F401
        import setuptools  # noqa: F401
    except ImportError as error:
        return f"{error.name} is not installed"
    if not Path(sysconfig.get_paths()["include"], "Python.h").is_file():
        return "the headers of Python are not installed"
    if not shutil.which(compiler()):
        return f"there is no C compiler ({compiler()})"
    made_from = native.wanted()
    with tempfile.TemporaryDirectory(prefix="kg-native-") as name:
        scratch = Path(name)
        shutil.copytree(native.PACKAGE, scratch / "kg", ignore=shutil.ignore_patterns("__pycache__", "static", "_data"))
        (scratch / "mypy.ini").write_text(CONFIGURATION, encoding="utf-8")
        files = [native.source(module).relative_to(native.PACKAGE.parent).as_posix() for module in native.MODULES]
        (scratch / "setup.py").write_text(SETUP.format(arguments=["--config-file", "mypy.ini", *files]), encoding="utf-8")
        hindrance = _watch(scratch, made_from) if profiled else None
        hindrance = hindrance or _build(scratch, _GUIDED if profiled else "")
        if hindrance is None:
            _keep(scratch / "lib", folder, made_from, profiled)
    return hindrance


def _build(scratch: Path, flags: str) -> str | None:
    """Compile into `scratch/lib`; what stood in the way, or None."""
    given = f"{os.environ.get('CFLAGS', '')} {_FLAGS} {flags}"
    return _run(["setup.py"], scratch, {"PYTHONPATH": str(scratch), "CFLAGS": given}, "mypyc or the C compiler stopped")


def _watch(scratch: Path, made_from: dict[str, str]) -> str | None:
    """Compile so that a run notes what it does, beside the object files, and read the examples; what stood in the way, or None."""
    hindrance = _build(scratch, _WATCHED)
    if hindrance is None:
        _keep(scratch / "lib", scratch / "watched", made_from, profiled=False)
        run = ["-c", PROFILE, str(scratch / "watched"), str(ROOT / "examples" / "policies")]
        hindrance = _run(run, scratch / "watched", {"PYTHONPATH": str(ROOT)}, "reading the examples failed")
    if hindrance is None and not any((scratch / "temp").rglob("*.gcda")):
        return "reading the examples left no profile"
    return hindrance


def _run(arguments: list[str], folder: Path, environment: dict[str, str], hindrance: str) -> str | None:
    run = [sys.executable, *arguments]
    done = subprocess.run(run, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    return f"{hindrance}:\n" + "\n".join((done.stdout + done.stderr).splitlines()[-20:]) if done.returncode else None


def _keep(built: Path, folder: Path, made_from: dict[str, str], profiled: bool) -> None:
    """Put what was built in place, the manifest last: without it nothing is taken."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / native.MANIFEST).unlink(missing_ok=True)
    files: dict[str, str] = {}
    suffix = EXTENSION_SUFFIXES[0]
    for path in sorted(built.rglob(f"*{suffix}")):
        parts = [*path.relative_to(built).parts[:-1], path.name.removesuffix(suffix)]
        module = ".".join(parts).removesuffix(".__init__")
        files[module] = module + suffix
        # Renamed into place, because a process may still run what stands there.
        partial = folder / (module + ".partial")
        shutil.copyfile(path, partial)
        partial.replace(folder / files[module])
    text = json.dumps({"by": by(), "profiled": profiled, "from": made_from, "files": files}, indent=1, sort_keys=True)
    (folder / native.MANIFEST).write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Compile if need be; never fail."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=native.FOLDER)
    parser.add_argument("--profiled", action="store_true", help="compile twice, the second time for what the examples made it do")
    given = parser.parse_args()
    if PURE:
        return
    profiled = given.profiled and profiles()
    if given.profiled and not profiled:
        print(f"Extraction is compiled without a profile: {compiler()} is no gcc {_GCC} or later", file=sys.stderr)
    if current(given.folder, profiled):
        return
    print(f"Compiling extraction (once; a minute or two{', twice' * profiled}) ...", file=sys.stderr)
    hindrance = compile_into(given.folder, profiled)
    if hindrance is not None and profiled:
        print(f"Extraction is compiled without a profile: {hindrance}", file=sys.stderr)
        hindrance = None if current(given.folder, profiled=False) else compile_into(given.folder, profiled=False)
    if hindrance is not None:
        print(f"Extraction runs uncompiled, several times slower: {hindrance}", file=sys.stderr)


if __name__ == "__main__":
    main()
