"""A real `kg serve` under load: many clients with mixed questions, and one whose query would run for minutes.

    python benchmarks/load.py [GRAPH] [--clients 16] [--seconds 60] [--pause 0.5] [--copies 4] [--json]

Without GRAPH the examples are built and copied, each copy under companies of its own. First one client asks every question of the catalogue
alone; the median of these times is the measure. A question that takes longer than QUICK even so is named and left out. Then all clients
ask questions at random for the time given, while one of them asks for a join without end again and again. A client reads for PAUSE seconds
on average before it asks again. What compares policies, or lists each against all requirements, is asked of one, and of another each time;
no answer is kept for the next. With --pause 0 nobody reads, and what is measured is a queue: with two processors and sixteen clients an
answer cannot come sooner than after eight times its processor time. Memory is that of the server and all its processes, with what they
share counted once (PSS, Linux only). All of it is on the loopback address.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

ROOT = Path(__file__).resolve().parents[1]
ENDLESS = "/sparql?query=" + quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
OWN = re.compile(r"(https://w3id\.org/policy-kg/data/(?:policy|org)/)")
OF_ONE = {"completeness": ("policy",), "practices_compared": ("policy", "other"), "similar_policies": ("policy",)}
"""Questions that are asked of policies chosen at random, by the parameters that say of which."""
POLICIES = "/sparql?query=" + quote("SELECT ?p { ?p a <https://w3id.org/policy-kg/ontology#FullTextVersion> } ORDER BY ?p")
QUICK = 0.3
"""What a quick question takes at most when it is asked alone, in seconds."""


@dataclass
class Seen:
    """What the clients saw: seconds by question, statuses of what went wrong, and how often the endless query was stopped."""

    times: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    stopped: int = 0
    memory: list[int] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def quick(self) -> list[float]:
        return [seconds for times in self.times.values() for seconds in times]


def examples(folder: Path, copies: int) -> Path:
    """The graph of the examples, in so many copies."""
    one, many = folder / "one.nq", folder / "many.nq"
    subprocess.run(
        [sys.executable, "-m", "kg.cli", "build", str(ROOT / "examples" / "policies"), "-o", str(one)], check=True, capture_output=True
    )
    text = one.read_text(encoding="utf-8")
    with many.open("w", encoding="utf-8") as stream:
        stream.write(text)
        for number in range(1, copies):
            stream.writelines(OWN.sub(rf"\g<1>copy-{number}-", line) for line in text.splitlines(keepends=True) if OWN.search(line))
    return many


@contextmanager
def served(graph: Path, limit: float) -> Iterator[tuple[str, int, int]]:
    """A running server: its host, port and process. `limit` is how long a query may run, in seconds."""
    command = [sys.executable, "-m", "kg.cli", "serve", str(graph), "--port", "0", "--seconds", str(limit)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    stderr = process.stderr
    try:
        for line in stderr:
            if found := re.search(r"http://([^:]+):(\d+)/", line):
                threading.Thread(target=lambda: all(True for _ in stderr), daemon=True).start()
                yield found[1], int(found[2]), process.pid
                return
        raise SystemExit("the server did not start")
    finally:
        process.terminate()
        process.wait(20)


def ask(connection: http.client.HTTPConnection, target: str) -> tuple[int, bytes, float]:
    """The status, the answer and the time in seconds."""
    begun = time.perf_counter()
    connection.request("GET", target, headers={"Accept": "application/sparql-results+json"})
    response = connection.getresponse()
    body = response.read()
    return response.status, body, time.perf_counter() - begun


def target(name: str, policies: list[str], choice: random.Random) -> str:
    """The address of a question's answer."""
    parameters = OF_ONE.get(name, ())
    return f"/questions/{name}?" + urlencode(dict(zip(parameters, choice.sample(policies, len(parameters)), strict=True)))


def alone(host: str, port: int, questions: list[str], policies: list[str], rounds: int) -> Seen:
    """Every question in turn, by one client. The first round is not counted; it shows which are quick."""
    seen, choice = Seen(), random.Random(0)
    connection = http.client.HTTPConnection(host, port, timeout=60)
    first = {name: ask(connection, target(name, policies, choice))[2] for name in questions}
    for name in [name for _ in range(rounds) for name in questions if first[name] <= QUICK]:
        status, body, seconds = ask(connection, target(name, policies, choice))
        if status != 200:
            seen.errors.append(f"{name}: {status} {body[:100]!r}")
        seen.times.setdefault(name, []).append(seconds)
    connection.close()
    seen.left_out = [name for name in questions if first[name] > QUICK]
    return seen


def together(
    host: str, port: int, process: int, questions: list[str], policies: list[str], clients: int, seconds: float, pause: float
) -> Seen:
    """All clients at once; the first asks for the endless join."""
    seen, lock, end = Seen(), threading.Lock(), time.monotonic() + seconds

    def client(number: int) -> None:
        choice = random.Random(number)
        connection = http.client.HTTPConnection(host, port, timeout=120)
        while time.monotonic() < end:
            name = choice.choice(questions)
            status, body, took = ask(connection, ENDLESS if number == 0 else target(name, policies, choice))
            with lock:
                if number == 0 and status == 503 and b"longer than" in body:
                    seen.stopped += 1
                elif status != 200:
                    seen.errors.append(f"{name}: {status} {body[:100]!r}")
                else:
                    seen.times.setdefault(name, []).append(took)
            if pause:
                time.sleep(choice.uniform(0, 2 * pause))
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.5)
        seen.memory.append(memory(process))
    return seen


def memory(process: int) -> int:
    """The bytes of a process and all below it, what is shared counted once; 0 where the system does not say."""
    total, waiting = 0, [process]
    while waiting:
        here = Path(f"/proc/{waiting.pop()}")
        try:
            total += int(re.findall(r"^Pss:\s+(\d+)", (here / "smaps_rollup").read_text(), re.MULTILINE)[0]) * 1024
            waiting += [int(child) for child in (here / "task" / here.name / "children").read_text().split()]
        except OSError:
            continue
    return total


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", nargs="?", type=Path)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=0.5, help="the mean pause of a client between two questions, in seconds")
    parser.add_argument("--limit", type=float, default=10, help="the time limit of a query, in seconds")
    parser.add_argument("--copies", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        graph = options.graph or examples(Path(folder), options.copies)
        with served(graph, options.limit) as (host, port, process):
            _, body, _ = ask(http.client.HTTPConnection(host, port), "/questions")
            names = [question["name"] for question in json.loads(body)["questions"]]
            _, body, _ = ask(http.client.HTTPConnection(host, port), POLICIES)
            policies = [row["p"]["value"] for row in json.loads(body)["results"]["bindings"]]
            quiet = alone(host, port, names, policies, options.rounds)
            seconds = min(options.seconds, 600)
            loaded = together(host, port, process, list(quiet.times), policies, options.clients, seconds, options.pause)
    show(quiet, loaded, options.json)


def show(quiet: Seen, loaded: Seen, as_json: bool) -> None:
    """The figures of a run."""
    median, times = statistics.median(quiet.quick()), sorted(loaded.quick())
    p95 = times[int(len(times) * 0.95)]
    own = {name: statistics.median(seconds) for name, seconds in quiet.times.items()}
    slowdowns = sorted(seconds / own[name] for name, all_of_it in loaded.times.items() for seconds in all_of_it)
    third = max(1, len(loaded.memory) // 3)
    figures: dict[str, object] = {
        "questions": len(quiet.times),
        "left out": ", ".join(quiet.left_out) or "none",
        "unloaded median ms": round(median * 1000, 1),
        "answers": len(times),
        "loaded median ms": round(statistics.median(times) * 1000, 1),
        "loaded p95 ms": round(p95 * 1000, 1),
        "ratio of p95 to unloaded median": round(p95 / median, 2),
        "p95 of ratios to the same question alone": round(slowdowns[int(len(slowdowns) * 0.95)], 2),
        "endless query stopped": loaded.stopped,
        "errors": len(quiet.errors) + len(loaded.errors),
        "memory MB, first third": round(statistics.mean(loaded.memory[:third]) / 1e6),
        "memory MB, last third": round(statistics.mean(loaded.memory[-third:]) / 1e6),
        "memory MB, most": round(max(loaded.memory) / 1e6),
    }
    if as_json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:42} {value}")
    for error in (quiet.errors + loaded.errors)[:10]:
        print(f"  {error}")
    slowest = sorted(quiet.times, key=lambda name: -statistics.median(quiet.times[name]))[:5]
    print("slowest alone:", ", ".join(f"{name} {statistics.median(quiet.times[name]) * 1000:.0f} ms" for name in slowest))


if __name__ == "__main__":
    main()
