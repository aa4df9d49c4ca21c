"""Graphs opened for reading, what is derived put beside them, and what a lock and a broken file say."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace as changed
from pathlib import Path

import pyoxigraph
import pytest
from rdflib import RDF, Namespace, URIRef
from records import TEXT, VOCABULARY, extraction

from kg import graph, iris, store
from kg.errors import InputError, OutputError
from kg.graph import NamedGraph, Triple
from kg.model import Extraction
from kg.namespaces import PREFIXES

PK = Namespace(PREFIXES["pk"])


def other() -> Extraction:
    """Another text of the same series."""
    return changed(extraction(), document=changed(extraction().document, text=TEXT.replace("two years", "one year\n")))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A file with the graphs of two texts."""
    with (tmp_path / "graph.nq").open("wb") as stream:
        graph.write([extraction(), other()], VOCABULARY, stream, "nquads")
    return tmp_path / "graph.nq"


@pytest.fixture
def bare(written: Path, tmp_path: Path) -> Path:
    """An Oxigraph folder of the same, which something else has made."""
    made = pyoxigraph.Store(str(tmp_path / "bare"))
    made.bulk_load(path=written, format=pyoxigraph.RdfFormat.N_QUADS)
    made.flush()
    return tmp_path / "bare"


@contextmanager
def opened_by_another(folder: Path) -> Iterator[None]:
    holder = "import sys, pyoxigraph; store = pyoxigraph.Store(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", holder, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"open\n"
        yield
        process.communicate()


def told(name: str) -> NamedGraph:
    return NamedGraph("urn:x:derived", [Triple("<urn:x:a>", "<urn:x:b>", f"<urn:x:{name}>")])


def test_a_bare_folder_is_asked_as_a_file_is(bare: Path, written: Path) -> None:
    assert set(store.open_store(bare)) == set(store.open_store(written))


def test_what_is_derived_takes_the_place_of_what_was_and_touches_nothing_else(bare: Path) -> None:
    before = set(store.open_store(bare))
    for name in ("first", "second"):
        assert store.derive(bare, lambda _, name=name: [told(name)]) == 1  # type: ignore[misc]
        [added] = set(store.open_store(bare)) - before
        assert (added.object, added.graph_name) == (pyoxigraph.NamedNode(f"urn:x:{name}"), pyoxigraph.NamedNode("urn:x:derived"))
        assert before < set(store.open_store(bare))


def test_what_fails_while_it_is_derived_leaves_the_store_as_it_was(bare: Path) -> None:
    before = set(store.open_store(bare))

    def failing(_: pyoxigraph.Store) -> Iterator[NamedGraph]:
        yield told("first")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.derive(bare, failing)
    assert set(store.open_store(bare)) == before


def test_a_bare_folder_that_another_process_has_open_is_read_and_not_written_to(bare: Path) -> None:
    size = len(store.open_store(bare))
    with opened_by_another(bare):
        assert len(store.open_store(bare)) == size
        with pytest.raises(OutputError, match=r"bare: .*another process writes to this store"):
            store.derive(bare, lambda _: [told("first")])


def test_nothing_is_derived_into_a_folder_of_other_things(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(InputError, match="is not a store"):
        store.derive(tmp_path, lambda _: [told("first")])
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("suffix", ["trig", "nq"])
def test_a_dataset_unites_its_graphs(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"graph.{suffix}"
    with path.open("wb") as stream:
        graph.write([extraction()], VOCABULARY, stream, "trig" if suffix == "trig" else "nquads")
    dataset = store.open_dataset(path)
    denials = [s for (s,) in dataset.query("SELECT ?s { ?s a pk:Denial }", initNs={"pk": PK})]
    assert denials == [URIRef(graph.statement_iris(extraction())[1])]
    assert (denials[0], RDF.type, PK.Denial) in dataset


def test_a_dataset_of_a_store(bare: Path) -> None:
    rows = store.open_dataset(bare).query("SELECT ?g ?s { GRAPH ?g { ?s a pk:PolicyVersion } }", initNs={"pk": PK})
    assert {str(row[0]) for row in rows} == {iris.facts_graph(graph.version_of(e)) for e in (extraction(), other())}


def test_a_malformed_file_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.nt"
    path.write_text("<http://a/s> <http://a/p> 'x' .\n<http://a/s> oops .\n".replace("'", '"'))
    with pytest.raises(InputError, match=r"broken\.nt: line 2: "):
        store.open_store(path)


@pytest.mark.parametrize(("name", "reason"), [("graph.csv", "no known RDF"), ("absent.trig", "No such file"), ("", "is not a store")])
def test_what_cannot_be_opened_says_why(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        store.open_store(tmp_path / name)
