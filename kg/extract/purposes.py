"""Purposes: what the data are processed for, phrase by phrase."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.extract.reading import COLLECT, DOUBTFUL, SHARE, Candidate, Reading, pointed
from kg.mention import Mention

_ENDS: Final = frozenset({";", ".", ":", "(", ")"})
_PURPOSEFUL: Final = frozenset({"pk:TopicPurpose", "pk:TopicInterest"})
_JOINTS: Final = frozenset({",", "/", "&", "or", "and"})
_TAIL: Final = _JOINTS | _ENDS
_LONGEST: Final = 30
_OWN: Final = 3
_NOT_HERE: Final[tuple[str, ...]] = (
    "pk:TopicRights",
    "pk:TopicChanges",
    "pk:TopicLinks",
    "pk:TopicComplaint",
    "pk:TopicOfficer",
    "pk:TopicDefinitions",
)


def purposes(reading: Reading) -> Iterator[Candidate]:
    """Purpose phrases after a marker or in a list of purposes, each with the purposes said in it; and strong purposes by themselves."""
    scene = reading.scene
    if scene.is_heading:
        return
    phrases = list(_phrases(reading))
    mentions = scene.of("purpose")
    told: set[tuple[int, int]] = set()
    for start, end, sure in phrases:
        inside = [m for m in mentions if m.start < end and m.end > start]
        told.update((mention.start, mention.end) for mention in inside)
        if _asked_for(reading, start) or _in_a_condition(reading, start):
            continue
        inside = [m for m in inside if not m.weak or _opens(reading, m, start)]
        yield from _phrase(reading, start, end, inside, sure)
    for mention in mentions:
        if (mention.start, mention.end) in told:
            continue
        marked = scene.states("pk:PurposeMarker")
        announced = scene.about("pk:TopicPurpose") and (
            (scene.is_item and _opens(reading, mention, scene.start)) or marked or not mention.weak
        )
        if mention.weak and not announced and _is_done(reading, mention):
            yield reading.make("purpose", "dpv:hasPurpose", mention.term, mention, 0.5, "purpose: said by the action")
            continue
        doubtful = (
            (mention.weak and not (marked or announced))
            or (scene.about_one(_NOT_HERE) and not marked)
            or _asked_for(reading, mention.start)
            or _readers_case(reading, mention.start)
            or _readers_own(reading, mention)
        )
        if doubtful and mention.weak and not _opens(reading, mention, scene.start):
            continue
        score = DOUBTFUL if doubtful else 0.72 + 0.1 * announced + 0.06 * marked - 0.12 * mention.weak
        yield reading.make("purpose", "dpv:hasPurpose", mention.term, mention, score, "purpose")


def _phrase(reading: Reading, start: int, end: int, inside: list[Mention], sure: float) -> Iterator[Candidate]:
    if not inside and reading.frame_at(start).actor == "second":
        return  # It is what the reader wants: "you may have to give your name in order to take part".
    if not inside:
        yield reading.make(
            "purpose", "dpv:hasPurpose", "dpv:Purpose", (start, end), max(sure - 0.15, 0.2), "purpose: phrase without a known purpose"
        )
        return
    best = sorted(inside, key=lambda m: (m.weak, m.start - m.end))
    chosen = sorted({m.term: m for m in reversed(best)}.values(), key=lambda m: (m.start, m.end))
    for mention, following in zip(chosen, [*chosen[1:], None], strict=True):
        limit = following.start if following is not None else end
        last = limit if limit > mention.end else mention.end
        first = min(start, mention.start) if mention is chosen[0] else mention.start
        yield reading.make(
            "purpose", "dpv:hasPurpose", mention.term, _trimmed(reading, first, last), sure, f"purpose phrase: {mention.form}"
        )


def _asked_for(reading: Reading, place: int) -> bool:
    """Whether a place is in what the person may ask for ("you may contact us to check …"): what is said there is no end of ours."""
    scene = reading.scene
    cues = [cue.end for cue in scene.cues("pk:RightCue", strong=True) if cue.end <= place]
    at = scene.token_at(place)
    return bool(cues) and not any(max(cues) <= m.start < place and at - m.last > 1 for m in scene.cues("pk:FirstParty", strong=True))


def _in_a_condition(reading: Reading, place: int) -> bool:
    """Whether a phrase stands in a condition that opens the clause ("once you have a code to access …"): no end of the processing."""
    aside = reading.aside_at(place)
    return aside is not None and not aside.exception and not aside.lacking and aside.start == reading.scene.start


def _readers_case(reading: Reading, place: int) -> bool:
    """Whether a place stands in an opening condition on what the reader does ("once you have opened an account")."""
    aside = reading.aside_at(place) if _in_a_condition(reading, place) else None
    return aside is not None and any(aside.start <= cue.start < place for cue in reading.scene.cues("pk:SecondParty", strong=True))


def _readers_own(reading: Reading, mention: Mention) -> bool:
    """Whether the mention is what the reader can do ("you can manage your account"), and gives nothing by it."""
    scene, frame = reading.scene, reading.frame_at(mention.start)
    if frame.actor != "second" or reading.acts(frame, COLLECT) or reading.acts(frame, SHARE):
        return False
    able = [cue.last for cue in scene.all(("pk:Possibility", "pk:RightCue")) if cue.end <= mention.start]
    return any(0 <= mention.first - last <= _OWN for last in able) and scene.has("pk:SecondParty")


def _is_done(reading: Reading, mention: Mention) -> bool:
    """Whether an action of the controller is itself what the data are for ("we segment our customers")."""
    frame = reading.frame_at(mention.start)
    return frame.actor == "first" and any(verb.start == mention.start and not verb.weak for verb in frame.verbs)


def _trimmed(reading: Reading, start: int, end: int) -> tuple[int, int]:
    """A stretch without the joints and stops at its end."""
    scene = reading.scene
    first, number = scene.token_at(start), scene.token_at(end)
    while number - 1 > first and (scene.tokens.norms[number - 1] in _TAIL or scene.tokens.ends[number - 1] > end):
        number -= 1
    return start, scene.tokens.ends[max(number - 1, first)]


def _opens(reading: Reading, mention: Mention, start: int) -> bool:
    """Whether a mention opens the phrase or a member of an enumeration in it: only there do weak forms say what the end is."""
    scene = reading.scene
    number = mention.first
    return number - scene.token_at(start) <= 2 or scene.tokens.norms[number - 1] in _JOINTS


def _phrases(reading: Reading) -> Iterator[tuple[int, int, float]]:
    """The stretches that say an end, with how sure that is: after a marker, and the whole item in a list of purposes."""
    scene = reading.scene
    if scene.about_one(_NOT_HERE) and not scene.about("pk:TopicPurpose"):
        return
    if not scene.has("pk:PurposeMarker") and not (scene.is_item and (scene.topics or reading.lead is not None)):
        return
    verbs = scene.starts_of("pk:PurposeVerb")
    opened: list[tuple[int, float]] = []
    for marker in scene.cues("pk:PurposeMarker"):
        aside = reading.aside_at(marker.start)
        if marker.weak and aside is not None:
            continue
        begin = _opening(reading, marker, verbs)
        if begin is not None:
            opened.append((begin, 0.8 if not marker.weak else 0.7))
    if scene.is_item and (not _PURPOSEFUL.isdisjoint(scene.nearest) or _leads_to_an_end(reading)):
        first = scene.tokens.starts[scene.first]
        if first in verbs or any(m.start == first for m in scene.of("purpose")):
            opened.append((first, 0.82))
    reached = -1
    for begin, sure in sorted(set(opened)):
        if begin < reached:
            continue
        for start, end in _pieces(reading, begin, verbs):
            yield start, end, sure
            reached = end


def _leads_to_an_end(reading: Reading) -> bool:
    """Whether the lead-in ends with a marker ("we use your data to:")."""
    if reading.lead is None:
        return False
    lead = reading.lead.scene
    return any(lead.end - m.end <= 2 for m in lead.cues("pk:PurposeMarker"))


def _opening(reading: Reading, marker: Mention, verbs: frozenset[int]) -> int | None:
    """Where the phrase after a marker begins: at a purpose verb or purpose within a few words; "to" and "for" ask for more."""
    scene = reading.scene
    number = marker.last
    for at in range(number, min(number + (2 if marker.weak else 4), scene.last)):
        place = scene.tokens.starts[at]
        if place in verbs or any(m.start == place and not (marker.weak and m.weak and place not in verbs) for m in scene.of("purpose")):
            if not marker.weak or _purposeful(reading, marker):
                return place
            return None
    return None


def _purposeful(reading: Reading, marker: Mention) -> bool:
    """Whether a bare "to" follows an action upon data or the use of a technology, and not "you may contact us to …"."""
    frame = reading.frame_at(marker.start)
    scene = reading.scene
    if pointed(reading, marker):
        return False  # "Please read the following to learn more" is what the reader may do.
    if scene.tokens.starts[scene.first] == marker.start:
        return scene.is_item or scene.about("pk:TopicPurpose")
    if frame.actor == "second":
        return reading.acts(frame, COLLECT) or reading.acts(frame, SHARE)
    before = [m for m in scene.all(("technology", "data", "recipient")) if m.end <= marker.start] or scene.cues("pk:AnaphoricData")
    acting = any(verb.end <= marker.start for verb in frame.verbs)
    return acting or bool(before)


def _pieces(reading: Reading, begin: int, verbs: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Split a purpose phrase where a new purpose verb follows a comma or an "and", and end it at a wall, an aside or a new subject."""
    scene = reading.scene
    norms, starts, ends = scene.tokens.norms, scene.tokens.starts, scene.tokens.ends
    stops = {*_subjects(reading), *[aside.start for aside in reading.asides if aside.start > begin]}
    markers = {m.start for m in scene.cues("pk:PurposeMarker")}
    first = scene.token_at(begin)
    piece = first
    number = first + 1
    while number < scene.last and number - first < _LONGEST * 3:
        if norms[number] in _ENDS or starts[number] in stops:
            break
        joint = norms[number] in _JOINTS
        following = number + 1
        while following < scene.last and norms[following] in _JOINTS:
            following += 1
        if following < scene.last and starts[following] in markers:
            following += 1
        if joint and number - piece >= 3 and following < scene.last and starts[following] in verbs:
            yield starts[piece], ends[number - 1]
            piece = following
            number = following
        number += 1
    last = min(number, scene.last, piece + _LONGEST)
    while last - 1 > piece and norms[last - 1] in _TAIL:
        last -= 1
    if last > piece:
        yield starts[piece], ends[last - 1]


def _subjects(reading: Reading) -> frozenset[int]:
    """The places where a first-party cue is the subject of a later frame and not a possessive ("our services")."""
    return frozenset(
        m.start
        for frame in reading.frames
        if frame.verbs
        for m in reading.scene.cues("pk:FirstParty")
        if m.end <= frame.verbs[0].start and len(reading.scene.words_between(m.end, frame.verbs[0].start)) <= 2
    )
