"""What feedparser's suite expects of a document, as far as it is something ``khulasa read --json`` answers.

Expressions are read, never run. HTML is compared as an HTML5 parser sees it, the expected cleaned as ours is; titles as
plain text, dates as moments. What our JSON has no field for is out of scope.
"""

import ast
import calendar
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import html5lib
from feedparser.datetimes.rfc822 import _parse_date_rfc822
from feedparser.datetimes.w3dtf import _parse_date_w3dtf

from feeds.clean import clean_html, visible_text

_EXPECT = re.compile(r"Expect:\s*(.*?)\s*-->", re.DOTALL)
_HEADER = re.compile(r"^Header:\s+([^:\n]+):(.*)$", re.MULTILINE)
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_MAIL = re.compile(r"\s*[<(]?\S+@[^\s>)]+[>)]?|\s*\(\)")
_MARKS = (
    (b"\x00\x00\xfe\xff", "utf-32"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"), (b"\x00<", "utf-16-be"), (b"<\x00", "utf-16-le"), (b"\xfe\xff", "utf-16"),
    (b"\xff\xfe", "utf-16"),
)  # fmt: skip

Step = str | int
Same = Callable[[Any, Any, str], bool]  # (what we read, what is expected, the document's address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A document's expectation, as written, and what HTTP says with it."""

    body: bytes
    expects: str
    headers: tuple[tuple[str, str], ...]


class _OutOfScopeError(Exception):
    """The expression asks what our JSON does not answer."""


def case_of(body: bytes, name: str) -> Case | None:
    """The expectation inside a document; None where it holds none."""
    encoding = next((encoding for mark, encoding in _MARKS if body.startswith(mark)), "utf-8")
    text = body.decode(encoding, errors="ignore")
    found = _EXPECT.search(text)
    if found is None or "chardet" in text:  # a library that guesses encodings, where it is installed
        return None
    headers = {key.lower(): value.strip() for key, value in _HEADER.findall(text)} if "http" in name else {}
    if "http" in name:
        headers.setdefault("content-type", "text/xml")
    return Case(body=body, expects=found[1], headers=tuple(headers.items()))


def misses(case: Case, answer: Mapping[str, Any], url: str) -> list[str] | None:
    """What of the case was read otherwise, "path: expected …, got …"; None where it is out of scope."""
    try:
        tree = ast.parse(case.expects.strip(), mode="eval").body
        checks = _checks(tree)
        return (
            [miss for check in checks if (miss := _missed(check, answer, case.body, url)) is not None]
            if checks
            else None
        )
    except (_OutOfScopeError, SyntaxError):
        return None


# --- the expression -----------------------------------------------------------------------------------------------

_Check = tuple[tuple[Step, ...], Any]


def _checks(node: ast.expr) -> list[_Check]:
    """(path, expected value) for each comparison of a conjunction; what is said of well-formedness is left out."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        return [check for part in node.values for check in _checks(part)]
    inner = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) else node
    if isinstance(inner, ast.Name) and inner.id == "bozo":
        return []
    if isinstance(node, ast.Compare) and all(isinstance(operator, ast.Eq) for operator in node.ops):
        paths = [node.left, *node.comparators[:-1]]
        expected = _literal(node.comparators[-1])
        return [(_path(path), expected) for path in paths]
    raise _OutOfScopeError


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _literal(node.left) + _literal(node.right)
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise _OutOfScopeError from None


def _path(node: ast.expr) -> tuple[Step, ...]:
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute):
        return (*_path(node.value), node.attr)
    if (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str | int)
    ):
        return (*_path(node.value), node.slice.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len" and len(node.args) == 1:
        return (*_path(node.args[0]), "len")
    raise _OutOfScopeError


# --- the comparison -----------------------------------------------------------------------------------------------


def _missed(check: _Check, answer: Mapping[str, Any], body: bytes, url: str) -> str | None:
    path, expected = check
    got, same = _found(path, answer, body)
    if same(got, expected, url):
        return None
    return f"{'.'.join(map(str, path))}: expected {expected!r}, got {got!r}"


def _found(path: Sequence[Step], answer: Mapping[str, Any], body: bytes) -> tuple[Any, Same]:
    """What our answer has at one of feedparser's paths, and how the two are compared."""
    match path:
        case ["encoding"]:
            return answer["encoding"], _same_encoding(body)
        case ["entries", "len"]:
            return len(answer["entries"]), _equal
        case ["feed", *rest]:
            return _in_feed(rest, answer["feed"] or {})
        case ["entries", int(number), *rest]:
            entries = answer["entries"]
            return _in_entry(rest, entries[number] if number < len(entries) else {})
    raise _OutOfScopeError


def _in_feed(path: Sequence[Step], feed: Mapping[str, Any]) -> tuple[Any, Same]:
    match path:
        case ["title"] | ["title_detail", "value"]:
            return feed.get("title"), _same_text
        case ["subtitle" | "tagline" | "description"] | ["subtitle_detail" | "tagline_detail", "value"]:
            return feed.get("description"), _same_text
        case ["rights" | "copyright"] | ["rights_detail" | "copyright_detail", "value"]:
            return feed.get("rights"), _same_text
        case ["link"]:
            return feed.get("link"), _same_address
        case ["id" | "guid"]:
            return feed.get("id"), _same_text
        case ["language"]:
            return feed.get("language"), _same_language
        case ["author"] | ["author_detail", "name"]:
            return feed.get("author"), _same_person
        case ["updated" | "modified" | "updated_parsed" | "modified_parsed"]:
            return feed.get("updated"), _same_moment
        case ["image", "href" | "url"] | ["logo" | "icon"]:
            return feed.get("image"), _same_address
    raise _OutOfScopeError


def _in_entry(path: Sequence[Step], entry: Mapping[str, Any]) -> tuple[Any, Same]:
    match path:
        case ["title"] | ["title_detail", "value"]:
            return entry.get("title"), _same_text
        case ["summary" | "description"] | ["summary_detail", "value"]:
            return entry.get("summary") or entry.get("content"), _same_html
        case ["content", 0, "value"]:
            return entry.get("content"), _same_html
        case ["content" | "title_detail" | "summary_detail", *_, "language"] | ["language"]:
            return entry.get("language"), _same_language
        case ["link"]:
            return entry.get("link"), _same_address
        case ["id" | "guid"]:
            return entry.get("id"), _same_text
        case ["author"] | ["author_detail", "name"]:
            return entry.get("author"), _same_person
        case ["published" | "issued" | "published_parsed" | "issued_parsed"]:
            return entry.get("published"), _same_moment
        case ["updated" | "modified" | "updated_parsed" | "modified_parsed"]:
            return entry.get("updated"), _same_moment
        case ["category"]:
            return _nth(entry.get("categories"), 0), _same_text
        case ["tags", int(number), "term"]:
            return _nth(entry.get("categories"), number), _same_text
        case ["tags", "len"]:
            return len(entry.get("categories", ())), _equal
        case ["enclosures", int(number), "href" | "url"]:
            return (_nth(entry.get("enclosures"), number) or {}).get("url"), _same_address
        case ["enclosures", int(number), "type" | "length" as name]:
            value = (_nth(entry.get("enclosures"), number) or {}).get(name)
            return None if value is None else str(value), _equal
        case ["enclosures", "len"]:
            return len(entry.get("enclosures", ())), _equal
    raise _OutOfScopeError


def _nth(values: Sequence[Any] | None, number: int) -> Any:
    return values[number] if values is not None and number < len(values) else None


def _equal(got: Any, expected: Any, _url: str) -> bool:
    return bool(got == expected)


def _same_text(got: str | None, expected: Any, _url: str) -> bool:
    """As plain text, or as the text of what is HTML: feedparser's titles are either."""
    return (got or "") in (_line(str(expected)), _line(unescape(visible_text(str(expected)))))


def _same_html(got: str | None, expected: Any, url: str) -> bool:
    if canonical(got or "") == canonical(clean_html(str(expected), base_url=url)):
        return True
    return visible_text(got or "") == _line(str(expected))  # what was declared plain


def _same_address(got: str | None, expected: Any, url: str) -> bool:
    wanted = urlsplit(urljoin(url, str(expected)))
    wanted = wanted._replace(netloc=wanted.netloc.lower())  # case says nothing there
    return (got or "").rstrip("/") == wanted.geturl().rstrip("/") or (not got and not expected)


def _same_language(got: str | None, expected: Any, _url: str) -> bool:
    return (got or "").lower() == (expected or "").lower().replace("_", "-")


def _same_person(got: str | None, expected: Any, _url: str) -> bool:
    """Names: mail addresses are not published."""
    return (got or "") in (_line(str(expected)), _line(_MAIL.sub("", str(expected))))


def _same_moment(got: str | None, expected: Any, _url: str) -> bool:
    if isinstance(expected, str):
        # Not feedparser.parse_date(): feeds/parse.py stands before it.
        expected = _parse_date_w3dtf(expected) or _parse_date_rfc822(expected)
    if got is None or expected is None:
        return got is None and expected is None
    return datetime.fromisoformat(got).timestamp() == calendar.timegm(tuple(expected))


def _same_encoding(body: bytes) -> Same:
    """Encodings are called by different names (us-ascii, iso-8859-1 and windows-1252): by either it reads the same."""

    def same(got: str | None, expected: Any, _url: str) -> bool:
        try:
            texts = [body.decode(str(name), errors="replace").lstrip(_BYTE_ORDER_MARK) for name in (got, expected)]
        except LookupError:
            return False
        return texts[0] == texts[1]

    return same


def canonical(html: str) -> str:
    """A fragment of HTML as a parser understands it: attributes in order, white space collapsed, none at borders."""
    root = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    pieces: list[str] = []

    def write(element: Any) -> None:
        pieces.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str):
                attributes = (f" {name}={value!r}" for name, value in sorted(child.attrib.items()) if name != "rel")
                pieces.append(f"<{child.tag}{''.join(attributes)}>")
                write(child)
                pieces.append(f"</{child.tag}>")
            pieces.append(child.tail or "")

    write(root)
    return re.sub(r"\s*(</?(?:p|div|li|ul|ol|br)>)\s*", r"\1", _line("".join(pieces)))


def _line(text: str) -> str:
    return " ".join(text.split())
