"""A publisher on this machine whose answers are scripted, the misbehaviour of the wild included; it notes what it was
asked.

``publisher.script("/feed", answer(body=b"…"), hang())``: each request takes the next behaviour, the last one stays.
"""

import asyncio
import socket
import ssl
import threading
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import brotli
import pytest

from feeds.unpack import zstd

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asked. Header names are lower case."""

    method: str
    target: str
    headers: dict[str, str]
    header_lines: tuple[str, ...]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


Behaviour = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def answer(
    status: int = 200, headers: dict[str, str] | Headers = (), body: bytes = b"", *, length: int | None = None
) -> Behaviour:
    """A plain answer. ``length`` lies about the length of the body. Header text goes out as UTF-8."""
    lines = headers.items() if isinstance(headers, dict) else headers
    said = {name.lower() for name, _ in lines}
    head = [f"HTTP/1.1 {status} Scripted", *(f"{name}: {value}" for name, value in lines)]
    if "transfer-encoding" not in said:
        head.append(f"Content-Length: {len(body) if length is None else length}")
    return raw("\r\n".join([*head, "", ""]).encode() + body)


def redirect(location: str, status: int = 302) -> Behaviour:
    return answer(status, {"Location": location})


def raw(data: bytes) -> Behaviour:
    """These bytes, whatever they are."""

    async def behave(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return behave


def drip(head: bytes, drop: bytes, pause: float) -> Behaviour:
    """``head`` at once, then ``drop`` again and again, with a pause (seconds) before each, for ever."""

    async def behave(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            await writer.drain()
            await asyncio.sleep(pause)
            writer.write(drop)

    return behave


def slow_headers(pause: float = 0.05) -> Behaviour:
    return drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", pause)


def slow_body(pause: float = 0.05) -> Behaviour:
    return drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x", pause)


def endless_chunks() -> Behaviour:
    return drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4000\r\n" + b"x" * 0x4000 + b"\r\n", 0)


def hang() -> Behaviour:
    """Take the request and say nothing."""

    async def behave(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3600)

    return behave


def reset(after: bytes = b"") -> Behaviour:
    """Break the connection off with RST, after these bytes."""

    async def behave(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(after)
        await writer.drain()
        link: socket.socket = writer.get_extra_info("socket")
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        writer.transport.abort()

    return behave


def header_flood(count: int) -> Behaviour:
    lines = "".join(f"X-Flood-{n}: {n}\r\n" for n in range(count))
    return raw(f"HTTP/1.1 200 OK\r\n{lines}Content-Length: 1\r\n\r\nx".encode())


def long_header(size: int) -> Behaviour:
    return raw(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * size + b"\r\nContent-Length: 1\r\n\r\nx")


def cut(data: bytes) -> Behaviour:
    """These bytes, then the end of the connection."""

    async def behave(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.write_eof()

    return behave


def later(pause: float, then: Behaviour) -> Behaviour:
    """``then``, after a pause in seconds."""

    async def behave(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(pause)
        await then(request, writer)

    return behave


BOMBS = ("gzip", "deflate", "br", "zstd")


def bomb(size: int, encoding: str = "gzip") -> bytes:
    """``size`` bytes of nothing, packed at least a thousandfold; its end is missing."""
    block = bytes(1 << 20)
    match encoding:
        case "br":
            packer = brotli.Compressor(quality=1)
            return b"".join(packer.process(block) + packer.flush() for _ in range(size >> 20))
        case "zstd":
            framer = zstd.ZstdCompressor()
            return b"".join(framer.compress(block, framer.FLUSH_BLOCK) for _ in range(size >> 20))
        case _:
            zipper = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16 if encoding == "gzip" else zlib.MAX_WBITS)
            first = zipper.compress(block) + zipper.flush(zlib.Z_FULL_FLUSH)
            again = zipper.compress(block) + zipper.flush(zlib.Z_FULL_FLUSH)
            return first + again * ((size >> 20) - 1)


class Publisher:
    """A real server on a loopback address, in a thread of its own. Use as ``with Publisher() as publisher``.

    ``tls`` wraps every connection; ``host`` and ``port`` are where it listens, 0: any.
    """

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.host = host
        self.port = port
        self.requests: list[Request] = []
        self.connections = 0  # accepted
        self.at_once = 0  # requests being answered
        self.most_at_once = 0
        self._tls = tls
        self._scripts: dict[str, list[Behaviour]] = {}
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="publisher", daemon=True)

    def url(self, path: str = "/feed") -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{self.host}:{self.port}{path}"

    def script(self, path: str, *behaviours: Behaviour) -> str:
        """What happens to the next requests for ``path``; the last behaviour stays. Returns the address."""
        self._scripts[path] = list(behaviours)
        return self.url(path)

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(timeout=10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._connected, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            if self._tls is not None:
                await writer.start_tls(self._tls)
            while (request := await _read_request(reader)) is not None:
                self.requests.append(request)
                await self._answer(request, writer)
        except (OSError, asyncio.CancelledError):
            pass  # the client went away, or the test is over
        finally:
            self._tasks.discard(task)
            with suppress(OSError):
                writer.transport.abort()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        behaviours = self._scripts.get(request.path)
        if not behaviours:
            await answer(404)(request, writer)
            return
        behaviour = behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await behaviour(request, writer)
        finally:
            self.at_once -= 1


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None
    first, *lines = head.decode("utf-8", "surrogateescape").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = [line.partition(":") for line in lines]
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    return Request(method=method, target=target, headers=headers, header_lines=tuple(lines))


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """A publisher for one test; nothing is scripted: every path is 404."""
    with Publisher() as running:
        yield running
