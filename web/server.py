"""An HTTP server in a thread of its own, for any ASGI application. Leaves the process's signals alone.

The only module that knows uvicorn, and what it lacks: a limit on how long a client may take.
"""

import asyncio
import os
import socket
import threading

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from news.errors import PortTaken

CONNECTIONS = 400  # at once; further requests are told 503. Below the usual limit of 1024 open files
PATIENCE = 30.0  # seconds for a request to arrive or an answer to be taken; at most twice that
KEEP_ALIVE = 5  # seconds between two requests
HEADERS_SIZE = 32 * 1024  # bytes of a request's head
BACKLOG = 512
GRACE = 3  # seconds for answers under way when the server is stopped


class Server:
    """``start()``, then ``port`` says where; ``stop()``. A stopped server is not started again."""

    def __init__(self, app: ASGIApp, *, host: str = "127.0.0.1", port: int = 8080) -> None:
        """``port`` 0: any free one."""
        self._host = host
        self._port = port
        self._thread: threading.Thread | None = None
        self._uvicorn = _Uvicorn(
            uvicorn.Config(
                app,
                http=_ImpatientProtocol,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=CONNECTIONS,
                backlog=BACKLOG,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=GRACE,
                h11_max_incomplete_event_size=HEADERS_SIZE,
            )
        )

    @property
    def port(self) -> int:
        """The port it listens on; before ``start()`` the one it was given."""
        return self._port

    def start(self) -> None:
        """Listen, and return when requests are being answered. Raises PortTaken."""
        try:
            listener = socket.create_server(
                (self._host, self._port),
                family=socket.AF_INET6 if ":" in self._host else socket.AF_INET,
                backlog=BACKLOG,
            )
        except OSError as fault:
            reason = os.strerror(fault.errno) if fault.errno is not None and fault.errno > 0 else str(fault)
            raise PortTaken(f"cannot listen on {self._host}, port {self._port}: {reason}") from fault
        # Inherited by every connection. asyncio sets it only on sockets that name their protocol, and without it an
        # answer's second packet waits 40 ms for the acknowledgement of its first.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._port = listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, args=(listener,), name="web", daemon=True)
        self._thread.start()
        self._uvicorn.answering.wait()

    def stop(self, timeout: float = 5.0) -> None:
        """Stop listening, let answers that are under way end, and return after ``timeout`` seconds at the latest."""
        if self._thread is None:
            return
        self._uvicorn.should_exit = True
        self._thread.join(timeout)
        if self._thread.is_alive():
            self._uvicorn.force_exit = True
            self._thread.join(1.0)

    def _run(self, listener: socket.socket) -> None:
        try:
            self._uvicorn.run(sockets=[listener])
        finally:  # were it to fail at once, start() must not wait for ever
            self._uvicorn.answering.set()


class _Uvicorn(uvicorn.Server):
    """Says when it has begun to answer, and leaves no connection behind."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answering = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answering.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # the loop closes the sockets of aborted connections on its next turn


class _ImpatientProtocol(H11Protocol):
    """Closes a connection that is still at the same request after a while.

    uvicorn waits for ever for a request to become complete and for an answer to be read: a few hundred connections
    that do nothing would shut everybody out.
    """

    _look: asyncio.TimerHandle
    _seen: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self._look = self.loop.call_later(PATIENCE, self._look_again)

    def connection_lost(self, exc: Exception | None) -> None:
        self._look.cancel()
        super().connection_lost(exc)

    def _look_again(self) -> None:
        if self.cycle is self._seen:
            self.transport.abort()
            return
        self._seen = self.cycle
        self._look = self.loop.call_later(PATIENCE, self._look_again)
