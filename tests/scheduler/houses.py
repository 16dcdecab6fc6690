"""A house for a test: the real writer and store; a wire and readers that do as they are told and note what comes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from news.types import (
    Article,
    Document,
    Failed,
    Fetched,
    FetchResult,
    Reading,
    Reason,
    Source,
    Unreadable,
    Validators,
)
from scheduler.cycle import House
from scheduler.loop import until_done
from scheduler.writer import DATABASE, Writer
from store.store import Store

T = TypeVar("T")


def source(id: str, **more: object) -> Source:
    return Source(id=id, title=f"صحيفة {id}", url=f"https://{id}.example/rss", **more)  # type: ignore[arg-type]  # any of its fields


def fetched(body: bytes, *, etag: str | None = None, **more: object) -> Fetched:
    return Fetched(
        url="https://riwaq.example/rss",
        headers=(),
        body=body,
        validators=Validators(etag=etag),
        **more,  # type: ignore[arg-type]  # any of its fields
    )


def reading(*articles: Article) -> Reading:
    return Reading(document=Document(dialect="rss20", encoding="utf-8", title="الرواق"), articles=articles)


@dataclass
class Rooms:
    """What the wire answers by address and the readers by body; an exception is raised."""

    answers: dict[str, FetchResult | Exception] = field(default_factory=dict)
    readings: dict[bytes, Reading | Unreadable | Exception] = field(default_factory=dict)
    plan: datetime | None = None
    pause: float = 0  # seconds before the wire answers
    asked: list[tuple[str, Validators]] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)  # those of them that were asked as sources on their own
    read: list[bytes] = field(default_factory=list)

    async def _fetch(self, url: str, validators: Validators, *, now: datetime, alone: bool = False) -> FetchResult:
        self.asked.append((url, validators))
        if alone:
            self.alone.append(url)
        await asyncio.sleep(self.pause)
        answer = self.answers.get(url, Failed(reason=Reason.NOT_FOUND, message="404"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _read(self, fetched: Fetched, source: Source, now: datetime) -> Reading | Unreadable:
        self.read.append(fetched.body)
        await asyncio.sleep(0)
        reading = self.readings[fetched.body]
        if isinstance(reading, Exception):
            raise reading
        return reading

    def live(self, data: Path, life: Callable[[House], Awaitable[T]]) -> T:
        """Run ``life`` in a house over the data folder."""

        async def whole() -> T:
            async with Writer(data) as writer:
                house = House(fetch=self._fetch, read=self._read, writer=writer, planned=lambda source, now: self.plan)
                return await life(house)

        return until_done(whole())


@contextmanager
def remembered(data: Path) -> Iterator[Store]:
    with Store(data / DATABASE, read_only=True) as store:
        yield store
