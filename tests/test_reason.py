"""The derived OWL file, and what HermiT says of our ontology and of ontologies with one fault each."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import NamedNode, Triple

from kg.errors import ConfigurationError, MissingComponentError
from kg.namespaces import PREFIXES, expand
from kg.reason import derive_owl, reason
from kg.resources import ontology_dir

HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
SOUND = """
pk:Fruit a rdfs:Class , skos:Concept , pk:Fruit .
pk:Tool a rdfs:Class , skos:Concept , pk:Tool ; owl:disjointWith pk:Fruit .
pk:Citrus a rdfs:Class , skos:Concept , pk:Fruit ; skos:broader pk:Fruit ; skos:narrower pk:Lemon ; skos:prefLabel "citrus"@en .
pk:Lemon a skos:Concept , pk:Fruit .
pk:eats a rdf:Property ; rdfs:label "eats"@en .
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "terms.ttl").write_text(HEADER + SOUND)
    return tmp_path


def add(folder: Path, turtle: str, *, axioms: bool = False) -> None:
    path = folder / "reasoning" / "more.ttl" if axioms else folder / "more.ttl"
    path.parent.mkdir(exist_ok=True)
    path.write_text(HEADER + turtle)


def derived(folder: Path) -> set[Triple]:
    return {quad.triple for quad in pyoxigraph.parse(derive_owl(folder), pyoxigraph.RdfFormat.N_TRIPLES)}


def triple(subject: str, predicate: str, object_: str) -> Triple:
    return Triple(*(NamedNode(expand(name)) for name in (subject, predicate, object_)))


def test_concepts_become_classes_with_the_same_iris(folder: Path) -> None:
    found = derived(folder)
    assert {t.subject.value for t in found if t.object == NamedNode(expand("owl:Class"))} == {
        expand(name) for name in ("pk:Fruit", "pk:Tool", "pk:Citrus", "pk:Lemon")
    }
    assert triple("pk:Citrus", "rdfs:subClassOf", "pk:Fruit") in found
    assert triple("pk:Lemon", "rdfs:subClassOf", "pk:Citrus") in found
    assert triple("pk:Tool", "owl:disjointWith", "pk:Fruit") in found
    assert triple("pk:Fruit", "rdfs:subClassOf", "pk:Fruit") not in found
    assert not any(t.subject.value == expand("pk:eats") for t in found)


def test_the_same_files_give_the_same_bytes() -> None:
    assert derive_owl(ontology_dir()) == derive_owl(ontology_dir())


def test_our_ontology_is_consistent_and_every_class_can_have_instances() -> None:
    reasoning = reason(ontology_dir())
    assert reasoning.conforms
    assert reasoning.unsatisfiable == ()
    assert reasoning.classes > 500


def test_defined_classes_fall_into_place() -> None:
    inferred = set(reason(ontology_dir()).inferred)
    assert {
        ("pk:DirectMarketingPractice", "pk:MarketingPractice"),
        ("pk:ThirdPartyPractice", "pk:SharingPractice"),
        ("pk:TargetedAdvertisingPractice", "pk:AdvertisingPractice"),
    } <= inferred


def test_a_term_under_disjoint_roots_is_unsatisfiable(folder: Path) -> None:
    add(folder, "pk:FruitKnife a skos:Concept , pk:Tool ; skos:broader pk:Citrus . pk:Zester a skos:Concept ; skos:broader pk:FruitKnife .")
    reasoning = reason(folder)
    assert reasoning.consistent
    assert not reasoning.conforms
    assert reasoning.unsatisfiable == ("pk:FruitKnife", "pk:Zester")


def test_an_instance_of_two_disjoint_classes_is_inconsistent(folder: Path) -> None:
    add(folder, "pk:thing a owl:NamedIndividual , pk:Fruit , pk:Tool .", axioms=True)
    reasoning = reason(folder)
    assert (reasoning.consistent, reasoning.conforms, reasoning.classes) == (False, False, 4)


def test_one_reasoning_does_not_touch_the_next(folder: Path) -> None:
    first = reason(folder)
    add(folder, "pk:Pear a skos:Concept , pk:Fruit .")
    assert (first.classes, reason(folder).classes) == (4, 5)


def test_a_term_that_is_class_and_property_is_refused(folder: Path) -> None:
    add(folder, "pk:Citrus a rdf:Property .")
    with pytest.raises(ConfigurationError, match="pk:Citrus: is both a class and a property"):
        derive_owl(folder)


def test_a_malformed_file_names_the_line(folder: Path) -> None:
    add(folder, "pk:Pear a skos:Concept pk:Fruit .")
    with pytest.raises(ConfigurationError, match=rf"more\.ttl, line {len(PREFIXES) + 1}: "):
        derive_owl(folder)


def test_without_java_the_message_says_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingComponentError, match="Java was not found: install a Java runtime"):
        reason(folder)
