"""The application: routes of the endpoint, of the graph store, of the catalogue and of the page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.namespaces import PREFIXES
from kg.query import catalogue
from kg.serve import protocol
from kg.serve.access import allows
from kg.serve.jobs import Ask, Describe, Job, Update
from kg.serve.limits import Limits
from kg.serve.log import log
from kg.serve.pool import Pool
from kg.serve.protocol import RequestError

STATIC = Path(__file__).resolve().parent / "static"
LONGEST_HEAD = 1 << 16
_PIECE = 1 << 18
_HEADERS = {
    # The page loads its own scripts and talks to this server, and nothing else. The editor sets styles by script.
    b"content-security-policy": b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"vary": b"Accept",
}


class Endpoint:
    """What the routes do."""

    def __init__(self, pool: Pool, limits: Limits, token: str | None) -> None:
        self._pool, self._limits, self._token = pool, limits, token

    async def sparql(self, request: Request) -> Response:
        """SPARQL 1.1 Protocol, and the description of the service where nothing is asked."""
        search, accept = request.scope["query_string"], request.headers.get("accept", "")
        if request.method != "POST":
            if protocol.asks_nothing(search):
                endpoint = str(request.url.replace(query="", fragment=""))
                return await self._answer(request, Describe(endpoint, self._token is not None, accept))
            return await self._answer(request, protocol.query_by_get(search, accept))
        body = await self._body(request)
        job = protocol.operation_by_post(search, request.headers.get("content-type", ""), body, accept)
        if isinstance(job, Update):
            self._authorize(request)
        return await self._answer(request, job)

    async def graph_store(self, request: Request) -> Response:
        """SPARQL 1.1 Graph Store HTTP Protocol, for reading."""
        job = protocol.graph_to_read(request.scope["query_string"], request.headers.get("accept", ""))
        return await self._answer(request, job)

    async def question(self, request: Request) -> Response:
        """The answer to a question of the catalogue, with its parameters bound."""
        given = protocol.parameters(request.scope["query_string"])
        return await self._answer(request, Ask(request.path_params["name"], request.headers.get("accept", ""), given))

    def _authorize(self, request: Request) -> None:
        if self._token is None:
            raise RequestError(403, "this endpoint is read-only; it was not started with --writable")
        if not allows(request.headers.get("authorization", ""), self._token):
            raise RequestError(401, "an update needs the header 'Authorization: Bearer TOKEN'")

    async def _answer(self, request: Request, job: Job) -> Response:
        reply, place = await _unless_gone(request, self._pool.do(job))
        if reply.status == 204:
            return Response(status_code=204)
        if reply.status != 200:
            raise RequestError(reply.status, reply.message)
        size = place.stat().st_size
        headers = {"content-length": str(size), "content-type": reply.media_type}
        if size <= _PIECE:
            content = place.read_bytes()
            place.unlink()
            return Response(content, headers=headers)
        return StreamingResponse(_pieces(place), headers=headers)

    async def _body(self, request: Request) -> bytes:
        """The body; of one that is too large the rest is read and forgotten, so that the client gets to hear the answer."""
        limit = self._limits.request_bytes
        body, length = bytearray(), 0
        try:
            async with asyncio.timeout(self._limits.idle_seconds):
                async for part in request.stream():
                    length += len(part)
                    if length <= limit:
                        body += part
        except TimeoutError as error:
            raise RequestError(408, f"the request did not arrive within {self._limits.idle_seconds:g} s") from error
        if length > limit:
            raise RequestError(413, f"the request is larger than {limit} bytes, which is the limit here")
        return bytes(body)


def _pieces(place: Path) -> Iterator[bytes]:
    with place.open("rb") as stream:
        place.unlink()
        while piece := stream.read(_PIECE):
            yield piece


async def _unless_gone(request: Request, work: Coroutine[Any, Any, Any]) -> Any:
    """The result of the work, which is given up when the client has closed the connection."""
    task, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise RequestError(499, "the client went away")
        return task.result()
    finally:
        for pending in (task, gone):
            pending.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _questions(_: Request) -> Response:
    return JSONResponse(
        {
            "prefixes": dict(PREFIXES),
            "questions": [
                {
                    "name": question.name,
                    "questions": dict(question.questions),
                    "why": question.why,
                    "read": question.read,
                    "parameters": [
                        {"name": p.name, "type": p.type, "default": p.default, "meaning": p.meaning} for p in question.parameters
                    ],
                    "text": question.text,
                }
                for question in catalogue()
            ],
        }
    )


async def _page(_: Request) -> Response:
    return FileResponse(STATIC / "index.html")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestError)
    request.scope["note"] = error.message
    headers = {"www-authenticate": "Bearer"} if error.status == 401 else {}
    if error.message.startswith("busy"):
        headers["retry-after"] = "1"
    return PlainTextResponse(error.message + "\n", error.status, headers)


class Outermost:
    """Logs each request, and adds the headers that every answer carries."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status, size = time.monotonic(), 500, 0

        async def sent(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *((name, value) for name, value in _HEADERS.items() if name not in present)]
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app_for(scope)(scope, receive, sent)
        finally:
            target = scope["raw_path"].decode("ascii", "replace")
            log(scope["client"], scope["method"], target, status, time.monotonic() - begun, size, scope.get("note", ""))

    def _app_for(self, scope: Scope) -> ASGIApp:
        size = len(scope["raw_path"]) + len(scope["query_string"]) + sum(len(name) + len(value) for name, value in scope["headers"])
        if size <= LONGEST_HEAD:
            return self._app
        scope["note"] = f"the request's head is larger than {LONGEST_HEAD} bytes; send a long query by POST"
        return PlainTextResponse(f"{scope['note']}\n", 431, {"connection": "close"})


def application(pool: Pool, limits: Limits, token: str | None, hosts: list[str]) -> ASGIApp:
    """The whole application. `token` None makes it read-only; `hosts` are the names that it answers to."""
    endpoint = Endpoint(pool, limits, token)
    app = Starlette(
        routes=[
            Route("/", _page),
            Route("/sparql", endpoint.sparql, methods=["GET", "POST"]),
            Route("/data", endpoint.graph_store, methods=["GET"]),
            Route("/questions", _questions),
            Route("/questions/{name}", endpoint.question),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)],
        exception_handlers={RequestError: _refused},
    )
    return Outermost(app)
