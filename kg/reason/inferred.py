"""What follows from a graph's statements, as a named graph for each version: the types, and of each the definition and the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import pyoxigraph as ox

from kg import iris
from kg.graph import NamedGraph, Triple, extractor_version
from kg.graph.terms import curie, iri, literal
from kg.namespaces import expand
from kg.reason import closure, hermit
from kg.reason.closure import Step
from kg.reason.definitions import Ontology
from kg.reason.individuals import individuals, merged, versions

Engine = Literal["closure", "hermit"]
ENGINES: tuple[Engine, ...] = get_args(Engine)

_SUBJECT, _PREDICATE, _OBJECT, _EVIDENCE = (ox.NamedNode(expand(n)) for n in ("rdf:subject", "rdf:predicate", "rdf:object", "pk:evidence"))


@dataclass(frozen=True, slots=True)
class Inference:
    """A defined class (CURIE) of a statement, the triples that meet its conditions, and the assertions and clauses (IRIs) behind them."""

    statement: str
    kind: str
    steps: tuple[Step, ...]
    assertions: tuple[str, ...]
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inferred:
    """All that follows from what one version states."""

    version: str
    inferences: tuple[Inference, ...]


def infer(store: ox.Store, known: Ontology, source: str, engine: Engine = "closure") -> Iterator[Inferred]:
    """Sorts the statements of each version of a graph, a version at a time; `source` names the graph in errors.

    Raises:
        InputError: the graph states nothing, or contradicts the ontology; for HermiT also, it is too large.
        MissingComponentError, StoppedComponentError: HermiT's Java is missing, or ended.
    """
    every = versions(store, source)
    if engine == "hermit":
        by_hermit = hermit.types(known, merged(source, [individuals(store, known, version) for version in every]))
    for version in every:
        stated = individuals(store, known, version)
        kinds = closure.kinds(known, stated)
        found = []
        for node in stated.statements:
            names = by_hermit.get(node, frozenset()) if engine == "hermit" else kinds[node] & known.definitions.keys()
            clauses = _objects(store, node, _EVIDENCE) if names else ()
            for name in sorted(names):
                steps = closure.steps(known, stated, kinds, node, name)
                found.append(Inference(node, name, steps, tuple(sorted({a for step in steps for a in assertions(store, step)})), clauses))
        yield Inferred(version, tuple(found))


def assertions(store: ox.Store, step: Step) -> tuple[str, ...]:
    """The IRIs of the assertions that claim the triple of a step, in order."""
    wanted = ox.NamedNode(_full(step.predicate)), ox.NamedNode(_full(step.object))
    claims = (quad.subject for quad in store.quads_for_pattern(None, _SUBJECT, ox.NamedNode(step.subject)))
    found = {
        claim.value
        for claim in claims
        if isinstance(claim, ox.NamedNode)
        and any(True for _ in store.quads_for_pattern(claim, _PREDICATE, wanted[0]))
        and any(True for _ in store.quads_for_pattern(claim, _OBJECT, wanted[1]))
    }
    return tuple(sorted(found))


def inferred_graph(found: Inferred, known: Ontology) -> NamedGraph:
    """The types of a version's statements with their provenance; without inferences it holds nothing but the run.

    Each inference names its type (whose definition is in the ontology), the clauses, and the assertions that it was derived from. The run
    names the version, the ontology by its version IRI and a digest of all axioms, and the software.
    """
    run = iri(iris.run(found.version, extractor_version(), known.fingerprint))
    triples = {
        Triple(iri(found.version), curie("pk:inferredGraph"), iri(iris.inferred_graph(found.version))),
        Triple(run, curie("rdf:type"), curie("pk:ReasoningRun")),
        Triple(run, curie("pk:fingerprint"), literal(known.fingerprint[:12])),
        Triple(run, curie("prov:used"), iri(found.version)),
        Triple(run, curie("prov:used"), iri(_full(known.version))),
        Triple(run, curie("prov:wasAssociatedWith"), iri(iris.agent(extractor_version()))),
    }
    for each in found.inferences:
        statement, kind = iri(each.statement), curie(each.kind)
        node = iri(iris.inference(found.version, statement, kind))
        triples |= {
            Triple(statement, curie("rdf:type"), kind),
            Triple(node, curie("rdf:type"), curie("pk:Inference")),
            Triple(node, curie("rdf:subject"), statement),
            Triple(node, curie("rdf:predicate"), curie("rdf:type")),
            Triple(node, curie("rdf:object"), kind),
            Triple(node, curie("prov:wasGeneratedBy"), run),
            *(Triple(node, curie("prov:wasDerivedFrom"), iri(assertion)) for assertion in each.assertions),
            *(Triple(node, curie("pk:evidence"), iri(clause)) for clause in each.clauses),
        }
    return NamedGraph(iris.inferred_graph(found.version), sorted(triples), found.version)


def _objects(store: ox.Store, subject: str, predicate: ox.NamedNode) -> tuple[str, ...]:
    quads = store.quads_for_pattern(ox.NamedNode(subject), predicate, None)
    return tuple(sorted({quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode)}))


def _full(name: str) -> str:
    return name if "://" in name else expand(name)
