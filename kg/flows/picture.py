"""The flows as a picture: a column for each stage, ribbons from left to right, few enough of each to be read.

Of each stage the terms with the most flows are shown; all others together are one. So a picture of 500 policies has no more on it than
one of five.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.atomic import replacing
from kg.errors import OutputError
from kg.export.exporter import missing
from kg.flows.reading import STAGES, Flow, Flows

_TITLES = ("Who", "shares which data", "for what", "with whom", "where")
_OTHERS, _UNSAID, _SEAT = "\x00others", "", "\x00seat"
_LEAVES, _STAYS, _UNKNOWN, _SEATED = "#c8502d", "#2d6fa8", "#9a9a9a", "#d9a13a"
_WIDTH, _GAP, _BAR = 16.0, 0.012, 0.016  # inches; the rest is in parts of the picture
_LETTERS = 24  # of a line of a label
FORMATS = (".svg", ".png", ".pdf")


@dataclass(frozen=True, slots=True)
class _Band:
    """The flows that are drawn as one ribbon through all stages."""

    terms: tuple[str, ...]
    color: str
    possible: bool
    weight: float


def draw(found: Flows, path: Path, terms: int = 9) -> None:
    """Draws the flows into a file whose ending says the format, with at most `terms` terms in a column beside the rest.

    Raises:
        OutputError: the ending is none of `FORMATS`, or the file cannot be written.
        MissingComponentError: matplotlib is not installed.
    """
    if path.suffix.lower() not in FORMATS:
        raise OutputError(str(path), f"the name must end in one of {', '.join(FORMATS)}")
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise missing("matplotlib", "flows") from error
    bands, others = _bands(found, terms)
    columns = _columns(bands)
    tallest = max(map(len, columns))
    # The same flows give the same bytes: no time of day and no random identifiers in the file, text as text.
    with matplotlib.rc_context({"svg.hashsalt": "kg", "svg.fonttype": "none", "font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(_WIDTH, max(5.0, 2.2 + 0.62 * tallest)), dpi=110)
        axes = figure.add_axes((0.13, 0.09, 0.74, 0.8))
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.axis("off")
        _ribbons(axes, bands, columns)
        _labels(axes, found, columns, others)
        _explain(figure, axes, found)
        with replacing(path) as stream:
            kind = path.suffix.lower()[1:]
            figure.savefig(stream, format=kind, metadata=_UNDATED.get(kind))


_UNDATED = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}


def _bands(found: Flows, terms: int) -> tuple[list[_Band], list[int]]:
    """The ribbons, and how many terms of each stage stand together as others."""
    kept: list[set[str]] = []
    others: list[int] = []
    shown = [(*flow[:4], flow.place + _SEAT if flow.seat else flow.place) for flow in found.flows]
    for stage in range(len(STAGES)):
        weights: defaultdict[str, float] = defaultdict(float)
        for flow, told in zip(found.flows, shown, strict=True):
            if told[stage]:
                weights[told[stage]] += flow.weight
        ranked = sorted(weights, key=lambda term: (-weights[term], term))
        # One term is not hidden behind "1 other".
        cut = len(ranked) if len(ranked) <= terms + 1 else terms
        kept.append(set(ranked[:cut]))
        others.append(len(ranked) - cut)
    together: defaultdict[tuple[tuple[str, ...], str, bool], float] = defaultdict(float)
    for flow, told in zip(found.flows, shown, strict=True):
        terms_shown = tuple(term if not term or term in kept[at] else _OTHERS for at, term in enumerate(told))
        together[terms_shown, _color(found, flow), flow.possible] += flow.weight
    return [_Band(*key, weight) for key, weight in sorted(together.items())], others


def _color(found: Flows, flow: Flow) -> str:
    if found.leaves(flow):
        return _SEATED if flow.seat else _LEAVES
    return _STAYS if flow.place and not flow.seat else _UNKNOWN


def _columns(bands: Sequence[_Band]) -> list[dict[str, tuple[float, float]]]:
    """For each stage the terms from top to bottom, with where they begin and end: the largest first, what is not said last."""
    columns = []
    total = sum(band.weight for band in bands) or 1.0
    for stage in range(len(STAGES)):
        weights: defaultdict[str, float] = defaultdict(float)
        for band in bands:
            weights[band.terms[stage]] += band.weight
        order = sorted(weights, key=lambda term: (term == _UNSAID, term == _OTHERS, -weights[term], term))
        gap = _GAP if len(order) < 2 else min(0.035, 0.3 / (len(order) - 1))
        scale = (1 - gap * (len(order) - 1)) / total
        top, places = 1.0, {}
        for term in order:
            height = weights[term] * scale
            places[term] = (top, top - height)
            top -= height + gap
        columns.append(places)
    return columns


def _x(stage: int) -> float:
    return stage / (len(STAGES) - 1) * (1 - _BAR)


def _ribbons(axes: Any, bands: Sequence[_Band], columns: list[dict[str, tuple[float, float]]]) -> None:
    from matplotlib.patches import PathPatch, Rectangle
    from matplotlib.path import Path as Outline

    totals = [sum(band.weight for band in bands if band.terms[at] == term) for at, column in enumerate(columns) for term in column]
    weights = iter(totals)
    scales = [{term: (top - bottom) / next(weights) for term, (top, bottom) in column.items()} for column in columns]
    for stage in range(len(STAGES) - 1):
        left = {term: top for term, (top, _) in columns[stage].items()}
        right = {term: top for term, (top, _) in columns[stage + 1].items()}
        order = {at: {term: number for number, term in enumerate(columns[at])} for at in (stage, stage + 1)}
        merged: defaultdict[tuple[str, str, str, bool], float] = defaultdict(float)
        for band in bands:
            merged[band.terms[stage], band.terms[stage + 1], band.color, band.possible] += band.weight
        ribbons = sorted(merged.items(), key=lambda item: (order[stage][item[0][0]], order[stage + 1][item[0][1]], item[0][2:]))
        arrivals = sorted(ribbons, key=lambda item: (order[stage + 1][item[0][1]], order[stage][item[0][0]], item[0][2:]))
        ends = {}
        for key, weight in arrivals:
            height = weight * scales[stage + 1][key[1]]
            ends[key] = (right[key[1]], right[key[1]] - height)
            right[key[1]] -= height
        x0, x1 = _x(stage) + _BAR, _x(stage + 1)
        middle = (x0 + x1) / 2
        for key, weight in ribbons:
            a = left[key[0]]
            b = a - weight * scales[stage][key[0]]
            left[key[0]] = b
            c, d = ends[key]
            vertices = [(x0, a), (middle, a), (middle, c), (x1, c), (x1, d), (middle, d), (middle, b), (x0, b), (x0, a)]
            codes = [Outline.MOVETO, *[Outline.CURVE4] * 3, Outline.LINETO, *[Outline.CURVE4] * 3, Outline.CLOSEPOLY]
            axes.add_patch(PathPatch(Outline(vertices, codes), facecolor=key[2], alpha=0.22 if key[3] else 0.55, linewidth=0))
    for stage, column in enumerate(columns):
        for top, bottom in column.values():
            axes.add_patch(Rectangle((_x(stage), bottom), _BAR, top - bottom, facecolor="#333333", linewidth=0))


def _labels(axes: Any, found: Flows, columns: list[dict[str, tuple[float, float]]], others: list[int]) -> None:
    ground = {"facecolor": "white", "alpha": 0.6, "edgecolor": "none", "pad": 1.0}
    for stage, column in enumerate(columns):
        x, side = (_x(stage) - 0.008, "right") if stage == 0 else (_x(stage) + _BAR + 0.006, "left")
        for term, (top, bottom) in column.items():
            text = "\n".join(textwrap.wrap(_name(found, term, others[stage]), _LETTERS, max_lines=2, placeholder=" …"))
            style = "italic" if term in (_UNSAID, _OTHERS) or term.endswith(_SEAT) else "normal"
            axes.text(x, (top + bottom) / 2, text, ha=side, va="center", fontsize=9, style=style, bbox=ground)
        axes.text(_x(stage) + _BAR / 2, 1.045, _TITLES[stage], ha="center", va="bottom", fontsize=12, weight="bold")


def _name(found: Flows, term: str, others: int) -> str:
    if term in (_UNSAID, _OTHERS):
        return "not said" if term == _UNSAID else f"{others} others"
    return found.name(term.removesuffix(_SEAT)) + (" (head office)" if term.endswith(_SEAT) else "")


def _explain(figure: Any, axes: Any, found: Flows) -> None:
    from matplotlib.patches import Patch

    for stage in range(len(STAGES) - 1):
        at = (_x(stage) + _x(stage + 1) + _BAR) / 2
        axes.annotate(
            "",
            xy=(at + 0.025, 1.058),
            xytext=(at - 0.025, 1.058),
            arrowprops={"arrowstyle": "-|>", "color": "#333333"},
            annotation_clip=False,
        )
    controllers = len({flow.controller for flow in found.flows})
    policies = len({flow.policy for flow in found.flows})
    who = f"{_counted(policies, 'policy', 'policies')} of {_counted(controllers, 'controller', 'controllers')}"
    title = f"What {who} say about handing on personal data"
    figure.text(0.5, 0.965, title, ha="center", va="center", fontsize=14)
    legend = [
        Patch(facecolor=_LEAVES, alpha=0.75, label="said to leave the European Economic Area"),
        Patch(facecolor=_SEATED, alpha=0.75, label="place not said, recipient's head office outside"),
        Patch(facecolor=_STAYS, alpha=0.75, label="said to stay, or not known to leave"),
        Patch(facecolor=_UNKNOWN, alpha=0.75, label="place not said"),
        Patch(facecolor="#555555", alpha=0.22, label="pale: only possible (“may”)"),
    ]
    figure.legend(handles=legend, loc="lower center", ncols=5, frameon=False, fontsize=9, bbox_to_anchor=(0.5, 0.012))
    note = "Read from left to right. A ribbon is as wide as the number of statements behind it; denied flows are not shown."
    figure.text(0.5, 0.062, note, ha="center", va="center", fontsize=9, color="#444444")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
