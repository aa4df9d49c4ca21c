"""Personal data: which categories the text says are processed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.extract.reading import COLLECT, DOUBTFUL, GENERIC, SHARE, Candidate, Reading, covers, gives, pointed
from kg.mention import Mention

_ELSEWHERE: Final[tuple[str, ...]] = ("pk:TopicLinks", "pk:TopicChanges", "pk:TopicContact", "pk:TopicOfficer", "pk:TopicController")
_GENERIC_AT_MOST: Final = 0.38
_APART: Final = 4
_JOINTS: Final = frozenset({",", ";", "/", "&"})


def data(reading: Reading) -> Iterator[Candidate]:
    """Data categories: strong forms of a category anywhere, weak ones in the company of data, generic ones where data are acted upon."""
    scene = reading.scene
    if scene.is_heading:
        for mention in scene.of("data"):
            if mention.term not in GENERIC and covers(reading, mention) and not (mention.weak and not scene.about("pk:TopicData")):
                yield reading.make("collect", "dpv:hasPersonalData", mention.term, mention, 0.6, "data: heading")
        return
    mentions = scene.of("data")
    listed = _listed(reading, [m for m in mentions if m.term not in GENERIC])
    found = False
    for mention in mentions:
        generic = mention.term in GENERIC
        if generic and not _acted_upon(reading, mention):
            continue
        if pointed(reading, mention) or _labels_a_contact(reading, mention):
            continue
        if generic and _specified(reading, mention, mentions) and not reading.acts(reading.frame_at(mention.start), SHARE):
            continue
        if scene.of("measure") and not reading.frame_at(mention.start).verbs and not generic:
            continue  # A password that the controller's own systems ask for guards data and is none.
        alone = mention.start not in listed and not _object_of_collecting(reading, mention)
        lonely = mention.weak and not generic and (alone or _is_an_end(reading, mention))
        found = found or not lonely
        predicate = "dpv:hasData" if reading.is_a(mention.term, "dpv:NonPersonalData") else "dpv:hasPersonalData"
        yield reading.make(
            "collect", predicate, mention.term, mention, DOUBTFUL if lonely else _confidence(reading, mention, generic), "data"
        )
    if not found and scene.is_item and "pk:TopicData" in scene.nearest and "pk:TopicPurpose" not in scene.nearest:
        span = _head(reading)
        if span is not None:
            yield reading.make("collect", "dpv:hasPersonalData", "dpv:PersonalData", span, 0.45, "data: item of a list of data")


def _labels_a_contact(reading: Reading, mention: Mention) -> bool:
    """Whether the mention is a label whose value follows on its own ("Street address:"), where nothing announces data."""
    scene = reading.scene
    labelled = (
        scene.text[scene.start : scene.end].rstrip().endswith(":") and scene.last - mention.last <= 1 and mention.first == scene.first
    )
    return labelled and not scene.about("pk:TopicData") and reading.lead is None


def _is_an_end(reading: Reading, mention: Mention) -> bool:
    """Whether an item in a list of purposes names a purpose there, which could also be data ("surveys")."""
    scene = reading.scene
    return scene.is_item and "pk:TopicPurpose" in scene.nearest and any(m.start == mention.start for m in scene.of("purpose"))


def _listed(reading: Reading, mentions: list[Mention]) -> frozenset[int]:
    """Where the weak mentions stand that are members of a list of data: with a strong one, or with two more weak ones, a comma or an "and"
    apart; alone only at the head of an item in a list of data."""
    scene = reading.scene
    runs: list[list[Mention]] = []
    for mention in mentions:
        between = scene.words_between(runs[-1][-1].end, mention.start) if runs else []
        joined = not between or (len(between) <= _APART and any(word in _JOINTS for word in between)) or len(between) == 1
        acts = runs and any(runs[-1][-1].end <= verb.start < mention.start for verb in scene.of("processing"))
        if runs and joined and not acts:
            runs[-1].append(mention)
        else:
            runs.append([mention])
    titled = "pk:TopicData" in scene.nearest and "pk:TopicPurpose" not in scene.nearest
    opened = titled or reading.any_act(COLLECT) or bool(scene.cues("pk:ExampleMarker"))
    found: set[int] = set()
    for run in runs:
        strong = any(not m.weak for m in run)
        head = scene.is_item and titled and scene.token_at(run[0].start) - scene.first <= 2
        if head or (opened and (len(run) >= 3 or (strong and len(run) >= 2))) or len(run) >= 5 or (len(run) >= 2 and titled):
            found.update(m.start for m in run)
    return frozenset(found)


def _object_of_collecting(reading: Reading, mention: Mention) -> bool:
    """Whether a verb of collecting has the mention as its object: right after it, or after it as "your …"."""
    frame = reading.frame_at(mention.start)
    scene = reading.scene
    if frame.actor not in ("first", "") or not reading.acts(frame, COLLECT) or scene.has("pk:RightCue"):
        return False
    verb = max((v.end for v in frame.verbs if v.end <= mention.start), default=None)
    if verb is None:
        return False
    owned = any(0 <= mention.start - cue.end <= 1 or cue.start == mention.start for cue in scene.cues("pk:SecondParty"))
    return owned or len(scene.words_between(verb, mention.start)) <= 1


def _acted_upon(reading: Reading, mention: Mention) -> bool:
    """Whether somebody who is not merely asking for a right does something with the data here."""
    frame = reading.frame_at(mention.start)
    if reading.scene.has("pk:RightCue") or reading.scene.about("pk:TopicRights"):
        return False
    if frame.actor == "second":
        return reading.acts(frame, COLLECT) or reading.acts(frame, SHARE)
    return not all(mention.weak and gives(reading, frame, verb) for verb in frame.verbs)


def _specified(reading: Reading, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether the general word is only the head of an enumeration that follows ("information such as your name")."""
    examples = reading.scene.cues("pk:ExampleMarker")
    return any(mention.end <= cue.start <= mention.end + 40 for cue in examples) and any(m.start > mention.end for m in mentions)


def _confidence(reading: Reading, mention: Mention, generic: bool) -> float:
    score = 0.35 if generic else 0.7 if mention.weak else 0.8
    frame = reading.frame_at(mention.start)
    if reading.acts(frame, COLLECT):
        score += 0.1 + 0.05 * generic
    if reading.scene.about("pk:TopicData"):
        score += 0.08
    if reading.scene.about_one(_ELSEWHERE):
        score -= 0.25
    if frame.actor == "third" and not generic:
        score -= 0.15
    if reading.scene.about("pk:TopicTransfer") and reading.is_a(mention.term, "pd:Location", "pd:Country"):
        score -= 0.25
    return max(0.1, min(score, _GENERIC_AT_MOST if generic else 0.97))


def _head(reading: Reading) -> tuple[int, int] | None:
    """The first phrase of an item: up to a colon, dash, bracket or full stop, if it is short enough to be a category's name."""
    scene = reading.scene
    for number in range(scene.first, scene.last):
        if scene.tokens.norms[number] in (":", "(", ".", ";", "–", "—") or number == scene.last - 1:
            last = number if scene.tokens.norms[number] in (":", "(", ".", ";", "–", "—") else number + 1
            if scene.first < last <= scene.first + 10 and not scene.states("processing"):
                return scene.tokens.starts[scene.first], scene.tokens.ends[last - 1]
            return None
    return None
