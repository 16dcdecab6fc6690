"""HTML that every parser reads in one way, cleaned without one: what nh3 would make of it, at a third of the cost.

Knows a grammar, not the rules of HTML: well-nested elements of running text, every attribute in double quotes, no
reference but those for ``& < >``. Whatever lies beyond it is left to nh3 (feeds/clean.py).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from feeds.links import MAX_LINK, PLAIN_IN_HTML, clean_link, is_internal, is_plain

MAX_PARTS = 5_000  # pieces of markup
MAX_DEPTH = 100

# Blocks hold blocks and text; paragraphs and inline elements hold inline elements and text. Of these no start tag ends
# another element, and no end tag moves one (HTML 13.2.6.4.7: formatting elements that end in order are only popped).
_BLOCK_NAMES = "div ul ol blockquote figure figcaption li"
_PARAGRAPH_NAMES = "p h2 h3 h4 h5 h6"
_INLINE_NAMES = "a abbr b bdi cite code del em i ins mark q s small span strong sub sup time u"
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_PARAGRAPHS = frozenset(_PARAGRAPH_NAMES.split())
_INLINE = frozenset(_INLINE_NAMES.split())
_OPENED = _BLOCKS | _PARAGRAPHS | _INLINE
_EMPTY = frozenset({"br", "img", "hr"})
_ENDS = {f"/{name}": f"</{name}>" for name in _OPENED}
_A = "/a"
# Around which elements one may stand, told by the end tags that are waited for; "" for none.
_IN_BLOCKS = frozenset({"", *(f"/{name}" for name in _BLOCKS)})
_IN_LISTS = frozenset({"/ul", "/ol"})
_ADDRESSES = frozenset({"href", "src"})
_NUMBERS = frozenset({"width", "height"})
_MOST_DIGITS = 5
_OF_A_PICTURE = ("src", "alt", "title", "width", "height", "dir", "lang")

_SPACES = " \t\n\r\f"
_NAME = re.compile("[a-z][a-z0-9]*")
_ATTRIBUTE = re.compile(r"\s+([a-z][a-z0-9\-]*)=", re.ASCII)
_QUOTED = re.compile(r"""(\s+[a-z][a-z0-9\-]*=)(?:"([^"]*)"|'([^']*)')""", re.ASCII)
_FROM_THE_ROOT = re.compile(r"/(?!/)[A-Za-z0-9._~/%+\-?=]*")  # relative, to every parser of addresses
_LINK = re.compile(rf'a (href="{PLAIN_IN_HTML}")(?: (?:class|rel|target|data-[a-z\-]+)="[^"<>]*")*+')  # most of them
# A "&" that is no reference to & < or >; and those that feeds/clean.py reads as escaped twice.
_OTHER_REFERENCE = re.compile("&(?!(?:amp|lt|gt);)|&amp;(?:#|[A-Za-z][A-Za-z0-9]*;)")
# References that mean no markup, and the same in texts and attributes: no quotes that may end one.
_SIGN = re.compile(
    r"&(?:nbsp|[lr][sd]quo|[lr]aquo|hellip|[nm]dash|bull|middot|zwnj|zwj|lrm|rlm|#82(?:1[1-9]|2[0-9]|30)|#160);"
)
_OTHER_AMPERSAND = re.compile("&(?!amp;)")
_PARSERS_DIFFER = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U0001fffe-\U0010ffff]"
)
_MOST_REMEMBERED = 2_000  # tags
_LONGEST_REMEMBERED = 100  # characters

_Known = tuple[str, str, frozenset[str] | None]  # a start tag as cleaned, its end tag, what may stand around it
Judge = Callable[[str, str, str], str | None]  # tag, attribute, value → what stays of it


class Cleaned(NamedTuple):
    """Cleaned HTML and what it says. Words are counted in characters, with a space between two."""

    html: str
    pieces: Sequence[str]  # what was joined: text, tag, text, …, text, as they stand
    only_spaces: bool  # for certain, there is no other white space in the text

    @property
    def text(self) -> str:
        """White space and references as they stand: never shorter than the words."""
        texts, tags = self.pieces[::2], self.pieces[1::2]
        if "" not in tags:
            return " ".join(texts)
        # Where a picture went, the texts around it are one.
        return texts[0] + "".join([f" {text}" if tag else text for tag, text in zip(tags, texts[1:], strict=True)])

    @property
    def words(self) -> str:
        return " ".join(unescape(self.text).split())

    def has_more_than(self, characters: int) -> bool:
        """Whether the words are certainly longer; False may be wrong."""
        if not self.only_spaces:
            return False
        for text in self.pieces[::2]:
            characters -= len(text) - text.count(" ") - 4 * text.count("&")
            if characters < 0:
                return True
        return False


class PlainCleaner:
    """``kept`` is which attributes stay, by element and "*"; ``judge`` what of their values.

    Of addresses only those are taken that need little judgement. ``rel`` is set on links.
    """

    def __init__(self, *, kept: Mapping[str, frozenset[str]], judge: Judge, rel: str) -> None:
        self._kept = {name: kept["*"] | here for name, here in kept.items()}
        self._judge = judge
        self._rel = rel
        self._remembered: dict[str, _Known] = {}  # by the tag as written

    def clean(self, html: str, base: str | None) -> Cleaned | None:
        """``html`` cleaned, its addresses relative to ``base``; None where a parser has to be asked."""
        if "&" in html:
            html = _SIGN.sub(lambda sign: unescape(sign[0]), html)
        is_printable = html.isprintable()
        if not is_printable and _PARSERS_DIFFER.search(html):
            return None
        if "&" in html and _OTHER_REFERENCE.search(html):
            return None
        first, *parts = html.split("<")
        if len(parts) > MAX_PARTS or html.count(">") != len(parts):
            return None
        remembered = self._remembered
        awaited = [""]  # end tags
        written = [first]  # text, tag, text, …, text
        for part in parts:
            tag, closed, text = part.partition(">")
            cleaned = _ENDS.get(tag)
            if cleaned is not None:
                if awaited.pop() != tag:
                    return None
            else:
                known = remembered.get(tag) or self._learn(tag, base)
                if known is None:
                    return None
                cleaned, end, around = known
                if around is not None and awaited[-1] not in around:
                    return None
                if end:
                    if (end == _A and _A in awaited) or len(awaited) > MAX_DEPTH:
                        return None
                    awaited.append(end)
            if not closed:
                return None
            written += (cleaned, text)
        if len(awaited) > 1:
            return None
        return Cleaned("".join(written).strip(), written, is_printable)

    def _learn(self, tag: str, base: str | None) -> _Known | None:
        if len(tag) <= MAX_LINK and (link := _LINK.fullmatch(tag)):
            return f'<a {link[1]} rel="{self._rel}">', _A, None
        matched = _NAME.match(tag)
        if matched is None:
            return None
        name = matched[0]
        # What stands between the quotes: attribute=, value, attribute=, value, …, end
        rest = tag[len(name) :]
        *attributes, slash = rest.split('"') if "'" not in rest else _of_any_quotes(rest)
        slash = slash.strip(_SPACES)
        if len(attributes) % 2 or slash not in ("", "/") or (name not in _EMPTY and (slash or name not in _OPENED)):
            return None
        kept = self._attributes(name, attributes, base) if attributes else {}
        if kept is None:
            return None
        if name == "img":
            return picture(kept), "", None
        cleaned = f"<{name}{_written(kept.items())}>"
        if name == "a":
            return f'{cleaned[:-1]} rel="{self._rel}">', _A, None
        around = None if name in _INLINE or name == "br" else _IN_LISTS if name == "li" else _IN_BLOCKS
        known = cleaned, "" if name in _EMPTY else f"/{name}", around
        if len(tag) <= _LONGEST_REMEMBERED:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[tag] = known
        return known

    def _attributes(self, name: str, written: list[str], base: str | None) -> dict[str, str] | None:
        kept = self._kept.get(name, self._kept["*"])
        found: dict[str, str] = {}
        seen: set[str] = set()
        for before, value in zip(written[::2], written[1::2], strict=True):
            attribute = _named(before) if len(before) <= _LONGEST_REMEMBERED else None
            if attribute is None:
                return None
            if attribute not in kept:
                continue
            if attribute in seen:
                return None
            seen.add(attribute)
            if "&" in value:
                if _OTHER_AMPERSAND.search(value):
                    return None
                value = value.replace("&amp;", "&")
            if attribute in _ADDRESSES:
                judged: str | None = value
                if not is_plain(value):
                    if not _FROM_THE_ROOT.fullmatch(value):
                        return None
                    judged = clean_link(value, base)
            elif attribute in _NUMBERS and value.isdecimal() and value.isascii() and len(value) < _MOST_DIGITS:
                judged = value
            else:
                judged = self._judge(name, attribute, value)
            if judged is not None:
                found[attribute] = judged.replace("&", "&amp;") if "&" in judged else judged
        return found


def picture(attributes: Mapping[str, str]) -> str:
    """An ``img`` that may be shown, or nothing: 1×1 pixels count readers, internal addresses probe their network.

    ``attributes`` as they are written: "&" in them is "&amp;".
    """
    source = attributes.get("src")
    if not source or is_internal(unescape(source) if "&" in source else source):
        return ""
    for side in ("width", "height"):
        if side in attributes and attributes[side].lstrip("0") in ("", "1"):
            return ""
    kept = _written([(name, attributes[name]) for name in _OF_A_PICTURE if name in attributes])
    return f'<img{kept} referrerpolicy="no-referrer">'


def _of_any_quotes(attributes: str) -> list[str]:
    """As ``split('"')`` would have it, were all of the quotes double ones."""
    pieces = []
    *found, rest = _QUOTED.split(attributes)
    for between, before, double, single in zip(found[::4], found[1::4], found[2::4], found[3::4], strict=True):
        if between or '"' in (single or ""):
            return [attributes]
        pieces += [before, single if double is None else double]
    return [*pieces, rest]


@lru_cache(maxsize=_MOST_REMEMBERED)
def _named(before: str) -> str | None:
    """The attribute whose value follows."""
    attribute = _ATTRIBUTE.fullmatch(before)
    return attribute[1] if attribute else None


def _written(attributes: Iterable[tuple[str, str]]) -> str:
    return "".join([f' {name}="{value}"' for name, value in attributes])
