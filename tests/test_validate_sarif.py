"""SARIF: well-formed by the standard, each gap on its line, fingerprints that last."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from reports import FERRY, PUFFIN, Judged, ferry, judged, lunni, puffin, sauna

from kg.query import question
from kg.validate import regime

pytestmark = pytest.mark.xdist_group("sarif")
SCHEMA = json.loads((Path(__file__).parent / "sarif" / "subset.schema.json").read_text(encoding="utf-8"))
VAGUE = "We keep your personal data for as long as necessary."


@pytest.fixture(scope="module")
def both() -> Judged:
    return judged([ferry(), sauna()], [ferry(), sauna()])


@pytest.fixture(scope="module")
def doubtful() -> Judged:
    """Notices with contradictions."""
    return judged([puffin(), lunni()], [puffin(), lunni()])


@pytest.fixture(scope="module")
def run(both: Judged) -> dict[str, Any]:
    return _run(both.sarif())


def _run(log: str) -> dict[str, Any]:
    (run,) = json.loads(log)["runs"]
    assert isinstance(run, dict)
    return run


def _gap(run: dict[str, Any], requirement: str, document: str = "saltmarsh") -> dict[str, Any]:
    (found,) = [
        result
        for result in run["results"]
        if result["ruleId"] == requirement and document in result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    ]
    return dict(found)


def _region(result: dict[str, Any]) -> dict[str, Any]:
    return dict(result["locations"][0]["physicalLocation"]["region"])


@pytest.mark.parametrize("report", ["both", "doubtful"])
def test_is_what_the_standard_demands(report: str, request: pytest.FixtureRequest) -> None:
    found: Judged = request.getfixturevalue(report)
    for log in (found.sarif(), found.sarif("fi"), Judged(found.store, found.report, ()).sarif()):
        jsonschema.Draft7Validator(SCHEMA).validate(json.loads(log))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("version",), "2.0.0"),
        (("runs", 0, "tool", "driver", "name"), None),
        (("runs", 0, "results", 0, "level"), "fatal"),
        (("runs", 0, "results", 0, "message"), {}),
        (("runs", 0, "results", 0, "locations", 0, "physicalLocation", "region", "startLine"), 0),
        (("runs", 0, "artifacts", 0, "location", "uri"), "two words"),
        (("runs", 0, "results", 0, "unheard"), "of"),
    ],
)
def test_the_schema_would_notice(both: Judged, path: tuple[str | int, ...], value: object) -> None:
    log = copy.deepcopy(json.loads(both.sarif()))
    place = log
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(SCHEMA).validate(log)


def test_rules_are_the_requirements(run: dict[str, Any]) -> None:
    rules = run["tool"]["driver"]["rules"]
    requirements = regime("gdpr").requirements

    assert [rule["id"] for rule in rules] == [requirement.id for requirement in requirements]
    for rule, requirement in zip(rules, requirements, strict=True):
        assert rule["name"] == requirement.names["en"]
        assert requirement.messages.get("en", requirement.names["en"]) in rule["help"]["text"]
        assert rule.get("helpUri", "") == requirement.source
        assert rule["defaultConfiguration"]["level"] == {"Violation": "error", "Warning": "warning", "Info": "note"}[requirement.severity]


def test_every_gap_is_a_result_and_nothing_else(both: Judged, run: dict[str, Any]) -> None:
    rules = run["tool"]["driver"]["rules"]
    gaps = [(result.requirement, result.severity, result.message()) for result in both.report.results if result.severity]

    assert len(gaps) > 10
    assert [(result["ruleId"], result["message"]["text"]) for result in run["results"]] == [(gap[0], gap[2]) for gap in gaps]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    levels = {"error": "Violation", "warning": "Warning", "note": "Info"}
    assert [levels[result["level"]] for result in run["results"]] == [gap[1] for gap in gaps]


def test_a_gap_in_a_clause_is_on_its_line(run: dict[str, Any]) -> None:
    region = _region(_gap(run, "gdpr-13-2-a"))

    start = FERRY.index(VAGUE)
    assert (region["charOffset"], region["charLength"]) == (start, len(VAGUE))
    assert FERRY.split("\n")[region["startLine"] - 1] == VAGUE
    assert (region["startLine"], region["startColumn"]) == (region["endLine"], 1)
    assert region["endColumn"] == len(VAGUE) + 1
    assert region["snippet"] == {"text": VAGUE}


def test_a_gap_of_the_whole_text_is_at_its_start(run: dict[str, Any]) -> None:
    region = _region(_gap(run, "gdpr-13-2-d"))

    assert (region["startLine"], region["charOffset"], region["charLength"]) == (1, 0, 0)


def test_paths_are_uris(run: dict[str, Any]) -> None:
    uris = [artifact["location"]["uri"] for artifact in run["artifacts"]]

    assert uris == ["notices/saltmarsh.txt", "notices/turvekyl%C3%A4.txt"]
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert uris[place["index"]] == place["uri"]


def test_without_the_text_there_are_offsets_and_no_lines(both: Judged) -> None:
    run = _run(Judged(both.store, both.report, ()).sarif())
    region = _region(_gap(run, "gdpr-13-2-a"))

    assert run["artifacts"][0] == {"location": {"uri": "saltmarsh.txt"}, "roles": ["analysisTarget"]}
    assert region == {"charOffset": FERRY.index(VAGUE), "charLength": len(VAGUE), "snippet": {"text": VAGUE}}


def test_messages_are_in_the_language_asked_for(both: Judged) -> None:
    run = _run(both.sarif("fi"))

    assert run["language"] == "fi"
    assert _gap(run, "gdpr-13-2-d")["message"]["text"].startswith("Selosteessa ON")


def test_fingerprints_last_while_other_parts_change(run: dict[str, Any]) -> None:
    text = FERRY.replace("1. Who we are", "1. Who we are, and a few words more")
    edited = _run(judged([ferry(text)], [ferry(text)]).sarif())

    for requirement in ("gdpr-13-2-a", "gdpr-13-2-d"):
        before, after = _gap(run, requirement), _gap(edited, requirement)
        assert before["partialFingerprints"] == after["partialFingerprints"]
    assert _region(_gap(run, "gdpr-13-2-a"))["charOffset"] < _region(_gap(edited, "gdpr-13-2-a"))["charOffset"]


def test_fingerprints_tell_gaps_apart(run: dict[str, Any]) -> None:
    prints = [result["partialFingerprints"]["policyGap/v1"] for result in run["results"]]

    assert len(set(prints)) == len(prints)


def test_the_same_report_gives_the_same_bytes(both: Judged) -> None:
    assert both.sarif() == judged([ferry(), sauna()], [sauna(), ferry()]).sarif()


def _reviewed(run: dict[str, Any]) -> list[dict[str, Any]]:
    return [result for result in run["results"] if result["properties"]["status"] == "candidate"]


def test_every_candidate_is_a_note_with_all_its_clauses(doubtful: Judged) -> None:
    run = _run(doubtful.sarif())
    found = _reviewed(run)

    assert len(found) == len(doubtful.candidates) == 3
    for result, candidate in zip(found, doubtful.candidates, strict=True):
        assert (result["ruleId"], result["level"]) == (candidate.question, "note")
        assert result["message"]["text"].startswith(candidate.message())
        cited = (candidate.denied, *candidate.affirmed)
        assert all(f"“{clause.quote}”" in result["message"]["text"] for clause in cited)
        places = [place["physicalLocation"]["region"] for place in (*result["locations"], *result["relatedLocations"])]
        assert [(place["charOffset"], place["snippet"]["text"]) for place in places] == [(clause.start, clause.quote) for clause in cited]
        if "puffin" in candidate.document:
            assert all(clause.quote in PUFFIN.split("\n")[place["startLine"] - 1] for place, clause in zip(places, cited, strict=True))
    prints = [result["partialFingerprints"]["policyGap/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)


def test_each_kind_of_candidate_is_a_rule(doubtful: Judged) -> None:
    run = _run(doubtful.sarif("fi"))
    rules = run["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules[len(doubtful.requirements) :]] == ["asked_consent_contradicted", "denied_transfers_contradicted"]
    for result in _reviewed(run):
        rule, asked = rules[result["ruleIndex"]], question(result["ruleId"])
        assert rule["id"] == asked.name
        assert rule["name"] == asked.questions["fi"]
        assert rule["fullDescription"]["text"] == asked.review["fi"]
        assert asked.read in rule["help"]["text"]
        assert result["message"]["text"].startswith(asked.review["fi"])
