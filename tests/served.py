"""A real `kg serve` in a process of its own, for the tests of its parts."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).parents[1]

GRAPH = """
@prefix ex: <http://shop.example/> .
ex:one { ex:kettu ex:sells ex:boots . ex:kettu ex:name "Kettu \\u00c4"@fi . }
ex:two { ex:jalka ex:sells ex:socks . }
"""
"""Two graphs about two fictional shops."""

EX = "http://shop.example/"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def media_type(self) -> str:
        return self.headers["content-type"].partition(";")[0]


@dataclass
class Server:
    """Where it listens, and what it has written to stderr."""

    url: str
    process: subprocess.Popen[str]
    log: list[str] = field(default_factory=list)

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        assert parts.hostname
        assert parts.port
        return parts.hostname, parts.port

    def request(self, method: str, target: str, body: bytes | str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Sends a request as it is; nothing is added to it but what HTTP needs."""
        connection = http.client.HTTPConnection(*self.address, timeout=60)
        try:
            connection.request(method, target, body.encode() if isinstance(body, str) else body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
        finally:
            connection.close()

    def get(self, path: str, accept: str = "", **fields: str) -> Answer:
        target = path + (f"?{urlencode(fields)}" if fields else "")
        return self.request("GET", target, headers={"Accept": accept} if accept else {})

    def ask(self, query: str, accept: str = "text/csv") -> Answer:
        return self.get("/sparql", accept, query=query)

    def logged(self, pattern: str) -> bool:
        """Whether the log has, or within a minute gets, a line in which the pattern is found."""
        for _ in range(600):
            if any(re.search(pattern, line) for line in self.log):
                return True
            if self.process.poll() is not None:
                return False
            time.sleep(0.1)
        return False

    def up(self) -> bool:
        return self.process.poll() is None and self.ask("ASK { ?s ?p ?o }").text.strip() == "true"


@contextmanager
def serving(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Runs ``kg serve`` on a free port of the loopback address until the block ends."""
    command = [sys.executable, "-m", "kg.cli", "serve", *map(str, arguments), "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(environment or {})}, stderr=subprocess.PIPE, text=True)
    server = Server("", process)
    stderr = process.stderr
    assert stderr

    def collect() -> None:
        for line in stderr:
            server.log.append(line)

    reader = threading.Thread(target=collect, daemon=True)
    reader.start()
    try:
        assert server.logged(r"at http://\S+/"), server.log
        server.url = re.findall(r"at (http://\S+)/", "".join(server.log))[0]
        yield server
    finally:
        process.terminate()
        process.wait(20)
        reader.join(5)
        stderr.close()


def write_graph(folder: Path, text: str = GRAPH) -> Path:
    """A graph's file."""
    path = folder / "graph.trig"
    path.write_text(text, encoding="utf-8")
    return path
