"""Reads a well-formed feed of a known dialect at a fraction of feedparser's cost, into what feedparser makes of it.

feedparser remains the reference: its rules are kept one by one, its oddities too (docs/reading.md, "Two readers"), and
None is said to whatever it might see in another way. Judges nothing; feeds/parsed.py reads the result of both.
"""

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, ParseError, XMLParser

from feeds.element_names import NotPlainError, declared_in, prefixes_of, rows
from feeds.structure import MAX_ENTRIES
from feeds.usual_bytes import is_usual
from feeds.usual_items import PLACEHOLDER, Bones, UsualItems
from feeds.walk import AS_XHTML, HTML, PLAIN, TYPES, Action, Attributes, Walk

_IS_ATOM = re.compile(r"(?:<\?xml[^<>]*\?>\s*)?<(?:[A-Za-z_][\w.\-]*:)?feed[\s/>]", re.ASCII)
_REFERENCE_IN_QUERY = re.compile("&([A-Za-z0-9_]+);")
_MAIL = re.compile(  # feedparser's, made to look at each character once
    r"(?<![a-zA-Z0-9_\-.+])[a-zA-Z0-9_\-.+]++@"
    r"(?:\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.|(?:[a-zA-Z0-9\-]+\.)+)(?:[a-zA-Z]{2,4}|[0-9]{1,3})\]?(?:\?subject=\S+)?"
)


def read_directly(text: str, body: bytes, *, looks_like_html: Callable[[str], bool]) -> Walk | None:
    """What feedparser would make of ``text``, in UTF-8 ``body``, from its root element on; None where it must be asked.

    The version, feed and entries of a Walk are what feedparser's result has, as far as feeds/parsed.py looks at it.
    ``looks_like_html`` is feedparser's guess at a text that is declared plain. Whatever feeds/structure.py would mend,
    cut or refuse is left to it.
    """
    if not is_usual(body):
        return None
    parser = XMLParser()  # noqa: S314 – without document type
    try:
        reader = _reader(text, body, looks_like_html)
        parser.feed(reader.bones.text)
        reader.read(parser.close())
    except (NotPlainError, ParseError, RecursionError, ValueError):
        return None
    is_whole = reader.read_runs == len(reader.bones.runs)  # no placeholder stands in a comment
    return reader if is_whole and len(reader.entries) <= MAX_ENTRIES else None


def _reader(text: str, body: bytes, looks_like_html: Callable[[str], bool]) -> "_Reader":
    """A reader, and what it has to read besides the usual items."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    is_atom = _IS_ATOM.match(text) is not None
    item = "entry" if is_atom else "item"
    first, begins, _ = text.partition(f"<{item}>")
    declared = declared_in(first)
    reader = _Reader(_PLACES, prefixes_of(declared), body, looks_like_html, is_atom=is_atom)
    if begins and "base=" not in first:
        reader.bones = UsualItems(reader, declared, item).cut(text)
    else:
        reader.bones = Bones(text, [], [])
    reader.prefixes = prefixes_of(declared_in(reader.bones.text))
    return reader


class _Reader(Walk):
    """What the elements do: one method for each "does" of elements.tsv, with its "with" for the last argument."""

    bones: Bones
    read_runs = 0

    def channel(self, element: Element, attributes: Attributes, _: str) -> None:
        if self.in_feed or "href" in attributes or "lastmod" in attributes:
            raise NotPlainError("channel")
        self.in_feed = True
        self.inside(element, "channel")
        self.in_feed = False

    def entry(self, element: Element, attributes: Attributes, _: str) -> None:
        if "href" in attributes or "lastmod" in attributes:
            raise NotPlainError("entry")
        if PLACEHOLDER in attributes:
            self.run(element, attributes)
            return
        about = attributes.get("rdf:about")
        self.context = {"id": about} if about else {}
        self.entries.append(self.context)
        self.in_entry = True
        self.title_depth = -1
        self.depths.clear()
        self.inside(element, "entry")
        self.in_entry = self.has_content = False
        self.context = self.feed

    def run(self, placeholder: Element, attributes: Attributes) -> None:
        """Items that have been cut out of the document."""
        _, runs, tags = self.bones
        if (
            attributes != {PLACEHOLDER: str(self.read_runs)}
            or self.base
            or [child.tag for child in placeholder] != tags
        ):
            raise NotPlainError("items that stand where they mean something else")
        run = runs[self.read_runs]
        self.read_runs += 1
        if self.language:
            for written in run:
                if written.languages:
                    written.languages = (self.language,)
        self.entries += run
        self.title_depth = self.depth + 1 if run[-1].title else -1
        self.has_content = False

    def group(self, element: Element, _attributes: Attributes, place: str) -> None:
        self.inside(element, place)

    # --- texts

    def words(self, element: Element, _attributes: Attributes, field: str) -> None:
        self.store(field, self.short(element, self.text(element)))

    def line(self, element: Element, attributes: Attributes, field: str) -> None:
        self.store(field, self.detail(element, attributes, PLAIN))

    def hypertext(self, element: Element, attributes: Attributes, field: str) -> None:
        self.store(field, self.detail(element, attributes, HTML))

    def unforeseen(self, element: Element, attributes: Attributes, field: str) -> None:
        """feedparser keeps what it does not know by its attributes, else by its text."""
        value = self.address(element) if field in ("logo", "icon") else self.text(element)
        self.store(field, "" if attributes else value)

    def title(self, element: Element, attributes: Attributes, of: str) -> None:
        found = self.detail(element, attributes, PLAIN)
        if of != "image" and not -1 < self.title_depth <= self.depth:
            self.store("title", found)
        if of != "media" and found["value"]:
            self.title_depth = self.depth

    def summary(self, element: Element, attributes: Attributes, usual: str) -> None:
        """The second one is the content, if none has come yet."""
        if "summary" in self.context and not self.has_content:
            self.content(element, attributes, PLAIN)
        else:
            field = "subtitle" if usual == HTML and not self.in_entry else "summary"
            self.store(field, self.detail(element, attributes, usual))

    def content(self, element: Element, attributes: Attributes, usual: str) -> None:
        self.has_content = True
        found = self.detail(element, attributes, usual)
        if self.in_entry:
            self.context.setdefault("content", []).append(found)
        self.context.setdefault("summary", found["value"])

    # --- addresses

    def link(self, element: Element, attributes: Attributes, _: str) -> None:
        relation = attributes.get("rel", "alternate")
        kind = attributes.get("type", "application/atom+xml" if relation == "self" else HTML)
        found = {"rel": relation, "type": kind, "length": attributes.get("length")}
        self.context.setdefault("links", []).append(found)
        address = _address_in(attributes)
        if address is not None:
            self.leaf(element)
            found["href"] = self.resolved(address)
            if relation == "alternate" and TYPES.get(kind) in (HTML, AS_XHTML):
                self.context["link"] = found["href"]
            return
        address = self.address(element)
        if "&" in address:
            address = address.replace("&amp;", "&") if self.in_entry else address
            address = _REFERENCE_IN_QUERY.sub(r"&\g<1>", address)
        self.context["link"] = found["href"] = address

    def enclosure(self, element: Element, attributes: Attributes, _: str) -> None:
        self.leaf(element)
        found = {name: attributes.get(name) for name in ("type", "length")}
        self.context.setdefault("links", []).append({"rel": "enclosure", "href": _address_in(attributes), **found})

    def identifier(self, element: Element, attributes: Attributes, _: str) -> None:
        is_link = attributes.get("ispermalink", "true") == "true"
        value = self.address(element) if is_link else self.text(element)
        self.store("id", value)
        if is_link:
            self.context.setdefault("link", value)

    def image(self, element: Element, _attributes: Attributes, _: str) -> None:
        self.title_depth = -1
        if not self.in_entry:
            self.context.setdefault("image", {})
        self.inside(element, "image_of_entry" if self.in_entry else "image")

    def image_address(self, element: Element, _attributes: Attributes, _: str) -> None:
        address = self.address(element)
        if self.in_feed:
            self.feed["image"]["href"] = address

    def itunes_image(self, element: Element, attributes: Attributes, _: str) -> None:
        self.leaf(element)
        if address := attributes.get("href") or attributes.get("url"):
            self.context["image"] = {"href": address}

    def thumbnail(self, element: Element, attributes: Attributes, _: str) -> None:
        address = self.address(element)
        found = {"url": address, **attributes} if address else attributes
        self.context.setdefault("media_thumbnail", []).append(found)

    def medium(self, element: Element, attributes: Attributes, _: str) -> None:
        self.context.setdefault("media_content", []).append(attributes)
        self.inside(element, "media")

    def source(self, element: Element, _attributes: Attributes, _: str) -> None:
        self.title_depth = -1
        self.leaf(element)

    # --- people

    def author(self, element: Element, _attributes: Attributes, _: str) -> None:
        self.context.setdefault("authors", []).append({})
        self.inside(element, "author")
        self.store("author", self.short(element, self.text_around(element)))
        self.sync_author()

    def person(self, element: Element, attributes: Attributes, key: str) -> None:
        # What it is kept in may be the first author: then he changes with it.
        self.context.setdefault("author_detail", {})[key] = self.short(element, (element.text or "").strip())
        self.owner(element, attributes, key)

    def owner(self, element: Element, _attributes: Attributes, key: str) -> None:
        self.leaf(element)
        self.sync_author()
        self.context.setdefault("authors", [{}])[-1][key] = (element.text or "").strip()

    def sync_author(self) -> None:
        context = self.context
        person = context.get("authors", [{}])[-1]
        if person:
            name, mail = person.get("name"), person.get("email")
            if name or mail:
                context["author"] = f"{name} ({mail})" if name and mail else name or mail
        elif author := context.get("author"):
            context.setdefault("author_detail", person)
            if found := _MAIL.search(author) if "@" in author else None:
                person["email"] = found[0]
                for gone in (found[0], "()", "<>", "&lt;&gt;"):
                    author = author.replace(gone, "")
                author = author.strip().removeprefix("(").removesuffix(")").strip()
            if author:
                person["name"] = author

    # --- categories

    def category(self, element: Element, attributes: Attributes, usual_scheme: str) -> None:
        scheme = attributes.get("scheme", usual_scheme or attributes.get("domain"))
        self.tag(attributes.get("term"), scheme, attributes.get("label"))
        self.inside(element, "category")
        if value := self.text_around(element):
            tags = self.context["tags"]
            if tags and not tags[-1]["term"]:
                tags[-1]["term"] = value
            else:
                self.tag(value, None)

    def itunes_category(self, element: Element, attributes: Attributes, scheme: str) -> None:
        named = {"term": attributes["text"]} if "text" in attributes else {}
        self.category(element, named, scheme)

    def keywords(self, element: Element, attributes: Attributes, scheme: str) -> None:
        terms = self.text(element)
        for term in () if attributes else terms.split(","):
            if term.strip():
                self.tag(term.strip(), scheme or None)

    def tag(self, term: str | None, scheme: str | None, label: str | None = None) -> None:
        tags = self.context.setdefault("tags", [])
        tag = {"term": term, "scheme": scheme, "label": label}
        if (term or scheme or label) and tag not in tags:
            tags.append(tag)


def _address_in(attributes: Attributes) -> str | None:
    return attributes.get("url", attributes.get("uri", attributes.get("href"))) or attributes.get("href")


def _places() -> dict[str, dict[str, Action]]:
    found: dict[str, dict[str, Action]] = {}
    for places, does, argument, elements in rows("elements"):
        action = (getattr(_Reader, does), argument)
        for place in places.split():
            found.setdefault(place, {}).update(dict.fromkeys(elements.split(), action))
    return found


_PLACES = _places()
