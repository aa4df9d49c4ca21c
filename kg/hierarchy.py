"""The terms above each term."""

from __future__ import annotations

from collections.abc import Mapping
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
            seen: set[str] = set()
            todo = [curie]
            while todo:
                term = todo.pop()
                if term not in seen:
                    seen.add(term)
                    todo.extend(self._broader.get(term, ()))
            known = self._above[curie] = frozenset(seen)
        return known

    def is_a(self, curie: str, above: tuple[str, ...]) -> bool:
        """Whether the term is one of `above` or lies below one."""
        known = self.ancestors(curie)
        return any(term in known for term in above)
