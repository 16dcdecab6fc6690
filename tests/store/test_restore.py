"""Another store in the place of the one there was: whole at every moment, and nothing is lost."""

import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

import store.restore as restoring
from news.errors import StoreError, StoreTooNew
from news.types import Publication
from store.backup import back_up
from store.connection import newest_step, our_steps
from store.restore import put_back
from store.store import Store
from tests.news.articles import NOW
from tests.store.test_backup import earlier, files, ids, many, write

KEPT = "khulasa-replaced-20261120T120000Z.sqlite"
OLD, NEW = {article.id for article in many(9, "old")}, {article.id for article in many(5, "new")}


def made(path: Path, name: str, number: int) -> Path:
    with Store(path) as store:
        write(store, many(number, name))
        publication = Publication(
            feed_id="all", title="", digest="", items=1, size=1, since=NOW, updated=NOW, published=NOW
        )
        store.publications.record([publication], fresh=store.publications.stale(), withdrawn=())
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A backup with the NEW articles."""
    (tmp_path / "kept").mkdir()
    back_up(made(tmp_path / "elsewhere" / "khulasa.db", "new", 5), tmp_path / "kept" / "file.sqlite")
    return tmp_path / "kept" / "file.sqlite"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The path of a store with the OLD articles."""
    return made(tmp_path / "data" / "khulasa.db", "old", 9)


def test_the_test_lives_at_the_moment_of_the_name() -> None:
    assert f"khulasa-replaced-{NOW:%Y%m%dT%H%M%SZ}.sqlite" == KEPT


def test_the_file_becomes_the_store_and_the_store_is_kept(file: Path, store: Path) -> None:
    store.chmod(0o640)
    before = file.read_bytes()
    restored = put_back(file, store, now=NOW)
    assert restored.kept == store.with_name(KEPT)
    assert restored.holding.articles == 5
    assert (ids(store), ids(store.with_name(KEPT))) == (NEW, OLD)
    assert files(store.parent) == [KEPT, "khulasa.db"]
    assert stat.S_IMODE(store.stat().st_mode) == 0o640
    assert file.read_bytes() == before
    with Store(store) as opened:
        assert set(opened.publications.stale()) == {"all"}, "what stands in public/ shows the other store"
        write(opened, many(1, "more"))


def test_it_can_be_undone(file: Path, store: Path) -> None:
    put_back(file, store, now=NOW)
    put_back(store.with_name(KEPT), store, now=NOW + timedelta(seconds=1))
    assert ids(store) == OLD
    assert len(files(store.parent)) == 3


def test_who_looks_into_the_store_for_a_moment_is_waited_for(file: Path, store: Path) -> None:
    """As the web does."""
    is_open = threading.Event()

    def look() -> None:
        with Store(store, read_only=True) as reader:
            reader.counts()
            is_open.set()
            time.sleep(0.5)

    looking = threading.Thread(target=look)
    looking.start()
    is_open.wait()
    put_back(file, store, now=NOW)
    looking.join()
    assert ids(store) == NEW


def test_two_in_a_second_keep_two(file: Path, store: Path) -> None:
    put_back(file, store, now=NOW)
    kept = put_back(store.with_name(KEPT), store, now=NOW).kept
    assert kept == store.with_name(KEPT.replace("Z.", "Z-2."))
    assert (ids(store), ids(store.with_name(KEPT)), ids(kept)) == (OLD, OLD, NEW)


def test_without_a_store_it_becomes_the_first(file: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert put_back(file, tmp_path / "data" / "khulasa.db", now=NOW).kept is None
    assert ids(tmp_path / "data" / "khulasa.db") == NEW
    assert files(tmp_path / "data") == ["khulasa.db"]


def killed_writer(store: Path) -> None:
    """Leaves its last articles in the journal beside the store, as kill -9 does."""
    code = (
        "import os, sys; from pathlib import Path; from store.store import Store;"
        "from tests.store.test_backup import many, write;"
        "write(Store(Path(sys.argv[1])), many(9, 'old')[7:]); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(store)], check=False)
    assert store.with_name("khulasa.db-wal").stat().st_size > 0


def test_what_was_only_in_the_journal_of_the_old_store_is_kept_with_it(file: Path, tmp_path: Path) -> None:
    store = made(tmp_path / "data" / "khulasa.db", "old", 7)
    killed_writer(store)
    put_back(file, store, now=NOW)
    assert (ids(store), ids(store.with_name(KEPT))) == (NEW, OLD)
    assert files(store.parent) == [KEPT, "khulasa.db"]


def test_a_store_that_is_no_database_any_more_is_kept_with_its_journal(file: Path, store: Path) -> None:
    """Which would else be taken for the new store's."""
    killed_writer(store)
    journal = store.with_name("khulasa.db-wal").read_bytes()
    store.write_bytes(b"\xff" * 50_000)
    put_back(file, store, now=NOW)
    assert ids(store) == NEW
    assert store.with_name(KEPT).read_bytes() == b"\xff" * 50_000
    assert store.with_name(f"{KEPT}-wal").read_bytes() == journal
    assert files(store.parent) == [KEPT, f"{KEPT}-shm", f"{KEPT}-wal", "khulasa.db"]


def test_a_store_that_is_a_link_stays_one(file: Path, store: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    link = tmp_path / "other" / "khulasa.db"
    link.symlink_to(store)
    put_back(file, link, now=NOW)
    assert link.is_symlink()
    assert ids(link) == ids(store) == NEW


@pytest.mark.parametrize("first", sorted(our_steps())[1:])
def test_an_earlier_store_is_brought_to_our_schema(first: str, store: Path, tmp_path: Path) -> None:
    file = earlier(tmp_path / "file.sqlite", first)
    assert put_back(file, store, now=NOW).holding.schema < first
    with closing(sqlite3.connect(store)) as raw:
        (step,) = raw.execute("SELECT max(name) FROM _sqlite_migrations").fetchone()
    assert step == newest_step()
    assert ids(store) == set()


# --- what is refused --------------------------------------------------------------------------------------------------


def assert_unchanged(store: Path) -> None:
    assert ids(store) == OLD
    assert [name for name in files(store.parent) if not name.endswith(("-wal", "-shm"))] == ["khulasa.db"]


@pytest.mark.parametrize("body", [b"", b"a letter" * 5000, b"SQLite format 3\0" + b"\xff" * 8000])
def test_what_is_no_store_changes_nothing(body: bytes, store: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(body)
    with pytest.raises(StoreError, match=r"/file: "):
        put_back(tmp_path / "file", store, now=NOW)
    assert_unchanged(store)


def test_foreign_later_and_damaged_files_change_nothing(file: Path, store: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    with closing(sqlite3.connect(foreign)) as raw:
        raw.execute("CREATE TABLE bookmarks (url)")
    with pytest.raises(StoreError, match="no store of Khulasa's"):
        put_back(foreign, store, now=NOW)
    whole = file.read_bytes()
    file.write_bytes(whole[:-4096])
    with pytest.raises(StoreError, match=r"file\.sqlite: "):
        put_back(file, store, now=NOW)
    file.write_bytes(whole)
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('khulasa', 'm999', '')")
    with pytest.raises(StoreTooNew):
        put_back(file, store, now=NOW)
    with pytest.raises(StoreError, match="is the store itself"):
        put_back(store, store, now=NOW)
    assert_unchanged(store)


def test_while_somebody_has_the_store_open_it_is_refused(
    file: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has the old file open would take the new one's journal for its own."""
    monkeypatch.setattr(restoring, "PATIENCE", 0.2)
    with Store(store, read_only=True) as reader:
        reader.counts()
        with pytest.raises(StoreError, match="somebody else has it open; nothing was changed"):
            put_back(file, store, now=NOW)
    assert_unchanged(store)


# --- kill -9 ----------------------------------------------------------------------------------------------------------

# Ends itself, by SIGKILL, before it does the n-th thing to a file.
KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from store.restore import put_back
file, store, now, last = Path(sys.argv[1]), Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3]), int(sys.argv[4])
DOING = {"open", "sqlite3.connect", "os.link", "os.rename", "os.chmod"}
done = 0
def doing(event, arguments):
    global done
    if event in DOING and store.name in str(arguments[0]):
        if done == last:
            print(event, os.path.basename(str(arguments[0])), flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1
sys.addaudithook(doing)
put_back(file, store, now=now)
"""


def test_killed_before_any_step_it_leaves_the_old_store_or_the_new_one_whole(file: Path, tmp_path: Path) -> None:
    killed_writer(made(tmp_path / "before" / "khulasa.db", "old", 7))
    steps: list[str] = []
    outcomes: list[set[str]] = []
    code = -signal.SIGKILL
    while code == -signal.SIGKILL:
        folder = tmp_path / f"data{len(steps)}"
        shutil.copytree(tmp_path / "before", folder)
        store = folder / "khulasa.db"
        arguments = [str(file), str(store), NOW.isoformat(), str(len(steps))]
        done = subprocess.run(
            [sys.executable, "-c", KILLED, *arguments], stdout=subprocess.PIPE, text=True, check=False
        )
        code = done.returncode
        steps.append(done.stdout.strip())
        outcomes.append(ids(store))
        assert outcomes[-1] in (OLD, NEW), steps
        is_done = outcomes[-1] == NEW
        if is_done:
            assert ids(folder / KEPT) == OLD, steps
        # Whatever was left, it can be done again, and nothing lies about then that is not meant to.
        later = NOW + timedelta(minutes=1)
        put_back(file, store, now=later)
        assert ids(store) == NEW
        names = {name for name in files(folder) if not name.endswith(("-wal", "-shm"))}
        kept = {f"khulasa-replaced-{later:%Y%m%dT%H%M%SZ}.sqlite", *({KEPT} if is_done else ())}
        assert names == {"khulasa.db", *kept}, steps
    assert code == 0
    assert {"sqlite3.connect khulasa.db", "os.link khulasa.db", "os.rename khulasa.db.restoring"} <= set(steps)
    assert outcomes == sorted(outcomes, key=lambda there: there == NEW), "the new one is there from one step on"
    assert (outcomes[0], outcomes[-1]) == (OLD, NEW)
