"""How a store's file is: whole or damaged, and what it was made with. Reads only."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from store.connection import Connection, newest_step
from store.rebuild import MADE_WITH, Rebuilding
from store.store import Store

MOST_FAULTS = 5  # told of

# Before these, two connections that write and checkpoint can lose pages: https://www.sqlite.org/wal.html#walresetbug
_MENDED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    damage: tuple[str, ...]  # what SQLite finds wrong; none if the file is whole
    articles: int
    schema: str  # the newest step of the schema
    sqlite: str
    has_reset_bug: bool
    version: str  # of the Arabic layer, this Khulasa's
    rebuild: Rebuilding
    waiting: int  # articles to be indexed


def health_of(path: Path) -> Health:
    """Raises StoreError where the file cannot be used at all."""
    with Store(path, read_only=True) as store:
        return Health(
            damage=damage_of(path),
            articles=store.counts()["articles"],
            schema=newest_step(),
            sqlite=sqlite3.sqlite_version,
            has_reset_bug=has_reset_bug(sqlite3.sqlite_version_info),
            version=MADE_WITH,
            rebuild=store.rebuild.state(),
            waiting=store.archive.waiting(),
        )


def damage_of(path: Path) -> tuple[str, ...]:
    """What a quick check of the whole file finds, which reads all of it."""
    connection = Connection(path, read_only=True)
    try:
        found = [str(row[0]) for row in connection.all(f"PRAGMA quick_check({MOST_FAULTS})")]
    finally:
        connection.close()
    return () if found == ["ok"] else tuple(found)


def has_reset_bug(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the fault of 3.7.0 to 3.51.2 in WAL mode; 3.50.7 and 3.44.6 are mended too."""
    return not any(version >= mended and (version[:2] == mended[:2] or mended == _MENDED[0]) for mended in _MENDED)
