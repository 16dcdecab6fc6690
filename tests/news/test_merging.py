"""One article of many appearances: who leads, what counts, what a change does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.merging import add_appearance, is_same_article, replace_appearance, without_appearance
from news.types import Article, DateSource
from tests.news.articles import NOW, article, label
from tests.news.cases import Case, cases


def merged(copies: Sequence[Article]) -> Article:
    return reduce(add_appearance, copies[1:], copies[0])


# --- copies -----------------------------------------------------------------------------------------------------------


def test_who_published_first_leads() -> None:
    late, early = article("rawaq", title="حديقة جديدة"), article("difaf", title="حديقة على النهر", hours_ago=5)
    both = add_appearance(late, early)
    assert [a.source_id for a in both.appearances] == ["difaf", "rawaq"]
    assert both.entry == early.entry
    assert (both.date, both.updated) == (early.date, early.date)
    assert both.id == late.id, "the article keeps its name"


def test_of_two_at_one_moment_the_source_decides_then_the_key() -> None:
    at_once = [article("rawaq"), article("difaf", "2"), article("difaf", "1")]
    assert [(a.source_id, a.key) for a in merged(at_once).appearances] == [
        ("difaf", "1"),
        ("difaf", "2"),
        ("rawaq", "1"),
    ]


def test_byline_and_agency_come_from_the_first_place_that_names_one() -> None:
    silent = article("difaf", hours_ago=9)
    named = article("rawaq", hours_ago=5, byline="ليلى منصور")
    other = article("nakheel", hours_ago=1, byline="أحمد سالم", agency="وكالات")
    both = merged([other, silent, named])
    assert (both.byline, both.agency) == ("ليلى منصور", "وكالات")


def test_each_label_counts_once_with_its_best_score() -> None:
    one = article("rawaq", categories=(label("economy", 0.4), label("society", 0.3)), countries=(label("SY", 0.6),))
    other = article("difaf", categories=(label("society", 0.8),), countries=(label("SY", 0.5), label("LB", 0.5)))
    both = add_appearance(one, other)
    assert [(found.id, found.score) for found in both.categories] == [("society", 0.8), ("economy", 0.4)]
    assert [(found.id, found.score) for found in both.countries] == [("SY", 0.6), ("LB", 0.5)]


def test_a_label_of_last_resort_yields_to_any_other() -> None:
    unsure = article("rawaq", categories=(label("general", 0.0),))
    assert [c.id for c in add_appearance(unsure, article("difaf", categories=(label("sports", 0.1),))).categories] == [
        "sports"
    ]
    assert [c.id for c in add_appearance(unsure, replace(unsure, appearances=(article("difaf").lead,))).categories] == [
        "general"
    ]


def test_a_correction_seen_is_not_forgotten_when_a_copy_comes() -> None:
    corrected = replace(article(), updated=NOW)
    for hours_ago in (1, 5):
        assert add_appearance(corrected, article("difaf", hours_ago=hours_ago)).updated == NOW


LABELS = st.lists(
    st.builds(
        label,
        st.sampled_from(["economy", "society", "general"]),
        st.sampled_from([0.0, 0.5, 0.9]),
        st.sampled_from(["source hint", "words: سوق"]),
    ),
    max_size=3,
    unique_by=lambda found: found.id,
).map(tuple)
NAMES = st.one_of(st.none(), st.sampled_from(["ليلى منصور", "أحمد سالم"]))


@st.composite
def copies(draw: st.DrawFn) -> list[Article]:
    names = draw(
        st.lists(st.tuples(st.sampled_from(["rawaq", "difaf", "nil"]), st.sampled_from("123")), min_size=1, unique=True)
    )
    return [
        article(
            source,
            key,
            title=f"حديقة {source} {key}",
            hours_ago=draw(st.integers(0, 3)),
            byline=draw(NAMES),
            agency=draw(NAMES),
            categories=draw(LABELS),
            countries=draw(LABELS),
        )
        for source, key in names
    ]


@given(copies().flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_order_of_arrival_changes_nothing_but_the_name(orders: tuple[list[Article], list[Article]]) -> None:
    one, other = map(merged, orders)
    assert replace(one, id="") == replace(other, id="")
    assert one.id == orders[0][0].id
    assert one.lead == min((a.lead for a in orders[0]), key=lambda a: (a.date, a.source_id, a.key))
    assert {a.lead for a in orders[0]} == set(one.appearances), "membership is never lost"


@given(copies())
def test_an_appearance_can_be_taken_away_again(found: list[Article]) -> None:
    rest: Article | None = merged(found)
    for gone in found:
        assert rest is not None
        rest = without_appearance(rest, source_id=gone.lead.source_id, key=gone.lead.key)
        assert rest is None or gone.lead not in rest.appearances
        assert rest is None or rest.byline == next((a.byline for a in rest.appearances if a.byline), None)
    assert rest is None


def test_taking_away_what_is_not_there_changes_nothing() -> None:
    assert without_appearance(article(), source_id="rawaq", key="2") == article()


# --- changes ----------------------------------------------------------------------------------------------------------


def changed(before: Article, after: Article, *, place: int = 0) -> Article:
    return replace_appearance(before, before.appearances[place], after.lead, found=after, now=NOW)


def test_a_corrected_text_keeps_name_date_and_first_sight() -> None:
    before = article()
    seen = replace(before, appearances=(replace(before.lead, first_seen=NOW - timedelta(days=1)),))
    after = changed(seen, article(content="<p>نص مصحح</p>", fingerprint="f-corrected", hours_ago=0))
    assert (after.id, after.date, after.updated) == (before.id, before.date, NOW)
    assert after.lead.first_seen == NOW - timedelta(days=1)
    assert (after.entry.content, after.lead.fingerprint) == ("<p>نص مصحح</p>", "f-corrected")


@pytest.mark.parametrize(
    ("title", "counts"),
    [("البلدية تفتتح حديقتين", True), ("البلديّة تفتتح حديقة!", False), ("البلدية تفتتح حديقة", False)],
)
def test_a_title_counts_as_changed_when_its_words_do(title: str, counts: bool) -> None:
    before = article()
    assert changed(before, article(title=title)).updated == (NOW if counts else before.updated)


def test_a_change_of_a_copy_is_no_update_of_what_is_shown() -> None:
    before = add_appearance(article(hours_ago=5), article("difaf"))
    after = changed(before, article("difaf", title="عنوان آخر", fingerprint="f-other"), place=1)
    assert (after.updated, after.entry) == (before.updated, before.entry)
    assert after.appearances[1].title == "عنوان آخر"


def test_a_change_of_the_lead_shows() -> None:
    before = add_appearance(article(hours_ago=5), article("difaf"))
    after = changed(before, article(hours_ago=5, title="عنوان آخر"))
    assert (after.updated, after.entry.title) == (NOW, "عنوان آخر")
    assert len(after.appearances) == 2


def test_labels_of_a_sole_appearance_are_replaced_and_of_several_added() -> None:
    sure = article(categories=(label("economy"),), countries=(label("SY"),))
    later = article(categories=(label("society"),), countries=(label("LB"),))
    alone = changed(sure, later)
    assert ([c.id for c in alone.categories], [c.id for c in alone.countries]) == (["society"], ["LB"])
    both = changed(add_appearance(sure, article("difaf", hours_ago=1)), later)
    assert ([c.id for c in both.categories], [c.id for c in both.countries]) == (["economy", "society"], ["LB", "SY"])


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (DateSource.PUBLISHED, DateSource.PUBLISHED, True),
        (DateSource.PUBLISHED, DateSource.FIRST_SEEN, True),
        (DateSource.FIRST_SEEN, DateSource.FIRST_SEEN, True),
        (DateSource.FIRST_SEEN, DateSource.PUBLISHED, False),
        (DateSource.UPDATED, DateSource.PUBLISHED, True),
    ],
)
def test_a_date_once_read_stays_and_a_guess_yields(before: DateSource, after: DateSource, kept: bool) -> None:
    old, new = article(date_source=before), article(date_source=after, hours_ago=7)
    result = changed(old, new)
    assert result.date == result.lead.date == result.updated == (old.date if kept else new.date)
    assert result.lead.date_source == (before if kept else after)


def test_a_name_alone_changes_nothing_else() -> None:
    before = add_appearance(article(), article("difaf", hours_ago=1))
    renamed = replace(before.lead, key="1~old")
    after = replace_appearance(before, before.lead, renamed, found=None, now=NOW)
    assert after == replace(before, appearances=(renamed, before.appearances[1]))


# --- a later state, or another article --------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("same_article"), ids=lambda case: case["why"])
def test_later_states_as_in_the_table(case: Case) -> None:
    before = article(title=case["title"], content=case["text"] or None, fingerprint="f-before")
    found = article(title=case["later title"], content=case["later text"] or None, fingerprint="f-after")
    assert is_same_article(before, before.lead, found) == (case["same"] == "yes")


def other_story(*, fingerprint: str | None, link: str | None = None) -> Article:
    text = "<p>سجل المهاجم هدفين في الشوط الثاني.</p>"
    return article(title="فريق الميناء يفوز", content=text, fingerprint=fingerprint, link=link)


def test_an_equal_link_or_fingerprint_is_enough() -> None:
    before = article(link="https://rawaq.example/1", fingerprint="f-park")
    assert not is_same_article(before, before.lead, other_story(fingerprint="f-match", link="https://rawaq.example/2"))
    assert is_same_article(before, before.lead, other_story(fingerprint="f-match", link="https://rawaq.example/1"))
    assert is_same_article(before, before.lead, other_story(fingerprint="f-park", link="https://rawaq.example/2"))


def test_two_that_lack_link_and_fingerprint_are_not_equal_in_that() -> None:
    before = article(fingerprint=None)
    assert not is_same_article(before, before.lead, other_story(fingerprint=None))
