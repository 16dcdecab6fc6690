"""Articles find their stories, in whatever order they arrive."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from news.background import FEWEST
from news.placing import place, shelved_of
from news.shelf import MemoryShelf
from news.types import Article
from tests.news.articles import NOW, article

FIRE = (
    "<p>اندلع حريق كبير فجر الاثنين في مستودع للأخشاب بالمنطقة الصناعية في مدينة صور، وأدى إلى إصابة أربعة عمال بحروق "
    "نقلوا إلى المستشفى الحكومي، فيما تمكنت فرق الدفاع المدني من إخماده بعد ست ساعات من العمل المتواصل.</p>"
    "<p>وقال قائد الفوج ناصر الحلبي إن التحقيق جار لمعرفة سبب الحريق، وإن الأضرار تقدر بنحو مليوني دولار.</p>"
)
CUT = FIRE.partition("</p>")[0] + "</p>"
OTHER = (
    "<p>وقعت شركة الموانئ في العقبة عقدا مع مصرف محلي لتمويل توسعة الرصيف الشمالي بقيمة ثمانين مليون دينار، على أن "
    "تبدأ الأعمال في الربيع المقبل وتستمر ثمانية عشر شهرا وفق ما أعلنه المدير العام زياد الخطيب.</p>"
)


def told(
    name: str, text: str = FIRE, *, title: str = "حريق في مستودع أخشاب بصور يصيب أربعة عمال", minutes: int = 0
) -> Article:
    made = article(name, title=title, content=text, date=NOW + timedelta(minutes=minutes), fingerprint=f"f-{name}")
    return replace(made, id=name)


DAY = (
    told("wire", title="إصابة 4 عمال في حريق مستودع للأخشاب بصور"),
    told("cut", CUT, minutes=20),
    told("late", FIRE + "<p>وأعيد فتح الطريق البحرية مساء أمام السيارات.</p>", minutes=95),
    told("port", OTHER, title="عقد لتوسعة الرصيف الشمالي في ميناء العقبة", minutes=30),
)


def shelf_with(articles: tuple[Article, ...]) -> MemoryShelf:
    shelf = MemoryShelf()
    for one in articles:
        shelf.keep(place(shelved_of(one), shelf))
    return shelf


def test_copies_are_one_story_and_the_first_publisher_is_shown_for_them() -> None:
    shelf = shelf_with(DAY)
    assert shelf.stories(["wire", "cut", "late", "port"]) == {
        "wire": "wire", "cut": "wire", "late": "wire", "port": "port",
    }  # fmt: skip
    assert [shelf.copy_of(name) for name in ("wire", "cut", "late", "port")] == [None, "wire", "wire", None]


def test_an_agencys_own_text_is_shown_for_its_copies_though_it_came_later() -> None:
    agency = told("agency", minutes=40)
    agency = replace(agency, appearances=(replace(agency.lead, is_agency=True),))
    shelf = shelf_with((*DAY, agency))
    assert {shelf.copy_of(name) for name in ("wire", "cut", "late")} == {"agency"}
    assert shelf.copy_of("agency") is None
    assert shelf.stories(["agency"]) == {"agency": "wire"}, "the story keeps its id"


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_arrival_changes_no_story(seed: int) -> None:
    arrived = list(DAY)
    Random(seed).shuffle(arrived)  # noqa: S311 – repeatable, no secret
    shelf, expected = shelf_with(tuple(arrived)), shelf_with(DAY)
    names = [one.id for one in DAY]
    story_of = shelf.stories(names)
    together = {frozenset(n for n in names if story_of[n] == story_of[m]) for m in names}
    assert together == {frozenset({"wire", "cut", "late"}), frozenset({"port"})}
    assert {name: shelf.copy_of(name) for name in names} == {name: expected.copy_of(name) for name in names}


WORDS = ("حريق", "مستودع", "اخشاب", "صور", "عمال", "حروق", "ميناء", "رصيف", "عقد", "بلدية")
YESTERDAY = tuple(  # as full of these words as a feast makes the news
    told(f"y{at:03}", f"<p>{' '.join(WORDS[at % 7 :])} في الحي رقم {at}.</p>", title=f"خبر {at}", minutes=at - 36 * 60)
    for at in range(FEWEST)
)


@pytest.mark.parametrize("seed", range(4))
def test_before_the_days_before_too_the_order_of_a_day_changes_no_story(seed: int) -> None:
    arrived = list(DAY)
    Random(seed).shuffle(arrived)  # noqa: S311 – repeatable, no secret
    shelf, expected = shelf_with((*YESTERDAY, *arrived)), shelf_with((*YESTERDAY, *DAY))
    assert shelf.background(NOW) is not None
    names = [one.id for one in DAY]
    assert shelf.links(names) == expected.links(names)
    stories, others = shelf.stories(names), expected.stories(names)
    assert {n: [m for m in names if stories[m] == stories[n]] for n in names} == {
        n: [m for m in names if others[m] == others[n]] for n in names
    }


def test_an_article_whose_text_has_become_another_leaves_its_story_to_the_others() -> None:
    shelf = shelf_with(DAY)
    shelf.keep(
        place(shelved_of(told("cut", OTHER, title="عقد لتوسعة الرصيف الشمالي في ميناء العقبة", minutes=20)), shelf)
    )
    assert shelf.stories(["wire", "late"]) == {"wire": "wire", "late": "wire"}
    assert shelf.stories(["cut"]) == {"cut": "port"}
    assert shelf.copy_of("cut") is None, "it was published first"
    assert shelf.copy_of("port") == "cut"
