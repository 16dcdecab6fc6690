"""A Feed as JSON Feed 1.1 (jsonfeed.org/version/1.1). Pure: the same Feed gives the same bytes.

Says what feeds/render.py says, ids included: who changes the format meets no old item as a new one. Reading the format
is feeds/jsonfeed.py's.
"""

import json
from collections.abc import Iterator
from datetime import datetime

from feeds.fields import MAX_LENGTH
from feeds.outgoing import ascii_address, ascii_identifier, language_tag
from feeds.shown import (
    LANGUAGE,
    UNKNOWN_MEDIA,
    address_of,
    author_of,
    bare_texts_of,
    categories_of,
    enclosures_of,
    in_its_direction,
    moment_of,
    name_of,
    plain_text,
    shown,
    texts_of,
    title_of,
)
from news.types import Enclosure, Feed, Item

VERSION = "https://jsonfeed.org/version/1.1"


def render_json(feed: Feed) -> bytes:
    """JSON Feed 1.1 in UTF-8. Raises ValueError if the feed's site is no http address."""
    title, page = name_of(feed), address_of(feed, "html")
    document = {
        "version": VERSION,  # first, as the format asks; what follows has its order
        "title": title,
        "home_page_url": page,
        "feed_url": address_of(feed, "json"),
        "description": shown(feed.description) or title,
        "authors": [{"name": title, "url": page}],  # what an item without one inherits
        "language": LANGUAGE,
        "items": [dict(_fields(item)) for item in feed.items],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _fields(item: Item) -> Iterator[tuple[str, object]]:
    yield "id", ascii_identifier(item.id)
    link, image, author, language = (
        ascii_address(item.link), ascii_address(item.image), author_of(item), language_tag(item.language),
    )  # fmt: skip
    if link is not None:
        yield "url", link
    yield "title", title_of(item)
    yield "content_html", texts_of(item)[1]
    summary = plain_text(bare_texts_of(item)[0])
    if summary:
        yield "summary", in_its_direction(summary, item.language)
    if image is not None:
        yield "image", image
    yield "date_published", _written(item.date)
    yield "date_modified", _written(item.updated)
    if author is not None:
        yield "authors", [{"name": author}]
    tags = [name for _, name in categories_of(item)]
    if tags:
        yield "tags", tags
    if language is not None and language != LANGUAGE:
        yield "language", language
    attachments = [_attachment(enclosure) for enclosure in enclosures_of(item)]
    if attachments:
        yield "attachments", attachments


def _attachment(enclosure: Enclosure) -> dict[str, str | int]:
    said: dict[str, str | int] = {"url": enclosure.url, "mime_type": enclosure.type or UNKNOWN_MEDIA}
    if enclosure.length is not None and enclosure.length <= MAX_LENGTH:
        said["size_in_bytes"] = enclosure.length
    return said


def _written(moment: datetime) -> str:
    """RFC 3339."""
    return moment_of(moment).isoformat().replace("+00:00", "Z")
