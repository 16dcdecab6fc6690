"""The index of news/traits.py in memory: what a store does with keys, for measurements without a store."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from news.traits import MOST_CANDIDATES, PER_KEY, WINDOW, Traits, keys_of


def candidates_in_order(articles: Mapping[str, Traits]) -> Iterator[tuple[str, list[str]]]:
    """Each article in order of (published, id) with the earlier ones it is to be compared with, the likeliest first."""
    holders: defaultdict[int, list[str]] = defaultdict(list)
    for name in sorted(articles, key=lambda name: (articles[name].published, name)):
        keys = keys_of(articles[name])
        oldest = articles[name].published - WINDOW
        met = Counter(other for key in keys for other in holders[key][-PER_KEY:] if articles[other].published >= oldest)
        yield name, sorted(met, key=lambda other: (-met[other], other))[:MOST_CANDIDATES]
        for key in keys:
            holders[key].append(name)
