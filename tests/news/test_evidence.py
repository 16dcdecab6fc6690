"""A judgement can be read: the words behind each feature."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from arabic.fold import fold
from news.evidence import evidence
from news.likeness import measured
from news.traits import Traits, traits_of
from tests.news.cases import hard_pairs

AT = datetime(2026, 11, 20, 6, tzinfo=UTC)
ARTICLES = [
    traits_of(title=fold(case[f"title_{side}"]), text=fold(case[f"text_{side}"]), published=AT)
    for case in hard_pairs()
    for side in "ab"
]


def traits(title: str) -> Traits:
    return traits_of(title=fold(title), text=fold(""), published=AT)


def test_what_stands_against_what_is_said_in_words() -> None:
    told = evidence(traits("وصول الطائرة الخامسة إلى مطار بيروت"), traits("وصول الطائرة السادسة إلى مطار صنعاء"))
    assert told["day or ordinal swapped"] == "no. 5 against no. 6"
    assert told["titles name other places"] == "بيروت against صنعاء"


def test_numbers_and_rare_words_in_both_are_named() -> None:
    told = evidence(traits("93226 متفرجا في ملعب الزمردة"), traits("ملعب الزمردة يستقبل 93226 متفرجا"))
    assert told["numbers in both"] == "93226"
    assert "زمرد" in told["rare words in both"]


@given(st.sampled_from(ARTICLES), st.sampled_from(ARTICLES))
def test_only_features_of_the_judgement_have_words(a: Traits, b: Traits) -> None:
    values = measured(a, b)
    told = evidence(a, b)
    assert told.keys() <= values.keys()
    assert values["number swapped"] == 0.0 or "number swapped" in told
    assert (values["titles name other places"] > 0) == ("titles name other places" in told)
