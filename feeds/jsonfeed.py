"""Reads JSON Feed 1.0 and 1.1. Pure; knows the fields of the format, judges nothing.

A field of the wrong kind counts as absent: publishers write numbers for ids and null for empty text.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from feeds import fields
from feeds.clean import clean_text
from feeds.entry_dates import EntryDate, day_order, newest, read_date
from feeds.fields import Body
from feeds.links import clean_link
from feeds.structure import MAX_ENTRIES
from news.types import Document, Entry, Problem, Reason, Unreadable

MAX_DEPTH = 100

_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BARE_VERSION = re.compile(r"1(?:\.[01])?")
_BRACKET = re.compile(r"[\[\]{}]")


def parse_json_feed(
    text: str, *, encoding: str, url: str, zone: ZoneInfo | None, now: datetime, problems: list[Problem]
) -> Document | Unreadable:
    """The document in ``text``, or why it is none. Where a name is given twice the last one counts (RFC 8259)."""
    if _nests_too_deep(text):
        return Unreadable(reason=Reason.HOSTILE, message=f"JSON nests deeper than {MAX_DEPTH}")
    try:
        # A number of 5,000 digits is a ValueError, NaN a float like another: no field of ours is a fraction.
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as fault:
        return Unreadable(reason=Reason.NOT_A_FEED, message=f"no JSON: {clean_text(str(fault), limit=200)}")
    if not isinstance(feed, dict) or not _is_feed(feed):
        return Unreadable(reason=Reason.NOT_A_FEED, message="JSON, but no JSON Feed")
    link = clean_link(_text(feed, "home_page_url"), url)
    entries: list[Entry] = []
    items = [item for item in _list(feed, "items") if isinstance(item, dict)]
    kept: Sequence[int] = range(len(items))
    if len(items) > MAX_ENTRIES:
        problems.append(Problem(reason=Reason.TOO_MANY_ENTRIES, message=f"{len(items)} entries, kept {MAX_ENTRIES}"))
        dates = [_text(item, "date_published") or _text(item, "date_modified") for item in items]
        kept = sorted(newest(dates, MAX_ENTRIES, now=now))
    items = [items[place] for place in kept]
    read = partial(read_date, zone=zone, now=now, day_first=day_order(_text(item, "date_published") for item in items))
    for number, item in enumerate(items, start=1):
        entries.append(_entry(item, feed, f"entry {number}", base=url, read=read, problems=problems))
    return Document(
        dialect="json11" if _text(feed, "version").rstrip("/").endswith("1.1") else "json10",
        encoding=encoding,
        id=fields.guid(_text(feed, "feed_url")),
        title=clean_text(_text(feed, "title")) or None,
        link=link,
        self_link=clean_link(_text(feed, "feed_url"), url),
        description=clean_text(_text(feed, "description")) or None,
        language=fields.language(_text(feed, "language")),
        author=_authors(feed),
        image=fields.picture((_text(feed, "icon"), _text(feed, "favicon")), url),
        entries=tuple(entries),
        problems=tuple(problems),
    )


def _is_feed(feed: Mapping[str, Any]) -> bool:
    """By its version, also where that is a bare number; without one by items that can be nothing else."""
    version = _text(feed, "version")
    if "jsonfeed.org/version/" in version:
        return True
    items = [item for item in _list(feed, "items") if isinstance(item, dict)]
    named = any(_text(item, name) for item in items for name in ("content_text", "content_html"))
    return bool(items) and (named if not version else _BARE_VERSION.fullmatch(version) is not None)


def _entry(
    item: Mapping[str, Any],
    feed: Mapping[str, Any],
    place: str,
    *,
    base: str,
    read: Callable[[str], EntryDate],
    problems: list[Problem],
) -> Entry:
    written_link = _text(item, "url") or _text(item, "external_url")
    link = clean_link(written_link, base)
    problems += fields.link_problems(written_link, link, place)
    base = link or base
    html, text, summary = _text(item, "content_html"), _text(item, "content_text"), _text(item, "summary")
    title = fields.line(_text(item, "title"))
    short, long = fields.bodies(
        Body(text=summary, html=False, base=base) if summary else None,
        [Body(text=html or text, html=bool(html), base=base)] if html or text else [],
        title=title,
    )
    if not title and not fields.has_something_to_show(short) and not fields.has_something_to_show(long):
        problems.append(Problem(reason=Reason.NOTHING_TO_SHOW, message="neither title nor text", place=place))
    published = _date(item, "date_published", read)
    updated = _date(item, "date_modified", read)
    dates = [date for date in (published, updated) if date is not None]
    problems += [problem for date in dates for problem in fields.date_problems(date, place)]
    return Entry(
        guid=fields.guid(_text(item, "id")),
        link=link,
        title=fields.headline(title, short, long, place, problems),
        author=_authors(item) or _authors(feed),
        summary=short,
        content=long,
        published=published.moment if published else None,
        updated=updated.moment if updated else None,
        date_text=dates[0].text if dates else None,
        zone_known=next((date.zone_known for date in dates if date.moment), True),
        language=fields.language(_text(item, "language")) or fields.language(_text(feed, "language")),
        categories=fields.categories([tag for tag in _list(item, "tags") if isinstance(tag, str)], html=False),
        image=fields.picture((_text(item, "image"), _text(item, "banner_image")), base),
        enclosures=fields.enclosures(
            (
                (_text(file, "url"), _text(file, "mime_type"), _text(file, "size_in_bytes"))
                for file in _list(item, "attachments")
                if isinstance(file, dict)
            ),
            base,
        ),
    )


def _authors(holder: Mapping[str, Any]) -> str | None:
    """``authors`` of 1.1, else ``author`` of 1.0."""
    people = [*_list(holder, "authors"), holder.get("author")]
    return fields.people([_text(person, "name") for person in people if isinstance(person, dict)], html=False)


def _date(item: Mapping[str, Any], name: str, read: Callable[[str], EntryDate]) -> EntryDate | None:
    written = _text(item, name)
    return read(written) if written.strip() else None


def _text(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _list(holder: Mapping[str, Any], name: str) -> list[Any]:
    value = holder.get(name)
    return value if isinstance(value, list) else []


def _nests_too_deep(text: str) -> bool:
    """Brackets outside strings; a quote that never ends counts as the end of the text."""
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False
