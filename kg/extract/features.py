"""What the fitted part may look at when it judges a candidate: properties that mean the same in every language, and the lexical form."""

from __future__ import annotations

from collections.abc import Iterator

from kg.extract.reading import COLLECT, KEEP, MOVE, REMOVE, SHARE, Candidate, Reading
from kg.model import StorageDuration, Value

_ACTS = {"collect": COLLECT, "share": SHARE, "keep": KEEP, "remove": REMOVE, "move": MOVE, "use": ("dpv:Use",)}
_ROLES = (
    "data",
    "purpose",
    "recipient",
    "organisation",
    "basis",
    "right",
    "technology",
    "place",
    "criterion",
    "source",
    "safeguard",
    "condition",
)


def features(reading: Reading, candidate: Candidate) -> Iterator[str]:
    """The names of the properties that hold of a candidate; each has a weight in the fitted part."""
    scene, frame = reading.scene, candidate.frame
    rule, _, form = candidate.rule.partition(": ")
    yield "always"
    yield f"rule {rule}"
    yield f"base {int(candidate.confidence * 20)}"
    yield f"form {form}"
    term = candidate.object.kind if isinstance(candidate.object, StorageDuration) else candidate.object
    if not isinstance(term, Value):
        yield f"term {term}"
        yield from (f"under {above}" for above in reading.vocabulary.ancestors(term) if above != term)
    yield from (f"acts {name}" for name, terms in _ACTS.items() if reading.acts(frame, *terms))
    yield from (f"verb {verb.term}" for verb in frame.verbs)
    yield f"actor {frame.actor}{' denied' if frame.denied else ''}"
    yield f"modality {frame.modality}"
    after = any(verb.end <= candidate.start for verb in frame.verbs)
    yield f"actor {frame.actor} {'after' if after else 'before'} verb"
    aside = reading.aside_at(candidate.start)
    yield "aside " + ("none" if aside is None else "exception" if aside.exception else "condition")
    yield f"block {scene.block.kind.value}"
    yield from (f"nearest {topic}" for topic in sorted(scene.nearest))
    yield from (f"topic {topic}" for topic in scene.topics)
    yield f"nearest none {not scene.nearest}"
    yield from (f"rule {rule} nearest {topic}" for topic in sorted(scene.nearest))
    present = {mention.term for mention in scene.mentions if mention.role == "cue"}
    yield from (f"cue {cue}" for cue in sorted(present))
    yield from (
        f"lead {topic}" for topic in (sorted({m.term for m in reading.lead.scene.mentions if m.role == "topic"}) if reading.lead else ())
    )
    for role in _ROLES:
        count = len(scene.of(role))
        if count:
            yield f"with {role} {min(count, 4)}"
    place = scene.token_at(candidate.start) - scene.first
    yield f"place {_bucket(place)}"
    yield f"left {_bucket(scene.last - scene.token_at(candidate.end))}"
    yield f"length {_bucket(scene.last - scene.first)}"
    yield f"span {_bucket(scene.token_at(candidate.end) - scene.token_at(candidate.start))}"
    yield f"depth {10 * scene.start // max(len(scene.text), 1)}"


def _bucket(count: int) -> int:
    """The size of a number: 0, 1, 2, 4, 8, …"""
    return 1 << (count.bit_length() - 1) if count > 0 else 0
