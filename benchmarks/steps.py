"""The steps of `benchmarks/scale.py` that want a process of their own, so that its memory can be told; each prints one line of JSON.

python benchmarks/steps.py validate|ask|answer|load|bulk STORE [--workers 2] [--scratch DIR]
python benchmarks/steps.py sentences CORPUS [--workers 2]
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph

from kg.batch import index
from kg.batch.ledger import Ledger
from kg.batch.shards import Folder
from kg.query import catalogue, question, run
from kg.store import open_store
from kg.validate import validate_each
from kg.vocabulary import load

_TEXTS = 10
_VERSIONS = "SELECT ?p WHERE { ?p a <https://w3id.org/policy-kg/ontology#PolicyVersion> } LIMIT 2"


def validate(store: Path, workers: int) -> dict[str, object]:
    """Each policy is judged by the GDPR; how many results there were by status."""
    counts: dict[str, int] = {}
    judged = 0
    for results, _ in validate_each(open_store(store), "gdpr", workers):
        judged += 1
        for result in results:
            counts[result.status] = counts.get(result.status, 0) + 1
    return {"policies": judged, "statuses": counts}


def ask(store: Path, limit: float) -> dict[str, object]:
    """Every question of the catalogue, each in a process that is ended at the limit: its rows, and the seconds of processor time."""
    told: dict[str, list[float] | None] = {}
    for asked in catalogue():
        command = [sys.executable, __file__, "answer", str(store), "--question", asked.name]
        try:
            told[asked.name] = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=limit).stdout)
        except subprocess.TimeoutExpired:
            told[asked.name] = None
    return {"questions": told}


def answer(store: Path, name: str) -> list[float]:
    """One question: its rows, and the seconds of processor time."""
    graph = open_store(store)
    one, other = (str(row[0].value) for row in run(graph, _VERSIONS).rows)  # type: ignore[union-attr]
    given = {"policy": one, "other": other}
    names = {parameter.name for parameter in question(name).parameters}
    # Without a policy to compare, these two compare all with all.
    wanted = names & given.keys() if "other" in names or name.startswith("similar") else set()
    begun = time.process_time()
    rows = len(run(graph, name, {key: given[key] for key in wanted}))
    return [rows, time.process_time() - begun]


def bulk(store: Path, scratch: Path) -> dict[str, object]:
    """pyoxigraph's own bulk_load of the shards, unpacked outside the clock, a shard at a time; our index takes smaller parts."""
    theirs = pyoxigraph.Store(str(scratch / "theirs"))
    busy = 0.0
    plain = scratch / "plain.nq"
    for path in sorted((store / "shards").glob("*.nq.gz")):
        with gzip.open(path) as packed, plain.open("wb") as stream:
            shutil.copyfileobj(packed, stream, 1 << 20)
        begun = time.process_time()
        theirs.bulk_load(path=plain, format=pyoxigraph.RdfFormat.N_QUADS)
        busy += time.process_time() - begun
    return {"quads": len(theirs), "busy": busy}


def load_index(store: Path, scratch: Path) -> dict[str, object]:
    """Our index of the same shards, with the graphs that all share, the checks and the near-duplicates."""
    place = scratch / "ours"
    place.mkdir()
    shutil.copy(store / "ledger.sqlite", place)
    vocabulary = load()
    with Ledger(place / "ledger.sqlite") as ledger:
        begun = time.process_time()
        quads = index.rebuild(place, ledger, Folder(str(store / "shards")), vocabulary)
        busy = time.process_time() - begun
    return {"quads": quads, "busy": busy}


def sentences(corpus: Path, workers: int) -> dict[str, object]:
    """spaCy's blank English pipeline with its sentencizer on the texts of a corpus, in some processes; seconds on the clock, without their
    start."""
    with corpus.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    parts = [texts[first : first + _TEXTS] for first in range(0, len(texts), _TEXTS)]
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        pool.map(_cut, [texts[:_TEXTS]] * 10 * workers, chunksize=1)  # so many that each process has one
        begun = time.monotonic()
        found = sum(pool.map(_cut, parts, chunksize=1))
        return {"sentences": found, "seconds": time.monotonic() - begun}


def _cut(texts: list[str]) -> int:
    pipeline = _pipeline()
    return sum(1 for text in texts for _ in pipeline(text).sents)


@cache
def _pipeline() -> Callable[[str], Any]:
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    return pipeline


def main() -> None:
    """Do a step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["validate", "ask", "answer", "load", "bulk", "sentences"])
    parser.add_argument("store", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scratch", type=Path, default=Path())
    parser.add_argument("--question", default="")
    parser.add_argument("--limit", type=float, default=600.0, help="what a question may take, in seconds on the clock")
    options = parser.parse_args()
    steps: dict[str, Callable[[], object]] = {
        "validate": lambda: validate(options.store, options.workers),
        "ask": lambda: ask(options.store, options.limit),
        "answer": lambda: answer(options.store, options.question),
        "load": lambda: load_index(options.store, options.scratch),
        "bulk": lambda: bulk(options.store, options.scratch),
        "sentences": lambda: sentences(options.store, options.workers),
    }
    print(json.dumps(steps[options.step]()))


if __name__ == "__main__":
    main()
