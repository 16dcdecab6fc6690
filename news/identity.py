"""What makes an entry itself: its key within its source, the hash of its words, the fingerprint of its content.

Pure arithmetic over text: knows no store, and does not judge whether two articles tell one event.
"""

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from arabic.dates import is_relative
from arabic.fold import FOLD_VERSION, Folded
from news.types import Entry

MAX_KEY = 500  # characters; a longer guid is replaced by its hash
LONG_BODY = 40  # tokens: from here on the body alone names the article, whatever its title
SHORTEST = 12  # distinct tokens of title and body; «حالة الطقس اليوم» names nothing

# What shares, newsletters and advertisements append to a link; the page is the same without it.
_TRACKING_NAMES = """
fbclid gclid dclid gbraid wbraid msclkid yclid twclid ttclid igshid mc_cid mc_eid mkt_tok _ga _gl _hsenc _hsmi ocid
cmpid ns_mchannel ns_source ns_campaign ns_linkname ns_fee at_medium at_campaign xtor wt_mc spm __twitter_impression
"""
_PAGE = re.compile(r"https?://[a-z0-9.\-]+/[^?#\x00-\x20\x7f-\xa0]*")  # most links: there is nothing to take off
_TRACKING = frozenset(_TRACKING_NAMES.split())


def entry_keys(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Name each entry of one document: its guid, else its link, else a hash of its title and text.

    A guid or a link that occurs twice in the document names nothing. Entries equal in everything get equal keys.
    """
    links = [page_address(entry.link) if entry.link else None for entry in entries]
    guids = Counter(entry.guid for entry in entries if entry.guid)
    seen = Counter(link for link in links if link)
    keys: list[str] = []
    for entry, link in zip(entries, links, strict=True):
        if entry.guid and guids[entry.guid] == 1:
            keys.append(_bounded(entry.guid))
        elif link and seen[link] == 1:
            keys.append(_bounded(link))
        else:
            keys.append(f"text:{_digest(entry.title, entry.body)}")
    return tuple(keys)


def page_address(link: str) -> str:
    """``link`` without fragment and tracking parameters: equal for two links to one page."""
    if _PAGE.fullmatch(link):
        return link
    try:
        parts = urlsplit(link)
        kept = [
            (name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=200)
            if name.lower() not in _TRACKING and not name.lower().startswith("utm_")
        ]
    except ValueError:
        return link
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", urlencode(kept), ""))


def entry_hash(entry: Entry) -> str:
    """32 hex digits over everything the publisher wrote: equal means unchanged."""
    enclosures = tuple((enclosure.url, enclosure.type, enclosure.length) for enclosure in entry.enclosures)
    published = entry.published.isoformat() if entry.published else None
    updated = entry.updated.isoformat() if entry.updated else None
    if entry.date_text and (published or updated) and is_relative(entry.date_text):
        # «منذ 5 دقائق» is another moment at every visit, and «منذ 10 دقائق» a little later: neither is a change.
        published = updated = "relative"
    return _digest(
        *map(repr, (entry.guid, entry.link, entry.title, entry.author, entry.summary, entry.content)),
        *map(repr, (published, updated, entry.language, entry.categories, entry.image, enclosures)),
    )


def fingerprint(*, title: tuple[Folded, ...], text: tuple[Folded, ...]) -> str | None:
    """Content hash, 32 hex digits; None where the text is too short to identify an article.

    Both are words. ``text`` comes without byline and headlines of other stories. A long body is hashed alone, so a
    retitled copy of an agency's text is the same article; a short one together with the title. A title that the body
    repeats at its beginning counts once. Numbers count: two bulletins of one pattern differ in nothing else.
    """
    body = text[len(title) :] if text[: len(title)] == title else text
    if len(body) >= LONG_BODY:
        return _content_hash(body)
    whole = title + body
    return _content_hash(whole) if len(set(whole)) >= SHORTEST else None


def article_id(name: str) -> str:
    """16 hex digits for what names an article: its fingerprint, or its source and key."""
    return _digest(name)[:16]


def _content_hash(words: tuple[Folded, ...]) -> str:
    return _digest(f"fold {FOLD_VERSION}", " ".join(words))


def _bounded(key: str) -> str:
    return key if len(key) <= MAX_KEY else f"hash:{_digest(key)}"


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:32]
