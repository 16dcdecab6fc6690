"""One news item of theirs in every dialect, everything it reaches, and what must hold of that. Judged by real parsers.

An attack goes into every field at once: whichever field lets it through, some surface shows it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

import html5lib
from lxml import etree

from feeds.index_page import render_index
from feeds.opml import Outline, render_opml
from feeds.parse import parse
from khulasa.streams import read_line
from news.conclude import articles_of
from news.selection import build_feed, feed_plans
from news.types import Article, Configuration, Document, FetchSettings, Publication, Site, Source
from scheduler.publication import FORMATS
from tests.feeds.hostile_html import assert_harmless
from tests.fuzz.texts import assert_shown

NOW = datetime(2026, 11, 8, tzinfo=UTC)
SITE = Site(url="https://khulasa.example/")
URL = "https://riwaq.example/feed"
_DATE = "2026-11-07T10:00:00Z"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_ATOM = "{http://www.w3.org/2005/Atom}"
_HTML_KEYS = {False: ("summary", "content"), True: ("content_html",)}
_HTML_FIELDS = frozenset({"description", _CONTENT, f"{_ATOM}summary", f"{_ATOM}content"})


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """The fields of a news item as somebody hostile fills them."""

    title: str = "خبر"
    author: str = "سلمى حداد"
    category: str = "سياسة"
    html: str = "<p>نص الخبر</p>"
    link: str = "https://riwaq.example/1"
    guid: str = "1"
    enclosure: str = "https://riwaq.example/1.mp3"
    picture: str = "https://riwaq.example/1.jpg"


def everywhere(attack: str) -> News:
    return News(**dict.fromkeys(News.__slots__, attack))


def documents(news: News) -> dict[str, bytes]:
    """``news`` in every dialect, each field holding exactly what is given: the escaping is the dialect's."""
    return {"rss": _rss(news), "rss with CDATA": _rss(news, cdata=True), "atom": _atom(news), "json": _json(news)}


def _rss(news: News, *, cdata: bool = False) -> bytes:
    def text(value: str) -> str:
        return f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>" if cdata else escape(value)

    return (
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'"
        " xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:media='http://search.yahoo.com/mrss/'><channel>"
        f"<title>{text(news.title)}</title><link>{text(news.link)}</link><description>{text(news.html)}</description>"
        f"<item><title>{text(news.title)}</title><link>{text(news.link)}</link>"
        f"<guid isPermaLink='false'>{text(news.guid)}</guid><dc:date>{_DATE}</dc:date>"
        f"<dc:creator>{text(news.author)}</dc:creator><category>{text(news.category)}</category>"
        f"<description>{text(news.html)}</description><content:encoded>{text(news.html + ' ' + news.html)}"
        f"</content:encoded><enclosure url={quoteattr(news.enclosure)} type='audio/mpeg' length='1'/>"
        f"<media:thumbnail url={quoteattr(news.picture)}/></item></channel></rss>"
    ).encode("utf-8", "surrogatepass")


def _atom(news: News) -> bytes:
    return (
        f"<feed xmlns='http://www.w3.org/2005/Atom'><title type='html'>{escape(news.title)}</title>"
        f"<entry><title>{escape(news.title)}</title><id>{escape(news.guid)}</id><updated>{_DATE}</updated>"
        f"<author><name>{escape(news.author)}</name></author><category term={quoteattr(news.category)}/>"
        f"<summary type='html'>{escape(news.html)}</summary>"
        f"<content type='html'>{escape(news.html)} {escape(news.html)}</content><link href={quoteattr(news.link)}/>"
        f"<link rel='enclosure' type='audio/mpeg' href={quoteattr(news.enclosure)}/></entry></feed>"
    ).encode("utf-8", "surrogatepass")


def _json(news: News) -> bytes:
    item = {
        "id": news.guid, "url": news.link, "title": news.title, "content_html": f"{news.html} {news.html}",
        "summary": news.html, "date_published": _DATE, "authors": [{"name": news.author}], "tags": [news.category],
        "attachments": [{"url": news.enclosure, "mime_type": "audio/mpeg"}], "image": news.picture,
    }  # fmt: skip
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": news.title, "home_page_url": news.link, "items": [item]}).encode()


def read(body: bytes) -> Document:
    found = parse(body, url=URL, headers=(), zone=None, now=NOW)
    assert isinstance(found, Document), found
    return found


def concluded(body: bytes) -> tuple[Article, ...]:
    return articles_of(read(body), source=Source(id="riwaq", title="الرواق", url=URL), now=NOW)


def surfaces(body: bytes) -> dict[str, bytes]:
    """Everything that is published of the articles of a document, and what ``khulasa read`` says of it."""
    document = read(body)
    title = document.title or "x"
    source = Source(id="riwaq", title=title, url=URL)  # khulasa add proposes the publisher's title
    found = articles_of(document, source=source, now=NOW)
    configuration = Configuration(site=SITE, fetch=FetchSettings(), sources=(source,), feeds=())
    plan = next(plan for plan in feed_plans(configuration, countries=(), standing=()) if plan.source_id == source.id)
    feed = build_feed(plan, found, site=SITE, source_titles={source.id: title}, since=NOW)
    published = {kind: render(feed) for kind, render in FORMATS.items()}
    standing = Publication(
        feed_id=plan.id, title=feed.title, digest="", items=1, size=1, since=NOW, updated=NOW, published=NOW
    )
    outline = Outline(title=title, rss_url=document.link or URL, html_url=document.link or URL, group=title)
    said = read_line("-", body, url=URL, headers={}, now=NOW)
    return published | {
        "index.html": render_index(replace(SITE, title=title), [standing]),
        "feeds.opml": render_opml(title, [outline]),
        "read": json.dumps(said, ensure_ascii=False).encode(),
    }


# --- what must hold ---------------------------------------------------------------------------------------------------


def assert_inert(shown: Mapping[str, bytes]) -> None:
    """No surface is malformed, active, or turns around what stands beside it."""
    for name, body in shown.items():
        if name.endswith("html"):
            _assert_page(body)
        elif name in ("read", "json"):
            _assert_line(json.loads(body))
        else:
            _assert_xml(body)


def _assert_xml(body: bytes) -> None:
    for element in etree.fromstring(body).iter():
        assert isinstance(element.tag, str), "a comment or an instruction"
        for value in (element.text or "", *map(str, element.attrib.values())):
            assert_shown(value)
        around = element.getparent()
        if element.tag in _HTML_FIELDS and around is not None and around.tag != "channel":
            assert_harmless(element.text or "")
        for address in _addresses(element):
            assert address.startswith(("https://", "http://")), address
            assert address.isascii()


def _addresses(element: etree._Element) -> Iterator[str]:
    if element.tag in ("link", "comments") and element.text:
        yield element.text
    yield from (str(element.get(name)) for name in ("href", "url", "xmlUrl", "htmlUrl") if element.get(name))


def _assert_page(body: bytes) -> None:
    """Our own page: its one style sheet and its links are ours."""
    assert_shown(body.decode())
    for element in html5lib.parse(body, treebuilder="etree", namespaceHTMLElements=False).iter():
        assert element.tag not in ("script", "img", "iframe", "object", "embed", "base", "form", "svg", "math", "style")
        for name in element.attrib:
            assert not name.startswith("on")
            assert name not in ("style", "srcdoc", "formaction")
        assert element.tag != "meta" or "http-equiv" not in element.attrib
        assert not element.get("href", "").lower().lstrip().startswith(("javascript:", "data:", "vbscript:"))


def _assert_line(line: Mapping[str, object]) -> None:
    """A line of ``khulasa read``, or a JSON Feed, in which a summary is no HTML."""
    is_feed = "version" in line
    for place, value in _strings(line):
        if place in _HTML_KEYS[is_feed]:
            assert_harmless(value)
        elif place.removesuffix("_url") in ("link", "url", "self", "image", "home_page", "feed"):
            assert value.startswith(("https://", "http://"))
        assert_shown(value)


def _strings(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _strings(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, place)
