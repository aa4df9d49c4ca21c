"""What a policy says of itself: controller, contact, officer, law, dates, and what it defers to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kg.extract.dates import dates
from kg.extract.names import Name, akin, aliases, candidates
from kg.extract.scene import Scene
from kg.mention import Mention
from kg.model import Assertion, DefinedTerm, Fact, Organisation, Value
from kg.vocabulary import Vocabulary

_PHONE: Final = re.compile(r"(?<![\w/])\(?\+?\d[\d ()/.\u00a0-]{6,}\d(?![\w/])")
_DIGIT: Final = re.compile(r"\d")
_DATE_LIKE: Final = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{7}-\d")
"""A date, or a Finnish business identity code, which looks like a telephone number."""
_POSTCODE: Final = re.compile(r"\b(?:[A-Z]{1,3}[- ])?\d{4,6}\b|\b[A-Z]{1,2}\d{1,2}[A-Z]? ?\d[A-Z]{2}\b|\b\d{3} ?\d{2}\b")
_OPENING: Final = 10
_LINKED: Final[tuple[str, ...]] = ("http://", "https://", "www.")
_MAILED: Final[tuple[str, ...]] = ("@",)
_BESIDE: Final = 30
_ENOUGH: Final = 4
_CONTACT: Final[tuple[str, ...]] = ("pk:TopicContact", "pk:TopicController", "pk:TopicOfficer")
_ELSEWHERE: Final[tuple[str, ...]] = ("pk:TopicComplaint", "pk:TopicLinks", "pk:TopicCookies")


def controller_facts(scene: Scene, controller: str, name: Name | None, common: frozenset[str]) -> list[Fact]:
    """The controller, where the clause names it as the one whose policy it is."""
    if name is None or scene.is_furniture:
        return []
    cues = [m for m in scene.all(("pk:ControllerIntroduction", "pk:NameFollows")) if not m.weak]
    titled = scene.is_heading and (scene.has("pk:PolicyName") or scene.clause.number < _OPENING)
    opening = scene.clause.number < _OPENING and scene.has("pk:PolicyName")
    about = scene.about_one(_CONTACT) and not scene.all(("data", "purpose"))
    here = scene is name.scene
    if not (here or cues or titled or opening or about or scene.is_heading or scene.has("pk:PolicyName")):
        return []
    short = name.text.casefold()
    if short[:_ENOUGH] not in scene.text[scene.start : scene.end].casefold():
        return []  # Whatever names the controller begins as its name does.
    for found in (*candidates(scene, common), *(_written(scene, name.text))):
        text = found.text.casefold()
        if text == short or (found.legal and text.startswith(short)) or (short.startswith(text) and len(text) >= _ENOUGH):
            beside = any(max(cue.start - found.end, found.start - cue.end) <= _BESIDE for cue in cues)
            if here or beside or titled or opening or about or (found.legal and _says_whose(scene, found)):
                sure = 0.9 if beside else 0.5
                named = Assertion("dpv:hasDataController", controller, found.start, found.end, sure, "controller")
                return [Fact(None, scene.clause.number, named)]
    return []


def _says_whose(scene: Scene, name: Name) -> bool:
    """Whether a name in full is all that a heading says, or stands in a sentence about the policy itself."""
    if scene.is_heading:
        return 5 * len(name.text) >= 4 * (scene.end - scene.start)
    return scene.has("pk:PolicyName") and not scene.about_one(_ELSEWHERE)


def _written(scene: Scene, name: str) -> Iterator[Name]:
    """The name where it is written out as it was found, even if it does not look like one."""
    place = scene.text.find(name, scene.start, scene.end)
    if place >= 0:
        yield Name(name, place, place + len(name), scene, False)


def contact_facts(scene: Scene, controller: str) -> list[Fact]:
    """E-mail addresses, telephone numbers, contact pages and postal addresses of the controller or of its officer."""
    facts: list[Fact] = []
    if scene.is_furniture:
        return facts
    cues = scene.cues("pk:ContactCue")
    about = scene.about_one(_CONTACT) or (scene.lead is not None and scene.lead.states("pk:ContactCue"))
    officer = (
        bool(scene.cues("pk:OfficerCue")) or scene.about("pk:TopicOfficer") or (scene.lead is not None and scene.lead.has("pk:OfficerCue"))
    )
    if scene.about_one(_ELSEWHERE) and not cues:
        return facts
    sure = 0.6 + (0.15 if cues else 0.0) + (0.15 if about else 0.0)
    for start, end, kind in _details(scene, bool(cues), about):
        text = " ".join(scene.text[start:end].split())
        if officer:
            facts.append(_fact(scene, controller, "pk:officerContact", text, start, end, sure, f"officer's {kind}"))
        else:
            predicate = "dpv:hasAddress" if kind == "address" else "dpv:hasContact"
            facts.append(_fact(scene, controller, predicate, text, start, end, sure, f"contact: {kind}"))
    if officer and not scene.is_heading and scene.cues("pk:OfficerCue", strong=True):
        cue = scene.cues("pk:OfficerCue", strong=True)[0]
        named = scene.text[cue.start : cue.end]
        facts.append(_fact(scene, controller, "dpv:hasDataProtectionOfficer", named, cue.start, cue.end, 0.5, "officer"))
    return facts


def _fact(scene: Scene, subject: str | None, predicate: str, text: str, start: int, end: int, sure: float, rule: str) -> Fact:
    return Fact(subject, scene.clause.number, Assertion(predicate, Value(text), start, end, round(sure, 2), rule))


def _details(scene: Scene, cued: bool, about: bool) -> list[tuple[int, int, str]]:
    """The spans of what one can write to, call or visit, each with its kind."""
    text, starts, ends, norms = scene.text, scene.tokens.starts, scene.tokens.ends, scene.tokens.norms
    found: list[tuple[int, int, str]] = []
    # Most clauses hold none of these marks, nor a digit, which is far sooner seen than that no word or number stands in them.
    linked = cued and _marked(scene, _LINKED)
    if linked or _marked(scene, _MAILED):
        for number in range(scene.first, scene.last):
            word = norms[number]
            if "@" in word and len(word) > 3:
                found.append((starts[number], ends[number], "e-mail"))
            elif linked and word.startswith(_LINKED) and not scene.all(("technology", "organisation")):
                found.append((starts[number], ends[number], "page"))
    if (cued or about) and _DIGIT.search(text, scene.start, scene.end):
        for match in _PHONE.finditer(text, scene.start, scene.end):
            if not _DATE_LIKE.fullmatch(match.group().strip()) and sum(c.isdigit() for c in match.group()) >= 7:
                found.append((match.start(), match.end(), "telephone"))
    if about and not found and _postal(scene):
        found.append((scene.start, scene.end, "address"))
    return found


def _marked(scene: Scene, marks: tuple[str, ...]) -> bool:
    """Whether a mark stands in one of the clause's tokens, of which the last may reach over its end."""
    end = scene.tokens.ends[scene.last - 1] if scene.last > scene.first else scene.end
    return any(scene.text.find(mark, scene.start, end) >= 0 for mark in marks)


def _postal(scene: Scene) -> bool:
    """Whether a short clause under a contact heading looks like a postal address."""
    text = scene.text[scene.start : scene.end]
    capitals = sum(word[:1].isupper() for word in text.split())
    return len(text) < 200 and bool(_POSTCODE.search(text)) and capitals >= 2 and not scene.of("processing")


def version_facts(scene: Scene, vocabulary: Vocabulary) -> list[Fact]:
    """The date from which the text holds, the laws that it applies, and other texts that it refers to."""
    facts: list[Fact] = []
    if scene.is_furniture:
        return facts
    if scene.cues("pk:DateCue"):
        for day, start, end in dates(scene, vocabulary)[:1]:
            value = Value(day.isoformat(), "xsd:date")
            dated = Assertion("pk:effectiveFrom", value, start, end, 0.75, "date beside a date cue")
            facts.append(Fact(None, scene.clause.number, dated))
    if scene.is_heading:
        return facts
    for mention in scene.of("law"):
        applied = Assertion("dpv:hasApplicableLaw", mention.term, mention.start, mention.end, 0.7, f"law: {mention.form}")
        facts.append(Fact(None, scene.clause.number, applied))
    if scene.states("pk:DeferCue") and scene.has("pk:PolicyName"):
        cue = scene.cues("pk:DeferCue", strong=True)[0]
        url = next((n for n in range(scene.first, scene.last) if scene.tokens.norms[n].startswith(_LINKED)), None)
        target = scene.text[scene.tokens.starts[url] : scene.tokens.ends[url]] if url is not None else scene.text[scene.start : scene.end]
        facts.append(_fact(scene, None, "pk:defersTo", target, cue.start, scene.end, 0.6, f"defers: {cue.form}"))
    return facts


def defined_terms(scene: Scene, controller: Organisation, name: Name | None, names: tuple[str, ...]) -> list[DefinedTerm]:
    """Names in quotation marks that the text gives to the controller behind one of its `names`, with the kinds of party they take in.

    Where the controller is first named any such name counts, in other places only one that begins as the controller's name does: texts
    give the site and themselves names beside it too.
    """
    found: dict[int, DefinedTerm] = {}
    for text in names:
        place = scene.text.find(text, scene.start, scene.end)
        while place >= 0:
            end = place + len(text)
            here = name is not None and name.start == place
            for surface, start, _ in aliases(scene, Name(text, place, end, scene, False)):
                if any(cue.start < start + len(surface) and start < cue.end for cue in scene.cues("pk:PolicyName", strong=True)):
                    continue
                if here or akin(surface, text):
                    inside: list[Mention] = [m for m in scene.all(("recipient", "subject")) if end <= m.start < start]
                    includes = tuple(sorted({m.term for m in inside}))
                    found[start] = DefinedTerm(surface, controller.curie, includes, scene.clause.number)
            place = scene.text.find(text, end, scene.end)
    return [found[start] for start in sorted(found)]
