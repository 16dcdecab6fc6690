"""How fast documents are read: decoded, checked, parsed, cleaned, folded and judged, beside feedparser's defaults.

feedparser alone parses and sanitizes; it decodes no undeclared Arabic, finds no copies and judges nothing.
"""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from time import process_time

import feedparser
from rich.table import Table

from benchmarks.generated_feeds import rss
from feeds.parse import parse
from news.types import Document, Fetched, Source
from scheduler.reading import read_document

DOCUMENTS, ITEMS, ROUNDS = 12, 36, 5
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOURCE = Source(id="bench", title="مصدر", url="https://outlet.example/rss")


def table() -> Table:
    """Items per CPU second, the medians of interleaved rounds."""
    bodies = [rss(seed, items=ITEMS) for seed in range(DOCUMENTS)]
    ways: dict[str, Callable[[bytes], object]] = {
        "feedparser, its defaults": lambda body: feedparser.parse(io.BytesIO(body)),
        "Khulasa, parsed and cleaned": _parsed,
        "Khulasa, concluded too": _concluded,
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = process_time()
            for body in bodies:
                way(body)
            seconds[name].append(process_time() - began)
    shown = Table("way", "items/s", "× feedparser", title=f"reading {DOCUMENTS} documents of {ITEMS} items")
    reference = median(seconds["feedparser, its defaults"])
    for name, rounds in seconds.items():
        shown.add_row(name, f"{DOCUMENTS * ITEMS / median(rounds):,.0f}", f"{reference / median(rounds):.2f}")
    return shown


def _parsed(body: bytes) -> None:
    assert isinstance(parse(body, url=SOURCE.url, headers=(), zone=None, now=NOW), Document)


def _concluded(body: bytes) -> None:
    read_document(Fetched(url=SOURCE.url, headers=(), body=body), SOURCE, NOW)
