"""Where an article belongs among the stories: it is compared with the few that share keys with it, and all it reaches
is grouped anew.

The interface: ``place(article, shelf)`` gives a ``Placement``, everything a shelf has to remember; ``shelf.keep`` does.
The neighbourhood is all that can be reached over pairs of one story, and is grouped as a whole (news/stories.py): the
order in which the articles of a day arrive changes nothing. Asks a shelf, and knows nothing of how it remembers.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import Protocol

from arabic.fold import fold
from news.background import Background
from news.likeness import SAME_STORY, Likeness, compare
from news.own_text import own_text
from news.stories import Member, Pair, Regrouped, Verdicts, pair, regroup
from news.traits import Traits, keys_of, seen_before, traits_of
from news.types import Article

MOST_MEMBERS = 40  # articles grouped as one neighbourhood: what bounds the cost of an article, whatever is published


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """An article as the shelf keeps it."""

    id: str
    traits: Traits
    is_agencys: bool = False  # the text of an agency in its own feed: it leads its copies


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What grouping needs of an article that is kept."""

    published: datetime
    is_agencys: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What the comparison of two articles gave."""

    score: float
    copy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What is to be remembered of an article and its neighbourhood."""

    article: Shelved
    keys: tuple[int, ...]
    links: Mapping[Pair, Link]  # of pairs that had not been compared
    grouped: Regrouped
    copy_of: Mapping[str, str]  # members that are copies → the member whose text is shown for them


_NOTHING_IN_COMMON = Link(score=0.0, copy=False)


class Shelf(Protocol):
    """What is remembered of articles for the comparison with later ones."""

    def background(self, published: datetime) -> Background | None:
        """Of the articles of the days before, see news/background.py; None where too few are remembered."""

    def candidates(self, keys: Collection[int], published: datetime) -> Collection[str]:
        """Ids of the articles met under these keys, see news/traits.py."""

    def shelved(self, ids: Collection[str]) -> Mapping[str, Shelved]:
        """The articles that can still be compared, by id."""

    def filed(self, ids: Collection[str]) -> Mapping[str, Filed]:
        """The articles that are kept, by id."""

    def fellows(self, article_id: str) -> Collection[str]:
        """Ids of the articles in the same story, itself among them; none where it is in no story."""

    def reached(self, ids: Collection[str], most: int) -> Collection[str]:
        """Ids of at most ``most`` articles that are linked to ``ids`` by one story's scores or an editor's verdict."""

    def links(self, ids: Collection[str]) -> Mapping[Pair, Link]:
        """All that is known of pairs among ``ids``."""

    def stories(self, ids: Collection[str]) -> Mapping[str, str]:
        """The story in which each article is, as far as it is in one."""

    def verdicts(self, ids: Collection[str]) -> Verdicts:
        """What the editor said of pairs among ``ids``."""

    def forget_links(self, article_id: str) -> None:
        """The text of the article has changed."""


def shelved_of(article: Article) -> Shelved:
    """What a shelf keeps of an article."""
    traits = traits_of(
        title=fold(article.entry.title),
        text=fold("\n".join(own_text(article.entry))),
        published=article.date,
        language=article.language,
    )
    return Shelved(id=article.id, traits=traits, is_agencys=article.lead.is_agency)


def place(article: Shelved, shelf: Shelf) -> Placement:
    """Compare ``article`` with its candidates, and group what it reaches."""
    shelf.forget_links(article.id)
    article = replace(article, traits=seen_before(article.traits, shelf.background(article.traits.published)))
    keys = keys_of(article.traits)
    candidates = [name for name in shelf.candidates(keys, article.traits.published) if name != article.id]
    compared = {name: _link(compare(article.traits, other.traits)) for name, other in shelf.shelved(candidates).items()}
    near = [name for name, link in compared.items() if link.score >= SAME_STORY]
    beside = tuple(dict.fromkeys((article.id, *near, *shelf.fellows(article.id))))
    known = dict(shelf.filed({*beside, *shelf.reached(beside, MOST_MEMBERS)}))
    known[article.id] = Filed(published=article.traits.published, is_agencys=article.is_agencys)
    ids = _nearest(known, article.id, frozenset(near))
    before = shelf.links(ids)
    links = {pair(article.id, name): link for name, link in compared.items() if name in ids}
    links |= _compared(
        [both for both in combinations(sorted(ids), 2) if both not in before and both not in links], article, shelf
    )
    everything = {**before, **links}
    grouped = regroup(
        (Member(id=name, published=known[name].published) for name in ids),
        scores={both: link.score for both, link in everything.items()},
        before=shelf.stories(ids),
        verdicts=shelf.verdicts(ids),
    )
    return Placement(
        article=article, keys=keys, links=links, grouped=grouped, copy_of=_copies(grouped, everything, known)
    )


def _compared(pairs: Collection[Pair], article: Shelved, shelf: Shelf) -> dict[Pair, Link]:
    """What shares no key may still be told together; what is too old to be compared has nothing in common."""
    others = shelf.shelved({name for both in pairs for name in both if name != article.id}) if pairs else {}
    found = {article.id: article, **others}
    return {
        (a, b): _link(compare(found[a].traits, found[b].traits)) if a in found and b in found else _NOTHING_IN_COMMON
        for a, b in pairs
    }


def _link(likeness: Likeness) -> Link:
    return Link(score=round(likeness.score, 4), copy=likeness.copy)


def _nearest(known: Mapping[str, Filed], article_id: str, near: Collection[str]) -> frozenset[str]:
    """Those it tells one event with, and then those nearest in time."""

    def distance(name: str) -> tuple[bool, float, str]:
        return name not in near, abs((known[name].published - known[article_id].published).total_seconds()), name

    return frozenset({article_id, *sorted(known, key=distance)[:MOST_MEMBERS]})


def _copies(grouped: Regrouped, links: Mapping[Pair, Link], known: Mapping[str, Filed]) -> dict[str, str]:
    """Within each story, who is a copy of whom: the first publisher is shown, or the agency's own text."""

    def rank(name: str) -> tuple[bool, datetime, str]:
        return not known[name].is_agencys, known[name].published, name

    shown: dict[str, str] = {}
    for story in grouped.stories:
        sets = {member.id: {member.id} for member in story.members}
        for a, b in combinations(sorted(sets), 2):
            if (link := links.get((a, b))) is not None and link.copy and sets[a] is not sets[b]:
                sets[a] |= sets[b]
                for name in sets[b]:
                    sets[name] = sets[a]
        shown |= {name: lead for name, texts in sets.items() if (lead := min(texts, key=rank)) != name}
    return shown
