"""The list of our feeds as OPML 2.0, for a reader to take in at once. Pure."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from lxml import etree

from feeds.outgoing import ascii_address, printable


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
    document = etree.Element("opml", version="2.0")
    head = etree.SubElement(document, "head")
    etree.SubElement(head, "title").text = printable(title)
    body = etree.SubElement(document, "body")
    for group, outlines in groupby((Outline(*feed) for feed in feeds), key=lambda outline: outline.group):
        heading = etree.SubElement(body, "outline", text=printable(group))
        for outline in outlines:
            _add(heading, outline)
    return etree.tostring(document, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _add(heading: etree._Element, outline: Outline) -> None:
    rss_url, html_url = ascii_address(outline.rss_url), ascii_address(outline.html_url)
    if rss_url is None:
        return
    text = printable(outline.title)
    element = etree.SubElement(heading, "outline", type="rss", text=text, title=text, xmlUrl=rss_url, language="ar")
    if html_url is not None:
        element.set("htmlUrl", html_url)
