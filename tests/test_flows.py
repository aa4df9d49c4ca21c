"""Flows and their measures, on a graph of two fictional shops whose flows are known one by one."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import networkx
import pytest

from kg import flows
from kg.errors import MissingComponentError, OutputError
from kg.flows.report import measured, serialized
from kg.namespaces import DATA

HEAD = """@prefix dpv: <https://w3id.org/dpv#> .
@prefix loc: <https://w3id.org/dpv/loc#> .
@prefix org: <https://w3id.org/policy-kg/data/org/> .
@prefix pd: <https://w3id.org/dpv/pd#> .
@prefix pk: <https://w3id.org/policy-kg/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<https://w3id.org/policy-kg/data/graph/vocabulary> {
    loc:US a dpv:Location ; skos:prefLabel "United States"@en , "Yhdysvallat"@fi ; skos:broader loc:non-EEA .
    loc:DE a dpv:Location ; skos:prefLabel "Germany"@en .
    loc:non-EEA a dpv:Location ; skos:prefLabel "outside of the EEA"@en .
    pd:EmailAddress a dpv:PersonalData ; skos:prefLabel "e-mail address"@en .
    dpv:Marketing a dpv:Purpose ; skos:prefLabel "marketing"@en .
    org:cloudy a dpv:Organisation ; skos:prefLabel "Cloudy" ; dpv:hasCountry loc:US .
}
"""
POLICY = """
<{v}/facts> {{
    <{v}> a pk:PolicyVersion ; dpv:hasDataController org:{name} ; dpv:hasProcess {links} ; dpv:hasProhibition <{v}/s.9.share> .
    <{v}/s.9.share> a pk:Denial ; pk:modality pk:Does ; pk:evidence <{v}/c.9-10> ;
        dpv:hasRecipient pk:DataBroker ; dpv:hasPersonalData pd:Name .
{statements}}}
"""


def policy(name: str, *statements: str) -> str:
    version = f"{DATA}policy/{name}/notice/v.0123456789ab"
    lines = [
        f"    <{version}/s.{n}.share> a pk:Practice ; pk:evidence <{version}/c.{n}-{n + 1}> ; {said} .\n"
        f'    <{version}/c.{n}-{n + 1}> a pk:Clause ; pk:startOffset {n} ; pk:endOffset {n + 1} ; pk:quote "clause {n}"@en .\n'
        for n, said in enumerate(statements)
    ]
    links = " , ".join(f"<{version}/s.{n}.share>" for n, _ in enumerate(statements))
    return POLICY.format(v=version, name=name, links=links, statements="".join(lines))


EMAIL = "pk:modality pk:Does ; dpv:hasPersonalData pd:EmailAddress ; dpv:hasPurpose dpv:Marketing ; dpv:hasRecipient pk:Subcontractor"
MAYBE = "pk:modality pk:May ; dpv:hasPersonalData pd:Name , pd:EmailAddress ; dpv:hasRecipient pk:Subcontractor ; dpv:hasLocation loc:US"


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "graph.trig"
    path.write_text(
        HEAD
        + policy(
            "aurora",
            EMAIL,
            MAYBE,
            "pk:modality pk:Does ; dpv:hasPersonalData pd:Age ; dpv:hasRecipient org:cloudy",
            "pk:modality pk:Does ; dpv:hasPersonalData pd:Gender ; dpv:hasLocation loc:DE",
        )
        + policy("meteor", EMAIL, "pk:modality pk:Does ; dpv:hasRecipient pk:Subcontractor ; dpv:hasLocation loc:non-EEA"),
        encoding="utf-8",
    )
    return path


@pytest.fixture
def found(graph: Path) -> flows.Flows:
    return flows.read(graph)


def test_flows_are_what_each_statement_says(found: flows.Flows) -> None:
    assert {(*flow[:5], flow.seat, flow.possible, flow.weight) for flow in found.flows if flow.controller == "org:aurora"} == {
        ("org:aurora", "pd:EmailAddress", "dpv:Marketing", "pk:Subcontractor", "", False, False, 1.0),
        ("org:aurora", "pd:EmailAddress", "", "pk:Subcontractor", "loc:US", False, True, 0.5),
        ("org:aurora", "pd:Name", "", "pk:Subcontractor", "loc:US", False, True, 0.5),
        ("org:aurora", "pd:Age", "", "org:cloudy", "loc:US", True, False, 1.0),
        ("org:aurora", "pd:Gender", "", "", "loc:DE", False, False, 1.0),
    }
    assert found.name("loc:US") == "United States"


def test_denied_flows_are_none(found: flows.Flows) -> None:
    assert "pk:DataBroker" not in {flow.recipient for flow in found.flows}
    assert ("SHARES", "pk:DataBroker") not in found.practices["org:aurora"]


def test_the_multigraph_leads_from_what_is_said_to_what_is_said(found: flows.Flows) -> None:
    graph = flows.multigraph(found)
    email, subcontractor = ("data", "pd:EmailAddress"), ("recipient", "pk:Subcontractor")
    assert isinstance(graph, networkx.MultiDiGraph)
    assert set(graph.successors(email)) == {("purpose", "dpv:Marketing"), subcontractor}
    assert {about["controller"] for about in graph[("purpose", "dpv:Marketing")][subcontractor].values()} == {"org:aurora", "org:meteor"}
    assert graph.nodes["place", "loc:US"]["outside"]
    assert not graph.nodes["place", "loc:DE"]["outside"]


def test_recipients_by_reach(found: flows.Flows) -> None:
    rows = flows.recipients_by_reach(found)
    assert [(row.recipient, row.controllers, row.data, row.purposes, row.places, row.outside) for row in rows] == [
        ("pk:Subcontractor", 2, 2, 1, ("loc:US", "loc:non-EEA"), True),
        ("org:cloudy", 1, 1, 0, (), False),
    ]


def test_controllers_by_exposure(found: flows.Flows) -> None:
    rows = flows.controllers_by_exposure(found)
    assert [tuple(row) for row in rows] == [
        ("org:aurora", 2, 3, 3, 1, ("loc:US",)),
        ("org:meteor", 1, 1, 2, 0, ("loc:non-EEA",)),
    ]


def test_the_most_common_pattern_comes_first(found: flows.Flows) -> None:
    first = flows.patterns(found)[0]
    assert first[:4] == ("pd:EmailAddress", "dpv:Marketing", "pk:Subcontractor", 2)
    assert (first.clause.rpartition("/")[2], first.quote) == ("c.0-1", "clause 0")


def test_controllers_that_do_the_same_are_one_community(tmp_path: Path) -> None:
    other = "pk:modality pk:Does ; dpv:hasPersonalData pd:Age , pd:Gender ; dpv:hasPurpose dpv:Payment"
    path = tmp_path / "graph.trig"
    shops = [policy(f"shop{n}", EMAIL) for n in range(3)] + [policy(f"bank{n}", other) for n in range(3)]
    path.write_text(HEAD + "".join(shops), encoding="utf-8")

    groups = flows.communities(flows.read(path))

    assert {frozenset(group.controllers) for group in groups} == {
        frozenset(f"org:{kind}{n}" for n in range(3)) for kind in ("shop", "bank")
    }
    assert {group.common[0].split(" ")[0] for group in groups} <= {"SHARES", "PROCESSES", "PURSUES"}


def test_data_leave_by_the_way_with_the_fewest_clauses(found: flows.Flows) -> None:
    ways = {(way.controller, way.data): way for way in flows.exits(found)}
    email = ways["org:aurora", "pd:EmailAddress"]
    assert (email.path, len(email.clauses), email.possible, email.seat) == (
        ("pd:EmailAddress", "pk:Subcontractor", "loc:US"),
        1,
        True,
        False,
    )
    joined = ways["org:meteor", "pd:EmailAddress"]
    assert joined.path == ("pd:EmailAddress", "dpv:Marketing", "pk:Subcontractor", "loc:non-EEA")
    assert [clause.rpartition("/")[2] for clause in joined.clauses] == ["c.0-1", "c.1-2"]
    assert ways["org:aurora", "pd:Age"].seat
    assert ("org:aurora", "pd:Gender") not in ways
    assert [way.data for way in flows.exits(found, "pd:Name")] == ["pd:Name"]


def test_tables_and_json_tell_the_same(found: flows.Flows) -> None:
    told = json.loads(serialized(found))
    assert len(told["flows"]) == len(found.flows)
    assert [row["recipient"] for row in told["recipients"]] == ["pk:Subcontractor", "org:cloudy"]
    tables = {title: rows for title, _, rows in measured(found)}
    assert ("Subcontractor", "2", "2", "1", "United States, outside of the EEA") in tables["Recipients by reach"]
    assert len(tables["How data leave the EEA"]) == len(told["exits"]) == 4


def test_the_picture_names_every_term_and_explains_itself(found: flows.Flows, tmp_path: Path) -> None:
    flows.draw(found, tmp_path / "flows.svg")
    flows.draw(found, tmp_path / "again.svg")
    text = (tmp_path / "flows.svg").read_text(encoding="utf-8")
    for expected in ("Cloudy", "Germany", "marketing", "not said", "Read from left to right", "Who", "where"):
        assert expected in text
    assert (tmp_path / "again.svg").read_bytes() == (tmp_path / "flows.svg").read_bytes()
    flows.draw(found, tmp_path / "flows.png")
    assert (tmp_path / "flows.png").read_bytes().startswith(b"\x89PNG")


def test_a_picture_of_many_has_few_terms(tmp_path: Path) -> None:
    (tmp_path / "graph.trig").write_text(HEAD + "".join(policy(f"shop{n}", EMAIL) for n in range(60)), encoding="utf-8")
    flows.draw(flows.read(tmp_path / "graph.trig"), tmp_path / "flows.svg", terms=5)
    text = (tmp_path / "flows.svg").read_text(encoding="utf-8")
    assert "55 others" in text
    assert "60 policies of 60 controllers" in text


def test_a_picture_of_another_kind_is_refused(found: flows.Flows, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"must end in one of \.svg"):
        flows.draw(found, tmp_path / "flows.docx")


def test_without_matplotlib_the_extra_is_named(found: flows.Flows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingComponentError, match=re.escape("policy-kg[flows]")):
        flows.draw(found, tmp_path / "flows.svg")
    assert not (tmp_path / "flows.svg").exists()
