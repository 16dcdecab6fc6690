"""Categories: who says what, and how their words are weighed. The cases are in tests/data/news/categories.tsv."""

import csv
from pathlib import Path

import pytest

from arabic.fold import fold, folded_words
from news.categories import CATEGORIES, LAST_RESORT, categories_of
from news.places import countries_of
from news.tables import read_table
from news.types import Label

TABLE = Path(__file__).parent.parent / "data" / "news" / "categories.tsv"
IDS = {category.id for category in CATEGORIES}


def judged(title: str, text: str, *, terms: tuple[str, ...] = (), hint: str | None = None) -> tuple[Label, ...]:
    countries = countries_of(title=folded_words(title), text=folded_words(text))
    return categories_of(
        title=folded_words(title), text=folded_words(text), terms=terms, hint=hint, countries=countries
    )


def cases() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["why"])
def test_an_article_is_filed_where_an_editor_would_look(case: dict[str, str]) -> None:
    terms = tuple(term for term in case["terms"].split("|") if term)
    labels = judged(case["title"], case["text"], terms=terms, hint=case["hint"] or None)
    assert {label.id for label in labels} == set(case["categories"].split("|")), labels


def test_every_category_but_the_last_resort_has_a_case() -> None:
    assert {name for case in cases() for name in case["categories"].split("|")} == IDS


def test_the_best_comes_first_and_every_label_gives_its_ground() -> None:
    labels = judged("هدف قاتل في الدوري", "فاز الفريق بالمباراة.", terms=("رياضة",), hint="sports")
    assert [label.id for label in labels] == ["sports"]
    for ground in ("the source's hint", "the publisher's «رياضة»", "words: "):
        assert ground in labels[0].why


def test_grounds_for_one_category_add_up() -> None:
    alone = judged("هدف قاتل في الدوري", "")[0].score
    together = judged("هدف قاتل في الدوري", "", hint="sports")[0].score
    assert alone < together < 1


def test_a_repeated_word_does_not_outweigh_many_different_ones() -> None:
    repeated = judged("", "المباراة " * 50)[0].score
    varied = judged("", "سجل المهاجم هدفا في المباراة أمام حارس المرمى بعد ركلة جزاء")[0].score
    assert repeated < varied


def test_the_last_resort_weighs_nothing() -> None:
    assert judged("", "") == (Label(id=LAST_RESORT, score=0.0, why="nothing spoke for any other category"),)


@pytest.mark.parametrize(
    ("table", "columns"),
    [("category_words", ("category", "word", "weight")), ("publisher_categories", ("category", "term"))],
)
def test_tables_name_only_our_categories_and_nothing_twice(table: str, columns: tuple[str, ...]) -> None:
    rows = read_table(table, columns)
    assert {row[0] for row in rows} <= IDS | {"-"}
    folded = [(row[0], fold(row[1])) for row in rows]
    twice = {row for row in folded if folded.count(row) > 1}
    assert not twice
