"""A real feed reader subscribes: newsboat reads the served RSS and Atom of the bundled newsroom."""

import io
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from lxml import etree
from rich.console import Console
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from khulasa import compose
from khulasa.demo.tour import tour
from tests.programs import program
from web.app import create_app
from web.server import Server

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ("all", "category/politics", "source/sahel", "source/nakheel", "feed/levant")


@dataclass
class Noting:
    """The app, with a note of every answer: path and status."""

    app: ASGIApp
    answers: list[tuple[str, int]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.answers.append((scope["path"], message["status"]))
            await send(message)

        await self.app(scope, receive, note)


@dataclass
class Served:
    public: Path
    url: str
    answers: list[tuple[str, int]]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("newsroom")
    tour(data, public_port=8080, console=Console(file=io.StringIO()))
    noting = Noting(create_app(compose.public_folder(data), lambda: {"status": "ok"}))
    server = Server(noting, host="127.0.0.1", port=0)
    server.start()
    try:
        yield Served(compose.public_folder(data), f"http://127.0.0.1:{server.port}/", noting.answers)
    finally:
        server.stop()


class Newsboat:
    """A reader with one subscription, in a folder.

    One, because newsboat 2.21 keeps an item of two feeds in the one that it read last: it knows items by their ids.
    """

    def __init__(self, home: Path, url: str) -> None:
        self._program = program("newsboat")
        self._home = home
        (home / "urls").write_text(f"{url}\n", encoding="utf-8")
        (home / "config").touch()

    def reload(self) -> None:
        files = {"-C": "config", "-u": "urls", "-c": "cache.db"}
        named = [part for option, name in files.items() for part in (option, str(self._home / name))]
        subprocess.run(
            [self._program, *named, "-x", "reload"],
            env={"HOME": str(self._home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            check=True,
            timeout=120,
            capture_output=True,
        )

    def titles(self) -> list[str]:
        return self._column("SELECT title FROM rss_item")

    def feed_title(self) -> str:
        (title,) = self._column("SELECT title FROM rss_feed")
        return title

    def page(self) -> str:
        """Where the reader leads to for more of the feed."""
        (page,) = self._column("SELECT url FROM rss_feed")
        return page

    def guids(self) -> list[str]:
        return self._column("SELECT guid FROM rss_item")

    def _column(self, sql: str) -> list[str]:
        with closing(sqlite3.connect(self._home / "cache.db")) as cache:
            return [value for (value,) in cache.execute(sql)]


def published(path: Path) -> tuple[str, list[str], list[str]]:
    """Title of the feed, titles and ids of its items, as they stand in the file."""
    root = etree.parse(path).getroot()
    if path.suffix == ".atom":
        entries = root.findall(f"{ATOM}entry")
        titles, ids = ([entry.findtext(f"{ATOM}{name}") or "" for entry in entries] for name in ("title", "id"))
        return root.findtext(f"{ATOM}title") or "", titles, ids
    items = root.findall("channel/item")
    titles, ids = ([item.findtext(name) or "" for item in items] for name in ("title", "guid"))
    return root.findtext("channel/title") or "", titles, ids


@pytest.mark.parametrize("ending", ["rss", "atom"])
@pytest.mark.parametrize("feed", FEEDS)
def test_newsboat_shows_every_title_as_it_was_published_and_gets_304_afterwards(
    served: Served, tmp_path: Path, feed: str, ending: str
) -> None:
    name = f"{feed}.{ending}"
    reader = Newsboat(tmp_path, f"{served.url}{name}")
    feed_title, titles, ids = published(served.public / name)
    assert titles

    served.answers.clear()
    reader.reload()
    assert reader.feed_title() == feed_title
    assert reader.page() == f"http://127.0.0.1:8080/{feed}.html"
    assert sorted(reader.titles()) == sorted(titles)
    assert sorted(reader.guids()) == sorted(ids)
    assert served.answers == [(f"/{name}", 200)]

    # newsboat 2.21 stores validators in the row of a feed, which its first reload only makes afterwards.
    reader.reload()
    served.answers.clear()
    reader.reload()
    assert served.answers == [(f"/{name}", 304)]
