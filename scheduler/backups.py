"""Backups in the data folder: their names, which of them stay, and the one that the daemon makes every day.

When the next is due is a question to the folder, so a restart forgets nothing.
"""

import asyncio
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import Event

import structlog

from news.errors import StoreError
from scheduler.writer import DATABASE
from store.backup import Holding, back_up

log = structlog.get_logger()

FOLDER = "backups"
KEPT = 7
HOUR = time(3, 30, tzinfo=UTC)  # before the morning, from Rabat to Muscat
SPARE = 512 * 1024 * 1024  # bytes that a daily backup leaves on the disk: it must not be what stops the daemon
FAILURE = "backup.failed"  # in the data folder: what the last attempt met; gone after the next that succeeds
ABANDONED = timedelta(days=1)  # after which what a kill left half made is removed

_NAME = re.compile(r"khulasa-(\d{8}T\d{6}Z)\.sqlite")
_STAMP = "%Y%m%dT%H%M%SZ"
_TEMPORARY = re.compile(r"\.khulasa-[0-9a-f]{16}\.tmp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    path: Path
    at: datetime
    size: int  # bytes


def backups_in(data: Path) -> tuple[Backup, ...]:
    """Those that we named, the oldest first; all else that lies there is somebody's own."""
    folder = data / FOLDER
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        at = _moment(path.name)
        if at is not None and path.is_file() and not path.is_symlink():
            found.append(Backup(path=path, at=at, size=path.stat().st_size))
    return tuple(sorted(found, key=lambda backup: backup.at))


def back_up_here(data: Path, *, now: datetime, spare: int = 0, over: Event | None = None) -> tuple[Path, Holding]:
    """Make a backup in the data folder; beyond the newest KEPT the oldest go. Raises StoreError and OSError."""
    folder = data / FOLDER
    if (data / DATABASE).is_file():
        folder.mkdir(exist_ok=True)
    path = folder / f"khulasa-{now:{_STAMP}}.sqlite"
    holding = back_up(data / DATABASE, path, spare=spare, is_over=(over or Event()).is_set)
    for backup in too_many(backups_in(data), now):
        backup.path.unlink(missing_ok=True)
    _tidy(folder, now)
    (data / FAILURE).unlink(missing_ok=True)
    return path, holding


def too_many(backups: Iterable[Backup], now: datetime) -> list[Backup]:
    """Which of them go. What is stamped later than ``now`` was made by a clock that ran ahead, and counts as old."""
    ordered = sorted(backups, key=lambda backup: (backup.at <= now, backup.at))
    return ordered[:-KEPT]


def is_due(backups: Iterable[Backup], now: datetime) -> bool:
    """Whether none has been made since the last time that it was HOUR."""
    last = datetime.combine(now.astimezone(UTC).date(), HOUR)
    since = last if last <= now else last - timedelta(days=1)
    return not any(since <= backup.at <= now for backup in backups)


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyBackup:
    """Each ``await backup(now)`` makes one if it is due. What goes wrong is logged, and kept for `khulasa doctor`."""

    data: Path

    async def __call__(self, now: datetime) -> None:
        if not is_due(await asyncio.to_thread(backups_in, self.data), now):
            return
        over = Event()
        try:
            path, holding = await asyncio.to_thread(back_up_here, self.data, now=now, spare=SPARE, over=over)
        except (StoreError, OSError) as fault:
            log.error("backup failed", message=str(fault))
            with suppress(OSError):
                (self.data / FAILURE).write_text(f"{now:%Y-%m-%d %H:%M} UTC: {fault}\n", encoding="utf-8")
        else:
            log.info("backed up", file=path.name, articles=holding.articles, bytes=holding.size)
        finally:
            over.set()  # where the daemon ends, the thread gives up, and removes what it has made


def last_failure(data: Path) -> str | None:
    """When and why the last attempt of the daemon failed; None where it did not."""
    try:
        return (data / FAILURE).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None


def _moment(name: str) -> datetime | None:
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    with suppress(ValueError):
        return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)
    return None


def _tidy(folder: Path, now: datetime) -> None:
    """Remove what a killed process left; a younger one may be another process's, under way."""
    for path in folder.iterdir():
        if _TEMPORARY.fullmatch(path.name):
            with suppress(OSError):
                if path.lstat().st_mtime < (now - ABANDONED).timestamp():
                    path.unlink()
