"""Reads the dates of entries: RFC 822 as RSS writes it, RFC 3339 and ISO 8601 as Atom and JSON Feed write them.

What people write instead is left to ``arabic.dates``.

Refuses to guess: 07/11/2026 may be July or November. What a date does not say (its zone) is taken from the source and
marked. Nothing unreadable becomes now.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from arabic import dates
from arabic.date_words import words
from feeds.clean import clean_text
from news.types import Reason

MAX_DATE = 100  # characters
FIRST_YEAR = 1583  # the Gregorian calendar is of October 1582
FUTURE = timedelta(days=366)
# What clocks and databases write that know no date: Unix, Excel and OLE, the Macintosh, FAT, Windows, SQL Server.
UNSET = frozenset(
    date.fromisoformat(day) + timedelta(days=shift)
    for day in (
        "1601-01-01", "1753-01-01", "1899-12-30", "1900-01-01", "1904-01-01", "1970-01-01", "1980-01-01",
    )
    for shift in (-1, 0, 1)  # of some zone
)  # fmt: skip
LAST_UNSET = max(day.year for day in UNSET)
AHEAD = timedelta(minutes=10)  # what a publisher's clock may be fast
SAME_TEMPLATE = 3  # as many dates of one form are no chance

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
# As nearly every feed writes its dates, to the letter: these are read without cleaning anything.
_RFC_822 = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d?) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4})"
    r" (\d\d:\d\d:\d\d) (GMT|UTC|Z|[+\-]\d{4})",
    re.ASCII,
)
_RFC_3339 = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?(Z|[+\-]\d\d:\d\d)",
    re.ASCII,
)
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?(?:\s*(?P<half>[ap])\.?m\.?)?"
_ZONE = r"(?:\s*(?P<zone>(?:(?:etc/)?gmt|utc)?\s*[+\-]\s*\d{1,2}(?::?\d{2})?|(?:etc/)?[a-z]{1,5}))?(?:\s*\([^()]*\))?"
_WEEKDAY = r"(?:[a-z]{2,9}\.?(?:,\s*|\s+))?"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        # Sat, 07 Nov 2026 10:00:00 +0300: RFC 822 as amended by RFC 1123, and what is made of it
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})[\s\-]\s*{_MONTH},?[\s\-]\s*(?P<year>\d{{4}}|\d\d)(?:,?\s+{_TIME}{_ZONE})?",
        # Nov 7, 2026 10:00 am; Saturday, November 7, 2026 - 10:00 (Drupal)
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})(?:,?\s+(?:at\s+|-\s+)?{_TIME}{_ZONE})?",
        # Sat Nov  7 10:00:00 2026: asctime
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_TIME}{_ZONE}\s+(?P<year>\d{{4}})",
        # 2026-11-07T10:00:00+03:00: RFC 3339, ISO 8601, the databases' space in place of the T, Google's 2026-011-07
        rf"(?P<year>\d{{4}})-(?P<month_number>0?\d{{1,2}})-(?P<day>\d{{1,2}})(?:(?:t|\s+){_TIME}{_ZONE})?",
        rf"(?P<year>\d{{4}})(?P<month_number>\d\d)(?P<day>\d\d)(?:t(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?P<half>){_ZONE})?",
        # 2026-311: ISO 8601 by the day of the year
        rf"(?P<year>\d{{4}})-(?P<day_of_year>\d{{3}})(?:(?:t|\s+){_TIME}{_ZONE})?",
        # Sat, 2026/11/07 10:00:00 EST: Perforce
        rf"{_WEEKDAY}(?P<year>\d{{4}})/(?P<month_number>\d{{1,2}})/(?P<day>\d{{1,2}})(?:\s+{_TIME}{_ZONE})?",
    )
)
_OFFSET = re.compile(r"(?:(?:etc/)?gmt|utc)?\s*([+\-])\s*(\d{1,2})(?::?(\d{2}))?")
_THREE_NUMBERS = re.compile(r"\s*(\d{1,2})([/\-.])(\d{1,2})\2\d{4}\b", re.ASCII)


class EntryDate(NamedTuple):  # made for every entry: three times as fast as a dataclass
    """One date as it was understood. Without a moment there is a reason why."""

    text: str  # as written, at most MAX_DATE characters
    moment: datetime | None = None  # aware UTC
    zone_known: bool = True  # False: the text names no zone
    reason: Reason | None = None
    doubt: Reason | None = None  # what is odd about a date that was read


def read_date(text: str, *, zone: ZoneInfo | None, now: datetime, day_first: bool | None = None) -> EntryDate:
    """What a date says, its wall time taken in ``zone`` (else UTC) where it names none.

    ``day_first`` is what the document tells of 07/11/2026 (``day_order``). What clocks write that know no date, and
    moments more than a year after ``now``, are out of range.
    """
    stripped = text.strip()
    exact = _exact(stripped)
    if exact is not None:
        return _in_range(stripped, exact, now=now)
    written = clean_text(text, limit=MAX_DATE)
    lowered = written.lower()
    match = next((found for form in _FORMS if (found := form.fullmatch(lowered))), None)
    if match is not None and (year := _year(match)) >= FIRST_YEAR:
        if year > now.year + 2:
            return EntryDate(text=written, reason=Reason.DATE_OUT_OF_RANGE)
        wall_zone = _zone(match.groupdict().get("zone"))
        moment = _moment(match, year, wall_zone or zone or UTC)
        if moment is None:
            return EntryDate(text=written, reason=Reason.DATE_UNREADABLE)
        return _in_range(written, moment, now=now, zone_known=wall_zone is not None)
    said = dates.read(written, now=now.astimezone(zone or UTC), day_first=day_first)
    if said is None:
        return EntryDate(text=written, reason=Reason.DATE_OUT_OF_RANGE if match else Reason.DATE_UNREADABLE)
    moment = said.at.replace(tzinfo=said.zone or zone or UTC).astimezone(UTC)
    doubt = Reason.DATES_DISAGREE if said.calendars_differ else None
    return _in_range(written, moment, now=now, zone_known=said.zone is not None, doubt=doubt)


def day_order(texts: Iterable[str]) -> bool | None:
    """Whether a document writes 07/11/2026 with the day first; None where it does not tell.

    It tells where all of its dates are of that form, made by one template, and one of them has a number over 12.
    """
    orders: list[tuple[bool, bool]] = []
    for text in texts:
        match = _THREE_NUMBERS.match(text[:MAX_DATE])
        if match is None:
            return None
        orders.append((int(match[1]) > 12, int(match[3]) > 12))
    if len(orders) < SAME_TEMPLATE:
        return None
    day_first, month_first = (any(column) for column in zip(*orders, strict=True))
    return day_first if day_first != month_first else None


def newest(dates: Sequence[str | None], count: int, *, now: datetime) -> set[int]:
    """The places of the ``count`` newest dates: the readable ones by their moment, then the others in their order."""

    def age(place: int) -> tuple[bool, float, int]:
        moment = read_date(dates[place] or "", zone=None, now=now).moment
        return (moment is None, -moment.timestamp() if moment else 0.0, place)

    return set(sorted(range(len(dates)), key=age)[:count])


def _exact(text: str) -> datetime | None:
    match = _RFC_822.fullmatch(text)
    if match is not None:
        day, name, year, clock, offset = match.groups()
        written = f"{year}-{_MONTHS[name.lower()]:02}-{day:0>2}T{clock}"
    else:
        match = _RFC_3339.fullmatch(text)
        if match is None:
            return None
        written, offset = match.groups()
    east = _east(offset.lower())
    try:
        moment = datetime.fromisoformat(f"{written}+00:00")
        return moment - east if east is not None and moment.year >= FIRST_YEAR else None
    except (ValueError, OverflowError):
        return None


def _in_range(
    text: str, moment: datetime, *, now: datetime, zone_known: bool = True, doubt: Reason | None = None
) -> EntryDate:
    if moment > now:
        if moment > now + FUTURE:
            return EntryDate(text=text, reason=Reason.DATE_OUT_OF_RANGE)
        if moment > now + AHEAD:
            doubt = doubt or Reason.DATE_IN_FUTURE
    elif moment.year <= LAST_UNSET and moment.date() in UNSET:
        return EntryDate(text=text, reason=Reason.DATE_OUT_OF_RANGE)
    return EntryDate(text=text, moment=moment, zone_known=zone_known, doubt=doubt)


def _year(match: re.Match[str]) -> int:
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 2000 if year < 90 else 1900
    return year


def _moment(match: re.Match[str], year: int, zone: tzinfo) -> datetime | None:
    """None for a day or a time that does not exist."""
    parts = match.groupdict()
    try:
        clock = time(
            _hour(parts.get("hour"), parts.get("half")),
            int(parts.get("minute") or 0),
            min(int(parts.get("second") or 0), 59),  # a leap second is the one before it
        )
        return datetime.combine(_day(parts, year), clock, zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(parts: Mapping[str, str | None], year: int) -> date:
    if counted := parts.get("day_of_year"):
        day = date(year, 1, 1) + timedelta(days=int(counted) - 1)
        if day.year != year:
            raise ValueError(counted)
        return day
    return date(year, int(parts.get("month_number") or _MONTHS[parts["month"] or ""]), int(parts["day"] or ""))


def _hour(written: str | None, half: str | None) -> int:
    hour = int(written or 0)
    if not half or (half == "p" and 13 <= hour <= 23):  # 15:10 pm
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half == "p" else 0)


def _zone(written: str | None) -> tzinfo | None:
    """None for no zone, a name nobody knows, or an offset no place on earth has."""
    if not written:
        return None
    name = written.removeprefix("etc/")
    known = words().get(name)
    if known is not None:
        return known.zone
    east = _east(written)
    return None if east is None else timezone(east)


@lru_cache(maxsize=256)
def _east(written: str) -> timedelta | None:
    """How far east of Greenwich +0300, +03:00, GMT+3 or GMT are."""
    if written in ("gmt", "utc", "z"):
        return timedelta()
    offset = _OFFSET.fullmatch(written)
    if offset is None:
        return None
    hours, minutes = int(offset[2]), int(offset[3] or 0)
    if hours > 14 or minutes > 59:
        return None
    return timedelta(hours=hours, minutes=minutes) * (-1 if offset[1] == "-" else 1)
