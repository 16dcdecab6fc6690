"""The hours and days in which an RSS document wants no visit (RSS 2.0: skipHours, skipDays, in GMT).

Reads the text itself, for feedparser does not: plain patterns, outside the items.
"""

import re

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOUR = re.compile(r"<hour>\s{0,20}([0-9]{1,2})\s{0,20}</hour>")
_DAY = re.compile(r"<day>\s{0,20}([A-Za-z]{6,9})\s{0,20}</day>")
_MOST = 4_000  # characters between the start tag and the end tag


def skip_hours(text: str) -> tuple[int, ...]:
    """Hours of the day, 0 to 23; the 24 of older specifications is midnight."""
    hours = {int(hour) for hour in _HOUR.findall(_inside(text, "skipHours"))}
    return tuple(sorted({hour % 24 for hour in hours if hour <= 24}))


def skip_days(text: str) -> tuple[int, ...]:
    """Days of the week, Monday 0."""
    days = {day.lower() for day in _DAY.findall(_inside(text, "skipDays"))}
    return tuple(number for number, day in enumerate(_DAYS) if day in days)


def _inside(text: str, name: str) -> str:
    """What stands in the first element of that name before the first item, or after the last."""
    items, after = text.find("<item"), text.rfind("</item>")
    for part_begins, part_ends in ((0, items if items >= 0 else len(text)), (max(after, 0), len(text))):
        begins = text.find(f"<{name}>", part_begins, part_ends)
        if begins >= 0:
            ends = text.find(f"</{name}>", begins, begins + _MOST)
            return text[begins:ends] if ends >= 0 else ""
    return ""
