"""How an Article holds its Appearances: adding, replacing and taking one away; who leads. Pure.

The lead is an agency's own appearance, else the one published first (ties: source id, then key), so the order of
arrival changes nothing.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from arabic.fold import Folded, fold
from arabic.tokens import tokens
from news.identity import page_address
from news.paragraphs import text_of
from news.types import Appearance, Article, DateSource, Entry, Label

SAME_TEXT = 0.5  # share of the shorter text's distinct words that a corrected text keeps; unrelated texts share few

SAME_BULLETIN = timedelta(hours=12)  # from one date to the other, for texts too short to be compared


def add_appearance(article: Article, found: Article) -> Article:
    """``article`` with the only appearance of ``found`` among its own. The id stays ``article``'s."""
    return _led(article, found, (*article.appearances, found.lead))


def replace_appearance(
    article: Article, old: Appearance, new: Appearance, *, found: Article | None, now: datetime
) -> Article:
    """``article`` after one of its appearances changed.

    ``found`` holds what was concluded from the changed entry; None when only the appearance's name changes. A change
    of text or title of the lead counts as an update of the article; its date stays: nothing jumps to the top.
    """
    new = as_first_seen(new, old)
    others = tuple(a for a in article.appearances if a is not old)
    if found is None:
        return replace(article, appearances=_ordered((*others, new)))
    after = _led(article, replace(found, appearances=(new,), date=new.date), (*others, new))
    if not others:
        after = replace(after, categories=found.categories, countries=found.countries)
    changed_text = (new.fingerprint, fold(new.title)) != (old.fingerprint, fold(old.title))
    return replace(after, updated=now) if changed_text and after.lead is new else after


def as_first_seen(new: Appearance, old: Appearance) -> Appearance:
    """``new``, a later state of ``old``, with the dates of the first time; a late date is better than none."""
    new = replace(new, first_seen=old.first_seen)
    if old.date_source is DateSource.FIRST_SEEN and new.date_source is not DateSource.FIRST_SEEN:
        return new
    return replace(new, date=old.date, date_source=old.date_source)


def without_appearance(article: Article, *, source_id: str, key: str) -> Article | None:
    """``article`` without that appearance; None when it was the only one."""
    rest = tuple(a for a in article.appearances if (a.source_id, a.key) != (source_id, key))
    return _credited(replace(article, appearances=rest, date=rest[0].date)) if rest else None


def is_same_article(article: Article, old: Appearance, found: Article) -> bool:
    """Is ``found`` a later state of ``old``, or another article under a recycled guid?"""
    new = found.lead
    if new.link is not None and new.link == old.link:
        return True
    if new.fingerprint is not None and new.fingerprint == old.fingerprint:
        return True
    before, after = _words(old.title, article.entry), _words(new.title, found.entry)
    return len(before & after) >= SAME_TEXT * max(1, min(len(before), len(after)))


def is_renamed(article: Article, old: Appearance, found: Article) -> bool:
    """Is ``found`` what ``old`` is, under another guid? Some publishers make up new ones for every visit.

    A bulletin that comes daily at one address, its words the same, is another one every day.
    """
    new = found.lead
    if new.link and old.link:
        if page_address(new.link) != page_address(old.link):
            return False
    elif fold(new.title) != fold(old.title):
        return False
    if new.fingerprint is not None and new.fingerprint == old.fingerprint:
        return True
    before, after = _words(old.title, article.entry), _words(new.title, found.entry)
    undated = DateSource.FIRST_SEEN in (new.date_source, old.date_source)
    if not undated and new.date == old.date:
        return len(before & after) >= SAME_TEXT * max(1, min(len(before), len(after)))
    return before == after and (undated or abs(new.date - old.date) <= SAME_BULLETIN)


def _led(article: Article, found: Article, appearances: tuple[Appearance, ...]) -> Article:
    """``article`` with ``appearances``, showing the text of ``found`` if its appearance leads."""
    ordered = _ordered(appearances)
    shown = found if ordered[0] is found.lead else article
    corrected = article.updated != article.date
    return _credited(
        replace(
            shown,
            id=article.id,
            appearances=ordered,
            updated=max(article.updated, shown.date) if corrected else shown.date,
            categories=_united(article.categories, found.categories),
            countries=_united(article.countries, found.countries),
        )
    )


def _ordered(appearances: tuple[Appearance, ...]) -> tuple[Appearance, ...]:
    return tuple(sorted(appearances, key=lambda a: (not a.is_agency, a.date, a.source_id, a.key)))


def _credited(article: Article) -> Article:
    """With the first byline and the first agency that any place names, the lead asked first."""
    return replace(
        article,
        byline=next((a.byline for a in article.appearances if a.byline), None),
        agency=next((a.agency for a in article.appearances if a.agency), None),
    )


def _united(ours: tuple[Label, ...], theirs: tuple[Label, ...]) -> tuple[Label, ...]:
    """Each label once, with its best score. A label of last resort (score 0) yields to any other."""
    best: dict[str, Label] = {}
    for label in (*ours, *theirs):
        if label.id not in best or (label.score, label.why) > (best[label.id].score, best[label.id].why):
            best[label.id] = label
    if any(label.score > 0 for label in best.values()):
        best = {name: label for name, label in best.items() if label.score > 0}
    return tuple(sorted(best.values(), key=lambda label: (-label.score, label.id)))


def _words(title: str, entry: Entry) -> frozenset[Folded]:
    return frozenset(tokens(fold(f"{title} {text_of(entry.body)}")))
