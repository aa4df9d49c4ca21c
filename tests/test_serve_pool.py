"""The pool and its processes: places, limits, replacement, and what a process may no longer do."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from served import EX, write_graph

from kg.errors import InputError
from kg.serve.confinement import bound, confine
from kg.serve.jobs import KILL, Query, Reply, Update
from kg.serve.limits import Limits
from kg.serve.longjobs import LongJobs
from kg.serve.pool import Pool

THINGS = "\n".join(f"<{EX}t{number}> <{EX}weighs> {number} ." for number in range(3000))
ENDLESS = Query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
QUICK = Query(f"SELECT ?w {{ <{EX}t7> <{EX}weighs> ?w }}", "text/csv")


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    return write_graph(tmp_path, f"<{EX}things> {{ {THINGS} }}")


def run(source: Path, limits: Limits, work: Callable[[Pool], Awaitable[Any]]) -> Any:
    async def within() -> Any:
        async with Pool(source, limits) as pool:
            return await work(pool)

    return asyncio.run(within())


async def text(pool: Pool, job: Query) -> str:
    reply, place = await pool.do(job)
    assert reply.status == 200, reply
    answer = place.read_text(encoding="utf-8")
    place.unlink()
    return answer


async def status(pool: Pool, job: Query | Update) -> Reply:
    return (await pool.do(job))[0]


def test_long_queries_leave_the_quick_places_free(graph: Path) -> None:
    async def work(pool: Pool) -> list[Reply]:
        long = [asyncio.create_task(status(pool, ENDLESS)) for _ in range(5)]
        await asyncio.sleep(4)
        for _ in range(20):
            assert (await text(pool, QUICK)).split() == ["w", "7"]
        assert sum(not task.done() for task in long) == 3
        return [await task for task in long]

    replies = run(graph, Limits(quick=2, quick_seconds=1, long=3, seconds=9), work)
    assert [reply.status for reply in replies] == [503] * 5
    assert sum("longer than 9 s" in reply.message for reply in replies) == 3
    assert sum("too many long queries" in reply.message for reply in replies) == 2


def test_a_query_that_was_long_waits_for_no_quick_place_and_takes_none(graph: Path) -> None:
    async def work(pool: Pool) -> tuple[float, Reply]:
        await status(pool, ENDLESS)
        again = asyncio.create_task(status(pool, ENDLESS))
        await asyncio.sleep(0.1)
        begun = asyncio.get_running_loop().time()
        assert (await text(pool, QUICK)).split() == ["w", "7"]
        return asyncio.get_running_loop().time() - begun, await again

    waited, reply = run(graph, Limits(quick=1, quick_seconds=1.5, long=1, seconds=2), work)
    assert waited < 1
    assert "longer than 2 s" in reply.message


def test_a_query_that_is_no_longer_long_is_quick_again(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        pool._known.note(QUICK, True)
        assert QUICK in pool._known
        assert (await text(pool, QUICK)).split() == ["w", "7"]
        assert QUICK not in pool._known
        assert pool._idle == []  # the process had the lowest priority, and is not used again
        assert (await text(pool, QUICK)).split() == ["w", "7"]
        assert len(pool._idle) == 1

    run(graph, Limits(), work)


def test_a_known_long_query_has_its_try_where_no_long_place_is_free(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        pool._known.note(QUICK, True)
        long = asyncio.create_task(status(pool, ENDLESS))
        await asyncio.sleep(0.5)
        assert (await text(pool, QUICK)).split() == ["w", "7"]
        await long

    run(graph, Limits(quick=2, quick_seconds=0.2, long=1, seconds=1.5), work)


def test_only_the_latest_long_queries_are_remembered() -> None:
    known = LongJobs()
    jobs = [Query(f"ASK {{ ?s ?p {number} }}") for number in range(1000)]
    for job in jobs:
        known.note(job, True)
    known.note(Update("CLEAR ALL"), True)
    assert [jobs[-1] in known, jobs[0] in known, Update("CLEAR ALL") in known] == [True, False, False]


def test_more_waiting_than_there_is_room_for(graph: Path) -> None:
    async def work(pool: Pool) -> list[Reply]:
        return await asyncio.gather(*(status(pool, ENDLESS) for _ in range(4)))

    replies = run(graph, Limits(quick=1, quick_seconds=5, waiting=1, seconds=0.5), work)
    assert sorted(reply.message.split(":")[0] for reply in replies) == ["busy", "busy", "stopped", "stopped"]


def test_a_process_that_is_killed_from_outside_is_replaced(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        for _ in range(3):
            await text(pool, QUICK)
            assert len(pool._idle) == 1
            os.kill(pool._idle[0].process, signal.SIGKILL)
            reply = await status(pool, QUICK)
            assert (reply.status, "memory" in reply.message) == (503, True)
        assert (await text(pool, QUICK)).split() == ["w", "7"]

    run(graph, Limits(), work)


def test_clients_that_leave_while_a_process_is_made(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        for delay in (0, 0, 0.001, 0.002, 0.005, 0.01):
            leaving = [asyncio.create_task(pool.do(QUICK)) for _ in range(3)]
            await asyncio.sleep(delay)
            for task in leaving:
                task.cancel()
            await asyncio.gather(*leaving, return_exceptions=True)
            assert (await text(pool, QUICK)).split() == ["w", "7"]
            if worker := next(iter(pool._idle), None):
                pool._idle.remove(worker)  # so that the next one is made anew
                pool._command(KILL, worker.process)
                assert await worker.reader.read() == b""  # it was the process of that number

    run(graph, Limits(quick=2), work)


def test_processes_are_used_again_and_leave_nothing(graph: Path) -> None:
    async def work(pool: Pool) -> Path:
        for _ in range(50):
            await text(pool, QUICK)
        first = {worker.process for worker in pool._idle}
        assert len(first) == 1
        await status(pool, ENDLESS)
        assert {worker.process for worker in pool._idle} == set()
        assert list(Path(pool._folder.name).iterdir()) == []
        return Path(pool._folder.name)

    assert not run(graph, Limits(seconds=0.3), work).exists()


def test_an_answer_that_is_too_large(graph: Path) -> None:
    async def work(pool: Pool) -> None:
        reply = await status(pool, Query("SELECT * { ?a ?b ?c }"))
        assert (reply.status, "LIMIT" in reply.message) == (413, True)
        assert list(Path(pool._folder.name).iterdir()) == []
        assert (await text(pool, QUICK)).split() == ["w", "7"]

    run(graph, Limits(result_bytes=10_000), work)


def test_a_store_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    store = pyoxigraph.Store(str(tmp_path / "store"))
    store.load(f"<{EX}t7> <{EX}weighs> 1 .", pyoxigraph.RdfFormat.TURTLE, to_graph=pyoxigraph.NamedNode(EX))
    store.flush()
    del store

    async def work(pool: Pool) -> None:
        assert (await text(pool, QUICK)).split() == ["w", "1"]
        assert (await text(pool, QUICK)).split() == ["w", "1"]
        changed = await status(
            pool, Update(f"DELETE WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }} ; INSERT DATA {{ GRAPH <{EX}> {{ <{EX}t7> <{EX}weighs> 2 }} }}")
        )
        assert changed.status == 204, changed
        assert (await text(pool, QUICK)).split() == ["w", "2"]
        writer = pyoxigraph.Store(str(tmp_path / "store"))
        assert "another process writes" in (await status(pool, Update("CLEAR ALL"))).message
        writer.clear()
        writer.flush()
        del writer
        assert (await text(pool, QUICK)).split() == ["w"]

    run(tmp_path / "store", Limits(), work)


def test_readers_and_a_writer_at_the_same_time(tmp_path: Path) -> None:
    pyoxigraph.Store(str(tmp_path / "store")).flush()

    async def work(pool: Pool) -> None:
        async def read() -> None:
            for _ in range(40):
                assert await text(pool, Query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv"))

        readers = [asyncio.create_task(read()) for _ in range(2)]
        for number in range(8):
            changed = await status(pool, Update(f"INSERT DATA {{ GRAPH <{EX}{number}> {{ {THINGS} }} }}"))
            assert changed.status == 204, changed
            there = await text(pool, Query(f"ASK {{ GRAPH <{EX}{number}> {{ <{EX}t1> ?p ?o }} }}", "text/csv"))
            assert there == "true"
        await asyncio.gather(*readers)

    run(tmp_path / "store", Limits(), work)


def test_an_update_that_fails_changes_nothing(tmp_path: Path) -> None:
    store = pyoxigraph.Store(str(tmp_path / "store"))
    store.load(f"{THINGS} <{EX}t7> <{EX}weighs> 1 .", pyoxigraph.RdfFormat.TURTLE)
    store.flush()
    size = len(store)
    del store
    slow = f"DELETE DATA {{ <{EX}t7> <{EX}weighs> 1 }} ; " + "INSERT { ?a ?b ?l } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"

    async def work(pool: Pool) -> None:
        assert (await status(pool, Update(slow))).status == 503
        assert (await status(pool, Update("CLEAR ALL ; LOAD <http://127.0.0.1:9/>"))).status == 403
        assert (await status(pool, Update("CLEAR ALL ; CLEAR"))).status == 400

    run(tmp_path / "store", Limits(seconds=1), work)
    assert len(pyoxigraph.Store.read_only(str(tmp_path / "store"))) == size


@pytest.mark.parametrize(("name", "reason"), [("absent.trig", "No such file"), ("broken.trig", "line 1")])
def test_a_graph_that_cannot_be_read(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "broken.trig").write_text("this is no graph")

    async def work(_: Pool) -> None:
        pytest.fail("it started")

    with pytest.raises(InputError, match=reason) as caught:
        run(tmp_path / name, Limits(), work)
    assert str(caught.value).count(name) == 1


def in_a_process(work: Callable[[], None]) -> int:
    """How a fork that does the work ends: 0, the number of its exception, or the negative number of its signal."""
    process = os.fork()
    if process == 0:
        code = 99
        try:
            work()
            code = 0
        except OSError as error:
            code = error.errno or 98
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="only Linux can take the network from a process")
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_UNIX])
def test_a_confined_process_opens_no_sockets(family: int) -> None:
    def connect() -> None:
        confine(Limits())
        socket.socket(family)

    assert in_a_process(lambda: socket.socket(family).close()) in (0, 97)  # 97: a machine without IPv6
    assert in_a_process(connect) == 13


def test_a_confined_process_writes_no_large_files(tmp_path: Path) -> None:
    def write() -> None:
        confine(Limits(result_bytes=1000))
        (tmp_path / "large").write_bytes(b"x" * 2000)

    assert in_a_process(write) == 27
    assert (tmp_path / "large").stat().st_size == 1000


def test_a_limit_is_not_set_above_the_hard_one() -> None:
    import resource

    def lower() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        bound(resource.RLIMIT_CORE, 1000)

    assert in_a_process(lower) == 0
