"""The generated pages are those that `make docs` would write now, and the README names what there is."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES: dict[Path, str] = runpy.run_path(str(ROOT / "tools" / "generate_docs.py"))["pages"]()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_generated_page_has_not_drifted(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == PAGES[path], "run make docs"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/decisions/README.md"])
def test_every_link_within_the_project_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []
