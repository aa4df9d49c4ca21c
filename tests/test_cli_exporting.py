"""The verbs that carry the graph elsewhere, as a person uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import servers
from typer.testing import CliRunner, Result

from kg.cli import app

ROOT = Path(__file__).parents[1]


def kg(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="kg", env=environment)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graph") / "small.nq"
    assert kg("build", ROOT / "examples" / "policies" / "quillmere-2009.txt", "-o", path, "--rules-only").exit_code == 0
    return path


def test_export_tells_what_was_written_and_how_to_load_it(small: Path, tmp_path: Path) -> None:
    result = kg("export", "neo4j", small, "-o", tmp_path / "import")
    assert result.exit_code == 0, result.stderr
    told = result.stderr.split()
    assert told[told.index("Denial") + 1] == str(len((tmp_path / "import" / "nodes" / "Denial.csv").read_text().splitlines()) - 1)
    assert "neo4j-admin database import full" in result.stderr
    assert "--nodes=nodes/Denial.csv" in result.stderr


def test_export_counts_the_quads_of_rdf(small: Path, tmp_path: Path) -> None:
    result = kg("export", "trig", small, "-o", tmp_path / "out.trig")
    assert f"{len(small.read_text().splitlines()):,} quads" in result.stderr


def test_export_of_a_store_is_that_of_its_policies(tmp_path: Path) -> None:
    policy = ROOT / "examples" / "policies" / "quillmere-2009.txt"
    assert kg("build", policy, "--store", tmp_path / "store", "--rules-only").exit_code == 0
    result = kg("export", "cytoscape", "--store", tmp_path / "store", "--view", "flat", "-o", tmp_path / "flat.cyjs")
    assert result.exit_code == 0, result.stderr
    edges = [one["data"] for one in json.loads((tmp_path / "flat.cyjs").read_text(encoding="utf-8"))["elements"]["edges"]]
    assert {edge["polarity"] for edge in edges if "policy" in edge} == {"affirmed", "denied"}


def test_rdf_has_no_flat_view(small: Path, tmp_path: Path) -> None:
    result = kg("export", "turtle", small, "--view", "flat", "-o", tmp_path / "out.ttl")
    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "turtle is RDF, which has no flat view" in result.stderr


def test_push_and_its_credentials(small: Path, tmp_path: Path) -> None:
    with servers.oxigraph(tmp_path) as server:
        result = kg("push", server.url("/store"), "--graph", small, KG_PUSH_USER="me", KG_PUSH_PASSWORD="never-shown")
        assert result.exit_code == 0, result.stderr
        assert f"{len(small.read_text().splitlines()):,} quads" in result.stderr
        assert "never-shown" not in result.output
        refused = kg("push", server.url("/nowhere"), "--graph", small)
    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"kg: error: {server.url('/nowhere')}: answers 404")


def test_push_refuses_what_is_no_server(small: Path) -> None:
    result = kg("push", "ftp://graph.example", "--graph", small)
    assert result.exit_code == 2
    assert "is none of http(s)://" in result.stderr


def test_flows_as_tables_json_and_picture(small: Path, tmp_path: Path) -> None:
    result = kg("flows", small, "--picture", tmp_path / "flows.svg", "--top", "3")
    assert result.exit_code == 0, result.stderr
    assert "Recipients by reach" in result.stdout
    assert "Quillmere Books, Inc." in result.stdout
    assert "Quillmere Books, Inc." in (tmp_path / "flows.svg").read_text(encoding="utf-8")
    told = json.loads(kg("flows", small, "--format", "json").stdout)
    assert {flow["controller"] for flow in told["flows"]} == {"org:quillmere-books-inc"}
