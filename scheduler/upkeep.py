"""What is done behind everybody's back: articles are indexed, what is left of them is put into stories, and what an
earlier version of ours made is made anew.

In small pieces, each of which holds the writer for some milliseconds, with pauses as long as the work: nobody waits.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from scheduler.storytelling import place_some
from scheduler.writer import Writer
from store.rebuild import Rebuilding
from store.search import BATCH
from store.store import Store

log = structlog.get_logger()

SPELL = 1.0  # seconds that one go may take
REQUEST = "reindex.request"  # left in the data folder by `khulasa reindex` for who holds its lock
GULP = 200  # articles in one transaction where nobody else wants the writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """The upkeep of one store; each ``await upkeep()`` is one go."""

    writer: Writer
    data: Path

    async def __call__(self) -> None:
        await self._begin_if_due()
        clock = asyncio.get_running_loop().time
        end = clock() + SPELL
        number = 1
        while number and (began := clock()) < end:
            number = await self.writer.do(lambda store: _some(store) or place_some(store))
            await asyncio.sleep(clock() - began)

    async def all_of_it(self, tell: Callable[[Rebuilding], None] = lambda state: None, *, anew: bool = False) -> int:
        """Everything that is to be done, at once; ``anew``: a rebuild from the beginning. Returns how many articles."""
        await self._begin_if_due(anew=anew)
        done = 0
        while number := await self.writer.do(lambda store: _some(store, GULP)):
            done += number
            tell(await self.writer.do(lambda store: store.rebuild.state()))
        return done

    async def _begin_if_due(self, *, anew: bool = False) -> None:
        request = self.data / REQUEST
        if anew or request.exists():
            await self.writer.do(lambda store: store.rebuild.begin())
            request.unlink(missing_ok=True)
        elif await self.writer.do(_begin_where_due):
            log.info("a rebuild begins: the store was written by another version")


def _begin_where_due(store: Store) -> bool:
    if not store.rebuild.state().is_due:
        return False
    store.rebuild.begin()
    return not store.rebuild.state().is_over


def _some(store: Store, most: int = BATCH) -> int:
    return store.archive.index_waiting(most) or store.rebuild.go_on(most)
