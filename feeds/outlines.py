"""What an OPML file says: its outlines that stand for something to read, each with its line. Pure.

Reads what other readers write, mends what is nearly right, follows no address. Knows nothing of ``sources.yml``.
"""

import re
from dataclasses import dataclass

from lxml import etree

from arabic.encodings import decode
from feeds.address import check_url
from feeds.repair import repair
from feeds.structure import MAX_REFERENCES, problems_before
from news.types import Failed, Problem, Reason, Unreadable

MAX_SIZE = 20 * 1024 * 1024  # bytes: 25,000 outlines with all that FreshRSS says of each, as many as sources.yml holds
MAX_TAGS = 250_000  # of 100,000 outlines
MAX_ATTRIBUTES = 500  # of one outline: libxml2 goes through all of them for each
MAX_DEPTH = 100  # folders in folders
MAX_FAULTS = 20  # of the XML that are said one by one

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']\s*([A-Za-z0-9._:+\-]{1,40})", re.IGNORECASE)
_BETWEEN_TAGS = re.compile("[^<]+")
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.\-]*:)?opml(?=[\s>/])", re.IGNORECASE)
_PLACE = re.compile(r", line \d+, column \d+.*", re.DOTALL)  # lxml says it in its message, too
# Tiny Tiny RSS writes its settings as outlines (classes/Opml.php).
_SETTINGS = frozenset({"tt-rss-prefs", "tt-rss-labels", "tt-rss-filters"})
# What FreshRSS makes out of pages: its types HTML+XPath, JSON+DotNotation, … (docs/en/developers/OPML.md).
_SCRAPED = re.compile(r"xpath|dotnotation", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One outline that stands for something to read, as its file says it."""

    line: int
    title: str  # may be empty
    url: str  # "" where there is none
    folders: tuple[str, ...]  # it lies in, the outermost first
    categories: tuple[str, ...]  # of its attribute of that name
    refused: Failed | None = None  # why it cannot be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlines:
    """All of a file, in its order, and what was wrong with it or mended."""

    listed: tuple[Listed, ...]
    problems: tuple[Problem, ...] = ()


def read_outlines(body: bytes) -> Outlines | Unreadable:
    """The outlines of an OPML file of any version, or why there are none to be had. Never raises."""
    if len(body) > MAX_SIZE:
        return Unreadable(reason=Reason.TOO_LARGE, message=f"it is larger than {MAX_SIZE // 1024**2} MB")
    if not body.strip(b"\0 \t\r\n\v\f"):
        return Unreadable(reason=Reason.EMPTY, message="it is empty")
    declared = _DECLARED.search(body[:1000].replace(b"\0", b"")[:500])
    decoded = decode(body, http_charset=None, declared=declared[1].decode() if declared else None)
    root = _ROOT.search(decoded.text)
    if root is None:
        return Unreadable(reason=Reason.NOT_A_FEED, message="it is no OPML: there is no <opml> in it")
    if decoded.suspect:
        return Unreadable(reason=Reason.ENCODING_SUSPECT, message=decoded.message or "its encoding cannot be told")
    before, text = decoded.text[: root.start()], decoded.text[root.start() :]
    bomb = _exhausts(text)
    if bomb is not None:
        return Unreadable(reason=Reason.HOSTILE, message=bomb)
    problems: list[Problem] = []
    if decoded.repaired:
        problems.append(Problem(reason=Reason.ENCODING_REPAIRED, message=decoded.message or decoded.encoding))
    problems += problems_before(before.lstrip("\N{ZERO WIDTH NO-BREAK SPACE}"))
    # What lies before the root is cut off, and its entities with it: none is expanded, nobody is asked for one.
    tree = _tree("\n" * before.count("\n"), text, problems)
    if tree is None:
        return Unreadable(reason=Reason.MALFORMED, message="it is malformed beyond reading")
    listed = _listed(tree)
    if listed is None:
        return Unreadable(reason=Reason.HOSTILE, message=f"outlines lie more than {MAX_DEPTH} deep in each other")
    return Outlines(listed=tuple(listed), problems=tuple(problems))


def is_opml(body: bytes) -> bool:
    """Whether it looks like one, whole or not."""
    return _ROOT.search(body.decode("utf-8", "replace")) is not None


def _exhausts(text: str) -> str | None:
    """What in it is built to exhaust whoever reads it."""
    if text.count("<") > MAX_TAGS:
        return f"it has more than {MAX_TAGS:,} tags"
    if text.count("&") > MAX_REFERENCES:
        return f"it has more than {MAX_REFERENCES:,} references"
    if any(part[0].count("=") > MAX_ATTRIBUTES for part in _BETWEEN_TAGS.finditer(text)):
        return f"an outline has more than {MAX_ATTRIBUTES} attributes"
    return None


def _tree(lines: str, text: str, problems: list[Problem]) -> etree._Element | None:
    """Read as it is, or mended and then as far as libxml2 can guess; what was wrong goes to ``problems``."""
    try:
        return etree.fromstring((lines + text).encode("utf-8", "replace"), _parser(recover=False))
    except etree.XMLSyntaxError as fault:
        _note("mended", [(fault.lineno or 1, fault.msg)], problems)
    guessing = _parser(recover=True)
    try:
        root = etree.fromstring((lines + repair(text)).encode("utf-8", "replace"), guessing)
    except etree.XMLSyntaxError:
        return None
    _note("guessed at", [(entry.line, entry.message) for entry in guessing.error_log], problems)
    return root if isinstance(root, etree._Element) else None


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _note(done: str, faults: list[tuple[int, str | None]], problems: list[Problem]) -> None:
    said = [(line, _PLACE.sub("", message or "").strip() or "no XML") for line, message in faults]
    for line, message in dict.fromkeys(said[:MAX_FAULTS]):
        problem = Problem(reason=Reason.MALFORMED, message=f"malformed, {done}: {message}", place=f"line {line}")
        problems.append(problem)
    if len(said) > MAX_FAULTS:
        more = f"and {len(said) - MAX_FAULTS:,} more from here on"
        problems.append(Problem(reason=Reason.MALFORMED, message=more, place=f"line {said[MAX_FAULTS][0]}"))


def _listed(root: etree._Element) -> list[Listed] | None:
    """In document order; None where they lie too deep. Names count in whatever case: Tiny Tiny RSS wrote xmlURL."""
    listed: list[Listed] = []
    folders: list[tuple[etree._Element, str]] = []
    passed_over: etree._Element | None = None
    depth = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            return None
        if event == "end":
            if folders and folders[-1][0] is element:
                folders.pop()
            if passed_over is element:
                passed_over = None
            continue
        if passed_over is not None or _local(element.tag) != "outline":
            continue
        said = {_local(name): value for name, value in element.items()}
        title = said.get("text", "").strip() or said.get("title", "").strip()
        url = said.get("xmlurl", "").strip()
        if title in _SETTINGS:
            passed_over = element
        holds_others = passed_over is None and any(_local(child.tag) == "outline" for child in element)
        if url or not holds_others or "opmlurl" in said:
            one = Listed(
                line=element.sourceline or 1,
                title=title,
                url=url,
                folders=tuple(name for _, name in folders if name),
                categories=tuple(part for term in said.get("category", "").split(",") if (part := term.strip(" /"))),
                refused=_refused(url, title, said),
            )
            listed.append(one)
        if holds_others:
            folders.append((element, title))
    return listed


def _local(name: object) -> str:
    return str(name).rpartition("}")[2].rpartition(":")[2].lower()


def _refused(url: str, title: str, said: dict[str, str]) -> Failed | None:
    """Why what an outline says of itself leads to no feed, if so."""
    kind = said.get("type", "").strip()
    if title in _SETTINGS:
        return _no_feed("settings of Tiny Tiny RSS, no feed")
    if "opmlurl" in said or (not url and said.get("url")):
        return _no_feed("a list or page elsewhere, which is not fetched")
    if not url:
        return _no_feed("no feed: it has no xmlUrl")
    if _SCRAPED.search(kind):
        return _no_feed(f"no feed: another reader makes one of it ({kind[:60]})")
    checked = check_url(url)
    return checked if isinstance(checked, Failed) else None


def _no_feed(message: str) -> Failed:
    return Failed(reason=Reason.NOT_A_FEED, message=message)
