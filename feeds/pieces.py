"""Cuts the bytes of a feed document into its items and what stands around them, so that known items need no reading.

Knows tags, no meanings: whatever is not plain to see in one pass over the bytes makes it give up, and the document is
read as a whole. Does not ask whether the XML is well-formed: only items of a document that was read without such a
problem may count as known, and only under the head they were read under.
"""

import html
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import pairwise

from feeds.structure import MAX_ENTRIES
from news.identity import page_address

MAX_BODY = 2_000_000  # bytes
MAX_HEAD = 64 * 1024  # bytes outside the items
MAX_ITEMS = MAX_ENTRIES  # of more only some are read, and which ones depends on all of them
MAX_DIGESTS = 2_000  # in one packed value
DIGEST = 8  # bytes: a publisher who makes two of his own items collide hides one of them

_CDATA = rb"!\[CDATA\[[^\]]*+(?:\](?!\]>)[^\]]*+)*+\]\]>"
_COMMENT = rb"!--[^\-]*+(?:-(?!->)[^\-]*+)*+-->"
_INSTRUCTION = rb"\?[^?]*+(?:\?(?!>)[^?]*+)*+\?>"
_ATTRIBUTES = rb"(?:\s[^<>\"']*+(?:(?:\"[^<\"]*+\"|'[^<']*+')[^<>\"']*+)*+)?+"
_TO_BASE = rb"(?:[^<>b]++|(?<![\s:])b|b(?!ase\s*+=))*+(?<=[\s:])base"
_TO_LANG = rb"(?:[^<>l]++|(?<![\s:])l|l(?!ang\s*+=))*+(?<=[\s:])lang"
_PREFIX = rb"(?:[A-Za-z_][\w.\-]*+:)?+"


def _tags(prefix: bytes) -> re.Pattern[bytes]:
    """All that the pass over a document looks at, names with ``prefix``. What matches without a group is stepped over.

    Every repetition is possessive: what does not end is looked for once, and is then a stray.
    """
    return re.compile(
        rb"<(?:" + _CDATA + rb"|" + _COMMENT + rb"|" + _INSTRUCTION + rb"|(?P<stray>[!?])"
        rb"|/(?:(?P<closed>" + prefix + rb"(?:item|entry))\s{0,100}+>"
        rb"|" + prefix + rb"(?P<odd_end>(?i:item|entry|channel|feed|rss|rdf))(?=[\s/>]))"
        rb"|(?P<opened>" + prefix + rb"(?:item|entry))(?P<attributes>" + _ATTRIBUTES + rb")(?<!/)>"
        rb"|" + prefix + rb"(?:(?:guid|id)(?:\s[^<>:]*+)?+(?<!/)>\s{0,100}+"
        rb"(?:<!\[CDATA\[(?P<verbatim>[^<\]]{0,2000}+)\]\]>|(?P<plain>[^<]{0,2000}+)(?=</))"
        rb"|(?P<odd>(?i:item|entry|channel|feed|rss|rdf))(?=[\s/>])"
        rb"|(?P<div>div)(?=[\s/>]))"
        rb"|[\w.:\-]++(?=\s)(?:(?P<based>" + _TO_BASE + rb")|(?P<lang>" + _TO_LANG + rb")))"
    )


_TAG, _PREFIXED_TAG = _tags(b""), _tags(_PREFIX)  # most documents have no such prefix, and are read in half the time
_MAY_BE_PREFIXED = re.compile(rb":(?i:item|entry|guid|id|div)[\s/>]")
_ABOUT = re.compile(rb"\srdf:about\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_INHERITED = re.compile(rb"[\s:](base|lang)\s*+=")
_LINK = re.compile(rb"<link(?:\s[^<>]*+)?+(?<!/)>\s*+(?:<!\[CDATA\[)?+([^<\]]{1,8000}+)")
_SECTION = re.compile(rb"<(?:" + _CDATA + rb"|" + _COMMENT + rb"|" + _INSTRUCTION + rb")")
_OPEN_OR_CLOSE = re.compile(rb"<(/?)([^\s<>/]++)[^<>]*?(/?)>")
_DECLARED = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"']*)")
# In these a byte below 0x80 is always the ASCII character.
_ASCII_BASED = re.compile(rb"utf-?8|(?:us-)?ascii|(?:windows-|cp)125\d|(?:iso-?8859-|latin-?)\d+", re.IGNORECASE)
_AROUND_ITEMS = frozenset({(b"rss", b"channel"), (b"RDF",), (b"RDF", b"channel"), (b"feed",)})
_RSS_1 = re.compile(rb"http://purl\.org/rss/1\.0/|http://my\.netscape\.com/rdf/simple/0\.9/")
# What a publisher's program may renew with every answer, and RSS 1.0's list of its items; a text of more than 300
# bytes is no date. CDATA sections come first: no comment begins inside them.
_VOLATILE = re.compile(
    rb"(<(?:" + _CDATA + rb"|" + _INSTRUCTION + rb"))|<" + _COMMENT + rb"|"
    rb"<(" + _PREFIX + rb"(?:lastBuildDate|pubDate|date|updated|modified|updateBase|generator))(?:\s[^<>]*+)?+"
    rb"(?:/>|(?<=/)>|(?<!/)>\s{0,100}+(?:<!\[CDATA\[[^<\]]{0,300}+\]\]>\s{0,100}+|[^<]{0,300}+)</\2\s{0,100}+>)|"
    rb"<(" + _PREFIX + rb"items)>(?:\s*+</?rdf:(?:Seq|li)(?:\s[^<>]*+)?+/?>)*+\s*+</\3>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """One document: ``head[0]``, ``items[0]``, ``head[1]``, … ``items[-1]``, ``head[-1]``, joined, are its bytes."""

    head: tuple[bytes, ...]
    items: tuple[bytes, ...]
    head_digest: bytes  # of the head without comments, white space and what changes with every answer
    item_digests: tuple[bytes, ...]

    def without(self, known: Collection[bytes]) -> bytes:
        """The document with only the items whose digest is not among ``known``."""
        known = frozenset(known)
        kept = [self.head[0]]
        for item, digest, following in zip(self.items, self.item_digests, self.head[1:], strict=True):
            if digest not in known:
                kept.append(item)
            kept.append(following)
        return b"".join(kept)


def pieces_of(body: bytes) -> Pieces | None:
    """The pieces of an RSS, RDF or Atom document; None where it can only be read as a whole.

    That is also where an item means something else without the others: ``news.identity.entry_keys`` names an entry by
    what no other entry of the document has, and feedparser lets some attributes of one item reach the next.
    """
    if len(body) > MAX_BODY or not _is_ascii_based(body):
        return None
    found = _items_of(body)
    if found is None or _names_repeat(found, body):
        return None
    edges = [0, *(edge for item in found for edge in (item.start, item.end)), len(body)]
    slices = [body[start:end] for start, end in pairwise(edges)]
    head, items = slices[::2], slices[1::2]
    if sum(map(len, head)) > MAX_HEAD or not _surrounds_siblings(head):
        return None
    return Pieces(
        head=tuple(head),
        items=tuple(items),
        head_digest=_digest(b" ".join(_VOLATILE.sub(rb"\1", b" ".join(head)).split())),
        item_digests=tuple(map(_digest, items)),
    )


def pack(digests: Iterable[bytes]) -> bytes:
    """Digests in one value, in the order given, each once; of more than MAX_DIGESTS the first ones."""
    return b"".join(list(dict.fromkeys(digests))[:MAX_DIGESTS])


def unpack(packed: bytes) -> frozenset[bytes]:
    """The digests of ``pack``; none, where the value is no such thing."""
    if len(packed) % DIGEST or len(packed) > DIGEST * MAX_DIGESTS:
        return frozenset()
    return frozenset(packed[at : at + DIGEST] for at in range(0, len(packed), DIGEST))


def _is_ascii_based(body: bytes) -> bool:
    """Whether tags can be seen without decoding: letters may be any bytes, but none of theirs are ``<`` or zero."""
    declared = _DECLARED.search(body[:400])
    return b"\0" not in body and (declared is None or _ASCII_BASED.fullmatch(declared[1].strip()) is not None)


@dataclass(slots=True)
class _Item:
    """Where an item lies, and what may name it."""

    start: int
    end: int = 0
    names: set[bytes] = field(default_factory=set)


def _items_of(body: bytes) -> list[_Item] | None:
    """The items, one after another; None where they nest, do not end, are none, too many, or depend on each other."""
    found: list[_Item] = []
    item: _Item | None = None
    opened = b""
    has_div = has_lang = has_base = False
    for tag in (_PREFIXED_TAG if _MAY_BE_PREFIXED.search(body) else _TAG).finditer(body):
        match tag.lastgroup:
            case None:
                continue
            case "attributes":
                if item is not None or len(found) == MAX_ITEMS:
                    return None
                item, opened = _Item(tag.start()), tag["opened"]
                if tag["attributes"]:
                    about = _ABOUT.search(tag["attributes"])
                    item.names.update({(about[1] or about[2] or b"").strip()} if about else ())
                    inherited = _INHERITED.findall(tag["attributes"])
                    has_lang = has_lang or b"lang" in inherited
                    has_base = has_base or b"base" in inherited
            case "closed":
                if item is None or tag["closed"] != opened:
                    return None
                item.end = tag.end()
                found.append(item)
                item = None
            case "verbatim" | "plain" as group:
                if item is not None:
                    item.names.add(tag[group].strip())
            case "div":
                has_div = has_div or item is not None
            case "lang":
                has_lang = has_lang or item is not None
            case "based":
                has_base = has_base or item is not None
            case "odd" | "odd_end" as group:
                if item is not None or tag[group].lower() in (b"item", b"entry"):
                    return None
            case _:
                return None
    if item is not None:
        return None
    # feedparser 6.0.14: an xml:base stays in force after its element where none is around it, and what is inherited
    # gets out of step at a <div> that nobody escaped.
    return None if has_base or (has_div and has_lang) else found or None


def _names_repeat(found: list[_Item], body: bytes) -> bool:
    """Whether two items have one guid or, where some have none, one link."""
    if _repeat(item.names - {b""} for item in found):
        return True
    if all(item.names - {b""} for item in found):
        return False
    links = ({*_LINK.findall(body, item.start, item.end), *item.names} for item in found)
    return _repeat(
        {page_address(html.unescape(link.decode(errors="backslashreplace").strip())) for link in some} - {""}
        for some in links
    )


def _repeat(names: Iterable[Collection[object]]) -> bool:
    return any(times > 1 for times in Counter(name for some in names for name in some).values())


def _surrounds_siblings(head: list[bytes]) -> bool:
    """Whether nothing but the items lies between them, directly in a channel or feed that begins and ends."""
    if any(between and not between.isspace() and _quiet(between).strip() for between in head[1:-1]):
        return False
    before = _quiet(head[0]).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not before.startswith(b"<"):
        return False
    opened: list[bytes] = []
    for closing, name, empty in _OPEN_OR_CLOSE.findall(before):
        if not closing and not empty:
            opened.append(name)
        elif closing and (len(opened) < 2 or opened.pop() != name):
            return False
    around = tuple(name.rpartition(b":")[2] for name in opened)
    if around not in _AROUND_ITEMS or not _quiet(head[-1]).rstrip().endswith(b"</" + opened[0] + b">"):
        return False
    # Without it feedparser takes the dialect from the next namespace it meets, in whichever item.
    return around[0] != b"RDF" or _RSS_1.search(before) is not None


def _quiet(markup: bytes) -> bytes:
    """``markup`` without comments, processing instructions and CDATA sections."""
    return _SECTION.sub(b"", markup)


def _digest(piece: bytes) -> bytes:
    return blake2b(piece, digest_size=DIGEST).digest()
