"""The graphs that all versions share: the catalog, the organisations, the vocabulary."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from pathlib import Path

import pyoxigraph

from kg import iris
from kg.errors import ConfigurationError
from kg.graph.terms import Triple, curie, iri, literal
from kg.model import Extraction, Organisation
from kg.namespaces import DATA, expand

_LEXICAL = frozenset(expand(name) for name in ("skos:hiddenLabel", "pk:weakLabel", "pk:notLabel"))
_STEERING = frozenset(expand(name) for name in ("pk:Cue", "pk:WordClass", "pk:Topic", "pk:Macro", "pk:Inflection", "pk:Abbreviation"))
_TYPE, _ORGANISATION = curie("rdf:type"), curie("dpv:Organisation")
_PREFERRED, _OTHER = curie("skos:prefLabel"), curie("skos:altLabel")
Label = tuple[str, str]
"""A name and its language, "" where it has none."""

_MEMBERSHIP = frozenset(expand(name) for name in ("rdf:type", "rdfs:subClassOf"))


def catalog(version: str) -> Iterator[Triple]:
    """The series of a version and where its graphs are."""
    series = iri(version.rpartition("/")[0])
    yield Triple(series, curie("rdf:type"), curie("pk:PolicySeries"))
    yield Triple(iri(version), curie("dct:isVersionOf"), series)
    yield Triple(iri(version), curie("pk:factsGraph"), iri(iris.facts_graph(version)))
    yield Triple(iri(version), curie("pk:evidenceGraph"), iri(iris.evidence_graph(version)))


def agents(extractor: str, vocabulary: str) -> Iterator[Triple]:
    """The software and the vocabulary, each in its version, that extraction runs refer to."""
    software, entity = iri(iris.agent(extractor)), iri(iris.vocabulary_entity(vocabulary))
    yield Triple(software, curie("rdf:type"), curie("prov:SoftwareAgent"))
    yield Triple(software, curie("rdfs:label"), literal("kg"))
    yield Triple(software, curie("dct:hasVersion"), literal(extractor))
    yield Triple(entity, curie("rdf:type"), curie("prov:Entity"))
    yield Triple(entity, curie("dct:hasVersion"), literal(vocabulary))


class Organisations:
    """Collects the organisations of many documents, each under one IRI with all its names.

    The name that most documents give is the preferred label, of equally frequent ones the first in order; all others are alternatives. An
    organisation that another graph knows (a vendor of the vocabulary) keeps the preferred label that it has there.
    """

    def __init__(self) -> None:
        self._names: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        self._others: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)

    def add(self, extraction: Extraction) -> None:
        """Takes in the organisations of one document, the controller among them."""
        for organisation in mentioned(extraction):
            language = organisation.language or ""
            self._names[organisation.curie][organisation.name, language] += 1
            self._others[organisation.curie].update((other, language) for other in organisation.alternatives)

    def triples(self, known: Callable[[str], Set[tuple[str, str]]] = lambda subject: frozenset()) -> Iterator[Triple]:
        """The types and labels, but for what `known` says already: the predicates and objects that other graphs give a subject."""
        for name, counted in self._names.items():
            yield from named(name, counted, self._others[name], known(curie(name)))


def mentioned(extraction: Extraction) -> tuple[Organisation, ...]:
    """The organisations of one document, the controller always among them."""
    given = extraction.organisations
    if any(organisation.curie == extraction.controller for organisation in given):
        return given
    return (*given, Organisation(extraction.controller, extraction.document.metadata.controller or extraction.controller.partition(":")[2]))


def named(name: str, counted: Mapping[Label, int], others: Set[Label], there: Set[tuple[str, str]]) -> Iterator[Triple]:
    """The type and the labels of one organisation, but for what is `there`, by how many documents give it which name."""
    subject = curie(name)
    if (_TYPE, _ORGANISATION) not in there:
        yield Triple(subject, _TYPE, _ORGANISATION)
    labels = {_text(object_) for predicate, object_ in there if predicate in (_PREFERRED, _OTHER)}
    if all(predicate != _PREFERRED for predicate, _ in there):
        preferred = literal(*min(counted, key=lambda label: (-counted[label], label)))
        yield Triple(subject, _PREFERRED, preferred)
        labels.add(_text(preferred))
    for other in {literal(*label) for label in others | set(counted)}:
        if _text(other) not in labels:
            yield Triple(subject, _OTHER, other)


def vocabulary(ontology: Path) -> Iterator[Triple]:
    """The terms of the ontology: the Turtle files of the folder itself, without the cues, topics and macros that only steer extraction.

    The lexicon and the axioms for the reasoner stand in folders of their own. Data hold no blank nodes, so triples with one stay out.

    Raises:
        ConfigurationError: a file is not Turtle.
    """
    triples = [triple for path in sorted(ontology.glob("*.ttl")) for triple in parse_turtle(path)]
    steering = _members(triples)
    for subject, predicate, object_ in triples:
        if isinstance(subject, pyoxigraph.NamedNode) and not isinstance(object_, pyoxigraph.BlankNode):
            named = isinstance(object_, pyoxigraph.NamedNode) and object_.value in steering
            if predicate.value not in _LEXICAL and subject.value not in steering and not named:
                yield Triple(str(subject), str(predicate), str(object_))


def parse_turtle(path: Path) -> Iterator[pyoxigraph.Triple]:
    """The triples of a file of the ontology.

    Raises:
        ConfigurationError: the file is not Turtle.
    """
    try:
        for quad in pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.TURTLE, base_iri=DATA):
            yield quad.triple
    except SyntaxError as error:
        raise ConfigurationError(str(path), f"line {error.lineno}", error.msg) from error
    except OSError as error:
        raise ConfigurationError(str(path), "the whole file", error.strerror or str(error)) from error


def _members(triples: Iterable[pyoxigraph.Triple]) -> set[str]:
    """The steering classes, their subclasses, and the instances of all of these (which may be classes in turn)."""
    below: defaultdict[str, set[str]] = defaultdict(set)
    for subject, predicate, object_ in triples:
        if predicate.value in _MEMBERSHIP and isinstance(object_, pyoxigraph.NamedNode) and isinstance(subject, pyoxigraph.NamedNode):
            below[object_.value].add(subject.value)
    found: set[str] = set()
    ahead = list(_STEERING)
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(below[name])
    return found


def _text(label: str) -> str:
    """The text of a literal, without its language."""
    return label[: label.rindex('"') + 1]
