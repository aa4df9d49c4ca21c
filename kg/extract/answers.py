"""Rows that are answered: a table "category, examples, collected?" says of what is answered "no" that it is not done."""

from __future__ import annotations

from typing import Final

from kg.extract.scene import Scene

_FEWEST: Final = 2
"""One "no" that stands alone may be anything; a table has more answers."""

_BEFORE: Final = 2
"""A category and its examples stand before their answer."""


def refused(found: list[Scene]) -> frozenset[int]:
    """Where the clauses start that a row of a table answers "no"."""
    answers = [_answer(scene) for scene in found]
    if sum(answer is not None for answer in answers) < _FEWEST:
        return frozenset()
    starts: set[int] = set()
    for number, answer in enumerate(answers):
        if answer is not False:
            continue
        for back in range(number - 1, max(number - 1 - _BEFORE, -1), -1):
            if answers[back] is not None or (found[back].states("pk:FirstParty") and found[back].of("processing")):
                break
            starts.add(found[back].start)
    return frozenset(starts)


def _answer(scene: Scene) -> bool | None:
    """Whether a clause is nothing but a yes or a no, and which."""
    if scene.last - scene.first != 1:
        return None
    if scene.has("pk:Affirmation"):
        return True
    return False if scene.has("pk:Negation") else None
