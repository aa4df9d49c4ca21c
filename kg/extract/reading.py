"""A clause as read: its scene, its frames, and what it takes over from the lead-in that it completes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, final

from kg.extract.asides import Aside, asides
from kg.extract.frames import Frame, frames
from kg.extract.scene import Scene
from kg.hierarchy import Hierarchy
from kg.mention import Mention
from kg.model import StorageDuration, Value
from kg.vocabulary import Vocabulary

DOUBTFUL: Final = 0.3
"""The confidence of a candidate that its rule would not stand for alone: the fitted part may raise it, otherwise it is dropped."""

BELOW: Final = 0.38
"""Said, and so in the graph, but too weak to answer a requirement."""

TURNED: Final = frozenset(
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

_POINTED: Final = 5
_QUOTES: Final = frozenset({'"', "“", "„", "”", "«", "»"})

GENERIC: Final = frozenset({"dpv:PersonalData", "dpv:Data", "dpv:CollectedPersonalData", "pd:Identifying", "dpv:SensitivePersonalData"})
"""Data in general."""

_ROUNDED: Final[dict[float, float]] = {}
"""What rules give as confidences are sums of a few constants: some hundred numbers, over and over."""

# The families of actions that rules ask for, as bits, because a frame may be of several.
COLLECT: Final = 1
SHARE: Final = 2
KEEP: Final = 4
REMOVE: Final = 8
MOVE: Final = 16
USE: Final = 32

_FAMILIES: Final[dict[int, tuple[str, ...]]] = {
    COLLECT: ("dpv:Obtain", "dpv:Collect", "dpv:Acquire", "dpv:Record", "dpv:Generate", "dpv:Derive", "dpv:Observe"),
    SHARE: ("dpv:Disclose", "dpv:Share", "dpv:Transfer", "dpv:Transmit", "dpv:MakeAvailable", "dpv:Disseminate", "pk:Sell"),
    KEEP: ("dpv:Store", "pk:Retain"),
    REMOVE: ("dpv:Remove", "dpv:Erase", "dpv:Destruct", "dpv:Anonymise"),
    MOVE: ("dpv:Transfer", "dpv:Store", "dpv:Transmit", "dpv:CrossBorderTransfer"),
    USE: ("dpv:Use",),
}


@final
class Candidate:
    """An assertion with the frame that it belongs to and the topic of the statement that it asks for."""

    __slots__ = ("confidence", "end", "exception", "frame", "object", "predicate", "rule", "start", "topic")

    def __init__(
        self,
        topic: str,
        predicate: str,
        object: str | Value | StorageDuration,  # as a triple's third part is called everywhere
        start: int,
        end: int,
        confidence: float,
        rule: str,
        frame: Frame,
        exception: bool = False,
    ) -> None:
        self.topic: Final = topic
        self.predicate: Final = predicate
        self.object: Final = object
        self.start: Final = start
        self.end: Final = end
        self.confidence: Final = confidence
        self.rule: Final = rule
        self.frame: Final = frame
        self.exception: Final = exception

    def framed(self, frame: Frame) -> Candidate:
        """The same in another frame."""
        return Candidate(self.topic, self.predicate, self.object, self.start, self.end, self.confidence, self.rule, frame, self.exception)

    def judged(self, object: str | Value | StorageDuration, confidence: float) -> Candidate:
        """The same with what it was found to be and how sure that is."""
        return Candidate(self.topic, self.predicate, object, self.start, self.end, confidence, self.rule, self.frame, self.exception)


@final
class Reading:
    """What the rules are given. `lead` is the reading of the lead-in, `previous` that of the clause before under the same heading."""

    __slots__ = ("_acted", "_asides", "_frames", "_standing", "hierarchy", "judged", "lead", "previous", "rows", "scene", "vocabulary")

    def __init__(self, scene: Scene, vocabulary: Vocabulary, lead: Reading | None, previous: Reading | None) -> None:
        self.scene: Final = scene
        self.vocabulary: Final = vocabulary
        self.hierarchy: Final[Hierarchy] = vocabulary.hierarchy
        self.lead: Final = lead
        self.previous: Final = previous
        self.rows: list[tuple[int, ...]] = []
        self.judged: Final[dict[int, int]] = {}
        self._asides: tuple[Aside, ...] | None = None
        self._frames: tuple[Frame, ...] | None = None
        self._standing: tuple[Frame, ...] | None = None
        self._acted = -1

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
            self._standing = tuple([self._inheriting(frame) for frame in self.frames])
        frames = self.frames
        for number, frame in enumerate(frames):
            if frame.start <= offset < frame.end:
                return self._standing[number]
        return frames[-1]

    def _inheriting(self, frame: Frame) -> Frame:
        inherited = self.inherited
        if inherited is None or frame.denied:
            return frame
        if not frame.verbs:
            return inherited
        if frame.actor or frame.modality != "pk:Does":
            return frame
        return Frame(
            frame.start, frame.end, frame.verbs, inherited.denied, inherited.modality, inherited.actor, inherited.agent, frame.void
        )

    @property
    def inherited(self) -> Frame | None:
        """The last frame of the lead-in."""
        return self.lead.frames[-1] if self.lead is not None else None

    def aside_at(self, offset: int) -> Aside | None:
        """The exception or condition in which an offset lies; the items after "… except to:" are all in the exception, unless they are
        sentences of their own."""
        for aside in self.asides:
            if aside.start <= offset < aside.end:
                return aside
        if self.lead is not None and self.lead.asides and not self._own_sentence():
            last = self.lead.asides[-1]
            if last.exception and last.end >= self.lead.scene.end:
                return last
        return None

    def _own_sentence(self) -> bool:
        return any(frame.actor == "first" and frame.verbs for frame in self.frames)

    def is_a(self, curie: str, *above: str) -> bool:
        """Whether a term is one of `above` or lies below one."""
        return self.hierarchy.is_a(curie, above)

    def families(self, term: str) -> int:
        """The families of actions that a term belongs to."""
        known = self.hierarchy.families.get(term)
        if known is None:
            known = 0
            for family, terms in _FAMILIES.items():
                if self.hierarchy.is_a(term, terms):
                    known |= family
            self.hierarchy.families[term] = known
        return known

    def acted(self, frame: Frame) -> int:
        """The families that the frame's verbs are of."""
        families = 0
        for verb in frame.verbs:
            families |= self.families(verb.term)
        return families

    def acts(self, frame: Frame, family: int) -> bool:
        """Whether one of the frame's verbs is of a family."""
        return self.acted(frame) & family != 0

    def any_act(self, family: int) -> bool:
        """Whether any action of the clause or of its lead-in is of a family."""
        if self._acted < 0:
            acted = 0
            for frame in self.frames:
                acted |= self.acted(frame)
            if self.lead is not None:
                for frame in self.lead.frames:
                    acted |= self.acted(frame)
            self._acted = acted
        return self._acted & family != 0

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
            void = frame.void and not frame.denied
            frame = frame.piece(aside.start, aside.end, not frame.denied).turned(not frame.denied, void)
        return Candidate(topic, predicate, value, start, end, _rounded(confidence), rule, frame, excepted)

    def _acting(self, aside: Aside) -> bool:
        """Whether an aside holds an action of its own: then it is a condition more than a list of what is excepted."""
        return any(aside.start <= verb.start < aside.end for frame in self.frames for verb in frame.verbs)


def _rounded(confidence: float) -> float:
    known = _ROUNDED.get(confidence)
    if known is None:
        known = _ROUNDED[confidence] = round(confidence, 2)
    return known


def gives(reading: Reading, frame: Frame, verb: Mention) -> bool:
    """Whether it is the controller that gives ("we provide you with information"), which collects nothing."""
    if reading.families(verb.term) & COLLECT == 0 or not any(cue.start == verb.start for cue in reading.scene.cues("pk:Giving")):
        return False
    return frame.actor == "first" or any(cue.first == verb.last for cue in reading.scene.cues("pk:SecondParty"))


def within(mention: Mention, others: list[Mention]) -> bool:
    """Whether a mention stands inside a longer one, and so says only a part of what that says."""
    return any(m.start <= mention.start and mention.end <= m.end and m.end - m.start > mention.end - mention.start for m in others)


def pointed(reading: Reading, mention: Mention) -> bool:
    """Whether a mention only says what is told elsewhere ("for more information on cookies, see …", "please read “Cookies we use”")."""
    scene = reading.scene
    place = mention.first
    return any(
        cue.end <= mention.start and (place - cue.last <= _POINTED or not _QUOTES.isdisjoint(scene.tokens.norms[cue.last : place]))
        for cue in scene.cues("pk:SeeMore", strong=True)
    )


def whatever(candidate: Candidate) -> Candidate:
    """The candidate as something that holds whatever negation stands around it: "not later than", "you need not"."""
    return candidate.framed(candidate.frame.turned(False, False))


def covers(reading: Reading, mention: Mention) -> bool:
    """Whether a heading says little more than the mention ("Usage data"): then the heading itself names it."""
    return 5 * (mention.end - mention.start) >= 3 * (reading.scene.end - reading.scene.start)


@final
class Rule:
    """What finds candidates of one kind in a clause; it is asked only where a mention of one of its kinds or one of its cues stands."""

    __slots__ = ("find", "kinds")

    def __init__(self, find: Callable[[Reading], Iterator[Candidate]], kinds: frozenset[str]) -> None:
        self.find: Final = find
        self.kinds: Final = kinds
