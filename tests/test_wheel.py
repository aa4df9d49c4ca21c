"""The wheel alone does the main job: built, installed into an empty environment outside the checkout, and run there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def run(*command: str | Path, cwd: Path, expected: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs a command without the checkout on its path; its whole output is in the failure."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == expected, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    return next(folder.glob("policy_kg-*.whl"))


def test_carries_the_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("ontology", "shapes", "queries"):
        in_checkout = {
            f"kg/_data/{path.relative_to(ROOT)}" for path in (ROOT / folder).rglob("*") if path.is_file() and not path.name.startswith(".")
        }
        assert in_checkout == {name for name in names if name.startswith(f"kg/_data/{folder}/")}
    assert {name.split("/")[0].split("-")[0] for name in names} == {"kg", "policy_kg"}


def test_carries_the_page(wheel: Path) -> None:
    static = ROOT / "kg" / "serve" / "static"
    in_checkout = {f"kg/serve/static/{path.relative_to(static).as_posix()}" for path in static.rglob("*") if path.is_file()}
    assert in_checkout == {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("kg/serve/static/")}


def test_runs_the_main_job(wheel: Path, examples: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    shutil.copytree(examples, tmp_path / "policies")
    kg = tmp_path / "venv" / "bin" / "kg"

    where = run(python, "-c", "import kg.resources as r; print(r.ontology_dir())", cwd=tmp_path).stdout
    assert where.startswith(str(tmp_path / "venv"))

    run(kg, "build", "policies", "-o", "graph.trig", cwd=tmp_path)
    assert "alderwick" in run(kg, "query", "transfers_outside_eea", "--format", "csv", cwd=tmp_path).stdout
    assert json.loads(run(kg, "validate", "--format", "json", cwd=tmp_path, expected=1).stdout)
    run(kg, "validate", "--regime", "gdpr", "--format", "html", "-o", "report", "--texts", "policies", cwd=tmp_path, expected=1)
    assert "alderwick" in (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert json.loads(run(kg, "validate", "--regime", "gdpr", "--format", "json", cwd=tmp_path, expected=1).stdout)
