"""Judges versions one after another or, where there are many, in several processes. Which one does not show in the answer."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, islice

from rdflib import Graph

from kg.validate.engine import Background, Engine
from kg.validate.judge import judge
from kg.validate.report import Result
from kg.validate.requirements import TODAY, in_force, regime
from kg.validate.source import Triple, Version

SHARE = 8
"""The least versions that are worth a process of their own: to start one takes about as long as to judge these."""


@dataclass
class Judge:
    """Judges versions by the regime `name`, or without one by the law of each text's day."""

    background: Background
    name: str | None
    _engines: dict[tuple[str, ...], Engine] = field(default_factory=dict)

    def __call__(self, version: Version) -> tuple[tuple[Result, ...], Graph]:
        """The results and the SHACL report of one version."""
        rules = regime(self.name) if self.name else in_force(version.day or TODAY)
        key = tuple(requirement.id for requirement in rules.requirements)
        if key not in self._engines:
            self._engines[key] = Engine(rules.shapes, self.background)
        engine = self._engines[key]
        with engine.holding(version.triples):
            return judge(engine, rules, version)


def judged(
    versions: Iterable[Version], background: Graph, name: str | None, workers: int | None = None
) -> Iterator[tuple[tuple[Result, ...], Graph]]:
    """What `Judge` says of each version, in their order. `workers` are the processes at most, by default as many as there are cores.

    Of the versions, only those that are being judged are held.
    """
    waiting = iter(versions)
    first = tuple(islice(waiting, SHARE * (workers or os.cpu_count() or 1)))
    processes = min(workers or os.cpu_count() or 1, -(-len(first) // SHARE))
    if processes <= 1:
        yield from map(Judge(Background(background), name), chain(first, waiting))
        return
    # A fresh process rather than a fork: Oxigraph's threads do not survive one.
    context = multiprocessing.get_context("spawn")
    shares = _shares(chain(first, waiting), max(1, min(SHARE, len(first) // processes)))
    with ProcessPoolExecutor(processes, context, _begin, (tuple(background), name)) as pool:
        # More shares than there are processes, so that none waits for the reading.
        running = deque(pool.submit(_judge, part) for part in islice(shares, 2 * processes))
        while running:
            done = running.popleft().result()
            running.extend(pool.submit(_judge, part) for part in islice(shares, 1))
            yield from done


def _shares(versions: Iterator[Version], size: int) -> Iterator[tuple[Version, ...]]:
    while share := tuple(islice(versions, size)):
        yield share


_JUDGE: list[Judge] = []  # Of a worker process, which has one.


def _begin(background: Iterable[Triple], name: str | None) -> None:
    threading.Thread(target=_outlived, daemon=True).start()
    _JUDGE[:] = [Judge(Background(background), name)]


def _outlived() -> None:
    """Ends this worker when the process that began it is gone: the pool itself tells nobody if it is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _judge(versions: Sequence[Version]) -> list[tuple[tuple[Result, ...], Graph]]:
    return [_JUDGE[0](version) for version in versions]
