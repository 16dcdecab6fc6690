"""Hostile servers that need more than one answer: memory, both families of addresses, TLS, headers, our own door."""

import asyncio
import errno
import importlib
import json
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest import TestReport

from news.types import Failed, Fetched, FetchResult, Reason, Validators
from tests.feeds.fetching import NOW, fetch, fetcher, settings
from tests.feeds.hostile import Outcomes, cases, line_of
from tests.feeds.publisher import (
    BOMBS,
    Behaviour,
    Publisher,
    answer,
    bomb,
    cut,
    endless_chunks,
    raw,
    redirect,
)
from tests.feeds.test_guard import ScriptedNames, addresses
from web.app import create_app
from web.server import Server

FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>الرواق</title></channel></rss>'.encode()
CERTIFICATE = Path(__file__).resolve().parents[1] / "data" / "publisher" / "self-signed.pem"


# --- memory -------------------------------------------------------------------------------------------------------

# VmHWM and not getrusage: the kernel counts the memory of the process that started this one as this one's peak too.
MEASURED = """
import json, sys
from pathlib import Path
from tests.feeds.fetching import fetch

def kilobytes(name):
    return int(Path("/proc/self/status").read_text().split(f"{name}:")[1].split()[0])

urls = sys.argv[1:]
fetch(urls[0])
before = kilobytes("VmRSS")
reasons = [fetch(url).reason for url in urls[1:]]
print(json.dumps([reasons, kilobytes("VmHWM") - before]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of one process is told by /proc")
def test_bombs_and_endless_bodies_cost_less_than_60_megabytes(publisher: Publisher) -> None:
    good = publisher.script("/feed", answer(body=FEED))
    behaviours = {
        **{coding: answer(200, {"Content-Encoding": coding}, bomb(400 << 20, coding)) for coding in BOMBS},
        "chunks": endless_chunks(),
        "long": answer(body=bytes(100 << 20)),
        "unnumbered": cut(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(100 << 20)),
    }
    urls = [publisher.script(f"/{name}", behaviour) for name, behaviour in behaviours.items()]
    done = subprocess.run([sys.executable, "-c", MEASURED, good, *urls], capture_output=True, check=True, timeout=120)
    reasons, growth = json.loads(done.stdout)
    assert reasons == [Reason.TOO_LARGE] * len(urls)
    assert growth < 60 << 10


def test_what_follows_the_length_that_was_told_is_no_part_of_the_body(publisher: Publisher) -> None:
    result = fetch(publisher.script("/feed", answer(body=FEED + b"x" * 100_000, length=len(FEED))))
    if isinstance(result, Fetched):
        assert result.body == FEED
    else:  # it came at once with the headers
        assert isinstance(result, Failed)
        assert result.reason is Reason.PROTOCOL


# --- addresses ----------------------------------------------------------------------------------------------------


def test_no_private_address_gets_as_far_as_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    # On the loop of asyncio, whose connecting can be watched.
    private = addresses("no")
    tried: list[object] = []

    async def connect(loop: object, link: object, address: object) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("asyncio.selector_events.BaseSelectorEventLoop.sock_connect", connect)
    names = ScriptedNames(**{f"n{n}": [[address]] for n, address in enumerate(private)}, public=[["8.8.8.8"]])

    async def ask() -> list[FetchResult]:
        async with fetcher(settings(allow_networks=()), names=names) as asking:
            hosts = [f"[{address}]" if ":" in address else address for address in private]
            named = [f"n{n}.example" for n in range(len(private))]
            refused = [await asking.fetch(f"http://{host}/", now=NOW) for host in (*hosts, *named)]
            assert tried == []
            return [*refused, await asking.fetch("http://public.example/", now=NOW)]

    *refused, reached = asyncio.run(ask())
    assert {result.reason for result in refused if isinstance(result, Failed)} == {Reason.PRIVATE_ADDRESS}
    assert len(refused) == 2 * len(private)
    assert tried == [("8.8.8.8", 80)], "it would have been noticed"
    assert isinstance(reached, Failed)
    assert reached.reason is Reason.CONNECT


@pytest.fixture
def both() -> Iterator[tuple[Publisher, Publisher]]:
    """This machine on 127.0.0.1 and, at the same port, on ::1."""
    with Publisher() as four:
        try:
            with Publisher(host="::1", port=four.port) as six:
                yield four, six
        except OSError as fault:
            if os.environ.get("CI") == "true" or fault.errno != errno.EADDRNOTAVAIL:
                raise
            pytest.skip("this machine has no ::1")


@pytest.mark.parametrize(
    "host", ["[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:7f00:1]", "[::7f00:1]", "localhost", "ip6.localhost"]
)
def test_this_machine_is_not_asked_over_either_family(both: tuple[Publisher, Publisher], host: str) -> None:
    four, six = both
    result = fetch(f"http://{host}:{four.port}/feed", settings(allow_networks=()))
    assert isinstance(result, Failed)
    assert result.reason is Reason.PRIVATE_ADDRESS
    assert (four.connections, six.connections) == (0, 0)


def test_a_redirect_does_not_change_to_an_address_of_the_other_family(both: tuple[Publisher, Publisher]) -> None:
    four, six = both
    four.script("/feed", redirect(f"http://[::1]:{six.port}/feed"))
    result = fetch(four.url(), settings(allow_networks=("127.0.0.1",)))
    assert isinstance(result, Failed)
    assert result.reason is Reason.PRIVATE_ADDRESS
    assert (four.connections, six.connections) == (1, 0)


# --- passwords and TLS --------------------------------------------------------------------------------------------


@pytest.fixture
def secure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """A publisher behind TLS whose certificate we trust."""
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(CERTIFICATE)
    trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting)
    with Publisher(tls=served) as running:
        yield running


def test_a_password_is_not_carried_from_https_to_http(secure: Publisher, publisher: Publisher) -> None:
    secure.script("/feed", redirect(publisher.script("/feed", answer(body=FEED)), 301))
    result = fetch(secure.url().replace("//", "//reader:s3cret@"))
    assert isinstance(result, Failed)
    assert result.reason is Reason.REFUSED
    assert "s3cret" not in result.message
    assert publisher.connections == 0
    assert secure.requests[0].headers["authorization"].startswith("Basic ")


def test_a_feed_without_a_password_may_lead_to_http_but_not_for_good(secure: Publisher, publisher: Publisher) -> None:
    secure.script("/feed", redirect(publisher.script("/feed", answer(body=FEED)), 301))
    result = fetch(secure.url())
    assert isinstance(result, Fetched)
    assert (result.url, result.moved_to) == (publisher.url(), None)


def test_cookies_and_passwords_of_one_host_do_not_reach_the_next(publisher: Publisher) -> None:
    with Publisher(host="127.0.0.2") as other:
        there = other.script("/feed", answer(200, {"Set-Cookie": "b=2"}, FEED)).replace("//", "//their:choice@")
        publisher.script("/feed", answer(302, {"Location": there, "Set-Cookie": "a=1; Path=/; Domain=127.0.0.2"}))
        assert isinstance(fetch(publisher.url().replace("//", "//reader:s3cret@")), Fetched)
        assert set(other.requests[0].headers) == {"host", "user-agent", "accept", "accept-encoding"}
        assert "authorization" in publisher.requests[0].headers


# --- headers ------------------------------------------------------------------------------------------------------

FOUND = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
AWAY = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (raw(FOUND + b'ETag: "a\rX-Evil: 1"\r\n\r\nx'), Reason.PROTOCOL),
        (raw(FOUND + b'ETag: "a\0"\r\n\r\nx'), Reason.PROTOCOL),
        (raw(FOUND + b'ETag: "' + b"a" * 65_536 + b'"\r\n\r\nx'), Reason.PROTOCOL),
        (raw(FOUND + b"Last-Modified: " + b"a" * 65_536 + b"\r\n\r\nx"), Reason.PROTOCOL),
        (raw(AWAY + b"Location: /x\rX-Evil: 1\r\n\r\n"), Reason.PROTOCOL),
        (raw(AWAY + b"Location: /" + b"x" * 65_536 + b"\r\n\r\n"), Reason.PROTOCOL),
        (raw(AWAY + b"Location: /" + b"x" * 8_050 + b"\r\n\r\n"), Reason.BAD_URL),
        (raw(AWAY + b"Location: /x\tX-Evil: 1\r\n\r\n"), Reason.BAD_URL),
    ],
    ids=["etag CR", "etag NUL", "etag 64 kB", "date 64 kB", "location CR", "location 64 kB", "location 8 kB", "tab"],
)
def test_headers_that_would_break_a_request_are_refused(
    publisher: Publisher, behaviour: Behaviour, reason: Reason
) -> None:
    result = fetch(publisher.script("/feed", behaviour))
    assert isinstance(result, Failed)
    assert result.reason is reason
    assert len(publisher.requests) == 1


@pytest.mark.parametrize("head", [b'ETag: "a\nX-Evil: 1', b'ETag: "a\r\n X-Evil: 1"', b"ETag: \x0b", b"ETag: a\tb"])
def test_whatever_comes_as_a_validator_the_next_request_is_whole(publisher: Publisher, head: bytes) -> None:
    url = publisher.script("/feed", raw(FOUND + head + b"\r\n\r\nx"))
    result = fetch(url)
    if isinstance(result, Fetched):
        fetch(url, validators=result.validators)
        asked = set(publisher.requests[1].headers)
        assert asked <= {"host", "user-agent", "accept", "accept-encoding", "if-none-match"}
    else:
        assert isinstance(result, Failed)
        assert result.reason is Reason.PROTOCOL


def test_an_encoded_line_end_in_a_redirect_stays_encoded(publisher: Publisher) -> None:
    publisher.script("/feed", raw(AWAY + b"Location: /x%0d%0aX-Evil:%201\r\n\r\n"))
    fetch(publisher.url(), validators=Validators(etag='"1"'))
    assert publisher.requests[1].target == "/x%0D%0AX-Evil:%201"
    assert "x-evil" not in publisher.requests[1].headers


# --- our own door -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    ["GET {url} HTTP/1.1", "CONNECT {place} HTTP/1.1", "GET /?url={url} HTTP/1.1", "GET //{place}/feed HTTP/1.1"],
)
def test_our_server_asks_nobody_for_anybody(tmp_path: Path, publisher: Publisher, line: str) -> None:
    place = f"127.0.0.1:{publisher.port}"
    asked = line.format(url=publisher.script("/feed", answer(body=FEED)), place=place)
    server = Server(create_app(tmp_path, lambda: {"status": "ok"}), host="127.0.0.1", port=0)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(f"{asked}\r\nHost: {place}\r\nConnection: close\r\n\r\n".encode())
        told = b"".join(iter(lambda: connection.recv(65_536), b""))
    server.stop()
    assert told.split()[1] in (b"400", b"404", b"405")
    assert place.encode() not in told
    assert publisher.connections == 0


# --- the table ----------------------------------------------------------------------------------------------------


def test_every_case_is_held_by_tests_that_exist() -> None:
    found = cases()
    assert {case.number for case in found} == {*range(1, 50), 52, 53, 55, 57, 58, 59}
    for case in found:
        path, _, name = case.test.partition("::")
        module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
        assert callable(getattr(module, name)), case.test
        assert name.startswith("test_")
        assert all(Reason(reason) for reason in case.reasons)


def test_the_command_says_what_became_of_every_case() -> None:
    one = next(case for case in cases() if case.number == 11)
    outcomes = Outcomes()
    outcomes.pytest_runtest_logreport(TestReport(one.test, ("", 0, ""), {}, "passed", None, "call"))
    outcomes.pytest_runtest_logreport(TestReport(f"{one.test}[1]", ("", 0, ""), {}, "failed", None, "call"))
    assert line_of(one, outcomes).startswith("11  1 passed, 1 failed  ")
    assert line_of(replace(one, test="tests/x.py::test_y"), outcomes).startswith("11  not run  ")
