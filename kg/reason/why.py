"""Explains an inferred type: the definition's conditions, and the triples with their sentences that meet them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.errors import InputError
from kg.iris import POLICIES
from kg.namespaces import expand
from kg.reason import closure
from kg.reason.closure import Step
from kg.reason.definitions import Ontology
from kg.reason.individuals import individuals
from kg.reason.inferred import assertions


def _term(curie: str) -> ox.NamedNode:
    return ox.NamedNode(expand(curie))


_HAS_STATEMENT, _EVIDENCE, _TYPE, _QUOTE = (_term(name) for name in ("pk:hasStatement", "pk:evidence", "rdf:type", "pk:quote"))
_START, _END, _CONFIDENCE = (_term(name) for name in ("pk:startOffset", "pk:endOffset", "pk:confidence"))
_SUBJECT, _OBJECT, _INFERENCE = (_term(name) for name in ("rdf:subject", "rdf:object", "pk:Inference"))


@dataclass(frozen=True, slots=True)
class Source:
    """Where the text says it: the sentence, the words in it, their offsets in code points, and how sure the extraction is (0 to 1)."""

    sentence: str
    words: str
    start: int
    end: int
    confidence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a statement is of a kind: what defines the kind, and each triple that meets a condition, with its sources."""

    statement: str
    kind: str
    label: str
    definition: str
    ontology: str
    steps: tuple[tuple[Step, tuple[Source, ...]], ...]

    def __str__(self) -> str:
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"{self.statement.removeprefix(POLICIES)}\nis a {self.kind}" + (f" ({self.label})" if self.label else "")
        yield f"  defined as: {self.definition}\n  in: {self.ontology}"
        for step, sources in self.steps:
            yield f"\n  {step.condition}"
            way = f"   ({' → '.join(step.path)})" if len(step.path) > 1 else ""
            yield f"    stated: {step.predicate} {step.object.removeprefix(POLICIES)}{way}"
            for source in sources:
                yield f"    “{source.words}”, characters {source.start} to {source.end}, confidence {source.confidence}, in:"
                yield f"      {' '.join(source.sentence.split())}"


def explain(store: ox.Store, known: Ontology, name: str, source: str) -> tuple[Explanation, ...]:
    """Why a statement is of each kind that follows for it. `name` is the IRI of the statement or of one inference, whole or without
    ``…/data/policy/``. Empty where no definition is met, as for every denial.

    Raises:
        InputError: the graph holds nothing of that name, or it is no statement.
    """
    node = _node(store, name, source)
    only = None
    if any(True for _ in store.quads_for_pattern(node, _TYPE, _INFERENCE)):
        only, node = _one(store, node, _OBJECT), _one(store, node, _SUBJECT)
    version = next((quad.subject for quad in store.quads_for_pattern(None, _HAS_STATEMENT, node)), None)
    if not isinstance(version, ox.NamedNode):
        raise InputError(node.value, f"is in {source}, but is no statement of a policy", "name what a policy links to by pk:hasStatement")
    stated = individuals(store, known, version.value)
    kinds = closure.kinds(known, stated)
    found = []
    for kind in sorted(kinds[node.value] & known.definitions.keys()):
        if only is None or only.value == expand(kind):
            steps = closure.steps(known, stated, kinds, node.value, kind)
            proofs = tuple((step, tuple(_sources(store, node, step))) for step in steps)
            definition = " or else ".join(map(str, known.definitions[kind]))
            found.append(Explanation(node.value, kind, known.labels.get(kind, ""), definition, known.version, proofs))
    return tuple(found)


def _node(store: ox.Store, name: str, source: str) -> ox.NamedNode:
    whole = name.strip("<>")
    try:
        node = ox.NamedNode(whole if "://" in whole else POLICIES + whole)
    except ValueError as error:
        raise InputError(name, "is not an IRI", "copy one from an answer of kg query, or from the graph") from error
    if not any(True for _ in store.quads_for_pattern(node, None, None)):
        raise InputError(name, f"is not in {source}", "name a statement (…/s.…) of this graph; a changed text has other names")
    return node


def _one(store: ox.Store, subject: ox.NamedNode, predicate: ox.NamedNode) -> ox.NamedNode:
    node = next((quad.object for quad in store.quads_for_pattern(subject, predicate, None)), None)
    if not isinstance(node, ox.NamedNode):
        raise InputError(subject.value, f"is an inference without {predicate.value}", "run kg reason again")
    return node


def _sources(store: ox.Store, statement: ox.NamedNode, step: Step) -> Iterator[Source]:
    """The spans of the assertions that claim a triple; where the graph holds none, the statement's sentences. Types have no source."""
    clauses = sorted(_clauses(store, statement))
    claimed = assertions(store, step)
    if not claimed and step.predicate != "rdf:type":
        yield from (Source(quote, quote, start, end, "unknown") for start, end, quote in clauses)
    for name in claimed:
        node = ox.NamedNode(name)
        start, end = int(_text(store, node, _START)), int(_text(store, node, _END))
        own = _text(store, node, _QUOTE)
        sentence, begin = next(((quote, first) for first, last, quote in clauses if first <= start and end <= last), (own, start))
        yield Source(sentence, sentence[start - begin : end - begin] or own, start, end, _text(store, node, _CONFIDENCE))


def _clauses(store: ox.Store, statement: ox.NamedNode) -> Iterator[tuple[int, int, str]]:
    for quad in store.quads_for_pattern(statement, _EVIDENCE, None):
        if isinstance(quad.object, ox.NamedNode) and (start := _text(store, quad.object, _START)):
            yield int(start), int(_text(store, quad.object, _END) or start), _text(store, quad.object, _QUOTE)


def _text(store: ox.Store, subject: ox.NamedNode, predicate: ox.NamedNode) -> str:
    return next((q.object.value for q in store.quads_for_pattern(subject, predicate, None) if isinstance(q.object, ox.Literal)), "")
