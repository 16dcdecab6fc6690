"""Which countries an article is about."""

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arabic.fold import fold
from news.places import COUNTRY_NAMES, countries_of, is_place
from news.tables import read_table
from tests.news.cases import Case, cases


@pytest.mark.parametrize("case", cases("places"), ids=lambda case: case["title"] or "nothing")
def test_countries_as_in_the_table(case: Case) -> None:
    found = countries_of(title=fold(case["title"]), text=fold(case["text"]))
    assert " ".join(label.id for label in found) == case["countries"].replace("-", "")


@pytest.mark.parametrize("case", cases("place_names"), ids=lambda case: case["text"] or "nothing")
def test_names_of_places_as_in_the_table(case: Case) -> None:
    assert is_place(case["text"]) == (case["place"] == "yes")


def test_the_ground_is_named_once_for_each_name() -> None:
    (label,) = countries_of(title=fold("دمشق وحلب"), text=fold("بين دمشق وحلب طريق، ودمشق أقدم، وفي سوريا طرق كثيرة."))
    assert label.why == "places: دمشق، حلب، سوريا"


def test_more_mentions_weigh_more_and_never_a_whole() -> None:
    scores = [
        label.score
        for times in (1, 2, 9, 900)
        for label in countries_of(title=fold("دمشق"), text=fold("ودمشق هنا. " * times))
    ]
    assert sorted(scores) == scores
    assert 0.5 < scores[0] < scores[-1] < 1


def test_a_country_mentioned_now_and_then_yields_to_the_subject() -> None:
    text = fold("دمشق " * 6 + "كلمة " * 60 + "وتحدث عن مصر ومصر ومصر")
    assert [label.id for label in countries_of(title=fold("دمشق " * 6), text=text)] == ["SY"]
    assert [label.id for label in countries_of(title=fold("حديقة"), text=fold("كلمة " * 60 + "مصر " * 3))] == ["EG"]


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
    found = countries_of(title=fold(title), text=fold(text))
    assert list(found) == sorted(found, key=lambda label: (-label.score, label.id))
    assert len({label.id for label in found}) == len(found)
    assert all(0 < label.score < 1 and label.why.startswith("places: ") for label in found)
    assert all(label.id in COUNTRY_NAMES for label in found)
