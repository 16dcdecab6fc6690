"""A Feed as JSON Feed: what version 1.1 asks, what the other formats say, and read back as it was meant."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds.jsonfeed import parse_json_feed
from feeds.outgoing import ascii_address
from feeds.render import render_atom
from feeds.render_json import render_json
from news.types import Document, Enclosure, Feed, Item
from tests.feeds.outgoing_material import ITEM, MOMENT, SITE, any_text, feed_of, items, numbered, table
from tests.fuzz.texts import assert_shown

ATOM = "{http://www.w3.org/2005/Atom}"


def written(feed: Feed) -> dict[str, Any]:
    return dict(json.loads(render_json(feed)))


def item_of(**changed: Any) -> dict[str, Any]:
    (item,) = written(feed_of(replace(ITEM, **changed)))["items"]
    return dict(item)


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []


# --- what it says -----------------------------------------------------------------------------------------------


def test_the_feed_and_an_item_of_it() -> None:
    content = item_of()["content_html"]
    assert written(feed_of(ITEM)) == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "خلاصة – سياسة",
        "home_page_url": f"{SITE}category/politics.html",
        "feed_url": f"{SITE}category/politics.json",
        "description": "كل ما صنف في باب «سياسة»",
        "authors": [{"name": "خلاصة – سياسة", "url": f"{SITE}category/politics.html"}],
        "language": "ar",
        "items": [
            {
                "id": "tag:khulasa.example,2026:article/0001",
                "url": "https://rawaq.example/news/1",
                "title": "مجلس المدينة يقر الموازنة",
                "content_html": content,
                "summary": "أقر المجلس الموازنة.",
                "image": "https://rawaq.example/%D8%B5%D9%88%D8%B1%D8%A9.jpg",
                "date_published": "2026-11-20T06:30:00Z",
                "date_modified": "2026-11-20T07:30:00Z",
                "authors": [{"name": "ليلى الحسن"}],
                "tags": ["سياسة", "اقتصاد"],
                "attachments": [
                    {"url": "https://rawaq.example/%D8%B5%D9%88%D8%B1%D8%A9.jpg", "mime_type": "image/jpeg"},
                    {"url": "https://rawaq.example/1.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 1200},
                ],
            }
        ],
    }
    assert content.startswith('<div dir="rtl" lang="ar"><p>أقر المجلس الموازنة بعد نقاش طويل.</p>')
    assert "مصدران" in content


def test_the_version_stands_at_the_top_and_arabic_as_itself() -> None:
    body = render_json(feed_of(ITEM))
    assert body.startswith(b'{"version":"https://jsonfeed.org/version/1.1",')
    assert "مجلس المدينة".encode() in body
    assert body.endswith(b"}\n")


def test_what_an_item_has_not_is_not_named() -> None:
    bare = replace(
        ITEM, link=None, author=None, summary=None, content=None, categories=(), credits=(), enclosures=(), image=None
    )
    (item,) = written(feed_of(bare))["items"]
    assert item.keys() == {"id", "title", "content_html", "date_published", "date_modified"}
    assert item["content_html"] == '<div dir="rtl" lang="ar">مجلس المدينة يقر الموازنة</div>'


def test_a_summary_is_plain_text_and_no_copy_of_the_whole() -> None:
    html = '<p>قال: 3 &lt; 5</p><p>و<a href="https://a.example/">هنا</a></p>'
    assert item_of(summary=html)["summary"] == "قال: 3 < 5 و هنا"
    assert "summary" not in item_of(summary=ITEM.content)
    assert item_of(summary="<p>Orion تعلن</p>")["summary"] == "\N{RIGHT-TO-LEFT MARK}Orion تعلن"
    assert item_of(summary="<p>a&#x202e;b</p>")["summary"] == "\N{RIGHT-TO-LEFT MARK}ab"


@pytest.mark.parametrize(("language", "said"), [("ar", None), ("en-GB", "en-GB"), ("ckb", "ckb"), (None, None)])
def test_an_item_says_its_language_where_it_is_not_that_of_the_feed(language: str | None, said: str | None) -> None:
    assert item_of(language=language).get("language") == said


@pytest.mark.parametrize(("length", "said"), [(None, None), (0, 0), (2**53, 2**53), (2**53 + 1, None), (-1, None)])
def test_a_size_is_a_number_that_any_reader_can_hold(length: int | None, said: int | None) -> None:
    (file,) = item_of(enclosures=(Enclosure(url="https://a.example/x", length=length),))["attachments"]
    assert file.get("size_in_bytes") == said
    assert file["mime_type"] == "application/octet-stream"


@pytest.mark.parametrize("row", table("titles.tsv"), ids=lambda row: row["why"])
def test_title(row: dict[str, str]) -> None:
    assert item_of(title=row["title"], language=row["language"] or None)["title"] == row["published"]


def test_the_order_is_the_one_given_and_an_empty_feed_is_a_feed() -> None:
    assert [item["title"] for item in written(feed_of(*numbered(5)))["items"]] == [f"خبر رقم {n}" for n in range(5)]
    assert written(feed_of())["items"] == []


def test_our_own_address_must_be_an_address() -> None:
    with pytest.raises(ValueError, match="not an http address"):
        render_json(replace(feed_of(), site_url="khulasa"))


# --- laws -------------------------------------------------------------------------------------------------------


@given(st.lists(items(), max_size=4), any_text, any_text)
@settings(max_examples=100, deadline=None)
def test_any_text_gives_what_atom_gives(found: list[Item], title: str, about: str) -> None:
    feed = replace(feed_of(*found), title=title, description=about)
    body = render_json(feed)
    assert body == render_json(feed)
    said, atom = json.loads(body), etree.fromstring(render_atom(feed))
    for text in strings(said):
        assert_shown(text)
    assert said["title"] == atom.findtext(f"{ATOM}title")
    for item, entry in zip(said["items"], atom.findall(f"{ATOM}entry"), strict=True):
        assert item["id"] == entry.findtext(f"{ATOM}id")
        assert item["title"] == entry.findtext(f"{ATOM}title")
        assert item["content_html"] == entry.findtext(f"{ATOM}content")
        assert item["date_published"].replace("Z", "+00:00") == entry.findtext(f"{ATOM}published")
        assert item.get("tags", []) == [category.get("label") for category in entry.findall(f"{ATOM}category")]
        assert [author["name"] for author in item.get("authors", [])] == [
            name.text for name in entry.findall(f"{ATOM}author/{ATOM}name")
        ]
        links = {link.get("rel"): link.get("href") for link in entry.findall(f"{ATOM}link")}
        assert item.get("url") == links.get("alternate")


@given(st.lists(items(), min_size=1, max_size=4, unique_by=lambda item: item.id))
@settings(max_examples=60, deadline=None)
def test_a_reader_gets_back_ids_links_and_order(found: list[Item]) -> None:
    url = f"{SITE}category/politics.json"
    text = render_json(feed_of(*found)).decode()
    document = parse_json_feed(text, encoding="utf-8", url=url, zone=None, now=MOMENT, problems=[])
    assert isinstance(document, Document)
    assert (document.dialect, document.id) == ("json11", url)
    assert (document.link, document.language) == (f"{SITE}category/politics.html", "ar")
    assert [entry.guid for entry in document.entries] == [item.id for item in found]
    for item, entry in zip(found, document.entries, strict=True):
        link = ascii_address(item.link)
        assert link is None or entry.link is None or entry.link == link
        assert datetime.fromisoformat(entry.date_text or "") == item.date.replace(microsecond=0)
