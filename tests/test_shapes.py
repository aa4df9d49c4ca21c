"""Every shape reports its one fault and nothing else does: the graphs in `shapes/`, each named by what it breaks."""

from __future__ import annotations

import re
import runpy
from functools import cache
from pathlib import Path

import pytest
from rdflib import Dataset, Graph, URIRef
from rdflib.namespace import SH
from shape_examples import EXAMPLES, FOLDER, Example, Trial

from kg.findings import ANSWERS
from kg.namespaces import expand
from kg.resources import ontology_dir, queries_dir, shapes_dir
from kg.validate import ALL, Engine, background, judge, regime, regimes, validate

TOOL = runpy.run_path(str(Path(__file__).parents[1] / "tools" / "mutate_shapes.py"))
SHARES = 8


@cache
def _trial() -> Trial:
    return Trial(regime(ALL))


@cache
def _structure() -> Engine:
    return Engine(regime("structure").shapes, background(Dataset(default_union=True)))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_shape_reports_its_fault(example: Example) -> None:
    assert _trial().faults(example) == []


@pytest.mark.parametrize("example", [e for e in EXAMPLES if not e.requirement.startswith("structure")], ids=lambda example: example.name)
def test_an_example_has_no_other_fault(example: Example) -> None:
    with _structure().holding(example.version.triples):
        results, _ = judge(_structure(), regime("structure"), example.version)

    assert [result.requirement for result in results if result.severity] == example.expected.get("also", "").split()


@pytest.mark.parametrize("share", range(SHARES))
def test_no_constraint_can_go_unnoticed(share: int) -> None:
    mutants = TOOL["mutants"](_trial().rules.shapes)[share::SHARES]

    assert mutants
    assert [(mutant.shape, mutant.what) for mutant in mutants if TOOL["catching"](_trial(), mutant) is None] == []


def test_the_page_about_mutants_is_of_these_shapes() -> None:
    """What was caught is in the tests above; here only that the page counts what there is (`make mutate` writes it)."""
    counts = re.search(r"(\d+) examples; (\d+) mutants, (\d+) caught", TOOL["PAGE"].read_text(encoding="utf-8"))
    mutants = len(TOOL["mutants"](_trial().rules.shapes))

    assert counts
    assert [int(count) for count in counts.groups()] == [len(EXAMPLES), mutants, mutants]


@pytest.mark.parametrize("name", regimes())
def test_every_requirement_has_examples_of_both_kinds(name: str) -> None:
    for requirement in regime(name).requirements:
        names = [path.name for path in (FOLDER / requirement.id).glob("*.ttl")]
        assert "pass.ttl" in names, requirement.id
        assert any(path.startswith("fail-") for path in names), requirement.id


@pytest.mark.parametrize("name", regimes())
def test_requirements_say_what_they_are(name: str) -> None:
    for requirement in regime(name).requirements:
        assert set(requirement.names) == {"en", "fi"}
        assert requirement.severity in ("Violation", "Warning", "Info")
        if requirement.stated:
            assert set(requirement.messages) == {"en", "fi"}
            assert "MUST" in requirement.messages["en"]
            assert "ON" in requirement.messages["fi"]
            assert requirement.citation
            assert requirement.source.startswith("https://eur-lex.europa.eu/eli/")
            assert requirement.shape == URIRef(f"https://w3id.org/policy-kg/shapes#{requirement.id}")


def test_a_complete_policy_has_nothing_to_mend() -> None:
    dataset = Dataset(default_union=True)
    dataset.parse(FOLDER / "complete.ttl", format="turtle")
    report = validate(dataset, ALL)

    assert [(r.requirement, r.message()) for r in report.results if r.severity] == []
    assert report.conforms
    assert {str(r.status) for r in report.results} == {"stated", "denied", "not_applicable"}


def test_shapes_are_core_shacl() -> None:
    """Any stock engine gives the same report: no SPARQL, no JavaScript, no engine's own terms."""
    shapes = regime(ALL).shapes
    assert not set(shapes.subjects(SH.sparql, None))
    assert not set(shapes.subjects(SH.rule, None))


def test_shapes_and_questions_use_terms_of_the_ontology() -> None:
    known = {str(subject) for subject in _ontology().subjects()}
    used: dict[str, str] = {}
    for path in (*shapes_dir().rglob("*.ttl"), *queries_dir().glob("*.rq")):
        plain = re.sub(r'"(?:[^"\\]|\\.)*"|<[^>]*>|#[^\n]*', "", path.read_text(encoding="utf-8"))
        for curie in re.findall(r"(?<![\w?$:])(?:pk|dpv|pd|loc|tech|eu-gdpr):[\w-]+", plain):
            used[expand(curie)] = path.name

    assert {iri: name for iri, name in used.items() if iri not in known} == {}


def _ontology() -> Graph:
    graph = Graph()
    for path in ontology_dir().glob("*.ttl"):
        graph.parse(path, format="turtle")
    return graph


def test_shapes_and_annotate_agree_from_which_confidence_a_statement_answers() -> None:
    patterns = Graph().parse(shapes_dir() / "patterns.ttl")
    floors = {
        float(floor)
        for nested in patterns.subjects(SH.path, URIRef(expand("pk:confidence")))
        for floor in patterns.objects(nested, SH.minInclusive)
    }
    assert floors == {ANSWERS}
