"""The checks of `make lint` see what they are for."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


def tool(name: str) -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "tools" / f"{name}.py"))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "kg"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("segment.py", "from kg.graph import write\n", "kg/segment.py:1: segment imports graph, which is no earlier step"),
        ("segment.py", "\ndef f():\n    import kg.cli\n", "kg/segment.py:3: segment imports cli, which is no earlier step"),
        ("graph.py", "from kg import store\n", "kg/graph.py:1: graph imports store, which is no earlier step"),
        ("graph.py", "from . import store\n", "kg/graph.py:1: relative import; write the module's full name"),
        ("utils.py", "", "kg/utils.py: utils has no place in the order of tools/lint_imports.py; give it one"),
        ("query.py", "import kg.validate\n", "kg/query.py:1: query imports validate, which is no earlier step"),
    ],
)
def test_an_import_against_the_direction_is_named(package: Path, module: str, source: str, expected: str) -> None:
    (package / module).write_text(source)
    assert list(tool("lint_imports")["violations"](package)) == [expected]


def test_imports_along_the_direction_pass(package: Path) -> None:
    (package / "documents").mkdir()
    (package / "documents" / "html.py").write_text("from kg.documents.layout import x\nfrom kg.model import Block\n")
    (package / "cli.py").write_text("import sys\nfrom kg import console\nfrom kg.graph import write\n")
    assert list(tool("lint_imports")["violations"](package)) == []


def test_a_fault_in_turtle_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text("@prefix pk: <http://example.org/> .\npk:a pk:b\npk:c pk:d .\n")
    [fault] = tool("lint_rdf")["turtle_faults"](path)
    assert fault.startswith("line 3:")


def test_a_fault_in_a_query_is_seen_by_both_engines(tmp_path: Path) -> None:
    path = tmp_path / "bad.rq"
    path.write_text("SELECT ?x WHERE {\n  ?x pk:a\n}\n")
    faults = list(tool("lint_rdf")["query_faults"](path))
    assert [fault.split(":")[0] for fault in faults] == ["rdflib", "pyoxigraph"]
