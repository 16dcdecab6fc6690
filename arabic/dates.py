"""Reads a date as people write it: Arabic above all, French and English too; Gregorian and Hijri; relative to now.

Knows nothing of feeds. Refuses to guess: what has no year, two meanings, or a word that is none of a date's is None.
``arabic.date_tokens`` cuts a string into tokens, each token has one letter of a code, and the forms are patterns over
that code.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from arabic.date_tokens import Token, tokens_of
from arabic.date_words import words
from arabic.hijri import gregorian_of

MAX_TEXT = 100  # characters; longer is no date
CALENDARS_AGREE = timedelta(days=2)  # the moon is seen on different evenings
_GREGORIAN_YEARS = range(1583, 3000)  # the calendar is of October 1582
# A number without «هـ» is Hijri from 1411 (1990) on: lower ones are also years of Iran's solar calendar (2026 is 1405).
_BARE_HIJRI_YEARS = range(1411, 1501)

# An Arabic letter or digit: the order of its numbers is day, month, year (CLDR, all Arabic locales).
_ARABIC = re.compile("[\u0621-\u064a\u0660-\u0669\u06f0-\u06f9]")

_TIME = re.compile(
    r"(?:c[,:]?)?(?P<before>p|(?<!n)a)?(?P<hour>n):(?P<minute>n)(?::(?P<second>n)(?:\.n(?![mn/\-.,]))?)?,?(?P<after>[pa])?"
    r"|c[,:]?(?P<hour2>n)(?:\.(?P<minute2>n))?,?(?P<after2>[pa])?"
    r"|(?<![/\-.])(?P<hour3>n)\.(?P<minute3>n)(?P<after3>[pa])"
    r"|(?<![/\-.m])(?P<hour4>n)(?P<after4>p)"
)
_GAP = r"[/\-.,()]*"
_DATE = re.compile(
    rf"(?P<first>[no]){_GAP}(?P<names>m(?:{_GAP}m)?){_GAP}(?P<last>n)[()]*(?P<era>[ea])?"
    rf"|(?P<names2>m(?:{_GAP}m)?){_GAP}(?P<first2>n){_GAP}(?P<last2>n)[()]*(?P<era2>[ea])?"
    r"|(?P<one>n)(?P<sign>[/\-.])(?P<two>n)(?P=sign)(?P<three>n)[()]*(?P<era3>[ea])?"
)
_SOFT = re.compile(r"[/\-.,()zy]*")
_AGO = re.compile(r"r(?:(?:[nk]?u|[nk]v|d)k?,?)+|x")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDate:
    """A moment on the clock of ``zone``, or on the reader's where the text names no zone."""

    at: datetime  # naive
    zone: tzinfo | None = None
    calendars_differ: bool = False  # the Hijri date beside it is more than two days away


def read(text: str, *, now: datetime, day_first: bool | None = None) -> WrittenDate | None:
    """What ``text`` says, all of it; None where it says no date, or not for certain which.

    ``now`` is aware, on the reader's clock: today and yesterday are its days. ``day_first`` tells what is known of the
    place of the day in 07/11/2026; unknown, only a weekday, a second calendar or Arabic writing beside it tells.
    """
    if len(text) > MAX_TEXT:
        return None
    tokens = tokens_of(text)
    if not tokens:
        return None
    zones = {token.said.zone for token in tokens if token.code == "z"}
    if len(zones) > 1:
        return None
    zone = next(iter(zones), None)
    code = "".join(token.code for token in tokens)
    if "r" in code or "x" in code:
        return _ago(tokens, now)
    times = [match for match in _TIME.finditer(code) if _time_of(match, tokens) is not None]
    if len(times) > 1:
        return None
    clock = time()
    if times:
        start, end = times[0].span()
        clock = _time_of(times[0], tokens) or clock
        if _has_meem_of_either(times[0], code, clock):
            return None
        tokens[start:end] = [Token(",")]
    else:
        tokens = [token for token in tokens if token.code != "p"]
    if day_first is None and _ARABIC.search(text):
        day_first = True
    found = _day(tokens, now.astimezone(zone or now.tzinfo).date(), day_first)
    if found is None:
        return None
    day, calendars_differ = found
    return WrittenDate(at=datetime.combine(day, clock), zone=zone, calendars_differ=calendars_differ)


def is_relative(text: str) -> bool:
    """Does ``text`` say another moment each time it is read: «منذ 5 دقائق», «أمس»?"""
    if len(text) > MAX_TEXT or (text.isascii() and not any(word in text.lower() for word in _ascii_words_of_now())):
        return False
    code = "".join(token.code for token in tokens_of(text))
    return "r" in code or "x" in code or ("y" in code and not _DATE.search(code))  # «اليوم السبت 7/11/2026» is one day


@lru_cache(1)
def _ascii_words_of_now() -> tuple[str, ...]:
    return tuple(word for word, said in words().items() if word.isascii() and said.kind in ("since", "now", "days_ago"))


# --- the time of the day ------------------------------------------------------------------------------------------


def _time_of(match: re.Match[str], tokens: list[Token]) -> time | None:
    """None for numbers that are no time, and for one that its part of the day contradicts."""

    def token(*names: str) -> Token | None:
        return next((tokens[match.start(name)] for name in names if match[name]), None)

    hour_token, minute, second = (
        token("hour", "hour2", "hour3", "hour4"),
        token("minute", "minute2", "minute3"),
        token("second"),
    )
    parts = [part for part in (token("before"), token("after", "after2", "after3", "after4")) if part is not None]
    if hour_token is None or len(hour_token.digits) > 2 or len(parts) > 1:
        return None
    if minute is not None and len(minute.digits) != 2:
        return None
    hour: int | None = hour_token.number
    if parts and hour is not None:
        hours = words()["مساء"].hours if parts[0].code == "a" else parts[0].said.hours
        hour = hours[hour] if hour < 24 else None
    if hour is None or hour > 23 or (minute and minute.number > 59) or (second and second.number > 60):
        return None
    return time(hour, minute.number if minute else 0, min(second.number, 59) if second else 0)


def _has_meem_of_either(match: re.Match[str], code: str, clock: time) -> bool:
    """Whether «م» stands between numbers and a time and may belong to either: 25/6/2012 م 1:34."""
    alone = match["before"] is None and match["after"] is None
    return alone and code[: match.start()].endswith("na") and "m" not in code and 1 <= clock.hour <= 12


# --- the day ------------------------------------------------------------------------------------------------------


def _day(tokens: list[Token], today: date, day_first: bool | None) -> tuple[date, bool] | None:
    """The day, and whether a Hijri date beside it is of another."""
    weekdays = {token.said.value for token in tokens if token.code == "w"}
    if len(weekdays) > 1:
        return None
    weekday = next(iter(weekdays), None)
    tokens = [Token(",") if token.code == "w" else token for token in tokens if token.said != words()["يوم"]]
    code = "".join(token.code for token in tokens)
    matches = list(_DATE.finditer(code))
    if not _SOFT.fullmatch(_DATE.sub("", code)):
        return None
    if not matches:
        days_ago = [token.said.value for token in tokens if token.code == "y"]
        day = today - timedelta(days=days_ago[0]) if len(days_ago) == 1 else None
        return None if day is None or (weekday is not None and day.weekday() != weekday) else (day, False)
    found: dict[str, list[date]] = {}  # calendar → days; of two, 07/11/2026, the one with the day first is the first
    for match in matches:
        calendar, days = _named(match, tokens) if match["one"] is None else _numbered(match, tokens)
        before = found.get(calendar, days)
        if before != days and len(before) == len(days):  # 01/02/2026 - 02/01/2026 is a span
            return None
        found[calendar] = [day for day in days if day in before]
    if not all(found.values()):
        return None
    hijri = found.get("hijri", [])
    if "gregorian" not in found:
        return (_as_seen(hijri[0], weekday), False)
    chosen = _chosen(found["gregorian"], weekday, hijri, day_first)
    # «الأحد الأول من نوفمبر» is a Sunday, and not always the first of November.
    if chosen is None or ("o" in code and weekday is not None and chosen.weekday() != weekday):
        return None
    return (chosen, any(abs(chosen - day) > CALENDARS_AGREE for day in hijri))


def _named(match: re.Match[str], tokens: list[Token]) -> tuple[str, list[date]]:
    """A date whose month has a name, or two for one: 7 أيلول/سبتمبر 2026."""
    form = "" if match["names"] else "2"
    start, end = match.span(f"names{form}")
    months = {(token.said.calendar, token.said.value) for token in tokens[start:end] if token.code == "m"}
    (calendar, month), *others = months
    day, year = tokens[match.start(f"first{form}")], tokens[match.start(f"last{form}")]
    era = _era(match, f"era{form}", tokens)
    if not form and len(day.digits) == 4 and era is None:
        day, year = year, day
    if others or len(day.digits) > 2 or len(year.digits) != 4 or era not in (None, calendar):
        return (calendar, [])
    return (calendar, _existing(calendar, year.number, month, day.number))


def _numbered(match: re.Match[str], tokens: list[Token]) -> tuple[str, list[date]]:
    """A date of three numbers. Hijri dates are never written with the month first."""
    one, two, three = (tokens[match.start(name)] for name in ("one", "two", "three"))
    lengths = [len(token.digits) for token in (one, two, three)]
    if lengths[1] > 2 or sorted((lengths[0], lengths[2])) not in ([1, 4], [2, 4]):
        return ("gregorian", [])
    year = one.number if lengths[0] == 4 else three.number
    era = _era(match, "era3", tokens)
    calendar = era or ("hijri" if year in _BARE_HIJRI_YEARS else "gregorian")
    if lengths[0] == 4:
        return (calendar, _existing(calendar, year, two.number, three.number))
    days = _existing(calendar, year, two.number, one.number)
    if calendar == "gregorian" and one.number != two.number:
        days += _existing(calendar, year, one.number, two.number)
    return (calendar, days)


def _era(match: re.Match[str], name: str, tokens: list[Token]) -> str | None:
    if not match[name]:
        return None
    return tokens[match.start(name)].said.calendar or "gregorian"  # «م»


def _existing(calendar: str, year: int, month: int, day: int) -> list[date]:
    """The day in a list, or none where the calendar has no such day."""
    if calendar == "hijri":
        converted = gregorian_of(year, month, day)
        return [] if converted is None else [converted]
    try:
        return [date(year, month, day)] if year in _GREGORIAN_YEARS else []
    except ValueError:
        return []


def _chosen(days: list[date], weekday: int | None, hijri: list[date], day_first: bool | None) -> date | None:
    """The one that is meant of the two days that 07/11/2026 may be, by what stands beside it."""
    if len(days) > 1 and weekday is not None:
        days = [day for day in days if day.weekday() == weekday] or days
    if len(days) > 1 and hijri:
        days = [day for day in days if all(abs(day - other) <= CALENDARS_AGREE for other in hijri)] or days
    if len(days) > 1:
        return None if day_first is None else days[0 if day_first else 1]
    return days[0]


def _as_seen(day: date, weekday: int | None) -> date:
    """A Hijri day by the moon of where it was written: the weekday beside it says whether that was a day off."""
    near = [day + timedelta(days=shift) for shift in (0, 1, -1)]
    return next((other for other in near if other.weekday() == weekday), day)


# --- relative to now ----------------------------------------------------------------------------------------------


def _ago(tokens: list[Token], now: datetime) -> WrittenDate | None:
    while tokens and tokens[0].code in ",.()":
        tokens = tokens[1:]
    while tokens and tokens[-1].code in ",.()":
        tokens = tokens[:-1]
    if not _AGO.fullmatch("".join(token.code for token in tokens)):
        return None
    passed, count = 0, 1
    for token in tokens:
        if token.code in "nk":
            if len(token.digits) > 4:
                return None
            count = token.number
        elif token.code in "uvd":
            passed += token.number * count
            count = 1
    return WrittenDate(at=now.astimezone(UTC).replace(tzinfo=None) - timedelta(seconds=passed), zone=UTC)
