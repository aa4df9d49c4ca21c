"""Reads spoiled files of every kind for as long as one likes; a file that makes the program fail is kept, and how to repeat it is said.

    python tools/fuzz.py [--minutes 10] [--reader .pdf ...] [--seed 1]
    python tools/fuzz.py --guided --reader .pdf [--minutes 10]
    python tools/fuzz.py --case build/fuzz/1-1234.pdf

Each case is a valid file with some changes (`tests/fuzzing.py`). It fails with any exception but the project's own, with an offset that
does not fit, or when it takes more than `--seconds` or `--megabytes`. Cases run in a child process, which may hang or die. Where atheris is
installed (`pip install 'policy-kg[fuzz]'`), `--guided` lets the coverage of the readers choose the changes, of one kind of file.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType, FunctionType

# Arrow's own allocator asks for a gigabyte of addresses at once, which counts as memory.
os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from fuzzing import KINDS, check, learnt, spoiled, words  # noqa: E402

KEPT = ROOT / "build" / "fuzz"
_GRACE = 3.0
"""So many times its processor time a case gets on the clock: the machine may be busy."""


class TooLongError(Exception):
    """A case took more than its time."""


def data_of(kind: str, seed: int, number: int) -> bytes:
    """The case of a number: always the same."""
    return spoiled(kind, random.Random(f"{kind} {seed} {number}"))


def judged(kind: str, data: bytes, seconds: float) -> str:
    """What is wrong with a case: the last lines of the traceback, or nothing."""

    def over(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        raise TooLongError

    signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    try:
        with tempfile.TemporaryDirectory() as folder:
            check(kind, data, Path(folder))
    except Exception:  # noqa: BLE001 - any exception is what is looked for
        return traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return ""


def work(pipe: Connection, seed: int, seconds: float, megabytes: int) -> None:
    """The child: takes a kind and a number, says what is wrong."""
    # What every case needs is loaded before the limit holds.
    words(), learnt()
    judged(".txt", data_of(".txt", seed, 0), seconds)
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 1_000_000, megabytes * 1_000_000))
    pipe.send("")
    while True:
        kind, number = pipe.recv()
        pipe.send(judged(kind, data_of(kind, seed, number), seconds))


def answers(options: argparse.Namespace, cases: Iterator[tuple[str, int]]) -> Iterator[tuple[str, int, str]]:
    """Each case with what is wrong with it, until the time is over; a child that died or hangs is replaced."""
    context = multiprocessing.get_context("spawn")
    end = time.monotonic() + 60 * options.minutes
    while time.monotonic() < end:
        pipe, other = context.Pipe()
        child = context.Process(target=work, args=(other, options.seed, options.seconds, options.megabytes), daemon=True)
        child.start()
        other.close()
        try:
            pipe.recv()
        except EOFError:
            raise SystemExit("the process that reads the cases does not start: is --megabytes enough for the vocabulary?") from None
        for kind, number in cases:
            pipe.send((kind, number))
            try:
                wrong = pipe.recv() if pipe.poll(_GRACE * options.seconds + 10) else "hangs, and cannot be stopped"
            except EOFError:
                child.join()
                wrong = f"ends the process: exit code {child.exitcode}"
            yield kind, number, wrong
            if time.monotonic() > end or not child.is_alive() or wrong.startswith("hangs"):
                break
        child.kill()
        child.join()


def numbered(kinds: list[str], start: int) -> Iterator[tuple[str, int]]:
    """Every kind in turn, without end."""
    number = start
    while True:
        for kind in kinds:
            yield kind, number
        number += 1


def place(wrong: str) -> str:
    """What a failure is known by: the error and the last line of the project's own code, so that one fault is told once."""
    lines = wrong.strip().splitlines()
    own = [line.strip() for line in lines if "/kg/" in line and line.strip().startswith("File")]
    return f"{lines[-1][:150]} {own[-1] if own else ''}"


def guided(kind: str, seconds: float, minutes: float, megabytes: int) -> None:
    """Let atheris choose the bytes, beginning with some spoiled files; it ends the process at the first fault or in time."""
    import atheris

    words(), learnt()
    for module in [module for name, module in sys.modules.items() if name.startswith("kg.documents")]:
        for function in vars(module).values():
            if isinstance(function, FunctionType) and function.__module__ == module.__name__:
                atheris.instrument_func(function)
    with tempfile.TemporaryDirectory() as name:
        seeds, scratch = Path(name, "seeds"), Path(name, "scratch")
        seeds.mkdir(), scratch.mkdir()
        for number in range(20):
            (seeds / str(number)).write_bytes(data_of(kind, 1, number))
        limits = [f"-timeout={seconds:.0f}", f"-max_total_time={60 * minutes:.0f}", f"-rss_limit_mb={megabytes}"]
        kept = f"-exact_artifact_path={KEPT}/guided{kind}"
        atheris.Setup([sys.argv[0], *limits, kept, str(seeds)], lambda data: check(kind, data, scratch))
        atheris.Fuzz()


def main() -> int:
    """Print each fault once, and how many cases there were; 1 when there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--reader", nargs="+", choices=KINDS, default=list(KINDS), metavar="ENDING")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, help="the number of the first case")
    parser.add_argument("--seconds", type=float, default=20, help="processor time of a case")
    parser.add_argument("--megabytes", type=int, default=1500, help="memory of the process that reads")
    parser.add_argument("--case", type=Path, help="a file that was kept, instead of new cases")
    parser.add_argument("--guided", action="store_true", help="with atheris; of one --reader")
    options = parser.parse_args()
    if options.case:
        kind = next(kind for kind in sorted(KINDS, key=len, reverse=True) if options.case.name.endswith(kind))
        wrong = judged(kind, options.case.read_bytes(), options.seconds)
        print(wrong or "nothing is wrong with it")
        return int(bool(wrong))
    KEPT.mkdir(parents=True, exist_ok=True)
    if options.guided:
        guided(options.reader[0], options.seconds, options.minutes, options.megabytes)
        return 0
    seen: Counter[str] = Counter()
    cases: Counter[str] = Counter()
    for kind, number, wrong in answers(options, numbered(options.reader, options.start)):
        cases[kind] += 1
        if wrong:
            seen[place(wrong)] += 1
            if seen[place(wrong)] == 1:
                kept = KEPT / f"{options.seed}-{number}{kind}"
                kept.write_bytes(data_of(kind, options.seed, number))
                print(f"{place(wrong)}\n  python tools/fuzz.py --case {kept.relative_to(ROOT)}", flush=True)
        if not sum(cases.values()) % 500:
            print(f"{sum(cases.values()):,} cases", file=sys.stderr, flush=True)
    print(f"{sum(cases.values()):,} cases ({', '.join(f'{kind} {count:,}' for kind, count in cases.items())}), {len(seen)} faults")
    return int(bool(seen))


if __name__ == "__main__":
    sys.exit(main())
