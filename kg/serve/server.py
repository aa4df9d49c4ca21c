"""Starts the server, and runs it until it is stopped."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from kg.errors import ConfigurationError
from kg.hosts import is_loopback
from kg.serve.app import LONGEST_HEAD, application
from kg.serve.guard import GuardedProtocol
from kg.serve.limits import Limits
from kg.serve.pool import Pool

_LOCAL = ("localhost", "127.0.0.1", "::1")


def names(host: str) -> list[str]:
    """The names in the Host header that the server answers to, so that no web page can reach it by a name of its own (DNS rebinding).

    Whoever asks for a public address is reached by names that only they know.
    """
    return list(dict.fromkeys((*_LOCAL, host))) if is_loopback(host) else ["*"]


def serve(source: Path, host: str, port: int, limits: Limits, token: str | None, announce: Callable[[str], None]) -> None:
    """Serves the graph of a file or of a store's folder until SIGINT or SIGTERM. Port 0 takes a free one.

    `announce` is told the address once the graph is read and the port is open. `token` None makes the endpoint read-only.

    Raises:
        ConfigurationError: the address is not of this machine, or the port is taken.
        InputError: the graph cannot be read.
    """
    asyncio.run(_serve(source, host, port, limits, token, announce))


async def _serve(source: Path, host: str, port: int, limits: Limits, token: str | None, announce: Callable[[str], None]) -> None:
    class Protocol(GuardedProtocol):
        idle_seconds = limits.idle_seconds

    with _listen(host, port) as listening:
        async with Pool(source, limits) as pool:
            config = uvicorn.Config(
                application(pool, limits, token, names(host)),
                http=Protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=limits.connections,
                h11_max_incomplete_event_size=LONGEST_HEAD,
                timeout_graceful_shutdown=2,
            )
            shown, bound = listening.getsockname()[:2]
            announce(f"http://{f'[{shown}]' if ':' in shown else shown}:{bound}/")
            for number in (signal.SIGINT, signal.SIGTERM):
                # uvicorn stops at these, and then sends them again: with nothing done there, the pool still cleans up.
                signal.signal(number, lambda *_: None)
            await uvicorn.Server(config).serve(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.socket(family, kind, number)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(1024)
    except OSError as error:
        raise ConfigurationError(
            f"{host}:{port}", "the address", f"{error.strerror or error}; choose another with --host and --port"
        ) from error
    return listening
