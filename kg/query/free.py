"""From free text to a question of the catalogue and its parameters. What is near to no question is not answered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.iris import POLICIES, slug
from kg.namespaces import DATA, PREFIXES, compress
from kg.query.catalogue import Question, catalogue
from kg.query.nearest import NEAR, Matcher, Nearest
from kg.query.rows import Rows
from kg.query.run import run
from kg.vocabulary import Vocabulary

_SHOWN = 3
_ORGANISATION, _LABELS = ox.NamedNode(PREFIXES["dpv"] + "Organisation"), ("prefLabel", "altLabel")
_TYPE, _CONTROLLER = ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(PREFIXES["dpv"] + "hasDataController")


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text was taken to ask: the question with its parameters, or None where nothing is near; and the nearest three."""

    question: Question | None
    parameters: Mapping[str, str]
    nearest: tuple[Nearest, ...]


def understand(store: ox.Store, text: str, vocabulary: Vocabulary) -> Understood:
    """The question of the catalogue that is nearest to `text`, in any language of the vocabulary.

    A parameter is bound where the text says one of its values: a choice that the question declares, a value that its column has in the
    answer, or the name of a controller of the graph.
    """
    matcher = Matcher(catalogue(), vocabulary)
    named = dict(_named(store, text))
    plain = text
    for name in named.values():
        plain = plain.replace(name, " ")
    nearest = tuple(matcher.nearest(plain)[:_SHOWN])
    if not nearest or nearest[0].nearness < NEAR:
        return Understood(None, {}, nearest)
    asked = nearest[0].question
    said = _said(matcher, asked, plain) | set(named)
    return Understood(asked, dict(_bound(store, asked, said)), nearest)


def _named(store: ox.Store, text: str) -> Iterator[tuple[str, str]]:
    """The organisations of the graph that the text names, as IRI and as written: by a label, or by its first word, inflected or not."""
    for quad in store.quads_for_pattern(None, _TYPE, _ORGANISATION):
        if not isinstance(quad.subject, ox.NamedNode):
            continue
        labels = {
            str(label.object.value)
            for kind in _LABELS
            for label in store.quads_for_pattern(quad.subject, ox.NamedNode(PREFIXES["skos"] + kind), None)
            if isinstance(label.object, ox.Literal)
        }
        controls = next(iter(store.quads_for_pattern(None, _CONTROLLER, quad.subject)), None) is not None
        for label in sorted(
            {*labels, *({label.split()[0] for label in labels} if controls else ())}, key=lambda label: (-len(label), label)
        ):
            found = re.search(rf"(?<!\w){re.escape(label)}(?:[:’']?[a-zäö]{{1,4}})?(?!\w)", text, re.IGNORECASE)
            if found and len(label) > 2:
                yield quad.subject.value, found.group()
                break


def _said(matcher: Matcher, asked: Question, text: str) -> set[str]:
    """The terms that the text says beyond those of the question itself, as IRIs."""
    said: set[str] = set()
    for language in matcher.vocabulary.languages:
        own = set(matcher.terms(asked.questions.get(language, ""), language))
        said |= {term for term in matcher.terms(text, language) if term not in own}
    return {PREFIXES[term.partition(":")[0]] + term.partition(":")[2] for term in said}


def _bound(store: ox.Store, asked: Question, said: set[str]) -> Iterator[tuple[str, str]]:
    answer: Rows | None = None
    for parameter in asked.parameters:
        if parameter.type != "iri":
            continue
        if parameter.choices:
            values = {PREFIXES[choice.partition(":")[0]] + choice.partition(":")[2] for choice in parameter.choices}
        else:
            answer = answer or run(store, asked.name)
            place = answer.columns.index(parameter.name)
            values = {row[place].value for row in answer.rows if isinstance(row[place], ox.NamedNode)}  # type: ignore[union-attr]
            if parameter.name == "controller":
                values |= {
                    quad.object.value for quad in store.quads_for_pattern(None, _CONTROLLER, None) if isinstance(quad.object, ox.NamedNode)
                }
        hits = sorted(values & said) or sorted(value for value in values for name in said if _is_policy_of(value, name))
        if len(hits) == 1:
            yield parameter.name, compress(hits[0])


def _is_policy_of(value: str, organisation: str) -> bool:
    return value.startswith(f"{POLICIES}{slug(organisation.removeprefix(DATA + 'org/'))}/")
