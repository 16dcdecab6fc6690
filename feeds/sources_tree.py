"""The tree of a YAML file, in which everything knows its place. Knows nothing of how it was read, nor of sources."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from news.errors import Mistake

Steps = tuple[str | int, ...]  # from the root down: keys of mappings, positions in sequences

LINE_END = re.compile(r"\r\n?|\n")
_ESCAPES = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r\n|.)|.", re.DOTALL)
_UNITS = {'"': _ESCAPES, "'": re.compile("''|.", re.DOTALL)}
_ANY = re.compile(".", re.DOTALL)


class Unclear:
    """The value of what looks like a number but is read differently by different people: 012, 0x1F, 1e3."""


UNCLEAR = Unclear()
Value = str | int | bool | None | Unclear


@dataclass(slots=True)
class Scalar:
    """``start`` and ``end`` are offsets into the text, of the quotes too where there are any."""

    start: int
    end: int
    value: Value
    style: str | None  # None for a plain one, else ' " | >


@dataclass(slots=True)
class Sequence:
    start: int
    end: int  # of the last thing in it, or of its closing bracket
    items: "list[Node]" = field(default_factory=list)
    is_flow: bool = False


@dataclass(slots=True)
class Mapping:
    start: int
    end: int
    entries: "dict[str, tuple[Scalar, Node]]" = field(default_factory=dict)  # key as written → key, value
    is_flow: bool = False


@dataclass(slots=True)
class Refused:
    """Stands for what was refused where it stood: there is no more to say about it."""

    start: int
    end: int


Node = Scalar | Sequence | Mapping | Refused


@dataclass(kw_only=True)
class Page:
    """A file, read. ``root`` is None where it is empty or could not be read to its end."""

    text: str
    root: Node | None
    mistakes: list[Mistake]

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(found.end() for found in LINE_END.finditer(self.text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1."""
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def mistake(self, offset: int, message: str, hint: str | None = None) -> Mistake:
        line, column = self.place(offset)
        return Mistake(message=message, line=line, column=column, hint=hint)

    def find(self, path: Steps) -> tuple[Scalar | None, Node]:
        """The node under ``path`` and its key; the nearest one above it, without key, where there is none."""
        assert self.root is not None  # noqa: S101 – who asks for a node has read a document
        key, node = None, self.root
        for step in path:
            if isinstance(node, Mapping) and isinstance(step, str) and step in node.entries:
                key, node = node.entries[step]
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                key, node = None, node.items[step]
            else:
                return None, node
        return key, node

    def offset_within(self, node: Scalar, position: int) -> int:
        """Where in the text the character of ``node.value`` at ``position`` stands, whatever quotes, escapes, folding.

        White space may be folded, so the characters that are none are counted.
        """
        value = str(node.value)
        ahead = len("".join(value[:position].split()))
        is_at_end = position >= len(value.rstrip())
        start, end = node.start, node.end
        if node.style in {"'", '"'}:
            start, end = start + 1, end - 1
        elif node.style is not None:  # the line of | or > is no part of the value
            found = LINE_END.search(self.text, start, end)
            start = found.end() if found else end
        after = start
        for unit in _UNITS.get(node.style or "", _ANY).finditer(self.text, start, end):
            if unit[0].isspace() or unit[0] in {"\\n", "\\t", "\\ ", "\\\n", "\\\r\n", "\\_", "\\N", "\\L", "\\P"}:
                continue
            if ahead == 0 and not is_at_end:
                return unit.start()
            ahead -= 1
            after = unit.end()
        return after


def plain(node: Node) -> object:
    """What ``node`` says in dicts, lists and scalars; what was refused is UNCLEAR."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {name: plain(value) for name, (_, value) in node.entries.items()}
        case Refused():
            return UNCLEAR
