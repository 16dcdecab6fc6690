"""kill -9 at random moments while news come in: nothing lost, nothing twice, nothing half written."""

import asyncio
import json
import random
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from khulasa.compose import load, publish_only, take_verdicts
from news.decide import body_hash
from scheduler.loop import until_done
from scheduler.writer import DATABASE
from store.store import Store
from tests.feeds.publisher import Publisher, Request, answer, publisher
from tests.scheduler.daemons import DaemonProcess, rss, sources_yml, until
from tests.scheduler.houses import remembered

__all__ = ["publisher"]

KILLS = 15
SEED = 20261120
SOURCES = [f"wire{n}" for n in range(5)]
WORDS = "بلدية جسر نهر مدينة ضفة طريق محطة مدرسة سوق ميناء حديقة مكتبة مصنع مزرعة قمح زيتون مطر شتاء افتتاح مشروع"


class Newsroom:
    """Every request finds one text more of the source's own, and one more of an agency that all of them carry."""

    def __init__(self, running: Publisher) -> None:
        self._random = random.Random(SEED)  # noqa: S311 – repeatable, no secret
        self._agency: list[str] = []
        self.items: dict[str, list[tuple[str, str]]] = {source: [] for source in SOURCES}
        self.served: dict[str, set[str]] = {}  # the links in each document, by its hash
        self.is_busy = True
        self.addresses = {source: running.script(f"/{source}", self._answer) for source in SOURCES}

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        source = request.path.strip("/")
        items = self.items[source]
        if self.is_busy:
            place = len(items) // 2
            if place == len(self._agency):
                self._agency.append(self._text(f"الوكالة {place}"))
            items += [(f"{source}-{place}", self._text(f"{source} {place}")), (f"agency-{place}", self._agency[place])]
        body = rss(*items, base=f"https://{source}.example/")
        self.served[body_hash(body)] = {self._link(source, key) for key, _ in items}
        await answer(body=body)(request, writer)

    def _text(self, name: str) -> str:
        """Long enough to be told apart, and like no other."""
        return f"{' '.join(self._random.sample(WORDS.split(), 14))} كما ورد في {name}"

    def appearances(self) -> set[tuple[str, str]]:
        """(source, link) of everything that was ever served."""
        return {(source, self._link(source, key)) for source in SOURCES for key, _ in self.items[source]}

    def _link(self, source: str, key: str) -> str:
        return f"https://{source}.example/{key}"

    def texts(self) -> set[str]:
        return {text for items in self.items.values() for _, text in items}


def public_files(data: Path) -> Iterator[Path]:
    return (path for path in (data / "public").rglob("*") if path.is_file())


def leftovers(data: Path) -> set[Path]:
    return {path for path in public_files(data) if path.suffix == ".tmp"}


def assert_whole(data: Path, copy: Path, newsroom: Newsroom) -> None:
    """Everything in the folder of a killed daemon is whole. Its store is looked at in a copy: it mends its own."""
    for path in public_files(data):
        if path.suffix in (".rss", ".atom", ".opml"):
            root = etree.parse(path).getroot()
            ids = [node.text for node in root.iterfind(".//{*}guid")] or [
                node.text for node in root.iterfind("{*}entry/{*}id")
            ]
            assert len(set(ids)) == len(ids), f"an article twice in {path}"
        elif path.suffix == ".json":
            named = [item["id"] for item in json.loads(path.read_bytes())["items"]]
            assert len(set(named)) == len(named), f"an article twice in {path}"
        elif path.suffix == ".html":
            assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")
    copy.mkdir()
    for path in data.glob(f"{DATABASE}*"):
        if not path.name.endswith("-shm"):
            shutil.copy(path, copy)
    if has_tables(copy):
        with closing(sqlite3.connect(copy / DATABASE)) as store:
            assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert store.execute("PRAGMA foreign_key_check").fetchall() == []
        with remembered(copy) as known:
            stored = places(known)
            for id, state in known.states().items():
                read = newsroom.served[state.body_hash] if state.body_hash else set()
                assert {(id, link) for link in read} <= set(stored), "what is remembered as read is stored"
            assert len(set(stored)) == len(stored), "each once"


def has_tables(data: Path) -> bool:
    """Not yet, where the daemon was killed before its first transaction."""
    if not (data / DATABASE).exists():
        return False
    with closing(sqlite3.connect(data / DATABASE)) as store:
        return store.execute("SELECT 1 FROM sqlite_master WHERE name = 'appearances'").fetchone() is not None


def places(store: Store) -> list[tuple[str, str | None]]:
    """(source, link) of every appearance of every article."""
    return [(a.source_id, a.link) for article in store.newest(10_000) for a in article.appearances]


def write_sources(folder: Path, newsroom: Newsroom, round: int) -> None:
    """Under a new address every source is due at once."""
    addresses = [(source, f"{url}?{round}") for source, url in newsroom.addresses.items()]
    (folder / "sources.yml").write_text(sources_yml(addresses), encoding="utf-8")


def await_moment(daemon: DaemonProcess, moments: random.Random, round: int) -> None:
    """A random moment of one of the times in which much happens."""
    match round % 5:
        case 0:  # it starts
            time.sleep(moments.uniform(0, 0.6))
        case 1 | 3:  # it publishes what the one before it has left, asks and reads
            daemon.wait_for("event=started")
            time.sleep(moments.uniform(0, 0.4))
        case 2:  # it stores
            daemon.wait_for("event=source", times=moments.randint(1, len(SOURCES)))
            time.sleep(moments.uniform(0, 0.02))
        case _:  # it publishes what it has stored, or has done so
            daemon.wait_for("event=source", times=len(SOURCES))
            time.sleep(moments.uniform(0.5, 2.0))


def test_whenever_it_is_killed_nothing_is_lost_or_twice_or_half_written(tmp_path: Path, publisher: Publisher) -> None:
    newsroom = Newsroom(publisher)
    moments = random.Random(SEED)  # noqa: S311 – repeatable, no secret
    data = tmp_path / "var"
    for round in range(KILLS):
        write_sources(tmp_path, newsroom, round)
        planted = data / "public" / f".khulasa-{round:016x}.tmp"
        if planted.parent.is_dir():
            planted.write_text("half an art")
        left = leftovers(data)
        with DaemonProcess(tmp_path) as daemon:
            if round % 5:
                assert daemon.port
                assert not left & leftovers(data)
            await_moment(daemon, moments, round)
        assert faults(daemon.log) == [], "\n".join(daemon.log)
        assert_whole(data, tmp_path / f"copy{round}", newsroom)
    newsroom.is_busy = False
    write_sources(tmp_path, newsroom, KILLS)
    with DaemonProcess(tmp_path) as daemon:
        daemon.wait_for("event=source .*outcome=ok", times=len(SOURCES))
        for source in SOURCES:
            newest = f"خبر {newsroom.items[source][-2][0]}"
            until(lambda: newest in daemon.titles(f"source/{source}.rss"), f"{newest} published")  # noqa: B023 – called at once
        assert daemon.end() == 0
    assert leftovers(data) == set()
    assert_whole(data, tmp_path / "copy", newsroom)
    with remembered(data) as store:
        assert set(places(store)) == newsroom.appearances(), "every entry, and nothing else"
        assert store.counts()["articles"] == len(newsroom.texts()), "one article for each text, the agency's too"
    # Ended between a visit and its publishing, it has left what the next one would begin with.
    until_done(take_verdicts(load(tmp_path / "sources.yml"), data, now=datetime.now(UTC)))
    published = published_bytes(data)
    shutil.rmtree(data / "public")
    until_done(publish_only(load(tmp_path / "sources.yml"), data, now=datetime.now(UTC), only=()))
    assert published_bytes(data) == published, "no feed had missed a change"


def faults(log: list[str]) -> list[str]:
    """Tracebacks, but those of a worker that was just starting when its parent was killed: it says so, and ends."""
    return [
        line
        for at, line in enumerate(log)
        if "Traceback" in line and not any("in spawn_main" in following for following in log[at : at + 4])
    ]


def published_bytes(data: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in public_files(data)}


def test_the_workers_of_a_killed_daemon_end_by_themselves(tmp_path: Path, publisher: Publisher) -> None:
    write_sources(tmp_path, Newsroom(publisher), 0)
    with DaemonProcess(tmp_path) as daemon:
        daemon.wait_for("event=source .*outcome=ok", times=len(SOURCES))
        workers = children_of(daemon.pid)
        assert len(workers) >= 2, "a reader at least, and what keeps its semaphores"
    until(lambda: not any(is_alive(pid) for pid in workers), f"the end of {workers}")


def children_of(pid: int) -> list[int]:
    """Worked out from /proc."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:  # it has just ended
            continue
        if re.search(rf"^PPid:\s+{pid}$", text, re.MULTILINE):
            found.append(int(status.parent.name))
    return found


def is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
