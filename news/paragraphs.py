"""The display text inside cleaned HTML, paragraph by paragraph. Knows elements, no meaning; never raises."""

import re
from html import unescape

from lxml import etree

# Elements of running text; every other element begins a paragraph and ends it.
_INLINE_NAMES = """
a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rp rt ruby s samp small span
strike strong sub sup td th time tt u var wbr
"""
_INLINE = frozenset(_INLINE_NAMES.split())
_CELLS = frozenset({"td", "th"})
_UNSEEN = frozenset({"script", "style", "template", "title", "noscript", "iframe"})
_TAG = re.compile("<[^<>]*>?")


def paragraphs_of(html: str) -> tuple[str, ...]:
    """Paragraphs of an HTML fragment, or the lines of plain text: white space collapsed, none empty."""
    if "<" not in html:
        return _tidied(unescape(html).splitlines())
    pieces: list[str] = []
    try:
        parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
        root = etree.fromstring(b"<div>" + html.encode("utf-8", "replace").replace(b"\0", b"") + b"</div>", parser)
        if root is not None:
            _gather(root, pieces)
    except (etree.LxmlError, ValueError):
        pieces = []
    # libxml2 gives up on very deep nesting: losing the paragraphs' borders beats losing the text.
    return _tidied("".join(pieces).split("\n")) or _tidied(unescape(_TAG.sub("\n", html)).splitlines())


def text_of(html: str) -> str:
    """All display text of an HTML fragment, one paragraph a line."""
    return "\n".join(paragraphs_of(html))


def _gather(root: etree._Element, pieces: list[str]) -> None:
    """Append the text below ``root``; a line break is a boundary, so those of the source become spaces."""
    unseen = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _UNSEEN:
            unseen += 1 if event == "start" else -1
        if tag in _CELLS:
            pieces.append(" ")
        elif tag not in _INLINE:
            pieces.append("\n")
        text = element.text if event == "start" else element.tail
        if text and not unseen:
            pieces.append(text.replace("\n", " "))


def _tidied(lines: list[str]) -> tuple[str, ...]:
    return tuple(line for line in (" ".join(line.split()) for line in lines) if line)
