"""Who does what a clause tells: the controller, its reader, or somebody else."""

from __future__ import annotations

from typing import Final

from kg.extract.scene import Scene
from kg.mention import Mention

ACTORS: Final[tuple[str, ...]] = ("pk:FirstParty", "pk:SecondParty", "pk:ThirdActor")
REACH: Final = 7
"""How many tokens before a verb its subject, modal and negation stand."""

_NEAR_BY: Final = 5
_GIVING_AWAY: Final = frozenset({"dpv:Disclose", "dpv:Share", "dpv:Transfer", "dpv:Transmit", "dpv:MakeAvailable"})


def actor_of(scene: Scene, begin: int, cluster: int, verb: int, end: int) -> tuple[str, str | None]:
    """The nearest possible subject before the verb. An organisation or recipient counts when it stands right before it."""
    if any(m.start == verb and not m.weak for m in scene.cues("pk:FirstParty")):
        return "first", None
    told = _doer(scene, end) or _gerund(scene, verb, end)
    if told is not None:
        return told
    persons = [m for m in scene.all(ACTORS) if cluster <= m.start and m.end <= verb]
    others = [m for m in scene.all(("organisation", "recipient")) if begin <= m.start and m.end <= verb]
    best = persons[-1] if persons else None
    if others and (best is None or others[-1].start > best.end):
        other = others[-1]
        if len(scene.words_between(other.end, verb)) <= 3 and not _gets(scene, other, verb):
            return "third", other.term
    if best is None:
        return "", None
    if best.term == "pk:FirstParty" and _asked(scene, best, verb):
        return "second", None
    return {"pk:FirstParty": "first", "pk:SecondParty": "second"}.get(best.term, "third"), None


def _gets(scene: Scene, other: Mention, verb: int) -> bool:
    """Whether somebody before a verb is the one to whom an act before gives data ("disclose to partners the collected data")."""
    gives = any(v.term in _GIVING_AWAY and 0 <= other.first - v.last <= REACH for v in scene.of("processing"))
    return gives and not any(other.end <= cue.start < verb for cue in scene.cues("pk:Relative"))


def _asked(scene: Scene, first: Mention, verb: int) -> bool:
    """Whether the reader turns to the controller to do it ("you may contact Acorn to check …"), which then does nothing of itself."""
    between = any(m.start >= first.end and m.end <= verb for m in scene.cues("pk:PurposeMarker"))
    return between and any(cue.end <= first.start and first.first - cue.last <= REACH for cue in scene.cues("pk:RightCue", strong=True))


def _doer(scene: Scene, end: int) -> tuple[str, str | None] | None:
    """Who does it where that is said after the verb ("processed by the customer")."""
    after = [cue for cue in scene.cues("pk:ByCue") if 0 <= cue.start - end <= 1]
    if not after:
        return None
    place = after[0].end
    named = [m for m in (*scene.all(ACTORS, strong=True), *scene.all(("organisation", "recipient"))) if 0 <= m.start - place <= _NEAR_BY]
    best = min(named, key=lambda m: (m.start, -m.end), default=None)
    if best is None:
        return None
    person = {"pk:FirstParty": "first", "pk:SecondParty": "second"}.get(best.term)
    return (person, None) if person else ("third", None if best.term == "pk:ThirdActor" else best.term)


def _gerund(scene: Scene, verb: int, end: int) -> tuple[str, str | None] | None:
    """Who does what opens the clause without a subject ("By sharing data, you …"): the subject of what follows."""
    if scene.token_at(verb) - scene.first > 1 or not any(cue.start == scene.start for cue in scene.cues("pk:ByCue")):
        return None
    after = next((m for m in scene.all(("pk:FirstParty", "pk:SecondParty"), strong=True) if m.start >= end), None)
    return None if after is None else ("first" if after.term == "pk:FirstParty" else "second", None)
