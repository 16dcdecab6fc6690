"""The stories of a stream of articles, kept in memory: what ``khulasa judge`` says of each. Nothing is stored."""

from dataclasses import replace

from news.placing import place, shelved_of
from news.shelf import MemoryShelf
from news.types import Article

Name = str | int  # as the stream calls an article


class StreamOfStories:
    """``place(name, article)`` for each article, in the order of the stream."""

    def __init__(self) -> None:
        self._shelf = MemoryShelf()
        self._first_with: dict[str, str] = {}  # content hash → the article as the shelf calls it
        self._names: list[Name] = []

    def place(self, name: Name, article: Article) -> tuple[Name | None, Name]:
        """Whose copy the article is, if anybody's, and which story it is in: names of the stream."""
        here = f"{len(self._names):09}"
        self._names.append(name)
        fingerprint = article.lead.fingerprint
        first = self._first_with.setdefault(fingerprint, here) if fingerprint else here
        if first != here:
            return self._names[int(first)], self._story_of(first)
        placement = place(replace(shelved_of(article), id=here), self._shelf)
        self._shelf.keep(placement)
        lead = placement.copy_of.get(here, here)
        others = [copy for copy, shown in placement.copy_of.items() if shown == lead]
        copied = min(set((lead, *others)) - {here}, default=None)
        return None if copied is None else self._names[int(copied)], self._story_of(here)

    def _story_of(self, here: str) -> Name:
        return self._names[int(self._shelf.stories([here])[here])]
