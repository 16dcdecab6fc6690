"""Reads the entries that most feeds are made of, each field once and as a text of its own, straight into Written.

None is said to every other entry; feeds/direct.py then reads it by all of feedparser's rules, of which these are those
that count here (docs/reading.md, "Two readers").
"""

from xml.etree.ElementTree import Element

from feeds.fields import Body
from feeds.walk import AS_XHTML, HTML, PLAIN, TYPES, Walk
from feeds.written import Written

_NOTHING = ("", "")
_ODD = ("odd", "")
# What is done with an element (elements.tsv), with what → the field it fills, and the type of its text.
_FIELDS = {
    ("title", ""): ("title", PLAIN),
    ("link", ""): ("link", ""),
    ("identifier", ""): ("id", ""),
    ("summary", HTML): ("summary", HTML),
    ("summary", PLAIN): ("summary", PLAIN),
    ("content", HTML): ("content", HTML),
    ("content", PLAIN): ("content", PLAIN),
    ("author", ""): ("author", ""),
    ("words", "published"): ("published", ""),
    ("words", "updated"): ("updated", ""),
    ("category", ""): ("category", ""),
    ("enclosure", ""): ("enclosure", ""),
    ("thumbnail", ""): ("thumbnail", ""),
    ("medium", ""): ("medium", ""),
    ("leaf", ""): _NOTHING,
    ("unknown", ""): _NOTHING,
}
_ONE_LINE = frozenset({"author", "published", "updated"})
_NO_TEXTS = frozenset({"odd", "enclosure", "thumbnail", "medium"})
_MOST_IN_A_LINE = 40  # characters: of longer ones feeds/structure.py may leave only a part
_INHERITED = frozenset({"base", "lang"})
_LINK_ATTRIBUTES = frozenset({"href", "rel", "type", "length", "title", "hreflang"})
_ENCLOSURE_ATTRIBUTES = frozenset({"url", "type", "length"})
_PICTURE_ATTRIBUTES = frozenset({"url", "type", "medium", "width", "height", "filesize", "isdefault", "expression"})
_LONGEST_VALUE = 2_000
_MOST_ATTRIBUTES = 20


def plain_entry(item: Element, walk: Walk, fields: dict[str, tuple[str, str]]) -> Written | None:
    """What ``walk``, standing before ``item``, would make of it; None where it has to go through it.

    ``fields`` is the caller's to keep for a document: what its elements mean, by tag.
    """
    texts: dict[str, str] = {}
    types: dict[str, str] = {}
    categories: list[str] = []
    pictures: list[str] = []
    thumbnails: list[str] = []
    attached: list[tuple[str, str, str]] = []
    is_settled = walk.is_settled
    for element in item:
        field, usual = fields.get(element.tag) or _learn(element, walk, fields)
        text = element.text
        text = text.strip() if text else ""
        if len(element):
            name = _name_in(element, text, fields, walk) if field == "author" else None
            if name is None:
                return None
            text = name
        if element.keys():
            attributes = _attributes_of(element)
            if attributes is None:
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
            elif field != "id" or attributes.keys() != {"ispermalink"}:
                return None
        if not field:
            continue
        if not is_settled:
            text = walk.settled(text)
        if field == "category":
            categories.append(text)
            continue
        if field in texts or field in _NO_TEXTS:
            return None
        if field in _ONE_LINE and len(element.text or "") > _MOST_IN_A_LINE:
            return None
        texts[field] = text
        if usual:
            if usual == PLAIN and not walk.is_atom and ("<" in text or "&" in text):
                return None
            types[field] = usual
    return _written(texts, types, categories, [*thumbnails, *pictures], attached, walk)


def _written(
    texts: dict[str, str],
    types: dict[str, str],
    categories: list[str],
    pictures: list[str],
    attached: list[tuple[str, str, str]],
    walk: Walk,
) -> Written | None:
    written = Written()
    written.id = texts.get("id", "")
    link = texts.get("link", "")
    author = texts.get("author", "")
    if "///" in written.id or "///" in link or ("&" in link and ";" in link) or "@" in author:
        return None
    written.has_link = bool(link)
    written.link = link or written.id
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
    if walk.language and types:
        written.languages = (walk.language,)
    written.categories = categories
    if pictures:
        written.pictures = [picture for picture in pictures if picture]
    written.attached = attached
    return written


def _learn(element: Element, walk: Walk, fields: dict[str, tuple[str, str]]) -> tuple[str, str]:
    does, argument = walk.learn(element, "entry")
    fields[element.tag] = _FIELDS.get((does.__name__, argument), _ODD)
    return fields[element.tag]


def _attributes_of(element: Element) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for name, value in element.items():
        name = name.lower()
        if name[0] == "{" or name in _INHERITED or len(value) > _LONGEST_VALUE:
            return None
        found[name] = value.lower() if name in ("rel", "type") else value
    return found if len(found) <= _MOST_ATTRIBUTES else None


def _link(attributes: dict[str, str], attached: list[tuple[str, str, str]]) -> str | None:
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


def _name_in(author: Element, around: str, fields: dict[str, tuple[str, str]], walk: Walk) -> str | None:
    """The name of an author who has nothing else."""
    if len(author) > 1 or around or author.keys():
        return None
    person = author[0]
    does, argument = walk.learn(person, "author")
    if does.__name__ != "person" or argument != "name" or len(person) or person.keys() or (person.tail or "").strip():
        return None
    text = (person.text or "").strip()
    return text if len(text) <= _MOST_IN_A_LINE else None
