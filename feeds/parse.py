"""Turns the bytes of a feed document into a Document. The only module that calls feedparser.

Pure, and never raises on any bytes; meant for a worker process, under a deadline. Knows what is a feed and who reads
which kind, not what stands in one.
"""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import feedparser

from arabic.encodings import decode
from arabic.mojibake import mend
from feeds import fields
from feeds.direct import read_directly
from feeds.jsonfeed import parse_json_feed
from feeds.legible import legible, repaired
from feeds.links import clean_link, is_internal
from feeds.parsed import document_of
from feeds.structure import prepare, problems_before, root_of
from news.types import Document, Problem, Reason, Unreadable

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:+\-]{1,40})", re.IGNORECASE)
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']\s*([A-Za-z0-9._:+\-]{1,40})", re.IGNORECASE)
_BYTE_ORDER_MARKS = "\N{ZERO WIDTH NO-BREAK SPACE}\ufffe"
# What Cloudflare, Incapsula, Sucuri and Akamai write into the page they answer with in place of a feed, often as 200.
_CHALLENGE = re.compile(
    r"<title>\s*just a moment|cf[-_]chl[-_]|challenge-platform|cf-browser-verification|checking your browser"
    r"|attention required! \| cloudflare|_incapsula_resource|sucuri_cloudproxy|ddos protection by"
    r"|enable javascript and cookies to continue|g-recaptcha|h-captcha|cf-turnstile",
    re.IGNORECASE,
)
_looks_like_html = feedparser.api.StrictFeedParser.looks_like_html
_RESPONSE_HEADERS = {"content-type": "application/xml; charset=utf-8"}


def _leave_dates_alone(_text: str) -> tuple[int, ...]:
    """Stands before feedparser's own date handlers, which read Hijri years as ours and use this machine's zone."""
    return (0,) * 9


def _start_media_description(self: Any, attributes: dict[str, str]) -> None:
    """feedparser takes the caption of a picture for the content of the entry."""
    self.push_content("media_description", attributes, "text/html", 1)


def _end_media_description(self: Any) -> None:
    self.pop_content("media_description")


def _unknown_endtag(self: Any, tag: str) -> None:
    """feedparser 6.0.14 leaves an xml:base in force after its element where there is none around it."""
    _their_unknown_endtag(self, tag)
    if self.basestack:
        self.baseuri = self.basestack[-1]


feedparser.registerDateHandler(_leave_dates_alone)
feedparser.namespaces.mediarss.Namespace._start_media_description = _start_media_description
feedparser.namespaces.mediarss.Namespace._end_media_description = _end_media_description
_their_unknown_endtag = feedparser.mixin._FeedParserMixin.unknown_endtag
feedparser.mixin._FeedParserMixin.unknown_endtag = _unknown_endtag
# Its preferred one is sought among the modules anew for each document, and would read by other rules than expat.
feedparser.api.PREFERRED_XML_PARSERS.clear()


def parse(
    body: bytes,
    *,
    url: str,
    headers: Mapping[str, str] | Iterable[tuple[str, str]],
    zone: ZoneInfo | None,
    now: datetime,
) -> Document | Unreadable:
    """What ``body``, found at ``url``, says; or why it says nothing that may be published.

    ``headers`` are those of the response, names in lower case. ``zone`` is where dates without a zone were written,
    ``now`` an aware moment: dates far beyond it are none.
    """
    # A reference that is empty or only a fragment inherits the query (RFC 3986, 5.2.2), and with it a reader's key.
    url = url.partition("?")[0]
    if not body.strip(b"\0 \t\r\n\v\f"):
        return Unreadable(reason=Reason.EMPTY, message="the document is empty")
    header = dict(headers.items() if isinstance(headers, Mapping) else headers)
    url = _base(url, header.get("content-location", ""))
    charset = _CHARSET.search(header.get("content-type", ""))
    declared = _DECLARED.search(body[:400].replace(b"\0", b"")[:200].lstrip(b"\xef\xbb\xbf\xff\xfe"))
    decoded = decode(
        body,
        http_charset=charset[1] if charset else None,
        declared=declared[1].decode("ascii") if declared else None,
    )
    text = decoded.text.lstrip(_BYTE_ORDER_MARKS)
    is_json = text.lstrip()[:1] == "{"
    root = None if is_json else root_of(text)
    if not is_json and root is None:
        return _no_feed(text, header)
    if decoded.suspect:
        return Unreadable(reason=Reason.ENCODING_SUSPECT, message=decoded.message or "its encoding cannot be told")
    problems: list[Problem] = []
    if decoded.repaired:
        problems.append(Problem(reason=Reason.ENCODING_REPAIRED, message=decoded.message or decoded.encoding))
    # Where the bytes are those of the text, they need not be made of it again.
    is_body = decoded.encoding == "utf-8" and not decoded.repaired and body.startswith(b"<")
    mended = mend(text)
    if mended is not None:
        problems.extend(repaired(mended.repairs))
        text = mended.text
        root = None if is_json else root_of(text)
        is_body = False
    document = _read(text, body if is_body else None, root, decoded.encoding, url, zone, now, problems)
    if isinstance(document, Unreadable):
        return document
    return legible(_in_language(document, header.get("content-language", "")))


def _read(
    text: str,
    body: bytes | None,  # of the text in UTF-8, if it is at hand
    root: int | None,
    encoding: str,
    url: str,
    zone: ZoneInfo | None,
    now: datetime,
    problems: list[Problem],
) -> Document | Unreadable:
    if root is None:
        return parse_json_feed(text, encoding=encoding, url=url, zone=zone, now=now, problems=problems)
    written = text[root:]
    from_root = body[len(text[:root].encode()) :] if body is not None else written.encode("utf-8", "surrogatepass")
    parsed: Any = read_directly(written, from_root, looks_like_html=_looks_like_html)
    if parsed is not None:
        problems.extend(problems_before(text[:root]))
        return document_of(parsed, encoding=encoding, text=written, url=url, zone=zone, now=now, problems=problems)
    prepared = prepare(text, root, now)
    if isinstance(prepared, Unreadable):
        return prepared
    problems.extend(prepared.problems)
    if prepared.problems and prepared.is_xml:
        parsed = read_directly(prepared.body.decode(), prepared.body, looks_like_html=_looks_like_html)
    if parsed is None:
        try:
            parsed = feedparser.parse(
                # Bytes in a stream: a str may open a file or a URL. No content-location: it would come before guids.
                io.BytesIO(prepared.body),
                response_headers=_RESPONSE_HEADERS,
                sanitize_html=False,
                resolve_relative_uris=False,
            )
        except Exception as fault:
            # The loose parser raises whatever its guesses lead to: OverflowError, UnicodeEncodeError, AttributeError, …
            message = f"malformed beyond reading ({type(fault).__name__})"
            return Unreadable(reason=Reason.MALFORMED, message=message)
        if not prepared.is_xml:
            _unescape_addresses(parsed)
    return document_of(parsed, encoding=encoding, text=written, url=url, zone=zone, now=now, problems=problems)


def _unescape_addresses(parsed: Any) -> None:
    """The loose parser leaves "&amp" of the "&amp;" in the link of a feed, and all of it in ids. What it was given has
    every ampersand escaped; only attributes come out right."""
    link = parsed.feed.get("link")
    if isinstance(link, str) and not str(parsed.version).startswith("atom"):
        parsed.feed["link"] = re.sub(r"&amp(?=\w)", "&", link)
    for item in (parsed.feed, *parsed.entries):
        for name in ("id", "link"):
            written = item.get(name)
            if isinstance(written, str):  # hostile documents put other things in its place
                item[name] = written.replace("&amp;", "&")


def _base(url: str, location: str) -> str:
    """What relative addresses are relative to: Content-Location before the address, as feedparser has it (RFC 2616,
    section 14.14), but none of a machine behind the server, for which RFC 7231 (appendix B) gave this up."""
    moved = clean_link(location, url) if location else None
    if moved is None or (is_internal(moved) and urlsplit(moved).netloc != urlsplit(url).netloc):
        return url
    return moved.partition("?")[0]


def _in_language(document: Document, over_http: str) -> Document:
    """What HTTP says of the language counts where the document says nothing."""
    language = fields.language(over_http.partition(",")[0]) if over_http else None
    if language is None or document.language is not None:
        return document
    entries = (entry if entry.language else replace(entry, language=language) for entry in document.entries)
    return replace(document, language=language, entries=tuple(entries))


def _no_feed(text: str, header: Mapping[str, str]) -> Unreadable:
    if "challenge" in header.get("cf-mitigated", "") or _CHALLENGE.search(text[:200_000]):
        return Unreadable(reason=Reason.BLOCKED, message="a challenge page in place of the feed")
    if re.search(r"<(?:!doctype\s+html|html|head|body)\b", text[:20_000], re.IGNORECASE):
        return Unreadable(reason=Reason.NOT_A_FEED, message="an HTML page")
    return Unreadable(reason=Reason.NOT_A_FEED, message="neither RSS, Atom nor JSON Feed")
