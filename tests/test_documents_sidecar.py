"""policies.toml: what it may say, and how its faults are reported."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kg.documents import read
from kg.documents.sidecar import Sidecar, load
from kg.errors import ConfigurationError
from kg.model import Metadata

GOOD = """
["policy.txt"]
title = "Privacy notice"
controller = "Example Ltd"
language = "en"
source = "https://example.com/privacy"
snapshot = "https://archive.example.com/1"
observed = 2024-05-31
effective = 2024-01-01
kind = "excerpt"
series = "customers"
"""


def test_reads_every_key(tmp_path: Path) -> None:
    (tmp_path / "policies.toml").write_text(GOOD, encoding="utf-8")
    assert load(tmp_path / "policies.toml")["policy.txt"] == Metadata(
        title="Privacy notice",
        controller="Example Ltd",
        language="en",
        source="https://example.com/privacy",
        snapshot="https://archive.example.com/1",
        observed=date(2024, 5, 31),
        effective=date(2024, 1, 1),
        excerpt=True,
        series="customers",
    )


def test_without_the_file_nothing_is_known(tmp_path: Path) -> None:
    assert load(tmp_path / "policies.toml") == {}


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ('["a.txt"]\ntitle = "x\n', "line 2", ""),
        ('["a.txt"\n', "line 1", ""),
        ('["a.txt"]\ntitel = "x"\n', 'table ["a.txt"], key "titel"', "known keys are title"),
        ('["a.txt"]\ntitle = 3\n', 'key "title"', "text in quotes"),
        ('["a.txt"]\nobserved = "2024-05-31"\n', 'key "observed"', "without quotes"),
        ('["a.txt"]\nobserved = 2024-05-31T10:00:00\n', 'key "observed"', "must be a date"),
        ('["a.txt"]\nkind = "partial"\n', 'key "kind"', '"full text" or "excerpt"'),
        ('["a.txt"]\nkind = ["excerpt"]\n', 'key "kind"', '"full text" or "excerpt"'),
        ('["a.txt"]\nlanguage = "English"\n', 'key "language"', "language tag"),
        ('title = "x"\n', 'key "title"', "outside a table"),
    ],
)
def test_faults_name_file_and_place(tmp_path: Path, text: str, place: str, reason: str) -> None:
    path = tmp_path / "policies.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert caught.value.path == str(path)
    assert place in caught.value.place
    assert reason in caught.value.reason


def test_the_sidecar_wins_over_the_markup_and_fills_it(tmp_path: Path) -> None:
    (tmp_path / "policies.toml").write_text('["p.html"]\ntitle = "Given"\n', encoding="utf-8")
    page = '<html lang="en"><title>Found</title><link rel="canonical" href="https://example.com/p"><p>We use your personal data.</p>'
    (tmp_path / "p.html").write_text(page, encoding="utf-8")
    metadata = read(tmp_path / "p.html").metadata
    assert (metadata.title, metadata.language, metadata.source) == ("Given", "en", "https://example.com/p")


def test_given_language_decides(tmp_path: Path) -> None:
    (tmp_path / "policies.toml").write_text('["p.txt"]\nlanguage = "fi"\n', encoding="utf-8")
    (tmp_path / "p.txt").write_text("We use your personal data to answer your questions.", encoding="utf-8")
    assert read(tmp_path / "p.txt").language == "fi"


def test_is_read_once_a_folder(tmp_path: Path) -> None:
    (tmp_path / "policies.toml").write_text('["p.txt"]\ntitle = "First"\n', encoding="utf-8")
    (tmp_path / "p.txt").write_text("We use your personal data.", encoding="utf-8")
    sidecars: dict[Path, Sidecar] = {}
    read(tmp_path / "p.txt", sidecars=sidecars)
    (tmp_path / "policies.toml").write_text("broken [", encoding="utf-8")
    assert read(tmp_path / "p.txt", sidecars=sidecars).metadata.title == "First"
