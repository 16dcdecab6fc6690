"""Which articles stand in which feed, and how they look there."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arabic.fold import fold
from news.categories import CATEGORIES
from news.merging import add_appearance
from news.places import COUNTRY_NAMES
from news.selection import build_feed, feed_plans, folded_text, is_selected, item_of, public_id, touched_feeds
from news.types import Article, Configuration, Credit, Enclosure, FeedRule, FetchSettings, Site, Source
from tests.news.articles import NOW, article, label

SITE = Site(title="خلاصة", url="https://khulasa.example/", description="أخبار")
TITLES = {"rawaq": "الرواق", "difaf": "الضفاف"}


def rule(**conditions: object) -> FeedRule:
    return FeedRule(id="choice", title="مختارات", **conditions)  # type: ignore[arg-type]  # any of its fields


# --- plans ------------------------------------------------------------------------------------------------------------


def test_everything_has_its_feed_in_one_order() -> None:
    configuration = Configuration(
        site=SITE,
        fetch=FetchSettings(),
        sources=(Source(id="rawaq", title="الرواق", url="https://rawaq.example/"),),
        feeds=(rule(match="حديقة"),),
    )
    plans = feed_plans(configuration, countries={"EG"}, standing=("all", "country/sy"))
    names = [plan.id for plan in plans]
    categories = [c.id for c in CATEGORIES]
    assert names == [
        *("all", "stories", "feed/choice"),
        *(f"category/{name}" for name in categories),
        *(f"stories/{name}" for name in categories),
        *("country/sy", "country/eg", "source/rawaq"),
    ]
    assert (plans[0].title, plans[0].description) == ("خلاصة", "أخبار")
    assert plans[2].rule == configuration.feeds[0]
    assert plans[2].title == "خلاصة – مختارات"
    assert (plans[3].category, plans[-1].source_id) == (CATEGORIES[0].id, "rawaq")
    assert [(plan.country, plan.title, plan.description) for plan in plans if plan.country] == [
        ("SY", "خلاصة – سوريا", "كل ما نُشر عن سوريا"),
        ("EG", "خلاصة – مصر", "كل ما نُشر عن مصر"),
    ]
    assert {plan.id for plan in plans if plan.stories} == {"stories", *(f"stories/{name}" for name in categories)}
    assert plans[-1].title == "خلاصة – الرواق"
    assert all(plan.description for plan in plans)


def test_countries_stand_in_their_order_the_arab_ones_first() -> None:
    nothing = Configuration(site=SITE, fetch=FetchSettings(), sources=(), feeds=())
    plans = feed_plans(nothing, countries=COUNTRY_NAMES, standing=())
    ordered = [plan.country for plan in plans if plan.country]
    assert set(ordered) == set(COUNTRY_NAMES)
    assert ordered[:5] == ["JO", "AE", "BH", "TN", "DZ"], (
        "by their names without the article: الأردن، الإمارات، البحرين"
    )
    assert ordered.index("YE") < ordered.index("GB") < ordered.index("JP")
    assert len({plan.title for plan in plans if plan.country}) == len(COUNTRY_NAMES)


def test_a_country_that_the_gazetteer_knows_no_longer_has_no_feed() -> None:
    nothing = Configuration(site=SITE, fetch=FetchSettings(), sources=(), feeds=())
    plans = feed_plans(nothing, countries={"XX"}, standing={"country/xx"})
    assert [plan.id for plan in plans if plan.country] == []


def test_an_article_touches_the_feeds_it_stands_in() -> None:
    one = article("rawaq", categories=(label("economy"), label("society")), countries=(label("SY"), label("LB")))
    both = add_appearance(one, article("difaf"))
    assert touched_feeds(both) == {
        *("all", "category/economy", "category/society", "country/sy", "country/lb", "source/rawaq", "source/difaf"),
    }
    assert touched_feeds(one, article("nil")) == touched_feeds(one) | {"source/nil"}
    assert touched_feeds() == frozenset()


# --- the editor's rules -----------------------------------------------------------------------------------------------

PARK = add_appearance(
    article(
        "rawaq",
        categories=(label("society"), label("economy")),
        countries=(label("SY"), label("LB")),
        content="<p>أعلنت بلدية المدينة افتتاح حديقة في دمشق.</p>",
    ),
    article("difaf", hours_ago=1),
)


@pytest.mark.parametrize(
    ("conditions", "chosen"),
    [
        ({}, True),
        ({"categories": ("economy",)}, True),
        ({"categories": ("sports",)}, False),
        ({"categories": ("sports", "economy")}, True),
        ({"sources": ("difaf",)}, True),
        ({"sources": ("nil",)}, False),
        ({"countries": ("LB", "EG")}, True),
        ({"countries": ("EG",)}, False),
        ({"match": "بدمشق OR دمشق"}, True),
        ({"match": "حلب"}, False),
        ({"categories": ("economy",), "sources": ("rawaq",), "countries": ("SY",), "match": "دمشق"}, True),
        ({"categories": ("economy",), "sources": ("rawaq",), "countries": ("SY",), "match": "حلب"}, False),
        ({"categories": ("economy",), "sources": ("rawaq",), "countries": ("EG",), "match": "دمشق"}, False),
        ({"categories": ("economy",), "sources": ("nil",), "countries": ("SY",), "match": "دمشق"}, False),
        ({"categories": ("sports",), "sources": ("rawaq",), "countries": ("SY",), "match": "دمشق"}, False),
    ],
    ids=str,
)
def test_every_condition_that_is_given_must_hold(conditions: dict[str, object], chosen: bool) -> None:
    assert is_selected(PARK, rule(**conditions)) == chosen


def test_a_rule_sees_title_summary_and_text() -> None:
    seen = folded_text(article(title="البلديّة", summary="<p>موجزٌ</p>", content="<p>النصّ</p><p>كاملا</p>"))
    assert seen == "البلديه موجز النص كاملا"
    assert folded_text(article(title="عنوان", content=None)) == "عنوان"


@pytest.mark.parametrize(
    "between",
    [
        "<p>موسم الزيتون يبشر بمحصول وفير هذا العام</p>",
        "<p>اقرأ أيضا: موسم الزيتون يبشر بمحصول وفير</p>",
        "<p>اقرأ أيضا</p><p>موسم الزيتون يبشر بمحصول وفير</p>",
    ],
)
def test_a_rule_does_not_see_headlines_of_other_stories(between: str) -> None:
    sentences = ("<p>بدأت البلدية تعبيد الطريق.</p>", "<p>ويبلغ طوله عشرين كيلومترا.</p>", "<p>ويعمل فيه مئة عامل.</p>")
    road = article(content=sentences[0] + sentences[1] + between + sentences[2] + "<p>وينتهي العمل في الربيع.</p>")
    assert is_selected(road, rule(match="عامل"))
    assert not is_selected(road, rule(match="الزيتون"))
    assert not is_selected(road, rule(match='"اقرأ أيضا"'))


# --- items ------------------------------------------------------------------------------------------------------------


def test_an_item_shows_the_lead() -> None:
    early = article("rawaq", title="حديقة", link="https://rawaq.example/1", hours_ago=5, byline="ليلى منصور")
    late = article("difaf", title="متنزه", link="https://difaf.example/1", hours_ago=1)
    item = item_of(add_appearance(late, early), site=SITE, source_titles=TITLES)
    assert (item.title, item.link, item.date) == ("حديقة", "https://rawaq.example/1", NOW - timedelta(hours=5))
    assert (item.summary, item.content, item.author) == (early.entry.summary, early.entry.content, "ليلى منصور")
    assert item.credits == (
        Credit(title="الرواق", link="https://rawaq.example/1"),
        Credit(title="الضفاف", link="https://difaf.example/1"),
    )


def test_in_a_sources_own_feed_an_item_looks_as_there() -> None:
    early = article("rawaq", title="حديقة", link="https://rawaq.example/1", hours_ago=5)
    late = article("difaf", title="متنزه", link="https://difaf.example/1", hours_ago=1)
    both = add_appearance(early, late)
    own = item_of(both, site=SITE, source_titles=TITLES, source_id="difaf")
    assert (own.title, own.link, own.date) == ("متنزه", "https://difaf.example/1", NOW - timedelta(hours=1))
    assert own.updated == own.date, "never updated before it was published"
    assert own.id == item_of(both, site=SITE, source_titles=TITLES).id
    assert own.credits == item_of(both, site=SITE, source_titles=TITLES).credits


def test_a_source_is_credited_once_by_its_first_appearance() -> None:
    first = article("rawaq", "1", link="https://rawaq.example/1", hours_ago=5)
    again = article("rawaq", "2", link="https://rawaq.example/2", hours_ago=1)
    item = item_of(add_appearance(first, again), site=SITE, source_titles=TITLES)
    assert item.credits == (Credit(title="الرواق", link="https://rawaq.example/1"),)


def test_a_source_that_left_the_configuration_is_credited_by_its_id() -> None:
    item = item_of(article("nil"), site=SITE, source_titles=TITLES)
    assert item.credits == (Credit(title="nil", link=None),)


def test_the_agency_signs_where_nobody_else_does() -> None:
    assert item_of(article(agency="وكالات"), site=SITE, source_titles={}).author == "وكالات"
    assert item_of(article(agency="وكالات", byline="ليلى"), site=SITE, source_titles={}).author == "ليلى"


def test_categories_bear_their_arabic_names() -> None:
    found = article(categories=(label("sports"), label("unheard-of")))
    assert item_of(found, site=SITE, source_titles={}).categories == (("sports", "رياضة"), ("unheard-of", "unheard-of"))


def test_enclosures_come_along() -> None:
    found = article()
    sound = Enclosure(url="https://rawaq.example/1.mp3", type="audio/mpeg", length=9)
    found = replace(found, entry=replace(found.entry, enclosures=(sound,)))
    assert item_of(found, site=SITE, source_titles={}).enclosures == (sound,)


@pytest.mark.parametrize(
    ("content", "summary", "link", "title"),
    [
        ("<p>أعلنت البلدية افتتاح حديقة.</p>", None, None, "أعلنت البلدية افتتاح حديقة."),
        (None, "<p>موجز الخبر</p>", None, "موجز الخبر"),
        ("<p>" + "كلمة " * 12 + "</p>", None, None, "كلمة " * 11 + "كلمة"),
        ("<p>" + "كلمة " * 13 + "</p>", None, None, "كلمة " * 12 + "…"),
        ("<p>فقرة أولى</p><p>فقرة ثانية</p>", None, None, "فقرة أولى"),
        ("<img src='x.jpg'>", None, "https://rawaq.example/1", "https://rawaq.example/1"),
        (None, None, None, "rawaq-1"),
    ],
)
def test_what_has_no_title_is_called_by_its_first_words(
    content: str | None, summary: str | None, link: str | None, title: str
) -> None:
    untitled = article(title="", content=content, summary=summary, link=link)
    assert item_of(untitled, site=SITE, source_titles={}).title == title


def test_an_id_is_a_tag_of_the_site_and_names_no_path() -> None:
    site = Site(url="https://user@Khulasa.example:8443/news/")
    assert public_id("0123456789abcdef", site) == "tag:khulasa.example,2026:article/0123456789abcdef"


# --- feeds ------------------------------------------------------------------------------------------------------------


def test_a_feed_is_as_new_as_its_latest_item() -> None:
    configuration = Configuration(site=SITE, fetch=FetchSettings(), sources=(), feeds=())
    plan = feed_plans(configuration, countries=(), standing=())[0]
    corrected = replace(article("rawaq", hours_ago=9), updated=NOW)
    feed = build_feed(plan, [article("difaf"), corrected], site=SITE, source_titles=TITLES, since=NOW)
    assert [item.date for item in feed.items] == [NOW - timedelta(hours=2), NOW - timedelta(hours=9)]
    assert (feed.id, feed.title, feed.description, feed.site_url) == ("all", "خلاصة", "أخبار", SITE.url)
    assert feed.updated == NOW


def test_an_empty_feed_is_as_old_as_itself() -> None:
    nothing = Configuration(site=SITE, fetch=FetchSettings(), sources=(), feeds=())
    plan = feed_plans(nothing, countries=(), standing=())[0]
    since = NOW - timedelta(days=30)
    assert build_feed(plan, [], site=SITE, source_titles={}, since=since).updated == since


def test_a_sources_feed_shows_its_own_titles() -> None:
    source = Source(id="difaf", title="الضفاف", url="https://difaf.example/")
    configuration = Configuration(site=SITE, fetch=FetchSettings(), sources=(source,), feeds=())
    plan = feed_plans(configuration, countries=(), standing=())[-1]
    both = add_appearance(article("rawaq", title="حديقة", hours_ago=5), article("difaf", title="متنزه"))
    assert build_feed(plan, [both], site=SITE, source_titles=TITLES, since=NOW).items[0].title == "متنزه"


HTML = st.one_of(st.none(), st.text(max_size=40), st.text(max_size=20).map("<p>{}</p><br>".format))


@given(st.text(max_size=20), HTML, HTML, st.one_of(st.none(), st.text(max_size=20)))
def test_every_article_has_an_item_with_a_name(
    title: str, content: str | None, summary: str | None, link: str | None
) -> None:
    found: Article = article(title=title, content=content, summary=summary, link=link)
    item = item_of(found, site=SITE, source_titles=TITLES)
    assert item.title
    assert item.updated >= item.date
    assert fold(folded_text(found)) == folded_text(found)
