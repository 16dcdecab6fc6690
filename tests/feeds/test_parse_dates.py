"""Dates as feeds write them, and those that must not be guessed."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.entry_dates import day_order, newest, read_date
from feeds.parse import parse
from news.types import Document, Reason

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
        # what feedparser reads (its tests/test_date_parsers.py), and its neighbours
        ("Sat, 07 Nov 2026 10:00:00 MET", "2026-11-07T09:00:00"),
        ("Sat, 07 Nov 2026 10:00:00 Etc/GMT", "2026-11-07T10:00:00"),
        ("Sat, 07 Nov 2026 10:00:00 GMT-01:01", "2026-11-07T11:01:00"),
        ("Sat, 07 Nov 2026 10:00:00 -01:01", "2026-11-07T11:01:00"),
        ("Sat, 07 Nov, 2026 10:00:00 UTC", "2026-11-07T10:00:00"),
        ("Sat, 7 November 2026 10:00:00 PT", "2026-11-07T18:00:00"),
        ("Sat Nov 07 2026 10:00:00 +0200", "2026-11-07T08:00:00"),
        ("Sat,07 Nov 2026 10:00:00 -0000", "2026-11-07T10:00:00"),
        ("Sat Nov 07 10:00:00 +0000 2026", "2026-11-07T10:00:00"),
        ("Sat, 2026/11/07 10:00:00 EDT", "2026-11-07T14:00:00"),
        ("2026-011-07T10:00:00+00:00", "2026-11-07T10:00:00"),
        ("2026-11-07 10:00:00 -00:20", "2026-11-07T10:20:00"),
        ("Sat, 07-Nov-2026 10:00:00 GMT", "2026-11-07T10:00:00"),
        ("Saturday, 07-Nov-26 10:00:00 GMT", "2026-11-07T10:00:00"),
        ("Sat, 07 Nov 2026 15:10:00 PM GMT", "2026-11-07T15:10:00"),
        ("Sat, 7th November 2026, at 10:00 GMT", "2026-11-07T10:00:00"),
        ("Tue, ٢٢ Sep ٢٠٢٦ 10:00:00 +0300", "2026-09-22T07:00:00"),
        ("  Sat, 07 Nov 2026 10:00:00 +0300\n", "2026-11-07T07:00:00"),
        ("1448-04-11T10:00:00Z", "2026-09-22T10:00:00"),
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
        ("2026-311T10:00", "2026-11-07T10:00:00"),
        ("mar, 17 fév 2026 10:00:00", "2026-02-17T10:00:00"),
        ("17 mar 2026 10:00:00", "2026-03-17T10:00:00"),
        ("mar., 17 mars 2026 à 10h00", "2026-03-17T10:00:00"),
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
        ("11 Apr 1448", Reason.DATE_OUT_OF_RANGE),
        ("1405-08-16", Reason.DATE_OUT_OF_RANGE),
        ("Mon, 01 Jan 0001 00:00:00 +0000", Reason.DATE_OUT_OF_RANGE),
        ("9999-12-31T23:59:59-14:00", Reason.DATE_OUT_OF_RANGE),
        ("2028-01-01", Reason.DATE_OUT_OF_RANGE),
        ("1582-10-15", Reason.DATE_OUT_OF_RANGE),
        ("1970-01-01T00:00:00Z", Reason.DATE_OUT_OF_RANGE),
        ("Thu, 01 Jan 1970 00:00:00 GMT", Reason.DATE_OUT_OF_RANGE),
        ("1899-12-30", Reason.DATE_OUT_OF_RANGE),
        ("07/11/2026", Reason.DATE_UNREADABLE),
        ("11/07/2026 10:00", Reason.DATE_UNREADABLE),
        ("٧ نوفمبر", Reason.DATE_UNREADABLE),
        ("2026-02-30", Reason.DATE_UNREADABLE),
        ("Sat, 07 Nov 2026 25:00:00 GMT", Reason.DATE_UNREADABLE),
        ("13:00 pm", Reason.DATE_UNREADABLE),
        ("غدا", Reason.DATE_UNREADABLE),
        ("03-12-31", Reason.DATE_UNREADABLE),
        ("2026-11", Reason.DATE_UNREADABLE),
        ("Sun, 16 Dec 2012 1:2:3:4 GMT", Reason.DATE_UNREADABLE),
        ("2026-366", Reason.DATE_UNREADABLE),
        ("2026-000", Reason.DATE_UNREADABLE),
        ("2013-01-27-01", Reason.DATE_UNREADABLE),
        ("Sun, 99 Jun 2009 12:00:00 GMT", Reason.DATE_UNREADABLE),
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
        assert 1582 <= date.moment.year <= 2027


@pytest.mark.parametrize(
    ("texts", "day_first"),
    [
        (["07/11/2026", "06/11/2026 10:00", "25/10/2026 09:00"], True),
        (["11/07/2026", "11/06/2026", "10/25/2026"], False),
        (["07/11/2026", "06/11/2026", "05/11/2026"], None),
        (["25/10/2026", "10/25/2026", "05/11/2026"], None),
        (["25/10/2026", "07/11/2026"], None),
        (["25/10/2026", "07/11/2026", "Sat, 07 Nov 2026 10:00:00 GMT"], None),
        ([], None),
    ],
)
def test_the_order_of_numbers_is_what_all_dates_of_a_document_tell(texts: list[str], day_first: bool | None) -> None:
    assert day_order(texts) is day_first


def test_a_date_of_three_numbers_is_read_where_the_document_tells_its_order() -> None:
    assert read_date("07/11/2026", zone=QATAR, now=NOW, day_first=True).moment == datetime(2026, 11, 6, 21, tzinfo=UTC)
    assert read_date("07/11/2026", zone=QATAR, now=NOW, day_first=False).moment == datetime(2026, 7, 10, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("dates", "moments"),
    [
        (
            ("07/11/2026 10:00", "06/11/2026 10:00", "25/10/2026 10:00"),
            ("2026-11-07T07", "2026-11-06T07", "2026-10-25T07"),
        ),
        (("07/11/2026 10:00", "06/11/2026 10:00", "05/10/2026 10:00"), (None, None, None)),
    ],
)
def test_a_document_tells_the_order_of_its_dates(dates: tuple[str, ...], moments: tuple[str | None, ...]) -> None:
    items = "".join(f"<item><title>خبر {date}</title><pubDate>{date}</pubDate></item>" for date in dates)
    body = f"<rss version='2.0'><channel><title>أخبار</title>{items}</channel></rss>".encode()
    document = parse(body, url="https://rawaq.example/rss", headers=(), zone=QATAR, now=NOW)
    assert isinstance(document, Document)
    found = [entry.published and entry.published.isoformat()[:13] for entry in document.entries]
    assert found == list(moments)


def test_what_is_odd_about_a_date_is_said() -> None:
    ahead = read_date("Mon, 09 Nov 2026 10:00:00 GMT", zone=None, now=NOW)
    assert (ahead.moment, ahead.doubt) == (datetime(2026, 11, 9, 10, tzinfo=UTC), Reason.DATE_IN_FUTURE)
    two = read_date("15 محرم 1448هـ الموافق 7 يوليو 2026م", zone=None, now=NOW)
    assert (two.moment, two.doubt) == (datetime(2026, 7, 7, tzinfo=UTC), Reason.DATES_DISAGREE)


def test_the_newest_are_chosen_by_moment_then_by_order() -> None:
    dates = ["2026-11-01", None, "2026-11-07T00:00:00+03:00", "2026-11-06T22:00:00Z", "غدا"]
    assert newest(dates, 2, now=NOW) == {2, 3}
    assert newest(dates, 4, now=NOW) == {0, 1, 2, 3}
