"""The one writer: a thread that owns the Store, and the lock that keeps a second process away.

Knows nothing of what is written.
"""

import asyncio
import fcntl
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from news.errors import AnotherWriter
from store.store import Store

DATABASE = "khulasa.db"
LOCK = "writer.lock"

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


class Writer:
    """The Store in a thread of its own. ``async with Writer(data) as writer: await writer.do(lambda store: …)``.

    Raises AnotherWriter where a second process holds the data directory, StoreError where the store is unusable.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    async def __aenter__(self) -> Self:
        self._lock = WriterLock(self._data)
        try:
            self._store = await self._run(lambda: Store(self._data / DATABASE))
        except BaseException:
            self._thread.shutdown()  # before the lock is let go: a cancelled caller did not stop what it began
            self._lock.release()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._run(self._store.close)
        finally:
            self._thread.shutdown()
            self._lock.release()

    async def do(self, work: Callable[[Store], T]) -> T:
        """Run ``work`` on the store, after everything asked before. A cancelled caller does not stop it."""
        return await self._run(lambda: work(self._store))

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, work))
