"""Sources that do not exist, publishing by six kinds of rhythm: invented, and the same each time.

Time is played: a moment is a number of hours since a Monday 00:00 UTC.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import exp, log
from random import Random

DAY, WEEK = 24.0, 168.0
BEGAN, END = -4 * WEEK, 4 * WEEK + 2 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    kind: str
    published: tuple[float, ...]
    first_visit: float


def steady(random: Random) -> list[float]:
    """Round the clock, 3 … 240 articles a day; some days are busier than others."""
    rate, busy = _between(random, 3, 240) / DAY, _days(random)
    return _moments(random, lambda hour: rate * busy(hour), rate * 3)


def bursty(random: Random) -> list[float]:
    """Now and then an article, and a few times a day or a week many in a row: little in the night."""
    single, bursts = _between(random, 1, 10) / DAY, _between(random, 0.4, 3) / DAY
    size, gap, zone = random.uniform(4, 16), random.uniform(2, 8) / 60, _zone(random)

    def awake(hour: float) -> float:
        return 1.0 if (hour + zone) % DAY >= 6 else 0.1

    found = _moments(random, lambda hour: single * awake(hour), single)
    for moment in _moments(random, lambda hour: bursts * awake(hour), bursts):
        found.append(moment)
        while random.random() > 1 / size:
            moment += random.expovariate(1 / gap)
            found.append(moment)
    return found


def office(random: Random) -> list[float]:
    """Sunday to Thursday from eight to five, 4 … 120 articles a day, most in the morning; next to nothing else."""
    rate, busy, zone = _between(random, 4, 120) / sum(_OFFICE), _days(random), _zone(random)

    def at(hour: float) -> float:
        day, local = divmod((hour + zone) % WEEK, DAY)
        return rate * busy(hour) * _OFFICE[int(local)] * (0.04 if day in (4, 5) else 1.0)

    return _moments(random, at, rate * max(_OFFICE) * 3)


def weekly(random: Random) -> list[float]:
    """A magazine: once a week 4 … 18 articles in a row, more or less at its hour."""
    size, when, gap = random.randint(4, 18), random.uniform(0, WEEK), random.uniform(2, 8) / 60
    late = random.uniform(0.2, 1.0)
    found = []
    for week in range(int(BEGAN), int(END), int(WEEK)):
        moment = week + when + random.gauss(0, late)
        for _ in range(size + random.randint(-2, 2)):
            found.append(moment)
            moment += random.expovariate(1 / gap)
    return found


def dead(random: Random) -> list[float]:
    """Steady, bursty or with office hours, and then nothing any more, from the second or third week on."""
    stop = random.uniform(7, 20) * DAY
    return [moment for moment in random.choice((steady, bursty, office))(random) if moment < stop]


def revived(random: Random) -> list[float]:
    """Steady, bursty or with office hours, silent for ten days to five weeks, and back while we measure."""
    stop, back = random.uniform(-10, 5) * DAY, random.uniform(15, 22) * DAY
    return [m for m in random.choice((steady, bursty, office))(random) if not stop <= m < back]


# What an hour of the day has of an average one, by the clock on the office's wall.
_OFFICE = (0, 0, 0, 0, 0, 0, 0.02, 0.3, 1.2, 1.8, 1.6, 1.2, 1, 0.7, 0.9, 1, 0.8, 0.4, 0.15, 0.1, 0.08, 0.05, 0.02, 0)

KINDS: dict[Callable[[Random], list[float]], int] = {
    steady: 40,
    bursty: 40,
    office: 50,
    weekly: 30,
    dead: 20,
    revived: 20,
}


def generated(share: float = 1.0) -> tuple[Outlet, ...]:
    """The 200 sources, or of each kind the first ``share``."""
    return tuple(_generated(share))


def _generated(share: float) -> Iterator[Outlet]:
    for kind, number in KINDS.items():
        for one in range(round(number * share)):
            random = Random(f"{kind.__name__} {one}")  # noqa: S311 - the same rhythms each time, no secret
            published = tuple(sorted(moment for moment in kind(random) if BEGAN <= moment < END))
            yield Outlet(kind=kind.__name__, published=published, first_visit=random.uniform(0, 1))


def _moments(random: Random, rate: Callable[[float], float], highest: float) -> list[float]:
    """Moments at a changing rate, which is cut off at ``highest``."""
    found, moment = [], BEGAN
    while (moment := moment + random.expovariate(highest)) < END:
        if random.random() * highest < rate(moment):
            found.append(moment)
    return found


def _between(random: Random, low: float, high: float) -> float:
    """Each order of magnitude as likely as the other."""
    return exp(random.uniform(log(low), log(high)))


def _days(random: Random) -> Callable[[float], float]:
    busy = [exp(random.gauss(-0.045, 0.3)) for _ in range(int((END - BEGAN) / DAY) + 1)]
    return lambda hour: busy[int((hour - BEGAN) / DAY)]


def _zone(random: Random) -> int:
    return random.choice((1, 2, 3, 3, 4))
