"""Items that were read before cost only their digest: a whole document again and again, and what of it is read."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from news.types import Article, Fetched, Reading, Source, Unreadable, Update, Validators
from scheduler.cycle import House, poll
from scheduler.reading import read_document
from tests.scheduler.houses import Rooms, fetched, remembered, source

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RIWAQ = source("riwaq")
TEXTS = (
    "افتتحت البلدية جسرا جديدا فوق النهر يربط الضفتين ويختصر الطريق إلى المدرسة والسوق القديمة",
    "أعلنت المكتبة العامة عن أسبوع للقراءة يشارك فيه كتاب وشعراء من المحافظات كلها هذا الشهر",
    "تراجعت أسعار الخضار في سوق الجملة بعد وصول محصول الموسم الجديد من المزارع المجاورة للمدينة",
    "استأنفت العبارة رحلاتها بين الميناءين بعد توقف دام أسبوعا بسبب الرياح القوية وارتفاع الموج",
    "بدأت فرق الصيانة إصلاح شبكة المياه في الحي الشرقي وسط شكوى السكان من الانقطاع المتكرر",
)


def item(number: int, text: str | None = None, *, date: str | None = None) -> str:
    date = date or f"Fri, 20 Nov 2026 0{number}:00:00 GMT"
    return (
        f"<item><title>خبر رقم {number}</title><link>https://riwaq.example/{number}</link><guid>g{number}</guid>"
        f"<pubDate>{date}</pubDate><description>{text or TEXTS[number]}</description></item>"
    )


def document(*items: str, built: str = "10:00", title: str = "الرواق") -> bytes:
    return (
        f'<rss version="2.0"><channel><title>{title}</title><link>https://riwaq.example/</link>'
        f"<description>أخبار</description><lastBuildDate>Fri, 20 Nov 2026 {built}:00 GMT</lastBuildDate>"
        f"{''.join(items)}</channel></rss>"
    ).encode()


@dataclass
class ReallyRead(Rooms):
    """Rooms whose readers read."""

    found: list[Reading | Unreadable] = field(default_factory=list)

    async def _read(self, fetched: Fetched, source: Source, now: datetime) -> Reading | Unreadable:
        self.read.append(fetched.body)
        self.found.append(read_document(fetched, source, now))
        return self.found[-1]


@dataclass
class Publisher:
    """One source, visited again and again."""

    data: Path
    rooms: ReallyRead = field(default_factory=ReallyRead)
    visits: int = 0

    def gives(self, body: bytes, source: Source = RIWAQ) -> Update:
        """Visit it while it gives ``body``."""
        self.rooms.answers[source.url] = fetched(body, etag='"1"')
        self.rooms.read.clear()
        self.visits += 1
        at = NOW + timedelta(days=2 * self.visits)

        async def life(house: House) -> tuple[Update | None, ...]:
            return await poll([source], house, now=at)

        (update,) = self.rooms.live(self.data, life)
        assert update is not None
        return update

    def guids_read(self) -> list[str]:
        return [part.split(b"</guid>")[0].decode() for body in self.rooms.read for part in body.split(b"<guid>")[1:]]

    def articles(self) -> dict[str | None, Article]:
        with remembered(self.data) as store:
            return {article.lead.guid: article for article in store.newest(100)}


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path)


def test_a_new_build_date_alone_is_no_news(publisher: Publisher) -> None:
    assert publisher.gives(document(item(1), item(2))).new == 2
    update = publisher.gives(document(item(1), item(2), built="11:00"))
    assert (update.outcome, publisher.rooms.read) == ("unchanged", [])
    update = publisher.gives(document(item(1), item(2), built="12:00"))
    assert (update.outcome, publisher.rooms.read) == ("unchanged", [])


def test_only_new_items_are_read(publisher: Publisher) -> None:
    publisher.gives(document(item(1), item(2)))
    update = publisher.gives(document(item(4), item(3), item(2), item(1)))
    assert publisher.guids_read() == ["g4", "g3"]
    assert (update.outcome, update.new, update.corrected) == ("ok", 2, 0)
    assert set(publisher.articles()) == {"g1", "g2", "g3", "g4"}


def test_an_item_that_changed_is_read_and_corrected(publisher: Publisher) -> None:
    publisher.gives(document(item(1), item(2)))
    update = publisher.gives(document(item(1), item(2, f"{TEXTS[2]} وفق التاجر سليم حداد")))
    assert publisher.guids_read() == ["g2"]
    assert (update.new, update.corrected) == (0, 1)


def test_an_item_that_left_and_came_back_is_no_second_article(publisher: Publisher) -> None:
    publisher.gives(document(item(1), item(2)))
    publisher.gives(document(item(2)))
    update = publisher.gives(document(item(1), item(2)))
    assert publisher.guids_read() == ["g1"]
    assert update.new == 0
    assert set(publisher.articles()) == {"g1", "g2"}


@pytest.mark.parametrize(
    "changed",
    [
        lambda publisher: publisher.gives(document(item(1), item(2), title="الرواق الجديد")),
        lambda publisher: publisher.gives(
            document(item(1), item(2), built="11:00"), replace(RIWAQ, category="economy")
        ),
        lambda publisher: publisher.gives(document(item(1), item(2), built="11:00"), replace(RIWAQ, country="EG")),
    ],
    ids=["the document's title", "the editor's category", "the editor's country"],
)
def test_what_a_reading_depends_on_has_everything_read_anew(
    publisher: Publisher, changed: Callable[[Publisher], Update]
) -> None:
    publisher.gives(document(item(1), item(2)))
    changed(publisher)
    assert publisher.guids_read() == ["g1", "g2"]


def test_a_problem_of_an_item_is_told_as_long_as_the_item_is_there(publisher: Publisher) -> None:
    first = publisher.gives(document(item(1), item(2, date="غدا"), item(3)))
    assert [problem.place for problem in first.problems] == ["entry 2"]
    second = publisher.gives(document(item(1), item(2, date="غدا"), item(3), built="11:00"))
    assert publisher.guids_read() == ["g2"]
    assert second.problems == first.problems
    third = publisher.gives(document(item(4), item(1), item(2, date="غدا"), item(3)))
    assert publisher.guids_read() == ["g4", "g2"]
    assert [problem.place for problem in third.problems] == ["entry 3"]


def test_a_document_with_a_fault_of_its_own_is_read_as_a_whole(publisher: Publisher) -> None:
    broken = document(item(1, "أخبار & أخرى"), item(2))
    assert [problem.place for problem in publisher.gives(broken).problems] != []
    publisher.gives(document(item(1, "أخبار & أخرى"), item(2), built="11:00"))
    assert publisher.guids_read() == ["g1", "g2"]


def test_a_page_in_place_of_the_feed_forgets_nothing(publisher: Publisher) -> None:
    publisher.gives(document(item(1), item(2)))
    assert publisher.gives(b"<!doctype html><html><body>soon</body></html>").outcome == "not_a_feed"
    update = publisher.gives(document(item(1), item(2), built="11:00"))
    assert (update.outcome, publisher.rooms.read) == ("unchanged", [])


@pytest.mark.parametrize("flooding", [RIWAQ, replace(RIWAQ, every=timedelta(minutes=10))], ids=["rhythm", "every"])
def test_a_flood_is_taken_in_parts_and_nothing_of_it_is_lost(publisher: Publisher, flooding: Source) -> None:
    publisher.gives(document(item(1)), flooding)
    texts = (f"<item><title>خبر {n}</title><guid>f{n}</guid></item>" for n in range(150))
    flood = document(*texts, item(1))
    update = publisher.gives(flood, flooding)
    assert (update.new, reasons(publisher), update.state.validators) == (100, ["too_many_entries"], Validators())
    update = publisher.gives(flood, flooding)
    assert (update.new, reasons(publisher)) == (50, [])
    assert publisher.gives(flood, flooding).outcome == "unchanged"


# --- encodings that are told by the words, or wrong at every visit ----------------------------------------------------


def in_windows_1256(body: bytes) -> bytes:
    return body.decode().encode("cp1256")


def said_to_be(encoding: str) -> Callable[[bytes], bytes]:
    return lambda body: f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + in_windows_1256(body)


def misread(body: bytes) -> bytes:
    return body.decode("latin-1").encode()


def reasons(publisher: Publisher) -> list[str]:
    with remembered(publisher.data) as store:
        return [problem.reason for problem in store.problems(RIWAQ.id)]


@pytest.mark.parametrize(
    ("encoded", "told"),
    [
        (in_windows_1256, ["encoding_repaired"]),
        (said_to_be("utf-8"), ["encoding_repaired"]),
        (said_to_be("windows-1252"), ["encoding_repaired"]),
        (said_to_be("windows-1256"), []),
        (misread, ["encoding_repaired"]),
    ],
    ids=["undeclared", "declared as UTF-8", "declared as windows-1252", "declared", "UTF-8 read as ISO-8859-1"],
)
def test_items_in_whatever_encoding_are_read_once_and_its_fault_is_told_on(
    publisher: Publisher, encoded: Callable[[bytes], bytes], told: list[str]
) -> None:
    assert publisher.gives(encoded(document(item(1), item(2)))).new == 2
    assert reasons(publisher) == told
    publisher.gives(encoded(document(item(1), item(2), built="11:00")))
    assert (publisher.guids_read(), reasons(publisher)) == ([], told)
    update = publisher.gives(encoded(document(item(3), item(1), item(2))))
    assert (publisher.guids_read(), update.new, reasons(publisher)) == (["g3"], 1, told)
    assert {article.entry.title for article in publisher.articles().values()} == {f"خبر رقم {n}" for n in (1, 2, 3)}


def test_an_item_that_shows_another_encoding_than_its_document_has_all_of_it_read(publisher: Publisher) -> None:
    english = "<item><title>Bridge opens</title><link>https://riwaq.example/4</link><guid>g4</guid></item>"
    publisher.gives(in_windows_1256(document(item(1), item(2), title="Riwaq").replace("أخبار".encode(), b"News")))
    given = document(english, item(1), item(2), title="Riwaq").replace("أخبار".encode(), b"News")
    update = publisher.gives(in_windows_1256(given))
    assert publisher.guids_read() == ["g4", "g4", "g1", "g2"]
    assert (update.new, reasons(publisher)) == (1, ["encoding_repaired"])


@pytest.mark.parametrize("title", ["قمح", "سلم"])  # alone, one is Latin letters and the other unreadable
def test_what_is_too_short_to_be_told_alone_is_read_with_the_others(title: str, publisher: Publisher) -> None:
    def given(*items: str) -> bytes:
        body = document(*items, title="Riwaq").replace("أخبار".encode(), b"News")
        return in_windows_1256(body).decode("cp1252").encode()

    short = f"<item><title>{title}</title><link>https://riwaq.example/4</link><guid>g4</guid></item>"
    publisher.gives(given(item(1), item(2)))
    update = publisher.gives(given(short, item(1), item(2)))
    assert publisher.guids_read() == ["g4", "g4", "g1", "g2"]
    assert (update.new, publisher.articles()["g4"].entry.title) == (1, title)


def test_one_broken_item_among_good_ones_is_told_as_long_as_it_is_there(publisher: Publisher) -> None:
    broken = misread(item(2).encode()).decode()
    publisher.gives(document(item(1)))
    publisher.gives(document(broken, item(1)))
    assert reasons(publisher) == ["encoding_repaired"]
    publisher.gives(document(item(3), broken, item(1)))
    assert reasons(publisher) == ["encoding_repaired"]
    publisher.gives(document(item(4), item(3), item(1)))
    assert reasons(publisher) == []
    publisher.gives(document(item(4), item(3), item(1), built="11:00"))
    assert publisher.guids_read() == []
