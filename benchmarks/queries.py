"""All questions of the catalogue on Oxigraph and on rdflib's default store, the same rows in one run.

    python benchmarks/queries.py [--both 10] [--number 1000] [--rounds 5]

rdflib does not finish on a thousand policies in any time worth waiting for. So both answer on `--both` policies, where rows are compared
and the ratio is taken, and Oxigraph alone on `--number`. Processor time, in memory; loading is outside the clock. Of Oxigraph the best
round counts, of rdflib its only one. Two questions are about a pair of policies, and are asked of one.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar

import pyoxigraph as ox
from corpus import graph
from rdflib import Dataset

from kg.query import Rows, catalogue, run
from kg.store import open_store

LIMIT = 0.3  # seconds a question may take
RATIO = 20
Answer = TypeVar("Answer")


def timed(work: Callable[[], Answer]) -> tuple[float, Answer]:
    """The processor time of the work in seconds, and what it gives: the clock on the wall would also measure what else the machine does."""
    start = time.process_time()
    answer = work()
    return time.process_time() - start, answer


def asked(store: ox.Store) -> Iterator[tuple[str, dict[str, str]]]:
    """Each question, with the policies that it is about where it compares policies."""
    policies = run(store, "SELECT ?p WHERE { ?p a <https://w3id.org/policy-kg/ontology#PolicyVersion> } ORDER BY ?p LIMIT 2").rows
    one, other = (str(row[0].value) for row in policies)  # type: ignore[union-attr]
    for question in catalogue():
        names = {parameter.name for parameter in question.parameters}
        pair = (
            {"policy": one, "other": other}
            if {"policy", "other"} <= names
            else {"policy": one}
            if question.name.startswith("similar")
            else {}
        )
        yield question.name, pair


def terms(rows: Rows) -> Counter[tuple[str, ...]]:
    """The rows whatever their order."""
    return Counter(tuple(str(term) for term in row) for row in rows.rows)


def main() -> int:
    """Print a line a question; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--both", type=int, default=10)
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    few, many = graph(options.both), graph(options.number)
    small, large = open_store(few), open_store(many)
    dataset = Dataset(default_union=True)
    dataset.parse(few, format="nquads")
    print(f"{options.both} policies: {len(small):,} quads; {options.number} policies: {len(large):,} quads; milliseconds of processor time")
    print(f"{'question':32}{'rows':>7}{'rdflib':>10}{'Oxigraph':>10}{'ratio':>8}{'rows':>9}{'Oxigraph':>10}")
    totals, slow = [0.0, 0.0], []
    for (name, parameters), (_, widely) in zip(asked(small), asked(large), strict=True):
        theirs, expected = timed(lambda: run(dataset, name, parameters))  # noqa: B023
        ours = min(timed(lambda: run(small, name, parameters))[0] for _ in range(options.rounds))  # noqa: B023
        if terms(expected) != terms(run(small, name, parameters)):
            raise SystemExit(f"{name}: the engines give different rows")
        rows = len(run(large, name, widely))
        alone = min(timed(lambda: run(large, name, widely))[0] for _ in range(options.rounds))  # noqa: B023
        totals[0] += theirs
        totals[1] += ours
        slow += [name] if alone > LIMIT else []
        line = f"{name:32}{len(expected):7}{theirs * 1000:10.1f}{ours * 1000:10.1f}{theirs / ours:8.0f}{rows:9}{alone * 1000:10.1f}"
        print(line, flush=True)
    ratio = totals[0] / totals[1]
    print(f"all on {options.both} policies: rdflib {totals[0]:.2f} s, Oxigraph {totals[1]:.3f} s, {ratio:.0f} times faster, same rows")
    print(f"over {LIMIT * 1000:.0f} ms on {options.number} policies: {', '.join(slow) or 'none'}")
    return 1 if slow or ratio < RATIO else 0


if __name__ == "__main__":
    raise SystemExit(main())
