"""What the text names along the way: technologies, opt-outs, measures, sources, data subjects, processing, laws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.extract.reading import BELOW, COLLECT, SHARE, Candidate, Reading


@dataclass(frozen=True, slots=True)
class Plain:
    """A kind of mention that becomes an assertion as it stands: strong forms anywhere, weak ones under one of `topics`."""

    role: str
    topic: str
    predicate: str
    topics: tuple[str, ...]
    base: float = 0.7


_THE_PERSON = ("dpv:DataSubjectDataSource", "pk:DeviceDataSource")

PLAIN = (
    Plain("technology", "cookies", "dpv:isImplementedUsingTechnology", ("pk:TopicCookies",)),
    Plain("optout", "cookies", "pk:optOut", ("pk:TopicCookies",)),
    Plain("measure", "security", "dpv:hasTechnicalMeasure", ("pk:TopicSecurity",)),
    Plain("source", "source", "dpv:hasDataSource", ("pk:TopicSource", "pk:TopicData")),
)


def plain(reading: Reading) -> Iterator[Candidate]:
    """The kinds of `PLAIN`."""
    scene = reading.scene
    if scene.is_heading:
        return
    for kind in PLAIN:
        about = scene.about(*kind.topics)
        for mention in scene.of(kind.role):
            if mention.weak and not about:
                continue
            predicate = kind.predicate
            if kind.role == "measure" and reading.vocabulary.is_a(mention.term, "dpv:OrganisationalMeasure"):
                predicate = "dpv:hasOrganisationalMeasure"
            score = kind.base + 0.15 * about - 0.1 * mention.weak
            if kind.role == "source" and reading.vocabulary.is_a(mention.term, *_THE_PERSON) and "pk:TopicSource" not in scene.nearest:
                score = BELOW
            yield reading.make(kind.topic, predicate, mention.term, mention, score, kind.role)


def directly(reading: Reading) -> Iterator[Candidate]:
    """Data that come from the person: where a cue says so beside a collection or under a heading about sources."""
    scene = reading.scene
    if scene.is_heading or scene.of("source"):
        return
    about = scene.about("pk:TopicSource")
    for cue in scene.cues("pk:DirectlyFrom"):
        frame = reading.frame_at(cue.start)
        if about or (not cue.weak and (reading.acts(frame, *COLLECT) or bool(scene.of("data")))):
            score = 0.7 if about else BELOW
            yield reading.make("source", "dpv:hasDataSource", "dpv:DataSubjectDataSource", cue, score, "source")
            return


def actions(reading: Reading) -> Iterator[Candidate]:
    """The processing itself, and whose data: only beside something else that is said of it (see `kg.extract.assemble`)."""
    scene = reading.scene
    if scene.is_heading:
        return
    for frame in reading.frames:
        for verb in frame.verbs:
            upon = any(frame.start <= m.start < frame.end for m in scene.of("data", "technology"))
            if verb.weak and not upon and not (frame.denied and frame.actor == "first"):
                continue
            if frame.actor == "second":
                if reading.acts(frame, *COLLECT) or reading.acts(frame, *SHARE):
                    yield reading.make("collect", "dpv:hasProcessing", "dpv:Collect", verb, 0.6, "processing by the person's giving")
            elif not reading.vocabulary.is_a(verb.term, "dpv:AutomatedDecisionMaking"):
                yield reading.make("collect", "dpv:hasProcessing", verb.term, verb, 0.7 - 0.1 * verb.weak, "processing")
    for mention in scene.of("subject"):
        if not mention.weak:
            yield reading.make("collect", "dpv:hasDataSubject", mention.term, mention, 0.6, "data subject")
