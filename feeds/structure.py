"""Looks at the bones of an XML document before its words are read: is it a feed, whole, or built to exhaust us?

One pass of expat that builds nothing. What lies before the root element (declaration, document type, entities) is cut
off: no entity is ever expanded, no external one ever seen.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat

from feeds.entry_dates import MAX_DATE, newest
from feeds.repair import repair
from news.types import Problem, Reason, Unreadable

MAX_ENTRIES = 500
MAX_DEPTH = 200
MAX_ATTRIBUTES = 500  # feedparser reads attributes in time quadratic in their number
MAX_TAG = 256 * 1024  # characters
MAX_PREFIXES = 200  # as many namespaces; feedparser looks one up among all of them, for every element
MAX_COMMENTS = 5_000
MAX_REFERENCES = 1_000_000  # every one is a call of feedparser's: 1 MB of Arabic written in them has 150,000
MAX_LOOSE = 2 * 1024 * 1024  # characters of malformed XML given to feedparser's loose parser
MAX_LOOSE_TAGS = 50_000  # it reads 100,000 of them in a second

_DECLARATION = "<?xml version='1.0' encoding='utf-8'?>"
_SEPARATOR = "\x1f"  # no XML document can hold it
_PROLOG = re.compile(
    r"""(?:\s++|<\?.*?\?>|<!--.*?-->
        |<!DOCTYPE(?:"[^"]*"|'[^']*'|[^"'<>\[])*+
          (?:\[(?:"[^"]*"|'[^']*'|[^"'\]])*+\]\s*+)?>)*+""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
_ELEMENT = re.compile(r"<(?:[A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)")
_ROOT_SOMEWHERE = re.compile(r"<(?:[A-Za-z_][\w.\-]*:)?(?:rss|RDF|feed)[\s>]")
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_ROOTS = frozenset({"rss", "rdf", "feed", "channel", "entry"})
_GARBAGE = 16 * 1024  # characters before the root element that are looked at: warnings of PHP, blank lines
_ITEM_TAG = re.compile(r"<(?:[A-Za-z_][\w.\-]*:)?(?:item|entry)[\s>]", re.IGNORECASE)
_PREFIX = re.compile(r"\sxmlns:([^\s=]+)")
_TAG = re.compile(r"<[A-Za-z][^<>]*")
# feedparser searches all of a date nine times, and looks for a mail address in an author in quadratic time.
LONG_DATE = re.compile(
    rb"(<(?:[A-Za-z_][\w.\-]*:)?(?:pubDate|lastBuildDate|date|issued|modified|created|published|updated|author|creator"
    rb"|managingEditor|webMaster|publisher|name)(?:\s[^<>]*)?>)"
    rb"(?:<!\[CDATA\[)?([^<>\]]{" + str(4 * MAX_DATE).encode() + rb",}+)(?:\]\]>)?",
    re.IGNORECASE,
)
_DATE_OF_ITEM = re.compile(
    rb"<(?:[A-Za-z_][\w.\-]*:)?(?:pubDate|published|date|updated|issued)(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?\s*([^<>\]]{1,100})",
    re.IGNORECASE,
)
_CUT_SHORT = frozenset(
    {
        expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
        expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document that may be read: UTF-8 from its root element on, at most MAX_ENTRIES entries."""

    body: bytes
    problems: tuple[Problem, ...]
    is_xml: bool = True  # False: only feedparser's loose parser makes something of it


class _HostileError(Exception):
    """Raised inside expat's callbacks to stop it."""


@dataclass(slots=True, kw_only=True)
class _Bones:
    """What one pass of expat saw. Slots are offsets in bytes."""

    open_elements: list[str] = field(default_factory=list)
    around_items: tuple[str, ...] = ()  # what was open around the first item
    items: list[tuple[int, int]] = field(default_factory=list)
    item_depth: int = 0
    item_start: int = 0
    namespaces: set[tuple[str | None, str | None]] = field(default_factory=set)
    error: str | None = None
    error_line: int = 0
    cut_short: bool = False


def root_of(text: str) -> int | None:
    """Where the root element of a feed starts in ``text``; None when this is no feed in XML."""
    prolog = _PROLOG.match(text)
    start = prolog.end() if prolog else 0
    element = _ELEMENT.match(text, start)
    if element is not None and element[1].lower() in _ROOTS:
        return start
    somewhere = _ROOT_SOMEWHERE.search(text, 0, start + _GARBAGE)
    if somewhere is None or _HTML.search(text, 0, somewhere.start()):
        return None
    return somewhere.start()


def problems_before(before: str) -> list[Problem]:
    """What is wrong with what stands before the root element."""
    if not _PROLOG.fullmatch(before):
        return [Problem(reason=Reason.MALFORMED, message="text before the root element", place="line 1")]
    if "<!ENTITY" in before:
        return [Problem(reason=Reason.MALFORMED, message="entity declarations were ignored")]
    return []


def prepare(text: str, root: int, now: datetime) -> Prepared | Unreadable:
    """The document from its root element on, mended and cut to size; hostile ones are refused."""
    before, text = text[:root], text[root:]
    problems = problems_before(before)
    if text.count("<!--") > MAX_COMMENTS:
        return Unreadable(reason=Reason.HOSTILE, message=f"more than {MAX_COMMENTS} comments")
    head = _DECLARATION + "\n" * before.count("\n")
    if text.count("&") > MAX_REFERENCES:
        return Unreadable(reason=Reason.HOSTILE, message=f"more than {MAX_REFERENCES} references")
    try:
        body = (head + text).encode("utf-8", "surrogatepass")
        bones = _scan(body)
        if bones.error is not None:
            problems.append(
                Problem(reason=Reason.MALFORMED, message=bones.error, place=f"line {max(bones.error_line, 1)}")
            )
            text = repair(text)
            body = (head + text).encode()
            bones = _scan(body)
        if bones.error is not None:
            if bones.cut_short and bones.items:
                body = _close(body, bones)
            else:
                return _prepare_loose(head, text, problems)
    except _HostileError as hostile:
        return Unreadable(reason=Reason.HOSTILE, message=str(hostile))
    if len(bones.items) > MAX_ENTRIES:
        problems.append(_too_many(len(bones.items)))
        body = _keep_newest(body, bones.items, now)
    return Prepared(body=LONG_DATE.sub(_shorter, body), problems=tuple(problems))


def _scan(body: bytes) -> _Bones:
    bones = _Bones()
    parser = expat.ParserCreate("utf-8", _SEPARATOR)
    parser.namespace_prefixes = True
    parser.ordered_attributes = True

    def started(name: str, attributes: list[str]) -> None:
        parts = name.split(_SEPARATOR)  # namespace, local name, prefix: the outer two may be missing
        local = parts[1] if len(parts) > 1 else parts[0]
        if attributes:
            if len(attributes) > 2 * MAX_ATTRIBUTES:
                raise _HostileError(f"an element has more than {MAX_ATTRIBUTES} attributes")
            if sum(map(len, attributes)) > MAX_TAG:
                raise _HostileError("an element's attributes are too long")
        depth = len(bones.open_elements)
        if depth >= MAX_DEPTH:
            raise _HostileError(f"elements nest deeper than {MAX_DEPTH}")
        if not bones.item_depth and depth and local in ("item", "entry"):
            if not bones.items:
                bones.around_items = tuple(bones.open_elements)
            bones.item_depth = depth + 1
            bones.item_start = parser.CurrentByteIndex
        bones.open_elements.append(f"{parts[2]}:{local}" if len(parts) == 3 else local)

    def ended(name: str) -> None:
        if len(bones.open_elements) == bones.item_depth:
            bones.items.append((bones.item_start, body.index(b">", parser.CurrentByteIndex) + 1))
            bones.item_depth = 0
        bones.open_elements.pop()

    def declared(prefix: str | None, uri: str | None) -> None:
        bones.namespaces.add((prefix, uri))
        if len(bones.namespaces) > MAX_PREFIXES:
            raise _HostileError(f"more than {MAX_PREFIXES} namespaces")

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.StartNamespaceDeclHandler = declared
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        bones.error = expat.ErrorString(error.code)
        bones.error_line = error.lineno
        bones.cut_short = error.code in _CUT_SHORT
    return bones


def _close(body: bytes, bones: _Bones) -> bytes:
    """A document that ends in the middle, ended after its last whole item: the rest comes whole the next time."""
    tags = "".join(f"</{name}>" for name in reversed(bones.around_items))
    return body[: bones.items[-1][1]] + tags.encode()


def _keep_newest(body: bytes, items: list[tuple[int, int]], now: datetime) -> bytes:
    """The newest MAX_ENTRIES items where their dates can be read, the first ones where not; in document order."""
    found = (_DATE_OF_ITEM.search(body, start, end) for start, end in items)
    dates = [date[1].decode(errors="replace") if date else None for date in found]
    kept = newest(dates, MAX_ENTRIES, now=now)
    pieces: list[bytes] = []
    at = 0
    for number, (start, end) in enumerate(items):
        if number not in kept:
            pieces.append(body[at:start])
            at = end
    pieces.append(body[at:])
    return b"".join(pieces)


def _prepare_loose(head: str, text: str, problems: list[Problem]) -> Prepared | Unreadable:
    """For feedparser's loose parser, which guesses: only what it can read in bounded time."""
    prefixes: set[str] = set()
    for tag in _TAG.finditer(text):
        if len(tag[0]) > MAX_TAG or tag[0].count("=") > MAX_ATTRIBUTES:
            return Unreadable(reason=Reason.HOSTILE, message="a tag is too long or has too many attributes")
        if "xmlns:" in tag[0]:
            prefixes.update(_PREFIX.findall(tag[0]))
    if len(prefixes) > MAX_PREFIXES:
        return Unreadable(reason=Reason.HOSTILE, message=f"more than {MAX_PREFIXES} namespace prefixes")
    starts = [item.start() for item in _ITEM_TAG.finditer(text)]
    if len(starts) > MAX_ENTRIES:
        problems.append(_too_many(len(starts)))
        text = text[: starts[MAX_ENTRIES]]
    if len(text) > MAX_LOOSE:
        whole = [start for start in starts if start <= MAX_LOOSE]
        text = text[: whole[-1] if len(whole) > 1 else MAX_LOOSE]
    if text.count("<") > MAX_LOOSE_TAGS or text.count("&") > 4 * MAX_LOOSE_TAGS:
        return Unreadable(reason=Reason.HOSTILE, message="malformed, and too many tags and references")
    return Prepared(body=LONG_DATE.sub(_shorter, (head + text).encode()), problems=tuple(problems), is_xml=False)


def _shorter(date: re.Match[bytes]) -> bytes:
    """A date element with as much of its text as can be a date: feedparser would search all of it, nine times."""
    return date[1] + date[2][: 4 * MAX_DATE].decode(errors="ignore").encode()


def _too_many(entries: int) -> Problem:
    return Problem(reason=Reason.TOO_MANY_ENTRIES, message=f"{entries} entries, kept {MAX_ENTRIES}")
