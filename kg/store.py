"""Graphs where they can be asked: an Oxigraph store on disk that documents are put into, and any graph opened for reading."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import MappingProxyType

import oxrdflib
import pyoxigraph
import rdflib

from kg import iris, resources
from kg.errors import InputError, OutputError
from kg.graph import (
    Counts,
    NamedGraph,
    Organisations,
    Triple,
    Versioned,
    catalog_graph,
    count,
    graphs,
    version_graphs,
    version_of,
    vocabulary_graph,
)
from kg.graph.terms import iri
from kg.model import Extraction

POINTER = "current.json"
"""In a folder that `kg build --store` keeps: which of the indexes in it is the one to ask."""

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


def replace(directory: Path, extractions: Iterable[Extraction], vocabulary: Versioned) -> Counts:
    """Puts documents into the store in `directory`, which is made where it is missing.

    In a store that exists, each document's two graphs are replaced in one transaction, what was inferred from them goes, its entries are
    added to the catalog and the organisations, and the graphs of other documents stay as they are. An organisation that the store knows
    keeps its preferred label. A new store appears whole or not at all.

    There is one writer at a time and any number of readers, each of which sees the last whole state from before it opened the store. A
    writer that is killed leaves every document as it was before or as it is after, never between.

    Raises:
        OutputError: another process writes to the store, or the folder cannot be made, or holds something else.
    """
    try:
        if (directory / "CURRENT").is_file():
            return _update(_writable(directory), extractions, vocabulary)
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise OutputError(str(directory), "it exists and is not a store; name a new folder")
        if not directory.resolve().parent.is_dir():
            raise OutputError(str(directory), f"there is no folder {directory.resolve().parent}")
        return _fill(directory, extractions, vocabulary)
    except OSError as error:
        raise OutputError(str(directory), error.strerror or str(error)) from error


def derive(directory: Path, make: Callable[[pyoxigraph.Store], Iterable[NamedGraph]]) -> int:
    """Puts graphs that `make` derives from a store into that store, each in the place of its last state; how many they were.

    Raises:
        InputError: the folder is not a store.
        OutputError: another process writes to the store.
    """
    place = index(directory)
    if not (place / "CURRENT").is_file():
        raise InputError(str(directory), "is not a store", "a store is made by: kg build PATH... --store DIR")
    store = _writable(place)
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


def _writable(directory: Path) -> pyoxigraph.Store:
    try:
        return pyoxigraph.Store(str(directory))
    except OSError as error:
        if "lock" in str(error).lower():
            raise OutputError(str(directory), "another process writes to this store; wait until it has finished") from error
        raise


def _fill(directory: Path, extractions: Iterable[Extraction], vocabulary: Versioned) -> Counts:
    counted: Counter[str] = Counter()
    _clear_away(directory)
    partial = directory.with_name(f".{directory.name}.{os.getpid()}.partial")

    def placed() -> Iterator[pyoxigraph.Quad]:
        for graph in graphs(extractions, vocabulary):
            counted.update(count(graph))
            name = pyoxigraph.NamedNode(graph.iri)
            for quad in pyoxigraph.parse(_lines(graph.triples).encode(), pyoxigraph.RdfFormat.N_TRIPLES):
                yield pyoxigraph.Quad(quad.subject, quad.predicate, quad.object, name)

    try:
        store = pyoxigraph.Store(str(partial))
        store.bulk_extend(placed())
        store.flush()
        del store  # which closes it
        try:
            partial.replace(directory)
        except OSError as error:
            if (directory / "CURRENT").is_file():
                raise OutputError(str(directory), "another process made this store meanwhile; run it again to add to that") from error
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Counts(**counted)


def _clear_away(directory: Path) -> None:
    """Removes what writers that were killed have left of this store."""
    for left in directory.parent.glob(f".{directory.name}.*.partial"):
        number = left.name.removesuffix(".partial").rpartition(".")[2]
        if number.isdecimal() and not _runs(int(number)):
            shutil.rmtree(left, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is another user's
        return True
    return True


def _update(store: pyoxigraph.Store, extractions: Iterable[Extraction], vocabulary: Versioned) -> Counts:
    counted: Counter[str] = Counter()
    words = vocabulary_graph(resources.ontology_dir())
    store.update(f"DROP SILENT GRAPH {iri(words.iri)} ; {_insert(words)}")
    for extraction in extractions:
        own = version_graphs(extraction, vocabulary)
        shared = (catalog_graph((version_of(extraction),), vocabulary), _organisations(store, extraction))
        replaced = (*(graph.iri for graph in own), iris.inferred_graph(version_of(extraction)))
        drops = [f"DROP SILENT GRAPH {iri(name)}" for name in replaced]
        store.update(" ; ".join(drops + [_insert(graph) for graph in own + shared]))
        for graph in own:
            counted.update(count(graph))
    store.flush()
    return Counts(**counted)


def _organisations(store: pyoxigraph.Store, extraction: Extraction) -> NamedGraph:
    """What the store does not know yet of the document's organisations."""
    found = Organisations()
    found.add(extraction)

    def known(subject: str) -> set[tuple[str, str]]:
        quads = store.quads_for_pattern(pyoxigraph.NamedNode(subject[1:-1]), None, None)
        return {(str(quad.predicate), str(quad.object)) for quad in quads}

    return NamedGraph(iris.ORGANISATIONS, list(found.triples(known)))


def _lines(triples: Iterable[Triple]) -> str:
    return "".join(f"{s} {p} {o} .\n" for s, p, o in triples)


def _insert(graph: NamedGraph) -> str:
    return f"INSERT DATA {{ GRAPH {iri(graph.iri)} {{\n{_lines(graph.triples)}}} }}"
