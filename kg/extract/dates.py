"""Dates in running text, with the months by name as the lexicon knows them."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from kg.extract.scene import Scene
from kg.vocabulary import Vocabulary

_ISO: Final = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b")
_DOTTED: Final = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)\b")
_DAY: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


def dates(scene: Scene, vocabulary: Vocabulary) -> list[tuple[date, int, int]]:
    """The whole dates of a clause with their spans. "03/04/2020" is left out: it is two dates, by the country."""
    found: list[tuple[date, int, int]] = []
    if not _YEAR.search(scene.text, scene.start, scene.end):
        return found
    for pattern, order in ((_ISO, (1, 2, 3)), (_DOTTED, (3, 2, 1))):
        for found_at in pattern.finditer(scene.text, scene.start, scene.end):
            day = _date(*(int(found_at.group(n)) for n in order))
            if day is not None:
                found.append((day, found_at.start(), found_at.end()))
    for number in range(scene.first, scene.last):
        month = next(
            (int(vocabulary.terms[term].value or 0) for term in scene.classes(number) if "pk:Month" in vocabulary.terms[term].types), None
        )
        if month is None:
            continue
        near = [n for n in range(max(scene.first, number - 3), min(scene.last, number + 5)) if n != number]
        years = [n for n in near if n > number and _YEAR.fullmatch(scene.tokens.norms[n])]
        days = {n: int(match[1]) for n in near if (match := _DAY.fullmatch(scene.tokens.norms[n])) and int(match[1]) <= 31}
        if years and days:
            first = min(days, key=lambda n: abs(n - number))
            day = _date(int(scene.tokens.norms[years[0]]), month, days[first])
            if day is not None:
                start = min(scene.tokens.starts[first], scene.tokens.starts[number])
                found.append((day, start, scene.tokens.ends[years[0]]))
    return sorted(found, key=lambda row: row[1])


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
