"""Which countries an article is about."""

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arabic.fold import folded_words
from news.places import COUNTRY_NAMES, MOST_MENTIONS, OPENING, countries_of, is_arab, is_place
from news.tables import read_table
from tests.news.cases import Case, cases


@pytest.mark.parametrize("case", cases("places"), ids=lambda case: case["title"] or "nothing")
def test_countries_as_in_the_table(case: Case) -> None:
    found = countries_of(title=folded_words(case["title"]), text=folded_words(case["text"]))
    assert " ".join(label.id for label in found) == case["countries"].replace("-", "")


@pytest.mark.parametrize("case", cases("place_names"), ids=lambda case: case["text"] or "nothing")
def test_names_of_places_as_in_the_table(case: Case) -> None:
    assert is_place(folded_words(case["text"])) == (case["place"] == "yes")


def test_the_ground_is_named_once_for_each_name() -> None:
    (label,) = countries_of(
        title=folded_words("دمشق وحلب"), text=folded_words("بين دمشق وحلب طريق، ودمشق أقدم، وفي سوريا طرق كثيرة.")
    )
    assert label.why == "places: دمشق، حلب، سوريا"


def test_more_mentions_weigh_more_and_never_a_whole() -> None:
    scores = [
        label.score
        for times in (1, 2, 9, 900)
        for label in countries_of(title=folded_words("دمشق"), text=folded_words("ودمشق هنا. " * times))
    ]
    assert sorted(scores) == scores
    assert 0.5 < scores[0] < scores[-1] < 1


def test_a_country_mentioned_now_and_then_yields_to_the_subject() -> None:
    text = folded_words("دمشق " * 6 + "كلمة " * 60 + "وتحدث عن مصر ومصر ومصر")
    assert [label.id for label in countries_of(title=folded_words("دمشق " * 6), text=text)] == ["SY"]
    assert [
        label.id for label in countries_of(title=folded_words("حديقة"), text=folded_words("كلمة " * 60 + "مصر " * 3))
    ] == ["EG"]


def test_one_mention_at_the_beginning_and_one_far_down_are_a_subject() -> None:
    far = "كلمة " * OPENING + "دمشق"
    assert [label.id for label in countries_of(title=folded_words(""), text=folded_words("دمشق " + far))] == ["SY"]
    assert countries_of(title=folded_words(""), text=folded_words(far + " دمشق")) == ()


def test_the_beginning_has_an_end() -> None:
    inside, outside = "كلمة " * (OPENING - 2) + "دمشق دمشق", "كلمة " * (OPENING - 1) + "دمشق دمشق"
    (one,) = countries_of(title=folded_words(""), text=folded_words(inside))
    (other,) = countries_of(title=folded_words(""), text=folded_words(outside))
    assert one.score == 0.5
    assert other.score < one.score


def test_mentions_in_the_text_say_nothing_new_after_some() -> None:
    scores = [
        countries_of(title=folded_words("دمشق"), text=folded_words("دمشق " * times))[0].score
        for times in (MOST_MENTIONS - 2, MOST_MENTIONS - 1, MOST_MENTIONS)
    ]
    assert scores[0] < scores[1] == scores[2]


def test_mentions_in_the_title_all_count() -> None:
    few, many = ("دمشق " * times for times in (MOST_MENTIONS, MOST_MENTIONS + 1))
    assert countries_of(title=folded_words(few), text=folded_words("")) != countries_of(
        title=folded_words(many), text=folded_words("")
    )


@pytest.mark.parametrize(("country", "arab"), [("SY", True), ("MR", True), ("KM", True), ("TR", False), ("IR", False)])
def test_the_arab_countries_are_those_of_the_league(country: str, arab: bool) -> None:
    assert is_arab(country) == arab


def test_countries_are_named_by_codes_the_zone_tables_know() -> None:
    listed = resources.files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8").splitlines()
    assert COUNTRY_NAMES.keys() <= {line[:2] for line in listed if not line.startswith("#")}
    assert len(set(COUNTRY_NAMES.values())) == len(COUNTRY_NAMES)


def test_no_name_stands_twice_in_a_country() -> None:
    for country, _, mentions, _ in read_table("places", ("country", "name", "mentions", "adjectives")):
        names = mentions.split("|")
        assert sorted(set(names)) == sorted(names), country


WORDS = st.sampled_from(["مصر", "دمشق", "عمان", "طرابلس", "لبنان", "المغرب", "العربي", "كوريا", "ال", "وبال", "حديقة"])


@given(st.one_of(st.text(), st.lists(WORDS).map(" ".join)), st.one_of(st.text(), st.lists(WORDS).map(" ".join)))
def test_whatever_comes_labels_are_ordered_and_name_their_ground(title: str, text: str) -> None:
    found = countries_of(title=folded_words(title), text=folded_words(text))
    assert list(found) == sorted(found, key=lambda label: (-label.score, label.id))
    assert len({label.id for label in found}) == len(found)
    assert all(0 < label.score < 1 and label.why.startswith("places: ") for label in found)
    assert all(label.id in COUNTRY_NAMES for label in found)
