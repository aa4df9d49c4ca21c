"""Exports and pushes into real databases, which are asked the catalogue's questions in Cypher and give the rows of SPARQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import ladybug
import neo4j
import pyoxigraph
import pytest
import servers
from servers import PASSWORD, USER, Server

from kg import iris, resources
from kg.errors import ConfigurationError
from kg.export import EXPORTERS
from kg.export.items import Node
from kg.export.projection import project
from kg.namespaces import compress
from kg.push import Credentials, Protocol, PushError, push, target
from kg.query import question, run
from kg.store import open_store

pytestmark = pytest.mark.xdist_group("engines")

QUESTIONS = sorted(path.stem for path in (resources.queries_dir() / "cypher").glob("*.cypher"))
# Each with the defaults of its parameters, and with the other value of the one that its Cypher has.
ASKED = [*((name, {}) for name in QUESTIONS), ("transfers_outside_eea", {"region": "loc:EU"})]
IDS = ["-".join((name, *given)) for name, given in ASKED]
Given = dict[str, str]
Rows = set[tuple[str, ...]]


def build(policies: Path, target: Path) -> Path:
    """The graph of a folder of policies, as the command line makes it."""
    command = [sys.executable, "-m", "kg.cli", "build", str(policies), "-o", str(target), "--rules-only"]
    subprocess.run(command, check=True, capture_output=True)
    return target


@pytest.fixture(scope="module")
def example_graph(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(examples, tmp_path_factory.mktemp("graph") / "examples.nq")


@pytest.fixture(scope="module")
def five(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(shared / "policies", tmp_path_factory.mktemp("graph") / "five.trig")


def cypher(name: str) -> str:
    return (resources.queries_dir() / "cypher" / f"{name}.cypher").read_text(encoding="utf-8")


def parameters(name: str, given: Given) -> Given:
    """What SPARQL binds, defaults too, for Cypher."""
    return {key: term.value for key, term in question(name).bind(given).items()}


def by_sparql(graph: Path, name: str, given: Given) -> Rows:
    return {tuple(compress(cell) for cell in row) for row in run(open_store(graph), name, given).cells()}


def told(rows: list[list[object]]) -> Rows:
    """Rows of an engine as `by_sparql` tells them."""
    return {tuple("" if cell is None else compress(str(cell)) for cell in row) for row in rows}


# ---- LadybugDB


def ladybug_of(graph: Path, folder: Path) -> ladybug.Connection:
    EXPORTERS["ladybug"].write(graph, folder / "out")
    connection = ladybug.Connection(ladybug.Database(":memory:"))
    for name in ("schema.cypher", "copy.cypher"):
        for statement in (folder / "out" / name).read_text(encoding="utf-8").splitlines():
            connection.execute(statement.replace("FROM '", f"FROM '{folder}/out/") if name == "copy.cypher" else statement)
    return connection


@pytest.fixture(scope="module", params=["example_graph", "five"])
def in_ladybug(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ladybug.Connection]:
    graph = request.getfixturevalue(request.param)
    return graph, ladybug_of(graph, tmp_path_factory.mktemp("ladybug"))


@pytest.mark.parametrize(("name", "given"), ASKED, ids=IDS)
def test_questions_have_the_same_rows_on_ladybug(in_ladybug: tuple[Path, ladybug.Connection], name: str, given: Given) -> None:
    graph, connection = in_ladybug
    expected = by_sparql(graph, name, given)

    assert expected
    assert told(connection.execute(cypher(name), parameters(name, given)).get_all()) == expected


def test_ladybug_holds_every_node_and_edge(in_ladybug: tuple[Path, ladybug.Connection]) -> None:
    graph, connection = in_ladybug
    items = list(project(graph))

    assert {(row[0], row[1]) for row in connection.execute("MATCH (n) RETURN n.iri, label(n)").get_all()} == {
        (item.id, item.label) for item in items if isinstance(item, Node)
    }
    assert {tuple(row) for row in connection.execute("MATCH (a)-[e]->(b) RETURN e.id, label(e), a.iri, b.iri, e.quote").get_all()} == {
        (item.id, item.label, item.source, item.target, item.properties.get("quote")) for item in items if not isinstance(item, Node)
    }


# ---- ArcadeDB


@pytest.fixture(scope="module")
def arcade(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers.arcadedb(tmp_path_factory.mktemp("arcadedb")) as server:
        yield server


@pytest.fixture(scope="module")
def ask(arcade: Server) -> Iterator[Callable[..., list[list[object]]]]:
    """Asks a database of ArcadeDB."""
    with neo4j.GraphDatabase.driver(arcade.url(scheme="bolt"), auth=(USER, PASSWORD)) as driver:

        def asked(database: str, query: str, given: Given | None = None) -> list[list[object]]:
            # A transaction that another one crossed is tried again by the driver, as the protocol wants it.
            with driver.session(database=database) as session:
                return session.execute_write(lambda transaction: [list(record.values()) for record in transaction.run(query, given)])

        yield asked


def push_to(arcade: Server, graph: Path, database: str) -> None:
    push(graph, target(arcade.url(scheme="bolt")), Credentials(USER, PASSWORD), database)


Ask = Callable[..., list[list[object]]]
CONTENT = (
    "MATCH (n) RETURN labels(n), properties(n)",
    "MATCH (a)-[e]->(b) RETURN a.iri, type(e), properties(e), b.iri",
)


def content(ask: Ask, database: str) -> list[str]:
    """Everything that a database holds."""
    rows = (row for query in CONTENT for row in ask(database, query))
    return sorted(repr([sorted(cell.items()) if isinstance(cell, dict) else cell for cell in row]) for row in rows)


@pytest.fixture(scope="module")
def pushed(arcade: Server, five: Path) -> Path:
    push_to(arcade, five, "pushed")
    return five


@pytest.fixture(scope="module")
def scripted(ask: Ask, example_graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    script = tmp_path_factory.mktemp("script") / "graph.cypher"
    EXPORTERS["cypher"].write(example_graph, script)
    for line in script.read_text(encoding="utf-8").splitlines():
        ask("scripted", line.removesuffix(";"))
    return example_graph


@pytest.mark.parametrize(("name", "given"), ASKED, ids=IDS)
def test_questions_have_the_same_rows_on_arcadedb_after_a_push(pushed: Path, ask: Ask, name: str, given: Given) -> None:
    expected = by_sparql(pushed, name, given)

    assert expected
    assert told(ask("pushed", cypher(name), parameters(name, given))) == expected


@pytest.mark.parametrize(("name", "given"), ASKED, ids=IDS)
def test_questions_have_the_same_rows_on_arcadedb_after_the_script(scripted: Path, ask: Ask, name: str, given: Given) -> None:
    expected = by_sparql(scripted, name, given)

    assert expected
    assert told(ask("scripted", cypher(name), parameters(name, given))) == expected


def test_pushing_twice_over_bolt_changes_nothing(arcade: Server, pushed: Path, ask: Ask) -> None:
    before = content(ask, "pushed")
    items = list(project(pushed))
    push_to(arcade, pushed, "pushed")

    assert len(before) == len(items)
    assert content(ask, "pushed") == before


def test_a_push_that_was_killed_is_completed_by_pushing_again(arcade: Server, pushed: Path, ask: Ask) -> None:
    code = (
        "import sys; from pathlib import Path; from kg.push import credentials, push, target; "
        "push(Path(sys.argv[1]), target(sys.argv[2]), credentials(), 'broken')"
    )
    environment = {**os.environ, "KG_PUSH_USER": USER, "KG_PUSH_PASSWORD": PASSWORD}
    process = subprocess.Popen([sys.executable, "-c", code, str(pushed), arcade.url(scheme="bolt")], env=environment)
    for _ in range(600):
        time.sleep(0.05)
        done = ask("broken", "MATCH (note:KgPush) RETURN note.batches")
        if done and done[0][0] >= 2:  # type: ignore[operator]
            break
    process.send_signal(signal.SIGKILL)
    assert process.wait(20) == -signal.SIGKILL
    broken = ask("broken", "MATCH (n) RETURN count(n)")[0][0]

    assert 0 < broken < ask("pushed", "MATCH (n) RETURN count(n)")[0][0]  # type: ignore[operator]
    push_to(arcade, pushed, "broken")
    assert content(ask, "broken") == content(ask, "pushed")


def test_a_wrong_password_is_told_without_the_password(arcade: Server, example_graph: Path) -> None:
    with pytest.raises(PushError, match="wants a user and a password, or refuses these") as caught:
        push(example_graph, target(arcade.url(scheme="bolt")), Credentials(USER, "not-the-one-at-all"), "pushed")
    assert "not-the-one" not in str(caught.value)


# ---- RDF


def triples_of(graph: Path) -> dict[str, int]:
    store = open_store(graph)
    return {name.value: sum(1 for _ in store.quads_for_pattern(None, None, None, name)) for name in store.named_graphs()}  # type: ignore[union-attr]


def counted(server: Server, path: str) -> dict[str, int]:
    query = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    answer = httpx.get(server.url(path), params={"query": query}, headers={"accept": "application/sparql-results+json"}, timeout=60)
    rows = answer.raise_for_status().json()["results"]["bindings"]
    return {row["g"]["value"]: int(row["n"]["value"]) for row in rows if row["g"]["value"].startswith("https://w3id.org/policy-kg/")}


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers.oxigraph(tmp_path_factory.mktemp("oxigraph")) as server:
        yield server


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with servers.virtuoso(tmp_path_factory.mktemp("virtuoso")) as server:
        yield server


@pytest.mark.parametrize(("path", "protocol"), [("/store", Protocol.STORE), ("/update", Protocol.UPDATE)])
def test_oxigraph_takes_the_push_once_or_twice(oxigraph: Server, example_graph: Path, path: str, protocol: Protocol) -> None:
    httpx.post(oxigraph.url("/update"), content="DROP ALL", headers={"content-type": "application/sparql-update"}).raise_for_status()
    for _ in range(2):
        push(example_graph, target(oxigraph.url(path), protocol))
        assert counted(oxigraph, "/query") == triples_of(example_graph)
    dumped = httpx.get(oxigraph.url("/store"), headers={"accept": "application/n-quads"}, timeout=60).raise_for_status()
    held = pyoxigraph.Store()
    held.bulk_load(dumped.content, pyoxigraph.RdfFormat.N_QUADS)
    assert set(held) == set(open_store(example_graph))


def test_a_second_push_of_other_policies_leaves_the_first(oxigraph: Server, example_graph: Path, five: Path) -> None:
    for graph in (example_graph, five):
        push(graph, target(oxigraph.url("/store")))
    both = triples_of(example_graph) | triples_of(five)
    held = counted(oxigraph, "/query")

    assert {name: n for name, n in held.items() if not name.startswith(iris.CATALOG.rpartition("/")[0])} == {
        name: n for name, n in both.items() if not name.startswith(iris.CATALOG.rpartition("/")[0])
    }
    assert held[iris.ORGANISATIONS] > max(triples_of(graph)[iris.ORGANISATIONS] for graph in (example_graph, five))


def test_virtuoso_takes_the_push_with_digest_authentication(virtuoso: Server, example_graph: Path) -> None:
    to = target(virtuoso.url("/sparql-graph-crud-auth"))
    with pytest.raises(PushError, match="wants a user and a password"):
        push(example_graph, to)
    for _ in range(2):
        push(example_graph, to, Credentials("dba", PASSWORD))
        assert counted(virtuoso, "/sparql") == triples_of(example_graph)


def test_virtuoso_takes_updates_of_what_its_sparql_can_say(virtuoso: Server, example_graph: Path, tmp_path: Path) -> None:
    # Its SPARQL, unlike its graph store, knows no xsd:duration, and says so.
    to = target(virtuoso.url("/sparql-auth"), Protocol.UPDATE)
    with pytest.raises(PushError, match="xsd:duration"):
        push(example_graph, to, Credentials("dba", PASSWORD))
    lines = [line for line in example_graph.read_text(encoding="utf-8").splitlines(keepends=True) if "XMLSchema#duration>" not in line]
    (tmp_path / "without.nq").write_text("".join(lines), encoding="utf-8")
    for _ in range(2):
        push(tmp_path / "without.nq", to, Credentials("dba", PASSWORD))
        assert counted(virtuoso, "/sparql") == triples_of(tmp_path / "without.nq")


def test_virtuoso_takes_the_five_policies(virtuoso: Server, five: Path) -> None:
    push(five, target(virtuoso.url("/sparql-graph-crud-auth")), Credentials("dba", PASSWORD))
    held, sent = counted(virtuoso, "/sparql"), triples_of(five)
    shared = iris.CATALOG.rpartition("/")[0]  # what is said of all policies grows with each push
    own = [name for name in sent if not name.startswith(shared)]
    assert len(own) == 10
    assert [held[name] for name in own] == [sent[name] for name in own]


def test_a_server_that_is_not_there_is_named(example_graph: Path) -> None:
    url = f"http://127.0.0.1:{servers.free_port()}/store"
    with pytest.raises(PushError, match=f"{url}: cannot be reached"):
        push(example_graph, target(url))


def test_a_password_in_the_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigurationError, match="holds a user") as caught:
        target("https://me:a-secret@graph.example/store")
    assert "a-secret" not in str(caught.value)
