"""The folding: a table that a reader of Arabic can review, and what holds of any text."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arabic.fold import FOLD_VERSION, fold
from tests.arabic.material import texts
from tests.arabic.tables import table

ROWS = table("folding")
UNSEEN = (
    *map(chr, range(0x064B, 0x0653)),  # tashkeel
    "\N{ARABIC LETTER SUPERSCRIPT ALEF}",
    "\N{ARABIC TATWEEL}",
    "\N{RIGHT-TO-LEFT MARK}",
    "\N{LEFT-TO-RIGHT MARK}",
    "\N{RIGHT-TO-LEFT EMBEDDING}",
    "\N{RIGHT-TO-LEFT OVERRIDE}",
    "\N{POP DIRECTIONAL FORMATTING}",
    "\N{FIRST STRONG ISOLATE}",
    "\N{POP DIRECTIONAL ISOLATE}",
)


@pytest.mark.parametrize("row", ROWS, ids=[row["why"] for row in ROWS])
def test_text_folds_as_the_table_says(row: dict[str, str]) -> None:
    assert fold(row["before"]) == row["after"]


def test_the_table_has_a_reason_for_each_row() -> None:
    assert len(ROWS) >= 120
    assert all(row["why"] for row in ROWS)
    assert len({row["before"] for row in ROWS}) == len(ROWS)


def test_what_is_stored_is_folded_by_the_second_version() -> None:
    assert FOLD_VERSION == 2


@given(texts)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@given(texts, st.lists(st.tuples(st.integers(0, 80), st.sampled_from(UNSEEN)), min_size=1, max_size=8))
def test_folding_is_blind_to_vowels_tatweel_and_direction(text: str, marks: list[tuple[int, str]]) -> None:
    marked = text
    for place, mark in marks:
        marked = marked[:place] + mark + marked[place:]
    assert fold(marked) == fold(text)


@given(texts)
def test_folded_text_is_never_longer_once_ligatures_are_spelled_out(text: str) -> None:
    spelled = "".join(unicodedata.normalize("NFKC", one) if "\ufb50" <= one <= "\ufefe" else one for one in text)
    assert len(fold(text)) <= len(spelled)


@given(texts)
def test_a_rare_character_does_not_change_how_the_others_fold(text: str) -> None:
    assert fold(f"{text} \N{SNOWMAN}") == fold(text)


@given(texts, texts)
@pytest.mark.parametrize("seats", ["أإآٱا", "ؤئء", "ةه", "ىيی", "كک"])
def test_folding_is_blind_to_what_writers_exchange(seats: str, before: str, after: str) -> None:
    assert len({fold(before + seat + after) for seat in seats}) == 1


@given(texts, texts)
def test_words_fold_alike_wherever_they_stand(before: str, after: str) -> None:
    assert fold(f"{before} {after}") == " ".join(filter(None, (fold(before), fold(after))))


@given(texts)
def test_folded_text_is_letters_and_digits_with_one_space_between_words(text: str) -> None:
    folded = fold(text)
    assert folded == " ".join(folded.split())
    kinds = {unicodedata.category(one) for one in re.sub(r"(?<=[0-9])\.(?=[0-9])", "", folded).replace(" ", "")}
    assert all(kind[0] in "LN" or kind == "Mc" for kind in kinds), kinds
