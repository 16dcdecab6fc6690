"""Whose turn it is to be asked: so many requests at once, so many to one host group, and a rest between these.

Knows groups by name and the loop's clock; nothing of requests.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from feeds.slots import Slots
from news.types import FetchSettings

MOST_RESTS = 10_000  # groups remembered when their rest is over


class Turns:
    """``async with turns.turn(group): turns.rest(group); …``"""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._slots = Slots(settings.at_once)
        self._slots_at: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._rests: dict[str, float] = {}  # until when, on the loop's clock

    @asynccontextmanager
    async def turn(self, group: str) -> AsyncIterator[None]:
        """First the group's slot, then everybody's: who waits for a slow group takes no slot from others."""
        clock = asyncio.get_running_loop().time
        slots = self._slots_at.get(group)
        if slots is None:
            slots = self._slots_at[group] = asyncio.Semaphore(self._settings.at_once_per_host)
        async with slots:
            while True:
                await asyncio.sleep(self._rests.get(group, 0.0) - clock())
                async with self._slots.taken():
                    if self._rests.get(group, 0.0) <= clock():  # else another of the group was quicker
                        yield
                        return

    def rest(self, group: str) -> None:
        """A request to ``group`` starts now, the next one a while later. To be said at the beginning of a turn."""
        now = asyncio.get_running_loop().time()
        if len(self._rests) >= MOST_RESTS:
            self._rests = {name: until for name, until in self._rests.items() if until > now}
        self._rests[group] = now + self._settings.spacing.total_seconds()
