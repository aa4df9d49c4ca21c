"""Asks a SPARQL endpoint by the SPARQL 1.1 Protocol. Only the address that the user gave is contacted: no redirect is followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pyoxigraph as ox

from kg.errors import KgError
from kg.query.catalogue import question
from kg.query.rows import TRIPLE, Kind, Rows, boolean
from kg.query.run import form_of, pieces, refuse

_ACCEPT = {Kind.CONSTRUCT: "application/n-triples"}
_RESULTS = "application/sparql-results+json"
_LARGEST = 256 * 1024 * 1024  # bytes of an answer
_LONGEST_REASON = 300


class EndpointError(KgError):
    """An endpoint that cannot be reached, takes too long, or refuses the query."""

    def __init__(self, url: str, reason: str) -> None:
        self.url, self.reason = url, reason
        super().__init__(f"{url}: {reason}")


class _Still(HTTPRedirectHandler):
    def redirect_request(self, req: Request, *answer: Any) -> None:
        raise EndpointError(req.full_url, f"it redirects to {answer[-1]}; give that address if you trust it")


def run_at(url: str, query: str, parameters: Mapping[str, str] | None = None, seconds: float = 60.0) -> Rows:
    """Ask `query` (a question's name, the path of an ``.rq`` file, or SPARQL) of the endpoint at `url`, waiting at most `seconds`.

    Parameters travel as VALUES of the query that hold them as RDF terms.

    Raises:
        UnknownQuestionError, ParameterError, QueryError: as `kg.query.run`.
        EndpointError: the address is not of http or https, or the endpoint does not answer, or not in time, or not with a result.
    """
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise EndpointError(url, "an endpoint is an address of http or https, such as http://127.0.0.1:8000/sparql")
    asked = question(query)
    bound = asked.bind(parameters or {})
    refuse(asked.name, asked.text)
    kind = form_of(asked.text)
    body = urlencode({"query": with_values(asked.text, bound)}).encode()
    headers = {"Accept": _ACCEPT.get(kind, _RESULTS), "Content-Type": "application/x-www-form-urlencoded", "User-Agent": "kg"}
    try:
        with build_opener(_Still).open(Request(url, body, headers), timeout=seconds) as response:
            answer = response.read(_LARGEST + 1)
    except HTTPError as error:
        reason = " ".join(error.read(4096).decode("utf-8", "replace").split())[:_LONGEST_REASON]
        raise EndpointError(url, f"it answers {error.code} {error.reason}{f': {reason}' if reason else ''}") from error
    except TimeoutError as error:
        raise EndpointError(url, f"no answer within {seconds:g} seconds; allow more with --timeout") from error
    except (URLError, OSError) as error:
        slow = isinstance(getattr(error, "reason", None), TimeoutError)
        reason = (
            f"no answer within {seconds:g} seconds; allow more with --timeout"
            if slow
            else f"cannot be reached: {getattr(error, 'reason', error)}"
        )
        raise EndpointError(url, reason) from error
    if len(answer) > _LARGEST:
        raise EndpointError(url, f"the answer is larger than {_LARGEST // 1024 // 1024} MB; ask for less, with LIMIT")
    return _rows(url, answer, kind)


def with_values(text: str, bound: Mapping[str, ox.NamedNode | ox.Literal]) -> str:
    """The query with the values in front of every group whose SELECT has their variables as columns, sub-selects included.

    A filter inside a sub-select sees the value only if it stands there too. Terms are written by the RDF library.
    """
    if not bound:
        return text
    parts: list[str] = []
    last = 0
    for place, columns in _groups(text):
        values = "".join(f" VALUES ?{name} {{ {term} }}" for name, term in bound.items() if name in columns)
        parts += [text[last:place], values]
        last = place
    return "".join([*parts, text[last:]])


def _groups(text: str) -> Iterator[tuple[int, set[str]]]:
    """The place after the brace that opens each SELECT's group, and the plain columns of that SELECT."""
    columns: set[str] | None = None
    depth = 0
    for piece in pieces(text):
        token = piece.group()
        if token.upper() == "SELECT" and piece["word"]:
            columns, depth = set(), 0
        elif columns is not None and token == "{":
            yield piece.end(), columns
            columns = None
        elif columns is not None and token in "()":
            depth += 1 if token == "(" else -1
        elif columns is not None and not depth and token[0] in "?$":
            columns.add(token[1:])


def _rows(url: str, answer: bytes, kind: Kind) -> Rows:
    try:
        if kind is Kind.CONSTRUCT:
            triples = ox.parse(answer, format=ox.RdfFormat.N_TRIPLES)
            return Rows(kind, TRIPLE, tuple((t.subject, t.predicate, t.object) for t in triples))
        results = ox.parse_query_results(answer, format=ox.QueryResultsFormat.JSON)
        if isinstance(results, ox.QueryBoolean):
            return boolean(bool(results))
        columns = tuple(variable.value for variable in results.variables)
        return Rows(Kind.SELECT, columns, tuple(tuple(solution) for solution in results))
    except (SyntaxError, ValueError) as error:
        raise EndpointError(url, f"what it answers is no SPARQL result: {error}") from error
