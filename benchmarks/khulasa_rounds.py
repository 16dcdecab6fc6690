"""The rounds of Khulasa as a measured program: ``poll FOLDER NOW`` asks every source, ``publish FOLDER NOW`` renders.

The code of ``khulasa poll``, its two halves apart.
"""

import asyncio
import gc
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import perf_counter

from benchmarks.measured import own_work, tell
from khulasa import compose
from khulasa.logs import configure_logs
from news.types import Configuration
from scheduler.cycle import poll
from scheduler.loop import until_done

_TICK = 0.01  # seconds


def main() -> None:
    verb, folder, now = sys.argv[1], Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
    told: dict[str, float] = {}
    configure_logs(verbose=True)
    gc.freeze()  # as the command line does
    configuration = compose.load(folder / "sources.yml")
    data = folder / "data"
    with own_work(told):
        if verb == "poll":
            until_done(_poll(configuration, data, now, told))
        else:
            until_done(compose.publish_only(configuration, data, now=now, only=()))
    tell(told)


async def _poll(configuration: Configuration, data: Path, now: datetime, told: dict[str, float]) -> None:
    watch = asyncio.create_task(_lateness(told))
    async with compose.house(lambda: configuration, data) as home:
        updates = await poll(configuration.sources, home, now=now)
        watch.cancel()  # before the house is closed: nobody waits for the loop then
        with suppress(asyncio.CancelledError):
            await watch
    if len(updates) != len(configuration.sources) or None in updates:
        raise SystemExit(f"{len(configuration.sources)} sources, {len(updates)} asked, {updates.count(None)} in vain")


async def _lateness(told: dict[str, float]) -> None:
    """``late``: by how many seconds, at most, the event loop came too late to what was due."""
    while True:
        began = perf_counter()
        await asyncio.sleep(_TICK)
        told["late"] = max(told.get("late", 0.0), perf_counter() - began - _TICK)
