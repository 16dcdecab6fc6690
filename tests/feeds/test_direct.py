"""The direct reader and feedparser make the same Document of the same bytes, or feedparser alone is asked."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from unittest.mock import patch
from zoneinfo import ZoneInfo

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.generated_feeds import document
from feeds.direct import read_directly
from feeds.element_names import rows
from feeds.parse import parse
from feeds.usual_items import UsualItems
from feeds.walk import Walk
from feeds.written import Written
from khulasa.demo.outlets import newsroom
from news.types import Document, Unreadable
from tests.feeds.odd_documents import odd_document, usual_document

FOLDER = Path(__file__).resolve().parents[1] / "data" / "parse"
NOW = datetime(2026, 11, 8, tzinfo=UTC)
DECLARED = "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:media='http://search.yahoo.com/mrss/'"
ITUNES = "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"


def looks_like_html(_text: str) -> bool:
    return False


def read(body: bytes, reader: Callable[..., Walk | None]) -> Document | Unreadable:
    with patch("feeds.parse.read_directly", reader):
        return parse(body, url="https://feeds.example/folder/feed", headers=(), zone=ZoneInfo("Asia/Beirut"), now=NOW)


def is_read_directly_and_alike(body: bytes) -> bool:
    """Whether feedparser was not needed; fails where it would have read something else."""
    taken: list[bool] = []

    def watched(text: str, prepared: bytes, *, looks_like_html: Callable[[str], bool]) -> Walk | None:
        found = read_directly(text, prepared, looks_like_html=looks_like_html)
        taken.append(found is not None)
        return found

    assert read(body, watched) == read(body, lambda *_, **__: None)
    return taken[-1:] == [True]  # a document that has to be mended is looked at before and after


def rss(inner: str, declared: str = "") -> bytes:
    return f"<rss version='2.0' {declared}><channel><title>ق</title>{inner}</channel></rss>".encode()


def rss_item(inner: str, declared: str = "") -> bytes:
    return rss(f"<item><title>خبر</title>{inner}</item>", declared)


# --- documents at hand ----------------------------------------------------------------------------------------------


def test_golden_documents_are_read_alike_and_most_of_them_without_feedparser() -> None:
    left = {path.name for path in FOLDER.glob("*.xml") if not is_read_directly_and_alike(path.read_bytes())}
    no_feeds = {"challenge_page.xml", "empty.xml", "html_page.xml"}
    # The last of these declares Atom's namespace first.
    other_dialects = {"atom03.xml", "atom_entry.xml", "rss090.xml", "rss10_rdf.xml"}
    assert left == no_feeds | other_dialects | {"fault_mismatched_tags.xml"}


def test_newsroom_is_read_alike_without_feedparser() -> None:
    bodies = [outlet.body(is_later=later) for outlet in newsroom().outlets for later in (False, True)]
    taken = [is_read_directly_and_alike(body) for body in bodies if body.lstrip()[:1] == b"<"]
    assert len(taken) > 20
    assert sum(taken) >= 0.9 * len(taken)


def test_generated_feeds_are_read_alike_without_feedparser() -> None:
    assert all(is_read_directly_and_alike(document(seed)) for seed in range(15))


def test_real_documents_are_read_alike_without_feedparser(shared_data: Path) -> None:
    paths = sorted((shared_data / "feeds").rglob("*.xml"))
    assert len(paths) == 60
    assert all(is_read_directly_and_alike(path.read_bytes()) for path in paths)


# --- documents nobody would write -----------------------------------------------------------------------------------


@given(st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_odd_documents_are_read_alike(random: Random) -> None:
    is_read_directly_and_alike(odd_document(random))


@given(st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_usual_documents_are_read_alike(random: Random) -> None:
    is_read_directly_and_alike(usual_document(random))


def test_entries_of_usual_documents_are_read_alike_and_a_third_of_them_in_one_go() -> None:
    plain: list[bool] = []
    read_usual = UsualItems._read

    def watched(items: UsualItems, inside: str) -> Written | None:
        found = read_usual(items, inside)
        plain.append(found is not None)
        return found

    with patch("feeds.usual_items.UsualItems._read", watched):
        taken = sum(is_read_directly_and_alike(usual_document(Random(seed))) for seed in range(600))  # noqa: S311 – repeatable, no secret
    assert taken > 300
    assert sum(plain) > 300


@given(st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_usual_documents_with_something_amiss_are_read_alike(random: Random) -> None:
    text = usual_document(random).decode()
    for _ in range(random.randint(1, 2)):
        start = random.randrange(text.rfind("xmlns:atom"), len(text))
        gone = random.choice((0, 0, 1, 3, 20))
        text = text[:start] + random.choice(_AMISS) + text[start + gone :]
    is_read_directly_and_alike(text.encode("utf-8", "surrogatepass"))


_AMISS = (
    "", "", "<", ">", "&", "&amp;", "&#146;", "&#1601;", "&#x641;", "]]>", "<![CDATA[", "<!--", "-->", "<?x", "?>",
    "<item>", "</item>", "<entry>", "</entry>", "<title/>", "<title>ع</title>", "<dc:x>", "</dc:x>",
    "<x y='1' y='2'/>", "<nobody:x/>", "<x xmlns='urn:x'/>", "xml:lang='ar' ", "\0", "\x0b", "\r\n", "\uffff", "\ud800",
    "\N{NO-BREAK SPACE}", " usual-items='0'", "<item usual-items='0'/>",
)  # fmt: skip


def test_odd_documents_are_read_alike_and_half_of_them_without_feedparser() -> None:
    taken = sum(is_read_directly_and_alike(odd_document(Random(seed))) for seed in range(400))  # noqa: S311 – repeatable, no secret
    assert taken > 200


ODDITIES = {
    "an author that changes with the next one": rss_item("<author>أ</author><author><name>ب</name></author>"),
    "the owner is taken for an author": rss(f"<itunes:owner {ITUNES}><itunes:name>أ</itunes:name></itunes:owner>"),
    "a second description is the content": rss_item("<description>أ</description><description>ب</description>"),
    "an item lets the feed be described again": rss(
        "<summary>أ</summary><summary>ب</summary><item><title>خبر</title></item><summary>ج</summary>"
    ),
    "a picture's title lets the feed be named again": rss("<image><title>ب</title></image><title>ج</title>"),
    "deeper titles do not count": rss_item(
        f"<media:group {DECLARED}><media:title>ب</media:title></media:group><title>ج</title>"
    ),
    "the first of media's titles is the least deep": rss(
        f"<item {DECLARED}><media:title>ب</media:title>"
        "<media:group><media:title>ج</media:title></media:group><link>https://outlet.example/</link></item>"
    ),
    "a category met before gives its text to the last one": rss_item(
        "<category domain='d'/><category scheme='s' label='أ'/><category domain='d'>ب</category>"
    ),
    "keywords with attributes are none": rss_item(f"<itunes:keywords {ITUNES} x='1'>أ</itunes:keywords>"),
    "ampersands escaped twice in a link": rss_item("<link>https://outlet.example/?a=1&amp;amp;b=2</link>"),
    "an empty link hides the one before": rss_item("<link>https://outlet.example/1</link><link/>"),
    "xml:base outlives its element": rss_item("<link xml:base='https://b.example/'>1</link><guid>2</guid>"),
    "lines end in two characters": rss_item("<description><![CDATA[أ\r\nب\rج]]></description>"),
    "attributes in single quotes": rss_item("<guid isPermaLink='false'>1</guid><category domain='d'>أ</category>"),
    "references within references": rss_item(
        "<description>&amp;lt;b&#38;lt;&#38;amp;&#60;b>&#62;&amp;#39;&#8217;&amp;amp;&quot;&apos;</description>"
    ),
    "references in a link": rss_item("<link>https://outlet.example/?a=1&#38;b=2</link><comments>&#39;</comments>"),
    "references in an attribute": rss_item("<enclosure url='https://outlet.example/?a&amp;b' type='a/b'/>"),
    "comments within a text": rss_item("<description>أ<!-- ب -->ج</description>"),
    "categories without end": rss_item(
        f"<itunes:x {ITUNES}/>" + "<itunes:category>".replace(">", f" {ITUNES}>") * 150 + "</itunes:category>" * 150
    ),
    "categories nest": rss_item(
        f"<itunes:category {ITUNES} text='أ'><itunes:category text='ب'/></itunes:category><category>ج</category>"
    ),
}
LEFT = {
    "an item in a comment": rss("<!-- <item><title>أ</title></item> -->"),
    "an item in a section": rss("<description><![CDATA[<item><title>أ</title></item>]]></description>"),
    "an item that is told to stand for others": rss("<!-- <item><title>أ</title></item> --><item usual-items='0'/>"),
    "an item in an item": rss("<item><x><item><title>أ</title></item><item><title>ب</title></item></x></item>"),
    "a name that is XML to libxml2 only": rss_item("<x\N{LATIN SMALL LETTER DZ}/>"),
    "markup in a text": rss_item("<description>أ <b>ب</b></description>"),
    "date is another name of updated": rss_item("<date>2026-11-07</date>"),
    "windows-1252 as a reference": rss_item("<description>&#146;</description>"),
    "UTF-8 encoded twice": rss_item("<description>Ã©</description>"),
    "a relative xml:base": rss_item("<link xml:base='/d/'>1</link>"),
    "a prefix with two meanings": rss_item("<m:x xmlns:m='urn:a'/><m:x xmlns:m='urn:b'/>"),
    "a usual prefix with an unusual meaning": rss_item("<dc:creator xmlns:dc='urn:a'>أ</dc:creator>"),
    "a default namespace nobody knows": rss_item("<x xmlns='urn:a'/>"),
    "a namespace with a space": rss_item("<x:y>أ</x:y>", "xmlns:x='urn:a b'"),
    "a channel in a channel": rss("<channel><title>a</title></channel>"),
    "an entry in RSS": rss("<entry><title>a</title></entry>"),
    "base64": rss_item("<description mode='base64'>YQ==</description>"),
    "text in an unknown element of an author": rss_item("<author>أ<x:y xmlns:x='urn:x' a='1'>ب</x:y></author>"),
    "an unknown element in a picture": rss("<image><x/><url>https://outlet.example/1.png</url></image>"),
    "a version nobody knows": b"<rss version='3.0'><channel><title>a</title></channel></rss>",
}


@pytest.mark.parametrize("body", ODDITIES.values(), ids=ODDITIES)
def test_oddities_of_feedparser_are_kept(body: bytes) -> None:
    assert is_read_directly_and_alike(body)


@pytest.mark.parametrize("name", LEFT)
def test_what_is_not_plain_is_left_to_feedparser(name: str) -> None:
    assert not is_read_directly_and_alike(LEFT[name])


# --- hostile documents are not ours to open -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>" + rss_item("<description>&x;</description>"),
        b"<!DOCTYPE r [<!ENTITY x 'y'>]>" + rss_item("<description>&x;</description>"),
        b"<!DOCTYPE r [<!ENTITY x 'y'>]>" + rss_item("<description>a &x; b</description>"),
        rss_item("<description>a")[:-30],
        rss_item("<description>&bogus;</description>"),
        rss_item("<x:y/>"),
        rss_item(f"<description>{'xmlns:' * 500_000}</description><b/>")[:-1],
        b"",
    ],
)
def test_entities_and_malformed_documents_are_not_read(body: bytes) -> None:
    assert read_directly(body.decode(), body, looks_like_html=looks_like_html) is None


# --- feedparser as it is installed ----------------------------------------------------------------------------------


def test_every_element_feedparser_reads_is_in_the_table() -> None:
    handlers = (re.fullmatch(r"_(?:start|end)_(.+)", name) for name in dir(feedparser.api.StrictFeedParser))
    known = {name for *_, elements in rows("elements") for name in elements.split()}
    assert {handler[1].lower() for handler in handlers if handler} <= known
    assert set(feedparser.FeedParserDict.keymap) - known <= {
        "channel", "items", "date_parsed", "issued_parsed", "modified_parsed", "guid", "url",
    }  # fmt: skip


def test_namespaces_are_those_of_feedparser() -> None:
    theirs = {uri.lower(): prefix.lower() for uri, prefix in feedparser.api.StrictFeedParser.namespaces.items()}
    ours = {uri: prefix for prefix, uris in rows("namespaces") for uri in uris.split()}
    assert ours.items() <= theirs.items()
    handled = {name.split("_")[0] for *_, elements in rows("elements") for name in elements.split() if "_" in name}
    assert {uri for uri, prefix in theirs.items() if prefix in handled and uri} <= ours.keys()
    assert {uri for uri, prefix in theirs.items() if not prefix and uri} <= ours.keys()
