"""Whatever bytes come, a reader gives a document with exact offsets or an error of the project; `make fuzz` goes on for longer."""

from __future__ import annotations

import random
import runpy
import subprocess
import sys
from pathlib import Path

import files
import fuzzing
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.documents import READERS, read_text

few = settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
many = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
TOOL = runpy.run_path(str(Path(__file__).parents[1] / "tools" / "fuzz.py"))
READ = """
import sys
from pathlib import Path
from kg.documents import sources
from kg.errors import InputError
print(*(item.reason.partition(":")[0] if isinstance(item, InputError) else "a text" for item in sources([Path(sys.argv[1])])))
"""
PARTS = (
    "We do not ",
    "share ",
    "your e-mail address ",
    "with couriers",
    ", ",
    ". ",
    "\n\n",
    "- ",
    "unless ",
    "(",
    ")",
    "for 2 years ",
    ": ",
)


@pytest.mark.parametrize("kind", fuzzing.KINDS)
def test_valid_files_give_documents(kind: str, tmp_path: Path) -> None:
    assert all(fuzzing.check(kind, data, tmp_path) for data in fuzzing.seeds(kind)[-1:])


@pytest.mark.parametrize("kind", fuzzing.KINDS)
@few
@given(chance=st.randoms(use_true_random=False))
def test_spoiled_files(kind: str, tmp_path: Path, chance: random.Random) -> None:
    fuzzing.check(kind, fuzzing.spoiled(kind, chance), tmp_path)


@pytest.mark.parametrize("kind", sorted(READERS))
@many
@given(data=st.binary(max_size=300))
def test_any_bytes(kind: str, tmp_path: Path, data: bytes) -> None:
    fuzzing.check(kind, data, tmp_path)


@pytest.mark.parametrize(("kind", "number"), [(".docx", 1392), (".html", 3086), (".warc.gz", 9013)])
def test_what_was_found_is_mended(kind: str, number: int, tmp_path: Path) -> None:
    fuzzing.check(kind, TOOL["data_of"](kind, 7, number), tmp_path)


def test_metadata_that_contradict_themselves_do_not_end_the_process(tmp_path: Path) -> None:
    case = tmp_path / "case.parquet"
    case.write_bytes(TOOL["data_of"](".parquet", 7, 2709))
    done = subprocess.run([sys.executable, "-c", READ, str(case)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "cannot be read as Parquet")


@many
@given(parts=st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=5)), max_size=30))
def test_any_sentences(parts: list[str]) -> None:
    text = files.ENGLISH + "\n\n" + "".join(parts)
    # What has no UTF-8 cannot come from a file.
    fuzzing.check_document(read_text("case.txt", text.encode("utf-8", "replace").decode()))


def test_a_wrong_offset_is_seen() -> None:
    from dataclasses import replace

    document = read_text("case.txt", files.ENGLISH)
    wrong = replace(document, blocks=(replace(document.blocks[0], end=len(document.text) + 1),))
    with pytest.raises(AssertionError):
        fuzzing.check_document(wrong)


def test_the_tool_names_what_fails_and_what_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    tool = runpy.run_path(str(Path(__file__).parents[1] / "tools" / "fuzz.py"))
    judged = tool["judged"]
    assert judged(".txt", tool["data_of"](".txt", 1, 1), 60) == ""

    def endless(kind: str, data: bytes, folder: Path) -> int:  # noqa: ARG001
        while data:
            pass
        return 0

    monkeypatch.setitem(judged.__globals__, "check", endless)
    assert "TooLongError" in judged(".txt", b"x", 0.2)
    monkeypatch.setitem(judged.__globals__, "check", lambda kind, data, folder: 1 // 0)
    assert "ZeroDivisionError" in tool["place"](judged(".txt", b"x", 60))
