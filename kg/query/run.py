"""Asks a question of a store or a dataset. Reading only: updates, and whatever would reach out to the network, are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import pyoxigraph as ox
from pyparsing import ParseException
from rdflib import Dataset, Literal, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.query import Result
from rdflib.term import BNode, Node

from kg.query.catalogue import question
from kg.query.errors import ParameterError, QueryError
from kg.query.rows import TRIPLE, Kind, Rows, Term, boolean

Source: TypeAlias = ox.Store | Dataset

_STRING = "http://www.w3.org/2001/XMLSchema#string"
# Every piece of a query; of them, only bare words are keywords.
_PIECES = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\'|"(?:[^"\\\n\r]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
    r"|<[^<>\"{}|^`\\\s]*>|#[^\n\r]*|[?$]\w+|@[A-Za-z-]+|[\w.-]*:[\w.:%\\-]*|(?P<word>[A-Za-z]+)|[{}()]",
    re.DOTALL,
)
_LONGEST_REASON = 200  # Oxigraph lists every character that could follow.
_READING = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


def run(source: Source, query: str, parameters: Mapping[str, str] | None = None) -> Rows:
    """Ask `query` (a question's name, the path of an ``.rq`` file, or SPARQL) of `source`, whose default graph is the union of all graphs.

    `parameters` are bound to the variables as RDF terms. A variable that is bound must be among the columns of a SELECT.

    Raises:
        UnknownQuestionError: there is no such question.
        ParameterError: the question has no such parameter, or a value is not of its type.
        QueryError: the query is malformed, is an update, asks another server, or fails.
    """
    asked = question(query)
    bound = asked.bind(parameters or {})
    refuse(asked.name, asked.text, loads_graphs=isinstance(source, Dataset))
    if isinstance(source, ox.Store):
        return _by_oxigraph(source, asked.name, asked.text, bound)
    _by_oxigraph(ox.Store(), asked.name, asked.text, {})  # The same message for the same mistake, whatever the engine.
    return _by_rdflib(source, asked.name, asked.text, bound)


def form_of(text: str) -> Kind:
    """What a query that reads asks for; DESCRIBE is answered with a graph, as CONSTRUCT is."""
    word = next((word for word, _ in _words(text) if word in _READING), "SELECT")
    return {"SELECT": Kind.SELECT, "ASK": Kind.ASK}.get(word, Kind.CONSTRUCT)


def refuse(name: str, text: str, *, loads_graphs: bool = False) -> None:
    """Refuses what would change the graph or reach out to the network; also FROM, where the engine `loads_graphs` that it names.

    Raises:
        QueryError: the query does any of this, or is empty.
    """
    words = list(_words(text))
    first = next(((word, line) for word, line in words if word not in ("PREFIX", "BASE")), None)
    if first is None:
        raise QueryError(name, "the query is empty")
    if first[0] not in _READING:
        raise QueryError(name, f"begins with {first[0]}; only {', '.join(_READING)} are answered, the graph is not changed here", first[1])
    for word, line in words:
        if word == "SERVICE":
            raise QueryError(name, "SERVICE is refused: a query does not reach other servers", line)
        if word == "FROM" and loads_graphs:
            raise QueryError(name, "FROM is refused here, since rdflib would load the graph from the network; use GRAPH", line)


def pieces(text: str) -> Iterator[re.Match[str]]:
    """The tokens of a query as far as they matter here; those that are bare words have the group ``word``."""
    return _PIECES.finditer(text)


def _words(text: str) -> Iterator[tuple[str, int]]:
    for piece in pieces(text):
        if piece["word"]:
            yield piece["word"].upper(), text.count("\n", 0, piece.start()) + 1


def _by_oxigraph(store: ox.Store, name: str, text: str, bound: Mapping[str, ox.NamedNode | ox.Literal]) -> Rows:
    try:
        answer = store.query(
            text,
            use_default_graph_as_union="FROM" not in {word for word, _ in _words(text)},
            substitutions={ox.Variable(variable): term for variable, term in bound.items()},
        )
        if isinstance(answer, ox.QueryBoolean):
            return boolean(bool(answer))
        if isinstance(answer, ox.QueryTriples):
            return Rows(Kind.CONSTRUCT, TRIPLE, tuple((t.subject, t.predicate, t.object) for t in answer))
        columns = tuple(variable.value for variable in answer.variables)
        return Rows(Kind.SELECT, columns, tuple(tuple(solution) for solution in answer))
    except SyntaxError as error:
        raise _malformed(name, error) from error
    except RuntimeError as error:
        if "SELECT projection" in str(error):
            variable = str(error).rpartition("?")[2].partition(" ")[0]
            raise ParameterError(name, variable, "its variable must be among the columns of the SELECT") from error
        raise QueryError(name, str(error)) from error


def _malformed(name: str, error: SyntaxError) -> QueryError:
    place = _PLACE.match(str(error.msg))
    reason = " ".join((place[3] if place else str(error.msg)).split())
    if "Prefix not found" in reason:
        reason = "a prefix is not declared"
    elif len(reason) > _LONGEST_REASON:
        reason = reason[:_LONGEST_REASON] + " …"
    return QueryError(name, reason, int(place[1]) if place else error.lineno)


def _by_rdflib(dataset: Dataset, name: str, text: str, bound: Mapping[str, ox.NamedNode | ox.Literal]) -> Rows:
    if not dataset.default_union:
        dataset = Dataset(store=dataset.store, default_union=True)
    try:
        answer = dataset.query(prepareQuery(text), initBindings={variable: _to_rdflib(term) for variable, term in bound.items()})
        if answer.type == "ASK":
            return boolean(bool(answer.askAnswer))
        if answer.type in ("CONSTRUCT", "DESCRIBE"):
            triples = answer.graph or ()
            return Rows(Kind.CONSTRUCT, TRIPLE, tuple((_to_term(s), _to_term(p), _to_term(o)) for s, p, o in triples))
        return _select(answer)
    except ParseException as error:
        raise QueryError(name, error.msg, error.lineno) from error


def _select(answer: Result) -> Rows:
    columns = tuple(str(variable) for variable in answer.vars or ())
    rows = tuple(tuple(_to_term(solution.get(variable)) for variable in answer.vars or ()) for solution in answer.bindings)
    return Rows(Kind.SELECT, columns, rows)


def _to_rdflib(term: ox.NamedNode | ox.Literal) -> URIRef | Literal:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    plain = term.datatype.value == _STRING
    return Literal(term.value) if plain else Literal(term.value, datatype=URIRef(term.datatype.value))


def _to_term(node: Node | None) -> Term | None:
    if node is None:
        return None
    if isinstance(node, URIRef):
        return ox.NamedNode(node)
    if isinstance(node, BNode):
        return ox.BlankNode(node)
    if isinstance(node, Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        return ox.Literal(str(node), datatype=ox.NamedNode(node.datatype or _STRING))
    raise TypeError(f"{node!r} is not an RDF term of a result")
