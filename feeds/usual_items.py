"""Takes the items that most feeds are made of out of the text of a document: each field once, and a text of its own.

Knows a grammar far narrower than XML's: what it takes is well-formed wherever an element may stand. Whether it stands
there is asked of the parser, who finds a placeholder; every other item stays where it is, for feeds/walk.py.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from feeds.element_names import NotPlainError
from feeds.fields import Body
from feeds.structure import MAX_ENTRIES
from feeds.walk import AS_XHTML, HTML, PLAIN, TYPES, Walk
from feeds.written import Written

LANGUAGE_AROUND = ("",)  # to be told where the item stands
PLACEHOLDER = "usual-items"  # an attribute: the number of the run of items that it stands for

_NOTHING, _ODD = ("", ""), ("odd", "")
_TEXTS = {("title", ""): PLAIN, ("summary", HTML): HTML, ("summary", PLAIN): PLAIN}
_TEXTS |= {("content", HTML): HTML, ("content", PLAIN): PLAIN}
_OTHERS = frozenset({"link", "identifier", "author", "category", "enclosure", "thumbnail", "medium"})
_ONE_LINE = frozenset({"author", "published", "updated"})
_NO_TEXTS = frozenset({"odd", "enclosure", "thumbnail", "medium"})
_MOST_IN_A_LINE = 40  # characters: of longer ones feeds/structure.py may leave only a part
_LINK_ATTRIBUTES = frozenset({"href", "rel", "type", "length", "title", "hreflang"})
_ENCLOSURE_ATTRIBUTES = frozenset({"url", "type", "length"})
_PICTURE_ATTRIBUTES = frozenset({"url", "type", "medium", "width", "height", "filesize", "isdefault", "expression"})
_LONGEST_VALUES, _MOST_ATTRIBUTES = 2_000, 20

_SECTION, _SECTION_ENDS = "<![CDATA[", "]]>"
_OF_A_SECTION = "\0"  # stands for one: no XML document can hold it
_CHARACTERS = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
# Name, attributes, the name of an author who has nothing else, text. No quantifier around a group is possessive: the
# groups of Python 3.11 go wrong there.
_ELEMENT = re.compile(
    r"<([A-Za-z_][\w.\-]*+(?::[A-Za-z_][\w.\-]*+)?+)"
    r"""((?:\s++[A-Za-z][\w.\-]*+=(?:"[^"<>&\t\n]*+"|'[^'<>&\t\n]*+'))*+)\s*+"""
    r"(?:/>|>(?:\s*+<name>([^<]*+)</name>\s*+|([^<]*+))</\1\s*+>)\s*+",
    re.ASCII,
)
_GROUPS = _ELEMENT.groups + 1
_ATTRIBUTE = re.compile(r"""\s([A-Za-z][\w.\-]*+)=["']([^"'<>]*+)["']""", re.ASCII)
_NUMBER = re.compile(r"&#([0-9]+);")
# A "&" that is no reference to those, or to a character that is no "&" and no control.
_OTHER_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#(?:3[2-79]|[4-9][0-9]|1[6-9][0-9]|[2-9][0-9]{2}|8[0-9]{3}));)"
)


_Texts = dict[str, str]  # by field
_Attached = list[tuple[str, str, str]]


class Bones(NamedTuple):
    """What is left, the items that stood where placeholders stand, and the children of these as they must be named."""

    text: str
    runs: list[list[Written]]
    tags: list[str]


class UsualItems:
    """``declared`` are the prefixes and namespaces before the first ``item``."""

    def __init__(self, walk: Walk, declared: Iterable[tuple[str, str]], item: str) -> None:
        self._walk = walk
        self._uris: dict[str, str] = {}
        for prefix, uri in declared:
            self._uris.setdefault(prefix, uri)
        self._item = item
        self._fields: dict[str, tuple[str, str]] = {}
        self._tags: dict[str, str] = {}

    def cut(self, text: str) -> Bones:
        """``text``, in which lines end as XML has them end, without the usual items."""
        begins, ends = f"<{self._item}>", f"</{self._item}>"
        first, *pieces = text.split(begins)
        if len(pieces) > MAX_ENTRIES:
            raise NotPlainError("more items than are read")
        left = [first]
        runs: list[list[Written]] = []
        run: list[Written] | None = None  # the last one, if nothing stands behind it
        for piece in pieces:
            inside, found, after = piece.rpartition(ends)
            written = self._read(inside) if found else None
            if written is None:
                left += (begins, piece)
                run = None
                continue
            if run is None:
                runs.append(run := [])
                left.append(_OF_A_SECTION)
            run.append(written)
            if after.strip():
                left.append(after)
                run = None
        bones = "".join(left)
        if PLACEHOLDER in bones:
            raise NotPlainError(PLACEHOLDER)
        children = "".join([f"<{name}/>" for name in self._tags])
        first, *others = bones.split(_OF_A_SECTION)
        begins = f"<{self._item} {PLACEHOLDER}"
        placed = (f'{begins}="{number}">{children}{ends}{piece}' for number, piece in enumerate(others))
        return Bones(first + "".join(placed), runs, list(self._tags.values()))

    def _read(self, inside: str) -> Written | None:
        """The item that holds ``inside``, if it is a usual one."""
        first, *others = inside.split(_SECTION)
        sections: list[str] = []
        for number, other in enumerate(others):
            section, ended, others[number] = other.partition(_SECTION_ENDS)
            sections.append(section)
            if not ended:
                return None
        markup = _OF_A_SECTION.join([first, *others])
        parts = _ELEMENT.split(markup)
        if _SECTION_ENDS in markup or "".join(parts[::_GROUPS]).strip():
            return None
        return self._written(parts, iter(sections))

    def _written(self, parts: list[str | Any], sections: Iterator[str]) -> Written | None:
        walk, known = self._walk, self._fields
        texts: _Texts = {}
        types: _Texts = {}
        categories: list[str] = []
        pictures: list[str] = []
        thumbnails: list[str] = []
        attached: _Attached = []
        elements = zip(parts[1::_GROUPS], parts[2::_GROUPS], parts[3::_GROUPS], parts[4::_GROUPS], strict=True)
        for name, rest, person, text in elements:
            field, usual = known.get(name) or self._learn(name)
            if person is not None:
                if field != "author" or not self._is_name_of_author():
                    return None
                text = person
            if text:
                length = len(text)
                if _OF_A_SECTION in text:
                    if text.strip() != _OF_A_SECTION:
                        return None
                    text = next(sections)
                    length += len(text)
                elif "&" in text:
                    if _OTHER_REFERENCE.search(text):
                        return None
                    text = _unescaped(text)
                text = text.strip()
                if field in _ONE_LINE and length > _MOST_IN_A_LINE:
                    return None
            else:
                text = ""
            if rest:
                attributes = _attributes_of(rest) if len(rest) <= _LONGEST_VALUES else None
                if attributes is None or person is not None:
                    return None
                if not field:
                    continue
                if field == "link":
                    found = _link(attributes, attached)
                    if found is None:
                        return None
                    if not found:
                        continue
                    text = found
                elif field == "category":
                    if attributes.keys() == {"term"} and not text:
                        text = attributes["term"]
                    elif attributes.keys() != {"domain"}:
                        return None
                    if not text:
                        return None
                elif field == "enclosure":
                    if not attributes.keys() <= _ENCLOSURE_ATTRIBUTES:
                        return None
                    if attributes.get("url"):
                        attached.append((attributes["url"], attributes.get("type", ""), attributes.get("length", "")))
                    continue
                elif field in ("thumbnail", "medium"):
                    is_picture = field == "thumbnail" or attributes.get("medium") == "image"
                    is_picture = is_picture or attributes.get("type", "").startswith("image/")
                    if not attributes.keys() <= _PICTURE_ATTRIBUTES or text or not is_picture:
                        return None
                    (thumbnails if field == "thumbnail" else pictures).append(attributes.get("url", ""))
                    continue
                elif usual and attributes.keys() == {"type"}:
                    kind = TYPES.get(attributes["type"])
                    if kind not in (PLAIN, HTML):
                        return None
                    usual = kind
                elif field != "identifier" or attributes.keys() != {"ispermalink"}:
                    return None
            if not field:
                continue
            if not walk.is_settled:
                text = walk.settled(text)
            if field == "category":
                categories.append(text)
                continue
            if field in texts or field in _NO_TEXTS:
                return None
            texts[field] = text
            if usual:
                if usual == PLAIN and not walk.is_atom and ("<" in text or "&" in text):
                    return None
                types[field] = usual
        return _entry(texts, types, categories, [*thumbnails, *pictures], attached)

    def _learn(self, name: str) -> tuple[str, str]:
        """The field that an element fills, and the type of its text."""
        action, argument = self._walk.learn(self._tag(name), "entry")
        does = action.__name__
        if does in ("leaf", "unknown"):
            field = _NOTHING
        elif does == "words" and argument in _ONE_LINE:
            field = argument, ""
        elif does in _OTHERS and not argument:
            field = does, ""
        else:
            field = (does, _TEXTS[does, argument]) if (does, argument) in _TEXTS else _ODD
        self._fields[name] = field
        return field

    def _is_name_of_author(self) -> bool:
        action, argument = self._walk.learn(self._tag("name"), "author")
        return action.__name__ == "person" and argument == "name"

    def _tag(self, name: str) -> str:
        """The element as ElementTree will name it."""
        prefix, _, local = name.rpartition(":")
        uri = self._uris.get(prefix)
        if prefix and not uri:
            raise NotPlainError("a prefix without a namespace")
        self._tags[name] = f"{{{uri}}}{local}" if uri else local
        return self._tags[name]


def _entry(
    texts: _Texts, types: _Texts, categories: list[str], pictures: list[str], attached: _Attached
) -> Written | None:
    written = Written()
    identifier, link, author = texts.get("identifier", ""), texts.get("link", ""), texts.get("author", "")
    if "///" in identifier or "///" in link or ("&" in link and ";" in link) or "@" in author:
        return None
    written.id = identifier
    written.has_link = bool(link)
    written.link = link or identifier
    written.title = texts.get("title", "")
    written.title_is_html = types.get("title") == HTML
    if author and ("(" in author) == (")" in author):
        written.people = (author,)
    if "summary" in texts:
        written.summary = Body(texts["summary"], types["summary"] == HTML, "")
    if "content" in texts:
        written.contents = (Body(texts["content"], types["content"] == HTML, ""),)
    written.published = texts.get("published", "")
    written.updated = texts.get("updated", "")
    if types:
        written.languages = LANGUAGE_AROUND
    written.categories = categories
    if pictures:
        written.pictures = [picture for picture in pictures if picture]
    written.attached = attached
    return written


def _unescaped(text: str) -> str:
    # The ampersand is the last: what it comes to is read once.
    if "&#" in text:
        text = _NUMBER.sub(lambda number: chr(int(number[1])), text)
    for reference, character in _CHARACTERS:
        text = text.replace(reference, character)
    return text


@lru_cache(maxsize=256)
def _attributes_of(written: str) -> Mapping[str, str] | None:
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(written):
        name = name.lower()
        if name in found or name in ("base", "lang") or name.startswith("xml"):
            return None
        found[name] = value.lower() if name in ("rel", "type") else value
    return found if len(found) <= _MOST_ATTRIBUTES else None


def _link(attributes: Mapping[str, str], attached: _Attached) -> str | None:
    """The address, "" where it is none of the entry itself."""
    address = attributes.get("href")
    if not address or not attributes.keys() <= _LINK_ATTRIBUTES:
        return None
    relation = attributes.get("rel", "alternate")
    if relation == "enclosure":
        attached.append((address, attributes.get("type", HTML), attributes.get("length", "")))
        return ""
    if relation != "alternate":
        return ""
    return address if TYPES.get(attributes.get("type", HTML)) in (HTML, AS_XHTML) else None
