"""Runs a command and watches it and the processes below it: time on the clock, time of the processors, and the memory of each."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_STEP = 0.2
_TICK = os.sysconf("SC_CLK_TCK")
_NO_TALK = subprocess.DEVNULL


@dataclass
class Usage:
    """Seconds on the clock and of all processors, and the peak memory of each process in MB, largest first."""

    clock: float = 0.0
    busy: float = 0.0
    peaks: list[int] = field(default_factory=list)
    output: str = ""


def children(process: int) -> list[int]:
    """The child processes of a process."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def tree(process: int) -> list[int]:
    """A process and all below it."""
    found = [process]
    for one in found:
        found += children(one)
    return found


def watched(command: list[str], allowed: tuple[int, ...] = (0,), tell: Callable[[Usage], None] = lambda usage: None) -> Usage:
    """What a command and its children took. `tell` is told in between how it stands.

    Raises:
        SystemExit: it ended with another exit code than those `allowed`.
    """
    begun, seen, memory = time.monotonic(), dict[int, float](), dict[int, int]()
    usage = Usage()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=_NO_TALK, text=True) as process:
        # What it prints must fit into a pipe, for nobody reads it before the end: a line of figures does.
        while process.poll() is None:
            for one in tree(process.pid):
                seen[one] = max(seen.get(one, 0.0), _busy(one))
                memory[one] = max(memory.get(one, 0), _peak(one))
            usage.clock, usage.busy, usage.peaks = time.monotonic() - begun, sum(seen.values()), sorted(memory.values(), reverse=True)
            tell(usage)
            time.sleep(_STEP)
        usage.output = process.stdout.read() if process.stdout else ""
    usage.clock = time.monotonic() - begun
    if process.returncode not in allowed:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return usage


def _busy(process: int) -> float:
    with suppress(OSError, IndexError, ValueError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK
    return 0.0


def _peak(process: int) -> int:
    with suppress(OSError):
        if found := re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text()):
            return int(found[1]) // 1024
    return 0
