"""The daemon: APScheduler ticks, due sources are visited, what changed is published, until a signal ends it.

APScheduler is a clock here, not a queue: which sources are due is a question to the store, so a restart loses nothing.
The only code that knows APScheduler, signals, and what time it is while the daemon runs.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from news.types import Configuration, Source, SourceState
from news.zones import zone_of
from scheduler.cycle import House, due_sources, state_of, visit

log = structlog.get_logger()

TICK = 2.0  # seconds: how soon a due source, a changed article or a good edit of sources.yml is seen
_ENDING = (signal.SIGTERM, signal.SIGINT)
GRACE = 8.0  # seconds that visits under way may take to end after a signal; then they are dropped, never a write


def schedule_mistake(expression: str) -> str | None:
    """What is wrong with a source's ``schedule:``; None when it is five good crontab fields."""
    try:
        CronTrigger.from_crontab(expression, timezone=UTC)
    except ValueError as fault:
        return str(fault)
    return None


def planned(source: Source, now: datetime) -> datetime | None:
    """The next moment of a source's own ``schedule:``, in its own timezone; None where it has none."""
    if source.schedule is None:
        return None
    zone = zone_of(source) or UTC
    following: datetime | None = CronTrigger.from_crontab(source.schedule, timezone=zone).get_next_fire_time(now, now)
    return None if following is None else following.astimezone(UTC)


async def until_signal() -> None:
    """Return after SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    came = asyncio.Event()
    for number in _ENDING:
        loop.add_signal_handler(number, came.set)
    try:
        await came.wait()
    finally:
        for number in _ENDING:
            loop.remove_signal_handler(number)


class Daemon:
    """Everything that happens on the clock. ``await Daemon(...).run()`` returns after SIGTERM or SIGINT.

    ``reload`` gives the configuration anew when the editor changed it for the better, else None.
    ``publish`` puts in place what has changed.
    """

    def __init__(
        self,
        configuration: Configuration,
        house: House,
        *,
        reload: Callable[[], Configuration | None],
        publish: Callable[[Configuration, datetime], Awaitable[object]],
    ) -> None:
        self._configuration = configuration
        self._house = house
        self._reload = reload
        self._publish = publish
        self._visits: dict[str, asyncio.Task[None]] = {}
        self._stopping = False

    async def run(self) -> None:
        clock = AsyncIOScheduler(timezone=UTC)
        clock.add_job(
            self._tick,
            IntervalTrigger(seconds=TICK, timezone=UTC),
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        clock.start()
        log.info("started", sources=len(self._configuration.sources))
        try:
            await until_signal()
        finally:
            self._stopping = True
            clock.shutdown(wait=False)
            await self._end_visits()
        log.info("stopped")

    async def _tick(self) -> None:
        now = datetime.now(UTC)
        try:
            if (better := self._reload()) is not None:
                self._configuration = better
            await self._start_visits(now)
            await self._publish(self._configuration, now)
        except Exception:  # the daemon outlives any one tick; the next one starts from what the store says
            log.exception("tick failed")

    async def _start_visits(self, now: datetime) -> None:
        states = await self._house.writer.do(lambda store: store.states())
        for source in due_sources(self._configuration.sources, states, now):
            if source.id not in self._visits and not self._stopping:
                task = asyncio.create_task(self._visit(source, states, now))
                self._visits[source.id] = task

    async def _visit(self, source: Source, states: Mapping[str, SourceState], now: datetime) -> None:
        try:
            await visit(source, state_of(source, states), self._house, now=now)
        except Exception:  # one source's bad luck is not the others'
            log.exception("visit failed", id=source.id)
        finally:
            del self._visits[source.id]

    async def _end_visits(self) -> None:
        tasks = list(self._visits.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
