"""Makes what publishers wrote safe to show: HTML that is only text, links and pictures; plain text of one line.

nh3 parses and removes; the rules of our own are about addresses, pictures, rel and the direction of text.
"""

import html as html_entities
import re
from contextvars import ContextVar

import nh3

from feeds.characters import balance_isolates, drop_unwanted, drop_written_overrides
from feeds.links import clean_link
from feeds.plain_html import Cleaned, PlainCleaner, picture

MAX_TEXT = 1_000  # characters of a title or another field of one line
MAX_TAGS = 10_000  # html5ever walks its stack of open elements: 100,000 nested <div> take 18 seconds
MAX_OPEN_TAGS = 256

_KEPT = (
    "p br div span a img figure figcaption blockquote ul ol li dl dt dd h2 h3 h4 h5 h6 strong em b i u s sub sup small "
    "mark ins del table caption thead tbody tfoot tr th td pre code hr bdi q cite abbr time"
)
_DROPPED_WITH_THEIR_TEXT = "script style title template noscript noembed noframes iframe xmp"
_CLOSED_BY_THE_NEXT_ONE = (
    "area base br col embed hr img input link meta param source track wbr p li td th tr dt dd option"
)
_TAGS = set(_KEPT.split())
_TAGS_WITH_THEIR_TEXT = set(_DROPPED_WITH_THEIR_TEXT.split())
_CLOSED_BY_THE_NEXT = frozenset(_CLOSED_BY_THE_NEXT_ONE.split())
_ATTRIBUTES = {
    "*": {"title", "dir", "lang"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
    "time": {"datetime"},
}
_NUMERIC = frozenset({"width", "height", "colspan", "rowspan", "start"})
_WRITTEN = frozenset({"alt", "title"})
_REL = "noopener noreferrer nofollow ugc"

_START_TAG = re.compile(r'<([a-z][a-z0-9]*)((?: [a-z\-]+="[^"]*")*)>')
_CLEAN_TAG = re.compile(r"<[^<>]*>")
_ATTRIBUTE = re.compile(r' ([a-z\-]+)="([^"]*)"')
_ANY_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_TIME = re.compile(r"[0-9T:+\-.Z W]{1,40}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
# WordPress and its kin escape twice inside CDATA: a reader would see "&hellip;". Only what cannot be markup.
_ESCAPED_TWICE = re.compile(
    r"&amp;(?:amp;)*((?:hellip|nbsp|laquo|raquo|ldquo|rdquo|lsquo|rsquo|ndash|mdash|quot|apos|zwnj|zwj|lrm|rlm|bull"
    r"|middot|#0?39|#34|#160|#171|#187|#82[0-9]{2});)"
)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SEPARATING_TAG = re.compile(r"</?(?:br|p|div|li|td|tr|h[1-6]|blockquote|figure|figcaption)\b[^<>]*>", re.IGNORECASE)
_FRAME = re.compile(r"<iframe\b[^<>]*>", re.IGNORECASE)
_CLOSED_FRAME = re.compile(r"<iframe\b[^<>]*(?<=[\s\"'])/>", re.IGNORECASE)
_END_OF_FRAME = re.compile(r"</iframe\b", re.IGNORECASE)
_LOOKS_LIKE_A_TAG = re.compile(r"<[/!?A-Za-z]")


def clean_html(html: str, *, base_url: str | None) -> str:
    """A fragment of HTML reduced to news: paragraphs, links, lists, tables, pictures.

    Links and pictures come out absolute (relative ones are dropped when there is no ``base_url``). Cleaning again
    changes nothing: the result is a fixed point, which is also the guard against mutation on a second parse.
    """
    return cleaned(html, base_url=base_url).html


def cleaned(html: str, *, base_url: str | None) -> Cleaned:
    """What ``clean_html`` makes of ``html``, and what that says."""
    if "<" not in html and "&" not in html and html.isprintable():
        return Cleaned(html.replace(">", "&gt;").strip(), (html,), only_spaces=True)
    plain = _PLAIN.clean(html, base_url)
    if plain is not None:
        return plain
    settled = _clean_by_parser(html, base_url)
    return Cleaned(settled, (words_of(settled),), only_spaces=True)


def _clean_by_parser(html: str, base_url: str | None) -> str:
    base = _BASE.set(base_url)
    try:
        cleaned = _clean_once(html, _NEWS)
        for _ in range(4):
            again = _clean_once(cleaned, _NEWS_ATTRIBUTES_ASIDE)
            if again == cleaned:
                return cleaned
            cleaned = _clean_once(again, _NEWS)
    finally:
        _BASE.reset(base)
    # Markup that never settles is shown as words.
    return _escape(balance_isolates(visible_text(cleaned).replace("&", "")).strip())


def clean_text(text: str, *, html: bool = False, limit: int = MAX_TEXT) -> str:
    """One line of plain text of at most ``limit`` characters.

    ``html`` says that the field holds HTML: its tags go, its character references are read, also those escaped twice.
    Otherwise text stays text, whatever it looks like.
    """
    if "&" not in text and not (html and "<" in text) and text.isprintable():
        return " ".join(text[: limit * 64].split())[:limit].rstrip()
    text = drop_unwanted(text[: limit * 64])
    if html:
        text = visible_text(text)
        if _REFERENCE.search(text):
            text = drop_unwanted(html_entities.unescape(text))
    line = " ".join(text.split())
    # An isolate that goes may leave the two spaces it stood between.
    return " ".join(drop_written_overrides(balance_isolates(line[:limit])).split())


def text_to_html(text: str) -> str:
    """Plain text as the HTML that shows it: escaped, its lines kept."""
    return _escape(text).replace("\r\n", "\n").replace("\n", "<br>")


def visible_text(html: str) -> str:
    """The words of a fragment of HTML, white space collapsed."""
    if _LOOKS_LIKE_A_TAG.search(html):
        html = _without_open_frames(drop_unwanted(_SEPARATING_TAG.sub(" ", html)))
        html = _without_tags(html) if _is_too_deep(html) else _WORDS.clean(html)
    return " ".join(drop_unwanted(html_entities.unescape(html)).split())


def words_of(cleaned: str) -> str:
    """The words of HTML that ``clean_html`` made: its attributes hold no angle brackets."""
    return " ".join(html_entities.unescape(_CLEAN_TAG.sub(" ", cleaned)).split())


def _clean_once(html: str, cleaner: nh3.Cleaner) -> str:
    html = drop_unwanted(html)
    if "&amp;" in html:
        html = _ESCAPED_TWICE.sub(r"&\1", html)
    if "<" not in html and "&" not in html:
        lines = html.replace("\r\n", "\n").replace("\r", "\n")  # as a parser would
        return balance_isolates(lines.replace(">", "&gt;")).strip()
    if _is_too_deep(html):
        html = _without_tags(html)
    html = _without_open_frames(html)
    cleaned = drop_unwanted(cleaner.clean(html).replace("&nbsp;", "\N{NO-BREAK SPACE}"))
    if "<img" in cleaned:
        cleaned = _START_TAG.sub(_picture, cleaned)
    return drop_written_overrides(balance_isolates(cleaned)).strip()


def _attribute(_tag: str, attribute: str, value: str) -> str | None:
    """What stays of an attribute; None removes it."""
    if attribute in _WRITTEN:
        return clean_text(value)
    value = drop_unwanted(value)
    if attribute == "href":
        scheme, colon, mailbox = "".join(value.split()).partition(":")
        if colon and scheme.lower() == "mailto":
            return clean_text(f"mailto:{mailbox}")
        return clean_link(value, _BASE.get())
    if attribute == "src":
        return clean_link(value, _BASE.get())
    if attribute == "rel":
        return value
    if attribute in _NUMERIC:
        digits = value.strip().removesuffix("px")
        return digits if digits.isascii() and digits.isdigit() and len(digits) <= 5 else None
    if attribute == "dir":
        value = value.strip().lower()
        return value if value in ("rtl", "ltr", "auto") else None
    if attribute == "lang":
        return value.strip() if _LANGUAGE.fullmatch(value.strip()) else None
    return value.strip() if _TIME.fullmatch(value.strip()) else None  # datetime


# A cleaner costs as much to make as to clean a text with, so there is one of each kind; what changes from text to text,
# the base of its addresses, reaches the judgement of attributes on another way.
_BASE: ContextVar[str | None] = ContextVar("_BASE")
_SCHEMES = {"http", "https", "mailto"}
_NEWS = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_TAGS_WITH_THEIR_TEXT,
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    link_rel=_REL,
    url_schemes=_SCHEMES,
)
_NEWS_ATTRIBUTES_ASIDE = nh3.Cleaner(
    tags=_TAGS, clean_content_tags=_TAGS_WITH_THEIR_TEXT, attributes=_ATTRIBUTES, link_rel=_REL, url_schemes=_SCHEMES
)
_PLAIN = PlainCleaner(
    kept={name: frozenset(attributes) for name, attributes in _ATTRIBUTES.items()}, judge=_attribute, rel=_REL
)
_WORDS = nh3.Cleaner(tags=set(), attributes={}, clean_content_tags=_TAGS_WITH_THEIR_TEXT, link_rel=None)


def _picture(match: re.Match[str]) -> str:
    """An image as ``picture`` has it."""
    if match[1] != "img":
        return match[0]
    return picture(dict(_ATTRIBUTE.findall(match[2])))


def _is_too_deep(html: str) -> bool:
    """Whether a parser would spend its time walking a stack of open elements."""
    if html.count("<") <= MAX_OPEN_TAGS:
        return False
    open_tags: dict[str, int] = {}
    opened = depth = 0
    for closing, name in _ANY_TAG.findall(html):
        name = name.lower()
        if name in _CLOSED_BY_THE_NEXT:
            continue
        if closing:
            if open_tags.get(name, 0) > 0:
                open_tags[name] -= 1
                depth -= 1
            continue
        open_tags[name] = open_tags.get(name, 0) + 1
        opened, depth = opened + 1, depth + 1
        if depth > MAX_OPEN_TAGS or opened > MAX_TAGS:
            return True
    return False


def _without_open_frames(html: str) -> str:
    """An <iframe/> as XML writes it, and one that nobody closes, would swallow the rest of the text."""
    if "<" in html and _FRAME.search(html):
        html = _CLOSED_FRAME.sub("", html)
        if not _END_OF_FRAME.search(html):
            html = _FRAME.sub("", html)
    return html


def _without_tags(html: str) -> str:
    return _CLEAN_TAG.sub(" ", html).replace("<", "&lt;")


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
