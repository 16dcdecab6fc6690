"""``khulasa read`` and ``khulasa judge``: documents and articles in, JSON lines out, nothing stored.

Lines are bytes in UTF-8, whatever the terminal speaks.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from html import escape
from typing import Any

from arabic.language import settled_language
from feeds.parse import parse
from khulasa.stream_of_stories import StreamOfStories
from news.conclude import conclude
from news.errors import KhulasaError
from news.paragraphs import text_of
from news.types import Article, Entry, Source, Unreadable

_MISSING = "unreadable_file"


def read_line(name: str, body: bytes, *, url: str, headers: Mapping[str, str], now: datetime) -> dict[str, object]:
    """How a document is read, in the shape that the README of this verb promises."""
    document = parse(body, url=url, headers=tuple((k.lower(), v) for k, v in headers.items()), zone=None, now=now)
    if isinstance(document, Unreadable):
        return unread_line(name, document.reason, document.message)
    return {
        "document": name,
        "encoding": document.encoding,
        "feed": {
            "id": document.id,
            "title": document.title,
            "link": document.link,
            "self": document.self_link,
            "description": document.description,
            "language": document.language,
            "updated": _when(document.updated),
            "rights": document.rights,
            "author": document.author,
            "image": document.image,
        },
        "entries": [_entry(entry) for entry in document.entries],
        "problems": [asdict(problem) for problem in document.problems],
        "error": None,
    }


def unread_line(name: str, reason: str, message: str) -> dict[str, object]:
    """The same shape for what could not be read."""
    return {
        "document": name,
        "encoding": None,
        "feed": None,
        "entries": [],
        "problems": [],
        "error": {"reason": reason, "message": message},
    }


def missing_line(name: str, message: str) -> dict[str, object]:
    """The same shape for a file that cannot be opened."""
    return unread_line(name, _MISSING, message)


def is_missing(line: Mapping[str, Any]) -> bool:
    """Does the line stand for a file that could not be opened?"""
    return line["error"] is not None and line["error"]["reason"] == _MISSING


def _entry(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.guid,
        "title": entry.title or None,
        "link": entry.link,
        "published": _when(entry.published),
        "updated": _when(entry.updated),
        "date_text": entry.date_text,
        "zone_known": entry.zone_known if entry.published or entry.updated else None,
        "author": entry.author,
        "summary": entry.summary,
        "content": entry.content,
        "language": settled_language(f"{entry.title}\n{text_of(entry.body)}", entry.language),
        "categories": list(entry.categories),
        "enclosures": [asdict(enclosure) for enclosure in entry.enclosures],
    }


def requested(lines: Iterable[bytes]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """(path, url, headers) of each ``--requests`` line. Raises KhulasaError with the number of one that is none."""
    for number, asked in _objects(lines):
        path, url, headers = asked.get("path"), _text(asked, "url", number), asked.get("headers") or {}
        if not isinstance(path, str) or not isinstance(headers, dict):
            raise KhulasaError(f'line {number}: needs "path", and "headers" as an object')
        yield path, url or "", {name: str(value) for name, value in headers.items()}


def judged(lines: Iterable[bytes], *, now: datetime) -> Iterator[dict[str, object]]:
    """What we conclude about each line ``{"id","outlet","title","text","url","published"}`` (all but title optional).

    ``duplicate_of`` and ``story`` name ids seen earlier in the same stream: the article whose text this is a copy of,
    and the one that founded the story. An id comes back as it was given; a line without one is called by its number.
    Raises KhulasaError for a line that is none.
    """
    stories = StreamOfStories()
    for number, asked in _objects(lines):
        name = _name(asked, number)
        article = _conclude(asked, str(name), number, now)
        duplicate_of, story = stories.place(name, article)
        yield {
            "id": name,
            "fingerprint": article.lead.fingerprint,
            "language": article.language,
            "byline": article.byline,
            "agency": article.agency,
            "categories": [{"id": label.id, "score": label.score} for label in article.categories],
            "countries": [label.id for label in article.countries],
            "duplicate_of": duplicate_of,
            "story": story,
        }


def _conclude(asked: Mapping[str, Any], name: str, number: int, now: datetime) -> Article:
    title = _text(asked, "title", number)
    if title is None:
        raise KhulasaError(f'line {number}: needs a "title"')
    outlet = _text(asked, "outlet", number) or "stream"
    text = _text(asked, "text", number) or ""
    entry = Entry(
        guid=name,
        link=_text(asked, "url", number),
        title=title,
        content="".join(f"<p>{escape(p)}</p>" for p in text.splitlines() if p.strip()) or None,
        published=_published(_text(asked, "published", number), number),
    )
    return conclude(entry, source=Source(id=outlet, title=outlet, url=""), key=name, now=now)


def _name(asked: Mapping[str, Any], number: int) -> str | int:
    name = asked.get("id")
    if isinstance(name, int) and not isinstance(name, bool):
        return name
    return _text(asked, "id", number) or str(number)


def _text(asked: Mapping[str, Any], key: str, number: int) -> str | None:
    text = asked.get(key)
    if text is not None and not isinstance(text, str):
        raise KhulasaError(f'line {number}: "{key}" must be text')
    return text


def _published(text: str | None, number: int) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise KhulasaError(f"line {number}: published {text!r} is no RFC 3339 date") from None


def _objects(lines: Iterable[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    """What stands in each line that is not blank, with its number."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except RecursionError:
            raise KhulasaError(f"line {number}: nested too deeply") from None
        except ValueError as fault:
            raise KhulasaError(f"line {number}: not JSON: {fault}") from None
        if not isinstance(found, dict):
            raise KhulasaError(f"line {number}: not a JSON object")
        yield number, found


def _when(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
