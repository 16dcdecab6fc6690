"""The archive from the command line: asked, looked after, made anew."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

import khulasa.doctor as doctor
import store.rebuild as rebuilding
from scheduler.upkeep import REQUEST
from scheduler.writer import WriterLock
from store.health import has_reset_bug
from tests.feeds.publisher import Publisher, answer
from tests.khulasa.door import Place, rss, sources_yml
from tests.scheduler.daemons import DaemonProcess, until

PARK = ("البلدية تفتتح حديقة", "https://riwaq.example/1", "أعلنت البلدية افتتاح الحديقة بعد الكهرباء \u202e")
QUAKE = ("زلزال في الجنوب", "https://riwaq.example/2", "ضرب زلزال الجنوب")


@pytest.fixture
def polled(place: Place, publisher: Publisher) -> Iterator[Place]:
    url = publisher.script("/riwaq", answer(body=rss("الرواق", PARK, QUAKE)))
    place.write(sources_yml(("riwaq", "صحيفة الرواق", url)))
    assert place.say("poll").code == 0
    yield place


def test_what_was_polled_is_found_at_once(polled: Place) -> None:
    told = polled.say("search", "الحديقه", "--json").json
    assert (told["query"], told["matches"], told["more"]) == ("الحديقه", 1, False)
    (hit,) = told["results"]
    assert set(hit) == {
        *("id", "title", "title_marks", "link", "sources", "date", "categories", "countries", "score"),
        *("snippet", "snippet_marks"),
    }
    assert hit["title"] == PARK[0]
    assert [hit["title"][begin:end] for begin, end in hit["title_marks"]] == ["حديقة"]
    assert [hit["snippet"][begin:end] for begin, end in hit["snippet_marks"]] == ["الحديقة"]


def test_people_get_a_table_in_which_no_text_can_turn_the_line(polled: Place) -> None:
    told = polled.say("search", "البلدية")
    assert told.code == 0
    assert PARK[0] in told.out
    assert "صحيفة الرواق" in told.out
    assert "1 found, 1 shown" in told.out
    assert "\u202e" not in told.out
    assert polled.say("search", "قطار").out.strip() == "nothing answers this"


def test_the_words_of_the_command_are_one_query_and_a_minus_is_no_option(polled: Place) -> None:
    assert len(polled.say("search", "الجنوب", "OR", "حديقة", "--json").json["results"]) == 2
    assert len(polled.say("search", "الجنوب", "-زلزال", "--json").json["results"]) == 0
    assert len(polled.say("search", "source:الرواق", "--limit", "1", "--json").json["results"]) == 1
    assert polled.say("search", "زلزال", "--source", "difaf", "--json").json["results"] == []


def test_a_bad_query_is_misuse_and_says_where(polled: Place) -> None:
    told = polled.say("search", "زلزال (")
    assert (told.code, told.out) == (2, "")
    assert told.err.strip() == "column 8: a word or a phrase is missing before the end"
    assert polled.say("search").code == 2


# --- doctor -----------------------------------------------------------------------------------------------------------


def found(place: Place) -> dict[str, tuple[bool, str]]:
    return {row["what"]: (row["is_right"], row["says"]) for row in place.say("doctor", "--json").json}


def test_a_store_that_is_well_is_said_to_be(polled: Place) -> None:
    told = polled.say("doctor")
    assert told.code == 0
    assert "wrong" not in told.out
    rows = found(polled)
    assert rows["store"][1].startswith("whole: 2 articles")
    assert rows["index"] == (True, "every article is in it")
    assert rows["folder"][1].endswith("nobody writes")


def test_who_writes_is_said(polled: Place) -> None:
    lock = WriterLock(polled.data)
    try:
        assert "process" in found(polled)["folder"][1]
    finally:
        lock.release()


def test_a_store_of_another_version_is_due_for_a_rebuild(polled: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "MADE_WITH", "99.1.1")
    assert polled.say("doctor").code == 1
    is_right, says = found(polled)["Arabic layer"]
    assert not is_right
    assert "a rebuild is due" in says
    assert polled.say("reindex").out.strip() == "all 2 articles were indexed anew"
    assert found(polled)["Arabic layer"] == (True, "version 99.1.1 throughout")


def test_a_damaged_store_a_full_disk_and_a_long_queue_are_wrong(polled: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_SPACE", 2**62)
    monkeypatch.setattr(doctor, "LITTLE_SPACE", 2.0)
    monkeypatch.setattr(doctor, "LONG_QUEUE", 0)
    with sqlite3.connect(polled.data / "khulasa.db") as raw:
        raw.execute("INSERT INTO search_queue SELECT id FROM articles")
    raw.close()
    wrong = {what for what, (is_right, _) in found(polled).items() if not is_right}
    assert wrong == {"disk", "index"}
    damage(polled.data / "khulasa.db")
    assert not found(polled)["store"][0]
    assert polled.say("doctor").code == 1


def damage(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff" * (size // 4))


def test_without_a_store_the_doctor_says_what_to_do(place: Place) -> None:
    assert place.say("doctor").code == 1
    assert "khulasa poll" in found(place)["store"][1]


@pytest.mark.parametrize(
    ("version", "has_it"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
        ((4, 0, 0), False),
    ],
)
def test_sqlites_that_can_lose_pages_are_known(version: tuple[int, int, int], has_it: bool) -> None:
    assert has_reset_bug(version) is has_it


# --- reindex ----------------------------------------------------------------------------------------------------------


def test_without_a_store_there_is_nothing_to_reindex(place: Place) -> None:
    told = place.say("reindex")
    assert (told.code, told.out) == (1, "")
    assert not (place.data / REQUEST).exists()


def test_a_running_daemon_is_asked_and_does_it_while_it_serves(polled: Place) -> None:
    with DaemonProcess(polled.folder) as daemon:
        daemon.wait_for("^serving ")
        told = polled.run("reindex")
        assert (told.code, told.out.strip()) == (0, "all 2 articles were indexed anew")
        assert not (polled.data / REQUEST).exists()
        assert daemon.ask("/all.rss")[0] == 200
        assert len(polled.say("search", "زلزال", "--json").json["results"]) == 1
        assert daemon.end() == 0


def test_what_a_daemon_stores_is_found_soon(place: Place, publisher: Publisher) -> None:
    url = publisher.script("/riwaq", answer(body=rss("الرواق", PARK)))
    place.write(sources_yml(("riwaq", "صحيفة الرواق", url)))
    with DaemonProcess(place.folder) as daemon:
        daemon.wait_for("^serving ")
        until(lambda: bool(place.say("search", "حديقة", "--json").json["results"]), "the article in the index")
        assert daemon.end() == 0
