"""The ontology as OWL for a reasoner: each concept becomes a class, with the IRI that it has everywhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg import iris
from kg.errors import ConfigurationError
from kg.graph.shared import parse_turtle
from kg.namespaces import PREFIXES, compress, expand

_AXIOMS = "reasoning"


def _term(curie: str) -> NamedNode:
    return NamedNode(expand(curie))


_TYPE, _SUBCLASS, _DISJOINT, _LABEL = (_term(name) for name in ("rdf:type", "rdfs:subClassOf", "owl:disjointWith", "rdfs:label"))
_CLASS, _PREFERRED, _BROADER, _NARROWER = (_term(name) for name in ("owl:Class", "skos:prefLabel", "skos:broader", "skos:narrower"))
_SUBPROPERTY, _OBJECT_PROPERTY, _INDIVIDUAL = (_term(n) for n in ("rdfs:subPropertyOf", "owl:ObjectProperty", "owl:NamedIndividual"))
_VALUE, _VERSION, _ONTOLOGY_CLASS = _term("owl:hasValue"), _term("owl:versionIRI"), _term("owl:Ontology")
_DECLARING = frozenset({_term("rdfs:Class"), _term("skos:Concept"), _CLASS})
_PROPERTIES = frozenset(_term(f"owl:{kind}Property") for kind in ("Object", "Datatype", "Annotation")) | {_term("rdf:Property")}
ONTOLOGY = NamedNode(PREFIXES["pk"].rstrip("#"))


def derive_owl(ontology_dir: Path) -> bytes:
    """The ontology as OWL DL in N-Triples, of classes and object properties with the same IRIs; the same files give the same bytes.

    A concept becomes a class under its broader concepts and under the root concepts that it is typed with. Labels are kept. Definitions
    (what is said with blank nodes) come as they are, and so do the axioms in the folder ``reasoning``; of the properties, those that are
    declared there come, with their subproperties. A concept as `owl:hasValue` becomes its stand-in (`kg.iris.stand_in`), an individual.

    Raises:
        ConfigurationError: a file is not Turtle, or a term is both class and property, which OWL DL cannot say.
    """
    told = [triple for path in sorted(ontology_dir.glob("*.ttl")) for triple in parse_turtle(path)]
    apart = [triple for path in sorted((ontology_dir / _AXIOMS).glob("*.ttl")) for triple in parse_turtle(path)]
    triples = [triple for triple in told if not _is_anonymous(triple)]
    axioms = list(_named_anew([*filter(_is_anonymous, told), *apart]))
    classes = {t.subject for t in triples if t.predicate == _TYPE and t.object in _DECLARING and isinstance(t.subject, NamedNode)}
    classes |= {t.object for t in triples if t.predicate in (_SUBCLASS, _DISJOINT) and isinstance(t.object, NamedNode)}
    properties = {t.subject for t in (*triples, *axioms) if t.predicate == _TYPE and t.object in _PROPERTIES}
    if both := sorted(compress(node.value) for node in classes if node in properties):
        raise ConfigurationError(str(ontology_dir), ", ".join(both), "is both a class and a property")
    derived = (*_header(triples), *_classes(triples, classes), *_properties(triples, axioms), *_with_stand_ins(axioms, classes))
    return "".join(f"{line}\n" for line in sorted({f"{triple} ." for triple in derived})).encode()


def _is_anonymous(triple: Triple) -> bool:
    return isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode)


def _header(triples: list[Triple]) -> Iterator[Triple]:
    yield Triple(ONTOLOGY, _TYPE, _ONTOLOGY_CLASS)
    yield from (triple for triple in triples if triple.subject == ONTOLOGY and triple.predicate == _VERSION)


def _classes(triples: list[Triple], classes: set[NamedNode]) -> Iterator[Triple]:
    for node in classes:
        yield Triple(node, _TYPE, _CLASS)
    for subject, predicate, object_ in triples:
        if subject not in classes:
            continue
        if predicate in (_LABEL, _PREFERRED) and isinstance(object_, Literal):
            yield Triple(subject, _LABEL, object_)
        if object_ not in classes or object_ == subject:
            continue
        if predicate in (_BROADER, _SUBCLASS) or (predicate == _TYPE and object_ not in _DECLARING):
            yield Triple(subject, _SUBCLASS, object_)
        elif predicate == _NARROWER:
            yield Triple(object_, _SUBCLASS, subject)
        elif predicate == _DISJOINT:
            yield Triple(subject, _DISJOINT, object_)


def _properties(triples: list[Triple], axioms: list[Triple]) -> Iterator[Triple]:
    """The subproperties of those that the axioms declare, at any depth."""
    below: dict[object, list[Triple]] = {}
    for triple in triples:
        if triple.predicate == _SUBPROPERTY:
            below.setdefault(triple.object, []).append(triple)
    ahead = [triple.subject for triple in axioms if triple.predicate == _TYPE and triple.object == _OBJECT_PROPERTY]
    seen = set(ahead)
    while ahead:
        for triple in below.get(ahead.pop(), ()):
            yield triple
            yield Triple(triple.subject, _TYPE, _OBJECT_PROPERTY)
            if triple.subject not in seen:
                seen.add(triple.subject)
                ahead.append(triple.subject)


def _with_stand_ins(axioms: list[Triple], classes: set[NamedNode]) -> Iterator[Triple]:
    for subject, predicate, object_ in axioms:
        if predicate == _VALUE and isinstance(object_, NamedNode) and object_ in classes:
            individual = NamedNode(iris.stand_in(compress(object_.value)))
            yield Triple(individual, _TYPE, _INDIVIDUAL)
            yield Triple(individual, _TYPE, object_)
            yield Triple(subject, predicate, individual)
        else:
            yield Triple(subject, predicate, object_)


def _named_anew(triples: Iterable[Triple]) -> Iterator[Triple]:
    """The parser names blank nodes at random; here they are counted."""
    names: dict[BlankNode, BlankNode] = {}

    def renamed(node: NamedNode | BlankNode) -> NamedNode | BlankNode:
        return names.setdefault(node, BlankNode(f"a{len(names)}")) if isinstance(node, BlankNode) else node

    for subject, predicate, object_ in triples:
        yield Triple(renamed(subject), predicate, renamed(object_) if isinstance(object_, BlankNode) else object_)
