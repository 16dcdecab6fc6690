"""The event loop on which everything of ours runs: uvloop's, where there is one for this Python, else asyncio's.

A request costs uvloop's about a fifth less (`python -m benchmarks polling`).
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # Windows, PyPy
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def until_done(main: Coroutine[Any, Any, T]) -> T:
    """What ``asyncio.run`` does, on our loop."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(main)
