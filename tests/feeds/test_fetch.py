"""Fetching from a real server on this machine, a hostile one mostly. What they do wrong comes back as a value."""

import asyncio
import gzip
import socket
import ssl
import time
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from feeds.fetch import Fetcher, user_agent
from news.types import Advice, Failed, Fetched, FetchResult, NotModified, Reason, Validators
from scheduler.loop import until_done
from tests.feeds.fetching import NOW, fetch, fetcher, settings
from tests.feeds.publisher import (
    Behaviour,
    Publisher,
    answer,
    cut,
    drip,
    endless_chunks,
    hang,
    header_flood,
    later,
    long_header,
    raw,
    redirect,
    reset,
    slow_body,
    slow_headers,
)

FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>الرواق</title></channel></rss>'.encode()
CERTIFICATE = Path(__file__).resolve().parents[1] / "data" / "publisher" / "self-signed.pem"


def failed(result: FetchResult) -> Failed:
    assert isinstance(result, Failed), result
    assert len(result.message) < 160
    return result


def fetched(result: FetchResult) -> Fetched:
    assert isinstance(result, Fetched), result
    return result


# --- the good ways ------------------------------------------------------------------------------------------------


def test_what_is_asked_and_what_comes(publisher: Publisher) -> None:
    headers = {
        "Content-Type": "application/rss+xml; charset=utf-8",
        "ETag": 'W/"خبر-1"',
        "Last-Modified": "Fri, 20 Nov 2026 08:00:00 GMT",
        "Cache-Control": "max-age=600",
        "Set-Cookie": "visitor=1",
    }
    url = publisher.script("/feed", answer(200, headers, FEED))
    result = fetched(fetch(url))
    assert result.body == FEED
    assert result.url == url
    assert result.moved_to is None
    assert ("content-type", "application/rss+xml; charset=utf-8") in result.headers
    assert result.validators == Validators(etag='W/"خبر-1"', last_modified="Fri, 20 Nov 2026 08:00:00 GMT")
    assert result.advice.fresh_for is not None
    assert result.advice.fresh_for.total_seconds() == 600
    asked = publisher.requests[0]
    assert (asked.method, asked.target) == ("GET", "/feed")
    assert asked.headers["user-agent"] == "Khulasa/1.2 (+https://khulasa.example/; ops@khulasa.example)"
    assert asked.headers["accept-encoding"] == "gzip, deflate, br, zstd"
    assert set(asked.headers) == {"host", "user-agent", "accept", "accept-encoding"}


def test_validators_go_back_and_304_is_no_failure(publisher: Publisher) -> None:
    url = publisher.script("/feed", answer(304, {"ETag": '"خبر-2"', "Retry-After": "60"}))
    result = fetch(url, validators=Validators(etag='W/"خبر-1"', last_modified="yesterday"))
    assert isinstance(result, NotModified)
    assert result.validators == Validators(etag='"خبر-2"')
    assert result.advice.retry_after is not None
    assert publisher.requests[0].headers["if-none-match"] == 'W/"خبر-1"'
    assert publisher.requests[0].headers["if-modified-since"] == "yesterday"


def test_a_validator_that_would_break_the_request_is_not_sent(publisher: Publisher) -> None:
    url = publisher.script("/feed", answer(body=FEED))
    fetched(fetch(url, validators=Validators(etag='"a"\r\nX-Evil: 1', last_modified="x" * 9000)))
    assert set(publisher.requests[0].headers) == {"host", "user-agent", "accept", "accept-encoding"}


def test_cookies_are_not_kept(publisher: Publisher) -> None:
    url = publisher.script("/feed", answer(200, {"Set-Cookie": "a=1; Path=/"}, FEED))

    async def twice() -> None:
        async with fetcher() as asking:
            for _ in range(2):
                await asking.fetch(url, now=NOW)

    until_done(twice())
    assert [("cookie" in request.headers) for request in publisher.requests] == [False, False]


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP"])
def test_a_compressed_body_is_decoded(publisher: Publisher, encoding: str) -> None:
    url = publisher.script("/feed", answer(200, {"Content-Encoding": encoding}, gzip.compress(FEED)))
    assert fetched(fetch(url)).body == FEED


def test_headers_that_are_no_text_come_as_text(publisher: Publisher) -> None:
    url = publisher.script(
        "/feed", raw(b'HTTP/1.1 200 OK\r\nX-Old: \xce\xc8\xd1\r\nETag: "\xce"\r\nContent-Length: 1\r\n\r\nx')
    )
    result = fetched(fetch(url))
    assert ("x-old", "\N{REPLACEMENT CHARACTER}" * 3) in result.headers
    assert result.validators == Validators()


def test_the_environment_names_no_proxy_and_no_password(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = publisher.script("/feed", answer(body=FEED))
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login u password p\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with Publisher() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url("/"))
        fetched(fetch(url))
        assert proxy.connections == 0
    assert "authorization" not in publisher.requests[0].headers


# --- statuses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        (410, {}, Reason.GONE),
        (404, {}, Reason.NOT_FOUND),
        (401, {}, Reason.REFUSED),
        (403, {}, Reason.REFUSED),
        (451, {}, Reason.REFUSED),
        (403, {"cf-mitigated": "challenge"}, Reason.BLOCKED),
        (503, {"CF-Mitigated": "Challenge"}, Reason.BLOCKED),
        (200, {"cf-mitigated": "challenge"}, Reason.BLOCKED),
        (429, {}, Reason.RATE_LIMITED),
        (500, {}, Reason.SERVER_ERROR),
        (503, {}, Reason.SERVER_ERROR),
        (521, {}, Reason.SERVER_ERROR),
        (400, {}, Reason.HTTP_ERROR),
        (206, {}, Reason.HTTP_ERROR),
        (300, {}, Reason.HTTP_ERROR),
        (304, {}, Reason.PROTOCOL),
        (302, {}, Reason.PROTOCOL),
        (200, {"Content-Encoding": "gzip, gzip"}, Reason.UNSUPPORTED_ENCODING),
        (200, {"Content-Encoding": "compress"}, Reason.UNSUPPORTED_ENCODING),
        (200, {"Content-Encoding": "gzip"}, Reason.PROTOCOL),
    ],
)
def test_what_a_status_means(publisher: Publisher, status: int, headers: dict[str, str], reason: Reason) -> None:
    url = publisher.script("/feed", answer(status, headers, b"" if status == 304 else b"<html>no</html>"))
    result = failed(fetch(url))
    assert result.reason is reason
    assert result.status == status


def test_two_content_encodings_in_two_lines_are_stacked_too(publisher: Publisher) -> None:
    headers = (("Content-Encoding", "gzip"), ("Content-Encoding", "gzip"))
    url = publisher.script("/feed", answer(200, headers, gzip.compress(gzip.compress(FEED))))
    assert failed(fetch(url)).reason is Reason.UNSUPPORTED_ENCODING


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_an_empty_body_is_no_feed(publisher: Publisher, body: bytes) -> None:
    assert failed(fetch(publisher.script("/feed", answer(body=body)))).reason is Reason.EMPTY


@pytest.mark.parametrize("status", [429, 503, 403])
def test_a_failure_says_when_to_come_back(publisher: Publisher, status: int) -> None:
    url = publisher.script("/feed", answer(status, {"Retry-After": "120"}))
    advice = failed(fetch(url)).advice
    assert advice.retry_after is not None
    assert advice.retry_after.total_seconds() == 120


# --- redirects ----------------------------------------------------------------------------------------------------


def test_a_permanent_move_is_reported_and_a_passing_one_is_not(publisher: Publisher) -> None:
    publisher.script("/old", redirect("/older", 301))
    publisher.script("/older", redirect(publisher.url("/feed"), 308))
    publisher.script("/passing", redirect("/old", 302))
    publisher.script("/feed", answer(body=FEED))
    moved = fetched(fetch(publisher.url("/old")))
    assert (moved.url, moved.moved_to) == (publisher.url("/feed"), publisher.url("/feed"))
    passing = fetched(fetch(publisher.url("/passing")))
    assert (passing.url, passing.moved_to) == (publisher.url("/feed"), None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("host", ["127.0.0.2", "0x7f.0.0.2", "[::ffff:127.0.0.2]", "2130706434", "user@127.0.0.2"])
def test_no_redirect_leads_into_a_private_network(publisher: Publisher, status: int, host: str) -> None:
    with Publisher(host="127.0.0.2") as private:
        url = publisher.script("/feed", redirect(f"http://{host}:{private.port}/feed", status))
        result = failed(fetch(url, settings(allow_networks=("127.0.0.1",))))
        assert result.reason is Reason.PRIVATE_ADDRESS
        assert "redirected to" in result.message
        assert private.connections == 0
    assert publisher.connections == 1


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("//10.0.0.1/", Reason.PRIVATE_ADDRESS),
        ("//169.254.169.254/latest/meta-data/", Reason.PRIVATE_ADDRESS),
        ("file:///etc/passwd", Reason.BAD_SCHEME),
        ("gopher://127.0.0.1/", Reason.BAD_SCHEME),
        ("data:text/xml,x", Reason.BAD_SCHEME),
        ("/feed", Reason.TOO_MANY_REDIRECTS),
    ],
)
def test_redirects_that_are_not_followed(publisher: Publisher, location: str, reason: Reason) -> None:
    assert failed(fetch(publisher.script("/feed", redirect(location)))).reason is reason


def test_a_long_chain_ends_at_five_hops(publisher: Publisher) -> None:
    for n in range(21):
        publisher.script(f"/{n}", redirect(f"/{n + 1}?{'x' * n}"))
    assert failed(fetch(publisher.url("/0"))).reason is Reason.TOO_MANY_REDIRECTS
    assert len(publisher.requests) == 6


def test_credentials_reach_their_host_and_no_other(publisher: Publisher) -> None:
    with Publisher() as other:
        publisher.script("/feed", redirect("/here", 301))
        publisher.script("/here", redirect(other.url("/feed"), 301))
        other.script("/feed", answer(body=FEED))
        result = fetched(fetch(publisher.url("/feed").replace("//", "//user:s3cret@")))
        assert [request.headers.get("authorization") for request in publisher.requests] == [
            "Basic dXNlcjpzM2NyZXQ="
        ] * 2
        assert "authorization" not in other.requests[0].headers
        assert "referer" not in other.requests[0].headers
        assert "s3cret" not in repr(result)
        assert result.moved_to is None


# --- size and time ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (endless_chunks(), Reason.TOO_LARGE),
        (answer(body=b"x" * 100_001), Reason.TOO_LARGE),
        (answer(body=b"x", length=10**12), Reason.TOO_LARGE),
        (cut(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 200_000), Reason.TOO_LARGE),
        (cut(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), Reason.PROTOCOL),
        (cut(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"), Reason.PROTOCOL),
        (cut(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc"), Reason.PROTOCOL),
        (cut(b""), Reason.CONNECT),
        (reset(), Reason.CONNECT),
        (reset(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), Reason.PROTOCOL),
        (header_flood(200_000), Reason.PROTOCOL),
        (long_header(1 << 20), Reason.PROTOCOL),
        (raw(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"), Reason.PROTOCOL),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), Reason.PROTOCOL),
    ],
)
def test_answers_that_are_none(publisher: Publisher, behaviour: Behaviour, reason: Reason) -> None:
    result = failed(fetch(publisher.script("/feed", behaviour), settings(max_body=100_000)))
    assert result.reason is reason


def test_a_body_of_exactly_the_cap_is_taken(publisher: Publisher) -> None:
    url = publisher.script("/feed", answer(body=b"x" * 100_000))
    assert len(fetched(fetch(url, settings(max_body=100_000))).body) == 100_000


@pytest.mark.parametrize(
    "behaviour",
    [
        hang(),
        slow_headers(),
        slow_body(),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.05),
    ],
    ids=["hang", "slow headers", "slow body", "slow chunks"],
)
def test_slow_answers_end_at_the_deadline(publisher: Publisher, behaviour: Behaviour) -> None:
    url = publisher.script("/feed", behaviour)
    began = time.monotonic()
    assert failed(fetch(url, settings(seconds=0.5))).reason is Reason.TIMEOUT
    assert 0.4 < time.monotonic() - began < 1.5


def test_redirects_share_one_deadline(publisher: Publisher) -> None:
    for n in range(5):
        publisher.script(f"/{n}", later(0.2, redirect(f"/{n + 1}")))
    began = time.monotonic()
    assert failed(fetch(publisher.url("/0"), settings(seconds=0.5))).reason is Reason.TIMEOUT
    assert time.monotonic() - began < 0.9


def test_a_connection_that_is_never_accepted_ends_at_the_deadline() -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for one in (first, second):  # the queue holds one more than it says
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        began = time.monotonic()
        result = failed(fetch(f"http://127.0.0.1:{full.getsockname()[1]}/", settings(seconds=0.5)))
        assert result.reason is Reason.TIMEOUT
        assert time.monotonic() - began < 1.5


def test_a_stalled_handshake_ends_at_the_deadline(publisher: Publisher) -> None:
    url = publisher.url("/feed").replace("http:", "https:")
    assert failed(fetch(url, settings(seconds=0.5))).reason is Reason.TIMEOUT
    assert publisher.connections == 1


# --- the connection -----------------------------------------------------------------------------------------------


def test_a_certificate_nobody_vouches_for_is_refused() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with Publisher(tls=context) as secure:
        secure.script("/feed", answer(body=FEED))
        result = failed(fetch(secure.url("/feed")))
        assert result.reason is Reason.TLS
        assert "certificate" in result.message
        assert secure.requests == []


def test_nobody_listens() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        result = failed(fetch(f"http://127.0.0.1:{closed.getsockname()[1]}/"))
    assert result.reason is Reason.CONNECT
    assert result.message == "no connection: Connection refused"


def test_a_name_that_means_nothing() -> None:
    class NoSuchName(AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")

        async def close(self) -> None:
            pass

    assert failed(fetch("http://rawaq.example/", names=NoSuchName())).reason is Reason.DNS


@pytest.mark.parametrize("url", ["file:///etc/passwd", "|ls", "http://a\\@b/", "http://user:s3cret@ra waq.example/"])
def test_what_is_no_address_is_a_value_too(url: str) -> None:
    result = failed(fetch(url))
    assert result.reason in (Reason.BAD_URL, Reason.BAD_SCHEME)
    assert "s3cret" not in result.message
    assert result.advice == Advice()


# --- how many at once ---------------------------------------------------------------------------------------------


def together(urls: list[str], *, at_once: int, at_once_per_host: int) -> list[FetchResult]:
    async def ask() -> list[FetchResult]:
        async with fetcher(settings(at_once=at_once, at_once_per_host=at_once_per_host)) as asking:
            return await asyncio.gather(*(asking.fetch(url, now=NOW) for url in urls))

    return until_done(ask())


@pytest.mark.parametrize(("at_once", "at_once_per_host", "most"), [(32, 2, 2), (3, 10, 3), (1, 1, 1)])
def test_so_many_at_once(publisher: Publisher, at_once: int, at_once_per_host: int, most: int) -> None:
    url = publisher.script("/feed", later(0.03, answer(body=FEED)))
    results = together([url] * 8, at_once=at_once, at_once_per_host=at_once_per_host)
    assert all(isinstance(result, Fetched) for result in results)
    assert publisher.most_at_once == most


def test_waiting_for_a_busy_host_takes_no_place_from_others(publisher: Publisher) -> None:
    with Publisher() as other:
        slow = publisher.script("/feed", later(0.2, answer(body=FEED)))
        order: list[str] = []
        quick = other.script("/feed", answer(body=FEED))

        async def ask(url: str, name: str, asking: Fetcher) -> None:
            await asking.fetch(url, now=NOW)
            order.append(name)

        async def all_of_them() -> None:
            async with fetcher(settings(at_once=2, at_once_per_host=1)) as asking:
                await asyncio.gather(*(ask(slow, "slow", asking) for _ in range(3)), ask(quick, "quick", asking))

        until_done(all_of_them())
        assert order[0] == "quick"


def test_waiting_for_a_place_is_not_their_fault(publisher: Publisher) -> None:
    url = publisher.script("/feed", later(0.2, answer(body=FEED)))

    async def ask() -> list[FetchResult]:
        async with fetcher(settings(seconds=0.5, at_once=1)) as asking:
            return await asyncio.gather(*(asking.fetch(url, now=NOW) for _ in range(4)))

    assert all(isinstance(result, Fetched) for result in until_done(ask()))


def test_a_cancelled_fetch_is_cancelled_and_gives_its_place_back(publisher: Publisher) -> None:
    publisher.script("/hang", hang())
    good = publisher.script("/feed", answer(body=FEED))

    async def ask() -> FetchResult:
        async with fetcher(settings(at_once=1)) as asking:
            hanging = asyncio.create_task(asking.fetch(publisher.url("/hang"), now=NOW))
            await asyncio.sleep(0.1)
            hanging.cancel()
            with pytest.raises(asyncio.CancelledError):
                await hanging
            return await asking.fetch(good, now=NOW)

    fetched(until_done(ask()))


# --- who we say we are --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("site", "contact", "said"),
    [
        ("https://khulasa.example/", None, "Khulasa/1 (+https://khulasa.example/)"),
        ("https://خلاصة.example/", "ops@x.example", "Khulasa/1 (+https://xn--mgben3a3e.example/; ops@x.example)"),
        ("https://k.example/", "a\r\nX-Evil: 1", "Khulasa/1 (+https://k.example/; aX-Evil: 1)"),
        ("https://k.example/", "a) Mozilla (b; \\ليلى", "Khulasa/1 (+https://k.example/; a Mozilla b)"),
        ("https://k.example/", "x" * 65_536, f"Khulasa/1 (+https://k.example/; {'x' * 200})"),
        ("https://u:s3cret@k.example/", None, "Khulasa/1 (+https://k.example/)"),
        ("nowhere", "ليلى", "Khulasa/1"),
    ],
)
def test_the_user_agent(site: str, contact: str | None, said: str) -> None:
    assert user_agent("1", site, contact) == said


def test_nobody_is_asked_while_there_is_no_room_for_the_answer(publisher: Publisher) -> None:
    url = publisher.script("/feed", answer(body=b"<rss/>"))

    async def ask() -> tuple[int, FetchResult]:
        opened = asyncio.Event()

        async def room() -> None:
            await opened.wait()

        async with Fetcher(settings(), version="1", site_url="https://khulasa.example/", room=room) as fetching:
            asking = asyncio.ensure_future(fetching.fetch(url, now=NOW))
            await asyncio.sleep(0.05)
            before = len(publisher.requests)
            opened.set()
            return before, await asking

    before, result = until_done(ask())
    assert before == 0
    assert isinstance(result, Fetched)
