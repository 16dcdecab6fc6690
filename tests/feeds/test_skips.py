"""Hours and days in which a document wants no visit."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.parse import parse
from feeds.skips import skip_days, skip_hours
from news.types import Advice, Document

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
ITEM = "<item><title>خبر</title><guid>1</guid></item>"


@pytest.mark.parametrize(
    ("written", "hours", "days"),
    [
        ("", (), ()),
        ("<skipHours><hour>0</hour><hour>23</hour><hour>7</hour></skipHours>", (0, 7, 23), ()),
        ("<skipHours>\n <hour> 04 </hour>\n</skipHours>", (4,), ()),
        ("<skipHours><hour>24</hour><hour>25</hour><hour>-1</hour><hour>٣</hour><hour>x</hour></skipHours>", (0,), ()),
        ("<skipDays><day>Sunday</day><day>friday</day><day>Yaum</day></skipDays>", (), (4, 6)),
        ("<skipHours><hour>1</hour></skipHours><skipDays><day>Monday</day></skipDays>", (1,), (0,)),
        ("<skipHours><hour>1</hour>", (), ()),
        ("<skipHours/><hour>1</hour>", (), ()),
        (f"<skipHours>{' ' * 5000}<hour>1</hour></skipHours>", (), ()),
    ],
)
def test_what_is_written_in_the_channel(written: str, hours: tuple[int, ...], days: tuple[int, ...]) -> None:
    for text in (f"<rss><channel>{written}{ITEM}</channel></rss>", f"<rss><channel>{ITEM}{written}</channel></rss>"):
        assert (skip_hours(text), skip_days(text)) == (hours, days)


def test_what_an_article_says_about_it_is_no_wish() -> None:
    written = "<item><![CDATA[<skipHours><hour>1</hour></skipHours>]]></item>"
    assert skip_hours(f"<rss><channel>{ITEM}{written}{ITEM}</channel></rss>") == ()


@given(st.lists(st.sampled_from([*"<>/ 1", "skipHours", "hour", "item"]), max_size=60).map("".join))
def test_no_text_is_too_odd(text: str) -> None:
    assert set(skip_hours(text)) <= set(range(24))
    assert skip_days(text) == ()


def test_they_are_part_of_what_a_document_asks() -> None:
    wishes = "<ttl>90</ttl><skipHours><hour>2</hour></skipHours><skipDays><day>Friday</day></skipDays>"
    body = f"<rss version='2.0'><channel><title>الرواق</title>{wishes}{ITEM}</channel></rss>".encode()
    document = parse(body, url="https://riwaq.example/rss", headers={}, zone=None, now=NOW)
    assert isinstance(document, Document)
    assert document.advice == Advice(fresh_for=timedelta(minutes=90), skip_hours=(2,), skip_days=(4,))
