"""Feeds found in pages: ``name.html`` beside ``name.json``, a list of [address, title, type], best first.

Every page is taken to be at https://rawaq.example/section/page.
"""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.address import CheckedUrl, check_url
from feeds.discover import MAX_FOUND, MAX_TITLE, PLACES, candidate_addresses, feed_links, looks_like_html

DATA = Path(__file__).resolve().parents[1] / "data" / "discover"
PAGE = "https://rawaq.example/section/page"
NAMES = sorted(path.stem for path in DATA.glob("*.html"))


@pytest.mark.parametrize("name", NAMES)
def test_pages_as_expected(name: str) -> None:
    page = (DATA / f"{name}.html").read_text(encoding="utf-8")
    expected = [tuple(row) for row in json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))]
    assert [(link.url, link.title, link.type) for link in feed_links(page, PAGE)] == expected


def test_the_encoding_a_page_declares_is_read() -> None:
    page = '<meta charset="windows-1256"><link rel=alternate type=application/rss+xml title="أخبار" href=/rss>'
    (link,) = feed_links(page.encode("cp1256"), PAGE)
    assert (link.url, link.title) == ("https://rawaq.example/rss", "أخبار")


def test_a_declared_link_keeps_its_rank_when_it_is_repeated_below() -> None:
    page = '<a href="/feed">RSS</a><a href="/atom.xml">x</a><link rel=alternate type=application/rss+xml href="/feed">'
    assert [link.url for link in feed_links(page, PAGE)] == [
        "https://rawaq.example/feed",
        "https://rawaq.example/atom.xml",
    ]


@given(st.one_of(st.binary(), st.text(alphabet=st.characters()), st.just(b"<a href='/feed'>" * 50)))
def test_whatever_comes_only_addresses_come_out(page: bytes | str) -> None:
    for link in feed_links(page, PAGE):
        checked = check_url(link.url)
        assert isinstance(checked, CheckedUrl)
        assert checked.url == link.url
        assert link.title is None or 0 < len(link.title) <= MAX_TITLE


@pytest.mark.parametrize(
    "page",
    [
        "<a href='/feed'>" * 100_000,
        "<div>" * 300_000 + "<a href='/feed'>",
        "".join(f"<a href='/feed/{n}'>RSS</a>" for n in range(100_000)),
        "<a href='/" + "feed" * 500_000 + "'>",
        "<a href='/?" + "a=rss&" * 300_000 + "'>",
        "<a href='/feed' title='" + "\t" * 1_900_000 + "'>",
        "<base href='" + "../" * 600_000 + "'><a href='/feed'>",
    ],
    ids=["nested", "deep", "many", "long", "parameters", "title", "base"],
)
def test_pages_built_to_exhaust_do_not(page: str) -> None:
    began = time.monotonic()
    assert len(feed_links(page, PAGE)) <= MAX_FOUND
    assert time.monotonic() - began < 2


def test_where_feeds_often_are() -> None:
    expected = tuple(f"https://rawaq.example:8443{place}" for place in PLACES)
    assert candidate_addresses("https://user:secret@rawaq.example:8443/section/page?x=1#top") == expected
    assert candidate_addresses("file:///etc/passwd") == ()


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html>",
        b"\xef\xbb\xbf \r\n<!doctype HTML public>",
        b"<!-- a feed of <rss> --><html lang='ar'>",
        b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"><html>',
        b"<HEAD>",
        b"<script>location='/'</script>",
        "\N{ZERO WIDTH NO-BREAK SPACE}<html>".encode("utf-16-le"),
    ],
)
def test_what_looks_like_html(body: bytes) -> None:
    assert looks_like_html(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'<?xml version="1.0"?><!-- <html> --><rss version="2.0"><description>&lt;html></description>',
        b"<feed xmlns='http://www.w3.org/2005/Atom'><title type='html'>",
        b"<rdf:RDF>",
        b'{"version": "https://jsonfeed.org/version/1.1", "content_html": "<html>"}',
        b"<?xml " + b"x" * 100_000,
        b"<!--" * 50_000,
        b"<parsererror>",
    ],
)
def test_what_does_not(body: bytes) -> None:
    assert not looks_like_html(body)
