"""How often a source that publishes evenly is asked in the end, and how soon only once a day after it has died.

Time is played, as in benchmarks/rhythms.py: there is no clock and no network.
"""

from datetime import timedelta

from rich.table import Table

from benchmarks.rhythms import MONDAY
from news.rhythm import next_interval, with_articles
from news.schedule import in_words
from news.types import Rhythm

GAPS = {
    "20 an hour": timedelta(minutes=3),
    "10 an hour": timedelta(minutes=6),
    "4 an hour": timedelta(minutes=15),
    "1 an hour": timedelta(hours=1),
    "12 a day": timedelta(hours=2),
    "6 a day": timedelta(hours=4),
    "1 a day": timedelta(days=1),
    "1 a week": timedelta(days=7),
}
LEARNT, MEASURED = timedelta(days=42), timedelta(days=14)
ONCE_A_DAY = timedelta(hours=23)


def played(gap: timedelta) -> tuple[timedelta, timedelta]:
    """The mean interval of the last two of eight weeks, and how long after the last article it is a day."""
    rhythm, now, following = Rhythm(), MONDAY, MONDAY
    death = MONDAY + LEARNT + MEASURED
    waits: list[timedelta] = []
    while True:
        appeared = []
        while following <= min(now, death):
            appeared.append(following)
            following += gap
        rhythm = with_articles(rhythm, appeared, now)
        wait = next_interval(rhythm, now).wait
        if now > death and wait >= ONCE_A_DAY:
            return sum(waits, timedelta()) / len(waits), now - death
        if MONDAY + LEARNT < now <= death:
            waits.append(wait)
        now += wait


def table() -> Table:
    shown = Table(
        "articles", "asked every", "once a day, this long after its last", title="a source that publishes evenly"
    )
    for name, gap in GAPS.items():
        shown.add_row(name, *map(in_words, played(gap)))
    return shown
