"""How often words stood in the news of the week before an article: what all write these days tells little.

The interface: a shelf has ``Backgrounds``, tells them what it keeps, and asks for the ``Background`` of what was
published at some moment: of the days before, and not of the day itself, so that a day may arrive in any order.
Knows marks of words (news/telling.py), no text.
"""

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log2

DAYS = 7
PER_DAY = 1000  # articles of one day that are counted
FEWEST = 300  # articles of all days, below which nothing is known: a young store
_TRUSTED = 300.0  # articles for which the table of rarity counts
_BURST = 1.0  # bits: what the last days brought comes again more often than they had it
_GROWN = 1.25  # times as many articles of a day as when it was counted: it is counted anew
_REMEMBERED = 32  # days
_MARKS = 1 << 16

Day = datetime  # its beginning, in UTC


@dataclass(frozen=True, slots=True)
class Background:
    """Some articles, and in how many of them each word stands, day by day."""

    articles: int
    holders: Sequence[Sequence[int]]  # of each day, by the mark of the word

    def bits(self, mark: int, of_table: float) -> float:
        """How much a word tells here that tells ``of_table`` bits elsewhere: never more."""
        here = sum(day[mark] for day in self.holders)
        rare = log2((self.articles + _TRUSTED) / (here + _TRUSTED * 2.0**-of_table)) - _BURST
        return max(0.0, min(of_table, rare))


@dataclass(slots=True)
class _Counted:
    articles: int
    holders: Sequence[int]
    kept: int  # articles of the day, counted or not


class Backgrounds:
    """Those of a shelf. ``words_of`` gives the marks of the words of ``PER_DAY`` articles of a day, always the same."""

    def __init__(self, words_of: Callable[[Day], Collection[Iterable[int]]]) -> None:
        self._words_of = words_of
        self._counted: dict[Day, _Counted] = {}

    def keep(self, published: datetime) -> None:
        """One more article is on the shelf."""
        if (known := self._counted.get(_day(published))) is not None:
            known.kept += 1

    def before(self, published: datetime) -> Background | None:
        """None where too little is known."""
        today = _day(published)
        days = [self._of(today - timedelta(days=ago)) for ago in range(1, DAYS + 1)]
        articles = sum(day.articles for day in days)
        return Background(articles, [day.holders for day in days if day.articles]) if articles >= FEWEST else None

    def _of(self, day: Day) -> _Counted:
        known = self._counted.pop(day, None)
        if known is None or (known.articles < PER_DAY and known.kept > _GROWN * known.articles):
            known = _count(self._words_of(day))
        if len(self._counted) >= _REMEMBERED:
            del self._counted[next(iter(self._counted))]
        self._counted[day] = known
        return known


def _count(articles: Collection[Iterable[int]]) -> _Counted:
    holders = array("H", bytes(2 * _MARKS))
    for words in articles:
        for mark in words:
            holders[mark] += 1
    return _Counted(len(articles), holders, len(articles))


def _day(moment: datetime) -> Day:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
