"""A graph to ask from Python, and answers as typed rows."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, overload

import pyoxigraph as ox
from oxrdflib import OxigraphStore
from rdflib import Dataset

from kg.errors import MissingComponentError
from kg.namespaces import PREFIXES, compress
from kg.query.rows import Rows, Term
from kg.query.run import run
from kg.store import open_store

if TYPE_CHECKING:
    from pandas import DataFrame

_XSD = PREFIXES["xsd"]


class IRI(str):
    """An IRI: a string that knows its CURIE.

    >>> IRI("https://w3id.org/dpv#Consent").curie
    'dpv:Consent'
    """

    __slots__ = ()

    @property
    def curie(self) -> str:
        """The CURIE, or the IRI itself where no prefix fits."""
        return compress(str(self))


_VALUES: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        **dict.fromkeys(("integer", "nonNegativeInteger", "positiveInteger", "int", "long"), int),
        **dict.fromkeys(("double", "float"), float),
        "decimal": Decimal,
        "boolean": lambda text: text in ("true", "1"),
        "date": date.fromisoformat,
        "dateTime": datetime.fromisoformat,
    }
)


@dataclass(frozen=True, slots=True)
class Answer(Sequence[Any]):
    """The rows of an answer as named tuples. IRIs are `IRI`, numbers, booleans and dates are Python's, all else is str, nothing is None.

    `rows` has the same as RDF terms, and the SPARQL result formats.
    """

    rows: Rows
    _typed: tuple[Any, ...]

    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Any, ...]: ...
    def __getitem__(self, place: int | slice) -> Any:
        return self._typed[place]

    def __len__(self) -> int:
        return len(self._typed)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._typed)

    def to_pandas(self) -> DataFrame:
        """The same as a pandas frame, a column for each variable.

        Raises:
            MissingComponentError: pandas is not installed.
        """
        try:
            from pandas import DataFrame
        except ImportError as error:
            raise MissingComponentError("pandas", "install it with: pip install pandas") from error
        return DataFrame(list(map(tuple, self._typed)), columns=list(self.rows.columns))


@dataclass(frozen=True)
class Graph:
    """A graph that was opened for reading: ask it, or take its `store` (pyoxigraph) or `dataset` (rdflib).

    >>> graph = Graph(open_store(Path("graph.trig")))         # doctest: +SKIP
    >>> graph.ask("transfers_outside_eea", region="EEA")      # doctest: +SKIP
    """

    store: ox.Store

    def ask(self, question: str, **parameters: object) -> Answer:
        """The answer to a question of the catalogue, to an ``.rq`` file or to SPARQL; parameters are given by name.

        Raises:
            UnknownQuestionError: there is no such question.
            ParameterError: the question has no such parameter, or a value is not of its type.
            QueryError: the query is malformed, is an update, or asks another server.
        """
        rows = run(self.store, question, {name: _text(value) for name, value in parameters.items() if value is not None})
        kind = namedtuple("Row", rows.columns, rename=True)  # type: ignore[misc]
        return Answer(rows, tuple(kind(*map(_value, row)) for row in rows.rows))

    @cached_property
    def dataset(self) -> Dataset:
        """The same graph as an rdflib dataset, whose default graph is the union of all graphs."""
        return Dataset(store=OxigraphStore(store=self.store), default_union=True)


def open(path: str | Path) -> Graph:
    """The graph in a file (TriG, N-Quads, Turtle, …) or in the folder of a store, for reading.

    Raises:
        InputError: there is no such file, it is no RDF, or the folder is not a store.
    """
    return Graph(open_store(Path(path)))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(term: Term | None) -> Any:
    if isinstance(term, ox.Literal):
        kind = term.datatype.value
        convert = _VALUES.get(kind.removeprefix(_XSD), str) if kind.startswith(_XSD) else str
        try:
            return convert(term.value)
        except (ValueError, InvalidOperation):
            return term.value
    return IRI(term.value) if isinstance(term, ox.NamedNode) else term and term.value
