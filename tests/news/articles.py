"""Articles as they come from a worker, for tests that ask about one thing of them."""

from datetime import UTC, datetime, timedelta

from news.types import Appearance, Article, DateConfidence, DateSource, Entry, Label

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def article(
    source: str = "rawaq",
    key: str = "1",
    *,
    title: str = "البلدية تفتتح حديقة",
    content: str | None = "<p>أعلنت بلدية المدينة افتتاح حديقة جديدة على ضفة النهر.</p>",
    summary: str | None = None,
    link: str | None = None,
    hours_ago: int = 2,
    date: datetime | None = None,
    date_source: DateSource = DateSource.PUBLISHED,
    fingerprint: str | None = "f-park",
    byline: str | None = None,
    agency: str | None = None,
    categories: tuple[Label, ...] = (),
    countries: tuple[Label, ...] = (),
) -> Article:
    """One appearance at ``source``, first seen now."""
    date = date or NOW - timedelta(hours=hours_ago)
    appearance = Appearance(
        source_id=source,
        key=key,
        title=title,
        link=link,
        guid=key,
        author=None,
        date=date,
        date_source=date_source,
        first_seen=NOW,
        entry_hash=f"{title}{content}",
        fingerprint=fingerprint,
        byline=byline,
        agency=agency,
    )
    return Article(
        id=f"{source}-{key}",
        entry=Entry(guid=key, link=link, title=title, summary=summary, content=content),
        appearances=(appearance,),
        date=date,
        date_confidence=DateConfidence.EXACT,
        updated=date,
        fold_version=1,
        language="ar",
        byline=byline,
        agency=agency,
        related=(),
        categories=categories,
        countries=countries,
    )


def label(id: str, score: float = 0.5, why: str = "words: حديقة") -> Label:
    return Label(id=id, score=score, why=why)
