"""Entries that lie about numbers, dates and their own names, through reading, storing and publishing (57, 58)."""

from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from lxml import etree

from feeds.fields import MAX_LENGTH
from news.types import Document, Reason
from tests.feeds.fetching import NOW
from tests.feeds.publisher import Publisher, answer
from tests.feeds.test_hostile_rounds import HOUR, Newsroom, rss, source
from tests.feeds.test_parse import document
from tests.feeds.test_parse import item as item_read
from tests.feeds.test_parse import rss as rss_read

STORIES = (
    ("جسر جديد فوق النهر", "افتتح مجلس المدينة اليوم جسرا جديدا يربط ضفتي النهر بعد ثلاث سنوات من العمل المتواصل"),
    ("فوز الميناء", "فاز فريق الميناء على ضيفه بهدفين في مباراة مؤجلة من الجولة الخامسة للدوري أمس الجمعة"),
    ("أسعار القمح ترتفع", "ارتفعت أسعار القمح في الأسواق العالمية مع تراجع المحصول في بلدان كثيرة هذا العام"),
)


def item(story: int, guid: str, *, link: bool = True, more: str = "") -> str:
    title, text = STORIES[story]
    address = f"<link>https://riwaq.example/{story}</link>" if link else ""
    return (
        f"<item><title>{title}</title>{address}<guid isPermaLink='false'>{guid}</guid>"
        f"<description>{text}</description>{more}</item>"
    )


# --- what XML forbids (31) --------------------------------------------------------------------------------------------


def test_what_xml_forbids_is_stored_and_published_without_it(publisher: Publisher, tmp_path: Path) -> None:
    forbidden = [*range(9), 0xB, 0xC, *range(0xE, 0x20), 0x7F, 0xFDD0, 0xFFFE, 0xFFFF, 0x1FFFE]
    noise = "".join(f"{chr(code)}&#{code};" for code in forbidden) + "&#xD800;&#xDFFF;"
    body = rss(
        item(0, f"1{noise}")
        .replace("</title>", f"{noise}!</title>")
        .replace("</description>", f"{noise}!</description>")
    )
    update, _ = Newsroom(tmp_path, source(publisher.script("/feed", answer(body=body)))).round()
    assert (update.outcome, update.new) == ("ok", 1)
    for name in ("all.rss", "all.atom", "index.html", "feeds.opml"):
        published = (tmp_path / "public" / name).read_text(encoding="utf-8")
        assert not [code for code in forbidden if chr(code) in published]
        assert name == "index.html" or len(etree.fromstring(published.encode()))
    assert f"{STORIES[0][0]}!" in (tmp_path / "public" / "all.rss").read_text(encoding="utf-8").replace(" !", "!")


# --- numbers and dates (57) -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "kept"),
    [
        (str(2**63), MAX_LENGTH),
        (str(2**64), MAX_LENGTH),
        ("9" * 5_000, MAX_LENGTH),
        ("-1", None),
        ("1e9", 1),
        ("٣", 3),
        ("0x10", 0),
        ("NaN", None),
    ],
)
def test_an_enclosure_is_as_long_as_a_file_may_be(
    publisher: Publisher, tmp_path: Path, length: str, kept: int | None
) -> None:
    enclosure = f"<enclosure url='https://riwaq.example/a.mp3' type='audio/mpeg' length='{length}'/>"
    assert [one.length for one in document(rss_read(item_read(1, enclosure))).entries[0].enclosures] == [kept]
    newsroom = Newsroom(tmp_path, source(publisher.script("/feed", answer(body=rss(item(0, "1", more=enclosure))))))
    update, _ = newsroom.round()
    assert (update.outcome, update.new) == ("ok", 1)
    (published,) = etree.parse(newsroom.public / "all.rss").iterfind(".//enclosure")
    assert published.get("length") == str(kept or 0)


DATES = {
    "0001-01-01T00:00:00Z": Reason.DATE_OUT_OF_RANGE,
    "9999-12-31T23:59:59Z": Reason.DATE_OUT_OF_RANGE,
    "Fri, 31 Dec 9999 23:59:59 -1200": Reason.DATE_OUT_OF_RANGE,
    "Mon, 01 Jan 0001 00:00:00 +1400": Reason.DATE_OUT_OF_RANGE,
    "1970-01-01T00:00:00Z": Reason.DATE_OUT_OF_RANGE,
    "2026-13-45T99:99:99Z": Reason.DATE_UNREADABLE,
    "99999999999999999999": Reason.DATE_UNREADABLE,
    "Sat, 31 Feb 2026 10:00:00 GMT": Reason.DATE_UNREADABLE,
}


@pytest.mark.parametrize("written", DATES)
def test_dates_at_the_ends_of_time_are_none(publisher: Publisher, tmp_path: Path, written: str) -> None:
    dated = f"<pubDate>{written}</pubDate>"
    found = document(rss_read(item_read(1, dated)))
    assert [problem.reason for problem in found.problems] == [DATES[written]]
    assert found.entries[0].published is None
    newsroom = Newsroom(tmp_path, source(publisher.script("/feed", answer(body=rss(item(0, "1", more=dated))))))
    update, _ = newsroom.round()
    assert (update.outcome, [problem.reason for problem in update.problems]) == ("ok", [DATES[written]])
    dates = [date.text for date in etree.parse(newsroom.public / "all.rss").iterfind(".//item/pubDate")]
    assert dates == [format_datetime(NOW)]


def test_a_zone_no_place_has_does_not_move_a_date_out_of_its_day() -> None:
    found = document(rss_read(item_read(1, "<pubDate>2026-11-07T10:00:00+99:99</pubDate>")))
    assert isinstance(found, Document)
    published = found.entries[0].published
    assert published is None or abs(published - NOW.replace(month=11, day=7, hour=10, minute=0)) <= timedelta(days=1)


# --- names (58) -------------------------------------------------------------------------------------------------------


def titles_after(publisher: Publisher, data: Path, *bodies: bytes) -> tuple[list[int], list[str]]:
    """How many articles were new at each visit; the titles that stand in the end."""
    newsroom = Newsroom(data, source(publisher.script("/feed", *(answer(body=body) for body in bodies))))
    new = [newsroom.round(now=NOW + hours * HOUR)[0].new for hours in range(len(bodies))]
    return new, sorted(map(str, newsroom.titles()))


ALL = sorted(title for title, _ in STORIES)


@pytest.mark.parametrize("link", [True, False], ids=["links", "no links"])
def test_one_guid_for_everything_loses_nothing(publisher: Publisher, tmp_path: Path, link: bool) -> None:
    body = rss(*(item(story, "same", link=link) for story in range(3)))
    assert titles_after(publisher, tmp_path, body, body) == ([3, 0], ALL)


@pytest.mark.parametrize("link", [True, False], ids=["links", "no links"])
def test_guids_that_change_at_every_visit_flood_nothing(publisher: Publisher, tmp_path: Path, link: bool) -> None:
    bodies = [rss(*(item(story, f"{visit}-{story}", link=link) for story in range(3))) for visit in range(4)]
    assert titles_after(publisher, tmp_path, *bodies) == ([3, 0, 0, 0], ALL)


def test_guids_that_count_from_the_top_lose_nothing(publisher: Publisher, tmp_path: Path) -> None:
    """Every new item pushes the others to the next guid."""
    bodies = [
        rss(*(item(story, str(place)) for place, story in enumerate(order))) for order in ((0,), (1, 0), (2, 1, 0))
    ]
    assert titles_after(publisher, tmp_path, *bodies) == ([1, 1, 1], ALL)


def test_a_guid_of_another_source_takes_nothing_from_it(publisher: Publisher, tmp_path: Path) -> None:
    ours = source(publisher.script("/ours", answer(body=rss(item(0, "https://riwaq.example/0")))), "ours")
    theirs = source(publisher.script("/theirs", answer(body=rss(item(1, "https://riwaq.example/0")))), "theirs")
    for one in (ours, theirs):
        update, _ = Newsroom(tmp_path, one, *(other for other in (ours, theirs) if other is not one)).round()
        assert (update.new, update.corrected) == (1, 0)
    newsroom = Newsroom(tmp_path, ours, theirs)
    newsroom.round()
    assert sorted(map(str, newsroom.titles())) == sorted(title for title, _ in STORIES[:2])
