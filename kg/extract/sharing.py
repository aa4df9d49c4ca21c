"""Recipients and transfers: who gets the data, where they go, and on what safeguard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kg.extract.reading import BELOW, DOUBTFUL, MOVE, SHARE, USE, Candidate, Reading, covers
from kg.mention import Mention

_AUTHORITIES: Final[tuple[str, ...]] = ("dpv:Authority", "pk:PublicAuthority", "pk:LawEnforcement", "pk:Court")
_ABROAD: Final[tuple[str, ...]] = ("loc:non-EEA", "loc:non-EU", "dpv:ThirdCountry")
_FOREIGN: Final[tuple[str, ...]] = ("dpv:Country", "dpv:Jurisdiction")
_GENITIVE: Final = re.compile(r"['’]?s? ")
_PERSONS: Final[tuple[str, ...]] = ("pk:OtherUser", "dpv:DataSubject")
_LAWFUL: Final[tuple[str, ...]] = ("pk:IfRequiredByLaw",)
_ELSEWHERE: Final[tuple[str, ...]] = ("pk:TopicLinks", "pk:TopicChanges", "pk:TopicDefinitions", "pk:TopicComplaint", "pk:TopicRights")


def recipients(reading: Reading) -> Iterator[Candidate]:
    """Recipients where data are shared with somebody, or under a heading or lead-in about sharing."""
    scene = reading.scene
    if scene.is_heading:
        for mention in scene.of("organisation"):
            if covers(reading, mention):
                yield reading.make("share", "dpv:hasRecipient", mention.term, mention, 0.6, "recipient: heading")
        return
    about = scene.about("pk:TopicRecipient", "pk:TopicLegalDisclosure")
    sharing = reading.any_act(SHARE)
    for mention in scene.all(("recipient", "organisation")):
        named = mention.role == "organisation"
        doubtful = (scene.about_one(_ELSEWHERE) and not (about or sharing)) or (
            mention.weak and not (_after_share(reading, mention) or (about and _heads_item(reading, mention)))
        )
        aside = reading.aside_at(mention.start)
        frame = reading.frame_at(mention.start)
        if aside is not None and aside.exception:
            yield reading.make("share", "pk:exceptRecipient", mention.term, mention, 0.7, "excepted recipient")
            continue
        if _gets_nothing(reading, mention):
            continue
        if named and frame.agent == mention.term and (frame.denied or reading.acts(frame, SHARE)):
            continue  # It is the one that passes them on, or of which something is denied.
        if _within_an_end(reading, mention):
            doubtful = doubtful or mention.weak
            sharing_here = 0.0
        else:
            sharing_here = 0.1 * sharing + 0.12 * about + 0.2 * _after_share(reading, mention)
        used = named and (sharing or reading.any_act(USE) or bool(scene.of("technology")))
        score = BELOW + sharing_here + 0.15 * used - 0.1 * mention.weak
        score -= 0.2 * scene.about_one(_ELSEWHERE)
        if frame.denied and _outside(reading, mention):
            yield reading.make("share", "pk:exceptRecipient", mention.term, mention, 0.7, "recipient inside the stated circle")
            continue
        yield reading.make(
            "share",
            "dpv:hasRecipient",
            mention.term,
            _whole(reading, mention),
            DOUBTFUL if doubtful else max(0.2, min(score, 0.95)),
            "recipient",
        )


def _whole(reading: Reading, mention: Mention) -> Mention:
    """The mention with the "our" before it: "our partners" are others than the partners that a label names."""
    if mention.role != "recipient":
        return mention
    before = next((cue for cue in reading.scene.cues("pk:Possessive") if cue.last == mention.first), None)
    if before is None:
        return mention
    return Mention(mention.term, mention.role, before.start, mention.end, mention.weak, mention.form, before.first, mention.last)


def _gets_nothing(reading: Reading, mention: Mention) -> bool:
    """Whether somebody is named as the one from whom, for whom or on whose pages something is, whose data it is, or in a file's name."""
    scene = reading.scene
    if _owns(reading, mention) or _dotted(scene.text, mention):
        return True
    before = scene.all(("pk:FromCue", "pk:OnBehalf"))
    if mention.start == scene.start and mention.role == "organisation" and _gives_away(reading):
        return True
    return any(0 <= mention.start - cue.end <= 1 for cue in before) or any(
        0 <= cue.start - mention.end <= 1 for cue in scene.all(("pk:OnBehalf", "pk:PagesOf"))
    )


def _dotted(text: str, mention: Mention) -> bool:
    """Whether the mention is a part of an identifier or address ("com.acorn.app")."""
    before, after = text[max(mention.start - 2, 0) : mention.start], text[mention.end : mention.end + 2]
    return (before[-1:] == "." and before[:1].isalnum()) or (after[:1] == "." and after[1:].islower())


def _owns(reading: Reading, mention: Mention) -> bool:
    """Whether the data right behind are those of the person who is named ("users' photographs", "your user information")."""
    scene = reading.scene
    if mention.role != "recipient" or not reading.hierarchy.is_a(mention.term, _PERSONS):
        return False
    genitive = _GENITIVE.match(scene.text, mention.end)
    return any(mention.end < m.end and m.start <= (genitive.end() if genitive else mention.end) for m in scene.of("data"))


def _gives_away(reading: Reading) -> bool:
    """Whether the clause's subject is one who gives ("Acorn may offer this to third parties"), and not what somebody provides."""
    scene = reading.scene
    given = [cue for cue in scene.cues("pk:Giving") if not any(by.first == cue.last for by in scene.cues("pk:ByCue"))]
    return reading.any_act(SHARE) or bool(given)


def _after_share(reading: Reading, mention: Mention) -> bool:
    frame = reading.frame_at(mention.start)
    return reading.acts(frame, SHARE) and (
        frame.end <= mention.start or any(v.end <= mention.start for v in frame.verbs) or reading.lead is not None
    )


def _within_an_end(reading: Reading, mention: Mention) -> bool:
    """Whether the mention stands inside what the sharing is for ("… to protect our users"), not among those who get the data."""
    frame = reading.frame_at(mention.start)
    verb = max((v.end for v in frame.verbs if v.end <= mention.start), default=reading.scene.start)
    return any(verb <= m.start and m.start < mention.start and not m.weak for m in reading.scene.of("purpose"))


def _heads_item(reading: Reading, mention: Mention) -> bool:
    return reading.scene.is_item and mention.first - reading.scene.first <= 5


def _outside(reading: Reading, mention: Mention) -> bool:
    """Whether an "outside of" opens before the mention and names what is inside ("not … outside the group and its partners")."""
    return any(cue.end <= mention.start and mention.start - cue.end < 120 for cue in reading.scene.cues("pk:OutsideCue"))


def transfers(reading: Reading) -> Iterator[Candidate]:
    """Places outside the EEA to which data are moved, and the safeguards named there."""
    scene = reading.scene
    if scene.is_heading:
        return
    about = scene.about("pk:TopicTransfer")
    placed = scene.has("pk:PlaceOfProcessing")
    moving = placed or reading.any_act(MOVE) or reading.any_act(SHARE)
    stated = False
    for mention in scene.of("place"):
        if any(0 <= mention.start - cue.end <= 1 for cue in scene.cues("pk:LawsOf")):
            continue
        foreign = mention.term in _FOREIGN
        if reading.is_a(mention.term, "loc:EEA") and not _beyond(reading, mention) and _placed(reading, mention):
            yield reading.make("transfer", "dpv:hasLocation", mention.term, mention, BELOW, "place within the Area")
            continue
        abroad = _abroad(reading, mention)
        if not (abroad or _beyond(reading, mention)):
            continue
        region = mention.term in _ABROAD
        acted = moving or (region and bool(reading.frame_at(mention.start).verbs or scene.all(("recipient", "organisation"))))
        if (
            not (acted or about)
            or ((mention.weak or foreign) and not moving)
            or (not about and not region and not placed and not _moved_to(reading, mention))
        ):
            continue
        stated = True
        score = 0.5 + 0.15 * acted + 0.2 * about + 0.1 * region - 0.1 * mention.weak
        place = mention.term if abroad else "loc:non-EEA"
        yield reading.make("transfer", "dpv:hasLocation", place, mention, min(score, 0.95), "transfer")
        yield reading.make("transfer", "dpv:hasProcessing", "dpv:CrossBorderTransfer", mention, min(score, 0.95), "transfer")
    for mention in scene.of("safeguard"):
        if not mention.weak or about or stated:
            yield reading.make("transfer" if about or stated else "share", "dpv:hasLegalMeasure", mention.term, mention, 0.75, "safeguard")
    for cue in scene.cues("pk:OutsideCue"):
        owner = next((m for m in scene.cues("pk:FirstParty") if 0 <= m.start - cue.end <= 5), None)
        if owner is not None and reading.any_act(SHARE) and owner.form[:1].isupper():
            yield reading.make("share", "pk:outsideOf", "controller", (cue.start, owner.end), 0.75, "outside the controller")


def _abroad(reading: Reading, mention: Mention) -> bool:
    return mention.term in _FOREIGN or reading.hierarchy.is_a(mention.term, _ABROAD)


def _moved_to(reading: Reading, mention: Mention) -> bool:
    """Whether the place stands after a verb of moving or storing in its own frame, and is not merely where the reader lives."""
    frame = reading.frame_at(mention.start)
    aside = reading.aside_at(mention.start)
    return (
        (aside is None or aside.exception)
        and frame.actor != "second"
        and any(verb.start < mention.start and reading.families(verb.term) & MOVE != 0 for verb in frame.verbs)
    )


def _placed(reading: Reading, mention: Mention) -> bool:
    """Whether somebody but the reader does something with data at the place."""
    frame = reading.frame_at(mention.start)
    aside = reading.aside_at(mention.start)
    met = aside is not None and not aside.exception  # "Where you use the service from the Area" is where the reader is.
    return frame.actor != "second" and not met and any(verb.start < mention.start for verb in frame.verbs)


def _beyond(reading: Reading, mention: Mention) -> bool:
    """ "Outside" right before a region of the EEA."""
    return reading.is_a(mention.term, "loc:EEA", "loc:EU") and any(
        0 <= mention.start - cue.end <= 6 for cue in reading.scene.cues("pk:OutsideCue")
    )


def mandatory(reading: Reading) -> Iterator[Candidate]:
    """Disclosure because the law or an authority demands it."""
    scene = reading.scene
    if scene.is_heading:
        return
    announced = scene.about("pk:TopicLegalDisclosure")
    told = scene.of("data") or (scene.lead is not None and scene.lead.of("data"))
    sharing = bool(told) and reading.any_act(SHARE)
    if not sharing and not announced:
        return
    reasons = [m for m in scene.of("condition") if m.term in _LAWFUL]
    reasons += [m for m in scene.of("basis") if reading.is_a(m.term, "dpv:LegalObligation")]
    reasons += [m for m in scene.of("purpose") if reading.is_a(m.term, "dpv:LegalCompliance")]
    bodies = [m for m in scene.of("recipient") if reading.hierarchy.is_a(m.term, _AUTHORITIES)]
    if reasons or bodies:
        best = min(reasons or bodies, key=lambda m: (m.weak, m.start))
        if not announced and not reading.acts(reading.frame_at(best.start), SHARE):
            return  # It is something else that the law demands.
        score = DOUBTFUL if best.weak or not reasons else 0.5
        yield reading.make("share", "pk:mandatoryDisclosure", "pk:MandatoryDisclosure", best, score, "mandatory disclosure")
