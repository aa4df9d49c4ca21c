"""Free text finds the question of the catalogue that it asks, or nothing."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

import kg
from kg.cli import app
from kg.query import catalogue
from kg.query.answer import Graph
from kg.query.free import understand
from kg.query.nearest import NEAR, Matcher
from kg.vocabulary import Vocabulary

ROOT = Path(__file__).parents[1]
ASKED = list(csv.DictReader((ROOT / "tests" / "asking" / "questions.tsv").open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return kg.vocabulary.load()


@pytest.fixture(scope="module")
def matcher(vocabulary: Vocabulary) -> Matcher:
    return Matcher(catalogue(), vocabulary)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graph") / "examples.trig"
    result = CliRunner().invoke(app, ["build", str(ROOT / "examples" / "policies"), "-o", str(path)])
    assert result.exit_code == 0, result.stderr
    return path


@pytest.fixture(scope="module")
def graph(path: Path) -> Graph:
    return kg.open(path)


def chosen(matcher: Matcher, text: str) -> str:
    nearest = matcher.nearest(text)[0]
    return nearest.question.name if nearest.nearness >= NEAR else "-"


@pytest.mark.parametrize(("half", "share", "listed"), [("tuned", 0.95, 1.0), ("aside", 0.75, 1.0)])
def test_most_questions_are_understood(matcher: Matcher, half: str, share: float, listed: float) -> None:
    """The half set aside was written before the tuning and left out of it; its share is what a new asker may expect."""
    rows = [row for row in ASKED if row["set"] == half]
    right = [row for row in rows if chosen(matcher, row["question"]) == row["expected"]]
    real = [row for row in rows if row["expected"] != "-"]
    among = [row for row in real if row["expected"] in {near.question.name for near in matcher.nearest(row["question"])[:3]}]
    assert len(rows) > 40
    assert len(right) / len(rows) >= share
    assert len(among) / len(real) >= listed, "the right one is at least among the nearest three"


def test_what_is_off_the_topic_is_hardly_ever_answered(matcher: Matcher) -> None:
    off = [row["question"] for row in ASKED if row["expected"] == "-"]
    assert len(off) >= 15
    assert sum(chosen(matcher, text) != "-" for text in off) <= 1


def test_the_set_is_of_both_languages_and_of_the_whole_catalogue() -> None:
    assert len(ASKED) >= 60
    assert {row["expected"] for row in ASKED} == {"-", *(known.name for known in catalogue())}
    assert all(sum(row["language"] == language for row in ASKED) >= 30 for language in ("en", "fi"))


def test_the_wording_of_the_header_finds_itself(matcher: Matcher) -> None:
    for known in catalogue():
        for text in known.questions.values():
            nearest = matcher.nearest(text)[0]
            assert (nearest.question.name, nearest.nearness) == (known.name, 1.0)


@pytest.mark.parametrize(
    ("text", "name", "parameters"),
    [
        ("which controllers transfer outside the EEA?", "transfers_outside_eea", {}),
        ("which controllers transfer outside the EU?", "transfers_outside_eea", {"region": "loc:EU"}),
        ("siirtääkö Lumipolku tietoja Yhdysvaltoihin?", "transfers_outside_eea", {"place": "loc:US", "controller": "org:lumipolku-oy"}),
        ("How long does Fernhollow Labs store data?", "retention_periods", {"controller": "org:fernhollow-labs-gmbh"}),
        ("who gets email addresses?", "data_flows", {"data": "pd:EmailAddress"}),
        ("what rights does Alderwick state?", "rights_stated", {"controller": "org:alderwick-outdoor-ltd"}),
    ],
)
def test_parameters_are_recognised(graph: Graph, vocabulary: Vocabulary, text: str, name: str, parameters: dict[str, str]) -> None:
    understood = understand(graph.store, text, vocabulary)
    assert understood.question is not None
    assert understood.question.name == name
    assert dict(understood.parameters) == parameters
    assert graph.ask(name, **parameters), "there is something to answer"


def test_the_command_says_what_it_asks_and_answers(path: Path) -> None:
    result = CliRunner().invoke(app, ["ask", "which controllers transfer outside the EEA?", "-g", str(path), "-f", "csv"])
    asked = CliRunner().invoke(app, ["query", "transfers_outside_eea", "-g", str(path), "-f", "csv"])
    assert result.exit_code == 0
    assert "asking transfers_outside_eea" in result.stderr
    assert result.stdout == asked.stdout


def test_the_command_answers_nothing_where_nothing_is_near(path: Path) -> None:
    result = CliRunner().invoke(app, ["ask", "what is the weather tomorrow?", "-g", str(path)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nothing is answered" in result.stderr
    assert sum(f"  {known.name}: " in result.stderr for known in catalogue()) == 3
