"""The one writer: a thread that owns the Store, and the lock that keeps a second process away.

Knows nothing of what is written.
"""

import asyncio
import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from types import TracebackType
from typing import Any, Self, TypeVar

from news.errors import AnotherWriter
from store.store import Store

DATABASE = "khulasa.db"
LOCK = "writer.lock"

ROUND = 0.05  # seconds after which works that share a commit are committed: nobody waits much longer for an answer

T = TypeVar("T")


class WriterLock:
    """An advisory lock on a data directory. The kernel releases it when the process dies, however it dies."""

    def __init__(self, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self._file = (data / LOCK).open("a+", encoding="ascii", errors="replace")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            holder = self._file.read().strip() or "unknown"
            self._file.close()
            raise AnotherWriter(f"{data} is being written by another khulasa (process {holder})") from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        self._file.close()


def held_by(data: Path) -> str | None:
    """The number of the process that writes to a data directory; None: nobody does."""
    try:
        with (data / LOCK).open(encoding="ascii", errors="replace") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return file.read().strip() or "unknown"
    except FileNotFoundError:
        pass
    return None


@dataclass(frozen=True, slots=True)
class _Work:
    do: Callable[[Store], Any]
    answered: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Answer:
    answered: asyncio.Future[Any]
    result: Any = None
    fault: BaseException | None = None


class Writer:
    """The Store in a thread of its own. ``async with Writer(data) as writer: await writer.do(lambda store: …)``.

    Works that wait at the same time share one commit, for a commit waits for the disk: each is whole or undone on its
    own, and its caller hears of it after the commit. Raises AnotherWriter where a second process holds the data
    directory, StoreError where the store is unusable.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._works: SimpleQueue[_Work | None] = SimpleQueue()
        self._is_open = False

    async def __aenter__(self) -> Self:
        self._lock = WriterLock(self._data)
        self._loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = self._loop.create_future()
        self._thread = Thread(target=self._serve, args=(opened,), name="store")
        self._thread.start()
        try:
            await asyncio.shield(opened)
        except BaseException:
            self._end()
            raise
        self._is_open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    async def do(self, work: Callable[[Store], T]) -> T:
        """Run ``work`` on the store, after everything asked before. A cancelled caller does not stop it."""
        if not self._is_open:
            raise RuntimeError("a Writer is used inside `async with`")
        answered: asyncio.Future[T] = self._loop.create_future()
        self._works.put(_Work(work, answered))
        return await answered  # cancelled, it only says that nobody waits for the answer

    def _end(self) -> None:
        """Let go of the lock when everything asked for is done, also what nobody waits for any more."""
        self._is_open = False
        self._works.put(None)
        self._thread.join()
        self._lock.release()

    # --- in the thread ----------------------------------------------------------------------------------------------

    def _serve(self, opened: asyncio.Future[None]) -> None:
        try:
            store = Store(self._data / DATABASE)
        except BaseException as fault:
            self._tell([_Answer(opened, fault=fault)])
            return
        with store:
            self._tell([_Answer(opened)])
            is_over = False
            while not is_over and (work := self._works.get()) is not None:
                answers, is_over = self._round(store, work)
                self._tell(answers)

    def _round(self, store: Store, work: _Work) -> tuple[list[_Answer], bool]:
        """Do ``work`` and what waits behind it, and commit. Returns the answers, and whether the end was among it."""
        answers: list[_Answer] = []
        until = monotonic() + ROUND
        following: _Work | None = work
        try:
            with store.together():
                while following is not None:
                    answers.append(_done(following, store))
                    if monotonic() >= until or self._works.empty():
                        break
                    following = self._works.get()
        except BaseException as fault:  # not committed: nothing of this round is stored
            answers = [_Answer(answer.answered, fault=fault) for answer in answers]
        return answers, following is None

    def _tell(self, answers: list[_Answer]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            self._loop.call_soon_threadsafe(_settle, answers)


def _done(work: _Work, store: Store) -> _Answer:
    try:
        return _Answer(work.answered, work.do(store))
    except BaseException as fault:
        return _Answer(work.answered, fault=fault)


def _settle(answers: list[_Answer]) -> None:
    for answer in answers:
        if answer.answered.done():
            continue
        if answer.fault is None:
            answer.answered.set_result(answer.result)
        else:
            answer.answered.set_exception(answer.fault)
