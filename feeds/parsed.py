"""Makes a Document of what feedparser collected of a feed document, whichever dialect that is.

Knows feedparser's dictionaries and what it mistakes; never calls it. Judges nothing that they say.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from feeds import fields
from feeds.clean import MAX_TEXT, clean_text
from feeds.entry_dates import EntryDate, day_order, read_date
from feeds.fields import Body
from feeds.links import clean_link
from feeds.skips import skip_days, skip_hours
from feeds.written import ADDRESS, Around, Written, entry_of, joined
from news.types import Advice, Document, Problem

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_MAIL_THEN_NAME = re.compile(r"\s*\S+@\S+\s*\((.*)\)\s*", re.DOTALL)
_NAME_THEN_MAIL = re.compile(r"\s*([^<(@]*[^<(@\s])\s*[<(]\S+@[^\s>)]+[>)]\s*", re.DOTALL)
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:\?|$)", re.IGNORECASE)
_DECODED = "application/octet-stream"  # base64, which feedparser decodes where it is text


def document_of(
    parsed: Any,
    *,
    encoding: str,
    text: str,
    url: str,
    zone: ZoneInfo | None,
    now: datetime,
    problems: list[Problem],
) -> Document:
    """The Document that ``parsed``, feedparser's result for ``text``, amounts to; adds to ``problems``."""
    feed = parsed.feed
    dialect = _dialect(str(parsed.version or ""), text)
    of_rss = text if dialect.startswith("rss") else ""  # no other has skipHours and skipDays
    base = joined(url, _detail(feed, "title", "base"))
    link = clean_link(_text(feed, "link"), base)
    feed_language = fields.language(_text(feed, "language"))
    author = fields.people(_people(feed), html=True)
    inherited = author if dialect.startswith("atom") else None  # RFC 4287 section 4.1.1; RSS names the editor there
    written = [item if isinstance(item, Written) else _written(item) for item in parsed.entries]
    order = day_order(item.published for item in written)
    read = partial(read_date, zone=zone, now=now, day_first=order)
    around = Around(base=link or base, language=feed_language, author=inherited, read=read)
    entries = [entry_of(item, f"entry {number}", around, problems) for number, item in enumerate(written, start=1)]
    updated = [date.moment for key in ("updated", "published") if (date := _date(feed, key, read)) and date.moment]
    return Document(
        dialect=dialect,
        encoding=encoding,
        id=fields.guid(_text(feed, "id")),
        title=_line(feed, "title"),
        link=link,
        self_link=next((clean_link(_text(found, "href"), base) for found in _links(feed, "self")), None),
        description=_line(feed, "subtitle") or _line(feed, "summary"),  # itunes:summary
        language=feed_language,
        updated=updated[0] if updated else None,
        rights=_line(feed, "rights"),
        author=author,
        image=fields.picture(_pictures(feed), base),
        entries=tuple(entries),
        problems=tuple(problems),
        advice=Advice(fresh_for=_fresh_for(feed), skip_hours=skip_hours(of_rss), skip_days=skip_days(of_rss)),
    )


def _written(item: Any) -> Written:
    contents = _value(item, "content") or []
    # What is said of a medium is the text where there is no other: YouTube.
    summary = _value(item, "summary_detail") or (None if contents else _value(item, "media_description_detail"))
    title = _value(item, "title_detail")
    written = Written()
    written.id = _text(item, "id")
    written.link, written.has_link = _link(item)
    written.title = _text(item, "title")
    written.title_base = _text(title, "base")
    written.title_is_html = "html" in _text(title, "type").lower()
    written.people = _people(item)
    written.summary = next(iter(_bodies([summary] if summary else [])), None)
    written.contents = _bodies(contents)
    written.published = _text(item, "published")
    written.updated = _text(item, "updated")
    # Its own, else its texts', the longest sort first.
    written.languages = (_text(item, "language"), *(_text(text, "language") for text in (*contents, summary, title)))
    written.categories = [_text(tag, "label") or _text(tag, "term") for tag in _value(item, "tags") or []]
    written.pictures = _pictures(item)
    enclosed = [
        (_text(found, "href"), _text(found, "type"), _text(found, "length")) for found in _links(item, "enclosure")
    ]
    written.attached = [*enclosed, *_recordings(item)]
    return written


def _link(item: Any) -> tuple[str, bool]:
    """The address of an entry, and whether a link says so."""
    original = _text(item, "feedburner_origlink")
    original = original if ADDRESS.match(original) else ""
    written = original or _text(item, "link")
    alternates = _links(item, "alternate")
    if not alternates:
        # feedparser takes a guid for the link, as RSS 2.0 says, even where it is a number or a tag: URI.
        return written or _text(item, "id"), False
    # feedparser lets what stands in a link without href come before, whatever its relation, also if it is nothing.
    addresses = [_text(link, "href") for link in alternates]
    return written if original or written in addresses else addresses[0], True


def _dialect(version: str, text: str) -> str:
    """feedparser's name; what it takes for Atom because of a namespace declared beside is named by its root."""
    root = re.match(r"<(?:[\w.\-]+:)?(\w+)", text)
    name = root[1].lower() if root else ""
    if name == "rdf" and not version.startswith("rss"):
        return "rss10"
    if name == "rss" and not version.startswith("rss"):
        return "rss"
    return version or ("atom" if name == "feed" else "rss")


def _bodies(details: Iterable[Any]) -> list[Body]:
    """What feedparser collected of texts; other media types than text and HTML are no text."""
    found: list[Body] = []
    for detail in details:
        kind = _text(detail, "type").lower() or "text/html"
        if kind.startswith("text/") or "html" in kind or kind in ("html", "text", "plain", _DECODED):
            html = "html" in kind or kind == _DECODED
            found.append(Body(text=_text(detail, "value"), html=html, base=_text(detail, "base")))
    return found


def _line(holder: Any, name: str) -> str | None:
    """A field of one line; feedparser says whether it holds HTML."""
    html = "html" in _detail(holder, name, "type").lower()
    text = _text(holder, name)
    return (clean_text(text, html=True) if html else fields.line(text)) or None


def _people(holder: Any) -> list[str]:
    people = [_text(person, "name") for person in _value(holder, "authors") or []]
    written = _text(holder, "author")[:MAX_TEXT]
    if len(people) == 1 and "@" in written:
        # feedparser cuts "desk@news.example (Name)" in the middle where the top-level domain has over four letters.
        named = _MAIL_THEN_NAME.fullmatch(written) or _NAME_THEN_MAIL.fullmatch(written)
        people = [named[1] if named else written]
    return [name for name in people if ("(" in name) == (")" in name)]


def _pictures(holder: Any) -> list[str]:
    """Addresses of pictures, the most fitting first."""
    found = [_text(thumbnail, "url") for thumbnail in _value(holder, "media_thumbnail") or []]
    for medium in _value(holder, "media_content") or []:
        address, kind = _text(medium, "url"), _text(medium, "medium") or _text(medium, "type")
        if kind == "image" or _text(medium, "type").startswith("image/") or (not kind and _PICTURE.search(address)):
            found.append(address)
    image = _value(holder, "image")
    if isinstance(image, Mapping):
        found.append(_text(image, "href"))
    return [address for address in [*found, _text(holder, "logo"), _text(holder, "icon")] if address]


def _recordings(item: Any) -> Iterator[tuple[str, str, str]]:
    """The sound and film among the media of an entry, as enclosures; its pictures are pictures."""
    for medium in _value(item, "media_content") or []:
        kind = _text(medium, "type").lower()
        if _text(medium, "medium").lower() in ("audio", "video") or kind.startswith(("audio/", "video/")):
            yield _text(medium, "url"), kind, _text(medium, "filesize")


def _links(holder: Any, relation: str) -> list[Any]:
    return [link for link in _value(holder, "links") or [] if _text(link, "rel") == relation and _text(link, "href")]


def _date(holder: Any, name: str, read: Callable[[str], EntryDate]) -> EntryDate | None:
    written = _text(holder, name)
    return read(written) if written.strip() else None


def _fresh_for(feed: Any) -> timedelta | None:
    """RSS ttl (minutes), else RSS 1.0's syndication module: a period and how often in it."""
    ttl = _text(feed, "ttl").strip()
    if ttl.isascii() and ttl.isdigit() and len(ttl) <= 9 and int(ttl) > 0:
        return timedelta(minutes=int(ttl))
    period = _PERIODS.get(_text(feed, "sy_updateperiod").strip().lower())
    if period is None:
        return None
    often = _text(feed, "sy_updatefrequency").strip()
    return period / int(often) if often.isascii() and often.isdigit() and len(often) <= 4 and int(often) > 0 else period


def _detail(holder: Any, name: str, part: str) -> str:
    return _text(_value(holder, f"{name}_detail"), part)


def _text(holder: Any, name: str) -> str:
    """A string of feedparser's; hostile documents put other things in its place."""
    value = _value(holder, name)
    return value if isinstance(value, str) else ""


def _value(holder: Any, name: str) -> Any:
    """Avoids the look-up of feedparser's dictionaries: slow, and with deprecated mappings."""
    return dict.get(holder, name) if isinstance(holder, dict) else None
