"""When a source is asked next."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.schedule import (
    DEFAULT_EVERY,
    FEWEST,
    LONGEST,
    REFUSED_WAIT,
    SPREAD,
    UNCONDITIONAL,
    Interval,
    in_words,
    is_our_network,
    next_check,
    start_of,
)
from news.types import Advice, Failed, FetchResult, NotModified, Postponed, Reason, Source, SourceState

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday
FINE = NotModified()
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
USUAL = Interval(wait=timedelta(minutes=40), why="publishes about 1 article an hour: asked again in 40m")


def source(every: timedelta | None = None, schedule: str | None = None) -> Source:
    return Source(id="riwaq", title="الرواق", url="https://riwaq.example/rss", every=every, schedule=schedule)


def wait(
    result: FetchResult = FINE,
    *,
    failures: int = 0,
    every: timedelta | None = None,
    advice: Advice | None = None,
    planned: datetime | None = None,
    usual: Interval | None = None,
    conditional: bool = True,
    ours: bool = False,
) -> timedelta:
    assert not isinstance(result, Postponed)
    following = next_check(
        source=source(every, None if planned is None else "0 * * * *"),
        result=result,
        failures=failures,
        advice=advice or result.advice,
        now=NOW,
        planned=planned,
        usual=usual,
        conditional=conditional,
        ours=ours,
    )
    assert following.at is not None
    assert following.why
    return following.at - NOW


def failed(reason: Reason, retry_after: timedelta | None = None) -> Failed:
    return Failed(reason=reason, message="x", advice=Advice(retry_after=retry_after))


def test_a_success_waits_as_long_as_the_rhythm_of_the_source_suggests() -> None:
    assert wait(usual=USUAL) == USUAL.wait
    following = next_check(source=source(), result=FINE, failures=0, advice=Advice(), now=NOW, usual=USUAL)
    assert following.why == USUAL.why


def test_the_editors_interval_comes_before_the_rhythm() -> None:
    assert wait(every=timedelta(minutes=7), usual=USUAL) == timedelta(minutes=7)


def test_a_publisher_may_ask_for_more_time_but_never_for_less_nor_for_more_than_a_day() -> None:
    assert wait(usual=USUAL, advice=Advice(fresh_for=2 * HOUR)) == 2 * HOUR
    assert wait(usual=USUAL, advice=Advice(fresh_for=timedelta(seconds=1))) == USUAL.wait
    assert wait(usual=USUAL, advice=Advice(fresh_for=timedelta(days=9000))) == LONGEST


def test_a_schedule_of_its_own_wins_over_the_interval_and_yields_to_the_publisher() -> None:
    assert wait(planned=NOW + timedelta(minutes=3)) == timedelta(minutes=3)
    assert wait(planned=NOW + timedelta(minutes=3), advice=Advice(fresh_for=HOUR)) == HOUR


def test_who_gives_nothing_to_ask_conditionally_with_is_asked_once_a_day_unless_the_editor_knows_better() -> None:
    assert wait(usual=USUAL, conditional=False) == UNCONDITIONAL
    assert wait(every=HOUR, conditional=False) == HOUR
    assert wait(planned=NOW + HOUR, conditional=False) == HOUR
    following = next_check(
        source=source(), result=FINE, failures=0, advice=Advice(), now=NOW, usual=USUAL, conditional=False
    )
    assert following.why == "it gives nothing to ask conditionally with: once a day, unless sources.yml says `every`"


def test_gone_is_never_asked_again() -> None:
    gone = failed(Reason.GONE)
    following = next_check(source=source(), result=gone, failures=1, advice=gone.advice, now=NOW)
    assert following.at is None


def test_retry_after_is_a_lower_bound_of_at_most_a_day() -> None:
    assert wait(failed(Reason.RATE_LIMITED, 3 * HOUR), failures=1) >= 3 * HOUR
    assert wait(failed(Reason.RATE_LIMITED, timedelta(days=400)), failures=1) == LONGEST


# --- hours and days in which the publisher wants no visit -------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "days", "then"),
    [
        ((), (), "Fri 12:40"),
        ((11, 13), (), "Fri 12:40"),
        ((12,), (), "Fri 13:00"),
        ((12, 13, 14), (), "Fri 15:00"),
        (tuple(range(6, 24)), (), "Sat 00:00"),
        (tuple(range(24)), (), "Sat 12:40"),
        ((), (4,), "Sat 00:00"),
        ((0,), (4,), "Sat 01:00"),
        ((), (4, 5), "Sat 12:40"),
        ((), tuple(range(7)), "Sat 12:40"),
    ],
)
def test_skip_hours_and_skip_days_put_a_visit_off_but_by_no_more_than_a_day(
    hours: tuple[int, ...], days: tuple[int, ...], then: str
) -> None:
    advice = Advice(skip_hours=hours, skip_days=days)
    for result, failures in ((FINE, 0), (failed(Reason.TIMEOUT), 1)):
        following = next_check(
            source=source(), result=result, failures=failures, advice=advice, now=NOW, usual=USUAL, ours=bool(failures)
        )
        assert following.at is not None
        assert f"{following.at:%a %H:%M}" == then
        assert ("skipHours" in following.why) == (then != "Fri 12:40")


# --- backing off ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", [Reason.REFUSED, Reason.BLOCKED])
def test_who_refuses_us_is_left_alone_for_hours(reason: Reason) -> None:
    assert wait(failed(reason), failures=1) >= REFUSED_WAIT


def test_backing_off_begins_with_the_interval_of_the_source_and_doubles() -> None:
    waits = [wait(failed(Reason.SERVER_ERROR), failures=n, usual=USUAL) for n in range(1, 5)]
    assert USUAL.wait <= waits[0] <= 1.1 * USUAL.wait
    assert all(abs(later - 2 * earlier) < timedelta(seconds=1) for earlier, later in pairwise(waits))
    assert DEFAULT_EVERY <= wait(failed(Reason.SERVER_ERROR), failures=1, planned=NOW + DAY) <= 1.1 * DEFAULT_EVERY


spans = st.timedeltas(timedelta(minutes=1), timedelta(days=7))
asked = st.none() | st.timedeltas(timedelta(0), timedelta(days=3650))
advices = st.builds(
    Advice,
    retry_after=asked,
    fresh_for=asked,
    skip_hours=st.lists(st.integers(0, 23), unique=True).map(tuple),
    skip_days=st.lists(st.integers(0, 6), unique=True).map(tuple),
)
reasons = st.sampled_from([r for r in Reason if r is not Reason.GONE])


@given(failures=st.integers(1, 10_000), every=spans, reason=reasons, advice=advices)
def test_backing_off_is_bounded_and_never_shrinks(
    failures: int, every: timedelta, reason: Reason, advice: Advice
) -> None:
    failure = Failed(reason=reason, message="x", advice=advice)
    first = wait(failure, failures=failures, every=every)
    later = wait(failure, failures=failures + 1, every=every)
    assert min(every, LONGEST) <= first <= LONGEST + DAY, "a day, and one more where every hour is to be skipped"
    assert first <= later
    assert first >= min(advice.retry_after or timedelta(0), LONGEST)
    if not advice.skip_hours and not advice.skip_days:
        assert first <= LONGEST


@given(every=st.none() | spans, usual=spans, advice=advices, conditional=st.booleans())
def test_a_success_is_never_followed_by_a_visit_sooner_than_asked_nor_later_than_a_day(
    every: timedelta | None, usual: timedelta, advice: Advice, conditional: bool
) -> None:
    interval = Interval(wait=usual, why="usual")
    following = wait(every=every, usual=interval, advice=advice, conditional=conditional)
    assert following >= (every or usual)
    assert following >= min(advice.fresh_for or timedelta(0), LONGEST)
    if not conditional and every is None:
        assert following >= UNCONDITIONAL
    assert following <= max(every or usual, LONGEST) + DAY
    if not advice.skip_hours and not advice.skip_days:
        assert following <= max(every or usual, LONGEST)
    at = NOW + following
    if following < max(every or usual, LONGEST):
        assert at.hour not in advice.skip_hours
        assert at.weekday() not in advice.skip_days


# --- our own network --------------------------------------------------------------------------------------------------

BEFORE = NOW - HOUR


@pytest.mark.parametrize("reason", [Reason.DNS, Reason.CONNECT, Reason.TLS, Reason.TIMEOUT])
def test_a_connection_that_fails_while_nobody_was_reached_tells_of_our_network(reason: Reason) -> None:
    def ours(last_check: datetime | None, newest_success: datetime | None, sources: int = FEWEST) -> bool:
        return is_our_network(failed(reason), last_check=last_check, newest_success=newest_success, sources=sources)

    assert ours(NOW, BEFORE)
    assert ours(None, None), "nobody has ever been reached"
    assert not ours(BEFORE, NOW)
    assert not ours(NOW, NOW), "somebody was reached in the same round"
    assert not ours(None, BEFORE), "never asked before: somebody was reached since for ever"
    assert not ours(NOW, BEFORE, FEWEST - 1), "two that fail together are no network that fails"


@pytest.mark.parametrize("reason", [Reason.SERVER_ERROR, Reason.RATE_LIMITED, Reason.NOT_A_FEED, Reason.REFUSED])
def test_an_answer_came_over_the_network(reason: Reason) -> None:
    assert not is_our_network(failed(reason), last_check=NOW, newest_success=BEFORE, sources=100)


@given(failures=st.integers(1, 10_000), usual=spans)
def test_while_it_is_our_network_nobody_is_backed_off_beyond_one_interval(failures: int, usual: timedelta) -> None:
    interval = Interval(wait=usual, why="usual")
    assert wait(failed(Reason.DNS), failures=failures, usual=interval, ours=True) == min(usual, LONGEST)


# --- after a long stop ------------------------------------------------------------------------------------------------


def remembered(*, next_check: datetime | None, last_check: datetime | None, id: str = "riwaq") -> SourceState:
    return SourceState(source_id=id, url="https://riwaq.example/rss", next_check=next_check, last_check=last_check)


def test_who_was_never_asked_is_asked_at_once() -> None:
    assert start_of(remembered(next_check=None, last_check=None), NOW) == NOW


def test_who_is_due_now_or_was_a_moment_ago_waits_for_nothing() -> None:
    for overdue in (timedelta(0), timedelta(minutes=1), HOUR):
        state = remembered(next_check=NOW - overdue, last_check=NOW - overdue - HOUR)
        assert start_of(state, NOW) <= NOW


def test_many_that_are_long_overdue_are_spread_over_a_quarter_of_an_hour() -> None:
    starts = [
        start_of(remembered(next_check=NOW - 30 * DAY, last_check=NOW - 31 * DAY, id=f"s{n}"), NOW) for n in range(600)
    ]
    minutes = Counter((start - NOW) // timedelta(minutes=1) for start in starts)
    assert set(minutes) == set(range(15))
    assert max(minutes.values()) < 80, "forty are to be expected"


@given(st.integers(1, 100_000), st.integers(-100_000, 100_000), st.text(min_size=1, max_size=9))
def test_a_start_asks_nobody_before_it_is_due_and_lets_nobody_wait_for_longer_than_its_interval(
    interval: int, overdue: int, id: str
) -> None:
    due = NOW - timedelta(seconds=overdue)
    state = remembered(next_check=due, last_check=due - timedelta(seconds=interval), id=id)
    start = start_of(state, NOW)
    assert start >= due
    assert start <= max(due, NOW + min(timedelta(seconds=interval), SPREAD))


# --- in words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "0s"),
        (timedelta(seconds=59, milliseconds=900), "59s"),
        (timedelta(minutes=90), "1h 30m"),
        (timedelta(days=1, seconds=1), "1d 1s"),
    ],
)
def test_spans_in_words(span: timedelta, words: str) -> None:
    assert in_words(span) == words
