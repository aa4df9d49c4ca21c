"""Stores of made policies of several sizes, to the end: build, validate, ask, index; processor time, and the memory of each process.

    python benchmarks/scale.py [COUNT ...] [--workers 2] [--folder DIR] [--build-only] [--json]

Processor time of the whole tree of processes is what sizes are compared by, for the machine may do other things as well. Only the gain of a
second process is on the clock: extraction of `--pair` policies, beside spaCy's sentencizer on the same texts, and validation of a fifth of
them. One and two take turns, and the best of each counts. What is done is noted in DIR, with the program that it was done with: run again,
it goes on where it was, also within a build. Without DIR nothing is kept. 7 000 characters a policy on average, one in five Finnish.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from corpus import save_rows
from figures import Figure, parser, tell
from watch import Usage, watched

from kg.batch.shards import program_digest

STEPS = Path(__file__).with_name("steps.py")
MEMORY, GROWTH, GAIN, LOAD = 1000, 1.1, 1.8, 0.8
"""The bars: MB of a process, growth of processor time over that of the number, gain of a second process, rate beside bulk_load."""

FEW = 1000
"""Of fewer policies the rate is told and not judged."""

Notes = dict[str, Any]


class Size:
    """The measurements of one number of policies, noted in a file as they are done."""

    def __init__(self, folder: Path, count: int, workers: int) -> None:
        self.count, self.workers = count, workers
        name = f"{count}-{workers}-{program_digest()}"
        self.corpus, self.store, self.file = folder / f"{count}.jsonl", folder / f"store-{name}", folder / f"{name}.json"
        self.notes: Notes = json.loads(self.file.read_text()) if self.file.exists() else {}

    def step(self, name: str, work: Callable[[], Notes]) -> Notes:
        """The notes of a step, which is done unless it was before."""
        if name not in self.notes:
            print(f"{self.count:,} policies: {name} …", file=sys.stderr, flush=True)
            self.note(name, work())
        notes: Notes = self.notes[name]
        return notes

    def note(self, name: str, notes: Notes) -> None:
        """Write down how a step stands."""
        self.notes[name] = notes
        self.file.write_text(json.dumps(self.notes, indent=1))

    def build(self) -> Notes:
        """The build; a part that was done before an end counts with what it took."""
        if not self.corpus.exists():
            save_rows(self.corpus, self.count)
        before = self.notes.get("unfinished", {"clock": 0.0, "busy": 0.0, "peaks": []})
        last = 0.0

        def tell(usage: Usage) -> None:
            nonlocal last
            if usage.clock - last > 5:
                last = usage.clock
                self.note("unfinished", summed(before, usage))
                shards = sum(1 for _ in (self.store / "shards").glob("*.json"))
                print(f"\r  {shards:,} shards, {usage.clock:.0f} s", end="", file=sys.stderr, flush=True)

        usage = watched(build(self.corpus, self.store, self.workers), tell=tell)
        print(file=sys.stderr)
        size = sum(path.stat().st_size for path in self.store.rglob("*") if path.is_file()) / 1e6
        return {**summed(before, usage), "megabytes": size}

    def run(self, step: str, *arguments: str) -> Notes:
        """A step of `steps.py`: what it says, and what it took."""
        usage = watched([sys.executable, str(STEPS), step, str(self.store), *arguments])
        return {"clock": usage.clock, "busy": usage.busy, "peaks": usage.peaks, **json.loads(usage.output)}

    def loads(self) -> Notes:
        """Our index and bulk_load, in processes of their own, over the same shards."""
        rates = {}
        for step in ("load", "bulk"):
            with tempfile.TemporaryDirectory(dir=self.store.parent) as scratch:
                done = self.run(step, "--scratch", scratch)
                rates[step] = done["quads"] / done["busy"]
                rates["peaks"] = max(rates.get("peaks", 0), done["peaks"][0] if step == "load" else 0)
        return rates


def build(corpus: Path, store: Path, workers: int) -> list[str]:
    """The command of a build."""
    return [sys.executable, "-m", "kg.cli", "build", str(corpus), "--store", str(store), "--workers", str(workers)]


def summed(before: Notes, usage: Usage) -> Notes:
    """What an interrupted run took and what this one did."""
    now = asdict(usage)
    peaks = sorted([*before["peaks"], *now["peaks"]], reverse=True)[:5]
    return {"clock": before["clock"] + now["clock"], "busy": before["busy"] + now["busy"], "peaks": peaks}


def gain(folder: Path, count: int, rounds: int = 2) -> Notes:
    """How much faster two processes extract and validate than one, on the clock, and how much faster spaCy cuts the same texts."""
    corpus, few, judged = folder / f"pair-{count}.jsonl", folder / f"pair-{count // 5}.jsonl", folder / "pair-judged"
    save_rows(corpus, count)
    save_rows(few, count // 5)
    watched(build(few, judged, 2))
    told: Notes = {}
    from kg.batch import Options, Processes
    from kg.batch import build as build_store
    from kg.vocabulary import load

    best: dict[tuple[str, int], float] = {}
    for _ in range(rounds):
        for workers in (1, 2):
            store = folder / f"pair-{workers}"
            shutil.rmtree(store, ignore_errors=True)
            pool = lambda workers=workers: Processes(workers)  # noqa: E731
            report = build_store(store, [corpus], load(), pool, Options(shard_size=max(1, count // 20)))
            validated = watched([sys.executable, str(STEPS), "validate", str(judged), "--workers", str(workers)])
            cut = watched([sys.executable, str(STEPS), "sentences", str(corpus), "--workers", str(workers)])
            for name, seconds in (
                ("extraction", report.seconds["extraction"]),
                ("validation", validated.clock),
                ("spaCy", json.loads(cut.output)["seconds"]),
            ):
                best[name, workers] = min(best.get((name, workers), seconds), seconds)
    for name in ("extraction", "validation", "spaCy"):
        told[name] = {"one": best[name, 1], "two": best[name, 2], "gain": best[name, 1] / best[name, 2]}
    return told


def measure(size: Size, *, build_only: bool) -> list[Figure]:
    """All steps of one size, with a line for each."""
    count, found = f"{size.count:,} policies", []
    steps = [("build", size.build)]
    if not build_only:
        steps.append(("validate", lambda: size.run("validate", "--workers", str(size.workers))))
    for name, work in steps:
        notes = size.step(name, work)
        peak = notes["peaks"][0]
        print(
            f"{count}: {name} {notes['busy']:.0f} s of processors, {notes['clock']:.0f} s on the clock, peaks {notes['peaks'][:4]} MB",
            flush=True,
        )
        found.append(Figure(f"{name}, {count}, a policy", notes["busy"] / size.count * 1000, "ms of processors"))
        found.append(Figure(f"{name}, {count}, largest process", peak, "MB", bar=f"≤ {MEMORY}", met=peak <= MEMORY))
    if not build_only:
        size.step("ask", lambda: size.run("ask"))
        found.append(questions(size))
        rates = size.step("index", size.loads)
        ratio = rates["load"] / rates["bulk"]
        print(f"  index {rates['load']:,.0f} quads a second, bulk_load {rates['bulk']:,.0f}, ratio {ratio:.2f}, {rates['peaks']} MB")
        beside = "pyoxigraph bulk_load"
        # A few policies are loaded in a second, most of which is the opening of the store.
        bar: tuple[str, bool | None] = (f"≥ {LOAD}", ratio >= LOAD) if size.count >= FEW else ("", None)
        figure = Figure(f"index, {count}", rates["load"], "quads/s", beside, rates["bulk"], ratio, bar=bar[0], met=bar[1])
        found += [figure, Figure(f"index, {count}, largest process", rates["peaks"], "MB", bar=f"≤ {MEMORY}", met=rates["peaks"] <= MEMORY)]
    print(f"  store {size.notes['build']['megabytes']:,.0f} MB")
    return found


def questions(size: Size) -> Figure:
    """The median question on the store's index; names the slowest, and those that were given up."""
    asked = size.notes["ask"]["questions"]
    times = {name: told[1] for name, told in asked.items() if told}
    slowest = sorted(times, key=lambda name: -times[name])[:3]
    print("  slowest questions: " + ", ".join(f"{name} {times[name]:.1f} s" for name in slowest))
    given_up = [name for name, told in asked.items() if not told]
    print(f"  given up: {', '.join(given_up) or 'none'}")
    return Figure(f"median of {len(times)} questions, {size.count:,} policies, {len(given_up)} given up", median(times.values()), "s")


def growth(small: Size, large: Size) -> list[Figure]:
    """By what factor the processor time grew from one size to the next."""
    found = []
    for step in ("build", "validate"):
        if step in small.notes and step in large.notes:
            times, most = large.notes[step]["busy"] / small.notes[step]["busy"], GROWTH * large.count / small.count
            print(f"{step}: {times:.1f} times the processor time for {large.count / small.count:g} times the policies")
            name = f"{step}, {large.count:,} over {small.count:,} policies"
            found.append(Figure(name, times, "times the processor time", bar=f"≤ {most:g}", met=times <= most))
    return found


def gains(told: Notes, count: int) -> list[Figure]:
    """What a second process is worth, with a line for each kind of work; that of spaCy shows what the machine gives."""
    for what, notes in told.items():
        number = count // 5 if what == "validation" else count
        print(f"{what}, {number:,} policies: one process {notes['one']:.1f} s, two {notes['two']:.1f} s, gain {notes['gain']:.2f}")
    ours, theirs, judged = (told[what]["gain"] for what in ("extraction", "spaCy", "validation"))
    unit, beside = "times as fast", "spaCy's sentencizer in two processes"
    return [
        Figure("extraction in two processes over one", ours, unit, beside, theirs, ours / theirs, bar=f"≥ {GAIN}", met=ours >= GAIN),
        Figure("validation in two processes over one", judged, unit),
    ]


def main() -> int:
    """Print the figures; 1 where a bar is missed."""
    parsed = parser(__doc__)
    parsed.add_argument("counts", nargs="*", type=int, default=[1000, 10000])
    parsed.add_argument("--workers", type=int, default=2)
    parsed.add_argument("--folder", type=Path)
    parsed.add_argument("--build-only", action="store_true")
    parsed.add_argument("--pair", type=int, default=1000, help="policies for the gain of a second process, 0 for none")
    options = parsed.parse_args()
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        folder.mkdir(exist_ok=True, parents=True)
        sizes = [Size(folder, count, options.workers) for count in options.counts]
        for size in sizes:
            found += measure(size, build_only=options.build_only)
        for small, large in pairwise(sizes):
            found += growth(small, large)
        if options.pair and not options.build_only:
            found += gains(Size(folder, options.pair, 2).step("pair", lambda: gain(folder, options.pair)), options.pair)
    tell(options, found, f"{', '.join(f'{count:,}' for count in options.counts)} policies, {options.workers} workers")
    return int(any(figure.met is False for figure in found))


if __name__ == "__main__":
    sys.exit(main())
