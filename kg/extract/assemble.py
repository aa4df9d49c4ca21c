"""Groups the candidates of a clause into statements: one for each frame and topic, so that a statement is a Cartesian product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kg.extract.frames import Frame
from kg.extract.reading import Candidate, Reading, gives
from kg.mention import Mention
from kg.model import Assertion, Condition, Statement, StatementKind, record

_ORDER: Final = (
    "right",
    "automated",
    "transfer",
    "retention",
    "share",
    "security",
    "provision",
    "cookies",
    "basis",
    "purpose",
    "source",
    "collect",
)
_OURS: Final[tuple[str, ...]] = ("dpv:DataProcessor", "pk:GroupCompany", "dpv:DataController", "dpv:JointDataControllers", "pk:OtherUser")
"""Those who act for the controller, as the controller, or use its service: no practice of somebody else."""

_ALONE: Final = frozenset({"right", "security", "retention"})
_ACTED_UPON: Final = frozenset({"dpv:hasPersonalData", "dpv:hasRecipient", "pk:exceptRecipient", "dpv:hasPurpose", "dpv:hasDataSubject"})
_ENDS: Final = frozenset({"dpv:hasPurpose", "dpv:hasDataSubject", "dpv:hasProcessing", "pk:exceptRecipient"})
_NO_ACT: Final[tuple[str, ...]] = ("dpv:AutomatedDecisionMaking",)
_BYWAY: Final = frozenset({"dpv:hasProcessing", "dpv:hasDataSubject"})


def assemble(reading: Reading, candidates: Iterable[Candidate]) -> list[Statement]:
    """The statements of a clause. Processing and data subjects alone are not a statement."""
    statements: list[Statement] = []
    frames: dict[tuple[int, int, bool], list[Candidate]] = {}
    for candidate in candidates:
        frame = candidate.frame
        frames.setdefault((frame.start, frame.end, frame.denied), []).append(candidate)
    conditions = tuple(_conditions(reading)) if frames else ()
    for key in sorted(frames):
        members = frames[key]
        if len(members) > 1:
            members.sort(key=lambda c: (_bucket(c), c.start, c.end, c.predicate, str(c.object)))
        groups = _groups(members)
        general = [c for bucket, group in groups if bucket == "general" for c in group]
        for bucket, group in groups:
            told = [c for c in group if c.predicate not in _BYWAY]
            if bucket != "general":
                members = [*group, *_actions(general)] if bucket == "retention" else group
                statements.append(_statement(reading, conditions, bucket, members))
            elif _without_act(group):
                continue
            elif told or (group[0].frame.denied and any(c.predicate == "dpv:hasProcessing" for c in group)):
                topics = {c.topic for c in told or group}
                statements.append(_statement(reading, conditions, next(topic for topic in _ORDER if topic in topics), group))
    return statements


def _without_act(group: list[Candidate]) -> bool:
    """Whether nothing is told of what is denied but an end ("you agree not to exploit anyone"): no act, no data, nobody who gets them."""
    frame = group[0].frame
    return frame.denied and not frame.verbs and all(c.predicate in _ENDS for c in group)


def _bucket(candidate: Candidate) -> str:
    return candidate.topic if candidate.topic in _ALONE else "general"


def _groups(members: list[Candidate]) -> list[tuple[str, list[Candidate]]]:
    """The members in groups of one bucket each, in their order."""
    groups: list[tuple[str, list[Candidate]]] = []
    last = ""
    for member in members:
        bucket = _bucket(member)
        if bucket != last:
            groups.append((bucket, []))
            last = bucket
        groups[-1][1].append(member)
    return groups


def _actions(general: list[Candidate]) -> list[Candidate]:
    return [c for c in general if c.predicate == "dpv:hasProcessing"]


def _statement(reading: Reading, conditions: tuple[Condition, ...], topic: str, members: list[Candidate]) -> Statement:
    scene, frame = reading.scene, members[0].frame
    kind = StatementKind.RIGHT if topic == "right" else StatementKind.DENIAL if frame.denied else StatementKind.PRACTICE
    assertions: dict[tuple[str, str, int], Assertion] = {}  # each place where the same is said is evidence of its own
    for member in members:
        key = (member.predicate, str(member.object), member.start)
        known = assertions.get(key)
        if known is None or (member.confidence, member.end - member.start) > (known.confidence, known.end - known.start):
            assertions[key] = record(Assertion, (member.predicate, member.object, member.start, member.end, member.confidence, member.rule))
    told = {key[0] for key in assertions}
    if kind is StatementKind.DENIAL and "dpv:hasProcessing" not in told and not told.isdisjoint(_ACTED_UPON):
        # A denial without its act would deny too much: "we share your name, not your address" still keeps the address.
        for verb in frame.verbs:
            if not gives(reading, frame, verb) and not reading.hierarchy.is_a(verb.term, _NO_ACT):
                assertions["dpv:hasProcessing", verb.term, verb.start] = Assertion(
                    "dpv:hasProcessing", verb.term, verb.start, verb.end, 0.6, "act that is denied"
                )
    if frame.actor == "third" and "dpv:isImplementedByEntity" not in told:
        agent, place = _agent(reading, frame)
        # A partner's cookie is still one that the controller's site sets.
        own = place is not None and place.role != "organisation" and "dpv:isImplementedUsingTechnology" in told
        if place is not None and not own and not reading.hierarchy.is_a(agent, _OURS):
            assertions["dpv:isImplementedByEntity", agent, place.start] = Assertion(
                "dpv:isImplementedByEntity", agent, place.start, place.end, 0.7, "agent of the action"
            )
    clauses = (scene.clause.number,) if reading.lead is None else (reading.lead.scene.clause.number, scene.clause.number)
    return record(
        Statement,
        (
            kind,
            scene.start if len(reading.frames) == 1 else _place(frame, members),
            topic,
            frame.modality,
            clauses,
            tuple(assertions.values()) if len(assertions) == 1 else tuple(sorted(assertions.values(), key=_in_order)),
            tuple((m.start, m.end) for m in scene.cues("pk:Hedge") if frame.start <= m.start < frame.end),
            tuple(_own(condition, members) for condition in conditions) if conditions else (),
        ),
    )


def _agent(reading: Reading, frame: Frame) -> tuple[str, Mention | None]:
    """Who acts that is not the controller, and where that is said; "they" are third parties if such were spoken of just before."""
    scene = reading.scene
    verb = frame.verbs[0].start if frame.verbs else frame.start
    if frame.agent is not None:
        named = [m for m in scene.all(("organisation", "recipient")) if m.term == frame.agent]
        return frame.agent, next((m for m in reversed(named) if m.end <= verb), named[0] if named else None)
    place = next((m for m in reversed(scene.cues("pk:ThirdActor", strong=True)) if m.end <= verb), None)
    if place is None:
        return "", None
    spoken = [scene] if scene.previous is None else [scene, scene.previous]
    things = any(m.start < place.start for s in spoken for m in s.of("technology"))
    parties = place.last - place.first > 1 or any(m.start < place.start for s in spoken for m in s.all(("recipient", "organisation")))
    return "dpv:ThirdParty", place if parties and not things else None


def _in_order(assertion: Assertion) -> tuple[int, int, str, str]:
    return assertion.start, assertion.end, assertion.predicate, str(assertion.object)


def _place(frame: Frame, members: list[Candidate]) -> int:
    place = frame.start
    for member in members:
        place = min(place, member.start)
    return place


def _own(condition: Condition, members: list[Candidate]) -> Condition:
    """What is told within an exception holds on that condition, and is not excepted from itself."""
    inside = condition.exception and all(condition.start <= m.start < condition.end for m in members)
    return Condition(condition.start, condition.end, condition.kind) if inside else condition


def _conditions(reading: Reading) -> Iterator[Condition]:
    kinds = reading.scene.of("condition")
    for aside in reading.asides:
        if aside.spoken:
            continue
        # What is done without consent is not done on the condition of it.
        told = () if aside.lacking and not aside.exception else kinds
        kind = next((m.term for m in told if m.start < aside.end and m.end > aside.start), None)
        yield Condition(aside.start, aside.end, kind, aside.exception)
    for mention in kinds:
        if not mention.weak and reading.aside_at(mention.start) is None:
            yield Condition(mention.start, mention.end, mention.term)
