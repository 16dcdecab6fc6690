"""Finding words and phrases in folded text: a table, and what holds of any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arabic.fold import fold
from arabic.lexicon import Lexicon
from arabic.tokens import tokens
from tests.arabic.material import texts
from tests.arabic.tables import table

ROWS = table("lexicon")
SEPARATOR = "؛"


@pytest.mark.parametrize("row", ROWS, ids=[row["why"] for row in ROWS])
def test_entries_are_found_where_the_table_says(row: dict[str, str]) -> None:
    lexicon = Lexicon((entry, entry) for entry in row["entries"].split(SEPARATOR))
    words = tokens(fold(row["text"]))
    found = [f"{meaning}@{position}" for position, _, meaning in lexicon.find(words)]
    assert " ".join(found) == row["found"]


def test_the_length_of_what_was_found_is_in_words() -> None:
    lexicon = Lexicon([("مجلس الأمن الدولي", 1), ("خبر", 2)])
    assert list(lexicon.find(tokens(fold("خبر من مجلس الأمن الدولي")))) == [(0, 1, 2), (2, 3, 1)]


@pytest.mark.parametrize("text", ["كأس", "كأس العالم", "خبر عن كأس", "خبر عن كأس العالم"])
def test_at_the_end_of_a_text_an_entry_is_no_longer_than_the_text(text: str) -> None:
    words = tokens(fold(text))
    lexicon = Lexicon((entry, entry) for entry in ("كأس", "كأس العالم", "كأس العالم للأندية"))
    ((position, length, meaning),) = lexicon.find(words)
    assert tokens(fold(meaning)) == words[position : position + length]
    assert position + length == len(words)


def test_of_two_meanings_of_one_folded_word_the_later_counts() -> None:
    lexicon = Lexicon([("مدينة", "first"), ("مدينه", "second")])
    assert [meaning for *_, meaning in lexicon.find(tokens(fold("المدينة")))] == ["second"]


def test_an_entry_of_punctuation_is_no_entry() -> None:
    assert list(Lexicon([("،", 1), ("", 2)]).find(tokens(fold("خبر ، عاجل")))) == []


@given(st.lists(texts, max_size=5), texts)
def test_what_is_found_lies_in_the_text_and_does_not_overlap(entries: list[str], text: str) -> None:
    words = tokens(fold(" ".join([*entries, text])))
    end = 0
    for position, length, meaning in Lexicon((entry, entry) for entry in entries).find(words):
        assert position >= end
        assert length == len(tokens(fold(meaning)))
        end = position + length
    assert end <= len(words)


@given(texts)
def test_every_text_finds_itself(text: str) -> None:
    words = tokens(fold(text))
    assert list(Lexicon([(text, 1)]).find(words)) == ([(0, len(words), 1)] if words else [])
