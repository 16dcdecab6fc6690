"""Copies, stories and traps: our own pairs with a floor, and what must hold for every pair."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arabic.fold import fold
from news.alignment import aligned
from news.background import Background
from news.likeness import compare, in_common, measured, weights_of_features
from news.tables import read_table
from news.traits import WINDOW, Telling, Traits, seen_before, traits_of
from tests.news.cases import DATA, HARD_PAIRS, Case, hard_pairs

BEGIN = datetime(2026, 11, 20, 6, tzinfo=UTC)
PAIRS = hard_pairs()
# verdict → how many of them come out as it says, at least. Floors are only ever raised.
FLOORS = {"copy": 22, "same_story": 75, "different": 105}


def traits(title: str, text: str, *, minutes: int = 0) -> Traits:
    return traits_of(title=fold(title), text=fold(text), published=BEGIN + timedelta(minutes=minutes))


def both(case: Case) -> tuple[Traits, Traits]:
    return (
        traits(case["title_a"], case["text_a"]),
        traits(case["title_b"], case["text_b"], minutes=int(case["minutes"])),
    )


def test_the_table_has_enough_of_each_verdict() -> None:
    assert len(PAIRS) >= 200
    assert {case["verdict"] for case in PAIRS} == FLOORS.keys()
    assert sum(case["verdict"] == "different" for case in PAIRS) >= 100


@pytest.mark.parametrize("verdict", FLOORS)
def test_our_own_hard_pairs_do_not_get_worse(verdict: str) -> None:
    asked = [case for case in PAIRS if case["verdict"] == verdict]
    right = 0
    for case in asked:
        found = compare(*both(case))
        right += found.same_story is (verdict != "different") and (verdict != "copy" or found.copy)
    assert right >= FLOORS[verdict], f"{right} of {len(asked)}"


@pytest.mark.parametrize("table", [HARD_PAIRS, DATA / "tellings.tsv", DATA / "corpus_pairs.tsv"], ids=lambda t: t.name)
def test_the_weights_were_fitted_on_the_tables_as_they_stand(table: Path) -> None:
    digest = sha256(table.read_bytes()).hexdigest()[:16]
    weights = files("news").joinpath("data", "likeness_weights.tsv").read_text(encoding="utf-8")
    assert f"{table.name}, sha256 {digest}" in weights, "run python -m benchmarks.likeness_fit"


def test_every_feature_has_a_weight_and_what_tells_apart_only_subtracts() -> None:
    a, b = both(PAIRS[0])
    assert weights_of_features().keys() == {"base", *measured(a, b)}
    subtracting = measured(a, b).keys() - in_common(a, b).keys()
    assert all(weights_of_features()[name] <= 0.0 for name in subtracting)


def test_only_copies_are_called_copies_with_few_exceptions() -> None:
    wrong = [case["why"] for case in PAIRS if case["verdict"] == "different" and compare(*both(case)).copy]
    assert not wrong
    assert sum(case["verdict"] == "same_story" and compare(*both(case)).copy for case in PAIRS) <= 2


def test_two_words_with_one_mark_do_not_turn_a_judgement() -> None:
    a, b = both(PAIRS[1])[0], both(PAIRS[0])[1]
    one = replace(a, opening_told=Telling({7: 12.5}, 12.5))
    other = replace(b, opening_told=Telling({7: 6.5}, 6.5))
    assert compare(one, other) == compare(other, one)


GOLD = "أسعار الذهب اليوم"
IN_DUBAI = (
    "سجل غرام الذهب عيار 24 في أسواق الإمارات صباح الاثنين 512.25 درهما، وعيار 21 نحو 454.75 درهما من دون المصنعية."
)
AT_HOME = "بلغ سعر غرام الذهب عيار 21 الأكثر رغبة لدى المواطنين 86.50 دينارا اليوم الاثنين، وعيار 24 نحو 98.90 دينارا."
IN_SHARJAH = (
    "استقر غرام الذهب في محال دبي والشارقة بالإمارات اليوم الاثنين عند 512.25 درهما لعيار 24، و474.25 درهما لعيار 22."
)


@pytest.mark.parametrize(
    ("texts", "apart"),
    [
        ((IN_DUBAI, AT_HOME), True),
        ((IN_DUBAI, IN_SHARJAH), False),
        ((IN_DUBAI, "عيار 21 بسعر 454.75."), False),
        ((IN_DUBAI, IN_DUBAI), False),
    ],
    ids=["a country, and one that its readers know", "one country", "a line that leaves it out", "one text"],
)
def test_a_bulletin_is_of_one_place(texts: tuple[str, str], apart: bool) -> None:
    found = measured(*(traits(GOLD, text) for text in texts))
    assert (found["bulletins of no place in common"] > 0.5) is apart


def test_a_word_that_the_days_are_full_of_tells_less_in_the_place_of_another() -> None:
    one, other = (traits(f"{name} يفتتح معرض الكتاب", f"افتتح {name} معرض الكتاب أمس.") for name in ("بشكور", "طنطور"))
    full = Background(1000, [[500] * (1 << 16)])
    everywhere = [seen_before(found, full) for found in (one, other)]
    assert measured(*everywhere)["name swapped"] < measured(one, other)["name swapped"]
    assert seen_before(one, None) is one
    assert everywhere[0] == one, "it says what it said"


@given(st.sampled_from(PAIRS), st.sampled_from(PAIRS))
def test_a_judgement_does_not_depend_on_which_article_comes_first(one: Case, other: Case) -> None:
    a, b = both(one)[0], both(other)[1]
    assert compare(a, b) == compare(b, a)
    assert all(0.0 <= value <= 1.0 for value in measured(a, b).values())


@given(st.text(max_size=60), st.text(max_size=300), st.text(max_size=60), st.text(max_size=300))
def test_any_text_can_be_compared(title: str, text: str, other_title: str, other_text: str) -> None:
    a, b = traits(title, text), traits(other_title, other_text)
    assert compare(a, b) == compare(b, a)


REPORT = (
    "افتتح وزير الري صباح اليوم قناطر الشريف في محافظة المنوفية بعد أعمال تأهيل دامت عامين بكلفة 90 مليون جنيه. "
    "وقال الوزير فؤاد عبد المجيد إن القناطر تخدم زمام 120 ألف فدان وتحسن وصول المياه إلى نهايات الترع. "
    "وأضاف أن ثلاثة مواقع أخرى ستؤهل قبل موسم الزراعة المقبل، وأن مهندسين محليين نفذوا المشروع كله. "
    "وحضر الافتتاح محافظ المنوفية ونواب المنطقة وجمع من المزارعين."
)


@pytest.mark.parametrize("words", [25, 40, 60])
def test_a_text_cut_anywhere_is_a_copy_under_any_title(words: int) -> None:
    whole = traits("تأهيل قناطر الشريف", REPORT)
    cut = traits("120 ألف فدان تستفيد من قناطر المنوفية", " ".join(REPORT.split()[:words]), minutes=50)
    assert compare(whole, cut).copy


@pytest.mark.parametrize(
    ("was", "now"),
    [("المنوفية", "الفيوم"), ("قناطر الشريف", "قناطر العزب")],
    ids=["another place", "another work"],
)
def test_one_name_exchanged_throughout_makes_another_event(was: str, now: str) -> None:
    title = "وزير الري يفتتح قناطر الشريف في المنوفية"
    other = traits(title.replace(was, now), REPORT.replace(was, now), minutes=30)
    assert not compare(traits(title, REPORT), other).same_story


def test_what_is_further_apart_than_the_window_is_never_one_story() -> None:
    late = traits("تأهيل قناطر الشريف", REPORT, minutes=int(WINDOW.total_seconds()) // 60 + 1)
    assert not compare(traits("تأهيل قناطر الشريف", REPORT), late).same_story


def test_what_is_replaced_in_a_frame_is_found_and_what_is_left_out_is_not() -> None:
    ours = ["وصلت", "الطائرة", "الخامسة", "الى", "مطار", "العريش", "تحمل", "مواد", "غذائية"]
    theirs = ["وصلت", "الطائرة", "السادسة", "الى", "مطار", "العريش"]
    found = aligned(ours, theirs)
    assert [(list(swap.ours), list(swap.theirs)) for swap in found.swaps] == [([2], [2])]
    assert found.equal == pytest.approx(5 / 6)


def test_bulletins_are_told_by_phrases_of_a_table() -> None:
    for kind, phrases in read_table("bulletin_words", ("kind", "openings")):
        for phrase in phrases.split("|"):
            assert traits(f"{phrase} اليوم", "").bulletin == kind, phrase


ENGLISH = (
    (
        "Ministers agree on a new harbour law",
        "The ministers of the council said on Monday that the new law of the harbour "
        "would be put before the parliament, and that the fees of the ships would be raised by the end of the year.",
    ),
    (
        "Doctors warn of a shortage of nurses",
        "The doctors of the hospital said on Monday that the number of the nurses "
        "would not be enough, and that the wards of the city would be closed by the end of the month.",
    ),
)


def test_words_of_another_language_that_nobody_counted_make_no_story_and_its_copies_are_found() -> None:
    one, other = (traits(title, text) for title, text in ENGLISH)
    assert not compare(one, other).same_story
    assert compare(one, traits("A harbour law", ENGLISH[0][1], minutes=20)).copy


def test_persian_is_judged_as_another_language_though_many_of_its_words_are_arabic_ones() -> None:
    title = fold("دیدار رئیس جمهور با وزیران")
    text = fold("رئیس جمهور ایران در دیدار با وزیران کابینه گفت دولت برنامه تازه ای برای کاهش تورم در نظر گرفته است.")
    told = {
        language: traits_of(title=title, text=text, published=BEGIN, language=language) for language in ("fa", "ar")
    }
    assert told["fa"].opening_told.bits.keys() < told["ar"].opening_told.bits.keys()
