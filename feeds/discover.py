"""Which feeds a page leads to: the links it declares, then those that look like feeds, then where feeds often are.

Pure: HTML in, addresses out, best first. Whether they are feeds is found out by asking.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl, urljoin, urlsplit

from lxml import etree, html

from feeds.address import CheckedUrl, check_url
from news.types import Failed

MAX_PAGE = 2 * 1024 * 1024  # bytes read of a page
MAX_LINKS = 3_000  # links looked at
MAX_FOUND = 20  # links given back
MAX_TITLE = 200  # characters
MAX_PIECES = 10  # pieces of text looked at in a link: nested links would repeat the whole page

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
# Also on <link>s that are no feeds (WordPress declares its JSON interface so): taken if the address looks like one.
LOOSE_TYPES = ("application/xml", "text/xml", "application/json", "application/x-rss+xml", "text/rss")

PLACES = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml")

_DECLARED, _NAMED_SO, _ELSEWHERE, _COMMENTS = 0, 1, 2, 10

_FEED_FILE = re.compile(
    r"(?:rss|feeds?|atom|index|rdf)(?:[-_.]?[a-z0-9]*)?\.(?:xml|json|rdf|php|aspx?)|.+\.(?:rss|atom|rdf)"
)
_FEED_FOLDER = frozenset({"rss", "feed", "feeds", "atom", "rss2", "xmlrss", "rssfeed", "rss-feed"})
_FEED_QUERY = frozenset({"rss", "rss2", "atom", "feed", "rdf"})
_FEED_TEXT = re.compile(r"\brss\b|\batom\b|\bfeed\b|خلاصات|تغذية", re.IGNORECASE)
_OF_COMMENTS = re.compile(r"comment|تعليق", re.IGNORECASE)
_NEVER = re.compile(r"sitemap|oembed|opensearch|wp-json|\.(?:png|jpe?g|gif|svg|ico|css|js|pdf)$", re.IGNORECASE)

_PROLOGUE = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_HTML_START = re.compile(
    rb"\s*<(?:!doctype\s+html|(?:html|head|body|meta|title|script|style|div|p|h1|table|center|br|a|form)[\s>/])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A link that may lead to a feed."""

    url: str  # absolute, http or https, as check_url writes it
    title: str | None = None
    type: str | None = None  # as declared


def feed_links(page: bytes | str, base_url: str) -> tuple[FeedLink, ...]:
    """The links of an HTML page that may lead to feeds, best first, each once. ``base_url``: where the page was."""
    root = _tree(page)
    if root is None:
        return ()
    base = _base(root, base_url)
    ranked: dict[str, tuple[int, int, FeedLink]] = {}
    for place, (rank, link) in enumerate(_candidates(root, base, base_url)):
        known = ranked.get(link.url)
        if known is None or rank < known[0]:
            ranked[link.url] = (rank, place, link)
    return tuple(link for _, _, link in sorted(ranked.values(), key=lambda found: found[:2]))[:MAX_FOUND]


def candidate_addresses(url: str) -> tuple[str, ...]:
    """Where feeds often are on the site of ``url``: asked when a page names none."""
    checked = check_url(url)
    if isinstance(checked, Failed):
        return ()
    return tuple(str(checked.bare.parsed.origin().with_path(place)) for place in PLACES)


def looks_like_html(body: bytes) -> bool:
    """Whether a body begins as a page does, and no feed."""
    start = body[:8192].removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    start = start.replace(b"\0", b"")  # UTF-16
    while (skipped := _PROLOGUE.match(start)) is not None:
        start = start[skipped.end() :]
    return _HTML_START.match(start) is not None


def _tree(page: bytes | str) -> html.HtmlElement | None:
    document = page.encode("utf-8", "replace") if isinstance(page, str) else page
    parser = html.HTMLParser(encoding="utf-8" if isinstance(page, str) else None, no_network=True)
    try:
        return html.document_fromstring(document[:MAX_PAGE], parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _base(root: html.HtmlElement, base_url: str) -> str:
    for element in root.iter("base"):
        href = element.get("href")
        if href is not None:  # the first one with an href counts
            return _joined(base_url, href) or base_url
    return base_url


def _candidates(root: html.HtmlElement, base: str, base_url: str) -> Iterator[tuple[int, FeedLink]]:
    host = urlsplit(base_url).hostname
    for place, element in enumerate(root.iter("link", "a", "area")):
        if place >= MAX_LINKS:
            return
        href = element.get("href")
        address = None if href is None else _joined(base, href)
        if address is None or _NEVER.search(urlsplit(address).path):
            continue
        declared = element.tag == "link"
        title = element.get("title") or ("" if declared else "".join(islice(element.itertext(), MAX_PIECES)))
        title = " ".join(title[: 10 * MAX_TITLE].split())
        rank = _rank_of_declared(element, address) if declared else _rank_of_anchor(address, title, host)
        if rank is None:
            continue
        if _OF_COMMENTS.search(address) or _OF_COMMENTS.search(title):
            rank += _COMMENTS
        yield rank, FeedLink(url=address, title=title[:MAX_TITLE] or None, type=_type_of(element))


def _rank_of_declared(element: html.HtmlElement, address: str) -> int | None:
    relations = (element.get("rel") or "").lower().split()
    kind = _type_of(element)
    if "feed" in relations or ("alternate" in relations and kind in FEED_TYPES):
        return _DECLARED
    if "alternate" in relations and kind in LOOSE_TYPES and _named_like_feed(address):
        return _NAMED_SO
    return None


def _rank_of_anchor(address: str, title: str, host: str | None) -> int | None:
    if not _named_like_feed(address) and not (_FEED_TEXT.search(title) and len(title) <= 40):
        return None
    named_here = _named_like_feed(address) and urlsplit(address).hostname == host
    return _NAMED_SO if named_here else _ELSEWHERE


def _type_of(element: html.HtmlElement) -> str | None:
    return (element.get("type") or "").partition(";")[0].strip().lower()[:100] or None


def _named_like_feed(address: str) -> bool:
    parts = urlsplit(address.lower())
    segments = [segment for segment in parts.path.split("/") if segment]
    if segments and (_FEED_FILE.fullmatch(segments[-1]) or _FEED_FOLDER.intersection(segments)):
        return True
    query = parse_qsl(parts.query, max_num_fields=50) if parts.query.count("&") < 50 else []
    return any(value in _FEED_QUERY and name in ("feed", "format", "type", "view", "output") for name, value in query)


def _joined(base: str, href: str) -> str | None:
    """The absolute address, as a browser would read it: outer and inner line breaks are not part of it."""
    try:
        checked = check_url(urljoin(base, href.strip().replace(" ", "%20")))
    except ValueError:
        return None
    return checked.bare.url if isinstance(checked, CheckedUrl) else None
