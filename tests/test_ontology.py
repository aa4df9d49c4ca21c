"""The ontology against itself, against DPV 2.3, and against those who use its terms: code, shapes, queries and the lexicon."""

from __future__ import annotations

import ast
import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.namespaces import PREFIXES, compress, expand

ROOT = Path(__file__).parents[1]
DPV = "https://w3id.org/dpv"
TAXONOMIES = frozenset(
    [
        *("dpv:Purpose", "dpv:Data", "dpv:PersonalData", "dpv:Processing", "dpv:Recipient", "dpv:LegalBasis", "dpv:Right", "dpv:Location"),
        *("dpv:Technology", "dpv:TechnicalMeasure", "dpv:OrganisationalMeasure", "dpv:LegalMeasure", "dpv:DataSource", "dpv:HumanSubject"),
        *("dpv:Consequence", "dpv:Impact", "dpv:AlgorithmicLogic"),
    ]
)
UNTREED = frozenset({"pk:RetentionCriterion", "pk:ConditionKind", "pk:OptOutMeans", "pk:ModalityKind"})
"""Root types whose concepts are a plain list: nothing stands between them and the root."""
EU_TERRITORIES = frozenset(f"loc:{code}" for code in ("AX", "GF", "GP", "MF", "MQ", "RE", "YT"))
"""Parts of member states, where EU law holds; DPV counts them as outside of the EEA, this profile as neither inside nor outside."""
KEYS = frozenset(
    [
        *("controller_name", "controller_contact", "dpo_contact", "data_categories", "processing_purpose", "legal_basis", "cookies"),
        *("legitimate_interests", "source_of_data", "retention_period", "recipients", "third_country_transfer", "mandatory_disclosure"),
        *("automated_decision_making", "right_access", "right_rectification", "right_erasure", "right_restrict", "right_object"),
        *("right_portability", "right_withdraw_consent", "right_complaint"),
    ]
)
CURIE = re.compile(r"(?<![\w:/#.-])((?:pk|dpv|pd|loc|tech|eu-gdpr):[A-Za-z0-9](?:[\w-]*[A-Za-z0-9])?)(?![\w:-])")

Value = ox.NamedNode | ox.Literal
Properties = Mapping[str, list[Value]]
Graph = Mapping[str, Properties]


def read(paths: Iterable[Path]) -> Graph:
    """The triples of Turtle files as subject → predicate → objects, all as CURIEs where a prefix fits."""
    graph: dict[str, dict[str, list[Value]]] = defaultdict(lambda: defaultdict(list))
    for path in paths:
        for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
                graph[compress(quad.subject.value)][compress(quad.predicate.value)].append(quad.object)
    return {subject: dict(properties) for subject, properties in graph.items()}


def links(properties: Properties, *predicates: str) -> set[str]:
    return {compress(value.value) for predicate in predicates for value in properties.get(predicate, ()) if isinstance(value, ox.NamedNode)}


def texts(properties: Properties, *predicates: str) -> dict[str | None, str]:
    return {v.language: v.value for p in predicates for v in properties.get(p, ()) if isinstance(v, ox.Literal)}


def above(graph: Graph, term: str) -> set[str]:
    """The term and all that `skos:broader` and `rdfs:subClassOf` lead to."""
    seen: set[str] = set()
    todo = [term]
    while todo:
        if (current := todo.pop()) not in seen:
            seen.add(current)
            todo.extend(links(graph.get(current, {}), "skos:broader", "rdfs:subClassOf"))
    return seen


def turtle_files() -> list[Path]:
    return sorted(chain((ROOT / "ontology").rglob("*.ttl"), (ROOT / "shapes").rglob("*.ttl")))


@cache
def ontology() -> Graph:
    return read(sorted((ROOT / "ontology").glob("*.ttl")))


@cache
def cues() -> frozenset[str]:
    return frozenset(read([ROOT / "ontology" / "cues.ttl"]))


@cache
def dpv_from(folder: Path) -> Graph:
    return read(sorted((folder / "dpv" / "2.3").glob("*.ttl")))


@pytest.fixture
def dpv(shared: Path) -> Graph:
    return dpv_from(shared)


def own() -> list[str]:
    return sorted(term for term in ontology() if term.startswith("pk:") and term not in cues())


def concepts() -> list[str]:
    return sorted(term for term, properties in ontology().items() if "skos:Concept" in links(properties, "rdf:type"))


def is_dpv(term: str) -> bool:
    return (term if "://" in term else expand(term)).startswith(DPV)


def used_in_turtle() -> dict[str, set[str]]:
    """Every DPV term in subject, predicate or object position, with the files that use it."""
    used: dict[str, set[str]] = defaultdict(set)
    for path in turtle_files():
        for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE):
            for node in (quad.subject, quad.predicate, quad.object):
                if isinstance(node, ox.NamedNode) and node.value.startswith(DPV) and node.value != f"{DPV}/2.3":
                    used[compress(node.value)].add(str(path.relative_to(ROOT)))
    return used


def used_in_queries() -> dict[str, set[str]]:
    used: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "queries").rglob("*.rq")):
        code = "\n".join(line for line in path.read_text("utf-8").splitlines() if not line.upper().startswith("PREFIX"))
        for term in CURIE.findall(code):
            used[term].add(str(path.relative_to(ROOT)))
    return used


def used_in_code() -> dict[str, set[str]]:
    """Every string in `kg/` that is a CURIE and nothing else."""
    used: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "kg").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CURIE.fullmatch(node.value):
                used[node.value].add(f"{path.relative_to(ROOT)}:{node.lineno}")
    return used


@pytest.mark.parametrize("path", turtle_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_is_turtle(path: Path) -> None:
    assert sum(1 for _ in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)) > 0


def test_header_names_version_title_licence_and_date() -> None:
    header = ontology()["https://w3id.org/policy-kg/ontology"]
    assert "owl:Ontology" in links(header, "rdf:type")
    for predicate in ("owl:versionIRI", "dct:title", "dct:license", "dct:created"):
        assert header.get(predicate), predicate
    assert links(header, "owl:versionIRI") == {"https://w3id.org/policy-kg/ontology/" + texts(header, "owl:versionInfo")[None]}


def test_every_own_term_has_a_type_and_labels_in_english_and_finnish() -> None:
    lacking = [
        term
        for term in own()
        if not links(ontology()[term], "rdf:type") or {"en", "fi"} - texts(ontology()[term], "skos:prefLabel", "rdfs:label").keys()
    ]
    assert lacking == []


def test_every_concept_has_labels_in_english_and_finnish() -> None:
    assert [term for term in concepts() if {"en", "fi"} - texts(ontology()[term], "skos:prefLabel").keys()] == []


def test_every_own_term_is_explained_in_english_and_finnish() -> None:
    explained = ("skos:definition", "rdfs:comment")
    records = {term for term in own() if "pk:Requirement" in links(ontology()[term], "rdf:type")}
    assert [term for term in own() if term not in records and {"en", "fi"} - texts(ontology()[term], *explained).keys()] == []


@pytest.mark.parametrize("language", ["en", "fi"])
def test_no_two_terms_of_a_kind_share_a_label(language: str) -> None:
    labelled: dict[tuple[str, str], list[str]] = defaultdict(list)
    for term in concepts():
        label = texts(ontology()[term], "skos:prefLabel").get(language)
        for root in links(ontology()[term], "rdf:type") & (TAXONOMIES | UNTREED) - {"dpv:Location"}:
            labelled[root, str(label)].append(term)
    assert {key: terms for key, terms in labelled.items() if len(terms) > 1} == {}


def test_every_own_taxonomy_term_has_a_parent_and_reaches_its_root() -> None:
    lost = []
    for term in own():
        properties = ontology()[term]
        roots = links(properties, "rdf:type") & TAXONOMIES
        if "skos:Concept" not in links(properties, "rdf:type"):
            continue
        # DPV has recipients as roles and as kinds of organisation; both meet in dpv:LegalEntity.
        wanted = {"dpv:LegalEntity" if root == "dpv:Recipient" else root for root in roots}
        if roots and not (links(properties, "skos:broader") and wanted <= above(ontology(), term)):
            lost.append(term)
        if not roots and not links(properties, "rdf:type") & UNTREED:
            lost.append(term)
    assert lost == []


def test_every_parent_is_a_term_of_the_profile() -> None:
    parents = {parent for properties in ontology().values() for parent in links(properties, "skos:broader", "skos:narrower")}
    assert sorted(parents - ontology().keys()) == []


def test_no_term_is_above_itself() -> None:
    looping = [
        term
        for term, properties in ontology().items()
        if any(term in above(ontology(), parent) for parent in links(properties, "skos:broader", "rdfs:subClassOf"))
    ]
    assert looping == []


def test_every_dpv_term_in_turtle_exists(dpv: Graph) -> None:
    assert {term: files for term, files in used_in_turtle().items() if term not in dpv} == {}


def test_every_dpv_term_in_queries_exists(dpv: Graph) -> None:
    assert {term: files for term, files in used_in_queries().items() if is_dpv(term) and term not in dpv} == {}


def test_every_own_term_in_shapes_and_queries_exists() -> None:
    used = {term: files for term, files in used_in_queries().items() if term.startswith("pk:")}
    for path in sorted((ROOT / "shapes").rglob("*.ttl")):
        for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE):
            for node in (quad.subject, quad.predicate, quad.object):
                if isinstance(node, ox.NamedNode) and node.value.startswith(PREFIXES["pk"]):
                    used.setdefault(compress(node.value), set()).add(str(path.relative_to(ROOT)))
    assert {term: files for term, files in used.items() if term not in ontology()} == {}


def test_every_own_curie_in_code_exists() -> None:
    known = {*ontology(), *read([ROOT / "ontology" / "export" / "property-graph.ttl"])}
    assert {term: places for term, places in used_in_code().items() if term.startswith("pk:") and term not in known} == {}


def test_every_dpv_curie_in_code_exists(dpv: Graph) -> None:
    assert {term: places for term, places in used_in_code().items() if is_dpv(term) and term not in dpv} == {}


def test_every_dpv_parent_is_dpvs(dpv: Graph) -> None:
    ours = {term: links(ontology()[term], "skos:broader", "rdfs:subPropertyOf") for term in ontology() if is_dpv(term)}
    theirs = {term: links(dpv.get(term, {}), "skos:broader", "rdfs:subPropertyOf") for term in ours}
    assert {term: ours[term] - theirs[term] for term in ours if ours[term] - theirs[term]} == {}


def test_every_dpv_type_is_dpvs_or_a_root_above(dpv: Graph) -> None:
    strange = {}
    for term in concepts():
        if is_dpv(term):
            stated = links(dpv[term], "rdf:type")
            allowed = set().union(*(above(dpv, each) for each in {term, *stated}))
            if "dpv:LegalEntity" in allowed:
                allowed.add("dpv:Recipient")
            if extra := links(ontology()[term], "rdf:type") - allowed - {"rdfs:Class", "skos:Concept"}:
                strange[term] = extra
    assert strange == {}


def test_no_definition_is_dpvs(dpv: Graph) -> None:
    def words(text: str) -> str:
        return " ".join(re.findall(r"\w+", text.lower()))

    theirs = {words(text) for properties in dpv.values() for text in texts(properties, "skos:definition").values()}
    assert [term for term in ontology() if any(words(t) in theirs for t in texts(ontology()[term], "skos:definition").values())] == []


def test_every_suggested_term_is_in_the_profile(shared: Path) -> None:
    with (shared / "dpv" / "terms-suggested.tsv").open(encoding="utf-8", newline="") as lines:
        suggested = {compress(row["iri"]) for row in csv.DictReader(lines, delimiter="\t")}
    assert sorted(suggested - ontology().keys()) == []


def test_every_planned_own_term_is_in_the_ontology_with_its_parent(shared: Path) -> None:
    with (shared / "design" / "own-terms.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            properties = ontology().get(row["term"], {})
            assert set(row["types"].split("|")) <= links(properties, "rdf:type"), row["term"]
            parents = set(filter(None, row["parent"].split("|")))
            assert parents <= links(properties, "skos:broader", "rdfs:subClassOf", "rdfs:subPropertyOf"), row["term"]


def test_places_are_inside_or_outside_of_the_eea(shared: Path) -> None:
    places = dpv_from(shared)
    countries = {term for term in ontology() if term.startswith("loc:") and "dpv:Country" in links(ontology()[term], "rdf:type")}
    inside, outside = (links(ontology()[union], "skos:narrower") & countries for union in ("loc:EEA", "loc:non-EEA"))
    assert len(countries) == 249
    assert inside.isdisjoint(outside)
    assert countries - inside - outside == EU_TERRITORIES
    assert {"loc:FI", "loc:NO"} <= inside
    assert {"loc:GB", "loc:CH", "loc:US"} <= outside
    for union in ("loc:EEA", "loc:EU", "loc:EU27", "loc:EEA30", "loc:non-EEA", "loc:non-EU"):
        assert links(ontology()[union], "skos:narrower") <= links(places[union], "skos:narrower"), union


def test_requirements_have_the_keys_of_annotate_and_known_terms() -> None:
    found = {term: p for term, p in ontology().items() if "pk:Requirement" in links(p, "rdf:type")}
    assert {texts(properties, "pk:key")[None] for properties in found.values()} == KEYS
    for term, properties in found.items():
        assert term.startswith(f"pk:requirement-{texts(properties, 'pk:key')[None]}")
        assert texts(properties, "dct:source"), term
        assert links(properties, "pk:forPredicate"), term
        assert links(properties, "pk:forPredicate", "pk:forObject", "pk:notBeside") <= ontology().keys(), term


def test_laws_and_vendors_are_labelled_and_placed() -> None:
    for term, properties in ontology().items():
        if term.startswith(("law:", "org:")):
            assert texts(properties, "skos:prefLabel"), term
            assert links(properties, "dpv:hasJurisdiction", "dpv:hasCountry") <= ontology().keys(), term
            begin, end = (texts(properties, predicate).get(None) for predicate in ("pk:inForceFrom", "pk:repealedOn"))
            assert not (begin and end) or begin < end, term


def test_annulled_mechanisms_carry_the_day() -> None:
    assert texts(ontology()["pk:PrivacyShield"], "pk:annulledOn") == {None: "2020-07-16"}
    assert texts(ontology()["pk:SafeHarbour"], "pk:annulledOn") == {None: "2015-10-06"}


def test_every_lexical_subject_is_a_term_of_the_ontology() -> None:
    subjects: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "ontology" / "lexicon").rglob("*.ttl")):
        for term in read([path]):
            if not term.startswith("pk:macro-"):
                subjects[term].add(str(path.relative_to(ROOT)))
    assert {term: files for term, files in subjects.items() if term not in ontology()} == {}


def test_the_property_graph_speaks_of_terms_that_exist() -> None:
    mapping = read([ROOT / "ontology" / "export" / "property-graph.ttl"])
    own = {term for term in mapping if term.startswith("pk:")}
    defined = {term for term in own if "rdf:Property" in links(mapping[term], "rdf:type")}
    assert {term for term in own - defined if term not in ontology()} == set()
    used = {predicate for properties in mapping.values() for predicate in properties if predicate.startswith("pk:")}
    assert used == defined
    assert {term for term in defined if not {"rdfs:label", "rdfs:comment"} <= set(mapping[term])} == set()
    assert {term for term in mapping if term.startswith("dpv:") and term not in ontology() and term != "dpv:Law"} - ROOTS == set()


ROOTS = frozenset({"dpv:StorageDuration", "dpv:Organisation", "dpv:Data", "dpv:Recipient", "dpv:Location"})
"""Classes of DPV that the ontology speaks of without a description of its own."""
