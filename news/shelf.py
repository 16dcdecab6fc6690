"""A Shelf in memory: for a stream of articles that is judged without a store, and for measurements."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from news.background import PER_DAY, Background, Backgrounds
from news.likeness import SAME_STORY
from news.placing import Filed, Link, Placement, Shelved
from news.stories import Pair, Verdicts
from news.traits import FEW, LEAST_MET, MOST_CANDIDATES, PER_KEY, WINDOW


class MemoryShelf:
    """Remembers everything it is told to ``keep``."""

    def __init__(self) -> None:
        self._shelved: dict[str, Shelved] = {}
        self._under: dict[int, set[str]] = defaultdict(set)
        self._links: dict[str, dict[str, Link]] = defaultdict(dict)
        self._stories: dict[str, str] = {}
        self._copy_of: dict[str, str] = {}
        self._backgrounds = Backgrounds(self._words_of)

    def background(self, published: datetime) -> Background | None:
        return self._backgrounds.before(published)

    def _words_of(self, day: datetime) -> list[frozenset[int]]:
        end = day + timedelta(days=1)
        held = sorted((self._date(name), name) for name in self._shelved if day <= self._date(name) < end)
        return [self._shelved[name].traits.vocabulary for _, name in held[:: 1 + len(held) // PER_DAY]]

    def candidates(self, keys: Collection[int], published: datetime) -> Collection[str]:
        met: Counter[str] = Counter()
        for key in keys:
            under = [name for name in self._under.get(key, ()) if abs(self._date(name) - published) <= WINDOW]
            newest = sorted(under, key=lambda name: (self._date(name), name))[-PER_KEY:]
            met.update(dict.fromkeys(newest, 2 if len(newest) <= FEW else 1))
        return sorted((name for name in met if met[name] >= LEAST_MET), key=lambda name: (-met[name], name))[
            :MOST_CANDIDATES
        ]

    def shelved(self, ids: Collection[str]) -> Mapping[str, Shelved]:
        return {name: self._shelved[name] for name in ids if name in self._shelved}

    def filed(self, ids: Collection[str]) -> Mapping[str, Filed]:
        return {
            name: Filed(published=self._date(name), is_agencys=self._shelved[name].is_agencys)
            for name in ids
            if name in self._shelved
        }

    def fellows(self, article_id: str) -> Collection[str]:
        story = self._stories.get(article_id)
        return [name for name, other in self._stories.items() if other == story] if story is not None else []

    def reached(self, ids: Collection[str], most: int) -> Collection[str]:
        found = dict.fromkeys(ids)
        for name in (waiting := list(found)):
            for other in sorted(other for other, link in self._links[name].items() if link.score >= SAME_STORY):
                if other not in found and len(found) < most:
                    found[other] = None
                    waiting.append(other)
        return tuple(found)

    def links(self, ids: Collection[str]) -> Mapping[Pair, Link]:
        wanted = frozenset(ids)
        return {
            (name, other): link
            for name in wanted
            for other, link in self._links[name].items()
            if name < other and other in wanted
        }

    def stories(self, ids: Collection[str]) -> Mapping[str, str]:
        return {name: self._stories[name] for name in ids if name in self._stories}

    def copy_of(self, article_id: str) -> str | None:
        """The article of which this one is a copy."""
        return self._copy_of.get(article_id)

    def verdicts(self, ids: Collection[str]) -> Verdicts:
        """Nobody's: an editor speaks to the store."""
        return Verdicts()

    def forget_links(self, article_id: str) -> None:
        for other in self._links.pop(article_id, {}):
            del self._links[other][article_id]

    def keep(self, placement: Placement) -> None:
        """Remember what ``place`` found."""
        article = placement.article
        if article.id not in self._shelved:
            self._backgrounds.keep(article.traits.published)
        self._shelved[article.id] = article
        for key in placement.keys:
            self._under[key].add(article.id)
        for (a, b), link in placement.links.items():
            self._links[a][b] = self._links[b][a] = link
        for story in placement.grouped.stories:
            for member in story.members:
                self._stories[member.id] = story.id
                self._copy_of.pop(member.id, None)
        self._copy_of |= placement.copy_of

    def _date(self, article_id: str) -> datetime:
        return self._shelved[article_id].traits.published
