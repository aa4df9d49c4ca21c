"""Output is there whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kg.atomic import filling, replacing
from kg.errors import OutputError


def test_replaces_the_file_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "graph.trig"
    target.write_bytes(b"old")
    with replacing(target) as stream:
        stream.write(b"new")
        stream.flush()
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_keeps_the_old_file_when_the_block_raises(tmp_path: Path) -> None:
    target = tmp_path / "graph.trig"
    target.write_bytes(b"old")

    def fails() -> None:
        with replacing(target) as stream:
            stream.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_an_output_error_and_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "graph.trig"

    def fails() -> None:
        with replacing(target) as stream:
            stream.write(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left") as caught:
        fails()
    assert caught.value.path == str(target)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("target", "reason"),
    [("missing/graph.trig", "there is no folder"), (".", "it is a folder"), ("file/graph.trig", "Not a directory")],
)
def test_says_why_it_cannot_write(tmp_path: Path, target: str, reason: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match=reason), replacing(tmp_path / target):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_writes_to_a_device_in_place() -> None:
    with replacing(Path("/dev/null")) as stream:
        stream.write(b"gone")
    assert Path("/dev/null").is_char_device()


def test_writes_through_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with replacing(link) as stream:
        stream.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_files_move_into_the_folder_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "report"
    for content in ("one", "two"):
        with filling(target) as folder:
            (folder / "index.html").write_text(content)
            assert not target.exists() or (target / "index.html").read_text() == "one"
        assert (target / "index.html").read_text() == content
        assert list(tmp_path.iterdir()) == [target]


def test_the_folder_stays_as_it_was_when_the_block_raises(tmp_path: Path) -> None:
    target = tmp_path / "report"
    target.mkdir()
    (target / "index.html").write_text("old")

    def fails() -> None:
        with filling(target) as folder:
            (folder / "index.html").write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert (target / "index.html").read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_in_the_way_of_a_folder_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("in the way")
    with pytest.raises(OutputError, match="it is a file"), filling(tmp_path / "report"):
        pytest.fail("the block must not run")
    with pytest.raises(OutputError, match="there is no folder"), filling(tmp_path / "missing" / "report"):
        pytest.fail("the block must not run")
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_writer_that_is_killed_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "graph.trig"
    target.write_bytes(b"old")
    program = (
        "import sys, pathlib; from kg.atomic import replacing\n"
        "with replacing(pathlib.Path(sys.argv[1])) as stream:\n"
        "    stream.write(b'half'); stream.flush(); print('here', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]) as process:
        assert process.stdout
        assert process.stdout.readline() == b"here\n"
        process.kill()
    assert target.read_bytes() == b"old"
    with replacing(target) as stream:
        stream.write(b"new")
    assert target.read_bytes() == b"new"
