"""What we conclude of an entry: the Article. Pure, and run in a worker process beside parsing.

Puts together what the other modules of this room find (credits, other stories' headlines, fingerprint, date, language,
categories, countries). Looks at one entry at a time: whether it is new is decided elsewhere (news/decide.py).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from arabic.fold import FOLD_VERSION, Folded, fold, folded_words
from arabic.language import settled_language
from news.categories import categories_of
from news.identity import article_id, entry_hash, entry_keys, fingerprint
from news.leads import Lead, agency_of, is_agency, looks_like_name, read_lead
from news.paragraphs import paragraphs_of
from news.places import countries_of
from news.related import split_related
from news.types import Appearance, Article, DateConfidence, DateSource, Document, Entry, Source

_BETWEEN_NAMES = re.compile(r"\s*[،,;؛/|–—]\s*|\s+-\s+")


def articles_of(document: Document, *, source: Source, now: datetime) -> tuple[Article, ...]:
    """The articles of a document, in its order; without entries that repeat another in everything or show nothing."""
    names = frozenset(map(fold, (source.title, *((document.title,) if document.title else ()))))
    found: dict[str, Article] = {}
    for place, (key, entry) in enumerate(zip(entry_keys(document.entries), document.entries, strict=True)):
        if key not in found and _shows_something(entry):
            found[key] = conclude(entry, source=source, key=key, now=now, place=place, own_names=names)
    return tuple(found.values())


def _shows_something(entry: Entry) -> bool:
    """A title, words or a picture: a link alone is no article."""
    bodies = filter(None, (entry.summary, entry.content))
    return bool(entry.title) or any("<img " in html or paragraphs_of(html) for html in bodies)


def conclude(
    entry: Entry, *, source: Source, key: str, now: datetime, place: int = 0, own_names: frozenset[Folded] = frozenset()
) -> Article:
    """The article that ``entry`` is, with one appearance, in ``source`` under ``key``.

    ``place`` counts from the top of the document: undated entries keep its order. ``own_names`` are what the source
    calls itself: as an author they name nobody.
    """
    lead = read_lead(paragraphs_of(entry.body), author=entry.author)
    text, related = split_related(lead.paragraphs)
    byline, agency = _credits(entry.author, lead, own_names)
    title_words, text_words = folded_words(entry.title), folded_words("\n".join(text))
    content_hash = fingerprint(title=title_words, text=text_words)
    countries = countries_of(title=title_words, text=text_words)
    dated = _dated(entry, now, place)
    appearance = Appearance(
        source_id=source.id,
        key=key,
        title=entry.title,
        link=entry.link,
        guid=entry.guid,
        author=entry.author,
        date=dated.at,
        date_source=dated.source,
        first_seen=now,
        entry_hash=entry_hash(entry),
        fingerprint=content_hash,
        byline=byline,
        agency=agency,
        is_agency=is_agency(source.title),
    )
    return Article(
        id=article_id(content_hash or f"{source.id} {key}"),
        entry=entry,
        appearances=(appearance,),
        date=dated.at,
        date_confidence=dated.confidence,
        updated=dated.at,
        fold_version=FOLD_VERSION,
        language=settled_language(f"{entry.title}\n{' '.join(text)}", entry.language),
        byline=byline,
        agency=agency,
        related=related,
        categories=categories_of(
            title=title_words, text=text_words, terms=entry.categories, hint=source.category, countries=countries
        ),
        countries=countries,
    )


@dataclass(frozen=True, slots=True)
class _Dated:
    at: datetime
    source: DateSource
    confidence: DateConfidence


def _dated(entry: Entry, now: datetime, place: int) -> _Dated:
    """The date of an entry. One in the future is the moment of the fetch: nobody gets pinned to the top."""
    written, source = entry.published, DateSource.PUBLISHED
    if written is None:
        written, source = entry.updated, DateSource.UPDATED
    if written is None:
        # A second a place: publishers list the newest first, and without dates their order is all there is.
        return _Dated(now - timedelta(seconds=place), DateSource.FIRST_SEEN, DateConfidence.NONE)
    if written > now:
        return _Dated(now, source, DateConfidence.CLAMPED)
    return _Dated(written, source, DateConfidence.EXACT if entry.zone_known else DateConfidence.ZONE_ASSUMED)


def _credits(author: str | None, lead: Lead, own_names: frozenset[Folded]) -> tuple[str | None, str | None]:
    """Byline and agency: the text's own credits first, then the author field where it names a person or an agency."""
    byline, agency = _named_in(author, own_names) if author else (None, None)
    return lead.byline or byline, lead.agency or agency


@lru_cache(1 << 11)  # a newsroom has few authors, and a feed comes back with the same
def _named_in(author: str, own_names: frozenset[Folded]) -> tuple[str | None, str | None]:
    people: list[str] = []
    agencies: list[str] = []
    for part in _BETWEEN_NAMES.split(author):
        if not part or fold(part) in own_names:
            continue
        if agency := agency_of(part):
            agencies.append(agency)
        elif looks_like_name(part):
            people.append(part)
    return "، ".join(people) or None, next(iter(agencies), None)
