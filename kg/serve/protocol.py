"""The SPARQL 1.1 Protocol and the Graph Store HTTP Protocol: what a request asks for, from its parts alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.message import Message
from urllib.parse import parse_qsl

from kg.serve.jobs import Query, ReadGraph, Update

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_MOST_FIELDS = 1000
_DATASET = ("default-graph-uri", "named-graph-uri")
_USING = ("using-graph-uri", "using-named-graph-uri")


class RequestError(Exception):
    """A request that asks for nothing that can be given, with its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        self.status, self.message = status, message
        super().__init__(message)


def asks_nothing(search: bytes) -> bool:
    """Whether the query string of a GET names no operation: it then asks for the description of the service."""
    fields = _fields(search)
    return not any(name in fields for name in ("query", "update", *_DATASET, *_USING))


def query_by_get(search: bytes, accept: str) -> Query:
    """SPARQL 1.1 Protocol, section 2.1.1.

    Raises:
        RequestError: there is not exactly one query.
    """
    fields = _fields(search)
    if "update" in fields:
        raise RequestError(405, "an update is sent by POST")
    return _query(fields, accept)


def operation_by_post(search: bytes, content_type: str, body: bytes, accept: str) -> Query | Update:
    """A query or an update, in a form (sections 2.1.2, 2.2.1) or as the body itself (2.1.3, 2.2.2).

    Raises:
        RequestError: the content type is none of the three, or there is not exactly one operation.
    """
    kind, charset = _media_type(content_type)
    if kind not in (FORM, QUERY, UPDATE):
        raise RequestError(415, f"the content type is {FORM}, {QUERY} or {UPDATE}")
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise RequestError(415, f"the character set is UTF-8, not {charset}")
    if kind == FORM:
        fields = _fields(body)
        if "query" in fields and "update" in fields:
            raise RequestError(400, "a request is a query or an update, not both")
        return _update(fields) if "update" in fields else _query(fields, accept)
    fields = _fields(search)
    if "query" in fields or "update" in fields:
        raise RequestError(400, "the operation is the body; there must be no other in the query string")
    text = _text(body)
    return _query({**fields, "query": [text]}, accept) if kind == QUERY else _update({**fields, "update": [text]})


def graph_to_read(search: bytes, accept: str) -> ReadGraph:
    """Graph Store HTTP Protocol, sections 4.2 and 5.2.

    Raises:
        RequestError: not exactly one graph is named.
    """
    fields = _fields(search)
    named = fields.get("graph", [])
    if len(named) + ("default" in fields) != 1 or fields.get("default", [""]) != [""]:
        raise RequestError(400, "name one graph: ?graph=IRI, or ?default")
    return ReadGraph(named[0] if named else None, accept)


def parameters(search: bytes) -> dict[str, str]:
    """The parameters of a question of the catalogue. An empty one is not given.

    Raises:
        RequestError: one is given twice.
    """
    fields = _fields(search)
    for name, values in fields.items():
        if len(values) > 1:
            raise RequestError(400, f"the parameter {name} is given more than once")
    return {name: values[0] for name, values in fields.items() if values[0]}


def _query(fields: Mapping[str, Sequence[str]], accept: str) -> Query:
    text = _one(fields, "query")
    default, named = (fields.get(name) for name in _DATASET)
    return Query(text, accept, None if default is None else tuple(default), None if named is None else tuple(named))


def _update(fields: Mapping[str, Sequence[str]]) -> Update:
    if any(name in fields for name in _USING):
        raise RequestError(400, "say in the update itself which graphs it uses, with USING; the request cannot")
    return Update(_one(fields, "update"))


def _one(fields: Mapping[str, Sequence[str]], name: str) -> str:
    texts = fields.get(name, ())
    if len(texts) != 1:
        raise RequestError(400, f"there must be exactly one {name}, not {len(texts)}")
    return texts[0]


def _fields(encoded: bytes) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    try:
        for name, value in parse_qsl(_text(encoded), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS):
            fields.setdefault(name, []).append(value)
    except UnicodeDecodeError as error:
        raise RequestError(400, "the request is not in UTF-8") from error
    except ValueError as error:
        raise RequestError(400, f"there are more than {_MOST_FIELDS} parameters") from error
    return fields


def _text(encoded: bytes) -> str:
    try:
        return encoded.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestError(400, "the request is not in UTF-8") from error


def _media_type(header: str) -> tuple[str, str]:
    message = Message()
    message["content-type"] = header
    charset = message.get_param("charset", "")
    return message.get_content_type() if header else "", str(charset).lower()
