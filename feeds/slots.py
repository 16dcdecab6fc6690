"""How many requests are under way at once: so many, and beside them those that turned out to be slow.

Knows nothing of HTTP and hosts.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SLOW_AFTER = 0.5  # seconds; a server that answers at all has mostly done so by then
SLOW_SHARE = 4  # slow ones for each slot


class Slots:
    """``at_once`` slots. A holder that takes long makes room for the next one and goes on beside the others.

    Else as many hostile servers as there are slots would hold up everybody until their deadlines. Of slow holders
    there are at most four times ``at_once``; the next one keeps its slot.
    """

    def __init__(self, at_once: int, *, slow_after: float = SLOW_AFTER) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._slow_after = slow_after
        self._slow = 0
        self._most_slow = at_once * SLOW_SHARE

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Wait for a slot, and hold it inside."""
        await self._free.acquire()
        is_slow = False

        def make_room() -> None:
            nonlocal is_slow
            if self._slow < self._most_slow:
                is_slow = True
                self._slow += 1
                self._free.release()

        timer = asyncio.get_running_loop().call_later(self._slow_after, make_room)
        try:
            yield
        finally:
            timer.cancel()
            if is_slow:
                self._slow -= 1
            else:
                self._free.release()
