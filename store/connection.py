"""The connection to the file of the store: opening it, transactions, and faults said plainly. Knows no table of ours.

Writes begin IMMEDIATE: a deferred transaction that reads and then writes fails at once with SQLITE_BUSY_SNAPSHOT when
another connection has written in between.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from news.errors import StoreError, StoreTooNew
from store.migrations import migrations

BUSY_TIMEOUT = 60.0  # seconds a write waits for somebody else's (a backup, a curious shell)
_BATCH = 500  # host parameters in one statement, far below SQLite's limit

_WRITING = (
    "journal_mode = WAL",
    # A loss of power may undo the last commits, each as a whole: their sources are then asked again with the validators
    # of before. It never damages the store (https://www.sqlite.org/wal.html, section 2.2).
    "synchronous = NORMAL",
    "wal_autocheckpoint = 4000",  # pages: an index's page is written back once for many visits
    "cache_size = -32000",  # KiB: the indexes' upper levels at a million articles
)

Rows = Sequence[Mapping[str, object]]


class Connection:
    """One open store file, migrated to what we know. Belongs to one thread. Raises StoreError when it is not usable."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self._is_together = False
        self._is_lost = False  # SQLite undid the whole transaction, not only the failing part
        try:
            if read_only:
                raw = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                raw = sqlite3.connect(path, timeout=BUSY_TIMEOUT)
        except sqlite3.OperationalError as fault:
            raise StoreError(f"{path}: cannot be opened: {fault}") from fault
        raw.row_factory = sqlite3.Row
        self._raw = raw
        try:
            database = Database(raw, execute_plugins=False)
            raw.execute("PRAGMA foreign_keys = ON")
            self._refuse_later_versions(database)
            if not read_only:
                for setting in _WRITING:
                    raw.execute(f"PRAGMA {setting}")
                migrations.apply(database)
            elif any(True for _ in migrations.pending(database)):
                raise StoreError(f"{path}: written by an earlier Khulasa: run `khulasa poll` once")
        except sqlite3.DatabaseError as fault:
            raw.close()
            raise StoreError(f"{path}: not a usable store: {fault}") from fault
        except BaseException:
            raw.close()
            raise

    def close(self) -> None:
        self._raw.close()

    # --- reading --------------------------------------------------------------------------------------------------

    def all(self, sql: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[Any]:
        with self._faults_named():
            return self._raw.execute(sql, values).fetchall()

    def among(self, sql: str, names: Iterable[object], *before: object) -> list[Any]:
        """``sql`` with its ``{}`` filled by as many placeholders as there are names, in batches."""
        names = list(names)
        rows: list[Any] = []
        for start in range(0, len(names), _BATCH):
            batch = names[start : start + _BATCH]
            rows += self.all(sql.format(",".join("?" * len(batch))), (*before, *batch))
        return rows

    # --- writing --------------------------------------------------------------------------------------------------

    @contextmanager
    def together(self) -> Iterator[None]:
        """One commit for all that is written inside; what each ``writing()`` holds stays whole or undone on its own."""
        self._is_together, self._is_lost = True, False
        try:
            with self._faults_named():
                yield
                if self._is_lost:
                    raise StoreError(f"{self._path}: what was written together was undone together")
                self._raw.commit()
        except BaseException:
            self._raw.rollback()
            raise
        finally:
            self._is_together = False

    @contextmanager
    def writing(self) -> Iterator["Connection"]:
        """A transaction; inside ``together()`` a savepoint of its transaction."""
        raw = self._raw
        with self._faults_named():
            if not raw.in_transaction:
                raw.execute("BEGIN IMMEDIATE")
            try:
                if self._is_together:
                    raw.execute("SAVEPOINT writing")
                yield self
                if self._is_together:
                    raw.execute("RELEASE writing")
                else:
                    raw.commit()
            except BaseException:
                self._undo()
                raise

    def _undo(self) -> None:
        if not self._is_together:
            self._raw.rollback()
        elif self._raw.in_transaction:
            self._raw.execute("ROLLBACK TO writing")
            self._raw.execute("RELEASE writing")
        else:  # as it does when the disk is full: https://www.sqlite.org/lang_transaction.html, section 3
            self._is_lost = True

    def run(self, sql: str, rows: Collection[Sequence[object]]) -> None:
        """``sql`` for each of ``rows``."""
        if rows:
            self._raw.executemany(sql, rows)

    def insert(self, table: str, rows: Rows) -> None:
        """Every row has the same columns."""
        if rows:
            self._raw.executemany(_insert_sql(table, tuple(rows[0])), rows)

    def upsert(self, table: str, rows: Rows, *, key: str, kept: str | None = None) -> None:
        """Insert, or replace under the same ``key``; where a row has nothing for the column ``kept``, the old stays."""
        if rows:
            self._raw.executemany(_upsert_sql(table, tuple(rows[0]), key, kept), rows)

    # --- faults ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        """A full disk, a damaged file, a lock nobody gives up are the operator's to mend; a broken rule is ours."""
        try:
            yield
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise
        except sqlite3.DatabaseError as fault:
            raise StoreError(f"{self._path}: {fault}") from fault

    def _refuse_later_versions(self, database: Database) -> None:
        unknown = sorted({m.name for m in migrations.applied(database)} - our_steps())
        if unknown:
            known = ", ".join(unknown)
            raise StoreTooNew(f"{self._path}: written by a later Khulasa (it knows {known}); upgrade first")


@cache
def _insert_sql(table: str, columns: tuple[str, ...]) -> str:
    places = ", ".join(f":{column}" for column in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 – our own names


@cache
def _upsert_sql(table: str, columns: tuple[str, ...], key: str, kept: str | None) -> str:
    changes = [
        f"{column} = coalesce(excluded.{column}, {column})" if column == kept else f"{column} = excluded.{column}"
        for column in columns
        if column != key
    ]
    return f"{_insert_sql(table, columns)} ON CONFLICT ({key}) DO UPDATE SET {', '.join(changes)}"


def newest_step() -> str:
    """The name of the newest step of the schema that this Khulasa knows: every store that can be opened has it."""
    return max(our_steps())


@cache
def our_steps() -> frozenset[str]:
    """The names of all steps of the schema that this Khulasa knows."""
    with Database(memory=True) as empty:
        return frozenset(step.name for step in migrations.pending(empty))
