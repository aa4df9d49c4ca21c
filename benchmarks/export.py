"""Export of many policies to CSV for Neo4j, against pyoxigraph's parsing and serializing of the same quads, and its peak memory.

    python benchmarks/export.py [--policies 1000] [--times 10] [--rounds 3] [--format neo4j]

The policies are those of examples/policies, copied under IRIs of their own (other controllers, other versions) until there are enough; the
vocabulary is there once. The two take turns in processes of their own; the ratio is of the medians of their processor time, with the
smallest and largest ratio of a round. Then the peak of memory is told for as many policies and for `times` as many.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_OWN = tuple(f"<https://w3id.org/policy-kg/data/{kind}/" for kind in ("policy", "org"))
_WORK = {
    "export": "from kg.export import EXPORTERS; EXPORTERS[sys.argv[3]].write(Path(sys.argv[1]), Path(sys.argv[2]))",
    "pyoxigraph": "import pyoxigraph as ox; ox.serialize(ox.parse(path=sys.argv[1]), sys.argv[2], ox.RdfFormat.N_QUADS)",
}


def copies(source: Path, number: int) -> Iterator[bytes]:
    """The lines of an N-Quads file of `number` policies: vocabulary, policies, catalog, organisations, as `kg build` orders them."""
    parts: dict[str, list[str]] = {}
    for line in source.read_text(encoding="utf-8").splitlines(keepends=True):
        graph = line.rstrip(" .\n").rpartition(" ")[2]
        parts.setdefault(graph, []).append(line)
    shared = {
        name: parts.pop(graph) for graph in list(parts) if (name := graph.strip("<>").rpartition("/graph/")[2]) and "/graph/" in graph
    }
    versions = sorted({graph.rpartition("/")[0].lstrip("<") for graph in parts})
    yield "".join(shared["vocabulary"]).encode()

    def renamed(text: str, at: int) -> str:
        # The controllers and the policies of each round of copies are others.
        return re.sub(r"(data/(?:policy|org|run)/)([a-z0-9-]+)", rf"\g<1>\g<2>-{at}", text) if at else text

    for count in range(number):
        version, at = versions[count % len(versions)], count // len(versions)
        for graph in (f"<{version}/facts>", f"<{version}/evidence>"):
            yield renamed("".join(parts[graph]), at).encode()
    for name in ("catalog", "organisations"):
        for at in range(-(-number // len(versions))):
            # Software and other subjects that are no policy's stand there once.
            yield renamed("".join(line for line in shared[name] if not at or line.startswith(_OWN)), at).encode()


def measured(work: str, source: Path, folder: Path, format: str) -> tuple[float, float]:
    """Processor seconds and peak memory in MB of a process that does the work."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        code = (
            "import resource, sys, time; from pathlib import Path; start = time.process_time(); "
            f"{_WORK[work]}; print(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
        )
        command = [sys.executable, "-c", code, str(source), str(Path(scratch) / "out"), format]
        seconds, memory = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.split()
        return float(seconds), float(memory)


def main() -> None:
    """Print a line a round, the ratio, and the memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--policies", type=int, default=1000)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--format", default="neo4j")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        built = folder / "examples.nq"
        command = [sys.executable, "-m", "kg.cli", "build", "examples/policies", "-o", str(built)]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=os.environ)
        few, many = folder / "few.nq", folder / "many.nq"
        for path, number in ((few, options.policies), (many, options.policies * options.times)):
            with path.open("wb") as stream:
                stream.writelines(copies(built, number))
        with few.open("rb") as stream:
            quads = sum(1 for _ in stream)
        print(f"{options.policies:,} policies, {quads:,} quads, to {options.format}")
        rounds = []
        for number in range(1, options.rounds + 1):
            (ours, memory), (theirs, _) = (measured(work, few, folder, options.format) for work in ("export", "pyoxigraph"))
            rounds.append((ours, theirs))
            print(f"round {number}: kg {ours:.2f} s, pyoxigraph {theirs:.2f} s, ratio {ours / theirs:.2f}")
        ratios = [ours / theirs for ours, theirs in rounds]
        ratio = statistics.median(ours for ours, _ in rounds) / statistics.median(theirs for _, theirs in rounds)
        print(f"ratio of medians {ratio:.2f} (rounds {min(ratios):.2f} to {max(ratios):.2f})")
        seconds, more = measured("export", many, folder, options.format)
        growth = more / memory
        print(f"memory {memory:.0f} MB, of {options.times} times as many {more:.0f} MB ({seconds:.1f} s): {growth:.2f} times")


if __name__ == "__main__":
    main()
