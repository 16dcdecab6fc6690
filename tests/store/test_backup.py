"""A backup is one whole file, made while others write, or nothing."""

import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

import store.backup as backup
from news.errors import StoreError, StoreTooNew
from news.types import Article, SourceState, Update
from store.backup import back_up
from store.connection import our_steps
from store.migrations import migrations
from store.store import Store
from tests.news.articles import NOW
from tests.news.test_decide import article


def many(number: int, name: str = "b") -> list[Article]:
    return [replace(article(f"{name}{n}", fingerprint=f"{name}{n}"), id=f"{name}{n}") for n in range(number)]


def write(store: Store, articles: Collection[Article]) -> None:
    state = SourceState(source_id="riwaq", url="https://riwaq.example/rss")
    store.apply(Update(at=NOW, state=state, outcome="ok", articles=tuple(articles)))


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """A store with 500 articles that is open, its newest ones not yet in its main file."""
    path = tmp_path / "data" / "khulasa.db"
    with Store(path) as store:
        write(store, many(500))
        assert path.with_name("khulasa.db-wal").stat().st_size > 0
        yield path


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def ids(path: Path) -> set[str]:
    with Store(path, read_only=True) as store:
        return {article.id for article in store.newest(10_000)}


def test_a_backup_is_one_file_that_holds_what_the_store_held(path: Path, tmp_path: Path) -> None:
    path.chmod(0o640)
    holding = back_up(path, tmp_path / "copy.sqlite")
    assert (holding.articles, holding.sources, holding.stories) == (500, 1, 0)
    assert holding.newest == max(article.date for article in many(500))
    assert holding.size == (tmp_path / "copy.sqlite").stat().st_size
    assert stat.S_IMODE((tmp_path / "copy.sqlite").stat().st_mode) == 0o640
    (tmp_path / "alone").mkdir()
    alone = (tmp_path / "copy.sqlite").rename(tmp_path / "alone" / "copy.sqlite")
    assert ids(alone) == ids(path)
    assert files(alone.parent) == ["copy.sqlite"], "it needs, and makes, no file beside it"


def test_what_is_there_stays_unless_it_is_to_be_replaced(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_text("a letter")
    with pytest.raises(StoreError, match="is there already"):
        back_up(path, copy)
    assert copy.read_text() == "a letter"
    assert back_up(path, copy, replace=True).articles == 500
    assert len(ids(copy)) == 500


@pytest.mark.parametrize("name", ["data/khulasa.db", "data/khulasa.db-wal", "data", "none/copy.sqlite"])
def test_the_store_itself_and_folders_are_no_place_for_a_backup(name: str, path: Path, tmp_path: Path) -> None:
    before = files(path.parent)
    with pytest.raises(StoreError):
        back_up(path, tmp_path / name, replace=True)
    assert files(path.parent) == before
    assert len(ids(path)) == 500


def test_a_full_disk_is_said_and_leaves_nothing(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What SQLite says when the disk is full, without a full disk.
    monkeypatch.setattr(backup, "_COPYING", (*backup._COPYING, "max_page_count = 20"))
    monkeypatch.setattr(backup, "STEP", 10)
    with pytest.raises(StoreError, match="full"):
        back_up(path, tmp_path / "copy.sqlite")
    assert files(tmp_path) == ["data"]


def test_what_would_not_fit_is_not_begun(path: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"the disk is too full: [\d,]+ bytes are needed, [\d,]+ are free"):
        back_up(path, tmp_path / "copy.sqlite", spare=2**62)
    assert files(tmp_path) == ["data"]


@pytest.mark.parametrize("after", [1, 3])
def test_it_can_be_given_up_and_leaves_nothing(
    after: int, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "STEP", 10)
    asked: list[None] = []

    def is_over() -> bool:
        asked.append(None)
        return len(asked) >= after

    with pytest.raises(StoreError, match="given up"):
        back_up(path, tmp_path / "copy.sqlite", is_over=is_over)
    assert len(asked) == after
    assert files(tmp_path) == ["data"]


def test_checking_the_copy_can_be_given_up_too(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "HEARTBEAT", 100)
    asked: list[None] = []

    def is_over() -> bool:
        asked.append(None)
        return len(asked) > 1  # the first time is after the only step of copying

    with pytest.raises(StoreError, match="interrupted"):
        back_up(path, tmp_path / "copy.sqlite", is_over=is_over)
    assert files(tmp_path) == ["data"]


# --- what is no whole store of ours -----------------------------------------------------------------------------------


def closed(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "khulasa.db"
    with Store(path) as store:
        write(store, many(500))
    return path


def refused(path: Path, tmp_path: Path) -> str:
    with pytest.raises(StoreError) as caught:
        back_up(path, tmp_path / "copy.sqlite")
    assert files(tmp_path) == ["data"]
    assert len(str(caught.value).splitlines()) == 1
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value)


def test_a_damaged_store_is_not_taken_for_a_backup(tmp_path: Path) -> None:
    path = closed(tmp_path)
    whole = path.read_bytes()
    said = []
    for page in range(0, len(whole), 4096 * 10):
        path.write_bytes(whole[:page] + b"\xff" * 4096 + whole[page + 4096 :])
        said.append(refused(path, tmp_path))
    assert any("damaged" in line for line in said), "what nobody meets who counts the articles"
    path.write_bytes(whole[: len(whole) // 2])
    refused(path, tmp_path)


def test_what_is_no_store_of_ours_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data" / "khulasa.db"
    path.parent.mkdir()
    path.write_bytes(b"")
    assert "no store of Khulasa's" in refused(path, tmp_path)
    path.write_bytes(b"this is a letter, and a rather long one for a database" * 50)
    assert "not a database" in refused(path, tmp_path)
    path.unlink()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE articles (id)")
    assert "no store of Khulasa's" in refused(path, tmp_path)


def test_a_store_that_lacks_something_or_is_of_a_later_version_is_refused(tmp_path: Path) -> None:
    path = closed(tmp_path)
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("ALTER TABLE appearances DROP COLUMN is_agency")
    assert "no appearances.is_agency" in refused(path, tmp_path)
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('khulasa', 'm999', '')")
    assert "later Khulasa (it knows m999)" in refused(path, tmp_path)
    with pytest.raises(StoreTooNew):
        back_up(path, tmp_path / "copy.sqlite")


@pytest.mark.parametrize("first", sorted(our_steps())[1:])
def test_a_store_of_an_earlier_version_is_backed_up_as_it_is(first: str, tmp_path: Path) -> None:
    """``first``: the first step of the schema that it has not taken."""
    path = earlier(tmp_path / "khulasa.db", first)
    holding = back_up(path, tmp_path / "copy.sqlite")
    assert (holding.articles, holding.newest) == (0, None)
    assert holding.schema < first


def earlier(path: Path, first: str) -> Path:
    database = Database(path)
    migrations.apply(database, stop_before=first)
    database.close()
    return path


# --- while another process writes -------------------------------------------------------------------------------------

WRITING = """
import sys, time
from pathlib import Path
from store.store import Store
from tests.store.test_backup import many, write
with Store(Path(sys.argv[1])) as store:
    for n in range(100_000):
        began = time.monotonic()
        write(store, many(3, f"{n:05d}-"))
        print(n, time.monotonic() - began, flush=True)
"""


def never_in_a_hurry() -> bool:
    time.sleep(0.002)
    return False


def test_backups_are_whole_and_end_while_another_process_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each holds all of the writes before some moment, and nothing of those after it."""
    monkeypatch.setattr(backup, "STEP", 10)  # many steps, between which the store changes
    path = closed(tmp_path)
    with subprocess.Popen([sys.executable, "-c", WRITING, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        for n in range(4):
            copy = tmp_path / f"{n}.sqlite"
            holding = back_up(path, copy, is_over=never_in_a_hurry)
            written = sorted(name for name in ids(copy) if not name.startswith("b"))
            assert holding.articles == 500 + len(written)
            assert written == sorted(f"{k:05d}-{i}" for k in range(len(written) // 3) for i in range(3))
        writer.kill()
        lines = [line for line in writer.stdout.read().splitlines() if line.count(" ") == 1]
    counts = [len(ids(tmp_path / f"{n}.sqlite")) for n in range(4)]
    assert counts == sorted(set(counts)), "the writer wrote meanwhile"
    assert max(float(line.split()[1]) for line in lines[:-1]) < 5, "and was not held up"
