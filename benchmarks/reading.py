"""How fast documents are read, beside feedparser's defaults, and how much memory that takes.

feedparser alone parses and sanitizes; it decodes no undeclared Arabic, finds no copies and judges nothing. The
documents are those of the polling benchmark: RSS and Atom, two of five with whole texts.
"""

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import process_time
from unittest.mock import patch

import feedparser
from rich.table import Table

from benchmarks.generated_feeds import document, rss
from feeds.parse import parse
from news.types import Document, Fetched, Reading, Source
from scheduler.reading import read_document

DOCUMENTS, ROUNDS = 15, 7
LARGE = 500  # items of one document with whole texts: the most that are read of any
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOURCE = Source(id="bench", title="مصدر", url="https://outlet.example/rss")
_REFERENCE = "feedparser, its defaults"


def table() -> Table:
    """Items per CPU second, the medians of interleaved rounds; the memory of a process that does nothing else."""
    bodies = [document(seed) for seed in range(DOCUMENTS)]
    ways: dict[str, Callable[[bytes], int]] = {
        _REFERENCE: lambda body: len(feedparser.parse(io.BytesIO(body)).entries),
        "Khulasa, decoded, parsed and cleaned": _parsed,
        "… every text by nh3": _cleaned_by_nh3,
        "… every document by feedparser": _read_by_feedparser,
        "Khulasa, concluded too": _concluded,
    }
    items = sum(map(_parsed, bodies))
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = process_time()
            if sum(map(way, bodies)) != items:
                raise ValueError(f"{name}: not all items were read")
            seconds[name].append(process_time() - began)
    mean = sum(map(len, bodies)) / items
    shown = Table("way", "items/s", "× feedparser", title=f"reading {items} items in {DOCUMENTS} documents")
    for name, rounds in seconds.items():
        faster = median(map(float.__truediv__, seconds[_REFERENCE], rounds))
        shown.add_row(name, f"{items / median(rounds):,.0f}", f"{faster:.2f}")
    shown.caption = (
        f"{mean:,.0f} bytes an item; the peak of a process that concludes them is {_megabytes(bodies)} MB of memory, "
        f"with a document of {LARGE} whole texts {_megabytes([*bodies, rss(0, items=LARGE, full_share=1.0)])} MB"
    )
    return shown


def _parsed(body: bytes) -> int:
    found = parse(body, url=SOURCE.url, headers=(), zone=None, now=NOW)
    return len(found.entries) if isinstance(found, Document) else 0


def _cleaned_by_nh3(body: bytes) -> int:
    """What cleaning without a parser (feeds/plain_html.py) saves."""
    with patch("feeds.plain_html.PlainCleaner.clean", _nothing):
        return _parsed(body)


def _read_by_feedparser(body: bytes) -> int:
    """What the direct reader (feeds/direct.py) saves."""
    with patch("feeds.parse.read_directly", _nothing):
        return _parsed(body)


def _nothing(*_: object, **__: object) -> None:
    return None


def _concluded(body: bytes) -> int:
    found = read_document(Fetched(url=SOURCE.url, headers=(), body=body), SOURCE, NOW)
    return len(found.articles) if isinstance(found, Reading) else 0


def _megabytes(bodies: Sequence[bytes]) -> int:
    """The highest memory of a new process that reads ``bodies``, started as workers are."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(partial(_highest_after, bodies))


def _highest_after(bodies: Sequence[bytes]) -> int:
    for body in bodies:
        _concluded(body)
    # Not what getrusage says, which counts the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024
