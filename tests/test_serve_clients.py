"""The clients that people use each get the right rows from a real server; and who may change a graph."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from served import EX, Server, serving, write_graph
from SPARQLWrapper import CSV, JSON, N3, POST, TSV, TURTLE, XML, SPARQLWrapper
from typer.testing import CliRunner

from kg.cli import app
from kg.errors import ConfigurationError
from kg.hosts import is_loopback
from kg.serve import token
from kg.serve.server import names
from kg.store import open_store

pytestmark = pytest.mark.xdist_group("serve-clients")

SELLERS = f"SELECT ?shop ?what {{ ?shop <{EX}sells> ?what }} ORDER BY ?shop"
SOLD = [(f"{EX}jalka", f"{EX}socks"), (f"{EX}kettu", f"{EX}boots")]
SECRET = "correct-horse-battery-staple"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write_graph(tmp_path_factory.mktemp("clients"))) as running:
        yield running


def wrapper(server: Server, query: str, format: str) -> SPARQLWrapper:
    client = SPARQLWrapper(f"{server.url}/sparql", returnFormat=format)
    client.setQuery(query)
    return client


def test_sparqlwrapper_by_get_and_post(server: Server) -> None:
    for method in ("GET", POST):
        client = wrapper(server, SELLERS, JSON)
        client.setMethod(method)
        found = client.queryAndConvert()["results"]["bindings"]
        assert [(row["shop"]["value"], row["what"]["value"]) for row in found] == SOLD


def test_sparqlwrapper_in_every_form(server: Server) -> None:
    assert wrapper(server, SELLERS, XML).queryAndConvert().getElementsByTagName("uri").length == 4
    assert wrapper(server, SELLERS, CSV).queryAndConvert().decode().splitlines()[1:] == [",".join(row) for row in SOLD]
    assert wrapper(server, SELLERS, TSV).queryAndConvert().decode().splitlines()[1:] == ["\t".join(f"<{t}>" for t in row) for row in SOLD]
    for format in (TURTLE, N3, XML):
        graph = wrapper(server, "CONSTRUCT WHERE { ?s ?p ?o }", format).queryAndConvert()
        if isinstance(graph, bytes):
            graph = rdflib.Graph().parse(data=graph, format="turtle")
        assert len(graph) == 3
    assert wrapper(server, f"ASK {{ <{EX}kettu> ?p ?o }}", JSON).queryAndConvert() == {"head": {}, "boolean": True}


def test_sparqlwrapper_is_told_what_is_wrong(server: Server) -> None:
    from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

    with pytest.raises(QueryBadFormed, match="malformed"):
        wrapper(server, "SELECT * {", JSON).query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_asks_the_endpoint_as_a_store(server: Server, method: str) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{server.url}/sparql", method=method))
    assert [(str(shop), str(what)) for shop, what in graph.query(SELLERS)] == SOLD
    assert (rdflib.URIRef(f"{EX}kettu"), rdflib.URIRef(f"{EX}name"), rdflib.Literal("Kettu Ä", lang="fi")) in graph
    assert {str(thing) for thing in graph.objects(rdflib.URIRef(f"{EX}jalka"))} == {f"{EX}socks"}
    assert len(graph) == 3


def test_rdflib_reads_one_graph_of_the_endpoint(server: Server) -> None:
    store = SPARQLStore(f"{server.url}/sparql", context_aware=True)
    graph = rdflib.Graph(store, identifier=rdflib.URIRef(f"{EX}two"))
    assert [str(subject) for subject in graph.subjects(rdflib.URIRef(f"{EX}sells"))] == [f"{EX}jalka"]


def curl(*arguments: str) -> str:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed: apt-get install curl")
    command = ["curl", "--silent", "--show-error", "--max-time", "30", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_curl(server: Server, tmp_path: Path) -> None:
    rows = ["shop,what", *(",".join(row) for row in SOLD)]
    accept = ("--header", "Accept: text/csv")
    assert curl(f"{server.url}/sparql", *accept, "--data-urlencode", f"query={SELLERS}").splitlines() == rows
    assert curl("--get", f"{server.url}/sparql", *accept, "--data-urlencode", f"query={SELLERS}").splitlines() == rows
    (tmp_path / "sellers.rq").write_text(SELLERS)
    direct = ("--header", "Content-Type: application/sparql-query", "--data-binary", f"@{tmp_path / 'sellers.rq'}")
    assert curl(f"{server.url}/sparql", *accept, *direct).splitlines() == rows
    assert len(json.loads(curl(f"{server.url}/sparql", "--data-urlencode", f"query={SELLERS}"))["results"]["bindings"]) == 2
    assert f"<{EX}kettu>" in curl(f"{server.url}/data?graph={EX}one", "--header", "Accept: application/n-triples")
    assert curl("--head", f"{server.url}/data?graph={EX}none").startswith("HTTP/1.1 404")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    import pyoxigraph

    opened = pyoxigraph.Store(str(tmp_path / "store"))
    opened.load(path=str(write_graph(tmp_path)), format=pyoxigraph.RdfFormat.TRIG)
    opened.flush()
    return tmp_path / "store"


def update(server: Server, text: str, authorization: str = "") -> tuple[int, str]:
    headers = {"Content-Type": "application/sparql-update"} | ({"Authorization": authorization} if authorization else {})
    answer = server.request("POST", "/sparql", text, headers)
    if answer.status == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
    return answer.status, answer.text


def test_updates_are_for_those_who_know_the_token(store: Path) -> None:
    with serving("--store", store, "--writable", environment={"KG_SERVE_TOKEN": SECRET}) as server:
        insert = f"INSERT DATA {{ GRAPH <{EX}three> {{ <{EX}lumi> <{EX}sells> <{EX}snow> }} }}"
        for wrong in ("", "Bearer", "Bearer wrong", f"Basic {SECRET}", f"Bearer {SECRET[:-1]}", f"Bearer {SECRET}x", "Bearer \xff"):
            assert update(server, insert, wrong)[0] == 401
        assert server.logged("POST /sparql 401 ")
        assert "snow" not in server.ask(SELLERS).text
        for bad, status in (("LOAD <http://127.0.0.1:9/>", 403), ("INSERT NONSENSE", 400)):
            assert update(server, bad, f"Bearer {SECRET}")[0] == status
        assert update(server, insert, f"Bearer {SECRET}") == (204, "")
        assert "snow" in server.ask(SELLERS).text
        assert "SPARQL11Update" in server.get("/sparql").text
        assert not any(SECRET in line for line in server.log)
        with_wrapper = SPARQLWrapper(f"{server.url}/sparql")
        with_wrapper.setMethod(POST)
        with_wrapper.addCustomHttpHeader("Authorization", f"Bearer {SECRET}")
        with_wrapper.setQuery(f"CLEAR GRAPH <{EX}three>")
        assert with_wrapper.query().response.status == 204
        assert "snow" not in server.ask(SELLERS).text
        assert server.up()
    assert len(open_store(store)) == 3


def test_a_store_is_read_only_unless_it_is_told_otherwise(store: Path) -> None:
    with serving("--store", store, environment={"KG_SERVE_TOKEN": SECRET}) as server:
        assert update(server, "CLEAR ALL", f"Bearer {SECRET}")[0] == 403
        assert server.ask(SELLERS).text.splitlines()[1:] == [",".join(row) for row in SOLD]


def test_the_token_is_in_a_file_that_only_its_owner_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "token"
    place.write_text(f"{SECRET}\n")
    place.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        token(place)
    place.chmod(0o600)
    assert token(place) == SECRET
    place.write_text("short")
    with pytest.raises(ConfigurationError, match="16 characters"):
        token(place)
    with pytest.raises(ConfigurationError, match="No such file"):
        token(tmp_path / "absent")
    monkeypatch.delenv("KG_SERVE_TOKEN", raising=False)
    with pytest.raises(ConfigurationError, match="KG_SERVE_TOKEN"):
        token(None)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["graph.trig", "--writable"], "--writable needs --store"),
        (["graph.trig", "--store", "store"], "not both"),
        (["graph.trig", "--token-file", "token"], "--writable only"),
        (["absent.trig"], "it is not there"),
        (["graph.trig", "--host", "198.51.100.7", "--port", "1"], "choose another with --host"),
    ],
)
def test_wrong_usage(arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_graph(tmp_path)
    result = CliRunner().invoke(app, ["serve", *arguments], prog_name="kg")
    assert (result.exit_code, says in " ".join(result.stderr.split())) == (2, True), result.stderr


def test_a_broken_graph_is_one_clear_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["serve", str(write_graph(tmp_path, "no graph"))], prog_name="kg")
    assert (result.exit_code, result.stderr.count("kg: error:"), "graph.trig" in result.stderr) == (3, 1, True)


def test_a_port_that_is_taken(server: Server, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["serve", str(write_graph(tmp_path)), "--port", str(server.address[1])], prog_name="kg")
    assert (result.exit_code, "choose another" in " ".join(result.stderr.split())) == (2, True)


def test_which_addresses_are_of_this_machine_alone() -> None:
    assert [is_loopback(host) for host in ("127.0.0.1", "127.8.8.8", "::1", "localhost")] == [True] * 4
    assert [is_loopback(host) for host in ("0.0.0.0", "::", "192.0.2.1", "kg.example", "localhost.kg.example")] == [False] * 5


def test_a_public_address_gives_a_warning(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["serve", str(write_graph(tmp_path)), "--host", "198.51.100.7"], prog_name="kg")  # nobody's (RFC 5737)
    assert "198.51.100.7 is reached from other machines" in " ".join(result.stderr.split())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_it_is_told_to_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "scratch").mkdir()
    with serving(write_graph(tmp_path), environment={"TMPDIR": str(tmp_path / "scratch")}) as server:
        assert server.up()
        assert len(list((tmp_path / "scratch").iterdir())) == 1
        keepers = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        children = [int(child) for child in keepers.read_text().split()] if keepers.exists() else []
        server.process.send_signal(number)
        assert server.process.wait(20) == 0
        assert list((tmp_path / "scratch").iterdir()) == []
        assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_help_has_examples_and_says_where_it_listens() -> None:
    result = CliRunner().invoke(app, ["serve", "--help"], prog_name="kg", env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert "kg serve" in result.stdout.partition("Examples:")[2]
    assert "127.0.0.1" in result.stdout


def test_which_names_it_answers_to() -> None:
    assert names("127.0.0.1") == ["localhost", "127.0.0.1", "::1"]
    assert names("127.8.8.8") == ["localhost", "127.0.0.1", "::1", "127.8.8.8"]
    assert names("198.51.100.7") == ["*"]
