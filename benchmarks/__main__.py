"""``python -m benchmarks [NAME…]``: run the measurements named, or all of them, and print their tables."""

import argparse
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from benchmarks import categories, reading

BENCHMARKS: dict[str, Callable[[], Table]] = {"reading": reading.table, "categories": categories.table}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Run measurements and print their tables."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(BENCHMARKS)}")
    names = parser.parse_args().names
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no measurement is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    console = Console(width=110)
    for name in names or BENCHMARKS:
        console.print(BENCHMARKS[name]())


if __name__ == "__main__":
    main()
