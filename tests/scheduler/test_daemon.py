"""The daemon: on the clock in this process, and whole as a process of its own."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

import apscheduler.schedulers.base
import pytest
from structlog.testing import capture_logs

import scheduler.daemon as clock
import web.server
from khulasa.compose import WatchedConfiguration
from news.types import Configuration, FetchSettings, NotModified, Site, Source
from scheduler.cycle import House
from scheduler.daemon import Daemon
from tests.feeds.publisher import Publisher, answer, hang, publisher
from tests.scheduler.daemons import LONG, DaemonProcess, rss, sources_yml, until
from tests.scheduler.houses import Rooms, source

__all__ = ["publisher"]

RIWAQ, DIFAF = source("riwaq"), source("difaf")
HARVEST = "أعلنت وزارة الزراعة أن موسم القمح تجاوز التوقعات بعد أمطار وفيرة في المحافظات الشمالية"


def configured(*sources: Source) -> Configuration:
    return Configuration(site=Site(), fetch=FetchSettings(), sources=sources, feeds=())


# --- on the clock -----------------------------------------------------------------------------------------------------


class Day:
    """A daemon's life in this process, with fast ticks, until ``is_over``; then SIGTERM comes, as from outside."""

    def __init__(self, rooms: Rooms, monkeypatch: pytest.MonkeyPatch, *, is_over: Callable[["Day"], bool]) -> None:
        monkeypatch.setattr(clock, "TICK", 0.05)
        self.rooms = rooms
        self.published: list[Configuration] = []
        self.tended = 0
        self.upkeep_fails = False
        self.backups: list[datetime] = []  # when it was asked whether one is due
        self.backup_fails = False
        self.pause = 0.0  # seconds that publishing takes
        self.reloads: list[Configuration | Exception | None] = []  # one a tick; None when there is none left
        self._is_over = is_over

    def live(self, data: Path, *sources: Source) -> None:
        async def life(house: House) -> None:
            daemon = Daemon(
                configured(*sources),
                house,
                reload=self._reload,
                publish=self._publish,
                tend=self._tend,
                back_up=self._back_up,
            )
            async with asyncio.timeout(LONG):
                await asyncio.gather(daemon.run(), self._end())

        self.rooms.live(data, life)

    def _reload(self) -> Configuration | None:
        given = self.reloads.pop(0) if self.reloads else None
        if isinstance(given, Exception):
            raise given
        return given

    async def _publish(self, configuration: Configuration, now: datetime) -> None:
        self.published.append(configuration)
        await asyncio.sleep(self.pause)

    async def _tend(self) -> None:
        self.tended += 1
        if self.upkeep_fails:
            raise ZeroDivisionError("ours")

    async def _back_up(self, now: datetime) -> None:
        self.backups.append(now)
        if self.backup_fails:
            raise ZeroDivisionError("ours")

    async def _end(self) -> None:
        while not self._is_over(self):
            await asyncio.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)


def test_due_sources_are_asked_once_and_every_tick_publishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = Rooms({RIWAQ.url: NotModified(), DIFAF.url: NotModified()})
    day = Day(rooms, monkeypatch, is_over=lambda day: len(day.published) >= 5)
    day.live(tmp_path, RIWAQ, DIFAF)
    assert sorted(url for url, _ in rooms.asked) == sorted([RIWAQ.url, DIFAF.url])


def test_a_better_configuration_is_lived_by_from_its_tick_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = Rooms({RIWAQ.url: NotModified(), DIFAF.url: NotModified()})
    day = Day(rooms, monkeypatch, is_over=lambda day: len(rooms.asked) >= 2 and len(day.published) >= 4)
    better = configured(DIFAF)
    day.reloads = [None, better]
    day.live(tmp_path, RIWAQ)
    assert [url for url, _ in rooms.asked] == [RIWAQ.url, DIFAF.url]
    assert day.published[:3] == [configured(RIWAQ), better, better]


def test_a_fault_of_ours_rests_its_source_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = Rooms({RIWAQ.url: ZeroDivisionError("ours"), DIFAF.url: NotModified()})
    day = Day(rooms, monkeypatch, is_over=lambda day: len(day.published) >= 6)
    with capture_logs() as lines:
        day.live(tmp_path, RIWAQ, DIFAF)
    assert [url for url, _ in rooms.asked].count(RIWAQ.url) == 1, "the publisher is not asked with every tick"
    assert [(line["event"], line["id"]) for line in lines if line["log_level"] == "error"] == [
        ("visit failed", "riwaq")
    ]
    assert DIFAF.url in [url for url, _ in rooms.asked]


class SetClock(datetime):
    """The wall clock of daemon and APScheduler; ``ahead`` is how far somebody has set it."""

    ahead = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        moment = datetime.now(tz) + cls.ahead
        return cls.fromtimestamp(moment.timestamp(), tz)


@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=3653), timedelta(days=-3653)])
def test_ticks_go_on_whatever_the_clock_is_set_to(
    by: timedelta, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SetClock, "ahead", timedelta(0))
    monkeypatch.setattr(clock, "datetime", SetClock)
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", SetClock)
    often = source("riwaq", every=timedelta(seconds=1))
    rooms = Rooms({often.url: NotModified()})

    def is_over(day: Day) -> bool:
        if len(rooms.asked) == 1:
            SetClock.ahead = by
        return len(rooms.asked) == 3

    with capture_logs() as lines:
        Day(rooms, monkeypatch, is_over=is_over).live(tmp_path, often)
    assert [line["event"] for line in lines if line["log_level"] == "error"] == []
    assert sum(line["event"] == "the clock was set" for line in lines) == 1


def test_upkeep_that_fails_is_said_and_holds_up_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = Rooms({RIWAQ.url: NotModified()})
    day = Day(rooms, monkeypatch, is_over=lambda day: len(day.published) >= 5)
    day.upkeep_fails = True
    with capture_logs() as lines:
        day.live(tmp_path, RIWAQ)
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["upkeep failed"]
    assert day.tended == 1, "what fails rests for a while"


def test_whether_a_backup_is_due_is_asked_after_a_while_and_again_whatever_comes_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "SETTLING", 0.3)
    monkeypatch.setattr(clock, "LOOK", 0.2)
    day = Day(Rooms(), monkeypatch, is_over=lambda day: len(day.backups) == 2)
    day.backup_fails = True
    with capture_logs() as lines:
        began = time.monotonic()
        day.live(tmp_path)
    assert time.monotonic() - began >= 0.5
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["backup failed"] * 2
    assert len(day.published) > 2, "ticks go on"


def test_no_backup_is_made_in_the_rush_after_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day = Day(Rooms(), monkeypatch, is_over=lambda day: len(day.published) >= 3)
    day.live(tmp_path)
    assert day.backups == []


def test_a_tick_that_fails_is_said_and_another_comes_after_a_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "REST", 0.3)
    rooms = Rooms({RIWAQ.url: NotModified()})
    day = Day(rooms, monkeypatch, is_over=lambda day: len(day.published) >= 2)
    day.reloads = [ZeroDivisionError("ours")]
    with capture_logs() as lines:
        day.live(tmp_path, RIWAQ)
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["tick failed"]
    assert len(rooms.asked) == 1


def test_a_visit_under_way_may_end_before_the_daemon_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = Rooms({RIWAQ.url: NotModified()}, pause=0.5)
    day = Day(rooms, monkeypatch, is_over=lambda day: rooms.asked != [])
    with capture_logs() as lines:
        day.live(tmp_path, RIWAQ)
    assert [line["event"] for line in lines] == ["started", "stopping", "source", "stopped"]


def test_a_visit_that_does_not_end_is_dropped_after_a_grace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "GRACE", 0.2)
    rooms = Rooms({RIWAQ.url: NotModified()}, pause=3600)
    day = Day(rooms, monkeypatch, is_over=lambda day: rooms.asked != [])
    with capture_logs() as lines:
        day.live(tmp_path, RIWAQ)
    assert [line["event"] for line in lines] == ["started", "stopping", "stopped"]


def test_a_round_of_publishing_is_left_where_it_is_when_the_end_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    day = Day(Rooms(), monkeypatch, is_over=lambda day: day.published != [])
    day.pause = 3600
    with capture_logs() as lines:
        day.live(tmp_path)
    assert [line["event"] for line in lines] == ["started", "stopping", "stopped"]
    assert caplog.messages == [], "nor has APScheduler anything to say"


# --- the editor's file, watched ---------------------------------------------------------------------------------------


def write(path: Path, text: str) -> None:
    """Replace the file, as editors do, and let its time be another than before."""
    written = path.with_suffix(".new")
    written.write_text(text, encoding="utf-8")
    before = path.stat().st_mtime_ns if path.exists() else 0
    os.utime(written, ns=(before + 10**9, before + 10**9))
    written.rename(path)


def test_a_bad_edit_changes_nothing_and_is_reported_once(tmp_path: Path) -> None:
    path = tmp_path / "sources.yml"
    write(path, sources_yml([("riwaq", "https://riwaq.example/rss")]))
    watched = WatchedConfiguration(path)
    good = watched.configuration
    write(path, sources_yml([("riwaq", "https://riwaq.example/rss"), ("riwaq", "ftp://difaf.example/")]))
    with capture_logs() as lines:
        assert [watched.reload() for _ in range(3)] == [None, None, None]
    assert watched.configuration is good
    assert {(line["log_level"], line["event"]) for line in lines} == {
        ("error", "sources.yml is wrong, the old one stays")
    }
    assert len({(line["line"], line["message"]) for line in lines}) == len(lines) == 2, "each mistake once"


def test_a_good_edit_is_taken_over_once(tmp_path: Path) -> None:
    path = tmp_path / "sources.yml"
    write(path, sources_yml([("riwaq", "https://riwaq.example/rss")]))
    watched = WatchedConfiguration(path)
    assert watched.reload() is None
    write(path, sources_yml([("difaf", "https://difaf.example/rss")]))
    taken = watched.reload()
    assert taken is not None
    assert taken is watched.configuration
    assert [s.id for s in taken.sources] == ["difaf"]
    assert watched.reload() is None


def test_a_file_that_is_gone_for_a_moment_is_a_bad_edit_and_its_return_a_good_one(tmp_path: Path) -> None:
    path = tmp_path / "sources.yml"
    write(path, sources_yml([("riwaq", "https://riwaq.example/rss")]))
    watched = WatchedConfiguration(path)
    path.unlink()
    with capture_logs() as lines:
        assert [watched.reload(), watched.reload()] == [None, None]
    assert len(lines) == 1
    write(path, sources_yml([("riwaq", "https://riwaq.example/rss")], title="موجز"))
    taken = watched.reload()
    assert taken is not None
    assert taken.site.title == "موجز"


# --- as a process -----------------------------------------------------------------------------------------------------


@pytest.fixture
def feed(publisher: Publisher) -> str:
    """The address of a good feed."""
    return publisher.script("/feed", answer(body=rss(("1", HARVEST)), headers={"ETag": '"1"'}))


@pytest.fixture
def daemon(tmp_path: Path, feed: str) -> Iterator[DaemonProcess]:
    """A daemon that reads one good feed."""
    (tmp_path / "sources.yml").write_text(sources_yml([("riwaq", feed)]), encoding="utf-8")
    with DaemonProcess(tmp_path) as running:
        yield running


def test_it_reads_publishes_serves_says_how_it_is_and_ends_when_told_to(daemon: DaemonProcess) -> None:
    until(lambda: daemon.titles() == ["خبر 1"], "the article in all.rss")
    until(lambda: daemon.titles("source/riwaq.rss") == ["خبر 1"], "the article in its source's feed")
    health = daemon.health()
    assert (health["status"], health["articles"], health["sources"], health["failing"]) == ("ok", 1, 1, 0)
    assert health["last_check"] is not None
    assert health["last_published"] is not None
    assert daemon.end() == 0
    assert [line.split("event=")[1].split()[0] for line in daemon.said("event=")][-2:] == ["stopping", "stopped"]
    assert daemon.said("Traceback|level=(warning|error)") == [], daemon.log


def test_it_ends_in_time_while_a_publisher_hangs_and_a_reader_says_nothing(
    tmp_path: Path, publisher: Publisher
) -> None:
    slow = [(f"slow{n}", publisher.script(f"/{n}", hang())) for n in range(4)]
    (tmp_path / "sources.yml").write_text(sources_yml(slow), encoding="utf-8")
    with DaemonProcess(tmp_path) as daemon, socket.create_connection(("127.0.0.1", daemon.port)) as silent:
        silent.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        until(lambda: publisher.at_once == 2, "requests that hang")
        began = time.monotonic()
        assert daemon.end() == 0
        assert time.monotonic() - began < 20, "long before the hanging requests would be given up"
        assert daemon.said("Traceback|level=(warning|error)") == [], daemon.log


def test_its_graces_together_leave_room_within_the_ten_seconds_that_service_managers_are_promised() -> None:
    assert clock.GRACE + web.server.GRACE <= 8


def test_a_second_signal_ends_it_at_once(tmp_path: Path, publisher: Publisher) -> None:
    address = publisher.script("/feed", hang())
    (tmp_path / "sources.yml").write_text(sources_yml([("riwaq", address)]), encoding="utf-8")
    with DaemonProcess(tmp_path) as daemon:
        until(lambda: publisher.at_once == 1, "a request that hangs")
        daemon.send(signal.SIGTERM)
        daemon.wait_for("event=stopping")
        assert daemon.end(signal.SIGTERM) == -signal.SIGTERM
        assert daemon.said("event=stopped") == []


def test_a_second_daemon_is_refused_in_one_line_and_the_first_goes_on(tmp_path: Path, daemon: DaemonProcess) -> None:
    until(lambda: daemon.titles() == ["خبر 1"], "the article in all.rss")
    with DaemonProcess(tmp_path) as second:
        assert second.ended() == os.EX_TEMPFAIL
        assert second.log == [f"{daemon.data} is being written by another khulasa (process {daemon.pid})"]
    assert daemon.titles() == ["خبر 1"]
    daemon.kill()
    with DaemonProcess(tmp_path) as third:
        assert third.titles() == ["خبر 1"], "the folder of a killed daemon is free, and its files serve on"


def test_a_bad_edit_is_said_once_and_a_good_one_taken_over(
    tmp_path: Path, publisher: Publisher, feed: str, daemon: DaemonProcess
) -> None:
    path = tmp_path / "sources.yml"
    until(lambda: daemon.titles() == ["خبر 1"], "the article in all.rss")
    write(path, sources_yml([("riwaq", feed)], more="fedes: []\n"))
    daemon.wait_for("sources.yml is wrong")
    assert daemon.titles("source/riwaq.rss") == ["خبر 1"]
    other = publisher.script("/other", answer(body=rss(("2", "افتتحت بلدية المدينة جسرا جديدا فوق النهر"))))
    write(path, sources_yml([("difaf", other)]))
    until(lambda: daemon.titles("source/difaf.rss") == ["خبر 2"], "the new source's article")
    until(lambda: daemon.ask("/source/riwaq.rss")[0] == 404, "the end of the old source's feed")
    assert len(daemon.said("sources.yml is wrong")) == 1
    assert daemon.is_running


def test_an_edit_of_how_we_ask_is_taken_over_too(tmp_path: Path, publisher: Publisher, feed: str) -> None:
    path = tmp_path / "sources.yml"
    strict = sources_yml([("riwaq", feed)]).replace("[127.0.0.0/8]", "[]")
    path.write_text(strict, encoding="utf-8")
    with DaemonProcess(tmp_path) as daemon:
        daemon.wait_for("id=riwaq outcome=private_address")
        assert publisher.requests == []
        write(path, sources_yml([("riwaq", f"{feed}?again")]).replace("ops@", "news@"))
        until(lambda: daemon.titles() == ["خبر 1"], "the article in all.rss")
    assert "news@khulasa.example" in publisher.requests[0].headers["user-agent"]


def test_without_a_network_it_stays_calm(tmp_path: Path) -> None:
    closed: list[tuple[str, str]] = []
    for n in range(6):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            closed.append((f"closed{n}", f"http://127.0.0.1:{taken.getsockname()[1]}/feed"))
    (tmp_path / "sources.yml").write_text(sources_yml(closed), encoding="utf-8")
    with DaemonProcess(tmp_path) as daemon:
        daemon.wait_for("event=source", times=6)
        until(lambda: daemon.health()["failing"] == 6, "six failing sources")
        assert daemon.health()["status"] == "ok"
        assert daemon.ask("/all.rss")[0] == 200
        assert daemon.end() == 0
        for id, _ in closed:
            (line,) = daemon.said(f"id={id} ")
            assert "level=warning" in line
            assert 'outcome=connect message="no connection: Connection refused"' in line
        assert daemon.said("Traceback|level=error") == [], daemon.log


def test_what_keeps_it_from_starting_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "sources.yml").write_text("sources: []\nsites: {}\n", encoding="utf-8")
    with DaemonProcess(tmp_path) as daemon:
        assert daemon.ended() == 1
        assert len(daemon.log) == 1
        assert "sources.yml:2:1: " in daemon.log[0]
    (tmp_path / "sources.yml").write_text("sources: []\n", encoding="utf-8")
    (tmp_path / "var").write_text("a file where the folder should be")
    with DaemonProcess(tmp_path) as daemon:
        assert daemon.ended() == 1
        assert len(daemon.log) == 1
        assert "var" in daemon.log[0]
