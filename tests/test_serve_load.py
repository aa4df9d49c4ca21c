"""The load of `benchmarks/load.py` for a few seconds: nothing fails but the query without end. Speed is not judged here."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from served import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serve-load")]


def test_a_query_without_end_harms_nobody_else() -> None:
    options = ("--seconds", "5", "--limit", "2", "--clients", "16", "--rounds", "1", "--copies", "1", "--json")
    command = [sys.executable, str(ROOT / "benchmarks" / "load.py"), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["errors"] == 0, figures
    assert figures["endless query stopped"] >= 1
    assert figures["answers"] > 16
    assert figures["memory MB, most"] < 2 * figures["memory MB, first third"] or figures["memory MB, most"] == 0
