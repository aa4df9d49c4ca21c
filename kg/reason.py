"""Asks an OWL reasoner (HermiT, through owlready2) whether the ontology contradicts itself.

The reasoner sees classes only: each concept is a class, with the IRI that it has everywhere else.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.errors import ConfigurationError, MissingComponentError
from kg.graph.shared import parse_turtle
from kg.namespaces import PREFIXES, compress, expand

_AXIOMS = "reasoning"
_JAVA = "install a Java runtime, 8 or newer (Debian and Ubuntu: apt install default-jre-headless), and see that `java` is on the PATH"


def _term(curie: str) -> NamedNode:
    return NamedNode(expand(curie))


_TYPE, _SUBCLASS, _DISJOINT, _LABEL = (_term(name) for name in ("rdf:type", "rdfs:subClassOf", "owl:disjointWith", "rdfs:label"))
_CLASS, _PREFERRED, _BROADER, _NARROWER = (_term(name) for name in ("owl:Class", "skos:prefLabel", "skos:broader", "skos:narrower"))
_DECLARING = frozenset({_term("rdfs:Class"), _term("skos:Concept"), _CLASS})
_PROPERTIES = frozenset(_term(f"owl:{kind}Property") for kind in ("Object", "Datatype", "Annotation")) | {_term("rdf:Property")}
_ONTOLOGY = NamedNode(PREFIXES["pk"].rstrip("#"))


@dataclass(frozen=True, slots=True)
class Reasoning:
    """What the reasoner found. `unsatisfiable` are CURIEs of classes that can have no instance: their definition contradicts itself.

    `inferred` pairs a class with one that the reasoner found to be broader and that the ontology does not name as such.
    """

    consistent: bool
    classes: int
    unsatisfiable: tuple[str, ...] = ()
    inferred: tuple[tuple[str, str], ...] = ()

    @property
    def conforms(self) -> bool:
        """Whether nothing is wrong."""
        return self.consistent and not self.unsatisfiable


def derive_owl(ontology_dir: Path) -> bytes:
    """The ontology as OWL in N-Triples, of classes only and with the same IRIs; the same files give the same bytes.

    A concept becomes a class under its broader concepts and under the root concepts that it is typed with. Labels are kept. The axioms in
    the folder ``reasoning`` come as they are.

    Raises:
        ConfigurationError: a file is not Turtle, or a term is both class and property, which OWL DL cannot say.
    """
    triples = [triple for path in sorted(ontology_dir.glob("*.ttl")) for triple in parse_turtle(path)]
    axioms = list(_named_anew(triple for path in sorted((ontology_dir / _AXIOMS).glob("*.ttl")) for triple in parse_turtle(path)))
    classes = {t.subject for t in triples if t.predicate == _TYPE and t.object in _DECLARING and isinstance(t.subject, NamedNode)}
    classes |= {t.object for t in triples if t.predicate in (_SUBCLASS, _DISJOINT) and isinstance(t.object, NamedNode)}
    properties = {t.subject for t in (*triples, *axioms) if t.predicate == _TYPE and t.object in _PROPERTIES}
    if both := sorted(compress(node.value) for node in classes if node in properties):
        raise ConfigurationError(str(ontology_dir), ", ".join(both), "is both a class and a property")
    lines = {f"{triple} ." for triple in (*_derived(triples, classes), *axioms)}
    return "".join(f"{line}\n" for line in sorted(lines)).encode()


def reason(ontology_dir: Path) -> Reasoning:
    """Classifies the ontology. Takes some seconds.

    Raises:
        ConfigurationError: as `derive_owl`.
        MissingComponentError: there is no Java.
    """
    import owlready2

    data = derive_owl(ontology_dir)
    if shutil.which(owlready2.JAVA_EXE) is None:
        raise MissingComponentError("Java", _JAVA)
    world = owlready2.World()
    ontology = world.get_ontology(_ONTOLOGY.value + "#").load(fileobj=io.BytesIO(data))
    classes = {entity: _ancestors(entity) for entity in ontology.classes()}
    try:
        with ontology:
            owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return Reasoning(consistent=False, classes=len(classes))
    unsatisfiable = {entity for entity in world.inconsistent_classes() if entity in classes}
    inferred = {
        (compress(entity.iri), compress(above.iri))
        for entity, known in classes.items()
        if entity not in unsatisfiable
        for above in entity.is_a
        if above in classes and above.iri not in known
    }
    return Reasoning(True, len(classes), tuple(sorted(compress(entity.iri) for entity in unsatisfiable)), tuple(sorted(inferred)))


def _derived(triples: list[Triple], classes: set[NamedNode]) -> Iterator[Triple]:
    yield Triple(_ONTOLOGY, _TYPE, _term("owl:Ontology"))
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


def _named_anew(triples: Iterable[Triple]) -> Iterator[Triple]:
    """The parser names blank nodes at random; here they are counted."""
    names: dict[BlankNode, BlankNode] = {}

    def renamed(node: NamedNode | BlankNode) -> NamedNode | BlankNode:
        return names.setdefault(node, BlankNode(f"a{len(names)}")) if isinstance(node, BlankNode) else node

    for subject, predicate, object_ in triples:
        yield Triple(renamed(subject), predicate, renamed(object_) if isinstance(object_, BlankNode) else object_)


def _ancestors(entity: object) -> frozenset[str]:
    return frozenset(above.iri for above in entity.ancestors())  # type: ignore[attr-defined]
