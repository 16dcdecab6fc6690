"""Reading tests/data/news/tellings.tsv: events as several newsrooms tell them, ready for the judgement's traits.

Knows how the table is written, not what anybody makes of it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from arabic.fold import Folded, fold
from news.traits import Traits, traits_of
from tests.news.cases import cases

BEGIN = datetime(2026, 11, 16, 6, tzinfo=UTC)
PARAGRAPH = " | "


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold:
    """One article. Two tell one event when their ``event`` is the same, and different events otherwise."""

    event: str
    telling: str  # a, b, c within the event
    published: datetime
    title: Folded
    text: Folded  # paragraphs on lines of their own

    def traits(self) -> Traits:
        return traits_of(title=self.title, text=self.text, published=self.published)


@cache
def tellings() -> tuple[Retold, ...]:
    """All articles of the table, in its order."""
    return tuple(
        Retold(
            event=row["event"],
            telling=row["telling"],
            published=BEGIN + timedelta(minutes=int(row["minutes"])),
            title=fold(row["title"]),
            text=fold(row["text"].replace(PARAGRAPH, "\n")),
        )
        for row in cases("tellings")
    )
