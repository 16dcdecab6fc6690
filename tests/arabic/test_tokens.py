"""Words under their clitics: what must be found, what must not be cut, and what holds of any text."""

import pytest
from hypothesis import given

from arabic.fold import Folded, fold
from arabic.tokens import forms, matches_word, stems, tokens
from tests.arabic.material import texts
from tests.arabic.tables import table

ROWS = table("clitics")


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['token']} – {row['word']}" for row in ROWS])
def test_a_word_is_found_under_its_clitics_and_nowhere_else(row: dict[str, str]) -> None:
    assert row["found"] in ("yes", "no")
    token, word = fold(row["token"]), fold(row["word"])
    assert matches_word(token, word) == (row["found"] == "yes"), row["why"]
    assert (word in stems(token)) == (row["found"] == "yes"), row["why"]


def test_tokens_are_the_words_in_order() -> None:
    assert tokens(fold("قال: «نعم»، 6.2 مليون")) == ("قال", "نعم", "6.2", "مليون")
    assert tokens(fold("  ،  ")) == ()


def test_the_word_itself_comes_first_and_nothing_twice() -> None:
    found = stems(fold("والمباراة"))
    assert found[0] == "والمباراه"
    assert len(set(found)) == len(found)


@given(texts)
def test_tokens_are_the_folded_text(text: str) -> None:
    folded = fold(text)
    assert " ".join(tokens(folded)) == folded


@given(texts)
def test_a_stem_is_the_end_of_its_token_or_the_article_before_it(text: str) -> None:
    for token in tokens(fold(text)):
        found = stems(token)
        assert found[0] == token
        assert all(len(stem) >= 2 for stem in found[1:])
        assert all(token.endswith(stem.removeprefix("ال")) for stem in found)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['token']} – {row['word']}" for row in ROWS])
def test_a_token_is_among_the_forms_of_each_of_its_stems(row: dict[str, str]) -> None:
    for token in (fold(row["token"]), fold(row["word"])):
        assert all(token in forms(stem) for stem in stems(token))


@given(texts)
def test_whatever_is_among_the_stems_matches(text: str) -> None:
    for token in tokens(fold(text)):
        assert all(matches_word(token, stem) and token in forms(stem) for stem in stems(token))
        assert not matches_word(token, Folded(token + "x"))
