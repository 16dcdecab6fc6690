"""What searching costs in a large archive of generated articles: indexing, size, and how long queries take."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

from rich.progress import track
from rich.table import Table

from benchmarks.generated_archive import BEGINNING, SOURCES, SPACING, articles, running, update_of, words
from news.categories import CATEGORIES
from news.query import read_query
from news.searchable import searchable_text
from news.snippets import snippet_of
from store.search import BATCH
from store.store import Store

EACH = 40  # queries of a kind
GULP = 500  # articles stored, and indexed, at once
LITTLE = 2000  # articles indexed as the daemon does it, a few at a time
SHOWN = 10

_TITLES = {f"source-{n}": f"source-{n}" for n in range(SOURCES)}


def table(number: int) -> Table:
    with TemporaryDirectory(prefix="archive-") as folder:
        path = Path(folder) / "khulasa.db"
        shown = Table(title=f"searching {number:,} generated articles")
        for name in ("", "", ""):
            shown.add_column(name)
        for row in (*built(path, number), *asked(path, number)):
            shown.add_row(*row)
        return shown


def built(path: Path, number: int) -> Iterator[tuple[str, str, str]]:
    """Store and index the articles."""
    made = articles(number)
    with Store(path) as store:
        for _ in track(range(0, number, GULP), "storing"):
            store.apply(update_of(tuple(islice(made, GULP))))
    plain = path.stat().st_size
    little = min(LITTLE, number // 2)
    holds: list[float] = []
    with Store(path) as store:
        began = perf_counter()
        done = 0
        while done < number - little:
            done += store.archive.index_waiting(GULP)
        rate = done / (perf_counter() - began)
        while True:
            began = perf_counter()
            if not store.archive.index_waiting():
                break
            holds.append((perf_counter() - began) * 1000)
    yield "indexing", f"{rate:,.0f} articles/s", f"{1000 / rate:.2f} ms each, {GULP} in a transaction"
    yield "a piece, as the daemon does it", _figures(holds), f"{BATCH} articles; so long the writer is held"
    size = path.stat().st_size - plain
    about = f"{size / number:,.0f} bytes an article, beside a store of {plain / 1e6:,.0f} MB"
    yield "size of the index", f"{size / 1e6:,.0f} MB", about


def asked(path: Path, number: int) -> Iterator[tuple[str, str, str]]:
    """Ask every kind of query, in an order that mixes them."""
    now = BEGINNING + number * SPACING
    queries = [(kind, text) for kind, texts in queries_of(number).items() for text in texts]
    Random(1).shuffle(queries)  # noqa: S311 – repeatable, no secret
    times: dict[str, list[float]] = {}
    matches: dict[str, int] = {}
    with Store(path, read_only=True) as store:
        for kind, text in queries:
            began = perf_counter()
            query = read_query(text, _TITLES)
            found = store.archive.search(query, limit=SHOWN, now=now)
            for hit in found.hits:
                snippet_of(searchable_text(hit.article), query)
            times.setdefault(kind, []).append((perf_counter() - began) * 1000)
            matches[kind] = matches.get(kind, 0) + found.matches
    for kind, spent in times.items():
        yield kind, _figures(spent), f"{matches[kind] / len(spent):,.0f} matches counted"
    yield (
        "all queries",
        _figures([t for spent in times.values() for t in spent]),
        f"{len(queries)} queries, {SHOWN} shown",
    )


def _figures(times: list[float]) -> str:
    """Milliseconds."""
    return f"p50 {median(times):.1f} ms, p95 {quantiles(times, n=20)[-1]:.1f} ms, max {max(times):.1f} ms"


def queries_of(number: int) -> dict[str, list[str]]:
    """Queries by kind, over words of every frequency and phrases that there are."""
    draw = Random(3)  # noqa: S311 – repeatable, no secret

    def word(first: int, last: int) -> str:
        return words()[draw.randrange(first, last)]

    def some(make: str) -> list[str]:
        kinds = {"frequent": (14, 100), "usual": (100, 2000), "rare": (2000, 20_000)}
        return [make.format(**{name: word(*span) for name, span in kinds.items()}) for _ in range(EACH)]

    phrases = [running(draw.randrange(number))[20:23] for _ in range(EACH)]
    days = int(number * SPACING.total_seconds() / 86400)
    after = [(BEGINNING + SPACING * (number - draw.randrange(number // 2))).date() for _ in range(EACH)]
    return {
        "a frequent word": some("{frequent}"),
        "a usual word": some("{usual}"),
        "a rare word": some("{rare}"),
        "frequent and usual": some("{frequent} {usual}"),
        "usual and rare": some("{usual} {rare}"),
        "usual or usual": [f"{a} OR {b}" for a, b in zip(some("{usual}"), some("{usual}"), strict=True)],
        "frequent, not frequent": [f"{a} -{b}" for a, b in zip(some("{frequent}"), some("{frequent}"), strict=True)],
        "a phrase of three words": [f'"{" ".join(phrase)}"' for phrase in phrases],
        "a particle and a usual word": [f"في {word(100, 2000)}" for _ in range(EACH)],
        "in the title": some("title:{usual}"),
        "a source and a usual word": [f"source:source-{n} {word(100, 2000)}" for n in range(EACH)],
        "a category and a frequent word": [
            f"category:{CATEGORIES[n % len(CATEGORIES)].id} {word(14, 100)}" for n in range(EACH)
        ],
        f"since a day of {days}, a usual word": [f"{word(100, 2000)} after:{day}" for day in after],
    }
