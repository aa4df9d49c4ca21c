"""RDF to a server: each named graph whole by the Graph Store Protocol, or in pieces by SPARQL Update (both W3C, 2013).

A version's graphs and the vocabulary replace what the server has of them. The catalog and the organisations, which other pushes share,
are added to.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import groupby, islice
from operator import attrgetter

import httpx
from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from kg import iris
from kg.errors import InputError
from kg.export import Written
from kg.export.rdf import quads
from kg.export.source import ScatteredError, Source
from kg.push.credentials import Credentials
from kg.push.target import Protocol, PushError, Target

_SECONDS = 120.0
_OF_UPDATE = 500  # triples: servers limit the length of a request
_OF_POST = 5000
_SHARED = frozenset({iris.CATALOG, iris.ORGANISATIONS})
_LONGEST_REASON = 300


def push_web(source: Source, to: Target, who: Credentials | None) -> Written:
    """Puts every named graph into a graph store or, by updates, into a SPARQL service.

    Raises:
        InputError: the source cannot be read, or has no named graph.
        PushError: the server cannot be reached or refuses.
        ScatteredError: a file does not have its graphs whole; it must be loaded first.
    """
    put = _by_store if to.protocol is Protocol.STORE else _by_update
    count = 0
    with httpx.Client(auth=_Negotiated(who) if who else None, timeout=_SECONDS, follow_redirects=False, trust_env=False) as client:
        for graph, triples in _graphs(source):
            count += put(client, to.url, graph, triples)
    if not count:
        raise InputError(str(source), "has no named graph to push", "push TriG, N-Quads or a store")
    return Written(quads=count)


def _graphs(source: Source) -> Iterator[tuple[str, Iterator[Triple]]]:
    seen: set[str] = set()
    for name, group in groupby(quads(source), key=attrgetter("graph_name")):
        if isinstance(name, NamedNode):
            if name.value in seen:
                raise ScatteredError(str(source))
            seen.add(name.value)
            yield name.value, map(attrgetter("triple"), group)


def _by_store(client: httpx.Client, url: str, graph: str, triples: Iterator[Triple]) -> int:
    count = 0
    pieces = _pieces(triples, _OF_POST) if graph in _SHARED else iter((list(triples),))
    for piece in pieces:
        count += len(piece)
        _send(
            client,
            "POST" if graph in _SHARED else "PUT",
            url,
            params={"graph": graph},
            content=serialize(piece, format=RdfFormat.N_TRIPLES),
            headers={"content-type": "application/n-triples"},
        )
    return count


def _by_update(client: httpx.Client, url: str, graph: str, triples: Iterator[Triple]) -> int:
    count = 0
    name = str(NamedNode(graph))
    if graph not in _SHARED:
        _update(client, url, f"DROP SILENT GRAPH {name}")
    for piece in _pieces(triples, _OF_UPDATE):
        count += len(piece)
        lines = serialize(piece, format=RdfFormat.N_TRIPLES) or b""
        _update(client, url, f"INSERT DATA {{ GRAPH {name} {{\n{lines.decode()}}} }}")
    return count


def _update(client: httpx.Client, url: str, text: str) -> None:
    _send(client, "POST", url, content=text.encode(), headers={"content-type": "application/sparql-update"})


def _pieces(triples: Iterator[Triple], size: int) -> Iterator[list[Triple]]:
    while piece := list(islice(triples, size)):
        yield piece


def _send(client: httpx.Client, method: str, url: str, **request: object) -> None:
    try:
        response = client.request(method, url, **request)  # type: ignore[arg-type]
    except httpx.HTTPError as error:
        raise PushError(url, f"cannot be reached: {error}") from error
    if response.status_code == httpx.codes.UNAUTHORIZED:
        raise PushError(url, "wants a user and a password, or refuses these; see kg push --help")
    if not response.is_success:
        reason = " ".join(response.text.split())[:_LONGEST_REASON]
        raise PushError(url, f"answers {response.status_code} {response.reason_phrase}: {reason}".rstrip(": "))


class _Negotiated(httpx.Auth):
    """Basic or digest authentication, as the server asks for it (RFC 7617, RFC 7616): nothing is sent before it asks."""

    def __init__(self, who: Credentials) -> None:
        self._who = who
        self._chosen: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._chosen:
            yield from self._chosen.auth_flow(request)
            return
        response = yield request
        if response.status_code != httpx.codes.UNAUTHORIZED:
            return
        asked = response.headers.get("www-authenticate", "").lower()
        if asked.startswith("digest"):
            self._chosen = httpx.DigestAuth(self._who.user, self._who.password)
            flow = self._chosen.auth_flow(request)
            next(flow)
            yield flow.send(response)
        elif asked.startswith("basic"):
            self._chosen = httpx.BasicAuth(self._who.user, self._who.password)
            yield from self._chosen.auth_flow(request)
