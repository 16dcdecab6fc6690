"""How often a source publishes, by the hour of its week, and when it is therefore worth asking again.

Pure arithmetic on moments: knows nothing of requests, of failures, or of what a publisher asks of us. Inside, a moment
is a number of hours since a Monday, and a rate is articles an hour.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from math import exp, floor, log

from news.schedule import LONGEST, Interval, in_words
from news.types import HOURS_OF_A_WEEK, Rhythm

SHORTEST = timedelta(minutes=5)

HOUR = timedelta(hours=1)
DAY, WEEK = 24, HOURS_OF_A_WEEK
MONDAY = datetime(1970, 1, 5, tzinfo=UTC)

# General constants, none made for a kind of source: `python -m benchmarks rhythms` shows what they give.
HALF_LIFE = 21 * DAY  # hours in which what was counted loses half its weight
FIRST_GUESS = 0.5  # articles an hour, of a source about which nothing is known
GUESS_WEIGHS = 1.0  # articles: as much as this many, against what was counted
DAY_WEIGHS = 2.0  # … the average hour, for an hour of the day
HOUR_WEIGHS = 1.0  # … that hour of all days, for an hour of the week
ECHO = 0.4  # the share of articles that follow from the ones just before: news comes in bursts
ECHO_FADES = 0.5  # hours
SILENCE_WEIGHS = 10.0  # articles expected in vain that bring the expectation down to a quarter
PATIENCE = 0.5**3 / 3  # what half an hour comes to at one article an hour, see next_interval
STEP = 1 / 6  # hours over which a fading echo is taken as constant
SILENT = 0.001  # articles an hour: an echo below this is none, and an hour is one step

BACKDATED = timedelta(days=1)  # dated this long before a visit that did not show it: a wrong zone, not an old article
BACKLOG = timedelta(days=60)  # what is older weighs next to nothing
MOST = 1e9  # articles: no number here grows without end


# --- what a visit teaches -------------------------------------------------------------------------------------------


def with_articles(rhythm: Rhythm, dates: Iterable[datetime | None], now: datetime) -> Rhythm:
    """``rhythm`` after a visit at ``now`` that brought new articles published at ``dates``, in any order.

    Call it for every visit that was answered, also for one that brought nothing. An article without a date (None) or
    with one in the future counts as now; in the first visit, whose articles may be of any age, it does not count.
    """
    now = now.replace(microsecond=0)
    if rhythm.since is None or rhythm.asked is None:
        return _first_visit(sorted(date for date in dates if date is not None and date <= now), now)
    asked = min(rhythm.asked, now)  # later than now where somebody set the clock back
    appeared = sorted(_appeared(date, asked, now) for date in dates)
    if appeared and appeared[-1] >= asked:
        missed = _expected(rhythm, appeared[-1], now)
    else:
        missed = rhythm.missed + _expected(rhythm, asked, now)
    fading = _faded(now - asked)
    rhythm = Rhythm(
        since=min(rhythm.since, now),
        asked=now,
        week=_counted([articles * fading for articles in rhythm.week], appeared, now),
        recent=min(rhythm.recent * echoing(now - asked) + sum(echoing(now - moment) for moment in appeared), MOST),
        missed=min(missed, MOST),
    )
    return from_bytes(to_bytes(rhythm))  # as it will be remembered


def _appeared(date: datetime | None, asked: datetime, now: datetime) -> datetime:
    moment = now if date is None else min(date, now)
    return asked if timedelta(0) < asked - moment <= BACKDATED else moment


def _first_visit(dates: list[datetime], now: datetime) -> Rhythm:
    """What a backlog teaches: it reaches back to its oldest article, but up to a fifth of it may be pinned there."""
    since = dates[len(dates) // 5 if len(dates) >= 5 else 0] if dates else now
    since = now - BACKLOG if now - since > BACKLOG else since.replace(microsecond=0)
    # The oldest only marks the beginning: between n articles lie n - 1 gaps.
    appeared = [date for date in dates if date - since >= timedelta(seconds=1)]
    recent = min(sum(echoing(now - moment) for moment in appeared), MOST)
    rhythm = Rhythm(since=since, asked=now, week=_counted([0.0] * WEEK, appeared, now), recent=recent)
    missed = min(_expected(rhythm, max(dates[-1], since) if dates else now, now, most=WEEK), MOST)
    return from_bytes(to_bytes(replace(rhythm, missed=missed)))


def _counted(week: list[float], moments: list[datetime], now: datetime) -> tuple[float, ...]:
    for moment in moments:
        hour = floor(_hours(moment)) % WEEK
        week[hour] = min(week[hour] + _faded(now - moment), MOST)
    return tuple(week)


# --- when to ask again ----------------------------------------------------------------------------------------------


def next_interval(
    rhythm: Rhythm, now: datetime, *, shortest: timedelta = SHORTEST, longest: timedelta = LONGEST
) -> Interval:
    """How long to leave the source alone from ``now`` on: at least ``shortest``, else at most ``longest``.

    From now on articles are expected to lie there unseen. The square of their number, summed over the hours, may reach
    PATIENCE: at a constant rate that takes half an hour · rate^(-2/3). To sum the number itself would make the mean
    delay of an article the shortest, but wires would be asked too seldom for the median; to wait for a number of
    articles, as an average gap does, leaves quiet sources alone for days.
    """
    start = _hours(now)
    end = start + longest / HOUR
    asked = start if rhythm.asked is None else _hours(rhythm.asked)
    trust = _trust(rhythm)
    unseen = spent = 0.0
    longest_step = STEP if _echo(rhythm, start - asked) > SILENT else 1.0
    for moment, step, rate in _steps(rhythm, start, end, longest_step):
        expected = (1 - ECHO) * trust * rate + _echo(rhythm, moment + step / 2 - asked)
        more = expected * step
        cost = step * (unseen**2 + unseen * more + more**2 / 3)
        if spent + cost >= PATIENCE:
            by_then = (unseen**3 + 3 * expected * (PATIENCE - spent)) ** (1 / 3)
            end = moment + 3 * (PATIENCE - spent) / (unseen**2 + unseen * by_then + by_then**2)
            break
        spent += cost
        unseen += more
    wait = max(shortest, min(longest, (end - start) * HOUR))
    wait = timedelta(seconds=round(wait.total_seconds()))
    return Interval(wait=wait, why=f"{_why(rhythm, now, now + wait)}: asked again in {in_words(_rounded(wait))}")


def _trust(rhythm: Rhythm) -> float:
    """How much of the old rhythm is still believed after a silence, 0 … 1."""
    return (SILENCE_WEIGHS / (SILENCE_WEIGHS + rhythm.missed)) ** 2


def _echo(rhythm: Rhythm, hours: float) -> float:
    """Articles an hour that follow from the recent ones, ``hours`` after the last visit."""
    return ECHO * rhythm.recent / ECHO_FADES * exp(-max(hours, 0.0) / ECHO_FADES)


def _steps(rhythm: Rhythm, start: float, end: float, longest: float) -> Iterator[tuple[float, float, float]]:
    """(moment, hours to the next moment, usual rate) from ``start`` to ``end``; ``longest`` is at most an hour."""
    moment = start
    for hour, rate in _rates(rhythm, start):
        while moment < hour + 1:
            if moment >= end:
                return
            step = min(longest, hour + 1 - moment, end - moment)
            yield moment, step, rate
            moment += step


def _expected(rhythm: Rhythm, start: datetime, end: datetime, *, most: int = DAY) -> float:
    """Articles usually published from ``start`` to ``end``; of more than ``most`` hours only the first count.

    Between two visits lies a day at most, or a time in which nobody watched.
    """
    moment = _hours(start)
    last = min(_hours(end), moment + most)
    articles = 0.0
    for hour, rate in _rates(rhythm, moment):
        if moment >= last:
            break
        articles += rate * (min(hour + 1, last) - moment)
        moment = hour + 1
    return articles


# --- rates ----------------------------------------------------------------------------------------------------------


def _rates(rhythm: Rhythm, start: float) -> Iterator[tuple[float, float]]:
    """(hour, usual rate in it) for ever, from the hour of ``start`` on, by what is known at ``asked``.

    The fewer articles were seen in an hour of the week, the more it is taken for that hour of any day, and that one for
    the average hour: means of gamma priors, worth the stated number of articles.
    """
    if rhythm.since is None or rhythm.asked is None:
        yield from ((hour, FIRST_GUESS) for hour in count(float(floor(start))))
        return
    since, asked, week = _hours(rhythm.since), _hours(rhythm.asked), rhythm.week
    watched = HALF_LIFE / log(2) * (1 - 2 ** ((since - asked) / HALF_LIFE))
    average = _drawn(sum(week), watched, GUESS_WEIGHS, FIRST_GUESS)
    begun = floor(asked)
    for hour in count(floor(start)):
        of_day = _drawn(sum(week[hour % DAY :: DAY]), _watched(hour, DAY, since, asked, begun), DAY_WEIGHS, average)
        yield float(hour), _drawn(week[hour % WEEK], _watched(hour, WEEK, since, asked, begun), HOUR_WEIGHS, of_day)


def _drawn(articles: float, hours: float, weight: float, towards: float) -> float:
    return (articles + weight) / (hours + weight / towards)


_FADES = log(2) / HALF_LIFE
_FADING = {period: exp(-period * _FADES) for period in (DAY, WEEK)}
_FOR_EVER = {period: fading / (1 - fading) for period, fading in _FADING.items()}  # what all those before weigh


def _watched(hour: int, period: int, since: float, asked: float, begun: int) -> float:
    """Hours, faded like their articles, for which ``hour`` and those a period before were watched until ``asked``.

    ``begun`` is the hour of ``asked``.
    """
    last = hour if hour <= begun else begun - (begun - hour) % period  # the last one that has begun
    watched = 1.0 if since <= last < begun else max(0.0, min(last + 1, asked) - max(last, since))
    if (before := floor((last - since) / period)) > 0:
        watched += _FOR_EVER[period] * (1 - _FADING[period] ** before)
    return watched * exp((last + 0.5 - asked) * _FADES) if last + 0.5 < asked else watched


def _hours(moment: datetime) -> float:
    return (moment - MONDAY) / HOUR


def _faded(age: timedelta) -> float:
    """The weight of an article ``age`` after it was published: 1, later less."""
    return float(2 ** (-(age / HOUR) / HALF_LIFE))


def echoing(age: timedelta) -> float:
    """What an article ``age`` after it was published still adds to ``recent``."""
    return exp(-(age / HOUR) / ECHO_FADES)


# --- for the operator -----------------------------------------------------------------------------------------------


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")  # in any locale


def _why(rhythm: Rhythm, now: datetime, then: datetime) -> str:
    if rhythm.since is None or rhythm.asked is None:
        return "nothing is known of its rhythm yet"
    if _trust(rhythm) <= 0.25:
        return f"silent for longer than usual, {_articles(rhythm.missed)} were expected since its last"
    (_, usual), (_, later) = next(_rates(rhythm, _hours(now))), next(_rates(rhythm, _hours(then)))
    echo = _echo(rhythm, (now - rhythm.asked) / HOUR)
    if rhythm.recent > 2 and echo > 2 * usual:
        return f"publishing more than usual just now, {_pace(echo + (1 - ECHO) * usual)}"
    if later > 3 * usual:
        return f"publishes little {_hour(now)}, and more {_hour(then)}"
    return f"publishes {_pace(usual)} {_hour(now)}"


def _pace(rate: float) -> str:
    if rate >= 0.8:
        return f"{_articles(rate)} an hour"
    hours = 1 / rate
    return (
        f"about 1 article in {round(hours)} hours"
        if hours < 2 * DAY
        else f"about 1 article in {round(hours / DAY)} days"
    )


def _hour(moment: datetime) -> str:
    return f"on {DAYS[moment.weekday()]}s at {moment:%H}:00 UTC"


def _articles(number: float) -> str:
    return f"about {round(number)} article{'s' if round(number) != 1 else ''}"


def _rounded(wait: timedelta) -> timedelta:
    """To the minute, where that is exact enough to be told."""
    seconds = wait.total_seconds()
    return timedelta(minutes=round(seconds / 60)) if seconds >= 600 else wait


# --- for the store --------------------------------------------------------------------------------------------------

_STORED = struct.Struct(f"<qq{WEEK + 2}f")  # 696 bytes


def to_bytes(rhythm: Rhythm) -> bytes:
    """``rhythm`` for one small column; empty where the source was never asked."""
    if rhythm.since is None or rhythm.asked is None:
        return b""
    moments = ((moment - MONDAY) // timedelta(seconds=1) for moment in (rhythm.since, rhythm.asked))
    return _STORED.pack(*moments, *rhythm.week, rhythm.recent, rhythm.missed)


def from_bytes(stored: bytes) -> Rhythm:
    """The rhythm ``to_bytes`` stored; one stored in a shape of another time is learnt afresh."""
    if len(stored) != _STORED.size:
        return Rhythm()
    since, asked, *numbers = _STORED.unpack(stored)
    return Rhythm(
        since=MONDAY + timedelta(seconds=since),
        asked=MONDAY + timedelta(seconds=asked),
        week=tuple(numbers[:WEEK]),
        recent=numbers[WEEK],
        missed=numbers[WEEK + 1],
    )
