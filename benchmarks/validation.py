"""Validation of policies, against `pyshacl.validate` called once a policy with the same shapes and the vocabulary mixed in, in one run.

    python benchmarks/validation.py [GRAPH] [--sample 6] [--workers N]

GRAPH is what `kg build` wrote; without it the annotated policies beside the checkout are built, else the examples. A sample spread over
them is judged one policy after another, by `kg` and by pyshacl in turns: by pyshacl on a copy of the vocabulary with the policy's triples
added. Their results are compared: focus node, severity, component, value and messages. Then `kg` judges all policies, in as many processes
as there are cores, with their start. All is processor time, since the machine may do other work.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyshacl
from figures import Figure, beside, parser, tell
from rdflib import Graph
from rdflib.namespace import SH

from kg.batch import Batch
from kg.graph import write
from kg.store import open_store
from kg.validate import Background, background, regime, validate_each, versions
from kg.validate.pool import Judge
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

    vocabulary = background(source)
    judge = Judge(Background(vocabulary), REGIME)
    judge(policies[0])  # The shapes are made ready once, for however many policies; pyshacl is given them parsed.
    chosen = range(0, len(policies), max(1, len(policies) // options.sample))
    rounds, differing = list[tuple[float, float]](), 0
    for number in chosen:
        begun = time.process_time()
        _, ours = judge(policies[number])
        between = time.process_time()
        data = Graph() + vocabulary
        for triple in policies[number].triples:
            data.add(triple)
        _, theirs, _ = pyshacl.validate(data, shacl_graph=shapes)
        rounds.append(((between - begun) * 1000, (time.process_time() - between) * 1000))
        differing += found(theirs) != found(ours)
        print(f"policy {number}: kg {rounds[-1][0]:.0f} ms, pyshacl {rounds[-1][1]:.0f} ms", flush=True)
    print(f"results differ on {differing} of {len(chosen)} policies" if differing else f"same results on all {len(chosen)} compared")
    alone = beside("validation, a policy", "ms of processor", f"pyshacl {pyshacl.__version__}, validate()", rounds)
    print(f"ratio of medians {alone.ratio:.3f}")

    busy = processor()
    judged = sum(1 for _ in validate_each(source, REGIME, options.workers))
    each = (processor() - busy) / judged * 1000
    print(f"all {judged} policies in {options.workers} processes: {each:.0f} ms of processors each, start and reading included")
    all_of_them = Figure(f"all {judged} policies in {options.workers} processes, each", each, "ms of processors")
    found_same = replace(alone, bar="same results", met=not differing)
    tell(options, [found_same, all_of_them], f"{len(policies)} policies, {len(chosen)} of them compared")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
