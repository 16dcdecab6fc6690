"""Documents read in real worker processes: what hangs, dies or fails there costs itself and nobody else."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import pytest

from news.types import Fetched, Reading, Reason, Unreadable
from scheduler.loop import until_done
from scheduler.reading import MOST_HELD, Readers, read_document
from tests.news.articles import NOW
from tests.news.test_decide import RIWAQ

T = TypeVar("T")

DOCUMENT = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>الرواق</title><link>https://riwaq.example/</link><description>أخبار</description>
<item><title>جسر جديد فوق النهر</title><link>https://riwaq.example/1</link><guid>1</guid>
<pubDate>Fri, 20 Nov 2026 10:00:00 +0000</pubDate>
<description>افتتحت بلدية المدينة جسرا جديدا فوق النهر يربط الضفتين ويختصر الطريق إلى نصف ساعة</description></item>
</channel></rss>"""
GOOD = Fetched(url=RIWAQ.url, headers=(), body=DOCUMENT.encode())


class Headers(tuple[tuple[str, str], ...]):
    """Headers that do something to the process that reads them: no bytes are needed that break the parser of today."""

    __slots__ = ()


class Hanging(Headers):
    def __iter__(self) -> Iterator[tuple[str, str]]:
        threading.Event().wait(3600)
        return super().__iter__()


class Deadly(Headers):
    def __iter__(self) -> Iterator[tuple[str, str]]:
        os.kill(os.getpid(), signal.SIGKILL)
        return super().__iter__()


class Faulty(Headers):
    def __iter__(self) -> Iterator[tuple[str, str]]:
        raise ZeroDivisionError("a bug of ours")


HANGING, DEADLY, FAULTY = (Fetched(url=RIWAQ.url, headers=kind(), body=GOOD.body) for kind in (Hanging, Deadly, Faulty))


def with_readers(life: Callable[[Readers], Awaitable[T]], *, deadline: float = 60) -> T:
    async def whole() -> T:
        async with asyncio.timeout(60):  # a generous end for what would otherwise never come to one
            async with Readers(deadline=deadline) as readers:
                return await life(readers)

    try:
        return until_done(whole())
    finally:
        assert multiprocessing.active_children() == [], "no worker outlives its pool"


def is_good(reading: Reading | Unreadable) -> bool:
    return reading == read_document(GOOD, RIWAQ, NOW) and isinstance(reading, Reading)


def test_a_document_comes_back_read_and_concluded() -> None:
    reading = with_readers(lambda readers: readers.read(GOOD, RIWAQ, NOW))
    assert isinstance(reading, Reading)
    assert (reading.document.title, reading.document.entries) == ("الرواق", ())
    assert [article.entry.title for article in reading.articles] == ["جسر جديد فوق النهر"]
    assert is_good(reading), "a worker reads as this process would"


def test_what_is_no_feed_comes_back_as_a_value() -> None:
    page = Fetched(url=RIWAQ.url, headers=(), body=b"<!doctype html><title>x</title>")
    reading = with_readers(lambda readers: readers.read(page, RIWAQ, NOW))
    assert reading == Unreadable(reason=Reason.NOT_A_FEED, message="an HTML page")


def test_many_documents_at_once_come_back_each_to_its_own_caller() -> None:
    def numbered(n: int) -> Fetched:
        return Fetched(url=RIWAQ.url, headers=(), body=DOCUMENT.replace("الرواق", f"الرواق {n}").encode())

    async def life(readers: Readers) -> list[Reading | Unreadable]:
        return await asyncio.gather(*(readers.read(numbered(n), RIWAQ, NOW) for n in range(20)))

    titles = [reading.document.title for reading in with_readers(life) if isinstance(reading, Reading)]
    assert titles == [f"الرواق {n}" for n in range(20)]


def test_a_document_that_hangs_is_given_up_and_the_next_one_is_read() -> None:
    async def life(readers: Readers) -> list[Reading | Unreadable]:
        return [await readers.read(document, RIWAQ, NOW) for document in (HANGING, GOOD)]

    hung, good = with_readers(life, deadline=2)
    assert hung == Unreadable(reason=Reason.PARSE_TIMEOUT, message="not read within 2 s")
    assert is_good(good)


def test_a_document_that_kills_its_worker_is_told_so_and_the_next_one_is_read() -> None:
    async def life(readers: Readers) -> list[Reading | Unreadable]:
        return [await readers.read(document, RIWAQ, NOW) for document in (DEADLY, GOOD)]

    died, good = with_readers(life)
    assert isinstance(died, Unreadable)
    assert died.reason is Reason.PARSER_DIED
    assert is_good(good)


def test_documents_beside_a_deadly_one_are_read() -> None:
    async def life(readers: Readers) -> list[Reading | Unreadable]:
        wanted = (GOOD, DEADLY, GOOD, GOOD, DEADLY, GOOD)
        return await asyncio.gather(*(readers.read(document, RIWAQ, NOW) for document in wanted))

    assert [is_good(reading) for reading in with_readers(life)] == [True, False, True, True, False, True]


def test_workers_that_are_killed_while_they_do_nothing_are_replaced() -> None:
    async def life(readers: Readers) -> list[Reading | Unreadable]:
        read = [await readers.read(GOOD, RIWAQ, NOW)]
        for _ in range(2):
            for worker in multiprocessing.active_children():
                assert worker.pid is not None
                os.kill(worker.pid, signal.SIGKILL)
            read.append(await readers.read(GOOD, RIWAQ, NOW))
            await asyncio.sleep(0.3)  # time to see that workers are dead
            read.append(await readers.read(GOOD, RIWAQ, NOW))
        return read

    assert all(is_good(reading) for reading in with_readers(life))


def test_a_fault_of_ours_in_a_worker_is_an_exception_and_the_next_document_is_read() -> None:
    async def life(readers: Readers) -> Reading | Unreadable:
        with pytest.raises(ZeroDivisionError, match="a bug of ours"):
            await readers.read(FAULTY, RIWAQ, NOW)
        return await readers.read(GOOD, RIWAQ, NOW)

    assert is_good(with_readers(life))


def test_a_cancelled_reading_frees_its_worker() -> None:
    async def life(readers: Readers) -> Reading | Unreadable:
        hung = [asyncio.create_task(readers.read(HANGING, RIWAQ, NOW)) for _ in range(8)]  # more than workers
        await asyncio.sleep(1)
        for task in hung:
            task.cancel()
        return await readers.read(GOOD, RIWAQ, NOW)

    assert is_good(with_readers(life, deadline=3600))


def test_closing_does_not_wait_for_a_document_that_hangs() -> None:
    async def life(readers: Readers) -> None:
        hung = asyncio.create_task(readers.read(HANGING, RIWAQ, NOW))
        await asyncio.sleep(1)
        hung.cancel()

    with_readers(life, deadline=3600)  # the test itself would take as long


def test_a_pool_that_was_never_asked_closes_too() -> None:
    async def nothing(readers: Readers) -> None:
        return None

    with_readers(nothing)


def test_there_is_room_again_when_bodies_have_been_dealt_with() -> None:
    async def life(readers: Readers) -> tuple[bool, bool]:
        async def visit() -> None:
            with readers.holding():
                await readers.read(GOOD, RIWAQ, NOW)

        waiting = [asyncio.ensure_future(visit()) for _ in range(MOST_HELD)]
        await asyncio.sleep(0)
        room = asyncio.ensure_future(readers.room())
        await asyncio.sleep(0)
        was_full = not room.done()
        await room
        had_room_before_the_end = not all(reading.done() for reading in waiting)
        await asyncio.gather(*waiting)
        return was_full, had_room_before_the_end

    assert with_readers(life) == (True, True)
