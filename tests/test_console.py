"""The table of `kg validate`: whole at 100 columns, every status with a mark of its own, coloured only on a terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import cycle

import pytest
from rich.console import Console

from kg import console
from kg.console import validate
from kg.validate import SHOWN, Report, Result, Status, Tally, regime

WIDTH = 100


def _report(policies: int) -> Report:
    """A report in which every status and severity stands, in as many policies."""
    statuses, severities = cycle(Status), cycle([None, "Violation", "Warning", "Info", None])
    results = [
        Result(
            version=f"https://w3id.org/policy-kg/data/policy/company-{number}/notice/v.{number:012d}",
            document=f"a-rather-long-file-name-of-company-{number}.html",
            title="",
            requirement=requirement.id,
            names=requirement.names,
            source=requirement.source,
            status=next(statuses),
            severity=next(severities),
            messages=(),
            focus=(),
            clauses=(),
        )
        for number in range(policies)
        for requirement in regime("gdpr").requirements
    ]
    return Report("gdpr", tuple(results))


def _printed(report: Report, monkeypatch: pytest.MonkeyPatch, language: str = "en", *, terminal: bool = False) -> str:
    stream = io.StringIO()
    fixed = Console(file=stream, width=WIDTH, highlight=False, force_terminal=terminal, color_system="standard" if terminal else None)
    monkeypatch.setattr(validate, "out", lambda: fixed)
    console.report(Tally.of(report, language))
    return stream.getvalue()


@pytest.mark.parametrize("language", ["en", "fi"])
@pytest.mark.parametrize("policies", [1, SHOWN, SHOWN + 1, 250])
def test_the_table_fits_into_100_columns(monkeypatch: pytest.MonkeyPatch, policies: int, language: str) -> None:
    lines = _printed(_report(policies), monkeypatch, language).splitlines()

    assert max(map(len, lines)) <= WIDTH
    assert not any("…" in line for line in lines), "nothing is cut off"
    for requirement in regime("gdpr").requirements:
        assert sum(line.startswith(requirement.id + " ") for line in lines) == 1


def test_every_policy_has_a_cell_in_every_row(monkeypatch: pytest.MonkeyPatch) -> None:
    report = _report(SHOWN)
    rows = {line.split(" ")[0]: line for line in _printed(report, monkeypatch).splitlines() if line}
    for requirement in regime("gdpr").requirements:
        found = [r for r in report.results if r.requirement == requirement.id]
        expected = "".join(r.status.mark + ("!" if r.severity == "Violation" else "") for r in found)
        assert "".join(rows[requirement.id].split()).endswith(expected)


def test_a_cell_that_nothing_is_known_of_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    report = _report(2)
    first = regime("gdpr").requirements[0].id
    partly = replace(report, results=tuple(r for r in report.results if r.requirement != first or "company-1" in r.version))

    row = next(line for line in _printed(partly, monkeypatch).splitlines() if line.startswith(first))
    whole = next(line for line in _printed(report, monkeypatch).splitlines() if line.startswith(first))
    assert len(row.split()) == len(whole.split()) - 1


def test_an_unknown_cell_has_a_mark_and_the_legend_names_every_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = _printed(_report(3), monkeypatch)

    for status in Status:
        assert f"{status.mark} {status.replace('_', ' ')}" in printed.replace("\N{NO-BREAK SPACE}", " ")
    unknown = next(r for r in _report(3).results if r.status is Status.UNKNOWN)
    assert Status.UNKNOWN.mark in next(line for line in printed.splitlines() if line.startswith(unknown.requirement + " "))


def test_totals_count_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    report = _report(20)
    rows = {line.split(" ")[0]: line for line in _printed(report, monkeypatch).splitlines() if line}
    for requirement in regime("gdpr").requirements:
        found = [r for r in report.results if r.requirement == requirement.id]
        counts = [sum(r.status is status for r in found) for status in Status] + [sum(r.severity == "Violation" for r in found)]
        assert [int(cell) for cell in rows[requirement.id].split() if cell.isdecimal()] == [count for count in counts if count]


def test_a_remedy_names_some_policies_and_counts_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    report = _report(12)
    same = replace(report, results=tuple(replace(r, severity="Violation") for r in report.results))

    assert "and 3 more" in " ".join(_printed(same, monkeypatch).split())


def test_of_many_policies_only_the_first_are_kept() -> None:
    report = _report(250)
    same = replace(report, results=tuple(replace(r, severity="Violation", regime="gdpr") for r in report.results))
    tally = Tally.of(same)

    assert (tally.policies, len(tally.first)) == (250, SHOWN)
    assert {(documents.count, len(documents.first)) for documents in tally.remedies.values()} == {(250, SHOWN)}
    assert "and 241 more" in " ".join(tally.notes())


def test_names_are_in_the_language_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    requirement = next(r for r in regime("gdpr").requirements if r.id == "gdpr-13-2-d")

    assert requirement.names["fi"] in _printed(_report(1), monkeypatch, "fi")
    assert requirement.names["en"] in _printed(_report(1), monkeypatch, "en")


def test_colours_tell_statuses_apart_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in _printed(_report(1), monkeypatch)
    legend = next(
        line for line in _printed(_report(1), monkeypatch, terminal=True).splitlines() if "not\N{NO-BREAK SPACE}applicable" in line
    )
    styles = [legend[: legend.index(status.mark)].rpartition("\x1b[")[2] for status in Status if status is not Status.ABSENT]

    assert len(set(styles)) == len(styles)
