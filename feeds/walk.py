"""Walks through the elements of a feed document, with feedparser's eyes for texts, addresses and what is inherited.

Knows where an element stands and what is to be done there by a table; what that does is feeds/direct.py's. Gives up
(NotPlainError) on whatever feedparser might see in another way.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from feeds.element_names import NotPlainError, name_of, version_of
from feeds.structure import LONG_DATE
from feeds.written import Written

Attributes = dict[str, str]
Action = tuple[Callable[[Any, Element, Attributes, str], None], str]  # with (the walk, element, attributes, the text)
Slots = Mapping[str, Mapping[str, Action]]  # by place and name of the element

PLAIN, HTML, AS_XHTML = "text/plain", "text/html", "application/xhtml+xml"
TYPES = {"text": PLAIN, "plain": PLAIN, "html": HTML, "xhtml": AS_XHTML, PLAIN: PLAIN, HTML: HTML, AS_XHTML: AS_XHTML}

MAX_DEPTH = 190  # feeds/structure.py calls 200 hostile
MAX_ATTRIBUTES = 100
MAX_VALUES = 100_000  # characters
_SURELY_SHORT = 40  # characters, which no references make longer than feeds/structure.py leaves a date
_NONE: Attributes = {}  # never written to
_XML = "{http://www.w3.org/XML/1998/namespace}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XHTML = "{http://www.w3.org/1999/xhtml}"
_QUALIFIED = {_XML + "base": "xml:base", _XML + "lang": "xml:lang", _RDF + "about": "rdf:about"}
_MEANT = "base domain href ispermalink label lang lastmod length medium mode rel scheme term text type uri url version"
_ATTRIBUTES = frozenset(_MEANT.split())  # also where they are qualified by a namespace feedparser does not know
_NOT_IN_XHTML = frozenset({"body", "svg", "math", "item", "entry"})
_ENCODED_ONCE = re.compile(rb"\xc3[\x82-\xb4]")  # no text is UTF-8 encoded twice without it
_ABSOLUTE = re.compile(r"https?://[A-Za-z0-9.\-]+(?::[0-9]+)?(?:/[\w.~%+\-]+)*/?", re.ASCII)
_EXTRA_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)(/*)")


class Walk:
    """feedparser's state on its way; ``context`` is the feed or entry that is being filled."""

    def __init__(
        self,
        places: Slots,
        prefixes: Mapping[str, str | None],
        body: bytes,
        looks_like_html: Callable[[str], bool],
        *,
        is_atom: bool,
    ) -> None:
        self.version = ""
        self.body = body
        # A single byte is looked for many times faster.
        is_settled = not (b"&" in body and b"&#" in body) and not (b"\xc3" in body and _ENCODED_ONCE.search(body))
        self.is_settled = is_settled
        self.prefixes = prefixes
        self.is_atom = is_atom
        self.places = places
        self.looks_like_html = looks_like_html
        self.feed: dict[str, Any] = {}
        self.entries: list[dict[str, Any] | Written] = []
        self.context = self.feed
        self.in_feed = self.in_entry = self.has_content = False
        self.base = ""
        self.language: str | None = None
        self.depth = 1
        self.title_depth = -1
        self.depths: dict[str, int] = {}  # of an entry's fields: what stands deeper does not replace them
        self.actions: dict[str, dict[Any, Action]] = {place: {} for place in places}  # by tag, as they are met

    def read(self, root: Element) -> None:
        name = name_of(root.tag, self.prefixes)
        self.version = version_of(root, self.prefixes)
        if self.is_atom != self.version.startswith("atom"):
            raise NotPlainError("items of another dialect")
        self.attributes(root.items())
        if self.language and name != "rdf_rdf":
            self.feed["language"] = self.language
        self.in_feed = name == "feed"
        self.inside(root, name)

    def inside(self, parent: Element, place: str) -> None:
        """All that stands in ``parent``, each as its name asks for in such a place."""
        base, language = self.base, self.language
        actions = self.actions[place]
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise NotPlainError("deep nesting")
        for element in parent:
            act, argument = actions.get(element.tag) or self.learn(element.tag, place)
            attributes = element.items()
            act(self, element, self.attributes(attributes) if attributes else _NONE, argument)
            self.base, self.language = base, language
        self.depth -= 1

    def learn(self, tag: str, place: str) -> Action:
        name = name_of(tag, self.prefixes)
        action = self.places[place].get(name)
        if action is None:
            if name.endswith(("item", "entry")):
                raise NotPlainError("what is counted among the entries")
            known = any(name in elements for elements in self.places.values())
            if known or (place == "image" and "_" not in name):
                raise NotPlainError(name)
            action = (Walk.empty if place in ("author", "category") else Walk.unknown, "")
        self.actions[place][tag] = action
        return action

    def leaf(self, element: Element, _attributes: Attributes = _NONE, _argument: str = "") -> None:
        if len(element):
            raise NotPlainError("markup where none is expected")

    def empty(self, element: Element, _attributes: Attributes, _argument: str) -> None:
        if len(element) or element.text:
            raise NotPlainError("text that feedparser may count as that of the element around it")

    def unknown(self, element: Element, _attributes: Attributes, _argument: str) -> None:
        if len(element):
            self.inside(element, "unknown")

    def attributes(self, items: Iterable[tuple[Any, Any]]) -> Attributes:
        """Attributes by feedparser's names; xml:base and xml:lang among them take effect."""
        found: Attributes = {}
        for name, value in items:
            name = _QUALIFIED.get(name, name).lower()
            if name[0] == "{" and name.partition("}")[2] in _ATTRIBUTES:
                raise NotPlainError(name)
            found[name] = value.lower() if name in ("rel", "type") else value
        _check(found)
        if base := found.get("xml:base", found.get("base")):
            if not _ABSOLUTE.fullmatch(base):
                raise NotPlainError("xml:base")
            self.base = base
        self.language = found.get("xml:lang", found.get("lang", self.language)) or None
        return found

    def text(self, element: Element) -> str:
        """The text of an element that holds nothing else, stripped."""
        if len(element):
            raise NotPlainError("markup where a text is expected")
        return self.settled(element.text or "")

    def short(self, element: Element, text: str) -> str:
        """``text``, that of ``element``, if feeds/structure.py would not cut it off in the document."""
        if len(element.text or "") > _SURELY_SHORT and LONG_DATE.search(self.body):
            raise NotPlainError("a date or a name without end")
        return text

    def text_around(self, element: Element) -> str:
        """The text of an element without its children's."""
        return self.settled("".join([element.text or "", *(child.tail or "" for child in element)]))

    def settled(self, text: str) -> str:
        text = text.strip()
        if not self.is_settled and not text.isascii() and text[0] <= "\xff":
            try:
                # feedparser mends UTF-8 that was taken for ISO 8859-1, text by text: it may.
                if text.encode("iso-8859-1").decode() != text:
                    raise NotPlainError("UTF-8 encoded twice")
            except ValueError:
                pass
        return text

    def address(self, element: Element) -> str:
        text = self.text(element)
        return self.settled(self.resolved(text)) if text else ""

    def resolved(self, address: str) -> str:
        if "///" in address:
            address = _EXTRA_SLASHES.sub(r"\1", address)
        try:
            return urljoin(self.base, address) if self.base else address
        except ValueError:
            return ""

    def detail(self, element: Element, attributes: Attributes, usual: str) -> dict[str, Any]:
        """A text and how it is meant."""
        kind = TYPES.get(attributes.get("type", usual))
        if kind is None or "mode" in attributes or (kind == AS_XHTML and not self.is_atom):
            raise NotPlainError("a type of text")
        value = self.settled(_markup_in(element)) if kind == AS_XHTML else self.text(element)
        if kind == PLAIN and not self.is_atom and ("<" in value or "&" in value) and self.looks_like_html(value):
            kind = HTML
        return {"type": kind, "language": self.language, "base": self.base, "value": value}

    def store(self, name: str, value: str | dict[str, Any]) -> None:
        """Keep a field; with its detail where there is one."""
        context = self.context
        if isinstance(value, dict):
            context[name + "_detail"] = value
            value = value["value"]
        if self.in_entry:
            if self.depth > self.depths.get(name, self.depth):
                return
            self.depths[name] = self.depth
        context[name] = value


def _check(attributes: Attributes) -> None:
    if len(attributes) > MAX_ATTRIBUTES or sum(map(len, attributes.values())) > MAX_VALUES:
        raise NotPlainError("attributes as no publisher writes them")


def _markup_in(element: Element) -> str:
    """XHTML as feedparser writes it again, without the one <div> that RFC 4287 asks for around it."""
    pieces = [_escape(element.text or "")]
    for child in element:
        _write(child, pieces, 0)
    if len(element) == 1 and pieces[1].startswith(("<div>", "<div ")) and not (pieces[0] + pieces[-1]).strip():
        pieces = pieces[2:-2]
    return "".join(pieces)


def _write(element: Element, pieces: list[str], depth: int) -> None:
    tag = element.tag
    name = tag.removeprefix(_XHTML).lower()
    if not tag.startswith(_XHTML) or name in _NOT_IN_XHTML or depth > MAX_DEPTH // 2:
        raise NotPlainError(tag)
    attributes: Attributes = {}
    for written, value in element.items():
        key = "xml:lang" if written == _XML + "lang" else written.lower()
        if key[0] == "{" or key == "base":
            raise NotPlainError(key)
        attributes[key] = value.lower() if key in ("rel", "type") else value
    _check(attributes)
    quoted = (' {}="{}"'.format(key, _escape(value).replace('"', "&quot;")) for key, value in attributes.items())
    pieces += (f"<{name}{''.join(quoted)}>", _escape(element.text or ""))
    for child in element:
        _write(child, pieces, depth + 1)
    pieces += (f"</{name}>", _escape(element.tail or ""))


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
