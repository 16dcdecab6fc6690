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

# What most cleaned HTML is made of, and what any parser reads in one way as long as all that is opened is closed.
_PLAIN_INLINE_NAMES = "a b bdi cite code del em i ins mark q s small span strong sub sup time u"
_PLAIN_INLINE = frozenset(_PLAIN_INLINE_NAMES.split())
_PLAIN_PARAGRAPHS = frozenset({"p", "h2", "h3", "h4", "h5", "h6"})
_PLAIN_BLOCKS = frozenset({"div", "ul", "ol", "li", "blockquote", "figure", "figcaption"})
_PLAIN_ENDS = {f"/{name}": name for name in _PLAIN_INLINE | _PLAIN_PARAGRAPHS | _PLAIN_BLOCKS}
_PLAIN_TAG = re.compile('[a-z][a-z0-9]*(?: [a-z]+="[^"<>]*")*')
_PARSERS_DIFFER = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_OTHER_REFERENCE = re.compile("&(?!(?:amp|lt|gt|quot);)")
_MOST_PLAIN_TAGS = 250  # as deep as these may nest, libxml2 reads


def paragraphs_of(html: str) -> tuple[str, ...]:
    """Paragraphs of an HTML fragment, or the lines of plain text: white space collapsed, none empty."""
    if "<" not in html:
        text = unescape(html)
        return _tidied(text.splitlines(), is_spaced=not text.isprintable() or "  " in text)
    paragraphs = _plain_paragraphs(html)
    return paragraphs if paragraphs is not None else _parsed(html)


def _plain_paragraphs(html: str) -> tuple[str, ...] | None:
    """The paragraphs of well-nested HTML of plain elements, which needs no parser; None for any other."""
    html = html.replace("\n", " ")
    is_printable = html.isprintable()
    if ("&" in html and _OTHER_REFERENCE.search(html)) or (not is_printable and _PARSERS_DIFFER.search(html)):
        return None
    before, *parts = html.split("<")
    if len(parts) > _MOST_PLAIN_TAGS:
        return None
    pieces = [before]
    opened: list[str] = []
    for part in parts:
        tag, end, text = part.partition(">")
        ended = _PLAIN_ENDS.get(tag)
        if ended is not None:
            if not opened or opened.pop() != ended or not end:
                return None
            pieces.append(text if ended in _PLAIN_INLINE else f"\n{text}")
            continue
        name, space, _ = tag.partition(" ")
        if not end or (space and not _PLAIN_TAG.fullmatch(tag)):
            return None
        if name in _PLAIN_INLINE:
            opened.append(name)
        elif name in _PLAIN_BLOCKS or name in _PLAIN_PARAGRAPHS:
            parent = opened[-1] if opened else "div"
            if parent not in _PLAIN_BLOCKS or parent == name == "li":  # it would end its parent, or stand in two parts
                return None
            opened.append(name)
        elif name not in ("br", "img"):
            return None
        pieces.append(text if name in _INLINE else f"\n{text}")
    if opened:
        return None
    text = unescape("".join(pieces))
    return _tidied(text.split("\n"), is_spaced=not is_printable or "  " in text)


def _parsed(html: str) -> tuple[str, ...]:
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


def _tidied(lines: list[str], *, is_spaced: bool = True) -> tuple[str, ...]:
    """Lines without the empty ones. Unless ``is_spaced``, there is no white space in them but single spaces."""
    return tuple(filter(None, ([" ".join(line.split()) for line in lines] if is_spaced else map(str.strip, lines))))
