"""The SPARQL 1.1 Protocol, the Graph Store HTTP Protocol and the Service Description, request by request, against a real server.

The table follows the specification's sections 2.1 and 2.2 and covers what the W3C's protocol test suite asks of query operations.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
import rdflib
from rdflib.compare import isomorphic
from rdflib.plugins.sparql.results.xmlresults import XMLResultParser
from served import EX, GRAPH, Server, serving, write_graph

from kg.resources import queries_dir

pytestmark = pytest.mark.xdist_group("serve-protocol")

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
SELLERS = f"SELECT ?shop {{ ?shop <{EX}sells> ?what }} ORDER BY ?shop"
IN_NAMED = f"SELECT ?shop {{ GRAPH ?g {{ ?shop <{EX}sells> ?what }} }} ORDER BY ?shop"
BOTH, KETTU, JALKA, NONE = ("kettu", "jalka"), ("kettu",), ("jalka",), ()
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write_graph(tmp_path_factory.mktemp("protocol"))) as running:
        yield running


@dataclass(frozen=True)
class Case:
    """A request and what it must get: the shops in its rows, or a status and a word of the message."""

    name: str
    method: str = "GET"
    search: tuple[tuple[str, str], ...] = ()
    content_type: str = ""
    body: str | bytes = b""
    shops: tuple[str, ...] | None = None
    status: int = 200
    says: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def form(*fields: tuple[str, str]) -> str:
    return urlencode(fields)


ONE, TWO = f"{EX}one", f"{EX}two"
CASES = [
    Case("query by GET", search=(("query", SELLERS),), shops=BOTH),
    Case("query by a form", "POST", (), FORM, form(("query", SELLERS)), BOTH),
    Case("query by a form with a character set", "POST", (), f"{FORM}; charset=UTF-8", form(("query", SELLERS)), BOTH),
    Case("query as the body", "POST", (), QUERY, SELLERS, BOTH),
    Case("query as the body with a character set", "POST", (), f"{QUERY}; charset=utf-8", SELLERS, BOTH),
    Case("default graph, by GET", search=(("query", SELLERS), ("default-graph-uri", ONE)), shops=KETTU),
    Case("default graph, by a form", "POST", (), FORM, form(("query", SELLERS), ("default-graph-uri", TWO)), JALKA),
    Case("default graph, beside a body", "POST", (("default-graph-uri", ONE),), QUERY, SELLERS, KETTU),
    Case("two default graphs", search=(("query", SELLERS), ("default-graph-uri", ONE), ("default-graph-uri", TWO)), shops=BOTH),
    Case("a default graph leaves no named ones", search=(("query", IN_NAMED), ("default-graph-uri", ONE)), shops=NONE),
    Case("named graph, by GET", search=(("query", IN_NAMED), ("named-graph-uri", ONE)), shops=KETTU),
    Case("named graph, by a form", "POST", (), FORM, form(("query", IN_NAMED), ("named-graph-uri", TWO)), JALKA),
    Case("named graph, beside a body", "POST", (("named-graph-uri", TWO),), QUERY, IN_NAMED, JALKA),
    Case("two named graphs", search=(("query", IN_NAMED), ("named-graph-uri", ONE), ("named-graph-uri", TWO)), shops=BOTH),
    Case("a named graph leaves the default one empty", search=(("query", SELLERS), ("named-graph-uri", ONE)), shops=NONE),
    Case("a whole dataset", search=(("query", SELLERS), ("default-graph-uri", ONE), ("named-graph-uri", TWO)), shops=KETTU),
    Case(
        "a whole dataset, its named part", search=(("query", IN_NAMED), ("default-graph-uri", ONE), ("named-graph-uri", TWO)), shops=JALKA
    ),
    Case("FROM", search=(("query", SELLERS.replace("{", f"FROM <{ONE}> {{", 1)),), shops=KETTU),
    Case("FROM NAMED", search=(("query", IN_NAMED.replace("{", f"FROM NAMED <{TWO}> {{", 1)),), shops=JALKA),
    Case(
        "the request's dataset goes before FROM",
        search=(("query", SELLERS.replace("{", f"FROM <{ONE}> {{", 1)), ("default-graph-uri", TWO)),
        shops=JALKA,
    ),
    Case("from, where it is no keyword", search=(("query", f"# from\n{SELLERS}"),), shops=BOTH),
    Case("without a dataset the default graph is the union", search=(("query", IN_NAMED),), shops=BOTH),
    Case("a graph that is not there is empty", search=(("query", SELLERS), ("default-graph-uri", f"{EX}none")), shops=NONE),
    Case("no query", "POST", (), FORM, "", status=400, says="exactly one query"),
    Case("a dataset, but no query", search=(("default-graph-uri", ONE),), status=400, says="exactly one query"),
    Case("two queries by GET", search=(("query", "ASK {}"), ("query", SELLERS)), status=400, says="exactly one query"),
    Case("two queries in a form", "POST", (), FORM, form(("query", "ASK {}"), ("query", SELLERS)), status=400, says="exactly one query"),
    Case("a query in the body and one beside it", "POST", (("query", "ASK {}"),), QUERY, SELLERS, status=400, says="the body"),
    Case("malformed", search=(("query", "SELECT ?shop { ?shop"),), status=400, says="malformed"),
    Case("malformed, in a form", "POST", (), FORM, form(("query", "SELECT * WHERE")), status=400, says="malformed"),
    Case("an update sent as a query", search=(("query", "CLEAR ALL"),), status=400, says="malformed"),
    Case("a form without its content type", "POST", (), "", form(("query", SELLERS)), status=415, says="content type"),
    Case("a body without its content type", "POST", (), "", SELLERS, status=415, says="content type"),
    Case("another content type", "POST", (), "text/plain", SELLERS, status=415, says="content type"),
    Case("another character set", "POST", (), f"{QUERY}; charset=utf-16", SELLERS.encode("utf-16"), status=415, says="UTF-8"),
    Case("a body that is not UTF-8", "POST", (), QUERY, SELLERS.encode("utf-16"), status=400, says="UTF-8"),
    Case("a form that is not UTF-8", "POST", (), FORM, b"query=%FF%FEASK", status=400, says="UTF-8"),
    Case("a dataset that is no IRI", search=(("query", SELLERS), ("default-graph-uri", "../one")), status=400, says="not an absolute IRI"),
    Case("another method", "PUT", (), QUERY, SELLERS, status=405),
    Case("an update by GET", search=(("update", "CLEAR ALL"),), status=405, says="POST"),
    Case("an update, as a body", "POST", (), UPDATE, "CLEAR ALL", status=403, says="read-only"),
    Case("an update, in a form", "POST", (), FORM, form(("update", "CLEAR ALL")), status=403, says="read-only"),
    Case("a query and an update", "POST", (), FORM, form(("query", SELLERS), ("update", "CLEAR ALL")), status=400, says="not both"),
    Case("an answer in what there is not", search=(("query", SELLERS),), headers={"Accept": "image/png"}, status=406, says="text/csv"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_request(case: Case, server: Server) -> None:
    headers = {"Accept": "text/csv", **({"Content-Type": case.content_type} if case.content_type else {}), **case.headers}
    target = "/sparql" + (f"?{urlencode(case.search)}" if case.search else "")
    answer = server.request(case.method, target, case.body or (b"" if case.method == "POST" else None), headers)
    assert answer.status == case.status, answer.text
    if case.shops is not None:
        assert answer.text.split() == ["shop", *(EX + shop for shop in sorted(case.shops))]
    else:
        assert case.says in answer.text
        assert answer.text.strip()


def rows(text: str, media_type: str) -> list[dict[str, str]]:
    """The rows of an answer, read by a parser that is not ours."""
    if media_type.endswith("json"):
        return [{name: term["value"] for name, term in row.items()} for row in json.loads(text)["results"]["bindings"]]
    if media_type.endswith("xml"):
        result = XMLResultParser().parse(io.BytesIO(text.encode()))
        return [{str(name): str(term) for name, term in binding.items()} for binding in result.bindings]
    delimiter = "\t" if media_type == "text/tab-separated-values" else ","
    found = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    return [
        {name.strip("?"): value.removeprefix("<").removesuffix(">").partition("@")[0].strip('"') for name, value in row.items()}
        for row in found
    ]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("this is no media type", "application/sparql-results+json"),
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/xml", "application/xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("text/turtle, text/csv;q=0.2, application/sparql-results+xml;q=0.7", "application/sparql-results+xml"),
        ("text/*", "text/csv"),
    ],
)
def test_rows_come_as_the_client_likes_best(server: Server, accept: str, media_type: str) -> None:
    answer = server.ask(f"SELECT ?shop ?name {{ ?shop <{EX}name> ?name }}", accept)
    assert (answer.status, answer.media_type) == (200, media_type)
    assert rows(answer.text, media_type) == [{"shop": f"{EX}kettu", "name": "Kettu Ä"}]
    assert answer.headers["vary"] == "Accept"


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "application/sparql-results+xml", "text/csv"])
def test_a_yes_or_no(server: Server, accept: str) -> None:
    assert "true" in server.ask(f"ASK {{ <{EX}kettu> ?p ?o }}", accept).text
    assert "false" in server.ask(f"ASK {{ <{EX}nobody> ?p ?o }}", accept).text


GRAPH_TYPES = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
    "application/trig": "trig",
    "application/n-quads": "nquads",
}


def parsed(text: str, format: str) -> rdflib.Graph:
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=text, format=format)
    graph = rdflib.Graph()
    for triple in dataset.triples((None, None, None)):
        graph.add(triple)
    return graph


def expected(*graphs: str) -> rdflib.Graph:
    dataset = rdflib.Dataset()
    dataset.parse(data=GRAPH, format="trig")
    graph = rdflib.Graph()
    for name in graphs:
        for triple in dataset.graph(rdflib.URIRef(EX + name)):
            graph.add(triple)
    return graph


@pytest.mark.parametrize("media_type", GRAPH_TYPES)
def test_triples_come_as_the_client_likes_best(server: Server, media_type: str) -> None:
    constructed = server.ask("CONSTRUCT WHERE { ?s ?p ?o }", media_type)
    assert (constructed.status, constructed.media_type) == (200, media_type)
    assert isomorphic(parsed(constructed.text, GRAPH_TYPES[media_type]), expected("one", "two"))
    described = server.ask(f"DESCRIBE <{EX}jalka>", media_type)
    assert isomorphic(parsed(described.text, GRAPH_TYPES[media_type]), expected("two"))


def test_triples_cannot_be_had_as_rows_nor_rows_as_triples(server: Server) -> None:
    assert server.ask("CONSTRUCT WHERE { ?s ?p ?o }", "text/csv").status == 406
    assert server.ask(SELLERS, "application/n-quads").status == 406


def test_head_has_the_headers_alone(server: Server) -> None:
    get, head = (server.request(method, "/sparql?query=ASK%20%7B%7D") for method in ("GET", "HEAD"))
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", get.headers["content-length"])


@pytest.mark.parametrize("media_type", GRAPH_TYPES)
def test_a_graph_of_the_store(server: Server, media_type: str) -> None:
    answer = server.get("/data", media_type, graph=ONE)
    assert (answer.status, answer.media_type) == (200, media_type)
    assert isomorphic(parsed(answer.text, GRAPH_TYPES[media_type]), expected("one"))


def test_the_default_graph_of_the_store_is_the_union(server: Server) -> None:
    assert isomorphic(parsed(server.request("GET", "/data?default").text, "turtle"), expected("one", "two"))


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("HEAD", f"/data?graph={EX}one", 200),
        ("GET", f"/data?graph={EX}three", 404),
        ("GET", "/data", 400),
        ("GET", f"/data?graph={EX}one&graph={EX}two", 400),
        ("GET", f"/data?default&graph={EX}one", 400),
        ("GET", "/data?graph=one", 400),
        ("GET", "/data?graph=", 400),
        ("PUT", f"/data?graph={EX}one", 405),
        ("POST", f"/data?graph={EX}one", 405),
        ("PATCH", f"/data?graph={EX}one", 405),
        ("DELETE", f"/data?graph={EX}one", 405),
    ],
)
def test_what_the_graph_store_refuses(server: Server, method: str, target: str, status: int) -> None:
    answer = server.request(method, target, "" if method in ("PUT", "POST", "PATCH") else None)
    assert answer.status == status
    assert answer.text.strip() or method == "HEAD"


@pytest.mark.parametrize("media_type", GRAPH_TYPES)
def test_the_service_describes_itself(server: Server, media_type: str) -> None:
    answer = server.get("/sparql", media_type)
    assert (answer.status, answer.media_type) == (200, media_type)
    graph = parsed(answer.text, GRAPH_TYPES[media_type])
    service = rdflib.URIRef(f"{server.url}/sparql")
    assert graph.value(service, SD.endpoint) == service
    assert set(graph.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query}
    assert set(graph.objects(service, SD.feature)) == {SD.UnionDefaultGraph}
    assert len(set(graph.objects(service, SD.resultFormat))) == 10
    dataset = graph.value(service, SD.defaultDataset)
    named = {str(graph.value(node, SD.name)) for node in graph.objects(dataset, SD.namedGraph)}
    assert named == {ONE, TWO}


def test_questions_of_the_catalogue(server: Server) -> None:
    listed = json.loads(server.get("/questions").text)
    names = {question["name"] for question in listed["questions"]}
    assert {path.stem for path in queries_dir().glob("*.rq")} == names
    assert server.get("/questions/transfers_outside_eea", "text/csv").text.startswith("controller,")
    assert server.get("/questions/no_such_question").status == 404
    unknown = server.get("/questions/transfers_outside_eea", colour="red")
    assert (unknown.status, "colour" in unknown.text) == (400, True)
    wrong = server.get("/questions/transfers_outside_eea", controller="} CLEAR ALL #")
    assert (wrong.status, "not an IRI" in wrong.text) == (400, True)
    assert server.request("GET", "/questions/transfers_outside_eea?controller=org:a&controller=org:b").status == 400
