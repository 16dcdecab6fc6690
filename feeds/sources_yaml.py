"""From the bytes of a YAML file to a tree in which everything knows its place, with what is wrong as YAML.

Reads YAML 1.2: ``no`` is a word. Refuses what a list of sources never needs and a person cannot see through: tags,
anchors and aliases, duplicate keys, invisible marks, endless depth. Knows nothing of sources.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from feeds.address import mask
from feeds.sources_tree import LINE_END, UNCLEAR, Mapping, Node, Page, Refused, Scalar, Sequence, Value
from news.errors import ConfigurationError, Mistake

MAX_SIZE = 5_000_000  # bytes
MAX_DEPTH = 16  # a file of ours is four levels deep
MAX_NODES = 500_000  # 25,000 sources with every key written out

# Everything that a screen does not show, or shows elsewhere than it stands (CVE-2021-42574), save tab and line ends.
# LRM, RLM, ALM, ZWNJ and ZWJ are part of Arabic, Persian and Urdu text.
MISLEADING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"

_DASH = re.compile(r"(?:\s|#[^\r\n]*+)*+-")  # over white space and remarks

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)"
    r"|\.(?:nan|NaN|NAN)"
)


def read_text(path: Path) -> str:
    """The text of the file, without a byte order mark. Raises ConfigurationError."""

    def wrong(message: str, line: int = 1, column: int = 1) -> ConfigurationError:
        return ConfigurationError(str(path), (Mistake(message=message, line=line, column=column),))

    try:
        with path.open("rb") as file:
            raw = file.read(MAX_SIZE + 1)
    except FileNotFoundError:
        raise wrong("there is no such file") from None
    except (OSError, ValueError) as fault:
        raise wrong(f"the file cannot be read: {getattr(fault, 'strerror', None) or fault}") from None
    if len(raw) > MAX_SIZE:
        raise wrong(f"the file is larger than {MAX_SIZE // 1_000_000} MB")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise wrong("the file is in UTF-16: save it as UTF-8")
    try:
        return raw.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as fault:
        lines = LINE_END.split(raw[: fault.start].decode("utf-8").removeprefix(_BOM))
        message = f"the byte 0x{raw[fault.start]:02x} is not UTF-8: save the file as UTF-8"
        raise wrong(message, len(lines), len(lines[-1]) + 1) from None


def read_yaml(text: str) -> Page:
    """The tree of ``text`` and everything that is wrong with it as YAML. Never raises."""
    page = Page(text=text, root=None, mistakes=[])
    for found in MISLEADING.finditer(text):
        page.mistakes.append(page.mistake(found.start(), f"an invisible character, U+{ord(found[0]):04X}: remove it"))
    readable = MISLEADING.sub("\N{REPLACEMENT CHARACTER}", text)  # one for one: all places stay right
    builder = _Builder(page)
    try:
        builder.build(readable)
        page.root = builder.root
    except _Stop:
        page.root = builder.root  # whole, where a second document stopped us
    except MarkedYAMLError as fault:
        page.mistakes.append(_syntax_mistake(page, fault))
    except Exception:
        # The scanner throws what it likes at escapes and directives beyond its understanding: OverflowError at
        # "\\U99999999", ValueError at %YAML 9. None of it may stop a running daemon.
        page.mistakes.append(page.mistake(builder.reached, "what follows here cannot be read as YAML"))
    return page


_NO_TAGS = "tags (!…) are not used here: remove it, or put a value that begins with ! in quotes"


class _Stop(Exception):
    """No more of this file is read; the mistake is noted."""


@dataclass(slots=True)
class _Open:
    node: Sequence | Mapping
    is_refused: bool
    key: Node | None = None  # of a mapping, when its value is awaited


class _Builder:
    """Makes nodes of events, without recursion."""

    def __init__(self, page: Page) -> None:
        self.root: Node | None = None
        self.reached = 0
        self._page = page
        self._open: list[_Open] = []
        self._documents = self._nodes = 0

    def build(self, text: str) -> None:
        for event in _events(text):
            match event:
                case ScalarEvent():
                    self._scalar(event)
                case MappingStartEvent() | SequenceStartEvent():
                    self._begin(event)
                case CollectionEndEvent():
                    self._end(event)
                case AliasEvent():
                    start = event.start_mark.index
                    self._wrong(start, "aliases (*name) are not used here: write the value out")
                    self._put(Refused(start, event.end_mark.index))
                case DocumentStartEvent():
                    self._documents += 1
                    if self._documents > 1:
                        self._wrong(event.start_mark.index, "a second document begins here (---): there may be one")
                        raise _Stop

    def _scalar(self, event: Any) -> None:
        start, end, text, style = event.start_mark.index, event.end_mark.index, event.value, event.style
        if self._is_refused(event):
            self._put(Refused(start, end))
            return
        if start == end:  # the event stands where the next thing begins
            start, end = self._empty()
        if style == '"' and (found := MISLEADING.search(text)):
            self._wrong(start, f"an invisible character, U+{ord(found[0]):04X}: remove it")
            self._put(Refused(start, end))
            return
        self._put(Scalar(start, end, text if style else plain_value(text), style))

    def _empty(self) -> tuple[int, int]:
        """Where a value that is not written stands: behind its key, or at its dash."""
        if self._open and isinstance(self._open[-1].node, Sequence):
            dash = _DASH.match(self._page.text, self.reached)
            return (dash.end() - 1, dash.end()) if dash else (self.reached, self.reached)
        return self.reached, self.reached

    def _begin(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        if len(self._open) >= MAX_DEPTH:
            self._wrong(start, f"more than {MAX_DEPTH} levels inside each other")
            raise _Stop
        made = Mapping if isinstance(event, MappingStartEvent) else Sequence
        node = made(start, end, is_flow=bool(event.flow_style))
        self._open.append(_Open(node, self._is_refused(event)))
        self.reached = start

    def _end(self, event: Any) -> None:
        closed = self._open.pop()
        node = closed.node
        node.end = event.end_mark.index if node.is_flow else self.reached
        is_refused = closed.is_refused
        if isinstance(node, Mapping) and "<<" in node.entries:
            key, value = node.entries["<<"]
            is_refused = True
            if not isinstance(value, Refused):
                self._wrong(key.start, "merges (<<) are not used here: write the keys out")
        self._put(Refused(node.start, node.end) if is_refused else node)

    def _put(self, node: Node) -> None:
        self.reached = node.end
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._wrong(node.start, f"more than {MAX_NODES:,} values in one file")
            raise _Stop
        if not self._open:
            self.root = node
            return
        inside = self._open[-1]
        if isinstance(inside.node, Sequence):
            inside.node.items.append(node)
        elif inside.key is None:
            inside.key = node
        else:
            key, inside.key = inside.key, None
            self._enter(inside.node, key, node)

    def _enter(self, mapping: Mapping, key: Node, value: Node) -> None:
        if not isinstance(key, Scalar):
            if not isinstance(key, Refused):
                self._wrong(key.start, "a key must be a word")
            return
        name = str(key.value) if key.style else self._page.text[key.start : key.end]
        if name not in mapping.entries:
            mapping.entries[name] = (key, value)
            return
        line, _ = self._page.place(mapping.entries[name][0].start)
        self._wrong(key.start, f"the key {mask(name)[:60]!r} is here twice: line {line} has it already")

    def _is_refused(self, event: Any) -> bool:
        if event.tag is not None:
            self._wrong(event.start_mark.index, _NO_TAGS)
            return True
        if event.anchor is not None:
            self._wrong(event.start_mark.index, "anchors (&name) are not used here: remove it")
        return False

    def _wrong(self, offset: int, message: str) -> None:
        self._page.mistakes.append(self._page.mistake(offset, message))


def _events(text: str) -> Iterator[Any]:
    # The safe loader's scanner, for it drops comments; no constructor, which is what would act on tags.
    yield from YAML(typ="safe", pure=True).parse(text)


def plain_value(text: str) -> Value:
    """What a plain scalar says, by the core schema of YAML 1.2 (10.3.2); integers as people write them only."""
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text[0] in "-+.0123456789":
        if _INTEGER.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text):
            return UNCLEAR
    return text


def _syntax_mistake(page: Page, fault: MarkedYAMLError) -> Mistake:
    """What the scanner says, in words for people, where the mending is to be done."""
    problem, mark, opened = str(fault.problem), fault.problem_mark, fault.context_mark
    at = mark.index if mark else opened.index if opened else 0
    begun = opened.index if opened else at
    line, _ = page.place(begun)
    char = page.text[at : at + 1]
    if "\\t" in problem or char == "\t":
        return page.mistake(at, "a tab stands here: indent and separate with spaces")
    if "cannot start any token" in problem:
        return page.mistake(at, f"a value cannot begin with {char}: put it in quotes")
    if "mapping values are not allowed" in problem:
        message = "this ':' does not fit here: indent like the lines above, or put a value that holds ': ' in quotes"
        return page.mistake(at, message)
    if "could not find expected ':'" in problem:
        return page.mistake(begun, "a ':' is missing after this")
    if "quoted scalar" in str(fault.context) and "end of stream" in problem:
        return page.mistake(begun, "this quote is never closed")
    if "unknown escape" in problem:
        return page.mistake(at, f"\\{char} means nothing within double quotes: use single quotes, or write \\\\")
    if "expected ',' or" in problem:
        closing = "]" if "']'" in problem else "}"
        return page.mistake(at, f"a ',' or '{closing}' is missing here: line {line} opens what is not closed")
    if "expected <block end>" in problem or "unindent" in problem:
        return page.mistake(at, "this does not fit here: indent it like its neighbours above")
    if "comment or a line break" in problem or "indentation indicator" in problem:
        return page.mistake(at, "text after | or > begins on the next line; a value that begins so needs quotes")
    if "tag" in problem or "a tag" in str(fault.context):
        return page.mistake(begun, _NO_TAGS)
    if "node content" in problem:
        return page.mistake(at, "a value is missing here")
    return page.mistake(at, f"this cannot be read as YAML: {problem}")
