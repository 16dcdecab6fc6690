"""Lists as OPML 2.0, for a reader to take in at once: of the feeds we publish, of the sources we read. Pure.

Reading such lists is in feeds/outlines.py.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from lxml import etree

from arabic.language import language_of
from feeds.outgoing import ascii_address, printable
from news.categories import CATEGORIES
from news.types import Source


class Outline(NamedTuple):
    """One feed in the list. ``group`` is the Arabic heading it stands under."""

    title: str
    rss_url: str
    html_url: str
    group: str


def render_opml(title: str, feeds: Iterable[Outline | tuple[str, str, str, str]]) -> bytes:
    """OPML 2.0 with an outline for each group, groups and feeds in the order given.

    Without dateCreated: the same feeds give the same bytes. A feed whose ``rss_url`` is no http address is left out.
    """
    document, body = _empty(title)
    for group, outlines in groupby((Outline(*feed) for feed in feeds), key=lambda outline: outline.group):
        heading = etree.SubElement(body, "outline", text=printable(group))
        for outline in outlines:
            _add(heading, outline)
    return _written(document)


def render_sources(title: str, sources: Iterable[Source]) -> bytes:
    """OPML 2.0 with the sources of each category under its Arabic name, the others after them; else in their order.

    Addresses are those of ``sources.yml``, secrets and all: what is read from them elsewhere is what is read here.
    """
    document, body = _empty(title)
    of_category: dict[str | None, list[Source]] = {category.id: [] for category in CATEGORIES}
    for source in sources:
        of_category.setdefault(source.category, []).append(source)
    for category in CATEGORIES:
        if of_category[category.id]:
            folder = etree.SubElement(body, "outline", text=category.name, title=category.name)
            for source in of_category[category.id]:
                _add_source(folder, source)
    for source in of_category.get(None, ()):
        _add_source(body, source)
    return _written(document)


def _empty(title: str) -> tuple[etree._Element, etree._Element]:
    """A document, and the body of it."""
    document = etree.Element("opml", version="2.0")
    head = etree.SubElement(document, "head")
    etree.SubElement(head, "title").text = printable(title)
    return document, etree.SubElement(document, "body")


def _written(document: etree._Element) -> bytes:
    return etree.tostring(document, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _add_source(folder: etree._Element, source: Source) -> None:
    title = printable(source.title)
    element = etree.SubElement(folder, "outline", type="rss", text=title, title=title, xmlUrl=source.url)
    language = language_of(source.title)
    if language is not None:
        element.set("language", language)


def _add(heading: etree._Element, outline: Outline) -> None:
    rss_url, html_url = ascii_address(outline.rss_url), ascii_address(outline.html_url)
    if rss_url is None:
        return
    text = printable(outline.title)
    element = etree.SubElement(heading, "outline", type="rss", text=text, title=text, xmlUrl=rss_url, language="ar")
    if html_url is not None:
        element.set("htmlUrl", html_url)
