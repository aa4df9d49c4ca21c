"""What a text denies and affirms is raised for review: the four of the five real policies, and none of the examples, which have none."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.batch import Batch
from kg.errors import ConfigurationError
from kg.graph import write
from kg.query import Candidate, candidates, catalogue, question, review
from kg.store import open_store
from kg.vocabulary import load

QUERIES = Path(__file__).parent / "queries"
RAISED = [known.name for known in catalogue() if known.review]


def _built(paths: list[Path], target: Path) -> tuple[Candidate, ...]:
    vocabulary = load()
    with target.open("wb") as stream:
        write(Batch(paths, vocabulary), vocabulary, stream, "nquads")
    return tuple(candidates(open_store(target)))


def _loaded(name: str) -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=QUERIES / name / "data.trig", format=ox.RdfFormat.TRIG)
    return store


def test_the_four_of_the_real_policies_are_raised(shared: Path, tmp_path: Path) -> None:
    found = _built(sorted((shared / "policies").glob("*.txt")), tmp_path / "five.nq")

    assert {(c.question, Path(c.document).name[:3], c.denied.start) for c in found} == {
        ("asked_consent_contradicted", "003", 2677),
        ("denied_identification_contradicted", "004", 1033),
        ("denied_transfers_contradicted", "000", 2210),
        ("denied_transfers_contradicted", "003", 8216),
    }
    texts = {path.name: path.open(encoding="utf-8", newline="").read() for path in (shared / "policies").glob("*.txt")}
    for candidate in found:
        text = texts[Path(candidate.document).name]
        assert all(text[cited.start : cited.end] == cited.quote for cited in (candidate.denied, *candidate.affirmed))


def test_the_same_are_raised_in_the_graph_made_by_hand(shared: Path) -> None:
    found = candidates(open_store(shared / "bench" / "seeds" / "worked.trig"))

    assert {(candidate.question, candidate.denied.start) for candidate in found} == {
        ("asked_consent_contradicted", 2677),
        ("denied_identification_contradicted", 1033),
        ("denied_transfers_contradicted", 2210),
        ("denied_transfers_contradicted", 8216),
    }


def test_none_is_raised_where_there_is_none(examples: Path, tmp_path: Path) -> None:
    assert _built([examples], tmp_path / "examples.nq") == ()


@pytest.mark.parametrize("name", RAISED)
def test_a_question_for_reviewers_tells_them_in_both_languages(name: str) -> None:
    found = [candidate for candidate in candidates(_loaded(name)) if candidate.question == name]

    assert found
    for candidate in found:
        assert set(candidate.messages) == {"en", "fi"}
        assert candidate.message("fi") != candidate.message("en") == candidate.message("sv")
        assert candidate.affirmed
        assert candidate.denied not in candidate.affirmed
        row = candidate.as_json()
        assert (row["status"], row["severity"], row["requirement"]) == ("candidate", "Info", name)
        assert [clause["quote"] for clause in row["clauses"]] == [candidate.denied.quote, *(cited.quote for cited in candidate.affirmed)]


def test_a_sentence_that_is_repeated_is_raised_once() -> None:
    store = _loaded("denied_transfers_contradicted")
    again = """
        PREFIX pk: <https://w3id.org/policy-kg/ontology#> PREFIX dpv: <https://w3id.org/dpv#>
        INSERT { GRAPH <urn:x:again> { ?policy dpv:hasProhibition ?new . ?new ?p ?o ; pk:evidence ?clause .
            ?clause pk:inVersion ?policy ; pk:quote ?quote ; pk:startOffset 900 ; pk:endOffset 967 } }
        WHERE { GRAPH ?g { ?policy dpv:hasProhibition ?denial . ?denial ?p ?o ; pk:evidence ?old . ?old pk:quote ?quote
            FILTER (?p != pk:evidence)
            BIND (IRI(CONCAT(STR(?denial), ".again")) AS ?new) BIND (IRI(CONCAT(STR(?old), ".again")) AS ?clause) } }"""
    before = list(candidates(store))

    store.update(again)

    assert list(candidates(store)) == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# review (en): Look.\nSELECT ?policy ?clause WHERE { ?policy ?p ?clause }", r"must have \?deniedClause"),
        ("# review (fi): Katso.\nSELECT ?policy ?deniedClause ?clause WHERE { ?policy ?deniedClause ?clause }", r"# review \(en\)"),
    ],
)
def test_a_question_that_cannot_be_shown_names_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, says: str) -> None:
    path = tmp_path / "mine.rq"
    path.write_text(text, encoding="utf-8")
    mine = question(str(path))
    monkeypatch.setattr(review, "catalogue", lambda: (mine,))

    with pytest.raises(ConfigurationError, match=says):
        list(candidates(ox.Store()))
