"""What `khulasa doctor` looks at, and what it says about it. Looks only, and mends nothing."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from news.errors import StoreError
from scheduler.backups import backups_in, last_failure
from scheduler.upkeep import REQUEST
from scheduler.writer import DATABASE, LOCK, held_by
from store.health import Health, health_of

LITTLE_SPACE = 0.05  # of a disk
LEAST_SPACE = 512 * 1024 * 1024  # bytes
LONG_QUEUE = 1000  # articles: what a minute of indexing deals with


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    is_right: bool
    says: str


def findings(data: Path) -> tuple[Finding, ...]:
    """What can be said of a data folder, the store's own state included."""
    return (*_store(data), *_folder(data))


def _store(data: Path) -> Iterator[Finding]:
    path = data / DATABASE
    if not path.is_file():
        yield Finding(what="store", is_right=False, says=f"there is none in {data} yet: run `khulasa poll` first")
        return
    try:
        health = health_of(path)
    except StoreError as fault:
        yield Finding(what="store", is_right=False, says=str(fault))
        return
    yield Finding(
        what="store",
        is_right=not health.damage,
        says="; ".join(health.damage) or f"whole: {health.articles} articles, {_megabytes(path.stat().st_size)}",
    )
    yield Finding(what="schema", is_right=True, says=f"{health.schema}, as this Khulasa writes it")
    yield Finding(what="SQLite", is_right=True, says=_sqlite(health))
    yield _rebuild(health)
    yield Finding(
        what="index",
        is_right=health.waiting <= LONG_QUEUE,
        says=f"{health.waiting} articles wait to be indexed" if health.waiting else "every article is in it",
    )


def _sqlite(health: Health) -> str:
    if health.has_reset_bug:  # https://www.sqlite.org/wal.html#walresetbug
        return f"{health.sqlite}: it can damage a store that two processes write at once; one does, under {LOCK}"
    return health.sqlite


def _rebuild(health: Health) -> Finding:
    state = health.rebuild
    if state.is_due:
        made = f"version {state.version}" if state.version else "an earlier version"
        says = f"made by {made}, this is {health.version}: a rebuild is due; `khulasa run` or `khulasa reindex` does it"
        return Finding(what="Arabic layer", is_right=False, says=says)
    if not state.is_over:
        says = f"a rebuild to version {state.version} is under way: {state.share:.0%}"
        return Finding(what="Arabic layer", is_right=True, says=says)
    return Finding(what="Arabic layer", is_right=True, says=f"version {state.version} throughout")


def _folder(data: Path) -> Iterator[Finding]:
    if not data.is_dir():
        return
    disk = shutil.disk_usage(data)
    yield Finding(
        what="disk",
        is_right=disk.free >= min(LEAST_SPACE, LITTLE_SPACE * disk.total),
        says=f"{_megabytes(disk.free)} free of {_megabytes(disk.total)}",
    )
    yield _backups(data)
    yield Finding(what="folder", is_right=os.access(data, os.W_OK), says=f"{data}: {_writing(data)}")
    if (data / REQUEST).exists():
        yield Finding(what="reindex", is_right=True, says="asked for, and not begun yet")


def _backups(data: Path) -> Finding:
    made = backups_in(data)
    if not made:
        says = "none yet: the daemon makes one a day, `khulasa backup` at once"
    else:
        last, size = made[-1], sum(backup.size for backup in made)
        says = f"last backup: {last.at:%Y-%m-%d %H:%M} UTC, {_megabytes(last.size)}"
        says += f"; {len(made)} in all, {_megabytes(size)}, in {last.path.parent}"
    failure = last_failure(data)
    if failure is not None:
        says = f"failed {failure}; {says}"
    return Finding(what="backup", is_right=failure is None, says=says)


def _writing(data: Path) -> str:
    if not os.access(data, os.W_OK):
        return "cannot be written"
    holder = held_by(data)
    return "nobody writes" if holder is None else f"process {holder} writes"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
