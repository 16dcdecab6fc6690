"""When a source is asked next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.schedule import DEFAULT_EVERY, LONGEST, REFUSED_WAIT, in_words, next_check
from news.types import Advice, Failed, FetchResult, NotModified, Reason, Source

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FINE = NotModified()
HOUR = timedelta(hours=1)


def source(every: timedelta | None = None, schedule: str | None = None) -> Source:
    return Source(id="riwaq", title="الرواق", url="https://riwaq.example/rss", every=every, schedule=schedule)


def wait(
    result: FetchResult = FINE,
    *,
    failures: int = 0,
    every: timedelta | None = None,
    advice: Advice | None = None,
    planned: datetime | None = None,
) -> timedelta:
    advice = advice or result.advice
    following = next_check(
        source=source(every), result=result, failures=failures, advice=advice, now=NOW, planned=planned
    )
    assert following.at is not None
    assert following.why
    return following.at - NOW


def failed(reason: Reason, retry_after: timedelta | None = None) -> Failed:
    return Failed(reason=reason, message="x", advice=Advice(retry_after=retry_after))


def test_a_success_waits_the_editors_interval_or_the_default() -> None:
    assert wait() == DEFAULT_EVERY
    assert wait(every=timedelta(minutes=7)) == timedelta(minutes=7)


def test_a_publisher_may_ask_for_more_time_but_never_for_less_nor_for_more_than_a_day() -> None:
    assert wait(advice=Advice(fresh_for=2 * HOUR)) == 2 * HOUR
    assert wait(advice=Advice(fresh_for=timedelta(seconds=1))) == DEFAULT_EVERY
    assert wait(advice=Advice(fresh_for=timedelta(days=9000))) == LONGEST


def test_a_schedule_of_its_own_wins_over_the_interval_and_yields_to_the_publisher() -> None:
    assert wait(planned=NOW + timedelta(minutes=3)) == timedelta(minutes=3)
    assert wait(planned=NOW + timedelta(minutes=3), advice=Advice(fresh_for=HOUR)) == HOUR


def test_gone_is_never_asked_again() -> None:
    gone = failed(Reason.GONE)
    following = next_check(source=source(), result=gone, failures=1, advice=gone.advice, now=NOW, planned=None)
    assert following.at is None


def test_retry_after_is_a_lower_bound_of_at_most_a_day() -> None:
    assert wait(failed(Reason.RATE_LIMITED, 3 * HOUR), failures=1) >= 3 * HOUR
    assert wait(failed(Reason.RATE_LIMITED, timedelta(days=400)), failures=1) == LONGEST


@pytest.mark.parametrize("reason", [Reason.REFUSED, Reason.BLOCKED])
def test_who_refuses_us_is_left_alone_for_hours(reason: Reason) -> None:
    assert wait(failed(reason), failures=1) >= REFUSED_WAIT


@given(
    failures=st.integers(min_value=1, max_value=10_000),
    minutes=st.integers(min_value=1, max_value=7 * 24 * 60),
    reason=st.sampled_from([r for r in Reason if r is not Reason.GONE]),
)
def test_backing_off_is_bounded_and_never_shrinks(failures: int, minutes: int, reason: Reason) -> None:
    every = timedelta(minutes=minutes)
    first = wait(failed(reason), failures=failures, every=every)
    later = wait(failed(reason), failures=failures + 1, every=every)
    assert min(every, LONGEST) <= first <= LONGEST
    # Doubling outgrows the jitter until the ceiling is near; there only the jitter differs.
    assert later >= min(first, LONGEST / 1.1)


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
