"""Queries: what they mean, and where a bad one is wrong."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.expressions import MAX_LENGTH, All, ExpressionError
from news.query import MOST_FORMS, MOST_WORDS, Mark, Query, Terms, read_query

DATA = Path(__file__).resolve().parents[1] / "data" / "search"
SOURCES = {"riwaq": "صحيفة الرواق", "difaf": "ضفاف"}


def rows(name: str) -> list[dict[str, str]]:
    lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").split("\n")
    table = [line for line in lines if line and not line.startswith("#")]
    return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def meaning(text: str) -> tuple[object, ...]:
    query = read_query(text, SOURCES)
    return query.sought, query.since, query.until


@pytest.mark.parametrize("row", rows("read_queries"), ids=lambda row: row["query"])
def test_queries_mean_what_the_table_says(row: dict[str, str]) -> None:
    assert meaning(row["query"]) == meaning(row["same as"])


@pytest.mark.parametrize("row", rows("bad_queries"), ids=lambda row: row["query"] or "nothing")
def test_bad_queries_say_where(row: dict[str, str]) -> None:
    with pytest.raises(ExpressionError) as caught:
        read_query(row["query"], SOURCES)
    assert caught.value.column == int(row["column"])
    assert row["says"] in caught.value.message


def test_a_query_has_an_end() -> None:
    longest = " ".join(["دمشق"] * MOST_WORDS)
    assert read_query(longest, SOURCES).text == longest
    with pytest.raises(ExpressionError, match="more than"):
        read_query(" ".join(["دمشق"] * (MOST_WORDS + 1)), SOURCES)
    with pytest.raises(ExpressionError, match="longer than"):
        read_query("ب" * (MAX_LENGTH + 1), SOURCES)


def test_a_long_phrase_is_looked_for_in_few_forms() -> None:
    phrase = read_query('"كتاب وزير مدرسة قرية طبيب سوق"', SOURCES).sought
    assert isinstance(phrase, Terms)
    assert 1 <= len(phrase.forms) <= MOST_FORMS


def test_the_form_that_was_asked_for_comes_first() -> None:
    book = read_query("كتاب", SOURCES).sought
    assert isinstance(book, Terms)
    assert book.forms[0] == ("كتاب",)
    assert ("كتب",) in book.forms


def test_sources_named_beside_the_query_hold_for_all_of_it() -> None:
    narrowed = read_query("دمشق OR حلب", SOURCES, within=("riwaq",)).sought
    assert isinstance(narrowed, All)
    assert len(narrowed.parts) == 2


def test_a_date_alone_asks_for_everything_of_that_time() -> None:
    query = read_query("after:2026-11-20", SOURCES)
    assert isinstance(query, Query)
    assert query.sought == Mark("a:")
    assert query.since is not None
    assert query.since.isoformat() == "2026-11-20T00:00:00+00:00"


PARTS = st.sampled_from([
    *("دمشق", "حلب", "كتب", "AND", "OR", "أو", "NOT", "-", "(", ")", '"', "«", "»", ":", " ", "title:", "source:riwaq"),
    *("after:2026-11-20", "before:", "category:رياضة", "1.5", "x", "*", "^", "+", "NEAR", "\0", "\ud800"),
])  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(PARTS, max_size=30).map("".join)))
def test_whatever_comes_it_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        query = read_query(text, SOURCES)
    except ExpressionError as fault:
        assert 1 <= fault.column <= len(text) + 1
    else:
        assert query.text == text
