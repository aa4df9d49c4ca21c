"""The record of a format, and of what was written in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import MissingComponentError
from kg.export.items import Edge, Node
from kg.export.schema import View
from kg.export.source import ScatteredError, Source, loaded, streamable

# All that XML 1.0 cannot hold, not even escaped. Lone surrogates cannot come this far.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Written:
    """How many of each kind were written: nodes and edges by label, or quads. `hint` is how to load them elsewhere."""

    nodes: Mapping[str, int] = field(default_factory=dict)
    edges: Mapping[str, int] = field(default_factory=dict)
    quads: int = 0
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Exporter:
    """A format to export to. `suffix` is the ending of its file; a format of several files has none and makes a folder."""

    name: str
    suffix: str
    description: str
    put: Callable[[Source, Path, View], Written]
    views: bool = True

    def write(self, source: Source, target: Path, view: View = "full") -> Written:
        """Puts the graph of a file or a store in place of `target`, reading it as a stream where its order allows that.

        Raises:
            InputError: the source cannot be read, or holds no policy.
            OutputError: the target cannot be written, or is a folder with something in it; it stays as it was.
            MissingComponentError: the format needs an extra that is not installed.
        """
        if not streamable(source):
            return self.put(loaded(source), target, view)
        try:
            return self.put(source, target, view)
        except ScatteredError:
            return self.put(loaded(source), target, view)


class Tally:
    """Counts nodes and edges by label while they pass."""

    def __init__(self) -> None:
        self.nodes: Counter[str] = Counter()
        self.edges: Counter[str] = Counter()

    def passing(self, items: Iterable[Node | Edge]) -> Iterator[Node | Edge]:
        nodes, edges = self.nodes, self.edges
        for item in items:
            if len(item) == 3:
                nodes[item[1]] += 1
            else:
                edges[item[1]] += 1
            yield item

    def written(self, hint: str = "") -> Written:
        return Written(dict(sorted(self.nodes.items())), dict(sorted(self.edges.items())), hint=hint)


def xml_text(text: str) -> str:
    """`text` with the replacement character for what XML cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", text)


def missing(component: str, extra: str) -> MissingComponentError:
    """The error for a library of an extra that is not there."""
    return MissingComponentError(component, f"install it with: pip install 'policy-kg[{extra}]'")
