"""The HTML twin of a feed through a real HTML parser. What it looks like: tests/khulasa/test_pages.py."""

from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings

from feeds.feed_page import BEGINNING, render_page
from feeds.outgoing import printable
from feeds.publish import is_published_name
from news.types import Credit, Feed, Item
from tests.feeds.outgoing_material import ITEM, SITE, any_text, feed_of, items
from tests.fuzz.texts import assert_shown

PLAIN = replace(ITEM, summary=None, content=None, credits=())


def parsed(feed: Feed) -> Any:
    """The page's root element; any fault of its HTML raises."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(render_page(feed).decode())


def rows(page: Any) -> list[Element]:
    (listed,) = page.iter("ol")
    return list(listed)


def words(element: Any) -> str:
    return "".join(element.itertext())


def shown(item: Item) -> Element:
    (row,) = rows(parsed(feed_of(item)))
    return row


def test_it_is_an_arabic_page_without_script_style_or_picture() -> None:
    page = parsed(feed_of(ITEM))
    assert dict(page.attrib) == {"lang": "ar", "dir": "rtl"}
    assert [words(h1) for h1 in page.iter("h1")] == ["خلاصة – سياسة"]
    assert not {element.tag for element in page.iter()} & {"script", "style", "iframe", "form", "img", "object"}
    for element in page.iter():
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"]


def test_it_says_how_to_subscribe_with_addresses_to_copy() -> None:
    page = parsed(feed_of(ITEM))
    (aside,) = page.iter("aside")
    assert "قارئ الخلاصات" in words(aside)
    addresses = [f"{SITE}category/politics.{ending}" for ending in ("rss", "atom", "json")]
    assert [words(code) for code in aside.iter("code")] == addresses
    assert {code.get("dir") for code in aside.iter("code")} == {"ltr"}
    assert [(words(a), a.get("href")) for a in aside.iter("a")] == list(
        zip(("RSS", "Atom", "JSON Feed"), addresses, strict=True)
    )


@pytest.mark.parametrize(("name", "up"), [("category/politics", "../"), ("all", ""), ("stories/culture", "../")])
def test_its_head_names_the_feeds_its_own_address_and_its_style(name: str, up: str) -> None:
    page = parsed(replace(feed_of(ITEM), id=name))
    leaf = name.rpartition("/")[2]
    assert [(link.get("rel"), link.get("type"), link.get("href")) for link in page.iter("link")] == [
        ("stylesheet", None, f"{up}style.css"),
        ("canonical", None, f"{SITE}{name}.html"),
        ("alternate", "application/rss+xml", f"{leaf}.rss"),
        ("alternate", "application/atom+xml", f"{leaf}.atom"),
        ("alternate", "application/feed+json", f"{leaf}.json"),
    ]
    assert is_published_name(f"{name}.html")
    (footer,) = page.iter("footer")
    assert [a.get("href") for a in footer.iter("a")] == [up or "./"]


def test_an_item_has_its_title_outlet_date_and_summary() -> None:
    row = shown(replace(ITEM, credits=ITEM.credits[:1]))
    assert words(row) == "مجلس المدينة يقر الموازنةالرواق · 20 نوفمبر 2026، 06:30أقر المجلس الموازنة."
    assert [(a.get("href"), a.get("rel")) for a in row.iter("a")] == [
        ("https://rawaq.example/news/1", "noopener noreferrer nofollow ugc")
    ]
    assert [time.get("datetime") for time in row.iter("time")] == ["2026-11-20T06:30:00Z"]


def test_every_outlet_is_credited_where_there_are_several() -> None:
    assert words(shown(ITEM)).endswith("أقر المجلس الموازنة.مصدران: الرواق، Cedar & Wire")
    told = (Credit(title="الرواق", link=None), Credit(title="السدرة", link=None, headline="عنوان آخر"))
    assert [words(li) for li in shown(replace(ITEM, credits=told)).iter("li")][1:] == ["الرواق", "السدرة: عنوان آخر"]


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("fa", "rtl"), ("en-GB", "ltr"), (None, "auto")])
def test_text_of_another_language_runs_in_its_own_direction(language: str | None, direction: str) -> None:
    row = shown(replace(ITEM, language=language, title="Council passes the budget", credits=()))
    (title,) = row.iter("bdi")
    paragraph = row.findall("p")[-1]
    assert title.get("lang") == paragraph.get("lang") == language
    assert paragraph.get("dir") == direction


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<p>سطر</p><ul><li>أول</li></ul>", "سطر أول"),
        ("<p>" + "كلمة " * 100 + "</p>", "كلمة " * (BEGINNING // 5 - 1) + "كلمة\N{NO-BREAK SPACE}…"),
        ("ب" * 1000, "ب" * BEGINNING + "\N{NO-BREAK SPACE}…"),
        ("\u2067" + "ب " * 1000 + "\u2069", ("ب " * (BEGINNING // 2 - 1)).strip() + "\N{NO-BREAK SPACE}…"),
        ('<img src="https://a.example/x.png" alt="" referrerpolicy="no-referrer">', None),
    ],
)  # fmt: skip
def test_without_a_summary_the_text_begins_and_no_isolate_stays_open(content: str, said: str | None) -> None:
    row = shown(replace(PLAIN, content=content))
    paragraphs = [words(p) for p in row.findall("p") if p.get("class") is None]
    assert paragraphs == ([] if said is None else [said])
    assert_shown(words(row))


def test_a_feed_without_items_says_so() -> None:
    page = parsed(feed_of())
    assert "لا أخبار بعد" in [words(h2) for h2 in page.iter("h2")]
    assert list(page.iter("ol")) == []


@given(items(), any_text, any_text)
@settings(max_examples=100, deadline=None)
def test_any_text_is_shown_as_text(item: Item, title: str, about: str) -> None:
    feed = replace(feed_of(item), title=title, description=about)
    body = render_page(feed)
    assert body == render_page(feed)
    assert_shown(body.decode())
    page = parsed(feed)
    ordinary = {element.tag for element in parsed(feed_of(ITEM)).iter()}
    assert {element.tag for element in page.iter()} <= ordinary
    (row,) = rows(page)
    if printable(item.title).strip():
        (heading,) = row.iter("h3")
        assert words(heading).removeprefix("\u200f").split() == printable(item.title).removeprefix("\u200f").split()
    for link in page.iter("a"):
        assert link.get("href").startswith(("https://", "http://", "../"))
