"""What a story costs in a large archive: the time to put one more article into its story, in a small store and a large.

The articles are generated (benchmarks/generated_archive.py), of words as frequent as the press has them, and come every
ten seconds, as to a house with hundreds of sources. What nothing is compared with any more is written without having
been compared: its traits would be gone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import accumulate, islice
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from rich.progress import track
from rich.table import Table

from benchmarks.generated_archive import BEGINNING, TITLE_WORDS, articles, update_of
from news.placing import place, shelved_of
from news.tables import read_table
from news.types import Article
from store.store import Store
from store.stories import COMPARED

SMALL, LARGE = 10_000, 1_000_000
MEASURED = 1_000  # the last articles
SPACING = timedelta(seconds=10)
_GULP = 500


def table(number: int = LARGE) -> Table:
    shown = Table(title="putting one more article into its story")
    for name in ("articles in the store", "compared with", "µs traits", "µs placing", "µs in all"):
        shown.add_column(name, justify="right")
    whole: list[float] = []
    for size in (min(SMALL, number), number):
        with TemporaryDirectory(prefix="khulasa-bench-") as folder, Store(Path(folder) / "khulasa.db") as store:
            compared, traits, placing = _measured(store, size)
        whole.append(traits + placing)
        figures = (f"{size:,}", f"{compared:,}", *(f"{1e6 * s:,.0f}" for s in (traits, placing, traits + placing)))
        shown.add_row(*figures)
    shown.caption = f"the large one's by the small one's: {whole[1] / whole[0]:.2f}; medians of the last {MEASURED:,}"
    return shown


def _measured(store: Store, size: int) -> tuple[int, float, float]:
    """How many are kept for comparison, and the median seconds of both steps."""
    last = BEGINNING + size * SPACING
    old = max(0, int((last - COMPARED - BEGINNING) / SPACING))
    stream = _spaced(size)
    for batch in track(list(range(0, old, _GULP)), description=f"{size:,}: written"):
        gulp = tuple(islice(stream, min(_GULP, old - batch)))
        store.apply(update_of(gulp))
    _settle_without_comparing(store)
    recent = list(stream)
    traits: list[float] = []
    placing: list[float] = []
    for batch in track(list(range(0, len(recent), _GULP)), description=f"{size:,}: placed"):
        gulp = tuple(recent[batch : batch + _GULP])
        store.apply(update_of(gulp))
        with store.together():
            for one in gulp:
                began = perf_counter()
                shelved = shelved_of(one)
                made = perf_counter()
                with store.writing():
                    store.stories.keep(place(shelved, store.stories))
                    store.stories.dealt_with(one.id)
                traits.append(made - began)
                placing.append(perf_counter() - made)
    return len(recent), median(traits[-MEASURED:]), median(placing[-MEASURED:])


def _spaced(size: int) -> Iterator[Article]:
    for number, one in enumerate(articles(size)):
        date = BEGINNING + number * SPACING
        said = _said(number)
        text = f"<p>{' '.join(said[TITLE_WORDS:])}</p>"
        entry = replace(one.entry, title=" ".join(said[:TITLE_WORDS]), content=text)
        yield replace(one, entry=entry, date=date, updated=date)


def _said(number: int) -> list[str]:
    """The words of an article, of the table by which rarity is judged: others would be those of a foreign language."""
    words, weights = _press()
    return Random(number).choices(words, cum_weights=weights, k=TITLE_WORDS + 60 + number * 37 % 120)  # noqa: S311 – repeatable, no secret


@cache
def _press() -> tuple[tuple[str, ...], tuple[float, ...]]:
    rows = read_table("word_rarity", ("bits", "words"))
    shares = [(word, 2.0 ** -float(bits)) for bits, words in rows for word in words.split()]
    return tuple(word for word, _ in shares), tuple(accumulate(share for _, share in shares))


def _settle_without_comparing(store: Store) -> None:
    """What the store would hold of articles that were told by nobody else, long ago."""
    statements: Sequence[str] = (
        "INSERT INTO story_members (article_id, story_id, published, is_agencys) SELECT id, id, date, 0 FROM articles",
        "INSERT INTO stories SELECT id, id, date, updated FROM articles",
        "DELETE FROM story_queue",
    )
    with store.writing() as db:
        for statement in statements:
            db.run(statement, [()])
