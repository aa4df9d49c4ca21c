"""Compiled or not, extraction says the same; and a compiled copy is taken only where it was made from what stands in the package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from kg import native

ROOT = Path(__file__).parents[1]

TELL = """
import sys
from pathlib import Path
from kg import native
from kg.documents import read
from kg.extract import extract
from kg.extract.judgement import learnt
from kg.findings import findings
from kg.vocabulary import load

vocabulary = load()
print(native.compiled())
for path in sorted(Path(sys.argv[1]).iterdir()):
    if path.suffix != ".toml":
        for weights in (learnt(), None):
            extraction = extract(read(path), vocabulary, weights)
            for part in (extraction.clauses, extraction.statements, extraction.facts, extraction.organisations, extraction.defined_terms):
                print(*part, sep="\\n")
            print(extraction.controller, extraction.issues, extraction.judged)
            print(*(finding.as_json() for finding in findings(extraction, vocabulary)), sep="\\n")
"""


def told(examples: Path, **environment: str) -> tuple[str, list[str]]:
    """Whether a process of its own ran compiled, and all that it found."""
    clean = {name: value for name, value in os.environ.items() if name != "KG_PURE"}
    done = subprocess.run(
        [sys.executable, "-c", TELL, examples],
        cwd=ROOT,
        env={**clean, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "1", "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        check=True,
    )
    first, *rest = done.stdout.decode("utf-8").splitlines()
    return first, rest


def test_compiled_extraction_says_what_the_source_says(examples: Path) -> None:
    # Where nothing is compiled, for want of a compiler, the two are the same program.
    expected = "True" if current() else "False"
    compiled, found = told(examples)
    pure, by_source = told(examples, KG_PURE="1")
    assert (compiled, pure) == (expected, "False")
    assert len(found) > 500
    assert found == by_source


def current() -> bool:
    try:
        return bool(json.loads((native.FOLDER / native.MANIFEST).read_text(encoding="utf-8"))["from"] == native.wanted())
    except FileNotFoundError:
        return False


@pytest.fixture
def finders(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process in which nothing is compiled yet."""
    monkeypatch.delenv("KG_PURE", raising=False)
    monkeypatch.setattr(sys, "meta_path", [finder for finder in sys.meta_path if type(finder).__module__ != "kg.native"])


def write(folder: Path, made_from: object) -> None:
    (folder / native.MANIFEST).write_text(json.dumps({"from": made_from, "files": {"kg.tokens": "kg.tokens.so"}}), encoding="utf-8")


@pytest.mark.usefixtures("finders")
def test_what_was_compiled_from_these_sources_is_taken(tmp_path: Path) -> None:
    write(tmp_path, native.wanted())
    native.install(tmp_path)
    assert native.compiled()
    assert sys.meta_path[0].find_spec("kg.model", None) is None
    spec = sys.meta_path[0].find_spec("kg.tokens", None)
    assert spec is not None
    assert spec.origin == str(tmp_path / "kg.tokens.so")


@pytest.mark.usefixtures("finders")
@pytest.mark.parametrize("module", ["kg.lexicon", "kg.extract.names", "kg.model"])
def test_an_edited_module_leaves_all_compiled_ones_aside(tmp_path: Path, module: str) -> None:
    write(tmp_path, {**native.wanted(), module: "0" * 64})
    native.install(tmp_path)
    assert not native.compiled()


@pytest.mark.usefixtures("finders")
def test_another_interpreter_s_or_a_broken_manifest_is_left_aside(tmp_path: Path) -> None:
    native.install(tmp_path)
    write(tmp_path, {**native.wanted(), "interpreter": "3.9"})
    native.install(tmp_path)
    (tmp_path / native.MANIFEST).write_text("{", encoding="utf-8")
    native.install(tmp_path)
    assert not native.compiled()


@pytest.mark.usefixtures("finders")
def test_it_can_be_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, native.wanted())
    monkeypatch.setenv("KG_PURE", "1")
    native.install(tmp_path)
    assert not native.compiled()


def test_every_module_of_extraction_is_compiled() -> None:
    written = {f"kg.extract.{path.stem}" for path in (ROOT / "kg" / "extract").glob("*.py")} - {"kg.extract.__init__"}
    assert written < set(native.MODULES)
    assert all(native.source(name).is_file() for name in native.MODULES)


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tool that compiles, as in a process that may."""
    monkeypatch.setenv("KG_PURE", "1")
    monkeypatch.setattr(sys, "path", [*sys.path])
    spec = spec_from_file_location("compile_native", ROOT / "tools" / "compile_native.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.PURE = False  # type: ignore[attr-defined]
    return module


@pytest.mark.parametrize(("made", "wanted"), [(False, False), (True, False), (True, True), (False, True)])
def test_a_copy_with_a_profile_serves_those_who_want_none(tool: ModuleType, tmp_path: Path, made: bool, wanted: bool) -> None:
    text = json.dumps({"from": native.wanted(), "by": tool.by(), "profiled": made})
    (tmp_path / native.MANIFEST).write_text(text, encoding="utf-8")
    assert tool.current(tmp_path, wanted) is (made or not wanted)


@pytest.mark.parametrize(
    ("gcc", "stands", "asked"),
    [
        (False, True, []),  # what cannot be made is not tried again each time
        (False, False, [False]),
        (True, True, [True]),
        (True, False, [True, False]),
    ],
)
def test_without_a_profile_extraction_is_compiled_all_the_same(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gcc: bool, stands: bool, asked: list[bool]
) -> None:
    tried: list[bool] = []

    def compile_into(folder: Path, profiled: bool) -> str | None:
        assert folder == tmp_path
        tried.append(profiled)
        return "no profile came" if profiled else None

    monkeypatch.setattr(tool, "compile_into", compile_into)
    monkeypatch.setattr(tool, "profiles", lambda: gcc)
    monkeypatch.setattr(sys, "argv", ["compile_native.py", "--folder", str(tmp_path), "--profiled"])
    if stands:
        text = json.dumps({"from": native.wanted(), "by": tool.by(), "profiled": False})
        (tmp_path / native.MANIFEST).write_text(text, encoding="utf-8")
    tool.main()
    assert tried == asked


def test_a_compiler_that_is_not_there_makes_no_profile(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    assert not tool.profiles()
