"""How often the first category is the right one, on labelled articles of outlets nobody tuned for.

The articles lie beside the checkout (``shared/data/categories``): third-party text that never enters it. Nothing is
trained, so every outlet is one not seen before. Labels are section names, not human annotation.
"""

import gzip
import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from rich.table import Table

from arabic.fold import folded_words
from news.categories import categories_of
from news.places import countries_of

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "categories"
CORPORA = ("sanad", "antv21", "saudinewsnet", "vulca1n", "arabicnewspaperscorpus")
EACH = 600  # articles of a corpus, taken at even distances
LONGEST = 1500  # characters of a text

# The corpora's coarse topics, and which of our categories they cover.
TOPIC_OF = {
    "politics": "politics",
    "world": "politics",
    "economy": "economy",
    "sports": "sports",
    "technology": "scitech",
    "culture": "culture",
    "religion": "religion",
    "health": "health",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    corpus: str
    digest: str  # of the file
    articles: int
    accuracy: float


def measure() -> tuple[Measured, ...]:
    """Accuracy of the first category, corpus by corpus. Raises FileNotFoundError where the data is not at hand."""
    return tuple(_measured(corpus) for corpus in CORPORA)


def _measured(corpus: str) -> Measured:
    path = DATA / f"{corpus}.jsonl.gz"
    packed = path.read_bytes()
    articles = [json.loads(line) for line in gzip.decompress(packed).decode().split("\n") if line]
    scored = [article for article in articles if article["topic"]]
    chosen = scored[:: max(1, len(scored) // EACH)][:EACH]
    right = sum(_topic(article) == article["topic"] for article in chosen)
    return Measured(
        corpus=corpus, digest=sha256(packed).hexdigest()[:16], articles=len(chosen), accuracy=right / len(chosen)
    )


def _topic(article: dict[str, Any]) -> str | None:
    title, text = folded_words(article["title"] or ""), folded_words(article["text"][:LONGEST])
    countries = countries_of(title=title, text=text)
    labels = categories_of(title=title, text=text, terms=(), hint=None, countries=countries)
    return next((TOPIC_OF[label.id] for label in labels if label.id in TOPIC_OF), None)


def table() -> Table:
    shown = Table("corpus", "articles", "first category right", "digest", title="categories by words alone")
    if not DATA.is_dir():
        shown.add_row("shared/data/categories is not beside the checkout", "", "", "")
        return shown
    for measured in measure():
        shown.add_row(measured.corpus, str(measured.articles), f"{measured.accuracy:.3f}", measured.digest)
    return shown
