"""One cycle, in the words of the code: ask which sources are due → fetch them, a few at once → read each in a worker
process → one writer: decide, and write the Update in one transaction → afterwards publish what changed.

The only code that knows both the wire and the store; it receives them as arguments.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from news.decide import body_hash, decide
from news.types import (
    Failed,
    Fetched,
    FetchResult,
    Known,
    Reading,
    Source,
    SourceState,
    Unreadable,
    Update,
    Validators,
)
from scheduler.writer import Writer
from store.store import Store

log = structlog.get_logger()

Read = Callable[[Fetched, Source, datetime], Awaitable[Reading | Unreadable]]
Planned = Callable[[Source, datetime], datetime | None]  # the next moment of a source's own schedule


class Fetch(Protocol):
    async def __call__(self, url: str, validators: Validators, *, now: datetime) -> FetchResult: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a visit needs: the wire, the readers, the writer and the plan of moments."""

    fetch: Fetch
    read: Read
    writer: Writer
    planned: Planned


def state_of(source: Source, states: Mapping[str, SourceState]) -> SourceState:
    """What we remember of ``source``; nothing, if its address in sources.yml is another than the one we remember."""
    state = states.get(source.id)
    return state if state is not None and state.url == source.url else SourceState(source_id=source.id, url=source.url)


def is_due(state: SourceState, now: datetime) -> bool:
    """Is it time to ask? A source never asked is due; one that is gone never is."""
    return not state.gone and (state.next_check is None or state.next_check <= now)


def due_sources(sources: Iterable[Source], states: Mapping[str, SourceState], now: datetime) -> tuple[Source, ...]:
    """The sources to ask now, those waiting longest first."""
    due = [
        (state_of(s, states).next_check or datetime.min.replace(tzinfo=now.tzinfo), s.id, s)
        for s in sources
        if is_due(state_of(s, states), now)
    ]
    return tuple(source for _, _, source in sorted(due, key=lambda d: d[:2]))


async def visit(source: Source, state: SourceState, house: House, *, now: datetime) -> Update:
    """Ask one source, and store in one transaction what came of it."""
    result = await house.fetch(state.moved_to or source.url, state.validators, now=now)
    reading: Reading | Unreadable | None = None
    if isinstance(result, Fetched) and body_hash(result.body) != state.body_hash:
        reading = await house.read(result, source, now)
    planned = house.planned(source, now)

    def conclude(store: Store) -> Update:
        known = store.known(source.id, reading.articles) if isinstance(reading, Reading) else _NOTHING_KNOWN
        update = decide(
            source=source, state=state, result=result, reading=reading, known=known, now=now, planned=planned
        )
        store.apply(update)
        return update

    update = await house.writer.do(conclude)
    _tell(source, update, result)
    return update


async def poll(
    sources: Iterable[Source],
    house: House,
    *,
    now: datetime,
    everything: bool = False,
    tell: Callable[[Source, Update], None] = lambda source, update: None,
) -> tuple[Update | None, ...]:
    """Visit every due source (all of them if ``everything``). ``tell`` hears of each as it is done.

    One Update for each, in the order of their visits; None where a fault of ours ended the visit, which is logged: the
    others are visited all the same, and nothing is remembered of that one.
    """
    sources = tuple(sources)
    states = await house.writer.do(lambda store: store.states())
    chosen = sources if everything else due_sources(sources, states, now)

    async def one(source: Source) -> Update | None:
        try:
            update = await visit(source, state_of(source, states), house, now=now)
        except Exception:
            log.exception("visit failed", id=source.id)
            return None
        tell(source, update)
        return update

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(source)) for source in chosen]
    return tuple(task.result() for task in tasks)


def _tell(source: Source, update: Update, result: FetchResult) -> None:
    counts = {"new": update.new, "merged": update.merged, "corrected": update.corrected}
    said = {name: count for name, count in counts.items() if count}
    if isinstance(result, Failed) or update.state.reason is not None:
        log.warning("source", id=source.id, outcome=update.outcome, message=update.state.message)
    else:
        log.info("source", id=source.id, outcome=update.outcome, **said)


_NOTHING_KNOWN = Known(by_key={}, by_fingerprint={})
