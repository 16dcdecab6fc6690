"""Makes a Document of what feedparser collected of a feed document, whichever dialect that is.

Knows feedparser's dictionaries and what it mistakes; never calls it. Judges nothing that they say.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from feeds import fields
from feeds.clean import MAX_TEXT, clean_text
from feeds.entry_dates import EntryDate, day_order, read_date
from feeds.fields import Body
from feeds.links import clean_link
from feeds.skips import skip_days, skip_hours
from news.types import Advice, Document, Entry, Problem, Reason

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_MAIL_THEN_NAME = re.compile(r"\s*\S+@\S+\s*\((.*)\)\s*", re.DOTALL)
_NAME_THEN_MAIL = re.compile(r"\s*([^<(@]*[^<(@\s])\s*[<(]\S+@[^\s>)]+[>)]\s*", re.DOTALL)
_DECODED = "application/octet-stream"  # base64, which feedparser decodes where it is text
_ADDRESS = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)


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
    base = _joined(url, _detail(feed, "title", "base"))
    link = clean_link(_text(feed, "link"), base)
    feed_language = fields.language(_text(feed, "language"))
    author = _authors(feed)
    inherited = author if dialect.startswith("atom") else None  # RFC 4287 section 4.1.1; RSS names the editor there
    entries: list[Entry] = []
    order = day_order(_text(item, "published") for item in parsed.entries)
    read = partial(read_date, zone=zone, now=now, day_first=order)
    for number, item in enumerate(parsed.entries, start=1):
        entries.append(_entry(item, f"entry {number}", link or base, feed_language, inherited, read, problems))
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
        advice=Advice(fresh_for=_fresh_for(feed), skip_hours=skip_hours(text), skip_days=skip_days(text)),
    )


def _entry(
    item: Any,
    place: str,
    feed_base: str,
    feed_language: str | None,
    feed_author: str | None,
    read: Callable[[str], EntryDate],
    problems: list[Problem],
) -> Entry:
    link = _entry_link(item, feed_base, place, problems)
    base = link or feed_base
    contents = _value(item, "content") or []
    # What is said of a medium is the text where there is no other: YouTube.
    summary = _value(item, "summary_detail") or (None if contents else _value(item, "media_description_detail"))
    summaries = _bodies([summary] if summary else [], base)
    title = _line(item, "title") or ""
    short, long = fields.bodies(summaries[0] if summaries else None, _bodies(contents, base), title=title)
    if not title and not fields.has_something_to_show(short) and not fields.has_something_to_show(long):
        problems.append(Problem(reason=Reason.NOTHING_TO_SHOW, message="neither title nor text", place=place))
    published = _date(item, "published", read)
    updated = _date(item, "updated", read)
    dates = [date for date in (published, updated) if date is not None]
    problems.extend(fields.date_problems(dates, place))
    attached = [
        (_text(found, "href"), _text(found, "type"), _text(found, "length")) for found in _links(item, "enclosure")
    ]
    return Entry(
        guid=fields.guid(_text(item, "id")),
        link=link,
        title=fields.headline(title, short, long, place, problems),
        author=_authors(item) or feed_author,
        summary=short,
        content=long,
        published=published.moment if published else None,
        updated=updated.moment if updated else None,
        date_text=dates[0].text if dates else None,
        zone_known=next((date.zone_known for date in dates if date.moment), True),
        language=_language(item, [*contents, summary, _value(item, "title_detail")]) or feed_language,
        categories=fields.categories(
            (_text(tag, "label") or _text(tag, "term"), True) for tag in _value(item, "tags") or []
        ),
        image=fields.picture(
            [*_pictures(item), *(found[0] for found in attached if found[1].startswith("image/"))], base
        ),
        enclosures=fields.enclosures([*attached, *_recordings(item)], base),
    )


def _entry_link(item: Any, base: str, place: str, problems: list[Problem]) -> str | None:
    original = _text(item, "feedburner_origlink")
    original = original if _ADDRESS.match(original) else ""
    written = original or _text(item, "link")
    if alternates := _links(item, "alternate"):
        # feedparser lets what stands in a link without href come before, whatever its relation, also if it is nothing.
        addresses = [_text(link, "href") for link in alternates]
        written = written if original or written in addresses else addresses[0]
    else:
        # feedparser takes a guid for the link, as RSS 2.0 says, even where it is a number or a tag: URI.
        written = written or _text(item, "id")
        if not _ADDRESS.match(written):
            return None
    base = _joined(base, _detail(item, "title", "base"))
    link = clean_link(written, base)
    if written and link is None:
        problems.append(Problem(reason=Reason.BAD_LINK, message=clean_text(written, limit=200), place=place))
    return link


def _joined(base: str, relative: str) -> str:
    """``base`` moved by an xml:base, where that leads to an address."""
    if not relative:
        return base
    try:
        joined = urljoin(base, relative)
    except ValueError:
        return base
    return joined if _ADDRESS.match(joined) else base


def _dialect(version: str, text: str) -> str:
    """feedparser's name; what it takes for Atom because of a namespace declared beside is named by its root."""
    root = re.match(r"<(?:[\w.\-]+:)?(\w+)", text)
    name = root[1].lower() if root else ""
    if name == "rdf" and not version.startswith("rss"):
        return "rss10"
    if name == "rss" and not version.startswith("rss"):
        return "rss"
    return version or ("atom" if name == "feed" else "rss")


def _bodies(details: Iterable[Any], base: str) -> list[Body]:
    """What feedparser collected of texts; other media types than text and HTML are no text."""
    found: list[Body] = []
    for detail in details:
        kind = _text(detail, "type").lower() or "text/html"
        if kind.startswith("text/") or "html" in kind or kind in ("html", "text", "plain", _DECODED):
            html = "html" in kind or kind == _DECODED
            found.append(Body(text=_text(detail, "value"), html=html, base=_joined(base, _text(detail, "base"))))
    return found


def _line(holder: Any, name: str) -> str | None:
    """A field of one line; feedparser says whether it holds HTML."""
    html = "html" in _detail(holder, name, "type").lower()
    text = _text(holder, name)
    return (clean_text(text, html=True) if html else fields.line(text)) or None


def _authors(holder: Any) -> str | None:
    people = [_text(person, "name") for person in _value(holder, "authors") or []]
    written = _text(holder, "author")[:MAX_TEXT]
    if len(people) == 1 and "@" in written:
        # feedparser cuts "desk@news.example (Name)" in the middle where the top-level domain has over four letters.
        named = _MAIL_THEN_NAME.fullmatch(written) or _NAME_THEN_MAIL.fullmatch(written)
        people = [named[1] if named else written]
    return fields.people((name, True) for name in people if ("(" in name) == (")" in name))


def _pictures(holder: Any) -> list[str]:
    """Addresses of pictures, the most fitting first."""
    found = [_text(thumbnail, "url") for thumbnail in _value(holder, "media_thumbnail") or []]
    for medium in _value(holder, "media_content") or []:
        if _text(medium, "medium") == "image" or _text(medium, "type").startswith("image/"):
            found.append(_text(medium, "url"))
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


def _language(item: Any, texts: Iterable[Any]) -> str | None:
    """What is declared of an entry: of itself, else of its texts, the longest sort first."""
    declared = (_text(item, "language"), *(_text(text, "language") for text in texts))
    return next(filter(None, map(fields.language, declared)), None)


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
