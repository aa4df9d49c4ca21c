"""Asks HermiT, through owlready2: does the ontology contradict itself, and which types do individuals have?"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg import iris
from kg.errors import InputError, MissingComponentError, StoppedComponentError
from kg.graph.terms import Triple, curie, iri
from kg.namespaces import compress, expand
from kg.reason.definitions import Ontology
from kg.reason.individuals import Individuals
from kg.reason.owl import ONTOLOGY, derive_owl

LARGEST = 1_000
"""How many individuals HermiT is given at most; beyond, it takes minutes and gigabytes."""

_JAVA = "install a Java runtime, 8 or newer (Debian and Ubuntu: apt install default-jre-headless), and see that `java` is on the PATH"
_STOPPED = "nothing was written; try again with more memory free, or sort with `--engine closure`, which needs no Java"


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


def reason(ontology_dir: Path) -> Reasoning:
    """Classifies the ontology. Takes some seconds.

    Raises:
        ConfigurationError: as `derive_owl`.
        MissingComponentError: there is no Java.
        StoppedComponentError: Java ended without an answer.
    """
    world, ontology = _world(derive_owl(ontology_dir))
    classes = {entity: _ancestors(entity) for entity in ontology.classes()}
    if not _classified(world, ontology):
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


def types(known: Ontology, individuals: Individuals) -> Mapping[str, frozenset[str]]:
    """The defined classes of each individual that has any, by HermiT: IRIs to CURIEs.

    Raises:
        InputError: there are more than `LARGEST` individuals, or what they state contradicts the ontology.
        MissingComponentError: there is no Java.
        StoppedComponentError: Java ended without an answer.
    """
    if len(individuals.types) > LARGEST:
        size = f"has {len(individuals.types)} individuals, and HermiT takes at most {LARGEST}"
        raise InputError(individuals.source, size, "sort it with --engine closure, which gives the same types")
    facts = list(_facts(known, individuals))
    world, ontology = _world(_module(known, facts) + "".join(f"{s} {p} {o} .\n" for s, p, o in facts).encode())
    if not _classified(world, ontology):
        raise InputError(individuals.source, "contradicts the ontology, says HermiT", "kg validate names statements that break the model")
    found = {}
    for node in individuals.types:
        entity = world[node]
        if names := frozenset(compress(kind.iri) for kind in entity.INDIRECT_is_a if hasattr(kind, "iri")) & known.definitions.keys():
            found[node] = names
    return found


def _facts(known: Ontology, individuals: Individuals) -> Iterator[Triple]:
    """What is stated, with a stand-in for each term that a statement has as value."""
    individual, kind = curie("owl:NamedIndividual"), curie("rdf:type")
    terms: set[str] = set()
    for node, names in individuals.types.items():
        yield Triple(iri(node), kind, individual)
        for name in sorted(names):
            yield Triple(iri(node), kind, curie(name))
        for predicate, values in individuals.values.get(node, {}).items():
            for value in values:
                if value in known.above:
                    terms.add(value)
                yield Triple(iri(node), curie(predicate), iri(iris.stand_in(value) if value in known.above else value))
    for term in sorted(terms):
        yield Triple(iri(iris.stand_in(term)), kind, individual)
        yield Triple(iri(iris.stand_in(term)), kind, iri(expand(term) if "://" not in term else term))


def _module(known: Ontology, facts: list[Triple]) -> bytes:
    """The ontology without the classes above nothing in the facts or definitions: they can change no answer, only the time."""
    used = {compress(o[1:-1]) for _, _, o in facts} & known.above.keys() | known.definitions.keys() | known.named & known.above.keys()
    kept = {curie(above) for name in used for above in known.above[name]}
    left_out = {curie(name) for name in known.above} - kept
    lines = known.owl.decode().splitlines(keepends=True)
    return "".join(line for line in lines if line.partition(" ")[0] not in left_out).encode()


def _world(owl: bytes) -> tuple[Any, Any]:
    import owlready2

    if shutil.which(owlready2.JAVA_EXE) is None:
        raise MissingComponentError("Java", _JAVA)
    world = owlready2.World()
    return world, world.get_ontology(ONTOLOGY.value + "#").load(fileobj=io.BytesIO(owl))


def _classified(world: Any, ontology: Any) -> bool:
    """Runs the reasoner; False when it finds a contradiction."""
    import owlready2

    try:
        with ontology:
            owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return False
    except owlready2.OwlReadyJavaError as error:
        last = str(error).strip().splitlines()[-1]
        raise StoppedComponentError("HermiT (Java)", last.removeprefix("Java error message is:") or "it was ended", _STOPPED) from error
    except OSError as error:
        raise StoppedComponentError("HermiT (Java)", error.strerror or str(error), _STOPPED) from error
    return True


def _ancestors(entity: Any) -> frozenset[str]:
    return frozenset(above.iri for above in entity.ancestors())
