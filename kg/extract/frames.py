"""Reads the skeleton of a clause: who does what, whether it is denied, and how certainly.

A frame is one action (or several joined ones: "collect, use and share") with its stretch of the clause. Negation, modality and actor are
read from the words before the verb; a joined action without its own inherits them. Exceptions and conditions are stretches of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kg.extract.scene import Scene
from kg.model import Mention

_REACH = 7
"""How many tokens before a verb its subject, modal and negation stand."""

_JOINTS = frozenset({",", "/", "&", "(", ")"})


@dataclass(frozen=True, slots=True)
class Frame:
    """An action and the stretch `start`–`end` whose mentions belong to it.

    `actor` is "first", "second", "third" or "" where none is named; `agent` the organisation that acts, if it is named.
    """

    start: int
    end: int
    verbs: tuple[Mention, ...]
    denied: bool = False
    modality: str = "pk:Does"
    actor: str = ""
    agent: str | None = None
    negation: Mention | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """A stretch of the clause that restricts the rest: an exception or a condition."""

    start: int
    end: int
    exception: bool


def asides(scene: Scene) -> tuple[Aside, ...]:
    """The exceptions and conditions of a clause: from their cue to the comma after an opening one, else to the next contrast or the end."""
    found: list[Aside] = []
    cues = scene.cues("pk:Exception", "pk:ConditionCue", "pk:Without", strong=True)
    contrasts = [m.start for m in scene.cues("pk:Contrast")]
    for cue in cues:
        if found and cue.start < found[-1].end:
            continue
        opening = not any(m.role == "processing" and m.end <= cue.start for m in scene.mentions)
        end = scene.end
        for number in range(scene.token_at(cue.end), scene.last):
            place, word = scene.tokens.starts[number], scene.tokens.norms[number]
            if (
                word == ";"
                or place in contrasts
                or (opening and word == "," and number - scene.token_at(cue.end) > 2 and not _in_list(scene, number))
            ):
                end = place
                break
        found.append(Aside(cue.start, end, cue.term == "pk:Exception"))
    return tuple(found)


def _in_list(scene: Scene, comma: int) -> bool:
    """Whether a comma seems to separate the members of a list instead of closing an opening condition: no actor follows it soon."""
    limit = scene.tokens.ends[min(comma + 6, scene.last - 1)]
    here = scene.tokens.starts[comma]
    return not any(here < m.start < limit for m in scene.cues("pk:FirstParty", "pk:SecondParty", "pk:ThirdActor")) and any(
        m.start > limit for m in scene.cues("pk:FirstParty", "pk:SecondParty")
    )


def frames(scene: Scene, within: tuple[Aside, ...]) -> tuple[Frame, ...]:
    """The actions of a clause in order; their stretches are disjoint and cover it. A clause without an action has one empty frame."""
    groups = _groups(scene, [(m.start, a.end) for m in scene.cues("pk:Without") for a in within if a.start <= m.start < a.end])
    if not groups:
        return (_without_verb(scene),)
    starts = [_cluster(scene, groups[n - 1][-1].end if n else scene.start, group[0].start) for n, group in enumerate(groups)]
    found: list[Frame] = []
    for n, group in enumerate(groups):
        begin = scene.start if n == 0 else starts[n]
        end = starts[n + 1] if n + 1 < len(groups) else scene.end
        found.append(_frame(scene, group, starts[n], begin, end, found[-1] if found else None, within))
    return tuple(found)


def _groups(scene: Scene, lacking: list[tuple[int, int]]) -> list[list[Mention]]:
    """Joined verbs ("collect, use and share") are one group: nothing but joints and at most one other word stands between them.

    What is not done ("without telling you") is no action.
    """
    groups: list[list[Mention]] = []
    for verb in scene.of("processing"):
        if any(start <= verb.start < end for start, end in lacking):
            continue
        if groups:
            between = [w for w in scene.words_between(groups[-1][-1].end, verb.start) if w not in _JOINTS]
            walls = scene.cues(
                "pk:FirstParty", "pk:SecondParty", "pk:ThirdActor", "pk:Negation", "pk:Possibility", "pk:Future", "pk:Contrast"
            )
            blocked = any(
                groups[-1][-1].end <= m.start < verb.start for m in (*walls, *scene.of("data", "recipient", "purpose", "organisation"))
            )
            if verb.start < groups[-1][-1].end or (len(between) <= 1 and not blocked):
                groups[-1].append(verb)
                continue
        groups.append([verb])
    return groups


def _cluster(scene: Scene, floor: int, verb: int) -> int:
    """Where the subject, modal and negation before a verb start."""
    number = scene.token_at(verb)
    lowest = max(floor, scene.tokens.starts[max(scene.first, number - _REACH)])
    parts = scene.cues(
        "pk:FirstParty", "pk:SecondParty", "pk:ThirdActor", "pk:Negation", "pk:Possibility", "pk:Future", "pk:Obligation", "pk:Contrast"
    )
    before = [m.start for m in parts if lowest <= m.start and m.end <= verb]
    return min(before, default=verb)


def _frame(
    scene: Scene, group: list[Mention], cluster: int, begin: int, end: int, before: Frame | None, within: tuple[Aside, ...]
) -> Frame:
    verb = group[0].start
    near = [m for m in scene.mentions if cluster <= m.start and m.end <= group[-1].start + 1]
    negation = next((m for m in near if m.term == "pk:Negation" and not m.weak), None) or _determiner(scene, begin, end)
    modal = _modality(near)
    actor, agent = _actor(scene, begin, cluster, verb)
    contrast = any(m.term == "pk:Contrast" for m in near)
    if before is not None and not contrast and not actor and modal is None and negation is None and scene.token_at(verb) > scene.first:
        linked = not any(before.verbs[-1].end <= a.start < verb for a in within)
        if linked:
            return replace(before, start=begin, end=end, verbs=tuple(group))
    if before is not None and not actor:
        actor, agent = before.actor, before.agent
    return Frame(begin, end, tuple(group), negation is not None, modal or "pk:Does", actor, agent, negation)


def _determiner(scene: Scene, begin: int, end: int) -> Mention | None:
    """A "no" or "any … never" right before data or a recipient denies the action too ("we share no personal data")."""
    cues = scene.cues("pk:Negation")
    if not cues:
        return None
    targets = [m.start for m in scene.of("data", "recipient", "technology") if begin <= m.start < end]
    for cue in cues:
        if begin <= cue.start < end and any(0 <= scene.token_at(t) - scene.token_at(cue.end) <= 1 for t in targets if t >= cue.end):
            return cue
    return None


def _modality(near: list[Mention]) -> str | None:
    terms = {m.term for m in near}
    if "pk:Possibility" in terms:
        return "pk:May"
    if "pk:Obligation" in terms:
        return "pk:Must"
    return "pk:Will" if "pk:Future" in terms else None


def _actor(scene: Scene, begin: int, cluster: int, verb: int) -> tuple[str, str | None]:
    """The nearest possible subject before the verb. An organisation or recipient counts when it stands right before it."""
    persons = [m for m in scene.cues("pk:FirstParty", "pk:SecondParty", "pk:ThirdActor") if cluster <= m.start and m.end <= verb]
    others = [m for m in scene.of("organisation", "recipient") if begin <= m.start and m.end <= verb]
    best = persons[-1] if persons else None
    if others and (best is None or others[-1].start > best.end):
        other = others[-1]
        if len(scene.words_between(other.end, verb)) <= 3:
            return "third", other.term if other.role == "organisation" else None
    if best is None:
        return "", None
    return {"pk:FirstParty": "first", "pk:SecondParty": "second"}.get(best.term, "third"), None


def _without_verb(scene: Scene) -> Frame:
    negation = next((m for m in scene.cues("pk:Negation") if not m.weak), None) or _determiner(scene, scene.start, scene.end)
    first = bool(scene.cues("pk:FirstParty"))
    return Frame(
        scene.start, scene.end, (), negation is not None, _modality(scene.mentions) or "pk:Does", "first" if first else "", None, negation
    )
