"""The fields of an entry made fit for ``Entry``, whichever dialect they came in: cleaned, capped, deduplicated.

Knows no dialect and no parser.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from feeds.clean import MAX_TEXT, clean_text, cleaned, text_to_html, words_of
from feeds.entry_dates import EntryDate
from feeds.links import clean_link, is_internal, mixes_scripts
from feeds.plain_html import Cleaned
from feeds.tails import without_tail
from feeds.titles import whole_title
from news.types import Enclosure, Problem, Reason

MAX_BODY = 1_000_000  # characters of HTML
MAX_GUID = 2_000
MAX_CONTENTS = 10  # of one entry that are looked at
MAX_CATEGORIES = 20
MAX_CATEGORY = 100
MAX_ENCLOSURES = 10
MAX_LENGTH = 2**53  # what JSON can carry exactly

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+\-]{1,80}/[A-Za-z0-9!#$&^_.+\-]{1,80}")
_REFERENCE = re.compile(
    r"&(?:#(?:0?39|34|160|171|187|82[0-9]{2})|quot|apos|hellip|nbsp|[lr][sd]quo|[lr]aquo|[mn]dash);"
)
_EMAIL = re.compile(r"\S+@\S+")
_NOTHING = Cleaned("", ("",), only_spaces=True)
_OF_DATES = {
    Reason.DATE_UNREADABLE: "unreadable date: {}",
    Reason.DATE_OUT_OF_RANGE: "date out of range: {}",
    Reason.DATE_IN_FUTURE: "date in the future, taken as the moment it was seen: {}",
    Reason.DATES_DISAGREE: "the Hijri and the Gregorian date are different days, the Gregorian counts: {}",
}
_NUMBER = re.compile(r"\s*(\d{1,30})")


class Body(NamedTuple):  # made for every text: four times as fast as a dataclass
    """One text of an entry as it was written, and what its links are relative to."""

    text: str
    html: bool
    base: str


def bodies(summary: Body | None, contents: Sequence[Body], *, title: str) -> tuple[str | None, str | None]:
    """The summary and the content, as clean HTML, without what plugins append to them.

    Each is what the publisher called it: a short content stays the content. Of several contents, among the first
    MAX_CONTENTS, the one with the most words counts. Publishers fill both with one text: then there is no summary.
    """
    short = _clean(summary) if summary is not None else _NOTHING
    if len(contents) > 1:
        long = max(map(_clean, contents[:MAX_CONTENTS]), key=lambda one: len(one.words))
    else:
        long = _clean(contents[0]) if contents else _NOTHING
    if short.html and long.html and _adds_nothing(short, long):
        short = _NOTHING
    summarized = without_tail(short.html, title=title) if short.html else None
    return summarized or None, (without_tail(long.html, title=title) or None if long.html else None)


def headline(title: str, summary: str | None, content: str | None, place: str, problems: list[Problem]) -> str:
    """The title, whole where it was cut off and the text below it says how it ends."""
    whole = whole_title(title, content or summary)
    if whole != title:
        problems.append(Problem(reason=Reason.TITLE_COMPLETED, message=f"cut off: {title}", place=place))
    return whole


def line(text: str) -> str:
    """A field of one line that is no HTML. "&#8217;" and its like are never meant as they stand."""
    return clean_text(_REFERENCE.sub(lambda found: unescape(found[0]), text) if "&" in text else text)


def _adds_nothing(short: Cleaned, long: Cleaned) -> bool:
    """Whether the summary has no words, or those of the content and no others."""
    if short.has_more_than(0) and long.has_more_than(len(short.text)):
        return False
    return short.words in ("", long.words)


def has_something_to_show(html: str | None) -> bool:
    """Whether a cleaned body has words or a picture."""
    return html is not None and ("<img " in html or bool(words_of(html)))


def categories(names: Iterable[str], *, html: bool) -> tuple[str, ...]:
    """Distinct category names in their order."""
    cleaned = [_name(name, html, MAX_CATEGORY) for name in names]
    return tuple(dict.fromkeys([name for name in cleaned if name]))[:MAX_CATEGORIES]


def people(names: Iterable[str], *, html: bool) -> str | None:
    """The distinct names of authors, joined the Arabic way; e-mail addresses alone are no names."""
    cleaned = [_name(name, html, MAX_TEXT) for name in names]
    if len(cleaned) == 1 and "@" not in cleaned[0]:
        return cleaned[0] or None
    distinct = dict.fromkeys([name for name in cleaned if name and not ("@" in name and _EMAIL.fullmatch(name))])
    return clean_text("، ".join(distinct)) or None if len(distinct) > 1 else next(iter(distinct), None)


def _name(written: str, html: bool, limit: int) -> str:
    # The same few stand in all entries of a document.
    return _short_name(written, html) if len(written) <= MAX_CATEGORY else clean_text(written, html=html, limit=limit)


@lru_cache(maxsize=1_000)
def _short_name(written: str, html: bool) -> str:
    return clean_text(written, html=html, limit=MAX_CATEGORY)


def language(written: str | None) -> str | None:
    """A declared language that can be one (BCP 47), as it was declared."""
    tag = (written or "").strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def guid(written: str | None) -> str | None:
    return clean_text(written or "", limit=MAX_GUID) or None


def enclosures(found: Iterable[tuple[str, str | None, str | None]], base: str) -> tuple[Enclosure, ...]:
    """Attached files from (address, media type, length in bytes as written)."""
    attached: dict[str, Enclosure] = {}
    for address, media_type, length in found:
        url = clean_link(address, base)
        if url is None or url in attached:
            continue
        kind = (media_type or "").strip().lower()
        attached[url] = Enclosure(url=url, type=kind if _MEDIA_TYPE.fullmatch(kind) else None, length=_length(length))
        if len(attached) == MAX_ENCLOSURES:
            break
    return tuple(attached.values())


def picture(addresses: Iterable[str], base: str) -> str | None:
    """The first address a reader's browser may load."""
    for address in addresses:
        url = clean_link(address, base)
        if url is not None and not is_internal(url):
            return url
    return None


def link_problems(written: str, link: str | None, place: str) -> list[Problem]:
    """What is wrong with an entry's link as it was ``written``; ``link`` is what it came to."""
    if link is not None:
        said, reason = link, Reason.MIXED_SCRIPTS if mixes_scripts(link) else None
    else:
        said, reason = written, Reason.BAD_LINK if written else None
    return [Problem(reason=reason, message=clean_text(said, limit=200), place=place)] if reason is not None else []


def date_problems(date: EntryDate, place: str) -> list[Problem]:
    """The problem with a date that was given and could not be used, or is odd."""
    reason = date.reason or date.doubt
    if reason is None:
        return []
    return [Problem(reason=reason, message=_OF_DATES[reason].format(date.text), place=place)]


def _length(written: str | None) -> int | None:
    number = _NUMBER.match(written or "")
    return min(int(number[1]), MAX_LENGTH) if number else None


def _clean(body: Body) -> Cleaned:
    text = body.text[:MAX_BODY]
    return cleaned(text if body.html else text_to_html(text), base_url=body.base)
