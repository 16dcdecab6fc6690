"""One thread owns the store, one process the folder: who waits, who is refused, and what a kill leaves behind."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from news.errors import AnotherWriter, StoreError
from news.types import SourceState, Update
from scheduler.loop import until_done
from scheduler.writer import DATABASE, LOCK, Writer, WriterLock
from store.store import Store
from tests.news.articles import NOW

_HOLD = """
import sys
from pathlib import Path
from scheduler.writer import WriterLock
lock = WriterLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process_holding(data: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield holder
        finally:
            holder.kill()


def seen(name: str) -> Update:
    return Update(at=NOW, state=SourceState(source_id=name, url=f"https://{name}.example/rss"), outcome="ok")


async def states_in(data: Path) -> set[str]:
    async with Writer(data) as writer:
        return set(await writer.do(lambda store: store.states()))


# --- the lock ---------------------------------------------------------------------------------------------------------


def test_a_second_process_is_refused_and_told_who_holds_the_folder(tmp_path: Path) -> None:
    with (
        another_process_holding(tmp_path) as holder,
        pytest.raises(AnotherWriter, match=rf"{tmp_path} .*process {holder.pid}"),
    ):
        until_done(states_in(tmp_path))
    assert not (tmp_path / DATABASE).exists(), "who is refused has touched nothing"


def test_a_second_writer_in_the_same_process_is_refused_too(tmp_path: Path) -> None:
    async def twice() -> None:
        async with Writer(tmp_path):
            with pytest.raises(AnotherWriter):
                await states_in(tmp_path)

    until_done(twice())


def test_being_refused_does_not_make_the_holder_unknown(tmp_path: Path) -> None:
    with another_process_holding(tmp_path) as holder:
        for _ in range(2):
            with pytest.raises(AnotherWriter, match=f"process {holder.pid}"):
                WriterLock(tmp_path)


def test_the_folder_of_a_killed_process_is_free_at_once(tmp_path: Path) -> None:
    with another_process_holding(tmp_path) as holder:
        holder.kill()
        holder.wait()
        assert (tmp_path / LOCK).read_text() == str(holder.pid), "the file is still there, and says nothing"
        assert until_done(states_in(tmp_path)) == set()


def test_a_name_shorter_than_the_last_one_stands_alone_in_the_lock(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_bytes(b"12345678901234567890 \xff\xfe")
    lock = WriterLock(tmp_path)
    with pytest.raises(AnotherWriter, match=r"process \d{1,10}\)"):
        WriterLock(tmp_path)
    lock.release()


def test_a_folder_that_does_not_exist_is_made(tmp_path: Path) -> None:
    assert until_done(states_in(tmp_path / "new" / "var")) == set()


def test_an_unusable_store_lets_the_lock_go(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"this is no database, and longer than the header of one " * 20)
    with pytest.raises(StoreError):
        until_done(states_in(tmp_path))
    WriterLock(tmp_path).release()


def test_a_fault_inside_lets_the_lock_go_and_keeps_what_was_written(tmp_path: Path) -> None:
    async def fail() -> None:
        async with Writer(tmp_path) as writer:
            await writer.do(lambda store: store.apply(seen("riwaq")))
            raise RuntimeError("elsewhere")

    with pytest.raises(RuntimeError, match="elsewhere"):
        until_done(fail())
    assert until_done(states_in(tmp_path)) == {"riwaq"}


# --- the work ---------------------------------------------------------------------------------------------------------


def test_work_is_done_in_the_order_it_was_asked_for_and_in_one_thread(tmp_path: Path) -> None:
    done: list[int] = []
    threads: set[str] = set()

    async def ask() -> list[int]:
        async with Writer(tmp_path) as writer:

            def work(n: int) -> Callable[[Store], int]:
                def note(store: Store) -> int:
                    done.append(n)
                    threads.add(threading.current_thread().name)
                    return n * n

                return note

            return await asyncio.gather(*(writer.do(work(n)) for n in range(200)))

    assert until_done(ask()) == [n * n for n in range(200)]
    assert done == list(range(200))
    assert threads == {"store"}


def test_a_long_work_does_not_hold_up_the_loop(tmp_path: Path) -> None:
    async def ask() -> None:
        async with Writer(tmp_path) as writer:
            go_on = threading.Event()
            waiting = asyncio.create_task(writer.do(lambda store: go_on.wait(30)))
            await asyncio.sleep(0.01)
            assert not waiting.done()
            go_on.set()  # were the loop held up, nobody would come here
            assert await waiting is True

    until_done(ask())


def test_a_cancelled_caller_does_not_stop_a_write(tmp_path: Path) -> None:
    async def cancel() -> None:
        async with Writer(tmp_path) as writer:
            begun, go_on = threading.Event(), threading.Event()

            def slow(store: Store) -> None:
                begun.set()
                go_on.wait(30)
                store.apply(seen("begun"))

            under_way = asyncio.create_task(writer.do(slow))
            behind = asyncio.create_task(writer.do(lambda store: store.apply(seen("queued"))))
            await asyncio.to_thread(begun.wait, 30)
            under_way.cancel()
            behind.cancel()
            told = await asyncio.gather(under_way, behind, return_exceptions=True)
            assert [type(answer) for answer in told] == [asyncio.CancelledError, asyncio.CancelledError]
            go_on.set()

    until_done(cancel())
    assert until_done(states_in(tmp_path)) == {"begun", "queued"}


def test_leaving_waits_for_the_write_that_nobody_waits_for_any_more(tmp_path: Path) -> None:
    async def leave() -> None:
        go_on = threading.Event()
        async with Writer(tmp_path) as writer:

            def slow(store: Store) -> None:
                go_on.wait(30)
                store.apply(seen("late"))

            abandoned = asyncio.create_task(writer.do(slow))
            await asyncio.sleep(0.01)
            abandoned.cancel()
            threading.Timer(0.1, go_on.set).start()

    until_done(leave())
    assert until_done(states_in(tmp_path)) == {"late"}


def test_a_fault_reaches_its_caller_and_nobody_else(tmp_path: Path) -> None:
    async def ask() -> tuple[int | BaseException, ...]:
        async with Writer(tmp_path) as writer:

            def fail(store: Store) -> int:
                raise ZeroDivisionError

            return await asyncio.gather(
                writer.do(lambda store: 1), writer.do(fail), writer.do(lambda store: 3), return_exceptions=True
            )

    first, second, third = until_done(ask())
    assert (first, type(second), third) == (1, ZeroDivisionError, 3)


async def _asked_at_once(data: Path, *works: Callable[[Store], object]) -> list[object]:
    """The answers to works that wait behind one long enough that all are in one round."""
    async with Writer(data) as writer:
        answers: list[object] = await asyncio.gather(
            writer.do(lambda store: threading.Event().wait(0.02)),
            *(writer.do(work) for work in works),
            return_exceptions=True,
        )
    return answers


def test_works_of_one_round_fail_and_succeed_each_for_itself(tmp_path: Path) -> None:
    def fails_midway(store: Store) -> None:
        store.apply(seen("halfway"))
        raise ValueError("after its write was whole")

    _, first, second, third = until_done(
        _asked_at_once(tmp_path, lambda s: s.apply(seen("one")), fails_midway, lambda s: s.apply(seen("two")))
    )
    assert (first, third) == (None, None)
    assert isinstance(second, ValueError)
    assert until_done(states_in(tmp_path)) == {"one", "halfway", "two"}


def test_when_the_disk_is_full_nobody_is_told_that_it_was_written(tmp_path: Path) -> None:
    def fill(store: Store) -> None:
        (pages,) = store._connection.all("PRAGMA page_count")[0]
        store._connection.all(f"PRAGMA max_page_count = {pages}")

    async def ask() -> list[object]:
        many = [lambda store, n=n: store.apply(seen(f"{n}" * 200)) for n in range(400)]
        async with Writer(tmp_path) as writer:
            await writer.do(fill)
            answers: list[object] = await asyncio.gather(*(writer.do(work) for work in many), return_exceptions=True)
        return answers

    answers = until_done(ask())
    written = {f"{n}" * 200 for n, answer in enumerate(answers) if answer is None}
    assert any(isinstance(answer, StoreError) for answer in answers)
    assert until_done(states_in(tmp_path)) == written
