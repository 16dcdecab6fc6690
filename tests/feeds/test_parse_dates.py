"""Dates as feeds write them, and those that must not be guessed."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.entry_dates import newest, read_date
from news.types import Reason

NOW = datetime(2026, 11, 8, tzinfo=UTC)
QATAR = ZoneInfo("Asia/Qatar")  # three hours east


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Sat, 07 Nov 2026 10:00:00 +0300", "2026-11-07T07:00:00"),
        ("Sat, 7 Nov 2026 10:00:00 GMT", "2026-11-07T10:00:00"),
        ("07 Nov 26 10:00 EST", "2026-11-07T15:00:00"),
        ("Sat, 07 Nov 2026 10:00:00 -0330 (Newfoundland)", "2026-11-07T13:30:00"),
        ("Sat, 07 Nov 2026 10:00:00 GMT+3", "2026-11-07T07:00:00"),
        ("Sat, 07 Nov 2026 23:59:60 UTC", "2026-11-07T23:59:59"),
        ("Sat, 07 Nov 2026 10:00:00 AST", "2026-11-07T07:00:00"),
        ("2026-11-07T10:00:00Z", "2026-11-07T10:00:00"),
        ("2026-11-07T10:00:00.123+03:00", "2026-11-07T07:00:00"),
        ("2026-11-07t10:00:00z", "2026-11-07T10:00:00"),
        ("2026-11-07 10:00:00 +0300", "2026-11-07T07:00:00"),
        ("20261107T100000Z", "2026-11-07T10:00:00"),
        ("November 7, 2026 3:05 pm GMT", "2026-11-07T15:05:00"),
        ("Sat Nov  7 10:00:00 UTC 2026", "2026-11-07T10:00:00"),
    ],
)
def test_dates_with_a_zone(written: str, moment: str) -> None:
    date = read_date(written, zone=QATAR, now=NOW)
    assert (date.moment, date.zone_known, date.reason) == (datetime.fromisoformat(moment + "+00:00"), True, None)


@pytest.mark.parametrize(
    ("written", "wall"),
    [
        ("Sat, 07 Nov 2026 10:00:00", "2026-11-07T10:00:00"),
        ("07 Nov 2026", "2026-11-07T00:00:00"),
        ("2026-11-07", "2026-11-07T00:00:00"),
        ("2026-11-07 10:00", "2026-11-07T10:00:00"),
        ("Saturday, November 7, 2026 - 10:00", "2026-11-07T10:00:00"),
        ("Nov 7, 2026 12:05 a.m.", "2026-11-07T00:05:00"),
        ("2026-11-07T10:00:00+99:99", "2026-11-07T10:00:00"),
        ("Sat, 07 Nov 2026 10:00:00 XYZ", "2026-11-07T10:00:00"),
    ],
)
def test_dates_without_a_zone_are_read_where_they_were_written(written: str, wall: str) -> None:
    there = read_date(written, zone=QATAR, now=NOW)
    assert (there.moment, there.zone_known) == (datetime.fromisoformat(wall + "+03:00"), False)
    nowhere = read_date(written, zone=None, now=NOW)
    assert (nowhere.moment, nowhere.zone_known) == (datetime.fromisoformat(wall + "+00:00"), False)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("1448-04-11", Reason.DATE_OUT_OF_RANGE),
        ("1448-04-11T10:00:00Z", Reason.DATE_OUT_OF_RANGE),
        ("Mon, 01 Jan 0001 00:00:00 +0000", Reason.DATE_OUT_OF_RANGE),
        ("9999-12-31T23:59:59-14:00", Reason.DATE_OUT_OF_RANGE),
        ("2028-01-01", Reason.DATE_OUT_OF_RANGE),
        ("1989-12-31", Reason.DATE_OUT_OF_RANGE),
        ("07/11/2026", Reason.DATE_UNREADABLE),
        ("11/07/2026 10:00", Reason.DATE_UNREADABLE),
        ("٧ نوفمبر ٢٠٢٦", Reason.DATE_UNREADABLE),
        ("2026-02-30", Reason.DATE_UNREADABLE),
        ("Sat, 07 Nov 2026 25:00:00 GMT", Reason.DATE_UNREADABLE),
        ("13:00 pm", Reason.DATE_UNREADABLE),
        ("أمس", Reason.DATE_UNREADABLE),
        ("2026", Reason.DATE_UNREADABLE),
        ("12", Reason.DATE_UNREADABLE),
    ],
)
def test_dates_that_are_none(written: str, reason: Reason) -> None:
    date = read_date(written, zone=QATAR, now=NOW)
    assert (date.moment, date.reason, date.text) == (None, reason, written)


@pytest.mark.parametrize(
    "bomb", ["1" * 100_000, " " * 50_000 + "x", "a " * 50_000, "2026-11-07 " + " " * 50_000 + "1:00"]
)
def test_long_dates_cost_nothing(bomb: str) -> None:
    start = time.perf_counter()
    assert len(read_date(bomb, zone=None, now=NOW).text) <= 100
    assert time.perf_counter() - start < 0.05


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=120)
    | st.text(st.sampled_from("0123456789-/:TZ+., GMTnovabcpm"), max_size=40)
    | st.datetimes().map(lambda moment: moment.isoformat() + "+14:00")
)
def test_any_date_is_read_or_given_a_reason(written: str) -> None:
    date = read_date(written, zone=QATAR, now=NOW)
    assert (date.moment is None) == (date.reason is not None)
    if date.moment is not None:
        assert date.moment.tzinfo is UTC
        assert 1989 <= date.moment.year <= 2027


def test_the_newest_are_chosen_by_moment_then_by_order() -> None:
    dates = ["2026-11-01", None, "2026-11-07T00:00:00+03:00", "2026-11-06T22:00:00Z", "أمس"]
    assert newest(dates, 2, now=NOW) == {2, 3}
    assert newest(dates, 4, now=NOW) == {0, 1, 2, 3}
