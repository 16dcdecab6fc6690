"""What is concluded of one entry by itself."""

from datetime import UTC, datetime

import pytest

from news.conclude import conclude
from news.types import Entry, Source

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RIWAQ = Source(id="riwaq", title="الرواق", url="https://riwaq.example/feed")


@pytest.mark.parametrize(
    ("title", "declared", "language"),
    [
        ("أعلنت البلدية افتتاح الجسر الجديد فوق النهر", "en", "ar"),
        ("أعلنت البلدية افتتاح الجسر الجديد فوق النهر", "ar-TN", "ar-TN"),
        ("أعلنت البلدية افتتاح الجسر الجديد فوق النهر", None, "ar"),
        ("Orion", "en", "en"),
        ("Orion", None, None),
    ],
)
def test_an_article_is_in_the_language_of_its_words_and_a_declaration_that_says_more_stands(
    title: str, declared: str | None, language: str | None
) -> None:
    entry = Entry(title=title, language=declared)
    assert conclude(entry, source=RIWAQ, key="1", now=NOW).language == language
