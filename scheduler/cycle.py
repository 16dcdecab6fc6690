"""One cycle, in the words of the code: ask which sources are due → fetch them, a few at once → read each in a worker
process → one writer: decide, and write the Update in one transaction → afterwards publish what changed.

The only code that knows both the wire and the store; it receives them as arguments.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import structlog

from news.decide import body_hash, decide
from news.schedule import start_of
from news.types import (
    Failed,
    Fetched,
    FetchResult,
    Known,
    KnownItems,
    Outlook,
    Postponed,
    Reading,
    Rhythm,
    Source,
    SourceState,
    Unreadable,
    Update,
    Validators,
)
from scheduler.remaining import is_in_doubt, known_after, remaining_of, with_true_places
from scheduler.writer import Writer
from store.store import Store

log = structlog.get_logger()

BEGUN_AT_ONCE = 50  # visits, each of which costs the loop about a tenth of a millisecond before it first waits
NOTHING_NEW = ("unchanged", "not_modified")  # outcomes

Read = Callable[[Fetched, Source, datetime], Awaitable[Reading | Unreadable]]
Planned = Callable[[Source, datetime], datetime | None]  # the next moment of a source's own schedule


class Fetch(Protocol):
    async def __call__(
        self, url: str, validators: Validators, *, now: datetime, alone: bool = False
    ) -> FetchResult: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a visit needs: the wire, the readers, the writer and the plan of moments."""

    fetch: Fetch
    read: Read
    writer: Writer
    planned: Planned
    holding: Callable[[], AbstractContextManager[None]] = nullcontext  # inside, a body is held in memory


def state_of(source: Source, states: Mapping[str, SourceState]) -> SourceState:
    """What we remember of ``source``; nothing, if its address in sources.yml is another than the one we remember."""
    state = states.get(source.id)
    return state if state is not None and state.url == source.url else SourceState(source_id=source.id, url=source.url)


def is_due(state: SourceState, now: datetime) -> bool:
    """Is it time to ask? A source never asked is due; one that is gone never is."""
    return not state.gone and (state.next_check is None or state.next_check <= now)


def due_sources(
    sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime, *, started: datetime | None = None
) -> tuple[Source, ...]:
    """The sources to ask now, those waiting longest first.

    Where it is said when the daemon ``started``, those long overdue then wait for their share of a while after it.
    """
    due = [
        (state.next_check or datetime.min.replace(tzinfo=now.tzinfo), source.id, source)
        for source in sources
        if is_due(state := state_of(source, states), now) and (started is None or start_of(state, started) <= now)
    ]
    return tuple(source for _, _, source in sorted(due, key=lambda d: d[:2]))


async def visit(source: Source, state: SourceState, house: House, *, now: datetime, among: int = 1) -> Update:
    """Ask one source, one ``among`` so many that are configured, and store in one transaction what came of it."""
    result = await house.fetch(state.moved_to or source.url, state.validators, now=now, alone=source.alone)
    body = result if isinstance(result, Fetched) and body_hash(result.body) != state.body_hash else None
    with house.holding() if body is not None else nullcontext():
        update = await _conclude(source, state, result, body, house, now=now, among=among)
    _tell(source, update, result)
    return update


async def _conclude(
    source: Source,
    state: SourceState,
    result: FetchResult,
    body: Fetched | None,
    house: House,
    *,
    now: datetime,
    among: int,
) -> Update:
    """Read what came, where a new ``body`` did, decide and store."""
    reading: Reading | Unreadable | None = None
    known_items: KnownItems | None = None
    if body is not None:
        reading, known_items = await _read_what_is_new(body, source, house, now)
    planned = house.planned(source, now)

    def conclude(store: Store) -> Update:
        known = store.known(source.id, reading.articles) if isinstance(reading, Reading) else _NOTHING_KNOWN
        outlook = Outlook(
            planned=planned,
            rhythm=Rhythm() if state.last_check is None else store.rhythm(source.id),
            newest_success=store.newest_success() if isinstance(result, Failed) else None,
            sources=among,
        )
        update = decide(
            source=source, state=state, result=result, reading=reading, known=known, now=now, outlook=outlook
        )
        if update.known_items is None:
            update = replace(update, known_items=known_items)
        store.apply(update)
        return update

    return await house.writer.do(conclude)


async def _read_what_is_new(
    result: Fetched, source: Source, house: House, now: datetime
) -> tuple[Reading | Unreadable | None, KnownItems | None]:
    """Read the items of a document that were not read before; None: there are none."""
    # In the writer's thread: many bodies may come at once, and to cut them all would hold the loop.
    remaining, told = await house.writer.do(
        lambda store: (remaining_of(result, source, store.known_items(source.id)), store.problems(source.id))
    )
    reading: Reading | Unreadable | None = None
    if remaining.unread is not None:
        reading = await house.read(remaining.unread, source, now)
        if is_in_doubt(remaining, reading, told):
            remaining = replace(remaining, unread=result, places=())
            reading = await house.read(result, source, now)
    if isinstance(reading, Reading):
        reading = with_true_places(reading, remaining)
    return reading, known_after(remaining, reading)


async def poll(
    sources: Iterable[Source],
    house: House,
    *,
    now: datetime,
    everything: bool = False,
    tell: Callable[[Source, Update], None] = lambda source, update: None,
) -> tuple[Update | None, ...]:
    """Visit every due source (all of them if ``everything``). ``tell`` hears of each as it is done.

    One Update for each, in the order of their visits, without the articles and decisions that were written: thousands
    of visits are told of in one breath. None where a fault of ours ended the visit, which is logged: the others are
    visited all the same, and nothing is remembered of that one.
    """
    sources = tuple(sources)
    await house.writer.do(lambda store: store.set_back(now))
    states = await house.writer.do(lambda store: store.states())
    chosen = sources if everything else due_sources(sources, states, now)

    async def one(source: Source) -> Update | None:
        try:
            update = await visit(source, state_of(source, states), house, now=now, among=len(sources))
        except Exception:  # one source's bad luck is not the others'
            log.exception("visit failed", id=source.id)
            return None
        told = replace(update, articles=(), decisions=())
        tell(source, told)
        return told

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(source)) async for source in unhurried(chosen)]
    return tuple(task.result() for task in tasks)


async def unhurried(sources: Iterable[Source]) -> AsyncIterator[Source]:
    """``sources``, with a turn for everybody else in between: thousands of visits begun at once would hold the loop."""
    for number, source in enumerate(sources, start=1):
        yield source
        if number % BEGUN_AT_ONCE == 0:
            await asyncio.sleep(0)


def _tell(source: Source, update: Update, result: FetchResult) -> None:
    """One line for what came and for what went wrong; that nothing is new is worth none."""
    if isinstance(result, Postponed):
        log.info("source", id=source.id, outcome=update.outcome, message=result.wait.why)
    elif isinstance(result, Failed) or update.state.reason is not None:
        log.warning("source", id=source.id, outcome=update.outcome, message=update.state.message)
    elif update.outcome in NOTHING_NEW:
        log.debug("source", id=source.id, outcome=update.outcome)
    else:
        counts = {"new": update.new, "merged": update.merged, "corrected": update.corrected}
        log.info("source", id=source.id, outcome=update.outcome, **{name: n for name, n in counts.items() if n})


_NOTHING_KNOWN = Known(by_key={}, by_fingerprint={})
