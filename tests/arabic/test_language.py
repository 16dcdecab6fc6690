"""The language of a text: a table of texts, and what holds of any."""

import pytest
from hypothesis import given

from arabic.language import language_of, settled_language
from arabic.languages import languages
from tests.arabic.material import PARAGRAPH, SENTENCES, texts
from tests.arabic.tables import table

ROWS = table("languages")
PARAGRAPHS = {row["name"]: row["text"] for row in table("paragraphs")}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['text'][:30]} ({row['why']})" for row in ROWS])
def test_texts_are_in_the_language_the_table_says(row: dict[str, str]) -> None:
    assert (language_of(row["text"]) or "-") == row["language"], row["why"]


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("arabic", "ar"),
        ("vowelled", "ar"),
        ("with French", "ar"),
        ("persian", "fa"),
        ("persian today", "fa"),
        ("urdu", "ur"),
        ("urdu today", "ur"),
        ("french", "fr"),
        ("english", "en"),
        ("hebrew", "he"),
        ("russian", None),
        ("greek", None),
    ],
)
def test_paragraphs_are_told_by_their_words(name: str, language: str | None) -> None:
    assert language_of(PARAGRAPHS[name]) == language


@pytest.mark.parametrize("sentence", SENTENCES, ids=range(len(SENTENCES)))
def test_every_sentence_is_arabic(sentence: str) -> None:
    assert language_of(sentence) == "ar"


def test_the_beginning_decides() -> None:
    assert language_of(PARAGRAPH * 2 + PARAGRAPHS["french"] * 100) == "ar"


def test_every_language_of_the_table_is_found_somewhere() -> None:
    assert {row["language"] for row in ROWS} == {"-", "he", *(language.tag for language in languages())}


@given(texts)
def test_any_text_has_a_language_of_the_table_or_none(text: str) -> None:
    assert language_of(text) in {None, "he", *(language.tag for language in languages())}


@pytest.mark.parametrize(
    ("paragraph", "declared", "settled"),
    [
        ("arabic", "en", "ar"),
        ("arabic", "en-US", "ar"),
        ("arabic", "fa", "ar"),
        ("arabic", None, "ar"),
        ("arabic", "ar-TN", "ar-TN"),
        ("persian", "ar", "fa"),
        ("french", "en", "fr"),
        ("english", "id", "id"),
        ("arabic", "id", "ar"),
        ("russian", "ru", "ru"),
        ("russian", None, None),
    ],
)
def test_words_are_believed_before_declarations(paragraph: str, declared: str | None, settled: str | None) -> None:
    assert settled_language(PARAGRAPHS[paragraph], declared) == settled
