"""Worker processes that read documents: bytes in, a Reading or an Unreadable out, under a deadline.

A document that hangs or kills its worker costs that document only: the pool replaces the process.
"""

import asyncio
import os
from concurrent.futures import TimeoutError as DeadlineError
from dataclasses import replace
from datetime import datetime
from multiprocessing import get_context
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessPool

from feeds.parse import parse
from news.conclude import articles_of
from news.types import Fetched, Reading, Reason, Source, Unreadable
from news.zones import zone_of

DEADLINE = 20.0  # seconds for one document; an honest one of 500 entries takes about one
MOST_WORKERS = 4


def read_document(fetched: Fetched, source: Source, now: datetime) -> Reading | Unreadable:
    """Decode, parse, clean, fold and judge one fetched body. Pure; run in a worker."""
    document = parse(fetched.body, url=fetched.url, headers=fetched.headers, zone=zone_of(source), now=now)
    if isinstance(document, Unreadable):
        return document
    return Reading(document=replace(document, entries=()), articles=articles_of(document, source=source, now=now))


class Readers:
    """The pool. ``async with Readers() as readers: await readers.read(fetched, source, now)``."""

    def __init__(self, *, deadline: float = DEADLINE) -> None:
        self._deadline = deadline
        # spawn, not fork: this process has threads (the store, the web), and a fork copies their locks mid-flight.
        self._pool = ProcessPool(max_workers=min(MOST_WORKERS, os.cpu_count() or 1), context=get_context("spawn"))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.stop()
        await asyncio.to_thread(self._pool.join)

    async def read(self, fetched: Fetched, source: Source, now: datetime) -> Reading | Unreadable:
        """Read in a worker. A hang or a death of the worker comes back as Unreadable."""
        task = self._pool.schedule(read_document, args=(fetched, source, now), timeout=self._deadline)
        try:
            reading: Reading | Unreadable = await asyncio.wrap_future(task)
        except DeadlineError:
            return Unreadable(reason=Reason.PARSE_TIMEOUT, message=f"not read within {self._deadline:.0f} s")
        except ProcessExpired as death:
            return Unreadable(reason=Reason.PARSER_DIED, message=f"its reader died (exit code {death.exitcode})")
        return reading
