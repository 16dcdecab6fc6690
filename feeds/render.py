"""A Feed as RSS 2.0 or Atom 1.0 bytes. Pure: the same Feed gives the same bytes.

The only module that knows feedgen, and all its habits: dates default to now, the RSS channel link is the last link
added, an Atom entry's links lose rel, type and length, one control character aborts the whole feed.
"""

import re
import unicodedata
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from mimetypes import MimeTypes
from typing import Any
from urllib.parse import urlsplit

import feedgen.entry
import feedgen.feed
from feedgen.ext.base import BaseEntryExtension
from lxml import etree

from arabic.counting import SOURCES
from feeds.outgoing import ascii_address, ascii_identifier, direction, language_tag, printable
from news.types import Credit, Enclosure, Feed, Item

LANGUAGE = "ar"  # of a feed: its title, its description, and its items unless they say otherwise

# feedgen 1.0.0 writes RFC 822 dates by changing the locale of the whole process for a moment (feedgen/util.py).
feedgen.feed.formatRFC2822 = feedgen.entry.formatRFC2822 = format_datetime

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# RFC 5646 prefers ckb; feed readers and the W3C validator know the two-letter languages of ISO 639-1 only.
_ISO_639_1 = {"ckb": "ku-Arab"}
_RIGHT_TO_LEFT_MARK = "\N{RIGHT-TO-LEFT MARK}"
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][\w.+-]*/[A-Za-z0-9][\w.+-]*", re.ASCII)
_MEDIA_TYPES = MimeTypes()  # Python's own table: that of the machine may differ
_UNKNOWN_MEDIA = "application/octet-stream"
_TITLE = re.compile(rb"<title>[^<]*</title>")


def render_rss(feed: Feed, *, self_url: str) -> bytes:
    """RSS 2.0 with atom:link, content:encoded and dc:creator. ``self_url``: where these bytes will be published.

    Raises ValueError if ``self_url`` or the feed's site is no http address.
    """
    channel = _described(feed, self_url, "application/rss+xml")
    channel.language(LANGUAGE)
    channel.load_extension("dc", atom=False, rss=True)
    for item in feed.items:
        entry = _entry(item)
        summary, content = _texts(item)
        if summary is not None:
            entry.summary(summary)
        entry.content(content)
        link = ascii_address(item.link)
        if link is not None:
            entry.link(href=link)
        for enclosure in _enclosures(item)[:1]:
            entry.enclosure(enclosure.url, str(enclosure.length or 0), enclosure.type)
        channel.add_entry(entry, order="append")
        author = _author(item)
        if author is not None:
            entry.dc.dc_creator(author)
    return _TITLE.sub(_hexadecimal, channel.rss_str(pretty=True))


def render_atom(feed: Feed, *, self_url: str) -> bytes:
    """Atom 1.0 (RFC 4287). ``self_url``: where these bytes will be published.

    Raises ValueError if ``self_url`` or the feed's site is no http address.
    """
    document = _described(feed, self_url, "application/atom+xml")
    document.language(LANGUAGE)
    # What an entry without an author inherits (RFC 4287 §4.2.1).
    document.author(name=_shown(feed.title) or feed.id)
    for item in feed.items:
        entry = _entry(item)
        entry.updated(_moment(item.updated))
        summary, content = _texts(item)
        if summary is not None:
            entry.summary(summary, type="html")
        entry.content(content, type="html")
        author = _author(item)
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
        for enclosure in _enclosures(self.item):
            element = etree.SubElement(
                entry, "link", rel="enclosure", href=enclosure.url, type=enclosure.type or _UNKNOWN_MEDIA
            )
            if enclosure.length is not None:
                element.set("length", str(enclosure.length))
        return entry


def _hexadecimal(title: re.Match[bytes]) -> bytes:
    """The same title for every XML parser; the RSS Profile asks for it so that nobody takes the text for HTML."""
    return title[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


def _described(feed: Feed, self_url: str, media_type: str) -> Any:
    """A feedgen document with everything but the items."""
    document = feedgen.feed.FeedGenerator()
    own, site = ascii_address(self_url), ascii_address(feed.site_url)
    if own is None or site is None:
        raise ValueError(f"not an http address: {self_url if own is None else feed.site_url!r}")
    document.id(f"tag:{urlsplit(site).hostname},2026:{feed.id}")  # beside public_id's, in news/selection.py
    title = _shown(feed.title) or feed.id
    document.title(title)
    document.subtitle(_shown(feed.description) or title)
    document.link(href=own, rel="self", type=media_type)
    document.link(href=site, rel="alternate", type="text/html")  # last: feedgen's RSS channel link
    document.updated(_moment(feed.updated))  # feedgen's lastBuildDate too
    document.generator("Khulasa")  # without a version: an upgrade does not change a feed
    return document


def _entry(item: Item) -> Any:
    """A feedgen entry with what both formats take in the same form."""
    entry = feedgen.entry.FeedEntry()
    entry.id(ascii_identifier(item.id))
    entry.title(_title(item))
    entry.published(_moment(item.date))
    for term, name in item.categories:
        shown_term = _shown(term)
        if shown_term:
            entry.category(term=shown_term, label=_shown(name) or shown_term)
    return entry


def _shown(text: str) -> str:
    """``text`` fit to be shown; empty if there is nothing to see in it."""
    text = printable(text)
    return text if text.strip() else ""


def _title(item: Item) -> str:
    """The title. One in a right-to-left language that begins with Latin letters gets a mark in front.

    A reader sets a line by its first strong character: «Orion Labs تعلن …» would run the wrong way.
    """
    title = _shown(item.title)
    if not title:
        return ascii_address(item.link) or ascii_identifier(item.id)
    strong = next((kind for kind in map(unicodedata.bidirectional, title) if kind in ("L", "R", "AL")), None)
    if strong == "L" and item.language is not None and direction(item.language) == "rtl":
        return _RIGHT_TO_LEFT_MARK + title
    return title


def _author(item: Item) -> str | None:
    """Who wrote it; failing that, the source that brought it first."""
    names = (item.author or "", *(credit.title for credit in item.credits))
    return next((shown for shown in map(_shown, names) if shown), None)


def _texts(item: Item) -> tuple[str | None, str]:
    """The summary, where it is not the whole text, and the whole text with its credits. HTML, each in its direction."""
    summary, content = _shown(item.summary or ""), _shown(item.content or "")
    text = content or summary
    shown_summary = _set(summary, item.language) if summary and summary != text else None
    credits = _credits(item.credits)
    if not text and not credits:  # a feed item must say something: RFC 4287 §4.1.2 asks for content or a link
        text = escape(_title(item))
    return shown_summary, _set(text + credits, item.language)


def _set(html: str, language: str | None) -> str:
    tag = language_tag(language)
    lang = "" if tag is None else f' lang="{tag}"'
    return f'<div dir="{direction(tag)}"{lang}>{html}</div>'


def _credits(credits: tuple[Credit, ...]) -> str:
    """The line that names the sources, in Arabic whatever the language of the text."""
    names = [html for html in map(_credit, credits) if html]
    if not names:
        return ""
    word = "المصدر" if len(names) == 1 else SOURCES.counted(len(names))
    if any(credit.headline for credit in credits):
        told = "".join(f"<li>{name}</li>" for name in names)
        return f'<p dir="rtl" lang="{LANGUAGE}">{word}:</p><ul dir="rtl">{told}</ul>'
    return f'<p dir="rtl" lang="{LANGUAGE}">{word}: {"، ".join(names)}</p>'


def _credit(credit: Credit) -> str:
    title = _shown(credit.title)
    if not title:
        return ""
    link = ascii_address(credit.link)
    name = f"<bdi>{escape(title)}</bdi>"  # or a list of Latin names would run from left to right
    shown = name if link is None else f'<a href="{escape(link)}" rel="noopener noreferrer nofollow ugc">{name}</a>'
    headline = _shown(credit.headline or "")
    return f"{shown}: <bdi>{escape(headline)}</bdi>" if headline else shown


def _enclosures(item: Item) -> list[Enclosure]:
    """The enclosures that can be published: each address once, with a type."""
    found: dict[str, Enclosure] = {}
    for enclosure in item.enclosures:
        url = ascii_address(enclosure.url)
        if url is not None:
            length = enclosure.length if enclosure.length is not None and 0 <= enclosure.length < 2**63 else None
            found.setdefault(url, Enclosure(url=url, type=_media_type(enclosure.type, url), length=length))
    return list(found.values())


def _media_type(declared: str | None, url: str) -> str:
    if declared is not None and _MEDIA_TYPE.fullmatch(declared):
        return declared
    return _MEDIA_TYPES.guess_type(urlsplit(url).path)[0] or _UNKNOWN_MEDIA


def _moment(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
