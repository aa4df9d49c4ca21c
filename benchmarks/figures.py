"""What every benchmark reports in the same form: a figure, beside what, by which factor, and what it should be.

A benchmark prints lines for people and, with ``--json``, at last one line for `python benchmarks`, which writes docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement: `ours` in `unit`, and where there is a public counterpart, its name, what it took, and the ratio.

    `spread` are the smallest and largest ratio of a round; `bar` is what the figure should be, and `met` whether it is.
    """

    name: str
    ours: float
    unit: str
    beside: str = ""
    theirs: float | None = None
    ratio: float | None = None
    spread: tuple[float, float] | None = None
    bar: str = ""
    met: bool | None = None


def parser(description: str | None) -> argparse.ArgumentParser:
    """The parser of a benchmark, with the option that all have."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--json", action="store_true", help="at last a line of figures for a machine")
    return made


def tell(options: argparse.Namespace, figures: Iterable[Figure], settings: str = "") -> None:
    """Print the figures where ``--json`` is given; `settings` says on what they were measured."""
    if options.json:
        print(json.dumps({"settings": settings, "figures": [asdict(figure) for figure in figures]}))


def beside(name: str, unit: str, other: str, rounds: Sequence[tuple[float, float]], most: float | None = None) -> Figure:
    """A figure out of rounds of ours and theirs: medians, their ratio and its spread. `most` is what the ratio may be."""
    from statistics import median

    ours, theirs = median(one for one, _ in rounds), median(one for _, one in rounds)
    ratios = [one / another for one, another in rounds]
    met = None if most is None else ours / theirs <= most
    return Figure(name, ours, unit, other, theirs, ours / theirs, (min(ratios), max(ratios)), "" if most is None else f"≤ {most:g}", met)
