"""What the days before say of a word: nothing of a young store, and never that it is rarer than it is."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.background import DAYS, FEWEST, PER_DAY, Background, Backgrounds

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
COMMON, RARE = 7, 11  # marks


class Shelf:
    """So many articles a day, of which every tenth holds the common word."""

    def __init__(self, of_day: dict[datetime, int]) -> None:
        self.of_day = of_day
        self.asked: list[datetime] = []

    def words_of(self, day: datetime) -> list[Iterable[int]]:
        self.asked.append(day)
        number = min(PER_DAY, self.of_day.get(day, 0))
        return [(COMMON,) if at % 10 == 0 else () for at in range(number)]


def day(ago: int) -> datetime:
    return NOON.replace(hour=0) - timedelta(days=ago)


def test_a_young_store_knows_nothing_of_its_days() -> None:
    assert Backgrounds(Shelf({day(1): FEWEST - 1}).words_of).before(NOON) is None


def test_the_week_before_counts_and_the_day_itself_does_not() -> None:
    shelf = Shelf({day(ago): FEWEST for ago in range(DAYS + 3)})
    found = Backgrounds(shelf.words_of).before(NOON)
    assert found is not None
    assert found.articles == DAYS * FEWEST
    assert sorted(shelf.asked) == sorted(day(ago) for ago in range(1, DAYS + 1))
    in_riyadh = NOON.astimezone(timezone(timedelta(hours=3)))
    assert Backgrounds(shelf.words_of).before(in_riyadh) == found


def test_what_everybody_writes_these_days_tells_less_and_a_name_nobody_wrote_as_much_as_ever() -> None:
    found = Backgrounds(Shelf({day(1): PER_DAY}).words_of).before(NOON)
    assert found is not None
    assert found.bits(COMMON, 12.5) == pytest.approx(2.7, abs=0.01)  # one article in ten, and rarer by the table
    assert found.bits(RARE, 12.5) == 12.5
    assert found.bits(RARE, 4.0) == 4.0


def test_a_day_that_grows_is_counted_anew_and_one_that_stays_is_not() -> None:
    shelf = Shelf({day(1): 400})
    backgrounds = Backgrounds(shelf.words_of)
    assert (first := backgrounds.before(NOON)) is not None
    for _ in range(99):
        backgrounds.keep(day(1))
    shelf.of_day[day(1)] = 502
    assert (second := backgrounds.before(NOON)) is not None
    assert (first.articles, second.articles, len(shelf.asked)) == (400, 400, DAYS)
    for _ in range(3):
        backgrounds.keep(day(1))
    assert (third := backgrounds.before(NOON)) is not None
    assert (third.articles, len(shelf.asked)) == (502, DAYS + 1)


def test_days_long_past_are_forgotten() -> None:
    shelf = Shelf({})
    backgrounds = Backgrounds(shelf.words_of)
    for ago in range(0, 400, DAYS):
        backgrounds.before(NOON - timedelta(days=ago))
    assert len(backgrounds._counted) <= 32


@given(
    st.integers(FEWEST, 10_000), st.integers(0, 10_000), st.integers(0, 10_000), st.floats(0.0, 16.0, allow_nan=False)
)
def test_more_holders_never_make_a_word_tell_more(articles: int, some: int, more: int, of_table: float) -> None:
    few, many = sorted((min(some, articles), min(more, articles)))
    bits = [Background(articles, [[held]]).bits(0, of_table) for held in (few, many)]
    assert 0.0 <= bits[1] <= bits[0] <= of_table
