"""Whether what was read of a document may be shown, judged by a real HTML5 parser and by rules that are not ours."""

from collections.abc import Iterator, Mapping
from typing import Any

import html5lib

_FORBIDDEN = """
script style iframe frame frameset object embed applet form input button textarea select option base meta link svg math
template noscript xmp plaintext title head body html
"""
_HOLD_ADDRESSES = "href src action formaction poster background cite data longdesc lowsrc dynsrc srcset"
_ELEMENTS = frozenset(_FORBIDDEN.split())
_ADDRESSES = frozenset(_HOLD_ADDRESSES.split())
_SCHEMES = ("http://", "https://", "mailto:")


def unsafe(answer: Mapping[str, Any]) -> list[str]:
    """What in an answer of ``khulasa read --json`` must not be published."""
    faults: list[str] = []
    for number, entry in enumerate(answer["entries"], start=1):
        for name in ("summary", "content"):
            faults += [f"entry {number}, {name}: {fault}" for fault in _faults(entry[name] or "")]
        addresses = [entry["link"], *(enclosure["url"] for enclosure in entry["enclosures"])]
        faults += [f"entry {number}: address {url!r}" for url in addresses if url and not _is_web(url)]
    feed = answer["feed"] or {}
    addresses = [feed.get(name) for name in ("link", "self", "image")]
    return faults + [f"feed: address {url!r}" for url in addresses if url and not _is_web(url)]


def _faults(html: str) -> Iterator[str]:
    for element in html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str):
            yield "a comment"
            continue
        if element.tag in _ELEMENTS or "}" in element.tag:
            yield f"<{element.tag}>"
        for name, value in element.attrib.items():
            if str(name).startswith("on") or name in ("style", "id", "class", "name", "srcdoc"):
                yield f"<{element.tag} {name}>"
            elif name in _ADDRESSES and not value.lower().startswith(_SCHEMES):
                yield f"<{element.tag} {name}={value!r}>"


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))
