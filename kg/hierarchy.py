"""The terms above each term."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, final


@final
class Hierarchy:
    """Which terms lie above which, from the terms one step above each."""

    __slots__ = ("_above", "_broader", "families")

    def __init__(self, broader: Mapping[str, tuple[str, ...]]) -> None:
        self._broader: Final[dict[str, tuple[str, ...]]] = dict(broader)
        self._above: Final[dict[str, frozenset[str]]] = {}
        self.families: Final[dict[str, int]] = {}
        """Room for what `kg.extract.reading` knows of a term: it costs a look at all terms above."""

    def ancestors(self, curie: str) -> frozenset[str]:
        """The term itself and every term above it."""
        known = self._above.get(curie)
        if known is None:
            known = self._above[curie] = closure(curie, self._broader)
        return known

    def is_a(self, curie: str, above: tuple[str, ...]) -> bool:
        """Whether the term is one of `above` or lies below one."""
        known = self.ancestors(curie)
        return any(term in known for term in above)


def closure(name: str, links: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """The name and all that links lead to from it."""
    seen: set[str] = set()
    ahead = [name]
    while ahead:
        node = ahead.pop()
        if node not in seen:
            seen.add(node)
            ahead.extend(links.get(node, ()))
    return frozenset(seen)
