"""Every shape reports its one fault and nothing else does: the graphs in `shapes/`, each named by what it breaks."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from rdflib import Dataset, Graph, URIRef
from rdflib.namespace import SH
from rdflib.term import Literal, Node

from kg.namespaces import expand
from kg.resources import ontology_dir, queries_dir, shapes_dir
from kg.validate import Engine, Report, Result, regime, regimes
from kg.validate.judge import judge
from kg.validate.source import background, versions

FOLDER = Path(__file__).parent / "shapes"
CASES = sorted(path.relative_to(FOLDER) for path in FOLDER.glob("*/*.ttl"))
VERSION = "https://w3id.org/policy-kg/data/policy/aurora-bikes-oy/privacy-notice/v.0a1b2c3d4e5f"


def _expected(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^# (\w+): (.*)$", path.read_text(encoding="utf-8"), re.M))


def _validated(path: Path, name: str) -> Report:
    dataset = Dataset(default_union=True)
    dataset.parse(path, format="turtle")
    (version,) = versions(dataset)
    engine = _engine(name)
    with engine.holding(version.triples):
        results, graph = judge(engine, regime(name), version)
    return Report(name, results, (graph,))


@cache
def _engine(name: str) -> Engine:
    return Engine(regime(name).shapes, background(Dataset(default_union=True)))


def _regime_of(requirement: str) -> str:
    return requirement.partition("-")[0]


def _of(report: Report, requirement: str) -> Result:
    return next(result for result in report.results if result.requirement == requirement)


def _results(report: Report, requirement: str) -> list[tuple[Graph, Node]]:
    """The SHACL results that come from the shapes of the requirement."""
    owners = regime(report.regime).owners
    (graph,) = report.reports
    return [(graph, node) for node in graph.objects(None, SH.result) if owners[graph.value(node, SH.sourceShape) or node] == requirement]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_shape_reports_its_fault(case: Path) -> None:
    requirement, path = case.parent.name, FOLDER / case
    expected = _expected(path)
    report = _validated(path, _regime_of(requirement))
    result = _of(report, requirement)

    assert (result.status, result.severity) == (expected["status"], expected.get("severity"))
    assert result.document == "aurora.txt"
    if case.name.startswith("pass"):
        assert not _results(report, requirement)
    else:
        focus = expected.get("focus", VERSION).replace("v:", VERSION + "/")
        found = [(graph, node) for graph, node in _results(report, requirement) if _says(graph, node, expected["message"])]
        assert [str(graph.value(node, SH.focusNode)) for graph, node in found] == [focus]
        for graph, node in found:
            assert graph.value(node, SH.resultSeverity) == SH[expected["severity"]]
            assert {m.language for m in graph.objects(node, SH.resultMessage) if isinstance(m, Literal)} == {"en", "fi"}
        assert expected["message"] in result.message("en")
        assert result.message("fi") != result.message("en")
    if "quote" in expected:
        assert expected["quote"] in [clause.quote for clause in result.clauses]
    if not requirement.startswith("structure"):
        assert not [r for r in report.results if r.requirement.startswith("structure") and r.severity], "the example itself is malformed"


def _says(graph: Graph, node: Node, message: str) -> bool:
    return any(message in str(text) for text in graph.objects(node, SH.resultMessage))


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
    report = _validated(FOLDER / "complete.ttl", "gdpr")

    assert [(r.requirement, r.message()) for r in report.results if r.severity] == []
    assert report.conforms
    assert {str(r.status) for r in report.results} == {"stated", "denied", "not_applicable"}


def test_shapes_are_core_shacl() -> None:
    """Any stock engine gives the same report: no SPARQL, no JavaScript, no engine's own terms."""
    shapes = regime("gdpr").shapes
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
