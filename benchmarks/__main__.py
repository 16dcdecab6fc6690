"""``python -m benchmarks [NAME…]``: run the measurements named, or all of them, and print their tables."""

import argparse
import signal
import sys
from collections.abc import Callable
from functools import partial

from rich.console import Console, Group
from rich.table import Table

from benchmarks import (
    categories,
    daemon,
    dates,
    duplicates,
    encodings,
    folding,
    intervals,
    polling,
    reading,
    rhythms,
    search,
    story_scale,
    suites,
)
from benchmarks.loopback_site import MissingServer
from benchmarks.measured import ProgramFailed

BENCHMARKS = (
    "reading",
    "encodings",
    "dates",
    "folding",
    "categories",
    "duplicates",
    "stories",
    "search",
    "rhythms",
    "intervals",
    "polling",
    "daemon",
)


def main() -> None:
    if sys.argv[1:2] in (["suites"], ["dates"]):
        {"suites": suites.main, "dates": dates.main}[sys.argv[1]](sys.argv[2:])
        return
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Run measurements and print their tables. See also: suites --help, dates --help",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--feeds", type=_count, default=polling.FEEDS, help="of polling (%(default)s)")
    parser.add_argument("--repeat", type=_count, default=polling.REPEAT, help="of polling (%(default)s)")
    parser.add_argument("--sources", type=_count, default=daemon.SOURCES, help="of daemon (%(default)s)")
    parser.add_argument("--articles", type=_count, help="of search and stories: what it costs with so many")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no measurement is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    tables: dict[str, Callable[[], Table | Group]] = {
        "reading": reading.table,
        "encodings": encodings.table,
        "dates": dates.table,
        "folding": folding.table,
        "categories": categories.table,
        "duplicates": duplicates.table,
        "stories": partial(story_scale.table, asked.articles or story_scale.LARGE),
        "search": partial(search.table, articles=asked.articles),
        "rhythms": rhythms.table,
        "intervals": intervals.table,
        "polling": partial(polling.table, feeds=asked.feeds, repeat=asked.repeat),
        "daemon": partial(daemon.table, sources=asked.sources),
    }
    # Ended from outside, it still stops its servers and removes its folders.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    console = Console(width=110)
    for name in asked.names or BENCHMARKS:
        try:
            console.print(tables[name]())
        except (MissingServer, ProgramFailed) as fault:
            sys.exit(f"{name}: {fault}")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


if __name__ == "__main__":
    main()
