"""What is kept of an article: the same in every process, small, and read back as it was."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arabic.fold import fold
from news import traits as made
from news.telling import DAY, MONTH, NUMBER, ORDINAL, PLACE, spelt, told
from news.traits import MOST_KEYS, Traits, keys_of, packed, traits_of, unpacked
from tests.news.cases import hard_pairs

BEGIN = datetime(2026, 11, 20, 6, tzinfo=UTC)


def _traits(title: str, text: str) -> Traits:
    return traits_of(title=fold(title), text=fold(text), published=BEGIN)


@pytest.mark.parametrize(
    ("text", "sort", "tokens"),
    [
        ("سبعة قتلى", NUMBER, ["7"]),
        ("٧ قتلى", NUMBER, ["7"]),
        ("لـ14 مدينة", NUMBER, ["14"]),
        ("الطائرة الإغاثية السادسة", ORDINAL, ["o6"]),
        ("أول طائرة", ORDINAL, ["o1"]),
        ("يوم الأربعاء المقبل", DAY, ["d3"]),
        ("أحد المتهمين", DAY, []),
        ("في تشرين الثاني", MONTH, ["m11"]),
        ("في نوفمبر", MONTH, ["m11"]),
    ],
)
def test_numbers_and_days_are_one_token_however_they_are_written(text: str, sort: str, tokens: list[str]) -> None:
    assert [sign.token for sign in told(tuple(fold(text).split())) if sign.sort == sort] == tokens  # type: ignore[arg-type]  # words of folded text


def test_a_country_is_one_token_with_its_adjective_and_a_city_says_its_country() -> None:
    country, adjective, city = (next(iter(told((fold(word),)))) for word in ("اليابان", "الياباني", "طوكيو"))
    assert country.sort == adjective.sort == city.sort == PLACE
    assert country.marks[0] == adjective.marks[0] == city.marks[1] != city.marks[0]


@pytest.mark.parametrize(
    ("one", "other"), [("غوتيريس", "غوتيريش"), ("بكنجهام", "بكنغهام"), ("غرينلاند", "جرينلاند"), ("انجلوس", "انجليس")]
)
def test_a_foreign_name_spelt_in_two_ways_is_one_name(one: str, other: str) -> None:
    assert spelt(fold(one)) == spelt(fold(other))


@pytest.mark.parametrize(("one", "other"), [("دمشق", "دبي"), ("سالم", "سليمان"), ("الدقي", "العمرانية")])
def test_two_names_are_two(one: str, other: str) -> None:
    assert spelt(fold(one)) != spelt(fold(other))


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    common, rare = (next(iter(told((fold(word),)))) for word in ("أعلن", "سمندل"))
    assert common.bits < 5.0 < rare.bits


@given(st.text(max_size=80), st.text(max_size=600), st.datetimes(timezones=st.just(timezone(timedelta(hours=3)))))
def test_traits_are_read_back_from_their_blob_as_they_were(title: str, text: str, published: datetime) -> None:
    found = traits_of(title=fold(title), text=fold(text), published=published)
    again = unpacked(packed(found))
    assert again == found
    assert again is not None
    assert (again.title_told, again.opening_told) == (found.title_told, found.opening_told)
    keys = keys_of(found)
    assert len(keys) <= MOST_KEYS
    assert all(0 <= key < 1 << 63 for key in keys)
    assert keys_of(again) == keys


def test_traits_of_another_version_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    blob = packed(_traits("البلدية تفتتح حديقة", "أعلنت بلدية المدينة افتتاح حديقة جديدة."))
    monkeypatch.setattr(made, "TRAITS_VERSION", "0/0")
    assert unpacked(blob) is None


def test_a_blob_is_about_a_kilobyte() -> None:
    sizes = [len(packed(_traits(case["title_a"], case["text_a"]))) for case in hard_pairs()]
    assert max(sizes) < 1500


def test_another_process_makes_the_same_blob() -> None:
    program = (
        "from datetime import UTC, datetime\nfrom arabic.fold import fold\nfrom news.traits import *\n"
        "found = traits_of(title=fold('وفاة عميد الخطاطين'), text=fold('توفي عميد الخطاطين في حلب عن 90 عاما.'),"
        " published=datetime(2026, 11, 20, 6, tzinfo=UTC))\nprint(packed(found).hex(), keys_of(found))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_articles_of_one_story_meet_under_a_key() -> None:
    apart = [
        case["why"]
        for case in hard_pairs()
        if case["verdict"] != "different"
        and not set(keys_of(_traits(case["title_a"], case["text_a"])))
        & set(keys_of(_traits(case["title_b"], case["text_b"])))
    ]
    assert len(apart) <= 2, apart
