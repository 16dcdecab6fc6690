"""Laws of whole documents: read, published and read again; cut into pieces; lists of feeds; the editor's file."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lxml import etree

from feeds.entry_dates import FUTURE
from feeds.fields import MAX_CATEGORIES, MAX_CATEGORY, MAX_ENCLOSURES, MAX_GUID, MAX_LENGTH
from feeds.index_page import render_index
from feeds.links import MAX_LINK, clean_link, is_internal
from feeds.opml import Outline, render_opml
from feeds.outgoing import ascii_address, printable
from feeds.parse import parse
from feeds.pieces import pieces_of
from feeds.render import render_atom, render_rss
from feeds.render_json import render_json
from feeds.sources import parse_sources
from feeds.structure import MAX_ENTRIES
from news.errors import ConfigurationError
from news.types import Document, Entry, Feed, Item, Publication, Reason, Site, Unreadable
from tests.fuzz.texts import NOW, assert_clean_html, assert_line, assert_shown, text_of

URL = "https://feeds.example/section/rss"
SITE = Site(url="https://khulasa.example/")
_SET = re.compile(r'<div dir="(?:rtl|ltr|auto)"(?: lang="[^"]*")?>(.*)</div>', re.DOTALL)
_REFERENCE = re.compile(r"&#?\w+;")
_OF_AN_ENTRY = "entry "


def read(body: bytes, content_type: str = "") -> Document | Unreadable:
    return parse(body, url=URL, headers={"content-type": content_type}, zone=None, now=NOW)


def document_read(data: bytes) -> None:
    """The first line: the content type. The rest: the document."""
    content_type, _, body = data.partition(b"\n")
    found = read(body, content_type.decode("latin-1"))
    if isinstance(found, Unreadable):
        assert found.message.isprintable()
        return
    assert_clean_document(found)
    empty = {problem.place for problem in found.problems if problem.reason is Reason.NOTHING_TO_SHOW}
    shown = tuple(entry for entry in found.entries if entry.title or entry.summary or entry.content)
    assert len(found.entries) - len(shown) <= len(empty)
    assert_published_as_read(shown)


def assert_clean_document(document: Document) -> None:
    for line in (document.title, document.description, document.rights, document.author):
        assert_line(line or "")
    assert_line(document.id or "", limit=MAX_GUID)
    for link in (document.link, document.self_link, document.image):
        assert_link(link)
    assert_moment(document.updated)
    assert len(document.entries) <= MAX_ENTRIES
    for entry in document.entries:
        assert_clean_entry(entry)
    for problem in document.problems:
        assert_shown(problem.message)
        assert Reason(problem.reason)
    assert document.advice.fresh_for is None or document.advice.fresh_for > timedelta(0)


def assert_clean_entry(entry: Entry) -> None:
    for line in (entry.title, entry.author, entry.date_text):
        assert_line(line or "")
    assert_line(entry.guid or "", limit=MAX_GUID)
    assert len(entry.categories) <= MAX_CATEGORIES
    for category in entry.categories:
        assert_line(category, limit=MAX_CATEGORY)
    for html in (entry.summary, entry.content):
        assert html is None or html
        assert_clean_html(html or "")
    assert_link(entry.link)
    assert_link(entry.image)
    assert entry.image is None or not is_internal(entry.image)
    assert len(entry.enclosures) <= MAX_ENCLOSURES
    for enclosure in entry.enclosures:
        assert_link(enclosure.url)
        assert enclosure.length is None or 0 <= enclosure.length <= MAX_LENGTH
    assert_moment(entry.published)
    assert_moment(entry.updated)


def assert_link(link: str | None) -> None:
    if link is not None:
        assert_shown(link)
        assert link.startswith(("https://", "http://"))
        assert len(link) <= MAX_LINK
        assert clean_link(link, None) == link


def assert_moment(moment: datetime | None) -> None:
    if moment is not None:
        assert moment.tzinfo is UTC
        assert moment <= NOW + FUTURE


def assert_published_as_read(entries: tuple[Entry, ...]) -> None:
    """What was read and is published is read again as it was."""
    items = tuple(map(_item, range(len(entries)), entries))
    feed = Feed(id="all", title="خلاصة", description="كل الأخبار", site_url=SITE.url, updated=NOW, items=items)
    for render in (render_rss, render_atom, render_json):
        again = read(render(feed), "text/plain; charset=utf-8")
        assert isinstance(again, Document), again
        # What a host looks like stays true of what we publish.
        assert {problem.reason for problem in again.problems} <= {Reason.MIXED_SCRIPTS}, again.problems
        assert_clean_document(again)
        for item, entry in zip(items, again.entries, strict=True):
            assert entry.guid == item.id
            link = ascii_address(item.link)
            # feedparser mends what looks like a reference in the link of RSS: it was written by hand, mostly.
            if render is not render_rss or not _REFERENCE.search(link or ""):
                assert entry.link == link
            assert entry.published == item.date.replace(microsecond=0)
            if render is not render_rss or not set("<&") & set(item.title):  # a title in RSS may be HTML, or not
                shown = entry.title.removeprefix("\N{RIGHT-TO-LEFT MARK}")
                assert not item.title or shown == printable(item.title).removeprefix("\N{RIGHT-TO-LEFT MARK}")
            text = item.content or item.summary
            if text is not None:
                assert _unset(entry.content or entry.summary or "") == printable(text)


def _item(number: int, entry: Entry) -> Item:
    return Item(
        id=f"tag:khulasa.example,2026:article/{number:04x}",
        title=entry.title,
        link=entry.link,
        date=min(entry.published or NOW, NOW),
        updated=min(entry.updated or NOW, NOW),
        language=entry.language,
        author=entry.author,
        summary=entry.summary,
        content=entry.content,
        categories=tuple((category, category) for category in entry.categories),
        credits=(),
        enclosures=entry.enclosures,
    )


def _unset(html: str) -> str:
    """A published text without the element that gives it its direction."""
    around = _SET.fullmatch(html)
    return around[1] if around else html


def cut_into_pieces(data: bytes) -> None:
    """The first byte chooses which items are known. The rest: the document."""
    chosen, body = data[:1], data[1:]
    pieces = pieces_of(body)
    if pieces is None:
        return
    joined = [part for pair in zip(pieces.head, pieces.items, strict=False) for part in pair]
    assert b"".join([*joined, pieces.head[-1]]) == body
    assert pieces.without(()) == body
    assert len(pieces.items) == len(pieces.item_digests) == len(pieces.head) - 1
    whole = read(body)
    if isinstance(whole, Document) and all(problem.place.startswith(_OF_AN_ENTRY) for problem in whole.problems):
        mask = chosen[0] if chosen else 0
        known = {digest for place, digest in enumerate(pieces.item_digests) if mask >> place % 8 & 1}
        assert_the_others_are_left(whole, pieces.without(known), [digest in known for digest in pieces.item_digests])


def assert_the_others_are_left(whole: Document, rest: bytes, known: list[bool]) -> None:
    """Without the known items the document says of the others what it said with them."""
    left = read(rest)
    assert isinstance(left, Document), left
    assert replace(left, entries=(), problems=()) == replace(whole, entries=(), problems=())
    if len(whole.entries) == len(known):  # each item is an entry
        assert list(left.entries) == [entry for entry, was in zip(whole.entries, known, strict=True) if not was]


def listed(data: bytes) -> None:
    """Four lines are a feed (title, address, page, group), in the OPML and on the page."""
    lines = text_of(data).split("\n")
    feeds = [Outline(*lines[at : at + 4]) for at in range(0, len(lines) - 3, 4)]
    document = etree.fromstring(render_opml(lines[0], feeds))
    assert document.findtext("head/title") == printable(lines[0])
    addresses = [ascii_address(feed.rss_url) for feed in feeds]
    outlines = document.findall(".//outline[@type='rss']")
    assert [outline.get("xmlUrl") for outline in outlines] == [address for address in addresses if address]
    shown = [printable(feed.title) for feed, address in zip(feeds, addresses, strict=True) if address]
    assert [outline.get("text") for outline in outlines] == shown
    for outline in outlines:
        assert_link(outline.get("xmlUrl"))
        assert_link(outline.get("htmlUrl"))
    page = render_index(replace(SITE, title=lines[0]), (_publication(feed.title) for feed in feeds)).decode()
    assert_shown(page)
    assert "<script" not in page


def _publication(title: str) -> Publication:
    return Publication(feed_id="all", title=title, digest="", items=1, size=1, since=NOW, updated=NOW, published=NOW)


def sources_read(data: bytes) -> None:
    text = text_of(data)
    try:
        parse_sources(text, name="sources.yml", check_schedule=lambda written: None)
    except ConfigurationError as wrong:
        assert wrong.mistakes
        for mistake in wrong.mistakes:
            assert mistake.message
            assert mistake.line >= 1
            assert mistake.column >= 1
