"""Questions to a SPARQL endpoint: a real Oxigraph server in a process of its own, and servers that misbehave."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from kg.cli import app
from kg.query import EndpointError, Kind, QueryError, catalogue, run, run_at
from kg.query.endpoint import with_values
from kg.query.rows import Rows

DATA = Path(__file__).parent / "queries"
SERVED = ("transfers_outside_eea", "least_certain", "rights_stated", "data_flows")


def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def terms(rows: Rows) -> Counter[tuple[str, ...]]:
    return Counter(tuple(str(term) for term in row) for row in rows.rows)


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    for name in SERVED:
        store.load(path=DATA / name / "data.trig", format=ox.RdfFormat.TRIG)
    return store


@pytest.fixture(scope="module")
def endpoint(store: ox.Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served")
    served = ox.Store(str(folder / "store"))
    served.extend(store)
    served.flush()
    del served
    number = port()
    program = Path(sys.executable).with_name("oxigraph")
    command = [
        str(program),
        "serve-read-only",
        "--location",
        str(folder / "store"),
        "--bind",
        f"127.0.0.1:{number}",
        "--union-default-graph",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        for _ in range(200):
            try:
                urlopen(f"http://127.0.0.1:{number}/", timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{number}/query"
        server.terminate()


@pytest.mark.parametrize("name", SERVED)
def test_rows_are_those_of_the_store(endpoint: str, store: ox.Store, name: str) -> None:
    assert terms(run_at(endpoint, name)) == terms(run(store, name))


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("least_certain", {"threshold": "0.12"}),
        ("transfers_outside_eea", {"region": "EU", "controller": "org:meteor-oy"}),
        ("data_flows", {"recipient": "org:vendor"}),
    ],
)
def test_parameters_reach_the_sub_selects(endpoint: str, store: ox.Store, name: str, parameters: dict[str, str]) -> None:
    found = run_at(endpoint, name, parameters)
    assert found.rows
    assert terms(found) == terms(run(store, name, parameters))


@pytest.mark.parametrize("name", [known.name for known in catalogue()])
def test_values_mean_what_binding_means(name: str) -> None:
    store = ox.Store()
    store.load(path=DATA / name / "data.trig", format=ox.RdfFormat.TRIG)
    [known] = [known for known in catalogue() if known.name == name]
    everything = run(store, name)
    for parameter in known.parameters:
        column = everything.columns.index(parameter.name)
        for value in {row[column] for row in everything.rows if isinstance(row[column], ox.NamedNode)}:
            given = {parameter.name: value.value}  # type: ignore[union-attr]
            answer = store.query(with_values(known.text, known.bind(given)), use_default_graph_as_union=True)
            assert isinstance(answer, ox.QuerySolutions)
            assert terms(Rows(Kind.SELECT, (), tuple(tuple(row) for row in answer))) == terms(run(store, name, given))


def test_ask_and_construct(endpoint: str) -> None:
    assert run_at(endpoint, "ASK { ?s ?p ?o }").boolean is True
    built = run_at(endpoint, "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } LIMIT 3")
    assert (built.kind, len(built)) == (Kind.CONSTRUCT, 3)


def test_the_command_asks_the_endpoint(endpoint: str) -> None:
    result = CliRunner().invoke(app, ["query", "transfers_outside_eea", "--endpoint", endpoint, "-f", "csv"])
    assert result.exit_code == 0, result.stderr
    assert "meteor-oy" in result.stdout
    both = CliRunner().invoke(app, ["query", "transfers_outside_eea", "--endpoint", endpoint, "--graph", "x.trig"])
    assert (both.exit_code, "not both" in both.stderr) == (2, True)


def test_what_the_server_says_of_a_bad_query_is_told(endpoint: str) -> None:
    with pytest.raises(EndpointError, match="400"):
        run_at(endpoint, "SELECT * WHERE { ?s ?p }")


def test_updates_and_service_never_leave_the_house() -> None:
    for query in ("INSERT DATA { <urn:a> <urn:b> 1 }", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"):
        with pytest.raises(QueryError):
            run_at("http://127.0.0.1:9/query", query)


class _Misbehaving(BaseHTTPRequestHandler):
    visited: list[str] = []  # noqa: RUF012

    def do_POST(self) -> None:
        self.visited.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
        elif self.path == "/slow":
            time.sleep(2)
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>no result</html>")

    do_GET = do_POST  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def misbehaving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Misbehaving)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Misbehaving.visited.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_redirect_is_not_followed(misbehaving: str) -> None:
    with pytest.raises(EndpointError, match="redirects to"):
        run_at(f"{misbehaving}/moved", "ASK { }")
    assert _Misbehaving.visited == ["/moved"]


def test_a_slow_endpoint_is_given_up(misbehaving: str) -> None:
    with pytest.raises(EndpointError, match=r"no answer within 0\.2 seconds"):
        run_at(f"{misbehaving}/slow", "ASK { }", seconds=0.2)


def test_an_answer_that_is_no_result_is_said(misbehaving: str) -> None:
    with pytest.raises(EndpointError, match="no SPARQL result"):
        run_at(f"{misbehaving}/page", "ASK { }")


@pytest.mark.parametrize(
    ("url", "reason"), [("file:///etc/passwd", "http or https"), ("http://127.0.0.1:9/", "cannot be reached"), ("x", "http")]
)
def test_an_address_of_no_use_is_said(url: str, reason: str) -> None:
    with pytest.raises(EndpointError, match=reason):
        run_at(url, "ASK { }")
