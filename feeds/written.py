"""An entry as it was written, whoever read it, and the Entry that this amounts to."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from feeds import fields
from feeds.clean import clean_text
from feeds.entry_dates import EntryDate
from feeds.fields import Body
from feeds.links import clean_link, is_plain
from news.types import Entry, Problem, Reason

ADDRESS = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)


class Written:
    """The fields of an entry, "" and () for those it has not. HTML is not cleaned, no address is made absolute."""

    id = link = title = title_base = published = updated = ""
    has_link = False  # there is an element that is a link; else a guid may have been taken for it
    title_is_html = False
    people: Sequence[str] = ()
    summary: Body | None = None  # the bases of bodies are relative, too
    contents: Sequence[Body] = ()
    languages: Sequence[str] = ()  # the one that counts most first
    categories: Sequence[str] = ()
    pictures: Sequence[str] = ()  # the most fitting first
    attached: Sequence[tuple[str, str, str]] = ()  # address, media type, length


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What entries take from the feed that they stand in. ``read`` reads its dates."""

    base: str
    language: str | None
    author: str | None
    read: Callable[[str], EntryDate]


def entry_of(written: Written, place: str, around: Around, problems: list[Problem]) -> Entry:
    """The Entry that ``written`` is, at ``place`` ("entry 3"); adds to ``problems``."""
    link = _link(written, around.base, place, problems)
    base = link or around.base
    title = clean_text(written.title, html=True) if written.title_is_html else fields.line(written.title)
    summary = _placed(written.summary, base) if written.summary is not None else None
    short, long = fields.bodies(summary, [_placed(content, base) for content in written.contents], title=title)
    if not title and not fields.has_something_to_show(short) and not fields.has_something_to_show(long):
        problems.append(Problem(reason=Reason.NOTHING_TO_SHOW, message="neither title nor text", place=place))
    published = around.read(written.published) if written.published.strip() else None
    updated = published  # Atom asks for it: most often it is the same
    if written.updated != written.published:
        updated = around.read(written.updated) if written.updated.strip() else None
    problems += [problem for date in (published, updated) if date for problem in fields.date_problems(date, place)]
    pictures, attached = written.pictures, written.attached
    if attached:
        pictures = [*pictures, *(found[0] for found in attached if found[1].startswith("image/"))]
    first = published or updated
    dated = published if published and published.moment else updated if updated and updated.moment else None
    return Entry(
        guid=_guid(written.id, link),
        link=link,
        title=fields.headline(title, short, long, place, problems),
        author=(fields.people(written.people, html=True) if written.people else None) or around.author,
        summary=short,
        content=long,
        published=published.moment if published else None,
        updated=updated.moment if updated else None,
        date_text=first.text if first else None,
        zone_known=dated is None or dated.zone_known,
        language=_language(written.languages) or around.language,
        categories=fields.categories(written.categories, html=True) if written.categories else (),
        image=fields.picture(pictures, base) if pictures else None,
        enclosures=fields.enclosures(attached, base) if attached else (),
    )


def joined(base: str, relative: str) -> str:
    """``base`` moved by an xml:base, where that leads to an address."""
    if not relative:
        return base
    try:
        moved = urljoin(base, relative)
    except ValueError:
        return base
    return moved if ADDRESS.match(moved) else base


def _language(declared: Sequence[str]) -> str | None:
    return next(filter(None, map(fields.language, declared)), None) if declared else None


def _placed(body: Body, base: str) -> Body:
    return Body(body.text, body.html, joined(base, body.base) if body.base else base)


def _guid(written: str, link: str | None) -> str | None:
    # Most often it is the link, which has been looked at.
    is_settled = written == link and "&" not in written and len(written) <= fields.MAX_GUID and written.isprintable()
    return link if is_settled else fields.guid(written)


def _link(written: Written, base: str, place: str, problems: list[Problem]) -> str | None:
    if not written.has_link and not ADDRESS.match(written.link):
        return None
    if is_plain(written.link) and "xn--" not in written.link:
        return written.link
    link = clean_link(written.link, joined(base, written.title_base))
    problems += fields.link_problems(written.link, link, place)
    return link
