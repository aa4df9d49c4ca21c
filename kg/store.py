"""Graphs where they can be asked: any file or store opened for reading, and what is derived from a store put beside it.

A store is a folder that `kg build --store` keeps (`kg.batch`), or a bare Oxigraph folder, which nothing here makes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import MappingProxyType

import oxrdflib
import pyoxigraph
import rdflib

from kg.errors import InputError, OutputError
from kg.graph import NamedGraph
from kg.graph.terms import iri

POINTER = "current.json"
"""In a folder that `kg build --store` keeps: which of the indexes in it is the one to ask."""

LOCK = "lock"
"""In the same folder: held by the one that writes. The system gives it up when that process ends, however it does."""

FORMATS = MappingProxyType(
    {
        ".trig": pyoxigraph.RdfFormat.TRIG,
        ".nq": pyoxigraph.RdfFormat.N_QUADS,
        ".ttl": pyoxigraph.RdfFormat.TURTLE,
        ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
        ".rdf": pyoxigraph.RdfFormat.RDF_XML,
        ".jsonld": pyoxigraph.RdfFormat.JSON_LD,
    }
)
"""The RDF syntaxes that can be opened, by the ending of the file's name."""


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """Keeps a folder of `kg build --store` for one writer at a time. Any number may read meanwhile: they see the last whole state.

    Raises:
        OutputError: another process writes to it, or it is closed to us.
    """
    try:
        stream = (directory / LOCK).open("a+b")
    except OSError as error:
        raise OutputError(str(directory), error.strerror or str(error)) from error
    with stream:
        if os.name != "nt":
            import fcntl

            try:
                fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise _busy(directory) from error
        yield


def changing(directory: Path) -> AbstractContextManager[None]:
    """The same for what changes the index itself. A bare Oxigraph folder has no lock but Oxigraph's own."""
    return writing(directory) if (directory / POINTER).is_file() else nullcontext()


def derive(directory: Path, make: Callable[[pyoxigraph.Store], Iterable[NamedGraph]]) -> int:
    """Puts graphs that `make` derives from a store into that store, each in the place of its last state; how many they were.

    Raises:
        InputError: the folder is not a store.
        OutputError: another process writes to the store, or it is closed to us.
    """
    with changing(directory):
        place = index(directory)
        if not (place / "CURRENT").is_file():
            raise InputError(str(directory), "is not a store", "a store is made by: kg build PATH... --store DIR")
        try:
            store = pyoxigraph.Store(str(place))
        except OSError as error:
            if "lock" in str(error).lower():
                raise _busy(directory) from error
            raise OutputError(str(directory), str(error)) from error
        made = list(make(store))  # All or nothing: what fails on the last version leaves the store as it was.
        store.update(" ; ".join(f"DROP SILENT GRAPH {iri(graph.iri)} ; {_insert(graph)}" for graph in made))
        store.flush()
    return len(made)


def open_store(source: Path) -> pyoxigraph.Store:
    """The graph of a file or of a store's folder, for reading. A file is loaded into memory; a folder is opened read-only.

    SPARQL over it wants ``use_default_graph_as_union=True``: all data stand in named graphs.

    Raises:
        InputError: there is no such file, its ending is none of `FORMATS`, it is malformed, or the folder is not a store.
    """
    if source.is_dir():
        try:
            return pyoxigraph.Store.read_only(str(index(source)))
        except (OSError, ValueError, KeyError) as error:
            raise InputError(str(source), "is not a store", "a store is made by: kg build PATH... --store DIR") from error
        except RuntimeError as error:  # what Oxigraph raises where the files do not fit together, as in the middle of a write
            raise InputError(str(source), "cannot be read now", "another process may be writing it: try again") from error
    syntax = FORMATS.get(source.suffix.lower())
    if syntax is None:
        raise InputError(str(source), "is in no known RDF syntax", f"the name must end in one of {', '.join(FORMATS)}")
    store = pyoxigraph.Store()
    try:
        store.bulk_load(path=source, format=syntax)
    except SyntaxError as error:
        place = f"line {error.lineno}: " if error.lineno else ""
        raise InputError(str(source), f"{place}{error.msg}") from error
    except (OSError, ValueError) as error:
        raise InputError(str(source), getattr(error, "strerror", None) or str(error)) from error
    return store


def open_dataset(source: Path) -> rdflib.Dataset:
    """The same as an rdflib dataset whose default graph is the union of all graphs.

    Raises:
        InputError: as `open_store`.
    """
    return rdflib.Dataset(store=oxrdflib.OxigraphStore(store=open_store(source)), default_union=True)


def index(directory: Path) -> Path:
    """The folder of the index of a store: its own, or the one that its pointer names."""
    pointer = directory / POINTER
    return directory / str(json.loads(pointer.read_bytes())["index"]) if pointer.is_file() else directory


def _busy(directory: Path) -> OutputError:
    return OutputError(str(directory), "another process writes to this store; wait until it has finished")


def _insert(graph: NamedGraph) -> str:
    lines = "".join(f"{s} {p} {o} .\n" for s, p, o in graph.triples)
    return f"INSERT DATA {{ GRAPH {iri(graph.iri)} {{\n{lines}}} }}"
