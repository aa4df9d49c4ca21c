"""Reads the skeleton of a clause: who does what, whether it is denied, and how certainly.

A frame is one action (or several joined ones: "collect, use and share") with its stretch of the clause. Negation, modality and actor are
read from the words before the verb; a joined action without its own inherits them. A negation or a contrast that stands after the verb
without one of its own ("…, not with advertisers", "… but with banks") makes a frame with the same verbs and the other polarity.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, final

from kg.extract.actors import ACTORS, REACH, actor_of
from kg.extract.asides import Aside
from kg.extract.scene import Scene
from kg.mention import Mention

_HALF: Final = 4
_NEAR_FINITE: Final = 3

_JOINTS: Final = frozenset({",", "/", "&", "(", ")"})
_COORDINATING: Final = frozenset({",", "/", ";", "(", "and", "or", "nor", "to", "ja", "tai", "eikä", "sekä", "taikka", "for"})
_LEADING: Final[tuple[str, ...]] = (*ACTORS, "pk:Negation", "pk:Possibility", "pk:Future", "pk:Obligation", "pk:Contrast")
_BEFORE: Final[tuple[str, ...]] = (*_LEADING, "pk:Inability")
_WALLS: Final[tuple[str, ...]] = (*_LEADING, "data", "recipient", "purpose", "organisation")
_PARTING: Final[tuple[str, ...]] = (*ACTORS, "pk:Relative", "pk:Contrast")
_STEERING: Final[tuple[str, ...]] = ("pk:Negation", "pk:Inability", "pk:Contrast", "pk:Possibility", "pk:Obligation", "pk:Future")
_TARGETS: Final[tuple[str, ...]] = ("data", "recipient", "technology", "processing", "decision", "organisation")
_TOLD: Final[tuple[str, ...]] = (*_TARGETS, "purpose", "basis", "place")


@final
class Frame:
    """An action and the stretch `start`–`end` whose mentions belong to it.

    `actor` is "first", "second", "third" or "" where none is named; `agent` the organisation that acts, if it is named. `void` says that
    nothing of it is a practice or a denial of the controller: what cannot be done without something is a consequence, what the reader does
    not do is no denial, nor is what is kept from other purposes only, or what "data that do not …" says of the data.
    """

    __slots__ = ("actor", "agent", "denied", "end", "modality", "start", "verbs", "void")

    def __init__(
        self,
        start: int,
        end: int,
        verbs: tuple[Mention, ...],
        denied: bool = False,
        modality: str = "pk:Does",
        actor: str = "",
        agent: str | None = None,
        void: bool = False,
    ) -> None:
        self.start: Final = start
        self.end: Final = end
        self.verbs: Final = verbs
        self.denied: Final = denied
        self.modality: Final = modality
        self.actor: Final = actor
        self.agent: Final = agent
        self.void: Final = void

    def piece(self, start: int, end: int, denied: bool) -> Frame:
        """The action in another stretch."""
        return Frame(start, end, self.verbs, denied, self.modality, self.actor, self.agent, self.void)

    def turned(self, denied: bool, void: bool) -> Frame:
        """The action in its stretch with another polarity."""
        return Frame(self.start, self.end, self.verbs, denied, self.modality, self.actor, self.agent, void)


def frames(scene: Scene, within: tuple[Aside, ...]) -> tuple[Frame, ...]:
    """The actions of a clause in order; their stretches are disjoint and cover it. A clause without an action has one empty frame."""
    groups = _groups(scene, [a for a in within if a.lacking])
    if not groups:
        return tuple(_split(scene, _without_verb(scene, scene.start, scene.end), within))
    starts = [_cluster(scene, groups[n - 1][-1].end if n else scene.start, group[0].start) for n, group in enumerate(groups)]
    starts = [start if n == 0 else _after_semicolon(scene, groups[n - 1][-1].end, start) for n, start in enumerate(starts)]
    found: list[Frame] = []
    for n, group in enumerate(groups):
        begin = _opening(scene, starts[n], within) if n == 0 else starts[n]
        if n == 0 and begin == scene.start and _new_subject(scene, starts[n]):
            begin = starts[n]
        if begin > scene.start and n == 0:
            found.append(_without_verb(scene, scene.start, begin))
        end = starts[n + 1] if n + 1 < len(groups) else scene.end
        before = found[-1] if n else None
        found.append(_frame(scene, group, starts[n], begin, end, before, within))
    return tuple(_voided(scene, piece) for frame in found for piece in _split(scene, frame, within))


def _voided(scene: Scene, frame: Frame) -> Frame:
    if not frame.denied or frame.void:
        return frame
    limited = any(frame.start <= cue.start < frame.end for cue in scene.all(("pk:Otherwise", "pk:Limit"))) or _describing(scene, frame)
    withheld = [cue.first for cue in scene.cues("pk:Withheld") if frame.start <= cue.start < frame.end]
    if any(by.last in withheld for by in scene.cues("pk:ByCue")):
        limited = True  # "By not providing your name" is what the reader does.
    return frame.turned(frame.denied, True) if limited or (frame.actor == "second" and _told_of_reader(scene, frame)) else frame


def _describing(scene: Scene, frame: Frame) -> bool:
    """Whether every negation of a frame says what something is like ("the statistics contain no personal data")."""
    negations = [m for m in scene.cues("pk:Negation") if frame.start <= m.start < frame.end]
    return bool(negations) and all(any(cue.start < m.end <= cue.end for cue in scene.cues("pk:Describing")) for m in negations)


def _told_of_reader(scene: Scene, frame: Frame) -> bool:
    """Whether the reader is the subject of a denied action and not the object of the one before ("we send you … and do not …")."""
    verb = frame.verbs[0].start if frame.verbs else frame.end
    persons = [m.end for m in scene.cues("pk:SecondParty") if frame.start <= m.start and m.end <= verb]
    # "… that you will leave and not provide": with a modal right after, the reader is a subject.
    modals = scene.all(("pk:Future", "pk:Obligation", "pk:Possibility"))
    if persons and any(0 <= m.start - persons[-1] <= 1 for m in modals):
        return True
    return not persons or _COORDINATING.isdisjoint(scene.words_between(persons[-1], verb))


def _groups(scene: Scene, lacking: list[Aside]) -> list[list[Mention]]:
    """Joined verbs ("collect, use and share") are one group: nothing but joints and at most one other word stands between them.

    What is not done ("without telling you") is no action.
    """
    groups: list[list[Mention]] = []
    for verb in scene.of("processing"):
        if any(aside.start <= verb.start < aside.end for aside in lacking):
            continue
        if groups:
            last = groups[-1][-1].end
            if verb.start < last or _joined(scene, last, verb.start):
                groups[-1].append(verb)
                continue
        groups.append([verb])
    return groups


def _joined(scene: Scene, end: int, start: int) -> bool:
    """Whether nothing but joints and at most one word that could not be an actor or an object stands between two verbs."""
    if len([word for word in scene.words_between(end, start) if word not in _JOINTS]) > 1:
        return False
    found = scene.found
    return not any(end <= m.start < start for kind in _WALLS for m in found.of(kind))


def _cluster(scene: Scene, floor: int, verb: int) -> int:
    """Where the subject, modal and negation before a verb start."""
    number = scene.token_at(verb)
    turned = floor
    for contrast in scene.cues("pk:Contrast", strong=True):
        if contrast.end <= verb:
            turned = contrast.start
    if ";" in scene.tokens.norms[scene.first : number]:
        turned = max(scene.tokens.ends[n] for n in range(scene.first, number) if scene.tokens.norms[n] == ";")
    lowest = max(floor, turned, scene.tokens.starts[max(scene.first, number - REACH)])
    found = scene.found
    first = verb
    for kind in _BEFORE:
        for cue in found.of(kind):
            if lowest <= cue.start < first and not cue.weak and _leads(cue, verb):
                first = cue.start
    return first


def _leads(cue: Mention, verb: int) -> bool:
    """Whether a cue stands before a verb; a modal may share its "be" with it ("may be" and "be used to")."""
    return cue.end <= verb or (cue.start < verb and cue.term == "pk:Possibility")


def _new_subject(scene: Scene, start: int) -> bool:
    """Whether a "we" of its own opens the action after a half sentence without one ("tags load and we do not read them")."""
    number = scene.token_at(start)
    if number - scene.first < _HALF or not any(m.start == start for m in scene.cues("pk:FirstParty", strong=True)):
        return False
    return scene.tokens.norms[number - 1] not in (",", ":") and any(m.end <= start for m in scene.all(("technology", "purpose")))


def _after_semicolon(scene: Scene, floor: int, start: int) -> int:
    """The end of the first semicolon between an action and the next: there the next one's stretch starts, subject and all."""
    words = scene.words_between(floor, start)
    return scene.tokens.ends[scene.token_at(floor) + words.index(";")] if ";" in words else start


def _opening(scene: Scene, place: int, within: tuple[Aside, ...]) -> int:
    """Where the first action's stretch starts: at a contrast before it, a bracket or later condition around it, else with the clause."""
    condition = next((a.start for a in within if a.start < place < a.end and not a.exception and scene.start < a.start), None)
    if condition is not None:
        return condition
    contrast = max((m.start for m in scene.cues("pk:Contrast", strong=True) if scene.start < m.start <= place), default=None)
    if contrast is not None:
        return contrast
    for number in range(scene.token_at(place) - 1, scene.first, -1):
        if scene.tokens.norms[number] == ")":
            break
        if scene.tokens.norms[number] == "(":
            return scene.tokens.starts[number]
    return scene.start


def _frame(
    scene: Scene, group: list[Mention], cluster: int, begin: int, end: int, before: Frame | None, within: tuple[Aside, ...]
) -> Frame:
    verb = group[0].start
    near = [m for m in scene.all(_STEERING) if cluster <= m.start and (m.end <= group[-1].start + 1 or _leads(m, verb))]
    negations = [m for m in near if m.term == "pk:Negation" and not m.weak]
    described = bool(negations) and all(any(c.start < m.end <= c.end for c in scene.cues("pk:Describing")) for m in negations)
    inability = [m for m in near if m.term == "pk:Inability"]
    unable = bool(inability) and (any(not a.exception for a in within) or bool(scene.of("consequence")) or _withdrawn(scene))
    determiner = _determiner(scene, begin, end, verb)
    negated = (bool(negations) and not described) or determiner or (bool(inability) and not unable)
    modal = _modality([*near, *_within(scene, group), *_carried(scene, before, verb)])
    actor, agent = actor_of(scene, begin, cluster, verb, group[-1].end)
    contrast = any(m.term == "pk:Contrast" and not m.weak for m in near)
    linked = before is not None and bool(before.verbs) and not _parted(scene, before.verbs[-1].end, verb, within)
    if before is not None and linked and not (contrast or actor or modal or negated or inability or _finite(scene, before, verb)):
        verbs = tuple(group) if _coordinated(scene, before, verb) else before.verbs
        return Frame(begin, end, verbs, before.denied, before.modality, before.actor, before.agent, before.void)
    if before is not None and not actor:
        actor, agent = before.actor, before.agent
    return Frame(begin, end, tuple(group), negated, modal or "pk:Does", actor, agent, unable or described)


def _finite(scene: Scene, before: Frame, verb: int) -> bool:
    """Whether a joined verb has a tense of its own ("will be classified and are handled"): no modal before it reaches it."""
    number, floor = scene.token_at(verb), before.verbs[-1].end
    if before.modality == "pk:Does" or any(floor <= m.start < verb for m in scene.cues("pk:Relative")):
        return False
    return any(floor <= m.start and m.end <= verb and number - scene.token_at(m.start) <= _NEAR_FINITE for m in scene.cues("pk:Finite"))


def _within(scene: Scene, group: list[Mention]) -> list[Mention]:
    """The modals that the verb's own phrase holds ("you may be asked to provide")."""
    return [m for m in scene.all(("pk:Possibility", "pk:Obligation", "pk:Future")) if group[0].start <= m.start and m.end <= group[0].end]


def _carried(scene: Scene, before: Frame | None, verb: int) -> list[Mention]:
    """The modals that reach a further verb over a joint ("may be located in … or processed"): no subject of its own stands between."""
    number = scene.token_at(verb)
    floor = before.verbs[-1].end if before is not None and before.verbs else scene.start
    if _COORDINATING.isdisjoint(scene.tokens.norms[max(scene.first, number - 2) : number]):
        return []
    walls = [m.end for m in scene.all(_PARTING, strong=True) if floor <= m.start and m.end <= verb]
    lowest = max(walls, default=floor)
    return [m for m in scene.cues("pk:Possibility", strong=True) if lowest <= m.start and m.end <= verb]


def _coordinated(scene: Scene, before: Frame, verb: int) -> bool:
    """Whether a denial reaches a further verb ("not sold or shared"): not one that describes a noun ("not … with data provided by you")."""
    number = scene.token_at(verb)
    return not before.denied or any(word in _COORDINATING for word in scene.tokens.norms[max(scene.first, number - 2) : number])


def _withdrawn(scene: Scene) -> bool:
    """Whether consent is withdrawn or processing objected to: what cannot be done then is a consequence."""
    return any(m.term in ("eu-gdpr:A7-3", "eu-gdpr:A21") for m in scene.of("right"))


def _parted(scene: Scene, end: int, start: int, within: tuple[Aside, ...]) -> bool:
    """Whether an aside or a semicolon parts two actions, so that the second inherits nothing."""
    return any(end <= a.start < start for a in within) or ";" in scene.words_between(end, start)


def _determiner(scene: Scene, begin: int, end: int, verb: int) -> bool:
    """Whether a negation stands right before a noun of the action ("we share no data", "no transfer takes place", "none of your data").

    A full "not" does so only before the verb; after it, it denies what follows it alone (see `_split`).
    """
    cues = scene.cues("pk:Negation")
    if not cues:
        return False
    targets = [m.start for m in scene.all(_TARGETS) if begin <= m.start < end]
    turn = min((m.start for m in scene.cues("pk:Contrast", strong=True) if verb < m.start < end), default=end)
    for cue in cues:
        if begin <= cue.start < turn and (cue.weak or cue.end <= verb):
            near = [t for t in targets if t >= cue.end and scene.token_at(t) - cue.last <= 2]
            if near:
                return True
    return False


def _modality(near: list[Mention]) -> str | None:
    terms = {m.term for m in near}
    if "pk:Possibility" in terms:
        return "pk:May"
    if "pk:Obligation" in terms:
        return "pk:Must"
    return "pk:Will" if "pk:Future" in terms else None


def _relative(scene: Scene, cue: Mention) -> bool:
    """Whether a negation is that of a relative clause ("data that do not identify you"): it says something of the noun alone."""
    return any(m.end <= cue.start and len(scene.words_between(m.end, cue.start)) <= 2 for m in scene.cues("pk:Relative"))


def _without_verb(scene: Scene, start: int, end: int) -> Frame:
    negations = [m.start for m in scene.cues("pk:Negation", strong=True) if start <= m.start < end]
    told = [m.start for m in scene.all(_TOLD) if start <= m.start < end] if negations else []
    whole = bool(negations) and (min(negations) < min(told, default=end) or not _turning(scene, min(negations)))
    negated = whole or _determiner(scene, start, end, start)
    first = bool(scene.cues("pk:FirstParty"))
    steering = [m for m in scene.all(_STEERING) if start <= m.start < end]
    return Frame(start, end, (), negated, _modality(steering) or "pk:Does", "first" if first else "")


def _turning(scene: Scene, negation: int) -> bool:
    """Whether a negation follows a comma or a contrast ("banks, but not …"): then what stands before it stays."""
    number = scene.token_at(negation) - 1
    return number >= scene.first and (
        scene.tokens.norms[number] == "," or any(m.end == scene.tokens.ends[number] for m in scene.cues("pk:Contrast"))
    )


def _split(scene: Scene, frame: Frame, within: tuple[Aside, ...]) -> Iterator[Frame]:
    """The frame in pieces of one polarity each: turned from a negation after its verbs on, and back from a contrast on."""
    if not (scene.has("pk:Negation") or scene.has("pk:Contrast")):
        yield frame
        return
    after = frame.verbs[-1].end if frame.verbs else frame.start
    turns: list[tuple[int, bool]] = []
    told = [m.start for m in scene.all(_TOLD) if after <= m.start < frame.end]
    for cue in scene.all(("pk:Negation", "pk:Contrast")):
        if cue.weak and not (turns and _of_noun(scene, cue, told)):
            continue
        if not after <= cue.start < frame.end or any(a.start <= cue.start < a.end for a in within) or _relative(scene, cue):
            continue
        if cue.term == "pk:Negation" and any(cue.end <= m.start < frame.end for m in scene.cues("pk:Limit")):
            continue
        if any(cue.end <= place for place in told):
            turns.append((cue.start, cue.term == "pk:Negation"))
        elif cue.term == "pk:Negation" and not turns and frame.verbs:
            frame = frame.turned(True, frame.void)
    if turns and turns[0][1] and frame.denied:
        turns = [turn for turn in turns if not turn[1]]
    place, denied = frame.start, frame.denied
    for start, negation in sorted(turns):
        if start > place:
            yield frame.piece(place, start, denied)
        place, denied = start, negation
    yield frame.piece(place, frame.end, denied)


def _of_noun(scene: Scene, cue: Mention, told: list[int]) -> bool:
    """Whether a "no" stands right before what is told ("… but they include no personal data")."""
    return cue.term == "pk:Negation" and any(0 <= scene.token_at(place) - cue.last <= 2 for place in told)
