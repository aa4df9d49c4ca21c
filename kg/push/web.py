"""RDF to a server: each named graph whole by the Graph Store Protocol, or in pieces by SPARQL Update (both W3C, 2013).

A version's graphs and the vocabulary replace what the server has of them. The catalog and the organisations, which other pushes share,
are added to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import batched, groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

from kg import iris
from kg.errors import InputError, MissingComponentError
from kg.export.rdf import quads
from kg.export.source import Source
from kg.push.credentials import Credentials
from kg.push.target import PushError

if TYPE_CHECKING:
    import httpx

_SECONDS = 120.0
_TRIPLES = 500  # of one update: servers limit the length of a request
_SHARED = frozenset({iris.CATALOG, iris.ORGANISATIONS})
