"""The daemon: APScheduler ticks, due sources are visited, what changed is published, until a signal ends it.

APScheduler is a clock here, not a queue: which sources are due is a question to the store, so a restart loses nothing.
The only code that knows APScheduler, signals, and what time it is while the daemon runs.
"""

import asyncio
import logging
import re
import signal
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from news.schedule import DEFAULT_EVERY
from news.types import Configuration, Source, SourceState
from news.zones import zone_of
from scheduler.cycle import House, due_sources, state_of, unhurried, visit

log = structlog.get_logger()

TICK = 2.0  # seconds: how soon a due source, a changed article or a good edit of sources.yml is seen
_ENDING = (signal.SIGTERM, signal.SIGINT)
GRACE = 4.0  # seconds that visits under way may take to end after a signal; then they are dropped, never a write
SETTLING = 900.0  # seconds from the start in which much is asked for; no backup is made then
LOOK = 3600.0  # seconds between two looks whether a backup is due
REST = 30.0  # seconds without a tick after one that failed: what is wrong will hardly be right within two

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DAY = rf"[0-7]|{'|'.join(_WEEKDAYS)}"
_DAYS = re.compile(rf"(?:\*|({_DAY})(?:-({_DAY}))?)(?:/([1-7]))?", re.IGNORECASE)


def schedule_mistake(expression: str) -> str | None:
    """What is wrong with a source's ``schedule:``; None when it is five good crontab fields."""
    try:
        following = _trigger(expression, UTC).get_next_fire_time(None, datetime(2000, 1, 1, tzinfo=UTC))
    except ValueError as fault:
        return str(fault)
    return None if following is not None else "there is no such day in any year"


def _trigger(expression: str, zone: tzinfo) -> CronTrigger:
    """Raises ValueError. APScheduler counts weekdays from Monday, crontab(5) from Sunday: it is given their names."""
    if not expression.isascii():
        raise ValueError("only digits 0-9, names such as sun and jan, and the signs * / , - may stand here")
    *others, weekdays = expression.split() or [""]
    named = ",".join(_named_weekdays(part) for part in weekdays.split(","))
    return CronTrigger.from_crontab(" ".join((*others, named)), timezone=zone)


def _named_weekdays(part: str) -> str:
    """``0-4`` and ``sun-thu`` as ``sun,mon,tue,wed,thu``; what is neither as it stands, for APScheduler to refuse."""
    found = _DAYS.fullmatch(part)
    if part == "*" or found is None:
        return part
    first, last, step = _weekday(found[1] or "0"), _weekday(found[2] or found[1] or "6"), int(found[3] or 1)
    after = last if last >= first else last + 7  # a week has no end: fri-mon is four days
    return ",".join(_WEEKDAYS[day % 7] for day in range(first, after + 1, step))


def _weekday(written: str) -> int:
    return int(written) if written.isdigit() else _WEEKDAYS.index(written.lower())


def planned(source: Source, now: datetime) -> datetime | None:
    """The next moment of a source's own ``schedule:``, in its own timezone; None where it has none."""
    if source.schedule is None:
        return None
    trigger = _trigger(source.schedule, zone_of(source) or UTC)
    # Not «after this previous one»: in an hour that a clock goes through twice APScheduler would return that one again.
    following: datetime | None = trigger.get_next_fire_time(None, now + timedelta(microseconds=1))
    return None if following is None else following.astimezone(UTC)


class _Beat(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Every TICK, and nothing to be made up for: an IntervalTrigger counts out each moment it missed one by one, which
    for a clock that was set forward by years takes all memory.
    """

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return now + timedelta(seconds=TICK)


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
    ``publish`` puts in place what has changed; ``tend`` does a bounded piece of what nobody waits for; ``back_up``
    makes a backup if one is due.
    """

    def __init__(
        self,
        configuration: Configuration,
        house: House,
        *,
        reload: Callable[[], Configuration | None],
        publish: Callable[[Configuration, datetime], Awaitable[object]],
        tend: Callable[[], Awaitable[object]],
        back_up: Callable[[datetime], Awaitable[object]],
    ) -> None:
        self._configuration = configuration
        self._house = house
        self._reload = reload
        self._publish = publish
        self._tend = tend
        self._back_up_if_due = back_up
        self._visits: dict[str, asyncio.Task[None]] = {}
        self._resting: dict[str, datetime] = {}  # sources whose visit ended in a fault of ours, and until when
        self._started: datetime | None = None
        self._remembered: dict[str, str] = {}  # the sources of which the store has a state, and for which address
        self._no_tick_before = 0.0  # on the loop's clock
        self._no_upkeep_before = 0.0
        self._no_backup_before = 0.0
        self._wall_ahead: timedelta | None = None  # of the loop's clock, which nobody sets
        self._stopping = False

    async def run(self) -> None:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of every tick that a long one leaves out
        self._no_backup_before = asyncio.get_running_loop().time() + SETTLING
        clock = AsyncIOScheduler(timezone=UTC)
        for job in (self._tick, self._upkeep, self._back_up):
            clock.add_job(
                job,
                _Beat(),
                next_run_time=datetime.now(UTC),
                max_instances=1,
                misfire_grace_time=None,
            )
        clock.start()
        log.info("started", sources=len(self._configuration.sources))
        awake = asyncio.create_task(self._stay_awake(clock))
        try:
            await until_signal()
        finally:
            log.info("stopping", visits_under_way=len(self._visits))
            self._stopping = True
            awake.cancel()
            clock.shutdown(wait=False)
            await self._end_visits()
        log.info("stopped")

    async def _stay_awake(self, clock: AsyncIOScheduler) -> None:
        """APScheduler waits for a moment of the wall clock: set back by an hour, it would sleep an hour longer."""
        while True:
            await asyncio.sleep(TICK)
            now = datetime.now(UTC)
            for job in clock.get_jobs():
                if job.next_run_time - now > timedelta(seconds=TICK):
                    job.modify(next_run_time=now)

    async def _follow_the_clock(self, now: datetime) -> None:
        """Somebody set the wall clock, or the machine slept: what is overdue is asked in turn, what waited waits on."""
        ahead = now - datetime.fromtimestamp(asyncio.get_running_loop().time(), UTC)
        if self._wall_ahead is not None and abs(moved := ahead - self._wall_ahead) > timedelta(seconds=TICK):
            log.warning("the clock was set", by=f"{moved.total_seconds():+.0f}s")
            self._resting.clear()
            self._started = now
            await self._house.writer.do(lambda store: store.set_back(now))
        self._wall_ahead = ahead

    async def _tick(self) -> None:
        now = datetime.now(UTC)
        moment = asyncio.get_running_loop().time()
        if moment < self._no_tick_before:
            return
        try:
            await self._follow_the_clock(now)
            if (better := self._reload()) is not None:
                self._configuration = better
            await self._start_visits(now)
            await self._publish(self._configuration, now)
        except asyncio.CancelledError:  # a tick may be left anywhere, and APScheduler would call it an error
            if not self._stopping:
                raise
        except Exception:  # the daemon outlives any one tick; the next one starts from what the store says
            self._no_tick_before = moment + REST
            log.exception("tick failed")

    async def _upkeep(self) -> None:
        moment = asyncio.get_running_loop().time()
        if moment < self._no_upkeep_before:
            return
        try:
            await self._tend()
        except asyncio.CancelledError:
            if not self._stopping:
                raise
        except Exception:
            self._no_upkeep_before = moment + REST
            log.exception("upkeep failed")

    async def _back_up(self) -> None:
        moment = asyncio.get_running_loop().time()
        if moment < self._no_backup_before:
            return
        self._no_backup_before = moment + LOOK
        try:
            await self._back_up_if_due(datetime.now(UTC))
        except asyncio.CancelledError:
            if not self._stopping:
                raise
        except Exception:
            log.exception("backup failed")

    async def _start_visits(self, now: datetime) -> None:
        if self._started is None:
            states = await self._house.writer.do(lambda store: store.states())
            self._remembered = {source_id: state.url for source_id, state in states.items()}
            self._started = now
            await self._house.writer.do(lambda store: store.set_back(now))
        states = await self._house.writer.do(lambda store: store.due_states(now))
        candidates = (s for s in self._configuration.sources if s.id in states or self._remembered.get(s.id) != s.url)
        async for source in unhurried(due_sources(candidates, states, now, started=self._started)):
            if source.id not in self._visits and self._resting.get(source.id, now) <= now and not self._stopping:
                task = asyncio.create_task(self._visit(source, states, now))
                self._visits[source.id] = task

    async def _visit(self, source: Source, states: Mapping[str, SourceState], now: datetime) -> None:
        try:
            among = len(self._configuration.sources)
            await visit(source, state_of(source, states), self._house, now=now, among=among)
            self._remembered[source.id] = source.url
        except Exception:  # one source's bad luck is not the others'
            # Nothing is remembered of this visit: without a rest the publisher would be asked again with every tick.
            self._resting[source.id] = now + (source.every or DEFAULT_EVERY)
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
