"""Legal bases with the interests pursued, rights, automated decisions, and whether data must be given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.extract.asides import Aside
from kg.extract.reading import BELOW, COLLECT, DOUBTFUL, KEEP, SHARE, Candidate, Reading, whatever
from kg.mention import Mention

_ABOUT_BASIS: Final[tuple[str, ...]] = ("pk:TopicLegalBasis", "pk:TopicInterest")
_NEAR: Final = 16
_HEAD: Final = 6
_BESIDE: Final = 3


def bases(reading: Reading) -> Iterator[Candidate]:
    """Legal bases, and the purposes that stand beside a legitimate interest as the interests pursued."""
    scene = reading.scene
    if scene.is_heading:
        return
    about = scene.about_one(_ABOUT_BASIS)
    mentions = scene.of("basis")
    for mention in mentions:
        if reading.is_a(mention.term, "pk:MandatoryDisclosure"):
            continue
        aside = reading.aside_at(mention.start)
        if aside is not None and (reading.frame_at(mention.start).denied or mention.term == "dpv:LegalObligation"):
            continue
        if _item_under_a_basis(reading) and any(p.start < mention.end and mention.start < p.end for p in scene.of("purpose")):
            continue
        kept = scene.about("pk:TopicRetention") or reading.any_act(KEEP)
        if kept and any(not m.weak and m.start < mention.end and mention.start < m.end for m in scene.of("criterion")):
            continue
        yield reading.make("basis", "dpv:hasLegalBasis", mention.term, mention, _ground(reading, mention, about), "legal basis")
    interested = [m for m in mentions if reading.is_a(m.term, "dpv:LegitimateInterest")]
    inherited = reading.lead is not None and any(reading.is_a(m.term, "dpv:LegitimateInterest") for m in reading.lead.scene.of("basis"))
    if (interested or inherited or (scene.about("pk:TopicInterest") and scene.is_item)) and not scene.about("pk:TopicRetention"):
        others = [m for m in mentions if m not in interested] if interested else []
        for mention in scene.of("purpose"):
            if any(mention.start < other.end and other.start < mention.end for other in others):
                continue
            yield reading.make("basis", "pk:interestPursued", mention.term, mention, 0.6, "interest pursued")


def _item_under_a_basis(reading: Reading) -> bool:
    """Whether the clause is an item of a list whose lead-in names the basis: then it names interests or purposes and no other basis."""
    return reading.scene.is_item and reading.lead is not None and reading.lead.scene.states("basis")


def _ground(reading: Reading, mention: Mention, about: bool) -> float:
    """How surely a mention is the ground of a processing, and not a law obeyed in passing, an agreement to the text, or a right."""
    scene = reading.scene
    if not about and (mention.weak or any(right.start < mention.end and mention.start < right.end for right in scene.of("right"))):
        return DOUBTFUL
    aside = reading.aside_at(mention.start)
    if any(aside is not None and aside.start <= cue.start < mention.end for cue in scene.cues("pk:Without")):
        return DOUBTFUL
    if reading.is_a(mention.term, "dpv:DataTransferLegalBasis", "dpv:ImpliedConsent") and not about:
        return BELOW
    if reading.is_a(mention.term, "dpv:LegalObligation") and not about and (reading.any_act(SHARE) or reading.any_act(KEEP)):
        return BELOW
    return 0.65 + 0.2 * about - 0.15 * mention.weak + 0.05 * bool(reading.frame_at(mention.start).verbs)


def rights(reading: Reading) -> Iterator[Candidate]:
    """Rights that the person may use: named as rights, or asked for where a cue, the lead-in or the heading is about rights."""
    scene = reading.scene
    about = scene.about("pk:TopicRights")
    if scene.is_heading and not about:
        return
    for mention in scene.of("right"):
        cued = _cued(reading, mention)
        if mention.weak and scene.is_heading:
            continue
        score = DOUBTFUL if mention.weak and not cued else 0.72 + 0.12 * about + 0.1 * cued - 0.1 * mention.weak
        yield reading.make("right", "dpv:hasRight", mention.term, mention, min(score, 0.97), "right")
        if mention.term == "eu-gdpr:A7-3":
            yield reading.make("right", "dpv:hasConsentControl", "dpv:WithdrawConsent", mention, min(score, 0.97), "right")
        if mention.term == "eu-gdpr:A21" and (scope := _marketing(reading, mention)):
            yield reading.make("right", "dpv:hasScope", "dpv:DirectMarketing", scope, min(score, 0.97), "right")


def _cued(reading: Reading, mention: Mention) -> bool:
    """Whether what is asked for is asked for as a right: after a rights cue close by, or at the head of an item in a list of rights."""
    scene = reading.scene
    about = scene.about("pk:TopicRights")
    place = mention.first
    if any((about or not cue.weak) and cue.start <= mention.start and place - cue.last <= _NEAR for cue in scene.cues("pk:RightCue")):
        return True
    leads = reading.lead is not None and bool(reading.lead.scene.cues("pk:RightCue", strong=not about))
    return scene.is_item and (leads or "pk:TopicRights" in scene.nearest) and place - scene.first <= _HEAD


def _marketing(reading: Reading, mention: Mention) -> Mention | None:
    """The objection itself, where it stands beside the marketing that it is limited to."""
    if reading.scene.of("technology"):
        return None
    near = [m for m in reading.scene.cues("pk:MarketingCue") if m.start < mention.end + 40 and m.end > mention.start - 10]
    return mention if near else None


def automated(reading: Reading) -> Iterator[Candidate]:
    """Automated decisions: that they are made or not, how far, by which logic, to what effect."""
    scene = reading.scene
    if scene.is_heading:
        return
    decisions = scene.of("decision")
    near = (
        bool(decisions)
        or scene.about("pk:TopicAutomatedDecision")
        or (reading.previous is not None and bool(reading.previous.scene.of("decision")))
    )
    for mention in decisions:
        if scene.states("pk:RightCue") or any(not m.weak and m.start <= mention.start < m.end + 60 for m in scene.of("right")):
            continue
        if not mention.weak or scene.about("pk:TopicAutomatedDecision"):
            yield reading.make("automated", "dpv:hasContext", mention.term, mention, 0.8, "automated decision")
    stated = scene.states("right", "pk:RightCue")
    if near and not stated:
        for role, predicate in (
            ("automation", "dpv:hasAutomationLevel"),
            ("logic", "dpv:hasAlgorithmicLogic"),
            ("impact", "dpv:hasImpact"),
        ):
            for mention in scene.of(role):
                yield reading.make("automated", predicate, mention.term, mention, 0.7, role)


def necessity(reading: Reading) -> Iterator[Candidate]:
    """Whether data must be given, and what follows if they are not: said by a negation as often as not, and so never denied by one."""
    for candidate in _provision(reading):
        if not (candidate.frame.denied and candidate.object == "dpv:Required"):
            yield whatever(candidate)


def _provision(reading: Reading) -> Iterator[Candidate]:
    scene = reading.scene
    if scene.is_heading:
        return
    lacking = _lacking(reading)
    for mention in scene.of("consequence"):
        sure = any(not a.start <= mention.start < a.end for a in lacking) and (not mention.weak or bool(scene.of("data")))
        yield reading.make(
            "provision", "dpv:hasConsequence", mention.term, mention, (BELOW if mention.weak else 0.65) if sure else DOUBTFUL, "consequence"
        )
        if sure and not scene.of("necessity"):
            yield reading.make("provision", "dpv:hasNecessity", "dpv:Required", mention, BELOW, "necessity: follows from a consequence")
    for mention in scene.of("necessity"):
        loose = mention.weak or mention.term == "dpv:Optional"
        score = (BELOW if _of_giving(reading, mention) else DOUBTFUL) if loose else 0.65
        yield reading.make("provision", "dpv:hasNecessity", mention.term, mention, score, "necessity")


def _lacking(reading: Reading) -> list[Aside]:
    """The conditions under which data are not given. "If we have no need", "if that is not possible" are none."""
    scene = reading.scene
    if scene.of("technology"):
        return []
    consequences, ours = scene.of("consequence"), () if reading.any_act(COLLECT) else scene.cues("pk:FirstParty")
    denials = [
        cue
        for cue in scene.all(("pk:Negation", "pk:Without", "pk:Withheld"))
        if not any(mention.start < cue.end and cue.start < mention.end for mention in consequences)
    ]
    return [
        aside
        for aside in reading.asides
        if not aside.exception
        and any(aside.start <= cue.start < aside.end and not any(aside.start <= we.start < cue.start for we in ours) for cue in denials)
    ]


def _of_giving(reading: Reading, mention: Mention) -> bool:
    """Whether a word of need or choice is said of the data that somebody gives, and not of anything else in the clause."""
    scene = reading.scene
    first, last = mention.first, mention.last
    if any(mention.start <= cue.start and cue.end <= mention.end for cue in scene.cues("pk:Giving")):
        return True
    return bool(scene.of("data")) and any(
        cue.first - last <= _BESIDE and first - cue.last <= _BESIDE and reading.frame_at(cue.start).actor != "first"
        for cue in scene.all(("pk:Giving", "pk:DirectlyFrom"))
    )
