"""Backups and restoring from the command line, beside a daemon and without."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scheduler.backups import FAILURE
from scheduler.writer import WriterLock
from tests.feeds.publisher import Publisher, answer
from tests.khulasa.door import Place, rss, sources_yml
from tests.scheduler.daemons import DaemonProcess

PARK = ("البلدية تفتتح حديقة", "https://riwaq.example/1", "أعلنت البلدية افتتاح الحديقة بعد الكهرباء")
QUAKE = ("زلزال في الجنوب", "https://riwaq.example/2", "ضرب زلزال الجنوب")


@pytest.fixture
def polled(place: Place, publisher: Publisher) -> Place:
    """A place where PARK has been read and published."""
    _serve(place, publisher, PARK)
    return place


def _serve(place: Place, publisher: Publisher, *items: tuple[str, str, str]) -> None:
    url = publisher.script("/riwaq", answer(body=rss("الرواق", *items)))
    place.write(sources_yml(("riwaq", "صحيفة الرواق", url)))
    assert place.say("poll", "riwaq").code == 0


def published(place: Place) -> dict[str, bytes]:
    return {str(path.relative_to(place.public)): path.read_bytes() for path in place.public.rglob("*.*")}


def titles(place: Place) -> set[str]:
    found = place.say("search", "البلدية", "OR", "زلزال", "--json").json["results"]
    return {hit["title"] for hit in found}


def test_a_backup_says_what_it_holds(polled: Place) -> None:
    file = polled.folder / "copy.sqlite"
    told = polled.say("backup", str(file))
    assert told.code == 0
    size = file.stat().st_size
    assert told.out == (
        f"{file}: 1 articles, the newest of 2026-11-20 09:00 UTC, 1 sources, 1 stories, {size:,} bytes\n"
    )
    again = polled.say("backup", str(file))
    assert (again.code, again.err) == (1, f"{file}: is there already; --force replaces it\n")
    told = polled.say("backup", str(file), "--force", "--json")
    assert {key: value for key, value in told.json.items() if key != "schema"} == {
        "file": str(file),
        "articles": 1,
        "sources": 1,
        "stories": 1,
        "bytes": size,
        "newest": "2026-11-20T09:00:00+00:00",
    }


def test_without_a_name_it_lies_in_the_data_folder_and_the_doctor_knows_it(polled: Place) -> None:
    assert doctors(polled) == (True, "none yet: the daemon makes one a day, `khulasa backup` at once")
    file = Path(polled.say("backup", "--json").json["file"])
    assert file.parent == polled.data / "backups"
    assert re.fullmatch(r"khulasa-\d{8}T\d{6}Z\.sqlite", file.name)
    is_right, says = doctors(polled)
    assert is_right
    assert re.fullmatch(r"last backup: 20\d\d-\d\d-\d\d \d\d:\d\d UTC, \d+ MB; 1 in all, \d+ MB, in .*/backups", says)
    (polled.data / FAILURE).write_text("2026-11-20 03:30 UTC: the disk is too full\n")
    assert polled.say("doctor").code == 1
    assert doctors(polled)[1].startswith("failed 2026-11-20 03:30 UTC: the disk is too full; last backup: ")
    assert polled.say("backup", "--force").code == 2


def doctors(place: Place) -> tuple[bool, str]:
    (row,) = [row for row in place.say("doctor", "--json").json if row["what"] == "backup"]
    return row["is_right"], row["says"]


def test_what_is_restored_is_found_and_published_again(polled: Place, publisher: Publisher) -> None:
    before, file = published(polled), polled.folder / "copy.sqlite"
    assert polled.say("backup", str(file)).code == 0
    _serve(polled, publisher, PARK, QUAKE)
    assert published(polled) != before
    assert titles(polled) == {PARK[0], QUAKE[0]}

    told = polled.say("restore", str(file))
    assert told.code == 0
    restored, kept = told.out.splitlines()
    assert restored.startswith(f"restored {file}: 1 articles, the newest of 2026-11-20 09:00 UTC")
    assert titles(polled) == {PARK[0]}
    assert published(polled) == before
    assert polled.say("doctor").code == 0

    (name,) = re.findall(r"kept as (.*/khulasa-replaced-\d{8}T\d{6}Z\.sqlite)$", kept)
    assert polled.say("restore", name, "--json").json["articles"] == 2
    assert titles(polled) == {PARK[0], QUAKE[0]}


def test_on_a_new_machine_it_is_the_first_store(polled: Place, tmp_path: Path) -> None:
    file = polled.folder / "copy.sqlite"
    assert polled.say("backup", str(file)).code == 0
    data = str(tmp_path / "new" / "var")
    told = polled.say("--data", data, "restore", str(file), "--json")
    assert (told.code, told.json["kept"]) == (0, None)
    assert (tmp_path / "new" / "var" / "public" / "all.rss").read_bytes() == (polled.public / "all.rss").read_bytes()


def test_what_is_no_backup_is_said_in_a_line_and_changes_nothing(polled: Place) -> None:
    before = published(polled)
    letter, foreign = polled.folder / "letter", polled.folder / "foreign"
    letter.write_text("this is a letter, and a rather long one for a database" * 50)
    with closing(sqlite3.connect(foreign)) as raw:
        raw.execute("CREATE TABLE bookmarks (url)")
    for file, why in ((letter, "file is not a database"), (foreign, "a database, but no store of Khulasa's")):
        told = polled.say("restore", str(file))
        assert (told.code, told.out, told.err) == (1, "", f"{file}: {why}\n")
    assert polled.say("restore", str(polled.folder / "none")).code == 2
    assert titles(polled) == {PARK[0]}
    assert published(polled) == before


def test_without_a_store_there_is_nothing_to_back_up(place: Place) -> None:
    for words in (["backup"], ["backup", str(place.folder / "copy.sqlite")]):
        told = place.say(*words)
        assert (told.code, told.out) == (1, "")
        assert told.err == f"there is no store in {place.data} yet: run `khulasa poll` first\n"
    assert not place.data.exists()


def test_a_wrong_sources_yml_is_said_before_anything_changes(polled: Place) -> None:
    file = polled.folder / "copy.sqlite"
    assert polled.say("backup", str(file)).code == 0
    polled.write("sauces: []\n")
    assert polled.say("restore", str(file)).code == 1
    assert not list(polled.data.glob("khulasa-replaced-*"))


def test_while_somebody_writes_restoring_is_exit_code_75(polled: Place) -> None:
    file = polled.folder / "copy.sqlite"
    assert polled.say("backup", str(file)).code == 0
    lock = WriterLock(polled.data)
    try:
        told = polled.say("restore", str(file))
        assert (told.code, told.out) == (75, "")
        assert "is being written by another khulasa" in told.err
        assert polled.say("backup", str(file), "--force").code == 0, "a backup is made all the same"
    finally:
        lock.release()


def test_beside_a_daemon_backups_are_made_and_restoring_is_refused(polled: Place) -> None:
    file = polled.folder / "copy.sqlite"
    with DaemonProcess(polled.folder) as daemon:
        daemon.wait_for("^serving ")
        assert polled.run("backup", str(file), "--json").json["articles"] == 1
        told = polled.run("restore", str(file))
        assert told.code == 75
        assert str(daemon.pid) in told.err
        assert daemon.ask("/all.rss")[0] == 200
        assert daemon.end() == 0
    assert polled.run("restore", str(file)).code == 0
    with DaemonProcess(polled.folder) as daemon:
        daemon.wait_for("^serving ")
        assert daemon.ask("/all.rss")[0] == 200
        assert daemon.end() == 0
