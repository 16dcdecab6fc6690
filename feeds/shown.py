"""An Item as every format shows it: title, author, texts, credits, enclosures; and where its Feed stands. Pure."""

import re
import unicodedata
from datetime import UTC, datetime
from html import escape
from mimetypes import MimeTypes
from urllib.parse import urlsplit

from arabic.counting import SOURCES
from feeds.clean import words_of
from feeds.outgoing import ascii_address, ascii_identifier, direction, language_tag, printable
from news.types import Credit, Enclosure, Feed, Item

LANGUAGE = "ar"  # of a feed: its title, its description, and its items unless they say otherwise
MEDIA_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
    "html": "text/html",
}
UNKNOWN_MEDIA = "application/octet-stream"

_RIGHT_TO_LEFT_MARK = "\N{RIGHT-TO-LEFT MARK}"
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][\w.+-]*/[A-Za-z0-9][\w.+-]*", re.ASCII)
_MEDIA_TYPES = MimeTypes()  # Python's own table: that of the machine may differ


def address_of(feed: Feed, ending: str) -> str:
    """Where the feed stands in the format ``ending``. Raises ValueError if its site is no http address."""
    address = ascii_address(f"{feed.site_url}{feed.id}.{ending}")
    if address is None:
        raise ValueError(f"not an http address: {feed.site_url!r}")
    return address


def name_of(feed: Feed) -> str:
    return shown(feed.title) or feed.id


def moment_of(moment: datetime) -> datetime:
    """As dates are published: UTC, whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0)


def shown(text: str) -> str:
    """``text`` fit to be shown; empty if there is nothing to see in it."""
    text = printable(text)
    return text if text.strip() else ""


def title_of(item: Item) -> str:
    """The title, plain text; an item without one is called by its address."""
    title = shown(item.title)
    return in_its_direction(title, item.language) if title else ascii_address(item.link) or ascii_identifier(item.id)


def in_its_direction(text: str, language: str | None) -> str:
    """Plain text; in a right-to-left language that begins with Latin letters it gets a mark in front.

    A reader sets a line by its first strong character: «Orion Labs تعلن …» would run the wrong way.
    """
    strong = next((kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), None)
    if strong == "L" and language is not None and direction(language) == "rtl":
        return _RIGHT_TO_LEFT_MARK + text
    return text


def author_of(item: Item) -> str | None:
    """Who wrote it; failing that, the source that brought it first."""
    names = (item.author or "", *(credit.title for credit in item.credits))
    return next(filter(None, map(shown, names)), None)


def categories_of(item: Item) -> list[tuple[str, str]]:
    """Ids and names of the categories that have an id."""
    named = ((shown(term), shown(name)) for term, name in item.categories)
    return [(term, name or term) for term, name in named if term]


def texts_of(item: Item) -> tuple[str | None, str]:
    """What ``bare_texts_of`` gives, the text with its credits, each in its direction."""
    summary, text = bare_texts_of(item)
    credits = credit_line(item.credits)
    if not text and not credits:  # a feed item must say something: RFC 4287 §4.1.2 asks for content or a link
        text = escape(title_of(item))
    return _set(summary, item.language) if summary else None, _set(text + credits, item.language)


def bare_texts_of(item: Item) -> tuple[str, str]:
    """The summary, where it is not the whole text, and the whole text: HTML, empty where there is none."""
    summary, content = shown(item.summary or ""), shown(item.content or "")
    text = content or summary
    return summary if summary != text else "", text


def plain_text(html: str) -> str:
    """The words of an item's HTML, fit to be shown."""
    return shown(words_of(html))


def _set(html: str, language: str | None) -> str:
    tag = language_tag(language)
    lang = "" if tag is None else f' lang="{tag}"'
    return f'<div dir="{direction(tag)}"{lang}>{html}</div>'


def credit_line(credits: tuple[Credit, ...]) -> str:
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
    title = shown(credit.title)
    if not title:
        return ""
    link = ascii_address(credit.link)
    name = f"<bdi>{escape(title)}</bdi>"  # or a list of Latin names would run from left to right
    named = name if link is None else f'<a href="{escape(link)}" rel="noopener noreferrer nofollow ugc">{name}</a>'
    headline = shown(credit.headline or "")
    return f"{named}: <bdi>{escape(headline)}</bdi>" if headline else named


def enclosures_of(item: Item) -> list[Enclosure]:
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
    return _MEDIA_TYPES.guess_type(urlsplit(url).path)[0] or UNKNOWN_MEDIA
