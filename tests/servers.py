"""Real servers for the tests, each a process of its own on a free port of 127.0.0.1, with its data in a folder that goes away with it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

USER, PASSWORD = "root", "secretOfTests"
_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """Where a server listens."""

    host: str
    port: int

    def url(self, path: str = "", scheme: str = "http") -> str:
        return f"{scheme}://{self.host}:{self.port}{path}"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, folder: Path, **environment: str) -> Iterator[Server]:
    """A process until the block ends; the block begins when it listens."""
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env={**os.environ, **environment}
        )
    try:
        for _ in range(_SECONDS * 10):
            if process.poll() is not None:
                pytest.fail(f"{command[0]} ended: {log.read_text(errors='replace')[-2000:]}")
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            pytest.fail(f"{command[0]} does not listen after {_SECONDS} s: {log.read_text(errors='replace')[-2000:]}")
        yield Server("127.0.0.1", port)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


@contextmanager
def oxigraph(folder: Path) -> Iterator[Server]:
    """The oxigraph server, in memory."""
    port = free_port()
    program = Path(sys.executable).parent / "oxigraph"
    with running([str(program), "serve", "--bind", f"127.0.0.1:{port}"], port, folder) as server:
        yield server


_INI = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temp.db
TransactionFile = {folder}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 5
NumberOfBuffers = 4000
MaxDirtyBuffers = 3000
DirsAllowed = {folder}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 3
MaxClientConnections = 3
[SPARQL]
ResultSetMaxRows = 100000
"""


@contextmanager
def virtuoso(folder: Path) -> Iterator[Server]:
    """Virtuoso, whose user `dba` has the password of the tests."""
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("virtuoso-t is missing: apt-get install virtuoso-opensource-7-bin")
    sql, http = free_port(), free_port()
    ini = folder / "virtuoso.ini"
    ini.write_text(_INI.format(folder=folder, sql=sql, http=http), encoding="utf-8")
    command = [program, "+foreground", "+configfile", str(ini)]
    # Told a new password, Virtuoso makes its database, changes the password and ends.
    subprocess.run([*command, "+pwdold", "dba", "+pwddba", PASSWORD], cwd=folder, capture_output=True, timeout=_SECONDS, check=False)
    with running(command, http, folder) as server:
        yield server


_ARCADE = """
import signal, sys, arcadedb_embedded as arcadedb
folder, http, bolt, password = sys.argv[1:]
server = arcadedb.create_server(folder, password, {
    "host": "127.0.0.1", "http_port": int(http), "bolt_port": int(bolt), "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
})
server.start()
for name in ("pushed", "again", "scripted", "broken", "flat"):
    server.create_database(name)
open(folder + "/ready", "w").close()
signal.sigwait({signal.SIGTERM})
server.stop()
"""


@contextmanager
def arcadedb(folder: Path) -> Iterator[Server]:
    """ArcadeDB with its Bolt plugin, and a few empty databases."""
    bolt = free_port()
    with running([sys.executable, "-c", _ARCADE, str(folder), str(free_port()), str(bolt), PASSWORD], bolt, folder) as server:
        for _ in range(_SECONDS * 10):
            if (folder / "ready").exists():
                break
            time.sleep(0.1)
        yield server
