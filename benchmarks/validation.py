"""Validation of policies, against `pyshacl.validate` called once a policy with the same shapes and the vocabulary mixed in, in one run.

    python benchmarks/validation.py [GRAPH] [--sample 6] [--workers N]

GRAPH is what `kg build` wrote; without it the annotated policies beside the checkout are built, else the examples. `kg` judges all
policies, in as many processes as there are cores and with their start inside the clock; pyshacl judges a sample spread over them, one
after another, on a copy of the vocabulary with the policy's triples added. The clock is on the wall; on a machine with other work the
processor time tells more, and is printed too. The results on the sample are compared: focus node, severity, component, value and
messages.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from pathlib import Path

import pyshacl
from figures import Figure, parser, tell
from rdflib import Graph
from rdflib.namespace import SH

from kg.batch import Batch
from kg.graph import write
from kg.store import open_store
from kg.validate import background, regime, validate_each, versions
from kg.vocabulary import load

ROOT = Path(__file__).resolve().parents[1]
ANNOTATED = ROOT.parent / "shared" / "bench" / "gdpr-transparency" / "policies"
BUILT = ROOT / "build" / "validation.nq"
REGIME = "gdpr"


def built() -> Path:
    """The graph of the annotated policies or of the examples."""
    BUILT.parent.mkdir(exist_ok=True)
    vocabulary = load()
    with BUILT.open("wb") as stream:
        write(Batch([ANNOTATED if ANNOTATED.is_dir() else ROOT / "examples" / "policies"], vocabulary), vocabulary, stream, "nquads")
    return BUILT


def found(report: Graph) -> Counter[tuple[str, ...]]:
    """What the results say, without the names of blank nodes."""
    keys = (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent, SH.value)
    rows: Counter[tuple[str, ...]] = Counter()
    for result in report.objects(None, SH.result):
        messages = sorted(map(str, report.objects(result, SH.resultMessage)))
        rows[(*(str(report.value(result, key)) for key in keys), *messages)] += 1
    return rows


def processor() -> float:
    """Seconds of processor time of this process and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> int:
    """Print the times and the ratio; 1 when the results differ."""
    parsed = parser(__doc__)
    parsed.add_argument("graph", nargs="?", type=Path)
    parsed.add_argument("--sample", type=int, default=6)
    parsed.add_argument("--workers", type=int, default=os.cpu_count())
    options = parsed.parse_args()
    source = open_store(options.graph or built())
    policies = list(versions(source))
    shapes = regime(REGIME).shapes
    print(f"{len(policies)} policies, {sum(len(p.triples) for p in policies) // len(policies)} triples each on average")

    begun, busy = time.perf_counter(), processor()
    reports = [report for _, report in validate_each(source, REGIME, options.workers)]
    ours, ours_busy = (time.perf_counter() - begun) / len(policies), (processor() - busy) / len(policies)

    chosen = range(0, len(policies), max(1, len(policies) // options.sample))
    vocabulary = background(source)
    theirs, theirs_busy, differing, each = 0.0, 0.0, 0, list[float]()
    for number in chosen:
        begun, busy = time.perf_counter(), processor()
        data = Graph() + vocabulary
        for triple in policies[number].triples:
            data.add(triple)
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
        theirs += (time.perf_counter() - begun) / len(chosen)
        each.append((processor() - busy) / ours_busy)
        theirs_busy += (processor() - busy) / len(chosen)
        differing += found(report) != found(reports[number])
    print(f"kg {ours * 1000:.0f} ms a policy in {options.workers} processes, pyshacl {theirs * 1000:.0f} ms; ratio {theirs / ours:.1f}")
    busy = f"kg {ours_busy * 1000:.0f} ms, pyshacl {theirs_busy * 1000:.0f} ms; ratio {theirs_busy / ours_busy:.1f}"
    print(f"processor time, of all processes together: {busy}")
    print(f"results differ on {differing} of {len(chosen)} policies" if differing else f"same results on all {len(chosen)} compared")
    spread = (1 / max(each), 1 / min(each))
    name, other = "validation, a policy", f"pyshacl {pyshacl.__version__}, validate()"
    ratio = ours_busy / theirs_busy
    figure = Figure(name, ours_busy * 1000, "ms of processors", other, theirs_busy * 1000, ratio, spread, "same results", not differing)
    tell(options, [figure], f"{len(policies)} policies, {len(chosen)} of them compared, {options.workers} processes")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
