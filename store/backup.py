"""A copy of a store's file, made while others read and write it, and what such a file holds. Never writes the store.

The copy is made page by page within one reading transaction: no writer waits for it, and none makes it begin again.
"""

import os
import secrets
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from news.errors import StoreError, StoreTooNew
from store.connection import BUSY_TIMEOUT, our_steps
from store.health import MOST_FAULTS
from store.migrations import migrations
from store.rows import moment

STEP = 4000  # pages, 16 MB: between two steps it may be given up, and what has been copied is on the disk
HEARTBEAT = 1_000_000  # of SQLite's instructions, some hundredths of a second: the same for checking

# The copy is nobody's yet, and thrown away if anything happens: a journal would only cost.
_COPYING = ("journal_mode = OFF", "synchronous = OFF")
# Without a journal beside it, so that it can be moved, and read where nothing may be written.
_COPIED = "journal_mode = DELETE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a store's file holds."""

    articles: int
    sources: int  # that were ever asked
    stories: int
    newest: datetime | None  # the newest article's date
    size: int  # bytes
    schema: str  # the newest step of its schema


def never() -> bool:
    return False


def back_up(
    store: Path, copy: Path, *, replace: bool = False, spare: int = 0, is_over: Callable[[], bool] = never
) -> Holding:
    """Put a whole, checked copy of ``store`` in place as ``copy``, or nothing. Readable for whom the store is.

    ``spare``: bytes that the disk must have left afterwards. When ``is_over`` says so, it is given up. Raises
    StoreError where the store is damaged, the disk too full, or ``copy`` there already (unless ``replace``), OSError
    where the file system refuses.
    """
    _refuse(store, copy, replace=replace)
    temporary = copy.with_name(f".khulasa-{secrets.token_hex(8)}.tmp")
    try:
        holding = copy_of(store, temporary, spare=spare, is_over=is_over)
        temporary.chmod(stat.S_IMODE(store.stat().st_mode))
        _refuse(store, copy, replace=replace)
        temporary.replace(copy)
    except BaseException:
        forget(temporary)
        raise
    sync(copy.parent)
    return holding


def copy_of(
    store: Path, copy: Path, *, mode: int = 0o600, spare: int = 0, is_over: Callable[[], bool] = never
) -> Holding:
    """Copy to a new file, bring it to the disk, check it; the caller removes it where that fails. See ``back_up``."""
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode))
    with _faults_named(store), closing(_reading(store)) as source:
        source.execute("BEGIN")
        applied = _refuse_foreign(source, store)
        articles = _counted(source, "articles")  # what is read here is what is copied
        (size,) = source.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()
        _refuse_little_space(copy, size + spare)
        with _faults_named(copy.parent):
            _copy(source, copy, is_over)
    holding = _holding(copy, of=store, is_over=is_over)
    if (holding.articles, holding.schema) != (articles, max(applied)):
        raise StoreError(f"{store}: {articles} articles, of which the copy has {holding.articles}")
    return holding


def forget(path: Path) -> None:
    """Remove a database that nobody needs, with what SQLite puts beside it."""
    for ending in ("", *BESIDE):
        with suppress(FileNotFoundError):
            Path(f"{path}{ending}").unlink()


BESIDE = ("-wal", "-shm", "-journal")  # what SQLite puts beside a database


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk. Not for a store that is in use: SQLite's locks would go."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy(source: sqlite3.Connection, copy: Path, is_over: Callable[[], bool]) -> None:
    descriptor = os.open(copy, os.O_WRONLY)

    def stepped(status: int, remaining: int, total: int) -> None:
        os.fsync(descriptor)  # a little at a time: all at once, at the end, the writer's own would wait behind it
        if is_over():
            raise StoreError(f"{copy}: given up")

    try:
        with closing(sqlite3.connect(copy)) as target:
            for setting in _COPYING:
                target.execute(f"PRAGMA {setting}")
            source.backup(target, pages=STEP, progress=stepped)
            target.execute(f"PRAGMA {_COPIED}")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _holding(path: Path, *, of: Path, is_over: Callable[[], bool]) -> Holding:
    """What a copy of the store ``of`` holds. Raises StoreError unless it is whole."""
    with _faults_named(of), closing(_reading(path)) as raw:
        raw.set_progress_handler(lambda: 1 if is_over() else 0, HEARTBEAT)
        applied = _refuse_foreign(raw, of)
        told = "\n".join(str(row[0]) for row in raw.execute(f"PRAGMA integrity_check({MOST_FAULTS})"))
        if told != "ok":
            faults = [line for line in told.split("\n") if not line.startswith("***")]  # those are headings
            raise StoreError(f"{of}: damaged: {'; '.join(faults[:MOST_FAULTS])}")
        (newest,) = raw.execute("SELECT max(date) FROM articles").fetchone()
        return Holding(
            articles=_counted(raw, "articles"),
            sources=_counted(raw, "source_states"),
            stories=_counted(raw, "stories") if "stories" in {table for table, _ in _columns(raw)} else 0,
            newest=None if newest is None else moment(newest),
            size=path.stat().st_size,
            schema=max(applied),
        )


def _reading(path: Path) -> sqlite3.Connection:
    """A connection that only reads: a second one that writes could lose pages (store/health.py, ``has_reset_bug``)."""
    raw = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT)
    raw.execute("PRAGMA trusted_schema = OFF")  # the file may be anybody's
    return raw


def _counted(raw: sqlite3.Connection, table: str) -> int:
    (number,) = raw.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 – our own names
    return int(number)


# --- what is refused ------------------------------------------------------------------------------------------------


def _refuse(store: Path, copy: Path, *, replace: bool) -> None:
    if not store.is_file():
        raise StoreError(f"there is no store in {store.parent} yet: run `khulasa poll` first")
    if not copy.parent.is_dir():
        raise StoreError(f"{copy.parent}: there is no such folder")
    real = store.resolve()
    if copy.parent.resolve() == real.parent and copy.name.startswith(real.name):
        raise StoreError(f"{copy}: is the store itself; name another file")
    if copy.is_dir():
        raise StoreError(f"{copy}: is a folder; name a file in it")
    if not replace and os.path.lexists(copy):
        raise StoreError(f"{copy}: is there already; --force replaces it")


def _refuse_little_space(copy: Path, needed: int) -> None:
    free = shutil.disk_usage(copy.parent).free
    if free < needed:
        raise StoreError(f"{copy.parent}: the disk is too full: {needed:,} bytes are needed, {free:,} are free")


def _refuse_foreign(raw: sqlite3.Connection, path: Path) -> frozenset[str]:
    """The steps of its schema. Raises StoreError where the file is not a store of ours, or one of a later version."""
    applied = frozenset(step.name for step in migrations.applied(Database(raw, execute_plugins=False)))
    if not applied:
        raise StoreError(f"{path}: a database, but no store of Khulasa's")
    if unknown := sorted(applied - our_steps()):
        raise StoreTooNew(f"{path}: written by a later Khulasa (it knows {', '.join(unknown)}); upgrade first")
    if missing := sorted(_columns_after(applied) - _columns(raw)):
        table, column = missing[0]
        raise StoreError(f"{path}: no whole store: it has no {table}.{column}")
    return applied


def _columns_after(applied: frozenset[str]) -> frozenset[tuple[str, str]]:
    with Database(memory=True) as empty:
        migrations.apply(empty, stop_before=our_steps() - applied)
        return _columns(empty.conn)


def _columns(raw: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    """(table, column) of all its tables."""
    sql = "SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'"
    return frozenset((table, column) for table, column in raw.execute(sql))


@contextmanager
def _faults_named(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as fault:
        raise StoreError(f"{path}: {fault}") from fault
