"""How often a source publishes, and when it is asked again."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import isfinite
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.generated_rhythms import generated
from benchmarks.rhythms import Measured, measure
from news.rhythm import SHORTEST, from_bytes, next_interval, to_bytes, with_articles
from news.schedule import LONGEST, Interval, in_words
from news.types import Rhythm

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday
MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=7)

# --- sources we invent ----------------------------------------------------------------------------------------------


def evenly(gap: timedelta, *, since: datetime, until: datetime) -> list[datetime]:
    return [since + gap * n for n in range((until - since) // gap)]


def at_random(articles_an_hour: float, *, since: datetime, until: datetime) -> list[datetime]:
    random = Random(f"{articles_an_hour}")  # noqa: S311 - the same articles each time, no secret
    found, moment = list[datetime](), since
    while (moment := moment + random.expovariate(articles_an_hour) * HOUR) < until:
        found.append(moment)
    return found


def office_hours(*, until: datetime, weeks: int, gap: timedelta = 10 * MINUTE) -> list[datetime]:
    """Sunday to Thursday, 06:00 to 14:00 UTC."""
    moments = evenly(gap, since=until - weeks * WEEK, until=until)
    return [m for m in moments if m.weekday() not in (4, 5) and 6 <= m.hour < 14]


def lived(
    published: Iterable[datetime], *, since: datetime, until: datetime, every: timedelta = 20 * MINUTE
) -> tuple[Rhythm, datetime]:
    """The rhythm after visits at fixed intervals, and the moment of the last one."""
    rhythm, waiting, visit = Rhythm(), sorted(published), since
    while True:
        out = [moment for moment in waiting if moment <= visit]
        rhythm = with_articles(rhythm, out, visit)
        waiting = waiting[len(out) :]
        if visit + every > until:
            return rhythm, visit
        visit += every


def after_a_steady(gap: timedelta, *, days: int = 21) -> Interval:
    since = NOW - days * DAY
    rhythm, now = lived(evenly(gap, since=since, until=NOW), since=since, until=NOW)
    return next_interval(rhythm, now)


def waits_until(rhythm: Rhythm, published: list[datetime], *, start: datetime, end: datetime) -> list[timedelta]:
    """The waits of a source that is asked as its rhythm says, from ``start`` to ``end``."""
    waits, now = [], start
    while now < end:
        waits.append(next_interval(rhythm, now).wait)
        before, now = now, now + waits[-1]
        rhythm = with_articles(rhythm, [moment for moment in published if before < moment <= now], now)
    return waits


# --- what it comes to -----------------------------------------------------------------------------------------------


def test_a_wire_is_asked_within_minutes_and_a_quiet_source_within_hours() -> None:
    assert after_a_steady(3 * MINUTE).wait == SHORTEST
    assert 5 * MINUTE <= after_a_steady(6 * MINUTE).wait <= 8 * MINUTE
    assert 2 * HOUR <= after_a_steady(13 * HOUR, days=42).wait <= 7 * HOUR


def test_the_backlog_of_the_first_visit_already_tells_a_wire_from_a_magazine() -> None:
    wire = with_articles(Rhythm(), evenly(4 * MINUTE, since=NOW - 2 * HOUR, until=NOW), NOW)
    magazine = with_articles(Rhythm(), evenly(3 * DAY, since=NOW - 60 * DAY, until=NOW - HOUR), NOW)
    assert next_interval(wire, NOW).wait <= 8 * MINUTE
    assert next_interval(magazine, NOW).wait >= 6 * HOUR


def test_a_backlog_does_not_count_as_news_of_this_hour() -> None:
    for age, least in ((30 * DAY, 12 * HOUR), (300 * DAY, LONGEST)):
        old = with_articles(Rhythm(), [NOW - age - n * HOUR for n in range(30)], NOW)
        assert old.recent == pytest.approx(0)
        assert next_interval(old, NOW).wait >= least


def test_a_backlog_without_dates_or_of_dates_to_come_teaches_nothing() -> None:
    calendar = [NOW + n * DAY for n in range(1, 30)]
    assert with_articles(Rhythm(), [None] * 30, NOW) == with_articles(Rhythm(), [], NOW)
    assert with_articles(Rhythm(), calendar, NOW) == with_articles(Rhythm(), [], NOW)


def test_an_old_article_pinned_to_the_top_does_not_make_a_source_slow() -> None:
    plain = evenly(HOUR, since=NOW - 30 * HOUR, until=NOW)
    pinned = [NOW - 900 * DAY, NOW - 400 * DAY, *plain]
    one, other = (next_interval(with_articles(Rhythm(), dates, NOW), NOW).wait for dates in (plain, pinned))
    assert other == pytest.approx(one, rel=0.3)


def test_friday_is_not_tuesday_and_night_is_not_day() -> None:
    rhythm, _ = lived(office_hours(until=NOW, weeks=4), since=NOW - 4 * WEEK, until=NOW)
    friday = datetime(2026, 11, 27, 8, tzinfo=UTC)
    tuesday = friday - 3 * DAY
    night = tuesday.replace(hour=20)
    assert next_interval(rhythm, tuesday).wait <= 25 * MINUTE
    assert next_interval(rhythm, friday).wait >= 6 * next_interval(rhythm, tuesday).wait
    assert next_interval(rhythm, night).wait >= 6 * next_interval(rhythm, tuesday).wait


def test_a_visit_due_before_the_morning_rush_waits_for_it() -> None:
    rhythm, _ = lived(office_hours(until=NOW, weeks=4), since=NOW - 4 * WEEK, until=NOW)
    for hours in range(1, 5):
        now = datetime(2026, 11, 24, 6, tzinfo=UTC) - hours * HOUR
        assert hours * HOUR - 70 * MINUTE <= next_interval(rhythm, now).wait <= hours * HOUR + 30 * MINUTE


@pytest.mark.parametrize(("gap", "days"), [(6 * MINUTE, 4), (30 * MINUTE, 6), (2 * HOUR, 11)])
def test_a_dead_source_decays_to_the_longest_interval_within_days(gap: timedelta, days: int) -> None:
    since = NOW - 21 * DAY
    rhythm, now = lived(evenly(gap, since=since, until=NOW), since=since, until=NOW)
    waits = waits_until(rhythm, [], start=now, end=now + days * DAY)
    assert waits[-1] == LONGEST
    assert len(waits) <= 4 * DAY / waits[0]  # it has long been asked less


def test_a_revived_source_recovers_within_a_few_visits() -> None:
    since, died, back = NOW - 42 * DAY, NOW - 21 * DAY, NOW
    published = evenly(30 * MINUTE, since=since, until=died)
    rhythm, now = lived(published, since=since, until=back, every=HOUR)
    assert next_interval(rhythm, now).wait == LONGEST
    again = evenly(30 * MINUTE, since=back + 2 * HOUR, until=back + 5 * DAY)
    waits = waits_until(rhythm, again, start=now, end=now + 3 * DAY)
    assert waits[0] == LONGEST
    assert waits[1] <= HOUR
    assert max(waits[3:]) <= HOUR


def test_an_archive_put_online_does_not_end_a_silence() -> None:
    since, died = NOW - 42 * DAY, NOW - 21 * DAY
    rhythm, now = lived(evenly(30 * MINUTE, since=since, until=died), since=since, until=NOW, every=HOUR)
    later = now + HOUR
    archive = with_articles(rhythm, [later - 300 * DAY - n * HOUR for n in range(200)], later)
    assert archive.missed == with_articles(rhythm, [], later).missed
    assert next_interval(archive, later).wait == LONGEST


def test_a_burst_is_followed_closely_and_then_forgotten() -> None:
    since = NOW - 21 * DAY
    rhythm, now = lived(evenly(12 * HOUR, since=since, until=NOW), since=since, until=NOW)
    burst = with_articles(rhythm, [now + n * MINUTE for n in range(10, 20)], now + 20 * MINUTE)
    assert next_interval(burst, now + 20 * MINUTE).wait <= 15 * MINUTE < HOUR < next_interval(rhythm, now).wait
    calm = with_articles(burst, [], now + 6 * HOUR)
    assert next_interval(calm, now + 6 * HOUR).wait >= HOUR


def test_dates_that_are_hours_off_do_not_shift_the_rhythm() -> None:
    published = office_hours(until=NOW, weeks=3)
    right, _ = lived(published, since=NOW - 3 * WEEK, until=NOW)
    for off in (-3 * HOUR, 3 * HOUR):
        rhythm = Rhythm()
        for visit in evenly(20 * MINUTE, since=NOW - 3 * WEEK, until=NOW + MINUTE):
            rhythm = with_articles(rhythm, [m + off for m in published if visit - 20 * MINUTE < m <= visit], visit)
        moved = sum(abs(a - b) for a, b in zip(right.week, rhythm.week, strict=True)) / 2
        assert moved <= 0.1 * sum(right.week)


def test_articles_without_a_date_or_dated_in_the_future_count_as_now() -> None:
    rhythm, now = lived([], since=NOW - WEEK, until=NOW)
    later = now + HOUR
    undated, ahead = (with_articles(rhythm, [date] * 3, later) for date in (None, later + 9 * DAY))
    assert undated == ahead == with_articles(rhythm, [later] * 3, later)


def test_a_clock_set_back_loses_nothing() -> None:
    rhythm, now = lived(evenly(HOUR, since=NOW - 20 * DAY, until=NOW), since=NOW - 20 * DAY, until=NOW)
    back = with_articles(rhythm, [], now - 3 * DAY)
    assert back.asked == now - 3 * DAY
    assert sum(back.week) == pytest.approx(sum(rhythm.week))
    assert next_interval(back, now - 3 * DAY).wait == pytest.approx(next_interval(rhythm, now).wait, rel=0.2)


def test_a_date_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        with_articles(Rhythm(), [NOW.replace(tzinfo=None)], NOW)


# --- what the operator is told --------------------------------------------------------------------------------------


def told(rhythm: Rhythm, now: datetime) -> str:
    return next_interval(rhythm, now).why


def test_the_operator_is_told_why() -> None:
    month = NOW - 28 * DAY
    assert told(Rhythm(), NOW) == "nothing is known of its rhythm yet: asked again in 1h 7m"
    rhythm, now = lived(evenly(20 * MINUTE, since=month, until=NOW), since=month, until=NOW)
    assert told(rhythm, now) == "publishes about 3 articles an hour on Fridays at 12:00 UTC: asked again in 19m"
    rhythm, now = lived(at_random(0.1, since=month, until=NOW), since=month, until=NOW)
    assert told(rhythm, now) == "publishes about 1 article in 9 hours on Fridays at 12:00 UTC: asked again in 3h 33m"
    rhythm, now = lived(evenly(20 * MINUTE, since=month, until=NOW - DAY), since=month, until=NOW)
    assert told(rhythm, now) == (
        "silent for longer than usual, about 64 articles were expected since its last: asked again in 4h 59m"
    )
    rhythm, now = lived(office_hours(until=NOW, weeks=4), since=NOW - 4 * WEEK, until=NOW)
    monday = datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert told(rhythm, monday).startswith("publishes little on Mondays at 01:00 UTC, and more on Mondays at 0")
    rhythm = with_articles(rhythm, [now + n * MINUTE for n in range(45, 55)], now + HOUR)
    assert (
        told(rhythm, now + HOUR) == "publishing more than usual just now, about 6 articles an hour: asked again in 10m"
    )


# --- laws -----------------------------------------------------------------------------------------------------------

moments = st.datetimes(timezones=st.just(UTC))
near = st.integers(-40 * 86400, 3600).map(lambda seconds: NOW + timedelta(seconds=seconds))
dates = st.lists(st.one_of(near, st.none(), moments), max_size=40)
visits = st.lists(st.tuples(st.integers(0, 3 * 86400), dates), max_size=6)


@st.composite
def rhythms(draw: st.DrawFn) -> tuple[Rhythm, datetime]:
    """A rhythm after any visits, and the moment of the last one; NOW at the latest."""
    told_at = draw(visits)
    now = NOW - sum((timedelta(seconds=seconds) for seconds, _ in told_at), timedelta(0))
    rhythm = Rhythm()
    for seconds, brought in told_at:
        now += timedelta(seconds=seconds)
        rhythm = with_articles(rhythm, brought, now)
    return rhythm, now


spans = st.integers(60, 40 * 86400).map(lambda seconds: timedelta(seconds=seconds))


@settings(deadline=None)
@given(rhythms(), spans, spans, st.integers(-86400, 86400))
def test_every_wait_is_within_the_bounds_and_told(
    known: tuple[Rhythm, datetime], one: timedelta, other: timedelta, late: int
) -> None:
    rhythm, now = known
    shortest, longest = sorted((one, other))
    interval = next_interval(rhythm, now + timedelta(seconds=late), shortest=shortest, longest=longest)
    assert shortest <= interval.wait <= longest
    assert interval.wait.microseconds == 0
    assert interval.why.count(": asked again in ") == 1
    assert interval.wait >= 10 * MINUTE or interval.why.endswith(f" {in_words(interval.wait)}")


@settings(max_examples=300, deadline=None)
@given(rhythms().filter(lambda known: known[0] != Rhythm()), dates, dates, st.integers(0, 3 * 86400))
def test_more_articles_never_make_the_wait_longer(
    known: tuple[Rhythm, datetime],
    brought: list[datetime | None],
    more: list[datetime | None],
    seconds: int,
) -> None:
    rhythm, now = known[0], known[1] + timedelta(seconds=seconds)
    fewer = next_interval(with_articles(rhythm, brought, now), now)
    assert next_interval(with_articles(rhythm, brought + more, now), now).wait <= fewer.wait + timedelta(seconds=1)


@settings(deadline=None)
@given(rhythms(), dates, st.randoms(use_true_random=False))
def test_the_order_of_the_dates_does_not_matter(
    known: tuple[Rhythm, datetime], brought: list[datetime | None], random: Random
) -> None:
    rhythm, now = known
    shuffled = random.sample(brought, len(brought))
    assert with_articles(rhythm, shuffled, now) == with_articles(rhythm, brought, now)


@settings(deadline=None)
@given(rhythms(), dates, moments.filter(lambda moment: moment.year < 9999))
def test_a_rhythm_stays_small_and_finite_and_is_stored_as_it_is(
    known: tuple[Rhythm, datetime], brought: list[datetime | None], now: datetime
) -> None:
    rhythm = with_articles(known[0], brought, now)
    assert all(isfinite(number) and number >= 0 for number in (*rhythm.week, rhythm.recent, rhythm.missed))
    assert rhythm.since is not None and rhythm.since <= now
    assert len(to_bytes(rhythm)) < 1000
    assert from_bytes(to_bytes(rhythm)) == rhythm
    assert SHORTEST <= next_interval(rhythm, now).wait <= LONGEST


def test_nothing_known_is_stored_as_nothing_and_what_cannot_be_read_is_learnt_afresh() -> None:
    assert to_bytes(Rhythm()) == b""
    assert from_bytes(b"") == from_bytes(b"another shape") == Rhythm()


def test_a_hundred_thousand_articles_at_once_are_only_numbers() -> None:
    rhythm = with_articles(with_articles(Rhythm(), [], NOW), [None] * 100_000, NOW + HOUR)
    assert len(to_bytes(rhythm)) < 1000
    assert next_interval(rhythm, NOW + HOUR).wait == SHORTEST


@settings(deadline=None)
@given(rhythms(), st.integers(-200, 200))
def test_only_the_hour_of_the_week_matters_never_the_date(known: tuple[Rhythm, datetime], weeks: int) -> None:
    rhythm, now = known
    if rhythm.since is None or rhythm.asked is None:
        return
    shift = weeks * WEEK
    other = Rhythm(
        since=rhythm.since + shift,
        asked=rhythm.asked + shift,
        week=rhythm.week,
        recent=rhythm.recent,
        missed=rhythm.missed,
    )
    assert abs(next_interval(other, now + shift).wait - next_interval(rhythm, now).wait) <= timedelta(seconds=1)


@pytest.mark.parametrize("articles_an_hour", [0.25, 1.0, 4.0])
def test_eight_times_the_articles_are_four_times_the_visits(articles_an_hour: float) -> None:
    since, until = NOW - 28 * DAY, NOW + 14 * DAY
    visits = []
    for rate in (articles_an_hour / 8, articles_an_hour):
        published = at_random(rate, since=since, until=until)
        rhythm, now = lived([moment for moment in published if moment <= NOW], since=since, until=NOW)
        visits.append(len(waits_until(rhythm, published, start=now, end=until)))
    assert visits[1] == pytest.approx(14 * 24 * 2 * articles_an_hour ** (2 / 3), rel=0.3)
    assert visits[1] == pytest.approx(4 * visits[0], rel=0.3)


# --- the simulation -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def measured() -> Measured:
    """A quarter of ``python -m benchmarks rhythms``."""
    return measure(generated(0.25))


def test_at_as_many_visits_articles_are_found_sooner_than_hourly_or_by_average_gaps(measured: Measured) -> None:
    ours = measured.ours["all"]
    assert ours.median <= 7.0
    assert ours.p90 <= 47
    assert ours.visits_each <= 1.07
    for name, share in {"fixed": 0.25, "average gap": 0.85, "between articles": 0.35}.items():
        other = measured.others[name].same_visits["all"]
        assert other.visits == pytest.approx(ours.visits, rel=0.01)
        assert ours.median <= share * other.median, name
        assert ours.p90 <= other.p90, name
        for kind in ("bursty", "office", "weekly", "dead"):
            assert measured.ours[kind].median <= measured.others[name].same_visits[kind].median, (name, kind)


def test_at_the_same_median_delay_fewer_visits_are_made_for_an_article(measured: Measured) -> None:
    ours = measured.ours["all"]
    for name, share in {"fixed": 0.25, "average gap": 0.87, "between articles": 0.4}.items():
        other = measured.others[name].same_median["all"]
        assert other.median == pytest.approx(ours.median, rel=0.01)
        assert ours.visits_each <= share * other.visits_each, name


def test_asking_each_hour_costs_about_as_many_visits_and_four_times_the_delay(measured: Measured) -> None:
    hourly = measured.others["fixed"].plain["all"]
    assert measured.ours["all"].median <= 0.25 * hourly.median
    assert measured.ours["all"].visits == pytest.approx(hourly.visits, rel=0.1)
