"""Backups in the data folder: which stay, when the daily one is due, and what becomes of one that fails."""

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

import scheduler.backups as backups
import store.backup
from news.errors import StoreError
from scheduler.backups import Backup, DailyBackup, back_up_here, backups_in, is_due, last_failure, too_many
from scheduler.loop import until_done
from scheduler.writer import DATABASE
from store.store import Store
from tests.store.test_backup import files, many, write

NIGHT = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def made(*moments: datetime) -> list[Backup]:
    return [Backup(path=Path(f"{at:%d}"), at=at, size=1) for at in moments]


def data_in(folder: Path) -> Path:
    with Store(folder / DATABASE) as store:
        write(store, many(3))
    return folder


# --- when one is due --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, NIGHT, True),
        (NIGHT - DAY, NIGHT - timedelta(seconds=1), False),
        (NIGHT - DAY, NIGHT, True),
        (NIGHT, NIGHT + timedelta(hours=23, minutes=59), False),
        (NIGHT, NIGHT + DAY, True),
        (NIGHT - timedelta(minutes=1), NIGHT, True),  # by hand, at night
        (NIGHT + timedelta(hours=9), NIGHT + timedelta(hours=10), False),  # by hand, today
        (NIGHT - 40 * DAY, NIGHT + timedelta(hours=10), True),  # the machine was off
        (NIGHT + 400 * DAY, NIGHT, True),  # made by a clock that ran ahead
    ],
)
def test_one_is_due_where_none_was_made_since_half_past_three(last: datetime | None, now: datetime, due: bool) -> None:
    assert is_due(made(*([] if last is None else [last])), now) is due


# --- which stay -------------------------------------------------------------------------------------------------------


def test_the_newest_seven_stay() -> None:
    there = made(*(NIGHT + n * DAY for n in range(9)))
    assert too_many(there, NIGHT + 9 * DAY) == there[:2]
    assert too_many(there[:7], NIGHT + 9 * DAY) == []


def test_what_a_clock_that_ran_ahead_has_made_does_not_push_out_the_newest() -> None:
    ahead = made(*(NIGHT + (400 + n) * DAY for n in range(7)))
    new = made(NIGHT)
    assert too_many([*ahead, *new], NIGHT) == ahead[:1]


def test_only_what_we_named_is_counted_or_removed(tmp_path: Path) -> None:
    data = data_in(tmp_path)
    folder = data / "backups"
    folder.mkdir()
    theirs = ["mine.sqlite", "khulasa-2026.sqlite", "khulasa-20269999T033000Z.sqlite", ".khulasa-1.tmp"]
    for name in theirs:
        (folder / name).write_text("mine")
    (folder / "khulasa-20200101T000000Z.sqlite").mkdir()
    (folder / "khulasa-20200102T000000Z.sqlite").symlink_to(folder / "mine.sqlite")
    before = set(files(folder))
    for n in range(9):
        back_up_here(data, now=NIGHT + n * DAY)
    assert set(files(folder)) - before == {f"khulasa-{NIGHT + n * DAY:%Y%m%d}T033000Z.sqlite" for n in range(2, 9)}, (
        "seven of ours"
    )
    assert before <= set(files(folder))
    assert [backup.at for backup in backups_in(data)] == [NIGHT + n * DAY for n in range(2, 9)]


def test_what_a_kill_left_is_removed_when_it_is_a_day_old(tmp_path: Path) -> None:
    data = data_in(tmp_path)
    (data / "backups").mkdir()
    old, young = (data / "backups" / f".khulasa-{digit * 16}.tmp" for digit in "ab")
    for path, age in ((old, 25), (young, 23)):
        path.write_text("half a backup")
        os.utime(path, times=((NIGHT - timedelta(hours=age)).timestamp(),) * 2)
    back_up_here(data, now=NIGHT)
    assert (old.exists(), young.exists()) == (False, True)


def test_a_failed_backup_costs_none_of_those_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = data_in(tmp_path)
    monkeypatch.setattr(backups, "KEPT", 1)
    back_up_here(data, now=NIGHT)
    with pytest.raises(StoreError, match="too full"):
        back_up_here(data, now=NIGHT + DAY, spare=2**62)
    assert [backup.at for backup in backups_in(data)] == [NIGHT]


# --- every day --------------------------------------------------------------------------------------------------------


def test_one_a_day_is_made(tmp_path: Path) -> None:
    data = data_in(tmp_path)
    daily = DailyBackup(data=data)
    with capture_logs() as lines:
        for hours in (0, 1, 2, 23, 24, 25, 47):
            until_done(daily(NIGHT + timedelta(hours=hours)))
    assert [backup.at for backup in backups_in(data)] == [NIGHT, NIGHT + DAY]
    assert [(line["event"], line["articles"]) for line in lines] == [("backed up", 3)] * 2


def test_a_failure_is_said_and_remembered_until_one_succeeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = data_in(tmp_path)
    daily = DailyBackup(data=data)
    monkeypatch.setattr(backups, "SPARE", 2**62)
    with capture_logs() as lines:
        until_done(daily(NIGHT))
    (line,) = lines
    assert (line["event"], line["log_level"]) == ("backup failed", "error")
    assert "the disk is too full" in line["message"]
    assert last_failure(data) == f"2026-11-20 03:30 UTC: {line['message']}"
    assert files(data / "backups") == []
    monkeypatch.setattr(backups, "SPARE", 0)
    until_done(daily(NIGHT + timedelta(hours=1)))
    assert last_failure(data) is None
    assert len(backups_in(data)) == 1


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    data = data_in(tmp_path)
    (data / "backups").write_text("a file of this name")
    with capture_logs() as lines:
        until_done(DailyBackup(data=data)(NIGHT))
    assert [line["event"] for line in lines] == ["backup failed"]


def test_a_daemon_that_ends_does_not_wait_for_its_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = data_in(tmp_path)
    monkeypatch.setattr(store.backup, "STEP", 1)
    sync = os.fsync

    def slow(descriptor: int) -> None:
        sync(descriptor)
        time.sleep(0.3)

    monkeypatch.setattr(os, "fsync", slow)

    async def live() -> None:
        task = asyncio.create_task(DailyBackup(data=data)(NIGHT))
        while not any((data / "backups").glob(".khulasa-*")):
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])

    began = time.monotonic()
    until_done(live())
    assert time.monotonic() - began < 10, "of a step for each page, at 0.3 s"
    assert files(data / "backups") == []
    assert last_failure(data) is None
