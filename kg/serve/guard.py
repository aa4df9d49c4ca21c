"""HTTP connections that do not wait for ever: for a request that never ends, or for a client that never reads."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from kg.serve.log import log


class GuardedProtocol(H11Protocol):
    """uvicorn's protocol, with a deadline for the head of each request and for each pause in reading the answer."""

    idle_seconds = 10.0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._begun = time.monotonic()
        self._head: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop()
        elif self._head is None and not self.transport.is_closing():
            self._expect_head()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reading = self.loop.call_later(self.idle_seconds, self._give_up, "the client stopped reading the answer")

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._reading:
            self._reading.cancel()
            self._reading = None

    def send_400_response(self, msg: str) -> None:
        """Answers what is no HTTP: 431 where its head is too large, else 400."""
        error = sys.exc_info()[1]
        status = error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400
        reason = f"{msg} {error}." if error else msg
        body = reason.encode("ascii", "replace")
        headers = [("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(body))), ("connection", "close")]
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            for event in (h11.Response(status_code=status, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self._log(status, reason)
        self.transport.close()

    def _expect_head(self) -> None:
        self._begun = time.monotonic()
        self._head = self.loop.call_later(self.idle_seconds, self._give_up, "the request did not arrive in time")

    def _stop(self) -> None:
        if self._head:
            self._head.cancel()
            self._head = None

    def _give_up(self, reason: str) -> None:
        self._log(408, reason)
        self.transport.abort()

    def _log(self, status: int, reason: str) -> None:
        log(self.client, "-", "-", status, time.monotonic() - self._begun, 0, reason)
