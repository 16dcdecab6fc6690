"""Reads the dates of entries: RFC 822 as RSS writes it, RFC 3339 and ISO 8601 as Atom and JSON Feed write them.

Refuses to guess: 07/11/2026 may be July or November, a year 1448 is Hijri. What a date does not say (its zone) is
taken from the source and marked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from feeds.clean import clean_text
from news.types import Reason

MAX_DATE = 100  # characters
FIRST_YEAR = 1990  # nothing was syndicated before
FUTURE = timedelta(days=366)

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
# Hours east of Greenwich. RFC 822 section 5.1, and the names met in Arab countries and Europe: AST is Arabia's here.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "met": 1, "cest": 2, "mest": 2,
    "eet": 2, "sast": 2, "eest": 3, "msk": 3, "ast": 3, "trt": 3, "gst": 4, "pkt": 5,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?(?:\s*(?P<half>[ap])\.?m\.?)?"
_ZONE = r"(?:\s*(?P<zone>(?:gmt|utc)?\s*[+\-]\s*\d{1,2}(?::?\d{2})?|[a-z]{1,5}))?(?:\s*\([^()]*\))?"
_WEEKDAY = r"(?:[a-z]{2,9}\.?,?\s+)?"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        # Sat, 07 Nov 2026 10:00:00 +0300: RFC 822 as amended by RFC 1123, and what is made of it
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})[\s\-]{_MONTH}[\s\-](?P<year>\d{{4}}|\d\d)(?:,?\s+{_TIME}{_ZONE})?",
        # Nov 7, 2026 10:00 am; Saturday, November 7, 2026 - 10:00 (Drupal)
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})(?:,?\s+(?:at\s+|-\s+)?{_TIME}{_ZONE})?",
        # Sat Nov  7 10:00:00 2026: asctime
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_TIME}{_ZONE}\s+(?P<year>\d{{4}})",
        # 2026-11-07T10:00:00+03:00: RFC 3339, ISO 8601, and the databases' space in place of the T
        rf"(?P<year>\d{{4}})-(?P<month_number>\d{{1,2}})-(?P<day>\d{{1,2}})(?:(?:t|\s+){_TIME}{_ZONE})?",
        rf"(?P<year>\d{{4}})(?P<month_number>\d\d)(?P<day>\d\d)(?:t(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?P<half>){_ZONE})?",
    )
)
_OFFSET = re.compile(r"(?:gmt|utc)?\s*([+\-])\s*(\d{1,2})(?::?(\d{2}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDate:
    """One date as it was understood. Without a moment there is a reason why."""

    text: str  # as written, at most MAX_DATE characters
    moment: datetime | None = None  # aware UTC
    zone_known: bool = True  # False: the text names no zone
    reason: Reason | None = None


def read_date(text: str, *, zone: ZoneInfo | None, now: datetime) -> EntryDate:
    """What a date says, its wall time taken in ``zone`` (else UTC) where it names none.

    Years before 1990 and moments more than a year after ``now`` are out of range.
    """
    written = clean_text(text, limit=MAX_DATE)
    lowered = written.lower()
    match = next((found for form in _FORMS if (found := form.fullmatch(lowered))), None)
    if match is None:
        return EntryDate(text=written, reason=Reason.DATE_UNREADABLE)
    parts = match.groupdict()
    year = int(parts["year"])
    if len(parts["year"]) == 2:
        year += 2000 if year < 90 else 1900
    if not FIRST_YEAR <= year <= now.year + 2:
        return EntryDate(text=written, reason=Reason.DATE_OUT_OF_RANGE)
    written_zone = _zone(parts.get("zone"))
    wall_zone = written_zone or zone or UTC
    try:
        moment = datetime(
            year,
            int(parts["month_number"]) if parts.get("month_number") else _MONTHS[parts["month"]],
            int(parts["day"]),
            _hour(parts.get("hour"), parts.get("half")),
            int(parts.get("minute") or 0),
            min(int(parts.get("second") or 0), 59),  # a leap second is the one before it
            tzinfo=wall_zone,
        ).astimezone(UTC)
    except ValueError:
        return EntryDate(text=written, reason=Reason.DATE_UNREADABLE)
    if moment > now + FUTURE:
        return EntryDate(text=written, reason=Reason.DATE_OUT_OF_RANGE)
    return EntryDate(text=written, moment=moment, zone_known=written_zone is not None)


def newest(dates: Sequence[str | None], count: int, *, now: datetime) -> set[int]:
    """The places of the ``count`` newest dates: the readable ones by their moment, then the others in their order."""

    def age(place: int) -> tuple[bool, float, int]:
        moment = read_date(dates[place] or "", zone=None, now=now).moment
        return (moment is None, -moment.timestamp() if moment else 0.0, place)

    return set(sorted(range(len(dates)), key=age)[:count])


def _hour(written: str | None, half: str | None) -> int:
    hour = int(written or 0)
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half == "p" else 0)


def _zone(written: str | None) -> timezone | None:
    """None for no zone, a name nobody knows, or an offset no place on earth has."""
    if not written:
        return None
    if written in _ZONES:
        return timezone(timedelta(hours=_ZONES[written]))
    offset = _OFFSET.fullmatch(written)
    if offset is None:
        return None
    hours, minutes = int(offset[2]), int(offset[3] or 0)
    if hours > 14 or minutes > 59:
        return None
    return timezone(timedelta(hours=hours, minutes=minutes) * (-1 if offset[1] == "-" else 1))
