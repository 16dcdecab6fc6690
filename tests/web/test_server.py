"""The server thread: where it listens, how it ends, whom it does not wait for, and readers while we publish."""

import gzip
import http.client
import logging
import re
import signal
import socket
import threading
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from lxml import etree
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

import web.server
from feeds.publish import publish
from news.errors import KhulasaError, PortTaken
from web.app import create_app
from web.server import Server

LARGE = 30_000_000  # bytes: more than the buffers of two sockets hold


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("hello")(scope, receive, send)


async def large(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(b"x" * LARGE)(scope, receive, send)


def ask(port: int, path: str = "/", host: str = "127.0.0.1") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def received_from(connection: socket.socket) -> int:
    """How many bytes come before the other side closes, politely or not. A timeout raises."""
    received = 0
    with suppress(ConnectionResetError):
        while part := connection.recv(1_000_000):
            received += len(part)
    return received


def test_it_answers_when_start_returns_and_no_longer_when_stop_does() -> None:
    server = Server(hello, host="127.0.0.1", port=0)
    server.start()
    assert server.port > 0
    assert ask(server.port) == (200, b"hello")
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        ask(server.port)
    assert "web" not in {thread.name for thread in threading.enumerate()}


def test_stopping_what_was_never_started_is_nothing() -> None:
    Server(hello, host="127.0.0.1", port=0).stop()


def test_the_signals_of_the_process_are_left_alone() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    server = Server(hello, host="127.0.0.1", port=0)
    server.start()
    during = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    server.stop()
    assert during == before


def test_a_taken_port_is_said_plainly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"127\.0\.0\.1, port {port}: Address already in use") as caught:
            Server(hello, host="127.0.0.1", port=port).start()
    assert isinstance(caught.value, KhulasaError)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_that_is_not_ours_is_said_too(host: str) -> None:
    with pytest.raises(PortTaken, match=re.escape(host)):
        Server(hello, host=host, port=0).start()


def test_a_port_is_free_again_at_once() -> None:
    first = Server(hello, host="127.0.0.1", port=0)
    first.start()
    ask(first.port)
    first.stop()
    second = Server(hello, host="127.0.0.1", port=first.port)
    second.start()
    assert ask(second.port) == (200, b"hello")
    second.stop()


def test_stop_does_not_wait_for_clients_that_say_nothing() -> None:
    server = Server(hello, host="127.0.0.1", port=0)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port)) as silent:
        silent.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        ask(server.port)
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 3


def test_stop_cuts_off_a_client_that_never_reads_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.server, "GRACE", 1)
    server = Server(large, host="127.0.0.1", port=0)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert slow.recv(1) == b"H"
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 4
        assert received_from(slow) < LARGE


def test_small_answers_do_not_wait_for_acknowledgements() -> None:
    server = Server(hello, host="127.0.0.1", port=0)
    server.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    began = time.monotonic()
    for _ in range(100):
        connection.request("GET", "/")
        connection.getresponse().read()
    took = time.monotonic() - began
    connection.close()
    server.stop()
    assert took < 2  # 4 s with Nagle's algorithm, 0.1 s without


def test_a_client_that_never_ends_its_request_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.server, "PATIENCE", 0.2)
    server = Server(hello, host="127.0.0.1", port=0)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        assert received_from(slow) == 0
    server.stop()


def test_a_client_that_never_reads_its_answer_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.server, "PATIENCE", 0.2)
    server = Server(large, host="127.0.0.1", port=0)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        threading.Event().wait(1)
        assert received_from(slow) < LARGE
    server.stop()


def test_an_error_of_ours_is_a_500_without_its_text(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> dict[str, object]:
        raise RuntimeError("a secret")

    server = Server(create_app(tmp_path, broken), host="127.0.0.1", port=0)
    server.start()
    with caplog.at_level(logging.CRITICAL):
        status, body = ask(server.port, "/health")
    server.stop()
    assert status == 500
    assert b"secret" not in body


READERS, ROUNDS = 50, 200


def test_readers_never_see_half_a_file_while_it_is_published(tmp_path: Path) -> None:
    """Every answer is complete, is one version, and has the tag of its own bytes."""
    name = "category/politics.rss"

    def body_of(version: int) -> bytes:
        return f"<rss v='{version}'>{f'<item>{version}</item>' * (2000 + version % 7)}</rss>".encode()

    publish(tmp_path, name, body_of(0))
    server = Server(create_app(tmp_path, lambda: {"status": "ok"}), host="127.0.0.1", port=0)
    server.start()
    done = threading.Event()
    faults: list[str] = []
    versions: list[set[str]] = [set() for _ in range(READERS)]

    def read(reader: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        packed = reader % 2 == 0
        try:
            while not (done.is_set() and versions[reader]):
                connection.request("GET", f"/{name}", headers={"Accept-Encoding": "gzip" if packed else "identity"})
                response = connection.getresponse()
                body = response.read()
                plain = gzip.decompress(body) if packed else body
                tag = f'"{sha256(plain).hexdigest()[:32]}{"-gzip" if packed else ""}"'
                root = etree.fromstring(plain)
                if response.status != 200 or response.headers["ETag"] != tag:
                    faults.append(f"{response.status} {response.headers['ETag']} for {tag}")
                if {item.text for item in root} != {root.get("v")}:
                    faults.append("two versions in one answer")
                versions[reader].add(str(root.get("v")))
        except Exception as fault:  # whatever it is, the test must say it
            faults.append(repr(fault))
        finally:
            connection.close()

    readers = [threading.Thread(target=read, args=(n,)) for n in range(READERS)]
    for reader in readers:
        reader.start()
    for version in range(1, ROUNDS + 1):
        publish(tmp_path, name, body_of(version))
    status, last = ask(server.port, f"/{name}")
    done.set()
    for reader in readers:
        reader.join()
    server.stop()
    assert faults == []
    assert (status, last) == (200, body_of(ROUNDS))
    assert all(versions)
    assert len(set.union(*versions)) > 1
