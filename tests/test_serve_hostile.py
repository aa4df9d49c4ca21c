"""What nobody should send: each is refused with the right status, is in the log, and leaves the server up."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import quote

import pytest
from served import EX, Server, serving, write_graph

from kg.serve.inspection import MalformedError, fetched_by_update, inspect_query

pytestmark = pytest.mark.xdist_group("serve-hostile")

# Ten thousand things, so that a join of four is out of any reach and sorting a join of two takes more memory than is allowed.
MANY = "\n".join(f"<{EX}t{number}> <{EX}weighs> {number} ." for number in range(10_000))
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HUNGRY = "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f } ORDER BY DESC(CONCAT(STR(?a), STR(?d)))"
SECONDS = 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    graph = write_graph(tmp_path_factory.mktemp("hostile"), f"<{EX}things> {{ {MANY} }}")
    with serving(graph, "--seconds", str(SECONDS), "--memory", "256") as running:
        yield running


@pytest.fixture
def outside() -> Iterator[tuple[str, list[str]]]:
    """A server that a query must not reach, and the requests that reached it."""
    reached: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reached.append(self.path)
            self.send_error(500)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/", reached
        running.shutdown()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
        "SELECT * { BIND(<URL> AS ?where) SERVICE ?where { ?s ?p ?o } }",
        "SELECT * { sErViCe<URL>{ ?s ?p ?o } }",
        "SELECT * { # a comment that ends here:\rSERVICE <URL> { ?s ?p ?o } }",
        "SELECT * { # a comment\n SERVICE # another\n <URL> { ?s ?p ?o } }",
        "SELECT * { FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
        "SELECT (EXISTS { SERVICE <URL> { ?s ?p ?o } } AS ?found) {}",
        "SELECT * { { SELECT * { OPTIONAL { SERVICE <URL> { ?s ?p ?o } } } } }",
        "SELECT * { ?s ?p ?o MINUS { SERVICE <URL> { ?s ?p ?o } } }",
        "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
        "ASK { SERVICE <URL> { ?s ?p ?o } }",
    ],
)
def test_a_query_does_not_reach_out(server: Server, outside: tuple[str, list[str]], query: str) -> None:
    url, reached = outside
    answer = server.request("POST", "/sparql", query.replace("URL", url), {"Content-Type": "application/sparql-query"})
    assert (answer.status, "SERVICE is refused" in answer.text, reached) == (403, True, [])
    assert server.logged("403 .*SERVICE is refused")
    assert server.up()


@pytest.mark.parametrize("query", ["LOAD <URL>", "# SELECT\nLOAD SILENT <URL> INTO GRAPH <URL>", "SELECT * FROM <URL> { ?s ?p ?o }"])
def test_nothing_is_loaded(server: Server, outside: tuple[str, list[str]], query: str) -> None:
    url, reached = outside
    answer = server.request(
        "POST", "/sparql", query.replace("URL", url), {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
    )
    if query.startswith("SELECT"):  # the name of a graph that is not there
        assert (answer.status, sorted(answer.text.strip().split(","))) == (200, ["o", "p", "s"])
    else:
        assert (answer.status, "malformed" in answer.text) == (400, True)
    assert reached == []


@pytest.mark.parametrize("text", ["?service", '"SERVICE"', "'''\n SERVICE <x> {'''", "<http://service/>", "ex:SERVICE"])
def test_the_word_service_elsewhere_is_no_keyword(text: str) -> None:
    assert inspect_query(f"PREFIX ex: <{EX}> SELECT * {{ # SERVICE\n ?s ?p {text} }}").fetches is None


def test_loading_is_found_in_an_update_wherever_it_stands() -> None:
    assert fetched_by_update(f"INSERT DATA {{ <{EX}a> <{EX}b> 'LOAD' }}") is None
    assert fetched_by_update(f"CLEAR ALL ; LOAD <{EX}a>") == "LOAD"
    assert fetched_by_update(f"DELETE {{ ?s ?p ?o }} WHERE {{ SERVICE <{EX}a> {{ ?s ?p ?o }} }}") == "SERVICE"
    with pytest.raises(MalformedError, match="line 2"):
        fetched_by_update("CLEAR ALL ;\n LOAD NOTHING OF THIS KIND")


def test_what_the_parser_does_not_understand_is_not_run(server: Server, outside: tuple[str, list[str]]) -> None:
    url, reached = outside
    answer = server.ask(f'SELECT * {{ ?s ?p "a # string" . SERVICE <{url}> {{ ?s ?p ?o }} }}')  # rdflib 7.6 does not
    assert answer.status in (400, 403)
    assert reached == []


@pytest.mark.parametrize(
    "query",
    ["", "SELECT", "SELECT * {", "nonsense", "SELECT * { ?s ?p ?o } }", "\0", "SELECT ?s { ?s <relative> ?o }", "SELECT " + "?x" * 50_000],
)
def test_malformed(server: Server, query: str) -> None:
    answer = server.request("POST", "/sparql", query, {"Content-Type": "application/sparql-query"})
    assert (answer.status, "malformed" in answer.text) == (400, True)
    assert len(answer.text) < 500
    assert server.logged("POST /sparql 400 .*malformed")
    assert server.up()


@pytest.mark.parametrize(
    "query", [f"SELECT * {{ FILTER({'(' * 300_000}1{')' * 300_000}) }}", f"# service\nSELECT * {'{' * 5000}{'}' * 5000}"]
)
def test_nested_too_deeply(server: Server, query: str) -> None:
    answer = server.request("POST", "/sparql", query, {"Content-Type": "application/sparql-query"})
    assert answer.status in (400, 503)
    assert "nested too deeply" in answer.text
    assert server.up()


def test_a_query_of_ten_megabytes(server: Server) -> None:
    body = "SELECT * { ?s ?p ?o } #" + "x" * 10_000_000
    answer = server.request("POST", "/sparql", body, {"Content-Type": "application/sparql-query"})
    assert (answer.status, "larger than 1048576 bytes" in answer.text) == (413, True)
    assert server.logged("POST /sparql 413")
    raw(server, b"GET /sparql?query=" + b"x" * 10_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")  # which it does not read to the end
    assert server.logged(" 431 ")
    assert server.up()


def test_a_query_without_end_is_stopped_and_the_others_go_on(server: Server) -> None:
    with ThreadPoolExecutor(3) as threads:
        endless = [threads.submit(server.ask, ENDLESS) for _ in range(3)]
        quick = 0
        while not all(one.done() for one in endless):
            assert server.ask(f"SELECT ?w {{ <{EX}t7> <{EX}weighs> ?w }}").text.split() == ["w", "7"]
            quick += 1
        assert quick > 3
        for one in endless:
            assert (one.result().status, f"longer than {SECONDS} s" in one.result().text) == (503, True)
    assert server.logged("503 .*longer than")
    assert server.up()


def test_a_query_that_wants_all_memory(server: Server) -> None:
    answer = server.ask(HUNGRY)
    assert (answer.status, "stopped" in answer.text) == (503, True)
    assert server.up()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..%2f..%2fetc%2fpasswd", "x\ny", "<x>", "http://x/ y", "%00", "", "http://x/>}#", " "]
)
def test_the_name_of_a_graph_is_an_iri(server: Server, name: str) -> None:
    answer = server.request("GET", f"/data?graph={quote(name)}")
    assert (answer.status, "root:" in answer.text) == (400, False)
    assert server.up()


def test_a_name_that_points_to_a_file_opens_none(server: Server) -> None:
    assert server.request("GET", "/data?graph=file:///etc/passwd").status == 404
    for target in (
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "/static/..%2fserver.py",
        "/static//etc/passwd",
        "/questions/..%2f..%2fREADME",
    ):
        answer = server.request("GET", target)
        assert (answer.status, "import" in answer.text) == (404, False)


def raw(server: Server, sent: bytes) -> bytes:
    """What the server says first to these bytes; nothing where it closes the connection at once."""
    with closing(socket.create_connection(server.address, 20)) as connection:
        try:
            connection.sendall(sent)
            return connection.recv(1 << 16)
        except ConnectionError:
            return b""


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-Much: " + b"y" * 100_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(20_000)) + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nBad Name: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n", 400),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n", 400),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: rot13\r\n\r\n", 501),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"nonsense\r\n\r\n", 400),
    ],
)
def test_abused_headers(server: Server, sent: bytes, status: int) -> None:
    assert int(raw(server, sent).split()[1]) == status
    assert server.logged(f" {status} ")
    assert server.up()


def test_a_forged_line_does_not_get_into_the_log(server: Server) -> None:
    server.request("GET", "/sparql?query=" + quote("SELECT\n2026-01-01T00:00:00Z 127.0.0.1 GET /forged 200"))
    server.request("GET", "/%0a2026-01-01T00:00:00Z%20forged%1b[31m")
    assert server.logged("GET /%0a2026")
    assert not any(line.startswith("2026-01-01") or "\x1b" in line for line in server.log)


def test_half_open_connections(tmp_path_factory: pytest.TempPathFactory) -> None:
    with serving(write_graph(tmp_path_factory.mktemp("half"))) as server:
        starts = (
            b"",
            b"GET / HT",
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\nContent-Length: 900\r\n\r\nSEL",
        )
        waiting = [socket.create_connection(server.address, 30) for _ in range(40) for _ in starts]
        for number, connection in enumerate(waiting):
            connection.sendall(starts[number % 3])
        assert server.up()
        begun = time.monotonic()
        ends = []
        for connection in waiting:
            with closing(connection):
                try:
                    ends.append(connection.recv(1 << 12))
                except ConnectionResetError:
                    ends.append(b"")
        assert time.monotonic() - begun < 25
        assert {end.split()[1] for end in ends if end} == {b"408"}
        assert server.logged("408 .*did not arrive")
        assert server.up()


def test_a_client_that_leaves_takes_its_query_with_it(server: Server) -> None:
    request = f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with closing(socket.create_connection(server.address, 20)) as connection:
        connection.sendall(request)
        time.sleep(0.3)
    assert server.logged(" 499 .*went away")
    assert server.up()
