"""Finds the stretches of a clause that restrict the rest, exceptions and conditions, and those that only speak of an act."""

from __future__ import annotations

from typing import Final, final

from kg.extract.scene import Scene
from kg.mention import Mention

_WALLS: Final = frozenset({";", ",", ".", ":", "(", ")"})
_PARTING: Final = frozenset({",", "and", "ja", "sekä"})
_ARGUMENTS: Final[tuple[str, ...]] = ("data", "recipient", "organisation", "purpose", "technology", "place", "basis", "condition")


@final
class Aside:
    """A stretch of the clause that restricts the rest: an exception or a condition. `lacking` says that what it names is not said to be
    there: it is without it, or only asks, supposes or tells of it. `spoken` holds of the last alone, which restrict nothing."""

    __slots__ = ("end", "exception", "lacking", "spoken", "start")

    def __init__(self, start: int, end: int, exception: bool, lacking: bool = False, spoken: bool = False) -> None:
        self.start: Final = start
        self.end: Final = end
        self.exception: Final = exception
        self.lacking: Final = lacking
        self.spoken: Final = spoken


def asides(scene: Scene) -> tuple[Aside, ...]:
    """The exceptions and conditions of a clause in order.

    From their cue to the comma after an opening one, else to the next contrast or the end; an exception whose cue follows what it
    excepts ("X lukuun ottamatta") takes in what stands before. A condition that only supposes an act ("if we learn that …") lacks it.
    """
    found: list[Aside] = []
    contrasts = frozenset(m.start for m in scene.cues("pk:Contrast", strong=True))
    for cue in scene.all(("pk:Exception", "pk:ConditionCue", "pk:Without", "pk:Spoken")):
        spoken = cue.term == "pk:Spoken"
        if found and cue.start < found[-1].end:
            if spoken and not found[-1].exception:
                found[-1] = Aside(found[-1].start, found[-1].end, False, True, cue.start == found[-1].start)
            continue
        if cue.weak:
            continue
        exception = cue.term == "pk:Exception" and not _only_if(scene, cue)
        before = _behind(scene, cue, found[-1].end if found else scene.start) if exception else None
        if before is not None:
            found.append(Aside(before, cue.end, True))
        elif spoken:
            found.append(Aside(cue.start, _spoken_end(scene, cue, contrasts), False, True, True))
        else:
            lacking = cue.term == "pk:Without" or (exception and any(m.start == cue.start for m in scene.cues("pk:Unless")))
            found.append(Aside(cue.start, _end(scene, cue, contrasts), exception, lacking))
    return tuple(found)


def _only_if(scene: Scene, cue: Mention) -> bool:
    """Whether an "only if" restricts what is affirmed: then it is a condition; a denial it opens an exception from."""
    if not any(m.start == cue.start for m in scene.cues("pk:OnlyIf")):
        return False
    return not any(m.end <= cue.start for m in scene.cues("pk:Negation"))


def _spoken_end(scene: Scene, cue: Mention, contrasts: frozenset[int]) -> int:
    """The next contrast, semicolon or "we" behind a comma or an "and", else the end."""
    norms, starts = scene.tokens.norms, scene.tokens.starts
    ours = frozenset(m.start for m in scene.cues("pk:FirstParty", strong=True))
    for number in range(cue.last, scene.last):
        after = number > cue.last and norms[number - 1] in _PARTING
        if norms[number] == ";" or starts[number] in contrasts or (after and starts[number] in ours):
            return starts[number]
    return scene.end


def _end(scene: Scene, cue: Mention, contrasts: frozenset[int]) -> int:
    verbs = scene.of("processing")
    opening = not any(verb.end <= cue.start for verb in verbs)
    if opening and any(m.end <= cue.start for m in scene.cues("pk:Negation", strong=True)):
        return next((verb.start for verb in verbs if verb.start >= cue.end), scene.end)
    first = cue.last
    for number in range(first, scene.last):
        place, word = scene.tokens.starts[number], scene.tokens.norms[number]
        if word in (";", ")") or (place in contrasts and number > first):
            return place
        if opening and word == "," and number - first > 1 and not _in_list(scene, number):
            return place
    return scene.end


def _behind(scene: Scene, cue: Mention, floor: int) -> int | None:
    """Where the stretch before an exception cue starts, if nothing that could be excepted follows the cue."""
    number = cue.last
    after = scene.tokens.starts[number] if number < scene.last else scene.end
    acting = (*scene.of("processing"), *scene.cues("pk:Negation"))
    follows = (*acting, *scene.cues("pk:FirstParty", strong=True))
    if number < scene.last and scene.tokens.norms[number] not in _WALLS and not any(m.start == after for m in follows):
        return None
    start = cue.start
    for back in range(cue.first - 1, scene.token_at(floor) - 1, -1):
        place = scene.tokens.starts[back]
        if scene.tokens.norms[back] in _WALLS or any(m.start <= place < m.end for m in acting):
            break
        start = place
    return start if any(start <= m.start < cue.start for m in scene.all(_ARGUMENTS)) else None


def _in_list(scene: Scene, comma: int) -> bool:
    """Whether a comma seems to separate the members of a list instead of closing an opening stretch: no actor or negation follows soon."""
    limit = scene.tokens.ends[min(comma + 6, scene.last - 1)]
    here = scene.tokens.starts[comma]
    actors = scene.all(("pk:FirstParty", "pk:SecondParty", "pk:ThirdActor", "pk:Negation", "pk:Possessive"))
    return not any(here < m.start < limit for m in actors) and any(m.start > limit for m in scene.all(("pk:FirstParty", "pk:SecondParty")))
