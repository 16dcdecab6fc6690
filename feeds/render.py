"""A Feed as RSS 2.0 or Atom 1.0 bytes. Pure: the same Feed gives the same bytes.

The only module that knows feedgen, and all its habits: dates default to now, the RSS channel link is the last link
added, an Atom entry's links lose rel, type and length, one control character aborts the whole feed.
"""

import re
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import feedgen.entry
import feedgen.feed
from feedgen.ext.base import BaseEntryExtension
from lxml import etree

from feeds.outgoing import ascii_address, ascii_identifier, language_tag
from feeds.shown import (
    LANGUAGE,
    MEDIA_TYPES,
    UNKNOWN_MEDIA,
    address_of,
    author_of,
    categories_of,
    enclosures_of,
    moment_of,
    name_of,
    shown,
    texts_of,
    title_of,
)
from news.types import Feed, Item

# feedgen 1.0.0 writes RFC 822 dates by changing the locale of the whole process for a moment (feedgen/util.py).
feedgen.feed.formatRFC2822 = feedgen.entry.formatRFC2822 = format_datetime

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# RFC 5646 prefers ckb; feed readers and the W3C validator know the two-letter languages of ISO 639-1 only.
_ISO_639_1 = {"ckb": "ku-Arab"}
_TITLE = re.compile(rb"<title>[^<]*</title>")


def render_rss(feed: Feed) -> bytes:
    """RSS 2.0 with atom:link, content:encoded, dc:creator. Raises ValueError if the feed's site is no http address."""
    channel = _described(feed, "rss")
    channel.language(LANGUAGE)
    channel.load_extension("dc", atom=False, rss=True)
    for item in feed.items:
        entry = _entry(item)
        summary, content = texts_of(item)
        if summary is not None:
            entry.summary(summary)
        entry.content(content)
        link = ascii_address(item.link)
        if link is not None:
            entry.link(href=link)
        for enclosure in enclosures_of(item)[:1]:
            entry.enclosure(enclosure.url, str(enclosure.length or 0), enclosure.type)
        channel.add_entry(entry, order="append")
        author = author_of(item)
        if author is not None:
            entry.dc.dc_creator(author)
    return _TITLE.sub(_hexadecimal, channel.rss_str(pretty=True))


def render_atom(feed: Feed) -> bytes:
    """Atom 1.0 (RFC 4287). Raises ValueError if the feed's site is no http address."""
    document = _described(feed, "atom")
    document.language(LANGUAGE)
    # What an entry without an author inherits (RFC 4287 §4.2.1).
    document.author(name=name_of(feed))
    for item in feed.items:
        entry = _entry(item)
        entry.updated(moment_of(item.updated))
        summary, content = texts_of(item)
        if summary is not None:
            entry.summary(summary, type="html")
        entry.content(content, type="html")
        author = author_of(item)
        if author is not None:
            entry.author(name=author)
        entry.register_extension("rest", _AtomRest, rss=False)
        entry.rest.item = item
        document.add_entry(entry, order="append")
    return bytes(document.atom_str(pretty=True))


class _AtomRest(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no types
    """What feedgen cannot write into an Atom entry: its language, and links with their rel, type and length."""

    item: Item

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        language = language_tag(self.item.language)
        if language is not None and language != LANGUAGE:
            entry.set(_XML_LANG, _ISO_639_1.get(language, language))
        link = ascii_address(self.item.link)
        if link is not None:
            etree.SubElement(entry, "link", rel="alternate", href=link)
        for enclosure in enclosures_of(self.item):
            element = etree.SubElement(
                entry, "link", rel="enclosure", href=enclosure.url, type=enclosure.type or UNKNOWN_MEDIA
            )
            if enclosure.length is not None:
                element.set("length", str(enclosure.length))
        return entry


def _hexadecimal(title: re.Match[bytes]) -> bytes:
    """The same title for every XML parser; the RSS Profile asks for it so that nobody takes the text for HTML."""
    return title[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


def _described(feed: Feed, ending: str) -> Any:
    """A feedgen document with everything but the items."""
    document = feedgen.feed.FeedGenerator()
    page = address_of(feed, "html")
    document.id(f"tag:{urlsplit(page).hostname},2026:{feed.id}")  # beside public_id's, in news/selection.py
    title = name_of(feed)
    document.title(title)
    document.subtitle(shown(feed.description) or title)
    document.link(href=address_of(feed, ending), rel="self", type=MEDIA_TYPES[ending])
    # The other formats are "related": readers that take the first alternate for the page, or the last (newsboat),
    # would open one of them. Of all these, feedgen's RSS has the first, and the last as the channel's link.
    for other in ("rss", "atom", "json"):
        if other != ending:
            document.link(href=address_of(feed, other), rel="related", type=MEDIA_TYPES[other])
    document.link(href=page, rel="alternate", type=MEDIA_TYPES["html"])
    document.updated(moment_of(feed.updated))  # feedgen's lastBuildDate too
    document.generator("Khulasa")  # without a version: an upgrade does not change a feed
    return document


def _entry(item: Item) -> Any:
    """A feedgen entry with what both formats take in the same form."""
    entry = feedgen.entry.FeedEntry()
    entry.id(ascii_identifier(item.id))
    entry.title(title_of(item))
    entry.published(moment_of(item.date))
    for term, name in categories_of(item):
        entry.category(term=term, label=name)
    return entry
