"""Does a job: asks the store, and leaves the answer in a file."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from kg.namespaces import PREFIXES
from kg.query import ParameterError, catalogue
from kg.serve.description import describe
from kg.serve.formats import GRAPHS, RESULTS, negotiate
from kg.serve.inspection import MalformedError, fetched_by_update, inspect_query
from kg.serve.jobs import Ask, Describe, Job, Query, ReadGraph, Reply, Update

_LONGEST_REASON = 300  # Oxigraph lists every character that could follow.
_CLOSED = (errno.EACCES, errno.EPERM)


class RefusedError(Exception):
    """A job that is not done, with the HTTP status and the reason."""

    def __init__(self, status: int, reason: str) -> None:
        self.status, self.reason = status, reason
        super().__init__(reason)


def answer(store: ox.Store, job: Job, place: str) -> Reply:
    """The reply to a job; where its status is 200 and it was no update, the answer is in the file `place`."""
    try:
        match job:
            case Query():
                return _query(store, job, place)
            case Ask():
                return _ask(store, job, place)
            case ReadGraph():
                return _graph(store, job, place)
            case Describe():
                return _write(describe(store, job.endpoint, job.writable), job.accept, place)
            case Update():
                return _update(store, job)
    except RefusedError as error:
        return Reply(error.status, _short(error.reason))
    except MalformedError as error:
        return Reply(400, f"malformed: {_short(str(error))}")
    except SyntaxError as error:
        return Reply(400, f"malformed: {_short(str(error.msg))}")
    except OSError as error:
        number = _number(error)
        if number == errno.EFBIG:
            return Reply(413, "the answer is larger than this endpoint gives; ask for less, with LIMIT")
        if number in _CLOSED:
            return Reply(403, "refused: a query does not reach other servers")
        return Reply(500, f"the store could not be read: {error}")
    except MemoryError:
        return Reply(503, "stopped: it needs more memory than a query may take here")
    except RuntimeError as error:
        # The store's own failures and those of an evaluation come as one type.
        return Reply(500 if "Corruption" in str(error) or "IO error" in str(error) else 400, _short(str(error)))


def _query(store: ox.Store, job: Query, place: str) -> Reply:
    found = inspect_query(job.text)
    _refuse(found.fetches)
    return _serialized(_run(store, job, found.names_dataset), job.accept, place)


def _run(store: ox.Store, job: Query, names_dataset: bool) -> Any:
    if job.default_graphs is not None or job.named_graphs is not None:
        # Graphs that the request names stand in place of those in the query (SPARQL 1.1 Protocol, section 2.1.4).
        return store.query(job.text, default_graph=_nodes(job.default_graphs), named_graphs=_nodes(job.named_graphs))
    return store.query(job.text, use_default_graph_as_union=not names_dataset)


def _ask(store: ox.Store, job: Ask, place: str) -> Reply:
    question = next((question for question in catalogue() if question.name == job.name), None)
    if question is None:
        raise RefusedError(404, f"there is no question {job.name!r} in the catalogue")
    try:
        bound = question.bind(job.parameters)
    except ParameterError as error:
        raise RefusedError(400, str(error)) from error
    substitutions: Mapping[ox.Variable, Any] = {ox.Variable(name): term for name, term in bound.items()}
    found = store.query(question.text, use_default_graph_as_union=True, substitutions=dict(substitutions))
    return _serialized(found, job.accept, place)


def _graph(store: ox.Store, job: ReadGraph, place: str) -> Reply:
    if job.graph is None:
        triples = store.query("CONSTRUCT WHERE { ?s ?p ?o }", use_default_graph_as_union=True)
        return _write(triples, job.accept, place)
    name = _node(job.graph)
    if not store.contains_named_graph(name):
        raise RefusedError(404, f"the store holds no graph <{job.graph}>")
    return _write((quad.triple for quad in store.quads_for_pattern(None, None, None, name)), job.accept, place)


def _update(store: ox.Store, job: Update) -> Reply:
    _refuse(fetched_by_update(job.text))
    store.update(job.text)
    store.flush()
    return Reply(204)


def _refuse(keyword: str | None) -> None:
    if keyword:
        raise RefusedError(403, f"{keyword} is refused: this endpoint does not reach other servers")


def _serialized(found: Any, accept: str, place: str) -> Reply:
    if isinstance(found, ox.QueryTriples):
        return _write(found, accept, place)
    chosen = negotiate(accept, RESULTS)
    if not chosen:
        raise RefusedError(406, f"rows can be had as {', '.join(RESULTS)}")
    found.serialize(place, chosen[1])
    return Reply(200, media_type=_with_charset(chosen[0]))


def _write(triples: Any, accept: str, place: str) -> Reply:
    chosen = negotiate(accept, GRAPHS)
    if not chosen:
        raise RefusedError(406, f"a graph can be had as {', '.join(GRAPHS)}")
    ox.serialize(triples, place, chosen[1], prefixes=dict(PREFIXES))
    return Reply(200, media_type=_with_charset(chosen[0]))


def _with_charset(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _nodes(iris: Sequence[str] | None) -> list[Any]:
    return [_node(iri) for iri in iris or ()]


def _node(iri: str) -> ox.NamedNode:
    try:
        node = ox.NamedNode(iri)
    except ValueError as error:
        raise RefusedError(400, f"{iri!r} is not an absolute IRI") from error
    return node


def _number(error: OSError) -> int | None:
    """The system's number of an error, which Oxigraph leaves to its message."""
    found = re.search(r"\(os error (\d+)\)", str(error))
    return int(found[1]) if found else error.errno


def _short(reason: str) -> str:
    reason = " ".join(reason.split())
    return reason if len(reason) <= _LONGEST_REASON else reason[:_LONGEST_REASON] + " …"
