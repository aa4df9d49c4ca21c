"""From Python: typed rows, a pandas frame, an rdflib dataset."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import kg
from kg.errors import InputError, MissingComponentError
from kg.query import ParameterError
from kg.query.answer import IRI, Graph

DATA = Path(__file__).parent / "queries"


def opened(name: str) -> Graph:
    return kg.open(DATA / name / "data.trig")


def test_rows_have_names_and_types() -> None:
    row = opened("transfers_outside_eea").ask("transfers_outside_eea", region="EEA", controller="org:meteor-oy")[0]
    assert isinstance(row.controller, IRI)
    assert row.controller.curie == "org:meteor-oy"
    assert row.controller == "https://w3id.org/policy-kg/data/org/meteor-oy"
    assert row.region.curie == "loc:EEA"
    assert isinstance(row.quote, str)
    assert not isinstance(row.quote, IRI)


def test_literals_become_values_of_python() -> None:
    query = """PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT * WHERE { VALUES (?day ?count ?share ?yes ?odd ?none) {
        ("2024-02-29"^^xsd:date 7 0.25 true "2024-02-31"^^xsd:date UNDEF) } }"""
    [row] = opened("data_flows").ask(query)
    assert (row.day, row.count, row.share, row.yes, row.none) == (date(2024, 2, 29), 7, Decimal("0.25"), True, None)
    assert row.odd == "2024-02-31", "no such day: the text as it is"


def test_numbers_can_be_given_as_numbers() -> None:
    graph = opened("least_certain")
    assert len(graph.ask("least_certain", threshold=0.12)) == 1
    assert {row.confidence for row in graph.ask("least_certain", threshold=Decimal("0.2"))} == {Decimal("0.1"), Decimal("0.15")}


def test_an_answer_is_a_sequence_with_the_terms_beside() -> None:
    answer = opened("data_flows").ask("data_flows")
    assert len(answer) == len(answer.rows) == len(list(answer)) > 1
    assert answer[0] == answer[:1][0]
    assert answer.rows.serialize("csv").startswith("controller,policy,")


@pytest.mark.parametrize("value", ["US", "loc:US", "nowhere at all"])
def test_a_value_that_makes_no_sense_is_refused(value: str) -> None:
    with pytest.raises(ParameterError, match="region"):
        opened("transfers_outside_eea").ask("transfers_outside_eea", region=value)


def test_a_frame_has_a_column_for_each_variable() -> None:
    frame = opened("least_certain").ask("least_certain").to_pandas()
    assert list(frame.columns)[:2] == ["policy", "confidence"]
    assert frame["confidence"].astype(float).max() < 0.2
    empty = opened("least_certain").ask("least_certain", threshold=0).to_pandas()
    assert (list(empty.columns), len(empty)) == (list(frame.columns), 0)


def test_without_pandas_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingComponentError, match="pip install pandas"):
        opened("data_flows").ask("data_flows").to_pandas()


def test_the_dataset_is_over_the_same_store() -> None:
    graph = opened("data_flows")
    rows = graph.dataset.query("SELECT ?s WHERE { ?s a <https://w3id.org/policy-kg/ontology#Practice> }")
    assert {str(s) for (s,) in rows} == {
        row.s for row in graph.ask("SELECT ?s WHERE { ?s a <https://w3id.org/policy-kg/ontology#Practice> }")
    }


def test_a_missing_graph_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.trig"):
        kg.open(tmp_path / "missing.trig")
