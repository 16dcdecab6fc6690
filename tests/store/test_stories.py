"""Stories are remembered, go on under their ids, and obey the editor."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from arabic.fold import fold
from arabic.stems import stem
from news.background import FEWEST
from news.errors import NotFound
from news.placing import shelved_of
from news.telling import mark
from news.types import Article, Label, SourceState, Update
from scheduler.storytelling import place_some
from store.store import Store
from store.stories import COMPARED
from tests.news.articles import NOW
from tests.news.test_placing import CUT, DAY, OTHER, told

ACCIDENTS = (Label(id="accidents", score=1.0, why="words"),)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "khulasa.db") as opened:
        yield opened


def put(store: Store, *articles: Article, dissolved: tuple[tuple[str, str], ...] = ()) -> None:
    for number, one in enumerate(articles):
        source_id = one.lead.source_id
        store.apply(
            Update(
                at=NOW,
                state=SourceState(source_id=source_id, url=f"https://{source_id}.example/"),
                outcome="ok",
                articles=(replace(one, categories=ACCIDENTS),),
                dissolved=dissolved if number == len(articles) - 1 else (),
            )
        )


def settle(store: Store) -> None:
    while place_some(store):
        pass


def members(store: Store, story_id: str) -> list[str]:
    return [member.id for member in store.stories.story(story_id).members]


@pytest.fixture
def day(store: Store) -> Store:
    put(store, *DAY)
    settle(store)
    return store


def test_a_story_has_its_lead_first_and_the_dates_of_its_first_and_last(day: Store) -> None:
    assert [story.id for story in day.stories.newest(10)] == ["wire", "port"], "what grew last stands first"
    fire = day.stories.story("wire")
    assert [member.id for member in fire.members] == ["wire", "cut", "late"]
    assert (fire.date, fire.updated) == (NOW, NOW + timedelta(minutes=95))
    assert [story.id for story in day.stories.newest(10, category="accidents")] == ["wire", "port"]
    assert day.stories.newest(10, category="sports") == ()


def test_an_outlet_that_joins_with_the_same_text_updates_the_story(day: Store) -> None:
    alone = told("port", OTHER, title="عقد لتوسعة الرصيف الشمالي في ميناء العقبة", minutes=30)
    joined = told("sahel", OTHER, title="عقد لتوسعة الرصيف الشمالي في ميناء العقبة", minutes=75).lead
    put(day, replace(alone, appearances=(alone.lead, joined)))
    settle(day)
    assert day.stories.story("port").updated == NOW + timedelta(minutes=75)


def test_a_copy_is_shown_in_its_sources_feed_only_and_its_outlet_credited_with_the_first(day: Store) -> None:
    assert [one.id for one in day.newest(10)] == ["port", "wire"]
    assert [one.id for one in day.newest(10, category="accidents")] == ["port", "wire"]
    assert [one.id for one in day.newest(10, source_id="cut")] == ["cut"]
    assert [a.source_id for a in day.article("wire").copies] == ["cut", "late"]


def test_feeds_of_stories_and_of_what_became_a_copy_are_stale(store: Store) -> None:
    put(store, DAY[0])
    settle(store)
    store.publications.record((), fresh=store.publications.stale(), withdrawn=())
    put(store, DAY[1])
    settle(store)
    assert {
        "stories",
        "stories/accidents",
        "all",
        "category/accidents",
        "source/cut",
    } <= store.publications.stale().keys()


def test_what_has_not_changed_is_not_compared_again_but_shown_anew(day: Store) -> None:
    day.publications.record((), fresh=day.publications.stale(), withdrawn=())
    put(day, DAY[3])
    (waiting,) = day.stories.waiting(5)
    assert day.stories.is_placed(shelved_of(waiting))
    settle(day)
    assert {"stories", "stories/accidents"} <= day.publications.stale().keys()
    assert day.stories.number_waiting() == 0


def test_the_editor_parts_and_joins_for_good(day: Store) -> None:
    for other in ("wire", "late"):
        day.stories.judge("cut", other, joined=False, at=NOW)
    settle(day)
    assert (members(day, "wire"), members(day, "cut")) == (["wire", "late"], ["cut"])
    put(day, told("cut", CUT + "<p>تحديث.</p>", minutes=20))
    settle(day)
    assert members(day, "cut") == ["cut"], "also after its text has changed"
    day.stories.judge("port", "cut", joined=True, at=NOW)
    settle(day)
    assert members(day, "cut") == members(day, "port") == ["cut", "port"]
    day.stories.judge("cut", "port", joined=False, at=NOW)
    settle(day)
    assert (members(day, "cut"), members(day, "port")) == (["cut"], ["port"]), "the last word counts"


def test_the_address_of_a_story_that_became_part_of_another_leads_on(day: Store) -> None:
    day.stories.judge("port", "wire", joined=True, at=NOW)
    settle(day)
    assert day.stories.story("port").id == "wire"
    assert len(members(day, "port")) == 4
    with pytest.raises(NotFound):
        day.stories.story("nothing")


def test_a_dissolved_article_leaves_no_story_behind(day: Store) -> None:
    put(day, told("late", minutes=95), dissolved=(("wire", "late"),))
    settle(day)
    assert [story.id for story in day.stories.newest(10)] == ["wire", "port"]
    assert members(day, "wire") == ["cut", "late"]
    assert [one.id for one in day.newest(10)] == ["port", "cut"], "nothing stays hidden behind what is gone"
    put(day, told("late", OTHER, minutes=95), dissolved=(("port", "late"),))
    settle(day)
    assert day.stories.story("port").id in {story.id for story in day.stories.newest(10)}


def test_only_what_was_published_lately_is_compared_with(day: Store) -> None:
    assert day.stories.forget_old(NOW + COMPARED - timedelta(hours=1)) == 0
    assert day.stories.forget_old(NOW + COMPARED + timedelta(hours=3)) == 4
    assert day.stories.shelved(["wire"]) == {}
    assert members(day, "wire") == ["wire", "cut", "late"], "its story stays"


def test_what_the_days_before_are_full_of_tells_less_of_a_later_article(store: Store) -> None:
    words = ("بشكور", "طنطور", "زعفور")
    put(
        store,
        *(
            told(
                f"{at:03}",
                f"<p>عقد اللقاء رقم {at} في قاعة {words[at % 3]} بمشاركة عدد من المختصين في شؤون البلدية.</p>",
                title=f"لقاء {at} في قاعة {words[at % 3]}",
                minutes=at - 2 * 24 * 60,
            )
            for at in range(FEWEST)
        ),
    )
    settle(store)
    later = told("later", "<p>افتتح رئيس البلدية قاعة بشكور بعد ترميمها.</p>", title="افتتاح قاعة بشكور")
    put(store, later)
    settle(store)
    alone, kept = shelved_of(later).traits, store.stories.shelved(["later"])["later"].traits
    name = mark(stem(fold("بشكور")))
    assert kept.title_told.bits[name] < 3.0 < alone.title_told.bits[name]
    assert kept == alone
    put(store, later)
    assert store.stories.is_placed(shelved_of(later)), "what the days before say is no change of the article"
    assert store.stories.background(NOW - timedelta(days=2)) is None, "nothing is known of the days before that"
