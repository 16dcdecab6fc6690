"""What a schedule means, and when it comes next."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.types import Source
from scheduler.daemon import planned, schedule_mistake

DATA = Path(__file__).resolve().parents[1] / "data" / "scheduler"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def scheduled(schedule: str | None, zone: str) -> Source:
    is_country = len(zone) == 2
    return Source(
        id="riwaq",
        title="الرواق",
        url="https://riwaq.example/rss",
        schedule=schedule,
        country=zone if is_country else None,
        timezone=None if is_country or zone == "-" else zone,
    )


@pytest.mark.parametrize("row", rows("schedules"), ids=lambda row: row["schedule"])
def test_a_mistake_in_a_schedule_is_said_as_in_the_table(row: dict[str, str]) -> None:
    said = schedule_mistake(row["schedule"])
    if row["mistake"] == "-":
        assert said is None, row["why"]
    else:
        assert said is not None, row["why"]
        assert row["mistake"] in said


@pytest.mark.parametrize("row", rows("planned"), ids=lambda row: f"{row['schedule']} {row['zone']} {row['now']}")
def test_the_next_moment_is_as_in_the_table(row: dict[str, str]) -> None:
    following = planned(scheduled(row["schedule"], row["zone"]), datetime.fromisoformat(row["now"]))
    assert following == datetime.fromisoformat(row["next"]), row["why"]
    assert following is not None
    assert following.tzinfo is UTC


def test_a_source_without_a_schedule_has_no_plan() -> None:
    assert planned(scheduled(None, "Asia/Qatar"), datetime(2026, 11, 20, tzinfo=UTC)) is None


ZONES = ["-", "Africa/Cairo", "Asia/Beirut", "Asia/Gaza", "Africa/Casablanca", "Europe/Berlin", "Asia/Riyadh"]
SCHEDULES = ["* * * * *", "*/10 * * * *", "30 * * * *", "30 2 * * *", "30 23 * * *", "0 0 * * *", "5 1-3 * * sun-thu"]


@given(
    st.sampled_from(SCHEDULES),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001  # bounds
)
def test_the_next_moment_is_later_than_now_and_the_one_after_it_later_still(
    schedule: str, zone: str, now: datetime
) -> None:
    asked = scheduled(schedule, zone)
    first = planned(asked, now)
    assert first is not None
    assert now < first <= now + timedelta(days=4)
    second = planned(asked, first)
    assert second is not None
    assert second > first


@given(st.text(max_size=40) | st.text("0123456789*/,- adefijmnorstuv", max_size=40))
def test_whatever_is_written_is_a_mistake_or_has_a_next_moment(written: str) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    if schedule_mistake(written) is None:
        following = planned(scheduled(written, "Africa/Cairo"), now)
        assert following is not None
        assert following > now
