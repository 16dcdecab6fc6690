"""The index page through a real HTML parser, and its colours through the arithmetic of WCAG."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.index_page import group_of, render_index
from feeds.page import style_sheet
from feeds.publish import is_published_name
from news.types import Publication, Site

MOMENT = datetime(2026, 11, 20, 8, 5, tzinfo=UTC)


def publication(feed_id: str, title: str, items: int = 12, minutes: int = 0) -> Publication:
    return Publication(
        feed_id=feed_id,
        title=title,
        digest="d",
        items=items,
        size=1,
        since=MOMENT,
        updated=MOMENT - timedelta(minutes=minutes),
        published=MOMENT,
    )


PUBLICATIONS = (
    publication("all", "خلاصة", 50),
    publication("category/politics", "خلاصة – سياسة", 3, minutes=60),
    publication("category/health", "خلاصة – صحة", 0),
    publication("source/cedar", "خلاصة – Cedar & <Wire>", 1),
    publication("feed/energy", "خلاصة – الطاقة", 2),
)


def parsed(*publications: Publication) -> Any:
    """The page's root element; any fault of its HTML raises."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(render_index(Site(), publications).decode())


def test_it_is_an_arabic_page_without_script_or_inline_style() -> None:
    page = parsed(*PUBLICATIONS)
    assert dict(page.attrib) == {"lang": "ar", "dir": "rtl"}
    tags = {element.tag for element in page.iter()}
    assert not tags & {"script", "style", "iframe", "form", "img", "object"}
    for element in page.iter():
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"]


def test_every_feed_can_be_found_under_its_heading() -> None:
    page = parsed(*PUBLICATIONS)
    sections = {
        section.find("h2").text: ["".join(h3.itertext()) for h3 in section.iter("h3")]
        for section in page.iter("section")
    }
    assert sections == {
        "الأخبار كلها": ["خلاصة"],
        "مختارات المحرر": ["الطاقة"],
        "الأبواب": ["سياسة", "صحة"],
        "المصادر": ["Cedar & <Wire>"],
    }


def test_links_are_relative_and_name_published_files() -> None:
    page = parsed(*PUBLICATIONS)
    links = [element.get("href") for element in page.iter() if element.get("href")]
    assert len(links) == 5 + 4 * len(PUBLICATIONS)
    assert all(is_published_name(link) for link in links)
    alternates = [link for link in page.iter("link") if link.get("rel") == "alternate"]
    assert [(link.get("type"), link.get("href")) for link in alternates] == [
        ("application/rss+xml", "all.rss"),
        ("application/atom+xml", "all.atom"),
        ("application/feed+json", "all.json"),
    ]


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (0, "لا أخبار بعد"),
        (1, "خبر واحد · 20 نوفمبر 2026، 08:05"),
        (2, "خبران · 20 نوفمبر 2026، 08:05"),
        (3, "3 أخبار · 20 نوفمبر 2026، 08:05"),
        (10, "10 أخبار · 20 نوفمبر 2026، 08:05"),
        (11, "11 خبرا · 20 نوفمبر 2026، 08:05"),
        (99, "99 خبرا · 20 نوفمبر 2026، 08:05"),
        (100, "100 خبر · 20 نوفمبر 2026، 08:05"),
        (103, "103 أخبار · 20 نوفمبر 2026، 08:05"),
    ],
)
def test_how_many_and_how_fresh_is_said_in_arabic(items: int, said: str) -> None:
    page = parsed(publication("all", "خلاصة", items))
    facts = [p for p in page.iter("p") if p.get("class") == "facts"]
    assert ["".join(p.itertext()) for p in facts] == [said]


def test_the_time_is_readable_for_machines_too() -> None:
    times = [element.get("datetime") for element in parsed(*PUBLICATIONS[:2]).iter("time")]
    assert times == ["2026-11-20T08:05:00Z", "2026-11-20T07:05:00Z", "2026-11-20T08:05:00Z"]


def test_a_site_without_feeds_has_a_page() -> None:
    page = parsed()
    assert [element.text for element in page.iter("h1")] == ["خلاصة"]
    assert list(page.iter("section")) == []


@given(st.text(st.characters(), max_size=30), st.text(st.characters(), max_size=30))
def test_any_text_is_shown_as_text(title: str, description: str) -> None:
    site = Site(title=title, description=description)
    page = html5lib.parse(render_index(site, [publication("all", title)]).decode("utf-8"), namespaceHTMLElements=False)
    ordinary = {element.tag for element in parsed(PUBLICATIONS[0]).iter()}
    assert {element.tag for element in page.iter()} == ordinary


def test_the_groups_cover_every_kind_of_feed() -> None:
    assert [group_of(feed_id) for feed_id in ("all", "stories", "category/a", "country/eg", "source/a", "feed/a")] == [
        "الأخبار كلها", "الأخبار كلها", "الأبواب", "البلدان", "المصادر", "مختارات المحرر",
    ]  # fmt: skip


def colours(scheme: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", scheme))


def luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        c = channel / 255
        return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"), ("ink", "card"), ("ink", "accent-soft"), ("faint", "paper"), ("faint", "card"),
        ("accent", "paper"), ("accent", "card"), ("accent", "accent-soft"), ("card", "accent"),
    ],
)  # fmt: skip
def test_text_can_be_read_against_its_ground(scheme: int, text: str, ground: str) -> None:
    light, dark = style_sheet().decode().split("@media (prefers-color-scheme: dark)")
    palette = colours((light, dark)[scheme])
    assert contrast(palette[text], palette[ground]) >= 4.5  # WCAG 2.2, 1.4.3


def test_the_style_asks_nobody_for_anything() -> None:
    assert not re.search(rb"url\(|@import|https?:", style_sheet())
