"""Runs the benchmarks and writes docs/performance.md.

    python benchmarks                                   all, at sizes that take less than a quarter of an hour
    python benchmarks scale 1000 10000 --folder DIR     one of them, at its own or any other size

Each benchmark runs in a process of its own, beside its public counterpart where there is one. Its figures are noted in
benchmarks/measured.json, and the document is made of what is noted: a quick run leaves the figures of the long ones, with their date and
command, as they were.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from figures import Figure

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
NOTED = HERE / "measured.json"
DOCUMENT = ROOT / "docs" / "performance.md"
HAND_WRITTEN = "<!-- by hand -->"
QUICK = (
    "extraction --rounds 3",
    "extraction --rounds 3 --rules-only",
    "hotspots",
    "validation --sample 6",
    "queries --number 200",
    "export --policies 20 --times 10",
    "clusters --policies 100 --shard-size 10",
    "kills --policies 60 --kills 4 --shard-size 5",
    "scale 30 120 --pair 0",
)
"""What `make bench` runs."""

LIBRARIES = ("pyoxigraph", "rdflib", "pyshacl", "spacy", "distributed", "lxml", "nltk")
_ASKED = re.compile(r"all: rdflib at least ([\d.]+) s, Oxigraph ([\d.]+) s")

Run = dict[str, Any]


def run(command: str) -> Run:
    """Run a benchmark: its figures and settings, the command, the day, how long it took and how it ended."""
    name, *arguments = command.split()
    reads = READERS.get(name)
    flags = [] if name == "queries" else ["--json"]
    begun = time.monotonic()
    process = subprocess.Popen([sys.executable, str(HERE / f"{name}.py"), *arguments, *flags], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if not line.startswith("{"):
            print(f"  {line.rstrip()}", flush=True)
    code = process.wait()
    try:
        told = reads(lines) if reads else json.loads(lines[-1])
    except (ValueError, IndexError) as error:
        raise SystemExit(f"{command}: no figures came, exit code {code}") from error
    seconds = round(time.monotonic() - begun)
    return {**told, "day": f"{datetime.now(UTC):%Y-%m-%d}", "seconds": seconds, "code": code, "load": round(os.getloadavg()[1], 1)}


def of_questions(lines: list[str]) -> Run:
    """The figures in what `queries.py` prints."""
    found = next((match for line in lines if (match := _ASKED.search(line))), None)
    if found is None:
        raise ValueError("it did not come to its end")
    theirs, ours = float(found[1]), float(found[2])
    figure = Figure(
        "all questions, rdflib at least", ours, "s of processor", f"rdflib {version('rdflib')}", theirs, ours / theirs, bar="≤ 0.05"
    )
    return {
        "settings": "; ".join([lines[0].partition(":")[0], *lines[-2:]]),
        "figures": [asdict(replace(figure, met=ours / theirs <= 0.05))],
    }


def of_load(lines: list[str]) -> Run:
    """The figures in what `load.py` prints."""
    told = json.loads(lines[-1])
    figures = [Figure(name, value, "") for name, value in told.items() if isinstance(value, int | float)]
    return {"settings": f"left out: {told['left out']}", "figures": [asdict(figure) for figure in figures]}


READERS: dict[str, Callable[[list[str]], Run]] = {"queries": of_questions, "load": of_load}
"""Those that print in a form of their own."""


def written(noted: dict[str, Run], machine: Iterable[str]) -> str:
    """The document's part that is not by hand."""
    parts = [
        HAND_WRITTEN,
        "",
        "Written by `python benchmarks` (`make bench`) out of benchmarks/measured.json; what stands above the mark is not.",
    ]
    parts += ["", "## Machine", "", *machine]
    for title, chosen in (
        ("At the small sizes of `make bench`", [name for name in QUICK if name in noted]),
        ("Long runs", sorted(noted.keys() - set(QUICK))),
    ):
        parts += ["", f"## {title}"]
        for command in chosen:
            told = noted[command]
            parts += ["", f"`python benchmarks {command}`, {told['day']}, {told['seconds']} s, load {told['load']}: {told['settings']}", ""]
            parts += table([Figure(**figure) for figure in told["figures"]])
    return "\n".join(parts) + "\n"


def table(figures: list[Figure]) -> list[str]:
    """Figures as a table; columns that nobody fills are left out."""
    head = ["", "measured", "beside", "theirs", "ratio", "rounds", "should be", ""]
    rows = [
        [
            figure.name,
            f"{number(figure.ours)} {figure.unit}".strip(),
            figure.beside,
            "" if figure.theirs is None else number(figure.theirs),
            "" if figure.ratio is None else number(figure.ratio),
            "" if figure.spread is None else f"{number(figure.spread[0])} to {number(figure.spread[1])}",
            figure.bar,
            {None: "", True: "✓", False: "✗"}[figure.met],
        ]
        for figure in figures
    ]
    kept = [0, *(column for column in range(1, len(head)) if any(row[column] for row in rows))]
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(line[column] for column in kept) + " |" for line in lines]


def number(value: float) -> str:
    """A number to three places that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def machine() -> list[str]:
    """Lines that say what it was measured on."""
    info = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*:\s*(.+)", info.read_text()) if info.exists() else None
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    name = model[1] if model else platform.processor()
    return [
        f"{name}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.release()};",
        f"Python {platform.python_version()}, {libraries}.",
    ]


def main() -> int:
    """Run, note, write; 1 where a benchmark says that a bar is missed."""
    commands = [" ".join(sys.argv[1:])] if len(sys.argv) > 1 else list(QUICK)
    noted: dict[str, Run] = json.loads(NOTED.read_text(encoding="utf-8")) if NOTED.exists() else {}
    begun, codes = time.monotonic(), []
    for command in commands:
        print(f"{command}", flush=True)
        # A folder is where things lie, and no part of what was measured.
        name = re.sub(r" --folder \S+", "", command)
        noted[name] = run(command)
        codes.append(noted[name]["code"])
        NOTED.write_text(json.dumps(noted, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        head = DOCUMENT.read_text(encoding="utf-8").partition(HAND_WRITTEN)[0].rstrip()
        DOCUMENT.write_text(f"{head}\n\n{written(noted, machine())}", encoding="utf-8")
    print(f"{time.monotonic() - begun:.0f} s in all, {sum(map(bool, codes))} of {len(codes)} missed a bar; see docs/performance.md")
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
