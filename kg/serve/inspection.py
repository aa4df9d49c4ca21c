"""Looks into the algebra of a query or an update for what would reach out to the network, before any engine has seen it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyparsing import ParseBaseException
from rdflib.plugins.sparql.parser import parseQuery, parseUpdate
from rdflib.plugins.sparql.parserutils import CompValue

_FETCHING = ("ServiceGraphPattern", "Load")


class MalformedError(Exception):
    """A text that is not SPARQL 1.1. `line` is 1-based."""

    def __init__(self, reason: str, line: int) -> None:
        self.reason, self.line = reason, line
        super().__init__(f"line {line}: {reason}")


@dataclass(frozen=True, slots=True)
class Inspection:
    """What an engine has to know before it runs a query."""

    fetches: str | None
    """The keyword that would reach out to the network, if there is one."""
    names_dataset: bool
    """Whether the query says of which graphs its dataset consists (FROM)."""


def inspect_query(text: str) -> Inspection:
    """Parses a query, if it may hold anything of interest at all: neither keyword can be written but in these letters.

    Raises:
        MalformedError: it is no SPARQL 1.1 query, or one that rdflib's parser does not understand; it is then not run, since what it
            fetches is not known.
    """
    folded = text.casefold()
    if "service" not in folded and "from" not in folded:
        return Inspection(None, False)
    try:
        parsed = _parsed(parseQuery, text)
    except MalformedError as error:
        raise MalformedError(f"{error.reason}; where the words SERVICE or FROM occur it must be plain SPARQL 1.1", error.line) from error
    return Inspection(_fetching(parsed), any("datasetClause" in node for node in _nodes(parsed)))


def fetched_by_update(text: str) -> str | None:
    """The keyword by which an update would reach out to the network, if there is one. What cannot hold one is not parsed.

    Raises:
        MalformedError: it may hold one, and is no SPARQL 1.1 update.
    """
    folded = text.casefold()
    if "service" not in folded and "load" not in folded:
        return None
    return _fetching(_parsed(parseUpdate, text))


def _parsed(parse: Any, text: str) -> Any:
    # A carriage return ends a comment as a line feed does (SPARQL 1.1, section 19.4), but not for pyparsing, which would take
    # what follows it for a part of the comment.
    try:
        return parse(text.replace("\r", "\n"))
    except ParseBaseException as error:
        raise MalformedError(error.msg, error.lineno) from error
    except ValueError as error:
        raise MalformedError(str(error), 1) from error
    except RecursionError as error:
        raise MalformedError("it is nested too deeply", 1) from error


def _fetching(parsed: Any) -> str | None:
    names = {node.name for node in _nodes(parsed)}
    return next((name.removesuffix("GraphPattern").upper() for name in _FETCHING if name in names), None)


def _nodes(parsed: Any) -> Iterator[CompValue]:
    waiting = [parsed]
    while waiting:
        part = waiting.pop()
        if isinstance(part, CompValue):
            yield part
            waiting.extend(part.values())
        elif not isinstance(part, str) and hasattr(part, "__iter__"):
            waiting.extend(part)
