"""Turns a document into statements: a pure function of its text and the vocabulary."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from typing import Final

from kg.extract.answers import refused
from kg.extract.asides import Aside
from kg.extract.assemble import assemble
from kg.extract.data import data
from kg.extract.identity import contact_facts, controller_facts, defined_terms, version_facts
from kg.extract.judgement import DOUBTED, Weights, hundredths, layout, silence_counts
from kg.extract.law import automated, bases, necessity, rights
from kg.extract.means import actions, directly, plain
from kg.extract.names import common_words, find_controller, organisation, short_form
from kg.extract.purposes import purposes
from kg.extract.reading import TURNED, Candidate, Reading, Rule
from kg.extract.retention import retention
from kg.extract.scene import Scene, recognise, scenes
from kg.extract.sharing import mandatory, recipients, transfers
from kg.model import BlockKind, DefinedTerm, Document, Extraction, Fact, Organisation, Statement
from kg.segment import segment
from kg.vocabulary import Vocabulary

__all__ = ["RULES", "extract"]

RULES: tuple[Rule, ...] = (
    Rule(data, frozenset({"data", "pk:TopicData"})),
    Rule(purposes, frozenset({"purpose", "pk:PurposeMarker", "pk:TopicPurpose"})),
    Rule(recipients, frozenset({"recipient", "organisation"})),
    Rule(transfers, frozenset({"place", "safeguard", "pk:OutsideCue"})),
    Rule(mandatory, frozenset({"condition", "basis", "purpose", "recipient"})),
    Rule(bases, frozenset({"basis", "purpose"})),
    Rule(rights, frozenset({"right"})),
    Rule(automated, frozenset({"decision", "automation", "logic", "impact"})),
    Rule(necessity, frozenset({"necessity", "consequence"})),
    Rule(retention, frozenset({"criterion", "unit", "pk:RetentionMarker"})),
    Rule(plain, frozenset({"technology", "optout", "measure", "source"})),
    Rule(directly, frozenset({"pk:DirectlyFrom"})),
    Rule(actions, frozenset({"processing", "subject"})),
)
_ASKING: Final[dict[str, int]] = {
    kind: sum(1 << number for number, rule in enumerate(RULES) if kind in rule.kinds) for rule in RULES for kind in rule.kinds
}
"""Which rules ask for a kind, as bits by their numbers."""

_FOOTER: Final = BlockKind.FOOTER
_NAVIGATION: Final = BlockKind.NAVIGATION
_BANNER: Final = BlockKind.BANNER

STATED: Final = 0.35
"""The confidence from which what a rule finds becomes an assertion of the graph."""

ADOPTED: Final = 0.5
"""The probability from which the fitted part makes an assertion of what a rule doubts."""

_IN_A_BANNER: Final = (plain, bases)
_NOT_DONE: Final = frozenset(
    {
        "dpv:hasPersonalData",
        "dpv:hasDataSubject",
        "dpv:hasDataSource",
        "dpv:hasRecipient",
        "dpv:hasPurpose",
        "dpv:hasLocation",
        "dpv:hasProcessing",
    }
)
_EXCEPTED: Final = _NOT_DONE | TURNED
_SPOKEN: Final = _NOT_DONE | {"dpv:isImplementedUsingTechnology", "dpv:hasTechnicalMeasure", "dpv:hasOrganisationalMeasure"}
_CONSEQUENTIAL: Final = frozenset({"provision", "right"})
_NEVER_DENIED: Final = frozenset(
    {
        "dpv:hasTechnicalMeasure",
        "dpv:hasOrganisationalMeasure",
        "dpv:hasLegalMeasure",
        "pk:optOut",
        "pk:interestPursued",
    }
)
"""What no negation turns round: that no measure is perfect denies none."""
_EXPECTED: Final = (
    ("dpv:hasDataController", "the text names no controller"),
    ("dpv:hasPersonalData", "no category of personal data was found"),
    ("dpv:hasPurpose", "no purpose was found"),
)


def extract(document: Document, vocabulary: Vocabulary, weights: Mapping[str, Weights] | None = None) -> Extraction:
    """All that the document says, as far as the vocabulary can tell.

    `weights` are those of the fitted part (`kg.extract.judgement.learnt()`); without them the rules and the lexicon decide alone.

    A document in a language without a lexicon, or one that is no privacy policy, yields no statements but says so in `issues`.
    """
    # Nothing here refers to itself in a circle, so the garbage collector would find nothing, at a tenth of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _extract(document, vocabulary, weights)
    finally:
        if collecting:
            gc.enable()


def _extract(document: Document, vocabulary: Vocabulary, weights: Mapping[str, Weights] | None) -> Extraction:
    clauses = segment(document, vocabulary.abbreviations)
    if document.language not in vocabulary.languages:
        reason = f"the language {document.language!r} has no lexicon (there is one for {', '.join(vocabulary.languages)})"
        return _nothing(document, reason, is_policy=True)
    found = list(scenes(document, clauses, vocabulary))
    if not _is_policy(found):
        return _nothing(document, "this does not read like a privacy policy: it hardly speaks of personal data", is_policy=False)
    common = common_words(document, found, vocabulary.lexicon(document.language))
    name = find_controller(found, common)
    controller = organisation(document, name)
    recognise(found, {text.split()[0].casefold(): text for text in _names(controller, found) if text.split()[0].casefold() not in common})
    statements: list[Statement] = []
    facts: list[Fact] = []
    terms: list[DefinedTerm] = []
    learnt = None if weights is None else weights.get(layout(document, clauses))
    unsaid = refused(found)
    names = tuple(dict.fromkeys((controller.name, *((name.text,) if name else ()))))
    for reading in _readings(found, vocabulary):
        scene = reading.scene
        facts.extend(controller_facts(scene, controller.curie, name, common))
        facts.extend(contact_facts(scene, controller.curie))
        facts.extend(version_facts(scene, vocabulary))
        terms.extend(defined_terms(scene, controller, name, names))
        if scene.start not in unsaid:
            statements.extend(assemble(reading, _candidates(reading, controller.curie, learnt)))
    organisations = (controller, *_mentioned(found, vocabulary))
    issues = tuple(_issues(statements, facts))
    return Extraction(
        document,
        controller.curie,
        clauses,
        tuple(statements),
        tuple(facts),
        organisations,
        tuple(terms),
        issues=issues,
        judged=learnt is not None,
    )


def _readings(found: list[Scene], vocabulary: Vocabulary) -> Iterator[Reading]:
    by_place: dict[int, Reading] = {}
    for scene in found:
        lead = by_place.get(scene.lead.start) if scene.lead is not None else None
        previous = by_place.get(scene.previous.start) if scene.previous is not None else None
        reading = by_place[scene.start] = Reading(scene, vocabulary, lead, previous)
        yield reading


def _candidates(reading: Reading, controller: str, learnt: Weights | None) -> list[Candidate]:
    """What the rules find in a clause, judged by the fitted part: what a rule doubts stays only if that part thinks it likely."""
    kept: list[Candidate] = []
    kind = reading.scene.kind
    if kind is _FOOTER or kind is _NAVIGATION:
        return kept
    banner = kind is _BANNER
    asked = 0
    for name in reading.scene.kinds:
        asked |= _ASKING.get(name, 0)
    for number, rule in enumerate(RULES):
        if asked >> number & 1 == 0 or (banner and rule.find not in _IN_A_BANNER):
            continue
        for candidate in rule.find(reading):
            aside = reading.aside_at(candidate.start)
            if aside is not None and aside.lacking and candidate.predicate in _unsaid_in(aside):
                continue
            if candidate.frame.void and candidate.topic not in _CONSEQUENTIAL:
                continue
            if candidate.frame.denied and (candidate.predicate in _NEVER_DENIED or _beside_the_denial(candidate, aside)):
                continue
            likely = learnt.judge(reading, candidate) if learnt is not None else None
            if candidate.confidence < STATED and (likely is None or likely < ADOPTED):
                continue
            if likely is not None and likely < DOUBTED and silence_counts(reading, candidate):
                continue
            named = controller if candidate.object == "controller" else candidate.object
            kept.append(candidate.judged(named, candidate.confidence if likely is None else max(0.01, hundredths(likely))))
    return kept


def _unsaid_in(aside: Aside) -> frozenset[str]:
    """The predicates that do not hold of what stands in an aside that lacks what it names."""
    if aside.spoken:
        return _SPOKEN
    return _EXCEPTED if aside.exception else _NOT_DONE


def _beside_the_denial(candidate: Candidate, aside: Aside | None) -> bool:
    """Whether a candidate stands in a condition of what is denied ("if … we do not ask for …"): it is not what is denied."""
    return (
        aside is not None
        and not aside.exception
        and candidate.predicate in TURNED
        and not any(aside.start <= verb.start < aside.end for verb in candidate.frame.verbs)
    )


def _is_policy(found: list[Scene]) -> bool:
    """Whether the text speaks of personal data often enough: somewhere of the policy itself or of data, in a twentieth of its clauses."""
    telling = sum(1 for s in found if s.has("pk:PolicyName") or s.states("data", "right", "basis"))
    processed = any(s.of("processing") for s in found)
    return processed and telling >= 1 and telling * 20 >= len(found)


def _names(controller: Organisation, found: list[Scene]) -> Iterator[str]:
    for text in (controller.name, *controller.alternatives):
        yield text
        yield short_form(text, found)


def _mentioned(found: list[Scene], vocabulary: Vocabulary) -> tuple[Organisation, ...]:
    named = sorted({m.term for scene in found for m in scene.of("organisation")})
    return tuple(Organisation(term, vocabulary.label(term)) for term in named)


def _nothing(document: Document, reason: str, *, is_policy: bool) -> Extraction:
    return Extraction(document, organisation(document, None).curie, (), (), (), (organisation(document, None),), (), is_policy, (reason,))


def _issues(statements: list[Statement], facts: list[Fact]) -> Iterator[str]:
    """What a reader of the result should know was not found."""
    predicates = {a.predicate for s in statements for a in s.assertions} | {f.assertion.predicate for f in facts}
    for predicate, issue in _EXPECTED:
        if predicate not in predicates:
            yield issue
