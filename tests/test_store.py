"""The store on disk: what replacing touches, what a lock and a broken file say."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace as changed
from pathlib import Path

import pyoxigraph
import pytest
from rdflib import RDF, Namespace, URIRef
from records import TEXT, VOCABULARY, Pinned, extraction

from kg import graph, iris, store
from kg.errors import InputError, OutputError
from kg.model import Extraction, Organisation
from kg.namespaces import PREFIXES, expand

PK = Namespace(PREFIXES["pk"])
SKOS_PREF, SKOS_ALT = expand("skos:prefLabel"), expand("skos:altLabel")


def other() -> Extraction:
    """Another text of the same series."""
    return changed(extraction(), document=changed(extraction().document, text=TEXT.replace("two years", "one year\n")))


def in_graph(opened: pyoxigraph.Store, name: str) -> set[pyoxigraph.Quad]:
    return set(opened.quads_for_pattern(None, None, None, pyoxigraph.NamedNode(name)))


def labels(opened: pyoxigraph.Store, predicate: str, organisation: str) -> set[str]:
    return {
        q.object.value for q in opened.quads_for_pattern(pyoxigraph.NamedNode(expand(organisation)), pyoxigraph.NamedNode(predicate), None)
    }


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    store.replace(tmp_path / "store", [extraction(), other()], VOCABULARY)
    return tmp_path / "store"


def test_a_new_store_holds_what_a_file_holds(filled: Path, tmp_path: Path) -> None:
    with (tmp_path / "graph.nq").open("wb") as stream:
        counts = graph.write([extraction(), other()], VOCABULARY, stream, "nquads")
    assert set(store.open_store(filled)) == set(store.open_store(tmp_path / "graph.nq"))
    assert store.replace(tmp_path / "again", [extraction(), other()], VOCABULARY) == counts
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_replacing_touches_the_versions_own_graphs_only(filled: Path) -> None:
    before = store.open_store(filled)
    mine, others = graph.version_of(extraction()), graph.version_of(other())
    names = (iris.facts_graph(others), iris.evidence_graph(others), iris.CATALOG, iris.ORGANISATIONS, iris.VOCABULARY)
    kept = {name: in_graph(before, name) for name in names}
    del before
    fewer = changed(extraction(), statements=extraction().statements[:1], facts=(), defined_terms=())
    counts = store.replace(filled, [fewer], VOCABULARY)
    after = store.open_store(filled)
    assert counts.statements == 1
    assert {name: in_graph(after, name) for name in kept} == kept
    expected = pyoxigraph.Store()
    expected.load("".join(f"{' '.join(quad)} .\n" for quad in graph.quads(fewer, VOCABULARY)), pyoxigraph.RdfFormat.N_QUADS)
    for name in (iris.facts_graph(mine), iris.evidence_graph(mine)):
        assert in_graph(after, name) == in_graph(expected, name)


def test_an_added_document_does_not_give_an_organisation_a_second_preferred_label(filled: Path) -> None:
    shouting = changed(
        other(),
        document=changed(other().document, text=TEXT + "!"),
        organisations=(Organisation("org:lumihiutale-oy", "LUMIHIUTALE OY", ("Lumihiutale Oy", "Lumi")),),
    )
    store.replace(filled, [shouting], VOCABULARY)
    opened = store.open_store(filled)
    assert labels(opened, SKOS_PREF, "org:lumihiutale-oy") == {"Lumihiutale Oy"}
    assert labels(opened, SKOS_ALT, "org:lumihiutale-oy") == {"LUMIHIUTALE OY", "Lumi"}


def test_a_document_that_fails_leaves_the_ones_before_it_whole(filled: Path) -> None:
    size = len(store.open_store(filled))

    def failing() -> Iterator[Extraction]:
        yield extraction()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.replace(filled, failing(), VOCABULARY)
    assert len(store.open_store(filled)) == size


def test_a_new_store_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def failing() -> Iterator[Extraction]:
        yield extraction()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.replace(tmp_path / "store", failing(), VOCABULARY)
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_another_process_writes_to(filled: Path) -> None:
    holder = "import sys, pyoxigraph; store = pyoxigraph.Store(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", holder, str(filled)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"open\n"
        with pytest.raises(OutputError, match="another process writes to this store"):
            store.replace(filled, [extraction()], VOCABULARY)
        process.communicate()


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(OutputError, match="is not a store"):
        store.replace(tmp_path, [extraction()], VOCABULARY)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_in_place_of_a_store_and_a_missing_parent(tmp_path: Path) -> None:
    (tmp_path / "graph.trig").write_text("")
    with pytest.raises(OutputError, match=r"graph\.trig"):
        store.replace(tmp_path / "graph.trig", [extraction()], VOCABULARY)
    with pytest.raises(OutputError, match="there is no folder"):
        store.replace(tmp_path / "nowhere" / "store", [extraction()], VOCABULARY)


def test_the_same_document_by_a_newer_vocabulary_has_one_run(filled: Path) -> None:
    store.replace(filled, [extraction()], Pinned("2.0"))
    evidence = in_graph(store.open_store(filled), iris.evidence_graph(graph.version_of(extraction())))
    runs = {q.subject.value for q in evidence if q.object == pyoxigraph.NamedNode(expand("pk:ExtractionRun"))}
    assert runs == {iris.run(graph.version_of(extraction()), graph.extractor_version(), "2.0")}


@pytest.mark.parametrize("suffix", ["trig", "nq"])
def test_a_dataset_unites_its_graphs(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"graph.{suffix}"
    with path.open("wb") as stream:
        graph.write([extraction()], VOCABULARY, stream, "trig" if suffix == "trig" else "nquads")
    dataset = store.open_dataset(path)
    denials = [s for (s,) in dataset.query("SELECT ?s { ?s a pk:Denial }", initNs={"pk": PK})]
    assert denials == [URIRef(graph.statement_iris(extraction())[1])]
    assert (denials[0], RDF.type, PK.Denial) in dataset


def test_a_dataset_of_a_store(filled: Path) -> None:
    rows = store.open_dataset(filled).query("SELECT ?g ?s { GRAPH ?g { ?s a pk:PolicyVersion } }", initNs={"pk": PK})
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


WRITER = """
import os, sys, pathlib
import pyoxigraph
from kg import store
from records import VOCABULARY, extraction
from test_store import other
where, moment = pathlib.Path(sys.argv[1]), sys.argv[2]
def stop(*_):
    print("here", flush=True)
    sys.stdin.read()
if moment == "before the first document":
    def given():
        stop()
        yield other()
elif moment == "between two documents":
    def given():
        yield changed
        stop()
        yield other()
    from dataclasses import replace
    changed = replace(extraction(), statements=extraction().statements[:1], facts=(), defined_terms=())
else:
    real = getattr(store, moment)
    def paused(*arguments, **named):
        stop()
        return real(*arguments, **named)
    setattr(store, moment, paused)
    def given():
        yield other()
store.replace(where, given(), VOCABULARY)
"""


def killed(directory: Path, moment: str) -> None:
    """A process that writes to the store and is killed, without a chance to tidy up, at a moment."""
    command = [sys.executable, "-c", WRITER, str(directory), moment]
    paths = os.pathsep.join((str(Path(__file__).parent), str(Path(__file__).parents[1])))
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}, cwd=directory.parent
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"here\n"
        process.kill()
    assert process.returncode == -signal.SIGKILL


def versions(directory: Path) -> set[str]:
    """The versions whose facts the store holds; each whole, with its evidence and its place in the catalog, or not at all."""
    opened = store.open_store(directory)
    found = set()
    for extraction_ in (extraction(), other()):
        version = graph.version_of(extraction_)
        held = [bool(in_graph(opened, name)) for name in (iris.facts_graph(version), iris.evidence_graph(version))]
        assert held[0] == held[1]
        if held[0]:
            expected = pyoxigraph.Store()
            expected.load("".join(f"{' '.join(quad)} .\n" for quad in graph.quads(extraction_, VOCABULARY)), pyoxigraph.RdfFormat.N_QUADS)
            assert in_graph(opened, iris.facts_graph(version)) == in_graph(expected, iris.facts_graph(version))
            found.add(version)
    return found


@pytest.mark.parametrize("moment", ["before the first document", "version_graphs", "_organisations", "_insert", "count"])
def test_a_writer_that_is_killed_leaves_the_last_good_state(tmp_path: Path, moment: str) -> None:
    directory = tmp_path / "store"
    store.replace(directory, [extraction()], VOCABULARY)
    vocabulary = in_graph(store.open_store(directory), iris.VOCABULARY)
    killed(directory, moment)
    committed = {graph.version_of(other())} if moment == "count" else set()
    assert versions(directory) == {graph.version_of(extraction())} | committed
    assert in_graph(store.open_store(directory), iris.VOCABULARY) == vocabulary
    store.replace(directory, [other()], VOCABULARY)
    assert versions(directory) == {graph.version_of(extraction()), graph.version_of(other())}, "and can be written to again"


def test_a_document_that_was_replaced_before_the_kill_stays_replaced(filled: Path) -> None:
    killed(filled, "between two documents")
    opened = store.open_store(filled)
    fewer = changed(extraction(), statements=extraction().statements[:1], facts=(), defined_terms=())
    expected = pyoxigraph.Store()
    expected.load("".join(f"{' '.join(quad)} .\n" for quad in graph.quads(fewer, VOCABULARY)), pyoxigraph.RdfFormat.N_QUADS)
    name = iris.facts_graph(graph.version_of(extraction()))
    assert in_graph(opened, name) == in_graph(expected, name)
    assert in_graph(opened, iris.facts_graph(graph.version_of(other())))


@pytest.mark.parametrize("moment", ["before the first document", "count"])
def test_a_new_store_whose_writer_is_killed_is_not_there_and_can_be_made(tmp_path: Path, moment: str) -> None:
    directory = tmp_path / "store"
    killed(directory, moment)
    assert not directory.exists()
    assert [path.name.startswith(".store.") for path in tmp_path.iterdir()] == [True]
    store.replace(directory, [extraction()], VOCABULARY)
    assert versions(directory) == {graph.version_of(extraction())}
    assert [path.name for path in tmp_path.iterdir()] == ["store"], "what the dead writer left was cleared away"


READER = """
import sys
from pathlib import Path
from kg import store
opened = store.open_store(Path(sys.argv[1]))
print(len(opened), flush=True)
sys.stdin.readline()
print(len(opened), flush=True)
"""


def test_two_that_make_the_same_store_do_not_mix(tmp_path: Path) -> None:
    directory = tmp_path / "store"

    def overtaken() -> Iterator[Extraction]:
        yield extraction()
        store.replace(tmp_path / "overtaking", [other()], VOCABULARY)
        (tmp_path / "overtaking").replace(directory)

    with pytest.raises(OutputError, match=r"store: .*another process made this store meanwhile"):
        store.replace(directory, overtaken(), VOCABULARY)
    assert versions(directory) == {graph.version_of(other())}


def test_many_read_while_one_writes(filled: Path) -> None:
    size = len(store.open_store(filled))
    command = [sys.executable, "-c", READER, str(filled)]
    readers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    try:
        for reader in readers:
            assert reader.stdout
            assert int(reader.stdout.readline()) == size
        fewer = changed(extraction(), statements=extraction().statements[:1], facts=(), defined_terms=())
        store.replace(filled, [fewer], VOCABULARY)
        assert len(store.open_store(filled)) < size, "who opens it now sees the new state"
        for reader in readers:
            assert reader.communicate("\n")[0] == f"{size}\n", "who had it open still sees a whole state, the old one"
    finally:
        for reader in readers:
            reader.kill()
            reader.wait()


def test_a_reader_can_open_a_store_that_is_being_written_to(filled: Path) -> None:
    size = len(store.open_store(filled))
    holder = "import sys, pyoxigraph; store = pyoxigraph.Store(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", holder, str(filled)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"open\n"
        assert len(store.open_store(filled)) == size
        process.communicate()
