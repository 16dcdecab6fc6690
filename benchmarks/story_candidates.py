"""The index of news/traits.py in memory: what a store does with keys, for measurements without a store."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from news.traits import FEW, LEAST_MET, MOST_CANDIDATES, PER_KEY, WINDOW, Traits, keys_of


def candidates_in_order(articles: Mapping[str, Traits]) -> Iterator[tuple[str, list[str]]]:
    """Each article in order of (published, id) with the earlier ones it is to be compared with, the likeliest first."""
    holders: defaultdict[int, list[str]] = defaultdict(list)
    for name in sorted(articles, key=lambda name: (articles[name].published, name)):
        keys = keys_of(articles[name])
        oldest = articles[name].published - WINDOW
        met: Counter[str] = Counter()
        for key in keys:
            newest = [other for other in holders[key][-PER_KEY:] if articles[other].published >= oldest]
            met.update(dict.fromkeys(newest, 2 if len(newest) <= FEW else 1))
        yield (
            name,
            sorted((other for other in met if met[other] >= LEAST_MET), key=lambda other: (-met[other], other))[
                :MOST_CANDIDATES
            ],
        )
        for key in keys:
            holders[key].append(name)
