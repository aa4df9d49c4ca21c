"""Kills a build at random moments, again and again, and compares what comes out with an undisturbed build, quad for quad.

    python benchmarks/kills.py [--policies 2000] [--kills 20] [--shard-size 50] [--seed 1]

In turn the whole build, one of its workers, and the build while it makes the index are killed with SIGKILL. A worker's death must not
even end the build.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from corpus import save_rows
from figures import Figure, parser, tell
from watch import children

from kg.store import open_store

_PATIENCE = 1800.0


def command(corpus: Path, store: Path, shard_size: int) -> list[str]:
    """The build that is disturbed."""
    options = ["--store", str(store), "--shard-size", str(shard_size), "--workers", "2"]
    return [sys.executable, "-m", "kg.cli", "build", str(corpus), *options]


def manifests(store: Path) -> int:
    """How many shards stand."""
    return len(list((store / "shards").glob("*.json")))


def making_index(store: Path) -> bool:
    """Whether the index is under way."""
    return any(store.glob(".index-*.partial"))


def disturbed(corpus: Path, store: Path, kills: int, *, shard_size: int, seed: int) -> list[str]:
    """Builds `store` and kills it so many times on the way; says what was killed. The last build is left to finish.

    Raises:
        RuntimeError: a build failed by itself, or took too long.
    """
    chance = random.Random(seed)
    done: list[str] = []
    while len(done) < kills:
        process = subprocess.Popen(command(corpus, store, shard_size), stderr=subprocess.DEVNULL)
        kind = ("build", "worker", "index")[len(done) % 3]
        over = _wait(process, _moment(kind, store, process.pid, manifests(store) + chance.randrange(3)))
        if not over:
            time.sleep(chance.random() * (0.4 if kind == "index" else 2.0))
        alive = children(process.pid)
        if kind == "worker" and alive:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(alive), signal.SIGKILL)
            if _wait(process, lambda: False) != "ended well":
                raise RuntimeError("the build did not outlive one of its workers")
        elif process.poll() is None:
            process.kill()
            process.wait()
        else:
            kind = "nothing"
        done.append(kind)
        if process.returncode == 0:
            _touch(corpus)
    last = subprocess.Popen(command(corpus, store, shard_size))
    if _wait(last, lambda: False) != "ended well":
        raise RuntimeError("the last build failed")
    return done


def _moment(kind: str, store: Path, process: int, wanted: int) -> Callable[[], bool]:
    """Tells when it is time to kill: while the index is made, or once there are workers and so many shards stand."""
    if kind == "index":
        return lambda: making_index(store)
    return lambda: making_index(store) or (manifests(store) >= wanted and bool(children(process)))


def _touch(corpus: Path) -> None:
    """Changes one policy, so that there is something to do again: the undisturbed build is made of the corpus as it is at last."""
    lines = corpus.read_text(encoding="utf-8").splitlines()
    row = json.loads(lines[0])
    row["text"] += "\n\nWe also collect your telephone number."
    corpus.write_text("\n".join([*lines[1:], json.dumps(row)]) + "\n", encoding="utf-8")


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool]) -> str:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if (code := process.poll()) is not None:
            if code != 0:
                raise RuntimeError(f"a build ended with exit code {code}")
            return "ended well"
        if ready():
            return ""
        time.sleep(0.02)
    process.kill()
    raise RuntimeError("a build took too long")


def main() -> int:
    """Print how many quads the two builds have, and how many they do not share."""
    parsed = parser(__doc__)
    parsed.add_argument("--policies", type=int, default=2000)
    parsed.add_argument("--kills", type=int, default=20)
    parsed.add_argument("--shard-size", type=int, default=50)
    parsed.add_argument("--seed", type=int, default=1)
    options = parsed.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = folder / "corpus.jsonl"
        save_rows(corpus, options.policies, options.seed)
        begun = time.monotonic()
        killed = disturbed(corpus, folder / "disturbed", options.kills, shard_size=options.shard_size, seed=options.seed)
        print(f"{len(killed)} kills in {time.monotonic() - begun:.0f} s: {', '.join(killed)}")
        subprocess.run(command(corpus, folder / "calm", options.shard_size), check=True)
        one, other = open_store(folder / "disturbed"), open_store(folder / "calm")
        # Compared by lookup: two sets of millions of quads would not fit.
        missing = sum(1 for quad in other if quad not in one)
        print(f"{len(other):,} quads undisturbed, {len(one):,} disturbed, {missing:,} missing")
        unlike = missing + abs(len(one) - len(other))
        figure = Figure(f"quads that {len(killed)} kills change", unlike, f"of {len(other):,}", bar="0", met=not unlike)
        tell(options, [figure], f"{options.policies:,} policies: {', '.join(killed)}")
        return int(bool(unlike))


if __name__ == "__main__":
    sys.exit(main())
