"""Puts the rooms together: one house for polling, one for publishing, one for serving."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import structlog

from feeds.fetch import Fetcher
from feeds.publish import tidy
from feeds.sources import load_sources
from feeds.story_page import render_story
from news.errors import AnotherWriter, ConfigurationError, NotFound, StoreError
from news.types import Configuration, FetchResult, FetchSettings, HostWait, Site, Source, Update, Validators
from scheduler.backups import DailyBackup
from scheduler.cycle import Fetch, House, poll
from scheduler.daemon import Daemon, planned, schedule_mistake
from scheduler.publication import Published, publish_changes
from scheduler.reading import Readers
from scheduler.storytelling import SPELL, tell_stories
from scheduler.upkeep import REQUEST, Upkeep
from scheduler.verdicts import take
from scheduler.writer import DATABASE, Writer
from store.rebuild import Rebuilding
from store.store import Store
from web.app import create_app
from web.server import Server

VERSION = version("khulasa")
LOOK = 0.5  # seconds between two looks at what another process does

log = structlog.get_logger()


def load(path: Path) -> Configuration:
    """``sources.yml``, checked. Raises ConfigurationError with every mistake."""
    return load_sources(path, check_schedule=schedule_mistake)


def public_folder(data: Path) -> Path:
    return data / "public"


def fetcher(
    settings: FetchSettings,
    site: Site,
    waits: dict[str, HostWait] | None = None,
    room: Callable[[], Awaitable[None]] | None = None,
) -> Fetcher:
    return Fetcher(settings, version=VERSION, site_url=site.url, waits=waits, room=room)


def remembered(data: Path) -> Store:
    """The store to look into, never to write. Raises StoreError where nothing has been polled yet."""
    if not (data / DATABASE).is_file():
        raise StoreError(f"there is no store in {data} yet: run `khulasa poll` first")
    return Store(data / DATABASE, read_only=True)


@asynccontextmanager
async def house(current: Callable[[], Configuration], data: Path) -> AsyncIterator[House]:
    """Everything a visit needs, opened in order and closed in reverse. ``current`` is asked before each fetch."""
    async with Writer(data) as writer, Readers() as readers, AsyncExitStack() as opened:
        tidy(public_folder(data))
        waits = await writer.do(lambda store: store.host_waits())
        yield House(
            fetch=_fetching(current, opened, waits, readers.room),
            read=readers.read,
            writer=writer,
            planned=planned,
            holding=readers.holding,
        )


def _fetching(
    current: Callable[[], Configuration],
    opened: AsyncExitStack,
    waits: dict[str, HostWait],
    room: Callable[[], Awaitable[None]],
) -> Fetch:
    """Fetches by the settings of the moment; a request under way keeps those it began with.

    Who asked to be left alone (``waits``) is left alone under any settings.
    """
    fetchers: dict[tuple[FetchSettings, Site], Fetcher] = {}

    async def fetch(url: str, validators: Validators, *, now: datetime, alone: bool = False) -> FetchResult:
        settings = (current().fetch, current().site)
        if settings not in fetchers:
            fetchers[settings] = await opened.enter_async_context(fetcher(*settings, waits, room))
        return await fetchers[settings].fetch(url, validators, now=now, alone=alone)

    return fetch


async def poll_and_publish(
    configuration: Configuration,
    data: Path,
    *,
    now: datetime,
    sources: tuple[Source, ...] = (),
    tell: Callable[[Source, Update], None] = lambda source, update: None,
) -> tuple[tuple[Update | None, ...], Published | None]:
    """One cycle over what is due, or over ``sources`` if any are named; then publish and index what changed."""
    async with house(lambda: configuration, data) as home:
        updates = await poll(sources or configuration.sources, home, now=now, everything=bool(sources), tell=tell)
        await settle_stories(home.writer, data, now=now, spell=None)
        published = await publish_changes(configuration, home.writer, public_folder(data), now=now)
        await Upkeep(writer=home.writer, data=data).all_of_it()
    return updates, published


async def publish_only(
    configuration: Configuration, data: Path, *, now: datetime, only: tuple[str, ...]
) -> Published | None:
    """Bring the published files up to date without asking anybody."""
    async with Writer(data) as writer:
        tidy(public_folder(data))
        return await publish_changes(configuration, writer, public_folder(data), now=now, only=only)


async def take_verdicts(configuration: Configuration, data: Path, *, now: datetime) -> None:
    """Do what the editor said of stories, and publish it; where a daemon writes, it does so within seconds."""
    with suppress(AnotherWriter):
        async with Writer(data) as writer:
            await settle_stories(writer, data, now=now, spell=None)
            await publish_changes(configuration, writer, public_folder(data), now=now)


async def settle_stories(writer: Writer, data: Path, *, now: datetime, spell: float | None) -> None:
    """What the editor said, and what has arrived, is put into stories, for at most ``spell`` seconds."""
    await take(data, writer)
    await tell_stories(writer, now=now, spell=spell)


async def reindex(data: Path, *, tell: Callable[[Rebuilding], None]) -> None:
    """Make all anew that the Arabic layer made, here, or have it done by who holds the data folder. Returns afterwards.

    ``tell`` hears how far it is. Raises StoreError where nothing has been polled yet.
    """
    remembered_state(data)
    is_asked = False
    while True:
        try:
            async with Writer(data) as writer:
                await Upkeep(writer=writer, data=data).all_of_it(tell, anew=not is_asked or (data / REQUEST).exists())
            return
        except AnotherWriter:
            if not is_asked:
                (data / REQUEST).touch()
            is_asked = True
        state = remembered_state(data)
        if not (data / REQUEST).exists():
            tell(state)
            if state.is_over:
                return
        await asyncio.sleep(LOOK)


def remembered_state(data: Path) -> Rebuilding:
    with remembered(data) as store:
        return store.rebuild.state()


def server(current: Callable[[], Configuration], data: Path, *, host: str, port: int) -> Server:
    """The web over the published files and the stories, not yet started."""
    app = create_app(public_folder(data), lambda: health(data), lambda name: story_page(name, current(), data))
    return Server(app, host=host, port=port)


def story_page(name: str, configuration: Configuration, data: Path) -> bytes | str | None:
    """The page of a story; the id it has now, if another; None where there is none."""
    try:
        with remembered(data) as store:
            story = store.stories.story(name)
            titles = {**store.document_titles(), **{source.id: source.title for source in configuration.sources}}
    except (NotFound, StoreError):
        return None
    return story.id if story.id != name else render_story(story, site=configuration.site, source_titles=titles)


def health(data: Path) -> dict[str, object]:
    """What ``/health`` says: status ok, or degraded with the reason."""
    try:
        with remembered(data) as store:
            states = store.states().values()
            publications = store.publications.all().values()
            counts = store.counts()
    except StoreError as fault:
        return {"status": "degraded", "reason": str(fault)}
    checks = [s.last_check for s in states if s.last_check]
    return {
        "status": "ok",
        **counts,
        "sources": len(states),
        "failing": sum(1 for s in states if s.reason is not None),
        "last_check": max(checks).isoformat() if checks else None,
        "last_published": max(p.published for p in publications).isoformat() if publications else None,
    }


async def run_daemon(config: Path, data: Path, *, host: str, port: int, ready: Callable[[Server], None]) -> None:
    """The scheduler and the web in one process, until SIGTERM or SIGINT."""
    watched = WatchedConfiguration(config)

    async def publish(current: Configuration, now: datetime) -> None:
        await settle_stories(home.writer, data, now=now, spell=SPELL)
        await publish_changes(current, home.writer, public_folder(data), now=now)

    async with house(lambda: watched.configuration, data) as home:
        window = server(lambda: watched.configuration, data, host=host, port=port)
        window.start()
        try:
            ready(window)
            await Daemon(
                watched.configuration,
                home,
                reload=watched.reload,
                publish=publish,
                tend=Upkeep(writer=home.writer, data=data),
                back_up=DailyBackup(data=data),
            ).run()
        finally:
            window.stop()


class WatchedConfiguration:
    """``sources.yml`` as it was last right. A bad edit changes nothing and is reported once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._stamp()
        self.configuration = load(path)

    def reload(self) -> Configuration | None:
        """The new configuration if the file has changed and is right, else None."""
        stamp = self._stamp()
        if stamp == self._seen:
            return None
        self._seen = stamp
        try:
            self.configuration = load(self._path)
        except ConfigurationError as fault:
            for mistake in fault.mistakes:
                log.error("sources.yml is wrong, the old one stays", line=mistake.line, message=mistake.message)
            return None
        log.info("sources.yml was read anew", sources=len(self.configuration.sources))
        return self.configuration

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size
