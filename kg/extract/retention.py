"""Retention: periods as xsd:duration and criteria as terms, of data and of cookies apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kg.extract.reading import BELOW, DOUBTFUL, KEEP, REMOVE, Candidate, Reading, whatever, within
from kg.extract.scene import Scene
from kg.mention import Mention
from kg.model import StorageDuration

_DIGITS: Final = re.compile(r"\d{1,4}$")
_NEAR: Final = 25
_REACH: Final = 12


def retention(reading: Reading) -> Iterator[Candidate]:
    """How long data are kept, where the clause is about keeping or removing them."""
    scene = reading.scene
    about = scene.about("pk:TopicRetention")
    if scene.is_heading:
        return
    keeping = reading.any_act(KEEP) or reading.any_act(REMOVE)
    markers = scene.cues("pk:RetentionMarker")
    cookies = _of_cookies(reading)
    if not (about or keeping or cookies or any(not m.weak for m in markers)):
        return
    topic = "cookies" if cookies else "retention"
    verbs = scene.of("processing")
    openers = [m for m in markers if not any(m.start < v.end and v.start < m.end for v in verbs)]
    marked: list[tuple[int, int]] = []
    told = [m for m in scene.of("criterion") if not within(m, scene.of("technology"))]  # "Session cookies" says no more than their kind.
    criteria = [m for m in told if _governed(m, markers, about or keeping)]
    for mention in told:
        span = _phrase(scene, openers, mention)
        score = DOUBTFUL if mention not in criteria else 0.7 + 0.12 * about + 0.1 * keeping - 0.1 * mention.weak
        if marked and span[0] == mention.start and score > DOUBTFUL:
            score = BELOW
        elif score > DOUBTFUL:
            marked.append(span)
        event = StorageDuration(f"until-{span[0]}", "dpv:UntilEventDuration")
        for predicate, value in (("pk:retentionCriterion", mention.term), ("dpv:hasStorageCondition", event)):
            yield _limited(reading, reading.make(topic, predicate, value, span, score, f"retention criterion: {mention.form}"))
    for start, end, iso in _periods(reading) if about or keeping or cookies else ():
        span = (min((m.start for m in markers if m.end <= start and start - m.end < 30), default=start), end)
        marked.append(span)
        score = 0.62 + 0.15 * about + 0.12 * (keeping or cookies)
        period = StorageDuration(f"{iso.lower()}-{start}", "dpv:TemporalDuration", iso, scene.text[span[0] : start].strip() or None)
        yield _limited(reading, reading.make(topic, "dpv:hasStorageCondition", period, span, score, "retention period"))
    if not (about or keeping) or (not keeping and scene.all(("right", "basis"))):
        return  # How long a right or a consent lasts is not how long data stay.
    for marker in openers:
        if not marker.weak and not any(a < marker.end and marker.start < b for a, b in marked):
            event = StorageDuration(f"until-{marker.start}", "dpv:UntilEventDuration")
            score = 0.45 + 0.1 * about
            yield reading.make(topic, "dpv:hasStorageCondition", event, marker, score, "retention marker")


def _limited(reading: Reading, candidate: Candidate) -> Candidate:
    """ "Not longer than …" is a limit that is kept, and no denial of keeping."""
    scene, frame = reading.scene, candidate.frame
    limits = [m for m in scene.cues("pk:Limit") if m.start - candidate.end < _NEAR and candidate.start - m.end < _NEAR]
    return whatever(candidate) if frame.denied and limits else candidate


def _of_cookies(reading: Reading) -> bool:
    """Whether it is cookies that live so long: they stand in the clause, its lead-in, or its heading."""
    scene = reading.scene
    return (
        bool(scene.of("technology"))
        or (reading.lead is not None and bool(reading.lead.scene.of("technology")))
        or ("pk:TopicCookies" in scene.nearest and "pk:TopicRetention" not in scene.nearest)
    )


def _governed(mention: Mention, markers: list[Mention], concerned: bool) -> bool:
    """Whether a criterion is one of keeping: soon after a marker ("for as long as …"), or strong and the clause about keeping."""
    place = mention.first
    marked = any(not m.weak and m.start <= mention.start and place - m.last <= _REACH for m in markers)
    return (marked and (concerned or not mention.weak)) or (concerned and not mention.weak)


def _phrase(scene: Scene, openers: list[Mention], mention: Mention) -> tuple[int, int]:
    """From the marker right before a criterion, in the same brackets, to its end."""
    near = [m for m in openers if m.start <= mention.start and mention.start - m.end < _NEAR]
    before = [m.start for m in near if ")" not in scene.words_between(m.end, mention.start)]
    return min(before, default=mention.start), mention.end


def _periods(reading: Reading) -> Iterator[tuple[int, int, str]]:
    """Number and unit as an xsd:duration ("12 months" → P12M), with the span that says it."""
    scene = reading.scene
    for unit in scene.of("unit"):
        number = unit.first
        for back in range(1, 5):
            at = number - back
            if at < scene.first:
                break
            place = scene.tokens.starts[at]
            value = next((v for term in sorted(scene.classes(at)) if (v := reading.vocabulary.terms[term].value)), None)
            if value is None and _DIGITS.match(scene.tokens.norms[at]):
                value = scene.tokens.norms[at]
            if value is not None:
                letter = reading.vocabulary.terms[unit.term].value or "D"
                iso = f"PT{int(value)}{letter[1:]}" if letter.startswith("T") else f"P{int(value)}{letter}"
                yield place, unit.end, iso
                break
            if scene.tokens.norms[at] not in ("(", ")", "-") and not scene.tokens.norms[at].isalpha():
                break
