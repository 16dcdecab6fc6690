"""How late articles are found, and at how many visits: Khulasa's interval beside a fixed one and beside average gaps.

200 invented sources publish by six kinds of rhythm. All are asked for two weeks, and then for two that are measured.
Time is played: there is no clock and no network, and the result is the same each time.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import sqrt
from statistics import median, quantiles

from rich.table import Table

from benchmarks.generated_rhythms import WEEK, Outlet, generated
from news.rhythm import SHORTEST, next_interval, with_articles
from news.schedule import LONGEST
from news.types import Rhythm

MONDAY = datetime(2026, 9, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
MEASURED, END = 2 * WEEK, 4 * WEEK
BACKLOG = 30  # entries of a document
LEAST, MOST = SHORTEST / HOUR, LONGEST / HOUR
SAME = 0.005  # numbers of visits and medians are called equal within this share

# --- who asks ---------------------------------------------------------------------------------------------------------

# (now, those of ``published`` that are out, how many of them this visit brought) → hours to wait
Visit = Callable[[float, tuple[float, ...], int, int], float]
Way = Callable[[], Visit]  # a new one for each source


def khulasa() -> Visit:
    rhythm = Rhythm()

    def visit(hour: float, published: tuple[float, ...], out: int, new: int) -> float:
        nonlocal rhythm
        now = MONDAY + hour * HOUR
        rhythm = with_articles(rhythm, [MONDAY + moment * HOUR for moment in published[out - new : out]], now)
        return next_interval(rhythm, now).wait / HOUR

    return visit


def fixed(factor: float) -> Way:
    """Every hour, ``factor`` times."""
    return lambda: lambda hour, published, out, new: 1 / factor


def average_gap(factor: float) -> Way:
    """A week divided by the articles of the last seven days: entry frequency in its plain form."""

    def visit(hour: float, published: tuple[float, ...], out: int, new: int) -> float:
        articles = out - bisect_right(published, hour - WEEK)
        return min(max(WEEK / articles / factor, LEAST), MOST) if articles else MOST

    return lambda: visit


def between_articles(factor: float) -> Way:
    """The mean time between the articles of the last seven days: Miniflux (WeeklyFeedEntryCount, ScheduleNextCheck)."""

    def visit(hour: float, published: tuple[float, ...], out: int, new: int) -> float:
        first = bisect_right(published, hour - WEEK)
        if out - first < 2:
            return MOST
        gap = (published[out - 1] - published[first]) / (out - first - 1)
        return min(max(gap / factor, LEAST), MOST)

    return lambda: visit


OTHERS: dict[str, Callable[[float], Way]] = {
    "fixed": fixed,
    "average gap": average_gap,
    "between articles": between_articles,
}


# --- what came of it --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one way of asking gave for the sources of one kind, or for all."""

    delays: tuple[float, ...]  # minutes from publication to the visit that found it, sorted
    visits: int

    @property
    def median(self) -> float:
        return median(self.delays)

    @property
    def p90(self) -> float:
        return quantiles(self.delays, n=10)[-1]

    @property
    def visits_each(self) -> float:
        """Visits for one new article."""
        return self.visits / len(self.delays)


Outcomes = dict[str, Outcome]  # by kind, and "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One of the other ways, unscaled and scaled until it equals Khulasa in one respect."""

    plain: Outcomes
    same_visits: Outcomes
    factor: float  # of same_visits
    same_median: Outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    ours: Outcomes
    others: dict[str, Comparison]


def play(sources: tuple[Outlet, ...], way: Way) -> Outcomes:
    delays: dict[str, list[float]] = {source.kind: [] for source in sources}
    visits = dict.fromkeys(delays, 0)
    for source in sources:
        ask, hour = way(), source.first_visit
        known = max(0, bisect_right(source.published, hour) - BACKLOG)
        while hour < END or (known < len(source.published) and source.published[known] < END):
            out = bisect_right(source.published, hour)
            delays[source.kind] += [hour - moment for moment in source.published[known:out] if MEASURED <= moment < END]
            visits[source.kind] += MEASURED <= hour < END
            hour += ask(hour, source.published, out, out - known)
            known = out
    outcomes = {k: Outcome(delays=tuple(sorted(d * 60 for d in delays[k])), visits=visits[k]) for k in delays}
    together = tuple(sorted(delay for outcome in outcomes.values() for delay in outcome.delays))
    return outcomes | {"all": Outcome(delays=together, visits=sum(visits.values()))}


def measure(sources: tuple[Outlet, ...]) -> Measured:
    ours = play(sources, khulasa)
    others = {}
    for name, way in OTHERS.items():
        same_visits, factor = _scaled(sources, way, lambda outcome: outcome.visits, ours["all"].visits)
        same_median, _ = _scaled(sources, way, lambda outcome: 1 / outcome.median, 1 / ours["all"].median)
        plain = play(sources, way(1.0))
        others[name] = Comparison(plain=plain, same_visits=same_visits, factor=factor, same_median=same_median)
    return Measured(ours=ours, others=others)


def _scaled(
    sources: tuple[Outlet, ...], way: Callable[[float], Way], figure: Callable[[Outcome], float], wanted: float
) -> tuple[Outcomes, float]:
    """``way`` with the factor that brings a figure which grows with it to ``wanted``."""
    low, high = 1 / 64, 64.0
    while True:
        factor = sqrt(low * high)
        outcomes = play(sources, way(factor))
        reached = figure(outcomes["all"])
        if abs(reached / wanted - 1) <= SAME or high / low < 1 + SAME / 100:
            return outcomes, factor
        low, high = (factor, high) if reached < wanted else (low, factor)


def table() -> Table:
    sources = generated()
    measured = measure(sources)
    comparisons = measured.others.values()
    title = "minutes from publication to visit, median / p90 (visits for one new article)"
    shown = Table(title=f"{len(sources)} sources, 14 days: {title}")
    headings = (f"{name}\n× {comparison.factor:.2f}" for name, comparison in measured.others.items())
    for heading in ("rhythm", "articles", "Khulasa", *headings):
        shown.add_column(heading, no_wrap=True)
    ours = measured.ours["all"]
    for kind in (kind for kind in measured.ours if kind != "all"):
        ways = (measured.ours[kind], *(comparison.same_visits[kind] for comparison in comparisons))
        shown.add_row(kind, f"{len(ways[0].delays):,}", *map(_cell, ways))
    for label, outcomes in (
        ("as many visits", [comparison.same_visits["all"] for comparison in comparisons]),
        ("same median", [comparison.same_median["all"] for comparison in comparisons]),
        ("hourly, × 1, × 1", [comparison.plain["all"] for comparison in comparisons]),
    ):
        shown.add_section()
        ways = (ours, *outcomes)
        shown.add_row(label, f"{len(ours.delays):,}", *(f"{_cell(way)}\n{way.visits:,} visits" for way in ways))
    return shown


def _cell(outcome: Outcome) -> str:
    return f"{_minutes(outcome.median)} / {_minutes(outcome.p90)} ({outcome.visits_each:.2f})"


def _minutes(number: float) -> str:
    return f"{number:.1f}" if number < 10 else f"{number:.0f}"
