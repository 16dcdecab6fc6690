"""How much of a flood is taken at a time."""

from datetime import UTC, datetime, timedelta

import pytest

from news.flood import MOST, room_in
from news.rhythm import with_articles
from news.types import Rhythm

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
VISIT = timedelta(minutes=5)


def taken_of(dates: list[datetime | None], rhythm: Rhythm, now: datetime) -> list[datetime | None]:
    room = room_in(rhythm, now)
    return [date for date in dates if room.takes(date, now)]


def asked_before(*dates: datetime) -> Rhythm:
    return with_articles(with_articles(Rhythm(), [], NOW - 2 * VISIT), dates, NOW - VISIT)


@pytest.mark.parametrize(
    ("rhythm", "dates", "taken"),
    [
        (Rhythm(), [NOW] * 500, 500),
        (asked_before(), [NOW] * 500, MOST),
        (asked_before(), [None] * 500, MOST),
        (asked_before(), [NOW + timedelta(days=1)] * 500, MOST),
        (asked_before(), [NOW] * 60, 60),
        (asked_before(), [NOW - timedelta(days=3)] * 500, 500),
        (asked_before(*[NOW - VISIT] * 100), [NOW] * 500, 15),
    ],
    ids=["first visit", "a flood", "undated", "of tomorrow", "a daily paper", "an archive", "after a flood"],
)
def test_so_much_of_it_is_taken(rhythm: Rhythm, dates: list[datetime | None], taken: float) -> None:
    assert len(taken_of(dates, rhythm, NOW)) == taken


def test_a_source_that_floods_for_good_brings_two_hundred_an_hour() -> None:
    now, rhythm, total = NOW, with_articles(Rhythm(), [], NOW), 0
    for _ in range(12 * 24):
        now += VISIT
        taken = taken_of([None] * 30, rhythm, now)
        rhythm, total = with_articles(rhythm, taken, now), total + len(taken)
    assert 150 <= total / 24 <= 2 * MOST + MOST / 24
