"""A clause as read: its scene, its frames, and what it takes over from the lead-in that it completes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from kg.extract.asides import Aside, asides
from kg.extract.frames import Frame, frames
from kg.extract.scene import Scene
from kg.model import Mention, StorageDuration, Value
from kg.vocabulary import Vocabulary

DOUBTFUL = 0.3
"""The confidence of a candidate that its rule would not stand for alone: the fitted part may raise it, otherwise it is dropped."""

BELOW = 0.38
"""Said, and so in the graph, but too weak to answer a requirement."""

TURNED = frozenset(
    {
        "dpv:hasPersonalData",
        "dpv:hasData",
        "dpv:hasPurpose",
        "dpv:isImplementedUsingTechnology",
        "dpv:hasStorageCondition",
        "pk:retentionCriterion",
    }
)
"""The predicates of which an exception from a denial is an affirmation, and the other way round. For recipients see the sharing rules."""

_POINTED = 5

GENERIC = frozenset({"dpv:PersonalData", "dpv:Data", "dpv:CollectedPersonalData", "pd:Identifying", "dpv:SensitivePersonalData"})
"""Data in general."""

COLLECT = ("dpv:Obtain", "dpv:Collect", "dpv:Acquire", "dpv:Record", "dpv:Generate", "dpv:Derive", "dpv:Observe")
SHARE = ("dpv:Disclose", "dpv:Share", "dpv:Transfer", "dpv:Transmit", "dpv:MakeAvailable", "dpv:Disseminate", "pk:Sell")
KEEP = ("dpv:Store", "pk:Retain")
REMOVE = ("dpv:Remove", "dpv:Erase", "dpv:Destruct", "dpv:Anonymise")
MOVE = ("dpv:Transfer", "dpv:Store", "dpv:Transmit", "dpv:CrossBorderTransfer")


class Candidate(NamedTuple):
    """An assertion with the frame that it belongs to and the topic of the statement that it asks for."""

    topic: str
    predicate: str
    object: str | Value | StorageDuration
    start: int
    end: int
    confidence: float
    rule: str
    frame: Frame
    exception: bool = False


@dataclass(slots=True)
class Reading:
    """What the rules are given. `lead` is the reading of the lead-in, `previous` that of the clause before under the same heading."""

    scene: Scene
    vocabulary: Vocabulary
    lead: Reading | None
    previous: Reading | None
    judged: dict[str, float] = field(default_factory=dict)
    _asides: tuple[Aside, ...] | None = None
    _frames: tuple[Frame, ...] | None = None
    _standing: tuple[Frame, ...] | None = None
    _verbs: frozenset[str] | None = None

    @property
    def asides(self) -> tuple[Aside, ...]:
        """The exceptions and conditions of the clause."""
        if self._asides is None:
            self._asides = asides(self.scene)
        return self._asides

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The actions of the clause."""
        if self._frames is None:
            self._frames = frames(self.scene, self.asides)
        return self._frames

    def frame_at(self, offset: int) -> Frame:
        """The frame in whose stretch an offset lies; an item without an action of its own stands in the last frame of its lead-in."""
        if self._standing is None:
            self._standing = tuple(map(self._inheriting, self.frames))
        for frame, standing in zip(self.frames, self._standing, strict=True):
            if frame.start <= offset < frame.end:
                return standing
        return self.frames[-1]

    def _inheriting(self, frame: Frame) -> Frame:
        inherited = self.inherited
        if inherited is None or frame.denied:
            return frame
        if not frame.verbs:
            return inherited
        if frame.actor or frame.modality != "pk:Does":
            return frame
        return replace(frame, denied=inherited.denied, modality=inherited.modality, actor=inherited.actor, agent=inherited.agent)

    @property
    def inherited(self) -> Frame | None:
        """The last frame of the lead-in."""
        return self.lead.frames[-1] if self.lead is not None else None

    def aside_at(self, offset: int) -> Aside | None:
        """The exception or condition in which an offset lies; the items after "… except to:" are all in the exception."""
        for aside in self.asides:
            if aside.start <= offset < aside.end:
                return aside
        if self.lead is not None and self.lead.asides:
            last = self.lead.asides[-1]
            if last.exception and last.end >= self.lead.scene.end:
                return last
        return None

    def acts(self, frame: Frame, *terms: str) -> bool:
        """Whether one of the frame's verbs is one of these terms or below one."""
        below = self.vocabulary.below(terms)
        return not below.isdisjoint([verb.term for verb in frame.verbs])

    def any_act(self, *terms: str) -> bool:
        """Whether any action of the clause or of its lead-in is one of these terms or below one."""
        if self._verbs is None:
            every = (*self.frames, *((self.lead.frames) if self.lead is not None else ()))
            self._verbs = frozenset(verb.term for frame in every for verb in frame.verbs)
        return not self.vocabulary.below(terms).isdisjoint(self._verbs)

    def make(
        self, topic: str, predicate: str, value: str | Value | StorageDuration, at: Mention | tuple[int, int], confidence: float, rule: str
    ) -> Candidate:
        """A candidate at a mention or span, in the frame that stands there."""
        start, end = (at.start, at.end) if isinstance(at, Mention) else at
        if isinstance(at, Mention):
            rule = f"{rule}: {at.form}"
        aside = self.aside_at(start)
        excepted = aside is not None and aside.exception
        frame = self.frame_at(start)
        if excepted and predicate in TURNED and aside is not None and not self._acting(aside):
            frame = replace(frame, start=aside.start, end=aside.end, denied=not frame.denied, void=frame.void and not frame.denied)
        return Candidate(topic, predicate, value, start, end, round(confidence, 2), rule, frame, excepted)

    def _acting(self, aside: Aside) -> bool:
        """Whether an aside holds an action of its own: then it is a condition more than a list of what is excepted."""
        return any(aside.start <= verb.start < aside.end for frame in self.frames for verb in frame.verbs)


def gives(reading: Reading, frame: Frame, verb: Mention) -> bool:
    """Whether it is the controller that gives ("we provide you with information"), which collects nothing."""
    return (
        frame.actor == "first"
        and any(cue.start == verb.start for cue in reading.scene.cues("pk:Giving"))
        and reading.vocabulary.is_a(verb.term, *COLLECT)
    )


def pointed(reading: Reading, mention: Mention) -> bool:
    """Whether a mention only says what is told elsewhere ("for more information on cookies, see …")."""
    scene = reading.scene
    place = scene.token_at(mention.start)
    return any(cue.end <= mention.start and place - scene.token_at(cue.end) <= _POINTED for cue in scene.cues("pk:SeeMore", strong=True))


def whatever(candidate: Candidate) -> Candidate:
    """The candidate as something that holds whatever negation stands around it: "not later than", "you need not"."""
    return candidate._replace(frame=replace(candidate.frame, denied=False, void=False))


def covers(reading: Reading, mention: Mention) -> bool:
    """Whether a heading says little more than the mention ("Usage data"): then the heading itself names it."""
    return 5 * (mention.end - mention.start) >= 3 * (reading.scene.end - reading.scene.start)


class Rule(NamedTuple):
    """What finds candidates of one kind in a clause; it is asked only where a mention of one of its kinds or one of its cues stands."""

    find: Callable[[Reading], Iterator[Candidate]]
    kinds: frozenset[str]
