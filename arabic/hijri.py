"""Hijri to Gregorian by the calendar of Umm al-Qura. Knows nothing of how dates are written."""

from datetime import date

from hijridate import Hijri

FIRST_YEAR, LAST_YEAR = 1343, 1500  # of the tables of Umm al-Qura: 1924 to 2077


def gregorian_of(year: int, month: int, day: int) -> date | None:
    """None for a day that the calendar does not have, and for years that its tables do not cover."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        converted = Hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError):
        return None
    return date(converted.year, converted.month, converted.day)
