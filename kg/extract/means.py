"""What the text names along the way: technologies, opt-outs, measures, sources, data subjects, processing, laws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, final

from kg.extract.frames import Frame
from kg.extract.reading import BELOW, COLLECT, KEEP, MOVE, REMOVE, SHARE, Candidate, Reading, gives, pointed, within
from kg.extract.scene import Scene
from kg.mention import Mention


@final
class Plain:
    """A kind of mention that becomes an assertion as it stands: strong forms anywhere, weak ones under one of `topics`."""

    def __init__(self, role: str, topic: str, predicate: str, topics: tuple[str, ...]) -> None:
        self.role: Final = role
        self.topic: Final = topic
        self.predicate: Final = predicate
        self.topics: Final = topics
        self.base: Final = 0.7


_OBJECT: Final = 4
_PREVENTED: Final = 2
_LISTED: Final = 12
_MEMBERS: Final = frozenset({",", "/", "or", "and", "tai", "ja"})
_OF_ANYTHING: Final[tuple[str, ...]] = ("dpv:Use",)
"""What is done to services and tools as often as to data."""

_STORES: Final = frozenset({"tech:DataStorage"})
_READERS_OWN: Final[tuple[str, ...]] = ("tech:Device", "tech:Application")
_THE_PERSON: Final[tuple[str, ...]] = ("dpv:DataSubjectDataSource", "pk:DeviceDataSource")

PLAIN: Final[list[Plain]] = [
    Plain("technology", "cookies", "dpv:isImplementedUsingTechnology", ("pk:TopicCookies",)),
    Plain("optout", "cookies", "pk:optOut", ("pk:TopicCookies",)),
    Plain("measure", "security", "dpv:hasTechnicalMeasure", ("pk:TopicSecurity",)),
    Plain("source", "source", "dpv:hasDataSource", ("pk:TopicSource", "pk:TopicData")),
]


def plain(reading: Reading) -> Iterator[Candidate]:
    """The kinds of `PLAIN`."""
    scene = reading.scene
    if scene.is_heading:
        return
    for kind in PLAIN:
        about = scene.about_one(kind.topics)
        for mention in scene.of(kind.role):
            if (mention.weak and not about) or pointed(reading, mention):
                continue
            if kind.role == "source" and reading.acts(reading.frame_at(mention.start), REMOVE):
                continue
            predicate = kind.predicate
            if kind.role == "measure" and reading.is_a(mention.term, "dpv:OrganisationalMeasure"):
                predicate = "dpv:hasOrganisationalMeasure"
            if kind.role == "optout" and (_consenting(reading, mention) or not (_refusing(reading) or _chosen(reading, mention))):
                continue
            if kind.role == "technology" and not _by_means_of(reading, mention):
                continue
            score = kind.base + 0.15 * about - 0.1 * mention.weak
            if kind.role == "source" and reading.hierarchy.is_a(mention.term, _THE_PERSON) and "pk:TopicSource" not in scene.nearest:
                if not (scene.of("data") and reading.acts(reading.frame_at(mention.start), COLLECT)):
                    continue
                score = kind.base if _obtained(reading, mention) else BELOW
            yield reading.make(kind.topic, predicate, mention.term, mention, score, kind.role)


def _by_means_of(reading: Reading, mention: Mention) -> bool:
    """Whether a technology is one that the controller uses, and not a part of what data or opting out are called ("device settings"), a
    device on which the reader comes, or what is common everywhere."""
    scene = reading.scene
    if scene.has("pk:Generally") and not scene.cues("pk:FirstParty"):
        return False
    if mention.term in _STORES:
        ours = any(cue.last == mention.first for cue in scene.cues("pk:Possessive"))
        return ours or reading.any_act(KEEP) or reading.any_act(MOVE)
    if not reading.hierarchy.is_a(mention.term, _READERS_OWN):
        return True
    aside = reading.aside_at(mention.start)
    met = aside is not None and not aside.exception
    source = any(cue.last == mention.first for cue in scene.cues("pk:FromCue"))
    owner = source or any(0 <= m.first - mention.last <= 1 for m in scene.of("data"))  # "your device's identifier"
    return not (met or owner or within(mention, scene.all(("data", "optout"))) or _refusing(reading))


def _consenting(reading: Reading, mention: Mention) -> bool:
    """Whether the means is one of agreeing ("you have consented by changing your browser settings")."""
    scene = reading.scene
    given = [m.start for m in scene.of("basis") if not m.weak and reading.is_a(m.term, "dpv:Consent") and m.end <= mention.start]
    refused = any(cue.start <= given[0] for cue in scene.cues("pk:Refusing")) if given else True
    return not refused and not any(m.term == "eu-gdpr:A7-3" for m in scene.of("right"))


def _refusing(reading: Reading) -> bool:
    """Whether the clause is about objecting, withdrawing or turning something off: only then is a means one of opting out."""
    scene = reading.scene
    return scene.has("pk:Refusing") or any(mention.term in ("eu-gdpr:A21", "eu-gdpr:A7-3") for mention in scene.of("right"))


def _chosen(reading: Reading, mention: Mention) -> bool:
    """Whether the reader chooses by a means that is one of opting out wherever it is said ("you can manage cookies in your browser")."""
    scene, aside = reading.scene, reading.aside_at(mention.start)
    agreed = aside is not None and any(
        aside.start < m.end and m.start < aside.end for m in scene.of("condition") if m.term == "pk:IfConsent"
    )
    choosing = any(cue.end <= mention.start for cue in scene.cues("pk:SecondParty", strong=True)) and scene.has("pk:Possibility")
    return not mention.weak and choosing and not agreed


def directly(reading: Reading) -> Iterator[Candidate]:
    """Data that come from the person: where a cue says so beside a collection or under a heading about sources."""
    scene = reading.scene
    if scene.is_heading or scene.of("source"):
        return
    about = scene.about("pk:TopicSource")
    for cue in scene.cues("pk:DirectlyFrom"):
        frame = reading.frame_at(cue.start)
        if about or (not cue.weak and (reading.acts(frame, COLLECT) or _of_data(reading, cue))):
            score = 0.7 if about or _obtained(reading, cue) else BELOW
            yield reading.make("source", "dpv:hasDataSource", "dpv:DataSubjectDataSource", cue, score, "source")
            return


def _of_data(reading: Reading, cue: Mention) -> bool:
    """Whether what is given stands right beside the giving ("the information you provide")."""
    scene = reading.scene
    first, last = cue.first, cue.last
    return scene.has("pk:Giving") and any(0 <= first - m.last <= 1 or 0 <= m.first - last <= 2 for m in scene.of("data"))


def _obtained(reading: Reading, mention: Mention) -> bool:
    """Whether data are said to be obtained from the person ("received directly from you"), not merely to be what the person gives."""
    scene = reading.scene
    if not any(cue.start <= mention.end + 1 and mention.start <= cue.end + 1 for cue in scene.cues("pk:Directly")):
        return False
    frame, place = reading.frame_at(mention.start), mention.first
    return frame.actor != "second" and any(
        reading.families(verb.term) & COLLECT != 0 and abs(place - verb.first) <= _OBJECT for verb in frame.verbs
    )


def actions(reading: Reading) -> Iterator[Candidate]:
    """The processing itself, and whose data: only beside something else that is said of it (see `kg.extract.assemble`)."""
    scene = reading.scene
    if scene.is_heading:
        return
    for frame in reading.frames:
        for verb in frame.verbs:
            asked = verb.weak or verb.term in _OF_ANYTHING
            if asked and not _upon_data(reading, frame, verb) and not (frame.denied and frame.actor == "first"):
                continue
            if pointed(reading, verb) or _prevented(scene, verb) or (frame.actor == "third" and frame.agent is None and verb.weak):
                continue
            if gives(reading, frame, verb):
                yield from _given(reading, frame, verb)
            elif frame.actor == "second":
                if not verb.weak and (reading.acts(frame, COLLECT) or reading.acts(frame, SHARE)) and _person_gives(reading, verb):
                    others = any(verb.end <= m.start < frame.end for m in scene.all(("recipient", "organisation")))
                    act = verb.term if others and reading.families(verb.term) & SHARE else "dpv:Collect"
                    yield reading.make("collect", "dpv:hasProcessing", act, verb, 0.6, "processing by the person's giving")
            elif not reading.is_a(verb.term, "dpv:AutomatedDecisionMaking"):
                yield reading.make("collect", "dpv:hasProcessing", verb.term, verb, 0.7 - 0.1 * verb.weak, "processing")
    personal = any(not reading.is_a(m.term, "dpv:NonPersonalData") for m in scene.of("data"))
    for mention in scene.of("subject"):
        if not mention.weak and personal and not (_acts_for_us(reading, mention) or _another_part(scene, mention)):
            yield reading.make("collect", "dpv:hasDataSubject", mention.term, mention, 0.6, "data subject")


def _person_gives(reading: Reading, verb: Mention) -> bool:
    """Whether the person stands right before the act, or in its own words, or gives the clause its subject by a gerund."""
    scene = reading.scene
    persons = scene.cues("pk:SecondParty")
    near = any(cue.start <= verb.end and -2 * _OBJECT <= verb.first - cue.last <= _OBJECT for cue in persons)
    return near or verb.first - scene.first <= 1 or reading.lead is not None


def _prevented(scene: Scene, verb: Mention) -> bool:
    """Whether an act is what shall not happen ("against unauthorised access, loss or destruction"), which nobody does."""
    place = verb.first
    for cue in scene.cues("pk:Prevention"):
        if 0 <= place - cue.last <= _PREVENTED:
            return True
        actors = any(cue.end <= m.start < verb.start for m in scene.all(("pk:FirstParty", "pk:PurposeMarker"), strong=True))
        if 0 <= place - cue.last <= _LISTED and not actors and scene.tokens.norms[place - 1] in _MEMBERS:
            return True
    return False


def _another_part(scene: Scene, mention: Mention) -> bool:
    """Whether the words name who gets the data, who consents, or whom an end serves ("staff safety"), not whom the data are about."""
    named = [*scene.of("recipient"), *scene.of("purpose"), *scene.of("basis"), *scene.of("condition")]
    return any(m.start <= mention.start and mention.end <= m.end for m in named) or (
        bool(scene.of("basis")) and any(0 <= mention.start - cue.end <= 1 for cue in scene.cues("pk:FromCue"))
    )


def _acts_for_us(reading: Reading, mention: Mention) -> bool:
    """Whether the controller's own people are spoken of as those who handle data ("our employees"), not as those whom data are about."""
    scene = reading.scene
    if not reading.is_a(mention.term, "dpv:Employee"):
        return False
    owned = any(0 <= mention.start - cue.end <= 1 for cue in scene.all(("pk:FirstParty", "pk:Possessive")))
    return owned or scene.has("pk:SecondParty") or bool(scene.of("measure"))


def _given(reading: Reading, frame: Frame, verb: Mention) -> Iterator[Candidate]:
    """What the controller itself gives: a disclosure if it goes to a recipient, else the service or a notice."""
    if any(verb.end <= mention.start < frame.end for mention in reading.scene.all(("recipient", "organisation"))):
        yield reading.make("collect", "dpv:hasProcessing", "dpv:Disclose", verb, 0.6, "processing by the controller's giving")


def _upon_data(reading: Reading, frame: Frame, verb: Mention) -> bool:
    """Whether data or a technology is the object of a verb: soon after it, or right before it as the subject of a passive.

    What is sent to the reader is a message ("we send you e-mails"), and what another verb stands before is that one's object."""
    scene = reading.scene
    place = verb.first
    if reading.families(verb.term) & SHARE != 0 and not frame.denied and any(m.first == verb.last for m in scene.cues("pk:SecondParty")):
        return False
    following = next((v.start for v in frame.verbs if v.start >= verb.end), scene.end)
    following = min(following, next((m.start for m in scene.cues("pk:PurposeMarker") if m.start >= verb.end), scene.end))
    data_alone = verb.term == "dpv:Use" or any(cue.start == verb.start for cue in scene.cues("pk:Giving"))
    for mention in scene.of("data") if data_alone else scene.all(("data", "technology")):
        if mention.start < verb.end and verb.start < mention.end:
            if verb.term == "dpv:Use" and mention.end - mention.start < verb.end - verb.start:
                return True  # The data are part of the verb's own phrase: "use your data".
        elif frame.start <= mention.start < frame.end:
            after = mention.first - verb.last
            before = place - mention.last
            if (0 <= after <= _OBJECT and (mention.start < following or verb.term != "dpv:Use")) or 0 <= before <= _OBJECT:
                return True
    return False
