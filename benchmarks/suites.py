"""The public suites of other feed readers, run through ``khulasa read --json --requests``: right, safe, survived.

Asks for checkouts of their repositories, which are no part of this one. feedparser's says beside each document, as a
Python expression, what must be read from it (benchmarks/suite_expectations.py); of the others only survival is asked.
"""

import argparse
import json
import os
import select
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.table import Table

from benchmarks.suite_expectations import case_of, misses
from benchmarks.suite_safety import unsafe

DEADLINE = 10.0  # seconds for one document
_SUFFIXES = frozenset({".xml", ".json", ".rss", ".atom", ".rdf"})
_PLACES = frozenset({"test", "tests", "testdata", "fixture", "fixtures"})
_ELSEWHERE = frozenset({"microformats", ".git", "node_modules"})


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the documents of one directory."""

    counted: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Lost:
    """A document that ended the reader, or kept it beyond the deadline."""

    why: str


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks suites", description="Run other readers' documents and print what was right."
    )
    parser.add_argument("checkouts", nargs="+", metavar="CHECKOUT", type=Path, help="a folder with such a repository")
    parser.add_argument("--wrong", action="store_true", help="say of each document what was expected and what was got")
    asked = parser.parse_args(arguments)
    console = Console(width=160)
    for found in tables(asked.checkouts, tell_wrong=asked.wrong):
        console.print(found, markup=False, highlight=False, soft_wrap=isinstance(found, str))


class Reader:
    """``khulasa read --json --requests`` as a process, begun again when it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def read(self, request: dict[str, Any]) -> dict[str, Any] | Lost:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "khulasa", "read", "--json", "--requests"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        assert self._process.stdin is not None and self._process.stdout is not None
        line = b""
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            while not line.endswith(b"\n"):
                if not select.select([self._process.stdout], [], [], DEADLINE)[0]:
                    self._end()
                    return Lost(f"no answer within {DEADLINE:.0f} s")
                piece = os.read(self._process.stdout.fileno(), 1 << 16)
                if not piece:
                    raise BrokenPipeError
                line += piece
        except BrokenPipeError:
            said = self._end()
            return Lost(f"the reader ended: {said[-300:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _end(self) -> str:
        if self._process is None:
            return ""
        self._process.kill()
        _, said = self._process.communicate()
        self._process = None
        return said.decode(errors="replace")


def tables(checkouts: Sequence[Path], *, tell_wrong: bool) -> Iterator[Table | str]:
    """For each checkout a table directory × outcome; with ``tell_wrong`` before it a line for each that is wrong."""
    with Reader() as reader:
        for checkout in checkouts:
            tallies: dict[str, Tally] = {}
            for path in documents(checkout):
                tally = tallies.setdefault(str(path.parent.relative_to(checkout)), Tally())
                _judge(reader, path, str(path.relative_to(checkout)), tally)
            if tell_wrong:
                yield from (line for tally in tallies.values() for line in tally.told)
            yield _table(checkout.name, tallies)


def documents(checkout: Path) -> list[Path]:
    """The documents of a checkout's tests, in the order of their names."""
    found = (path for path in checkout.rglob("*") if path.suffix in _SUFFIXES and path.is_file())
    return sorted(path for path in found if _is_test(path.relative_to(checkout).parts[:-1]))


def _is_test(folders: Sequence[str]) -> bool:
    return not _PLACES.isdisjoint(folders) and _ELSEWHERE.isdisjoint(folders)


def _judge(reader: Reader, path: Path, name: str, tally: Tally) -> None:
    body = path.read_bytes()
    case = case_of(body, name)
    url = f"http://127.0.0.1:8097/{name}"
    answer = reader.read({"path": str(path), "url": url, "headers": dict(case.headers) if case else {}})
    tally.counted["documents"] += 1
    if isinstance(answer, Lost):
        tally.told.append(f"lost   {name}: {answer.why}")
        outcome = "wrong"
    else:
        tally.counted["survived"] += 1
        faults = unsafe(answer)
        tally.told += [f"unsafe {name}: {fault}" for fault in faults]
        tally.counted["safe"] += not faults
        wrong = misses(case, answer, url) if case else None
        outcome = "out of scope" if wrong is None else "wrong" if wrong else "right"
        tally.told += [f"wrong  {name}: {miss}" for miss in wrong or ()]
    if case is None:
        outcome = "no expectation"
    tally.counted[outcome] += 1
    tally.counted["in scope"] += outcome in ("right", "wrong")


_COLUMNS = ("documents", "survived", "safe", "in scope", "right", "wrong", "out of scope", "no expectation")


def _table(title: str, tallies: dict[str, Tally]) -> Table:
    shown = Table("directory", *_COLUMNS, title=title)
    for name, tally in tallies.items():
        shown.add_row(name, *(f"{tally.counted[column]:,}" for column in _COLUMNS))
    whole: Counter[str] = Counter()
    for tally in tallies.values():
        whole.update(tally.counted)
    shown.add_section()
    shown.add_row("all", *(f"{whole[column]:,}" for column in _COLUMNS))
    return shown
