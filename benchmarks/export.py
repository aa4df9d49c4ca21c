"""Export of many policies for Neo4j, against pyoxigraph's parsing and serializing of the same quads, and its peak memory.

    python benchmarks/export.py [--policies 1000] [--times 10] [--rounds 3] [--format neo4j] [--json]

The graphs are those of `benchmarks/corpus.py`, built once and kept. The two take turns in processes of their own; the ratio is of the
medians of their processor time, with the smallest and largest ratio of a round. Then the peak of memory is told for as many policies and
for `times` as many.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pyoxigraph
from corpus import graph
from figures import Figure, beside, parser, tell

ROOT = Path(__file__).resolve().parents[1]
_WORK = {
    "export": "from kg.export import EXPORTERS; EXPORTERS[sys.argv[3]].write(Path(sys.argv[1]), Path(sys.argv[2]))",
    "pyoxigraph": "import pyoxigraph as ox; ox.serialize(ox.parse(path=sys.argv[1]), sys.argv[2], ox.RdfFormat.N_QUADS)",
}


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
    parsed = parser(__doc__)
    parsed.add_argument("--policies", type=int, default=1000)
    parsed.add_argument("--times", type=int, default=10)
    parsed.add_argument("--rounds", type=int, default=3)
    parsed.add_argument("--format", default="neo4j")
    options = parsed.parse_args()
    few, many = graph(options.policies), graph(options.policies * options.times)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with few.open("rb") as stream:
            quads = sum(1 for _ in stream)
        settings = f"{options.policies:,} policies, {quads:,} quads, to {options.format}"
        print(settings)
        rounds = []
        for number in range(1, options.rounds + 1):
            (ours, memory), (theirs, _) = (measured(work, few, folder, options.format) for work in ("export", "pyoxigraph"))
            rounds.append((ours, theirs))
            print(f"round {number}: kg {ours:.2f} s, pyoxigraph {theirs:.2f} s, ratio {ours / theirs:.2f}")
        figure = beside("export", "s of processor", f"pyoxigraph {pyoxigraph.__version__}, parse and serialize", rounds)
        assert figure.spread
        print(f"ratio of medians {figure.ratio:.2f} (rounds {figure.spread[0]:.2f} to {figure.spread[1]:.2f})")
        seconds, more = measured("export", many, folder, options.format)
        growth = more / memory
        print(f"memory {memory:.0f} MB, of {options.times} times as many {more:.0f} MB ({seconds:.1f} s): {growth:.2f} times")
        grown = Figure(f"memory of an export of {options.times} times as many policies", growth, "times the memory")
        tell(options, [figure, grown], settings)


if __name__ == "__main__":
    main()
