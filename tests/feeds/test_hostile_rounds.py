"""Hostile servers through whole cycles: what was stored and published stays, and nobody else waits."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TypeVar

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from lxml import etree
from structlog.testing import capture_logs

from news.types import (
    Configuration,
    Fetched,
    Reading,
    Reason,
    Site,
    Source,
    SourceState,
    Unreadable,
    Update,
    Validators,
)
from scheduler.cycle import House, poll
from scheduler.loop import until_done
from scheduler.publication import publish_changes
from scheduler.reading import read_document
from scheduler.writer import Writer
from tests.feeds.fetching import NOW, fetcher, settings
from tests.feeds.publisher import (
    Publisher,
    answer,
    bomb,
    drip,
    hang,
    header_flood,
    redirect,
    reset,
    slow_body,
    slow_headers,
)
from web.app import create_app
from web.server import Server

T = TypeVar("T")
HOUR = timedelta(hours=1)
TEXT = "افتتح مجلس المدينة اليوم جسرا جديدا يربط ضفتي النهر بعد ثلاث سنوات من العمل المتواصل"


def item(number: int, date: datetime, *, text: str = TEXT, link: str | None = None) -> str:
    return (
        f"<item><title>خبر {number}</title><link>{link or f'https://riwaq.example/{number}'}</link>"
        f"<guid isPermaLink='false'>g{number}</guid><pubDate>{format_datetime(date)}</pubDate>"
        f"<description>{text} {number}</description></item>"
    )


def rss(*items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>الرواق</title>{''.join(items)}</channel></rss>".encode()


def source(url: str, id: str = "riwaq") -> Source:
    return Source(id=id, title=f"صحيفة {id}", url=url)


class Newsroom:
    """The real wire, writer and publishing over one folder; documents are read in this process."""

    def __init__(self, data: Path, *sources: Source, names: AbstractResolver | None = None, seconds: float = 5) -> None:
        self.configuration = Configuration(
            site=Site(url="https://khulasa.example/"),
            fetch=settings(seconds=seconds, max_body=1 << 20),
            sources=sources,
            feeds=(),
        )
        self.public = data / "public"
        self._data = data
        self._names = names

    def live(self, life: Callable[[House], Awaitable[T]]) -> T:
        async def read(fetched: Fetched, source: Source, now: datetime) -> Reading | Unreadable:
            return read_document(fetched, source, now)

        async def whole() -> T:
            async with Writer(self._data) as writer, fetcher(self.configuration.fetch, names=self._names) as asking:
                return await life(House(fetch=asking.fetch, read=read, writer=writer, planned=lambda source, now: None))

        return until_done(whole())

    def round(self, *, now: datetime = NOW) -> tuple[Update, SourceState]:
        """Poll the first source and publish: what came of it, and what is remembered of it."""

        async def life(house: House) -> tuple[Update, SourceState]:
            (update,) = await poll(self.configuration.sources[:1], house, now=now, everything=True)
            assert update is not None
            await publish_changes(self.configuration, house.writer, self.public, now=now)
            return update, (await house.writer.do(lambda store: store.states()))[update.state.source_id]

        return self.live(life)

    def published(self) -> dict[str, bytes]:
        return {str(path.relative_to(self.public)): path.read_bytes() for path in self.public.rglob("*.*")}

    def titles(self) -> list[str | None]:
        return [title.text for title in etree.parse(self.public / "all.rss").iterfind(".//item/title")]


# --- what is no feed (20) -----------------------------------------------------------------------------------------

HTML = "<!DOCTYPE html><html><head><title>صفحة</title></head><body><p>أهلا</p></body></html>".encode()
CAPTCHA = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body class='cf-chl-x'></body></html>"
PAGE = {"ETag": '"page"', "Last-Modified": "Fri, 20 Nov 2026 08:29:00 GMT", "Content-Type": "text/html"}
NO_FEEDS = {
    "html": (answer(200, PAGE, HTML), Reason.NOT_A_FEED),
    "html as rss": (answer(200, PAGE | {"Content-Type": "application/rss+xml"}, HTML), Reason.NOT_A_FEED),
    "json error": (answer(200, PAGE, b'{"error": {"code": 429, "message": "slow down"}}'), Reason.NOT_A_FEED),
    "json list": (answer(200, PAGE, b"[]"), Reason.NOT_A_FEED),
    "captcha": (answer(200, PAGE, CAPTCHA), Reason.BLOCKED),
    "cf-mitigated 200": (answer(200, PAGE | {"cf-mitigated": "challenge"}, HTML), Reason.BLOCKED),
    "cf-mitigated 403": (answer(403, PAGE | {"cf-mitigated": "challenge"}, CAPTCHA), Reason.BLOCKED),
    "empty": (answer(200, PAGE), Reason.EMPTY),
    "spaces": (answer(200, PAGE, b"\r\n \t"), Reason.EMPTY),
    "NULs": (answer(200, PAGE, bytes(100)), Reason.EMPTY),
    "text": (answer(200, PAGE, b"it works"), Reason.NOT_A_FEED),
    "picture": (answer(200, PAGE, b"\x89PNG\r\n\x1a\n" + bytes(64)), Reason.NOT_A_FEED),
    "bomb": (answer(200, PAGE | {"Content-Encoding": "br"}, bomb(20 << 20, "br")), Reason.TOO_LARGE),
    "stacked": (answer(200, PAGE | {"Content-Encoding": "gzip, br"}, b"x"), Reason.UNSUPPORTED_ENCODING),
    "slow": (slow_body(), Reason.TIMEOUT),
    "flood": (header_flood(20_000), Reason.PROTOCOL),
    "reset": (reset(), Reason.CONNECT),
    "inwards": (redirect("http://192.168.0.1/feed", 301), Reason.PRIVATE_ADDRESS),
    "circle": (redirect("/feed", 301), Reason.TOO_MANY_REDIRECTS),
    "file": (redirect("file:///etc/passwd", 301), Reason.BAD_SCHEME),
}


@pytest.mark.parametrize("name", NO_FEEDS)
def test_what_is_no_feed_leaves_the_articles_the_files_and_the_validators(
    publisher: Publisher, tmp_path: Path, name: str
) -> None:
    behaviour, reason = NO_FEEDS[name]
    good = {"ETag": '"good"', "Last-Modified": "Fri, 20 Nov 2026 08:00:00 GMT"}
    url = publisher.script("/feed", answer(200, good, rss(item(1, NOW - HOUR))), behaviour)
    newsroom = Newsroom(tmp_path, source(url), seconds=0.5)
    first, before = newsroom.round()
    files = newsroom.published()
    second, after = newsroom.round(now=NOW + HOUR)
    assert (first.outcome, first.new) == ("ok", 1)
    assert (second.outcome, after.reason, after.failures) == (reason, reason, 1)
    assert (after.validators, after.body_hash, after.moved_to) == (before.validators, before.body_hash, None)
    assert newsroom.published() == files
    assert "خبر 1" in str(newsroom.titles())
    publisher.script("/feed", answer(304))
    third, healed = newsroom.round(now=NOW + 5 * HOUR)
    assert (third.outcome, healed.reason) == ("not_modified", None)
    asked = publisher.asked("/feed")[-1].headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == (good["ETag"], good["Last-Modified"])


@pytest.mark.parametrize("name", [name for name in NO_FEEDS if name != "slow"])
def test_the_validators_of_what_is_no_feed_are_never_sent_back(publisher: Publisher, tmp_path: Path, name: str) -> None:
    behaviour, reason = NO_FEEDS[name]
    newsroom = Newsroom(tmp_path, source(publisher.script("/feed", behaviour)))
    for failures in (1, 2):
        update, state = newsroom.round()
        assert (update.outcome, state.failures, state.validators) == (reason, failures, Validators())
    assert all(not {"if-none-match", "if-modified-since"} & set(asked.headers) for asked in publisher.requests)


# --- the future (59) ----------------------------------------------------------------------------------------------


def test_nobody_is_pinned_to_the_top_by_a_date_in_the_future(publisher: Publisher, tmp_path: Path) -> None:
    far = NOW + timedelta(days=3650)
    near = NOW + timedelta(hours=30)
    old = [item(1, far), item(2, near), item(3, NOW - HOUR)]
    fresh = item(4, NOW + timedelta(minutes=50))
    changed = [item(1, far + HOUR, text=f"{TEXT} تحديث"), item(2, near + HOUR), old[2]]
    bodies = [rss(*old), rss(*old, fresh), rss(*changed, fresh)]
    url = publisher.script("/feed", *(answer(body=body) for body in bodies))
    newsroom = Newsroom(tmp_path, source(url))
    orders: list[list[str]] = []
    for hours in range(3):
        update, _ = newsroom.round(now=NOW + hours * HOUR)
        assert update.outcome == "ok"
        orders.append([str(title)[-1] for title in newsroom.titles()])
    assert [sorted(order[:-1]) for order in orders[:1]] == [["1", "2"]]
    assert orders[0][-1] == "3"
    for order in orders[1:]:
        assert (order[0], order[-1]) == ("4", "3")
    dates = [date.text for date in etree.parse(newsroom.public / "all.rss").iterfind(".//item/pubDate")]
    assert dates[1:3] == [format_datetime(NOW)] * 2


# --- secrets (55) -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", ["good", "html", "moved", "error", "inwards", "nowhere"])
def test_secrets_of_an_address_are_in_no_log_no_file_and_no_answer(
    publisher: Publisher, tmp_path: Path, behaviour: str
) -> None:
    own = "<a href='#top'>1</a><a href='?'>2</a><img src='?#a'/>".replace("<", "&lt;")
    body = rss(item(1, NOW - HOUR, text=f"{TEXT} {own}"), item(2, NOW - HOUR, link="#two", text="نص آخر"))
    publisher.script("/moved", answer(body=body))
    behaviours = {
        "good": answer(body=body),
        "html": answer(body=HTML),
        "moved": redirect("/moved?token=s3cret&key=s3cret", 301),
        "error": answer(500, {}, b"no s3cret for reader:s3cret"),
        "inwards": redirect("http://reader:s3cret@10.0.0.1/?key=s3cret", 302),
        "nowhere": redirect("http://reader:s3cret@ra waq/?key=s3cret", 302),
    }
    url = publisher.script("/feed", behaviours[behaviour]).replace("//", "//reader:s3cret@")
    newsroom = Newsroom(tmp_path, source(f"{url}?token=s3cret&key=s3cret"))
    with capture_logs() as lines:
        update, state = newsroom.round()
    assert publisher.requests[0].target == "/feed?token=s3cret&key=s3cret"
    assert "s3cret" not in repr(lines)
    assert "s3cret" not in f"{state.message} {state.why_next} {update.problems} {update.articles}"
    files = newsroom.published()
    assert {"all.rss", "all.atom", "feeds.opml", "index.html", "source/riwaq.rss"} <= files.keys()
    assert not [name for name, content in files.items() if b"s3cret" in content]
    server = Server(create_app(newsroom.public, lambda: {"status": "ok"}), host="127.0.0.1", port=0)
    server.start()
    told = [asked(server, path) for path in ("all.rss", "index.html", "absent?token=s3cret", "health", "a\\b")]
    server.stop()
    assert not [answered for answered in told if b"s3cret" in answered]


def asked(server: Server, path: str) -> bytes:
    """The whole answer, headers included."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(f"GET /{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        told = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert told.startswith(b"HTTP/1.1 ")
    return told


# --- nobody else waits --------------------------------------------------------------------------------------------

GOOD = 40
DEADLINE = 3.0


class Names(AbstractResolver):
    """Every name is this machine; those that begin with ``mute`` get no answer."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host.startswith("mute"):
            await asyncio.sleep(3600)
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=6, flags=0)]

    async def close(self) -> None:
        pass


@contextmanager
def never_accepting() -> Iterator[int]:
    """A port where connections are neither taken nor refused."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for one in (first, second):  # the queue holds one more than it says
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        yield full.getsockname()[1]


def completions(data: Path, good: list[Source], hostile: list[Source]) -> tuple[list[float], dict[str, str]]:
    """Seconds until each good source was done, sorted, in a round of both; and what came of the hostile ones."""
    newsroom = Newsroom(data, *hostile, *good, names=Names(), seconds=DEADLINE)
    done: dict[str, float] = {}
    outcomes: dict[str, str] = {}

    async def life(house: House) -> None:
        began = time.monotonic()

        def tell(source: Source, update: Update) -> None:
            done[source.id] = time.monotonic() - began
            outcomes[source.id] = update.outcome

        await poll(newsroom.configuration.sources, house, now=NOW, everything=True, tell=tell)

    newsroom.live(life)
    assert {outcomes[source.id] for source in good} == {"ok"}
    return sorted(done[source.id] for source in good), {source.id: outcomes[source.id] for source in hostile}


def p95(seconds: list[float]) -> float:
    return seconds[int(len(seconds) * 0.95)]


@pytest.mark.parametrize("each", [1, 4], ids=["10 hostile", "40 hostile"])
def test_hostile_hosts_do_not_hold_up_the_others(publisher: Publisher, tmp_path: Path, each: int) -> None:
    for n in range(GOOD):
        publisher.script(f"/{n}", answer(body=rss(item(n, NOW - HOUR))))
    good = [source(f"http://good{n}.example:{publisher.port}/{n}", f"good-{n}") for n in range(GOOD)]
    misbehaviours = {
        "headers": slow_headers(),
        "body": slow_body(),
        "chunks": drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.05),
        "silent": hang(),
        "endless": drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 0x4000, 0.02),
        "circle": redirect("/circle"),
        "bomb": answer(200, {"Content-Encoding": "zstd"}, bomb(100 << 20, "zstd")),
    }
    for attempt in range(3):  # a busy machine is not busy all the time
        with Publisher() as hostile, never_accepting() as dead:
            doors = {name: f"{hostile.port}/{name}" for name in misbehaviours} | {"dead": f"{dead}/"}
            for name, behaviour in misbehaviours.items():
                hostile.script(f"/{name}", behaviour)
            bad = [
                source(f"http://{name}{n}.example:{door}", f"{name}-{n}")
                for n in range(each)
                for name, door in (doors | {"mute": f"{hostile.port}/"}).items()
            ] + [source(f"https://tls{n}.example:{hostile.port}/", f"tls-{n}") for n in range(each)]
            alone, _ = completions(tmp_path / f"alone {attempt}", good, [])
            beside, outcomes = completions(tmp_path / f"beside {attempt}", good, bad)
        assert len(outcomes) == 10 * each
        assert {outcomes[f"{name}-0"] for name in ("circle", "bomb")} == {"too_many_redirects", "too_large"}
        slow = ("headers", "body", "chunks", "silent", "dead", "mute", "tls")
        assert {outcomes[f"{name}-0"] for name in slow} == {"timeout"}
        if p95(beside) - p95(alone) < 1:
            return
    raise AssertionError(f"p95 {p95(beside):.2f} s beside hostile hosts, {p95(alone):.2f} s without them")
