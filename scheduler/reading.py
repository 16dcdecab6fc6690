"""Worker processes that read documents: bytes in, a Reading or an Unreadable out, under a deadline.

A document that hangs or kills its worker costs that document only: the process is replaced.
"""

import asyncio
import os
import signal
from collections.abc import Iterator
from concurrent.futures import TimeoutError as DeadlineError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from multiprocessing import get_context, resource_tracker
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from feeds.parse import parse
from news.conclude import articles_of
from news.types import Fetched, Reading, Reason, Source, Unreadable
from news.zones import zone_of

DEADLINE = 20.0  # seconds for one document; an honest one of 500 entries takes about one
MOST_WORKERS = 4
MOST_HELD = 32  # bodies, which wait in memory
_ATTEMPTS = 3


def read_document(fetched: Fetched, source: Source, now: datetime) -> Reading | Unreadable:
    """Decode, parse, clean, fold and judge one fetched body. Pure; run in a worker."""
    document = parse(fetched.body, url=fetched.url, headers=fetched.headers, zone=zone_of(source), now=now)
    if isinstance(document, Unreadable):
        return document
    return Reading(document=replace(document, entries=()), articles=articles_of(document, source=source, now=now))


def _nothing() -> None:
    """What the first worker is given to do."""


class Readers:
    """The pool. ``async with Readers() as readers: await readers.read(fetched, source, now)``."""

    def __init__(self, *, deadline: float = DEADLINE) -> None:
        self._deadline = deadline
        self._pool = _new_pool()
        self._ending: list[asyncio.Future[None]] = []  # pools that gave up
        self._starting: asyncio.Task[None] | None = None
        self._held = 0
        self._has_room = asyncio.Event()
        self._has_room.set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._starting is not None:
            await asyncio.wait([self._starting])  # a worker that is stopped half begun complains
        self._end_pool()
        await asyncio.gather(*self._ending)

    async def room(self) -> None:
        """Return when few enough bodies are held: the network can bring them faster than they are read."""
        await self._has_room.wait()

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Inside, somebody holds a body or what was read of it: from when it came until it is stored."""
        self._held += 1
        if self._held >= MOST_HELD:
            self._has_room.clear()
        try:
            yield
        finally:
            self._held -= 1
            if self._held < MOST_HELD:
                self._has_room.set()

    async def read(self, fetched: Fetched, source: Source, now: datetime) -> Reading | Unreadable:
        """Read in a worker. A hang or a death of the worker comes back as Unreadable."""
        if self._starting is None:
            self._starting = asyncio.create_task(self._start())
        await asyncio.shield(self._starting)
        return await self._read(fetched, source, now)

    async def _start(self) -> None:
        """Start the workers beside the loop, which would stand still for the tenth of a second that each one takes."""

        def start() -> None:
            with _interrupts_held():
                self._pool.schedule(_nothing)

        try:
            await asyncio.to_thread(start)
        except BaseException:
            self._starting = None  # the next document tries again
            raise

    async def _read(self, fetched: Fetched, source: Source, now: datetime) -> Reading | Unreadable:
        for _ in range(_ATTEMPTS):
            try:
                return await asyncio.wrap_future(self._scheduled(fetched, source, now))
            except DeadlineError:
                return Unreadable(reason=Reason.PARSE_TIMEOUT, message=f"not read within {self._deadline:g} s")
            except ProcessExpired as death:
                return Unreadable(reason=Reason.PARSER_DIED, message=f"its reader died (exit code {death.exitcode})")
            except BrokenProcessPool:
                continue  # it had not been begun
        return Unreadable(reason=Reason.PARSER_DIED, message="no reader stays alive")

    def _scheduled(self, fetched: Fetched, source: Source, now: datetime) -> ProcessFuture[Reading | Unreadable]:
        def schedule() -> ProcessFuture[Reading | Unreadable]:
            return self._pool.schedule(read_document, args=(fetched, source, now), timeout=self._deadline)

        try:
            return schedule()
        except RuntimeError:
            # pebble gives a whole pool up, for good, when a worker dies that was reading nothing: a system short of
            # memory kills whom it likes.
            self._end_pool()
            self._pool = _new_pool()
            with _interrupts_held():
                return schedule()

    def _end_pool(self) -> None:
        self._pool.stop()
        self._ending.append(asyncio.get_running_loop().run_in_executor(None, self._pool.join))


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C reaches every process of a terminal, and one that is just starting answers with a traceback. Processes
    started in here, and those that pebble's threads start later, inherit that they do not hear it.
    """
    resource_tracker.ensure_running()  # it is started with the first process, and then unblocks the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _new_pool() -> ProcessPool:
    # spawn, not fork: this process has threads (the store, the web), and a fork copies their locks mid-flight.
    return ProcessPool(max_workers=min(MOST_WORKERS, os.cpu_count() or 1), context=get_context("spawn"))
