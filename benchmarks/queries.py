"""All questions of the catalogue on Oxigraph and on rdflib's default store, on the same policies in one run.

    python benchmarks/queries.py [--number 1000] [--few 10] [--limit 20] [--rounds 5]

Processor time, in memory; loading is outside the clock. rdflib has `--limit` seconds for a question. Where it needs more, the limit is
what counts of it (">"), although it would go on for longer, and rows are compared on `--few` policies instead, again within the limit. Of
Oxigraph, which is asked once before without a clock, the slowest of `--rounds` counts in the ratio; rdflib is asked once. The bar for a
single question is on its best round. What compares policies, or lists each against all requirements, is asked of one; the rest, of all.
"""

from __future__ import annotations

import argparse
import gc
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox
from corpus import graph
from rdflib import Dataset, Literal, URIRef

from kg.query import Rows, catalogue, run
from kg.query.rows import Term
from kg.store import open_store

LIMIT = 0.3  # seconds a question may take
RATIO = 20
TICK = 1e-4  # seconds: what the clock cannot tell from nothing
Answer = TypeVar("Answer")


class TooLongError(Exception):
    """A work that was given up."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """The same graph in both engines."""

    number: int
    store: ox.Store
    dataset: Dataset

    def parameters(self) -> dict[str, dict[str, str]]:
        """Each question, with the policies that it is about where it compares policies."""
        query = "SELECT ?p WHERE { ?p a <https://w3id.org/policy-kg/ontology#PolicyVersion> } ORDER BY ?p LIMIT 2"
        one, other = (str(row[0].value) for row in run(self.store, query).rows)  # type: ignore[union-attr]
        pair = {"practices_compared": {"policy": one, "other": other}, "similar_policies": {"policy": one}, "completeness": {"policy": one}}
        return {question.name: pair.get(question.name, {}) for question in catalogue()}


def corpus(number: int) -> Corpus:
    """So many policies, read by both engines."""
    path = graph(number)
    return Corpus(number, open_store(path), _dataset(path))


def _dataset(path: Path) -> Dataset:
    dataset = Dataset(default_union=True)
    dataset.parse(path, format="nquads")
    return dataset


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Gives up what is written in Python when it has used so much processor time.

    Raises:
        TooLongError: it has, even where it caught what should have stopped it and went on to some answer.
    """
    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True
        raise TooLongError

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    if stopped:
        raise TooLongError


def timed(work: Callable[[], Answer]) -> tuple[float, Answer]:
    """The processor time of the work in seconds, and what it gives: the clock on the wall would also measure what else the machine does."""
    start = time.process_time()
    answer = work()
    return time.process_time() - start, answer


def by_rdflib(dataset: Dataset, name: str, parameters: dict[str, str], limit: float) -> tuple[float, Rows | None]:
    """What rdflib needs, and its rows; the limit and None where it needs more."""
    try:
        with limited(limit):
            return timed(lambda: run(dataset, name, parameters))
    except TooLongError:
        return limit, None


def terms(rows: Rows) -> Counter[tuple[str, ...]]:
    """The rows whatever their order."""
    return Counter(tuple(_comparable(term) for term in row) for row in rows.rows)


def _comparable(term: Term | None) -> str:
    """The term with one spelling for one value: of a duration "P24M", Oxigraph makes "P2Y", and of "P4W" rdflib makes "P28D"."""
    if isinstance(term, ox.Literal) and not term.language:
        return Literal(term.value, datatype=URIRef(term.datatype.value)).n3()
    return str(term)


def compared(name: str, corpora: list[Corpus], limit: float) -> tuple[float, str]:
    """What rdflib needs for a question on the first corpus, and on how many policies it gave the same rows as Oxigraph.

    Raises:
        SystemExit: it gave others.
    """
    needed = []
    for each in corpora:
        parameters = each.parameters()[name]
        seconds, rows = by_rdflib(each.dataset, name, parameters, limit)
        needed.append(seconds)
        if rows is not None:
            if terms(rows) != terms(run(each.store, name, parameters)):
                raise SystemExit(f"{name}: the engines give different rows on {each.number} policies")
            return needed[0], str(each.number)
    return needed[0], "not seen"


def main() -> int:
    """Print a line a question; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--few", type=int, default=10)
    parser.add_argument("--limit", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    many, few = corpus(options.number), corpus(options.few)
    gc.collect()
    gc.freeze()  # rdflib keeps millions of objects in this process: to look through them again and again is no question's cost.
    print(f"{options.number} policies: {len(many.store):,} quads; milliseconds of processor time")
    print(f"{'question':36}{'rows':>7}{'Oxigraph':>10}{'slowest':>10}{'rdflib':>11}{'ratio':>9}{'same rows on':>14}")
    ours = theirs = 0.0
    slow, unseen = [], []
    for name, parameters in many.parameters().items():
        rows = run(many.store, name, parameters)
        rounds = [max(timed(lambda: run(many.store, name, parameters))[0], TICK) for _ in range(options.rounds)]  # noqa: B023
        needed, seen = compared(name, [many, few], options.limit)
        ours, theirs = ours + max(rounds), theirs + needed
        slow += [name] if min(rounds) > LIMIT else []
        unseen += [name] if not seen.isdigit() else []
        least = ">" if needed == options.limit else ""
        times = f"{min(rounds) * 1000:10.1f}{max(rounds) * 1000:10.1f}{least + f'{needed * 1000:.0f}':>11}"
        print(f"{name:36}{len(rows):7}{times}{least + f'{needed / max(rounds):.0f}':>9}{seen:>14}", flush=True)
    ratio = theirs / ours
    print(f"all: rdflib at least {theirs:.1f} s, Oxigraph {ours:.2f} s: at least {ratio:.0f} times faster")
    print(f"rows not seen from rdflib within {options.limit:g} s: {', '.join(unseen) or 'none'}")
    print(f"over {LIMIT * 1000:.0f} ms: {', '.join(slow) or 'none'}")
    return 1 if slow or ratio < RATIO else 0


if __name__ == "__main__":
    raise SystemExit(main())
