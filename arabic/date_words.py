"""The words of dates: months, weekdays, parts of the day, units of time, zones, as the tables beside this list them.

Knows words only, by their folded spelling, with and without the article; what stands where is ``arabic.dates``.
"""

import re
from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from arabic.fold import fold

_ARTICLE = "ال"
_ARTICLES_VARY = ("month", "weekday", "day_part")
_HOURS = re.compile(r"(\d+)-(\d+)")
_SIGNED = re.compile(r"-?\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a word says. ``kind`` is a row's kind in ``date_words.tsv``, or month, day_part or zone."""

    kind: str
    calendar: str = ""  # of a month: gregorian or hijri
    value: int = 0
    zone: tzinfo | None = None
    hours: tuple[
        int | None, ...
    ] = ()  # of a part of the day: written hour 0 … 23 → hour of the day, None: said of none


@cache
def words() -> dict[str, Word]:
    """Folded word or words → what they say. A word that would say two things is a mistake in the tables: ValueError."""
    found: dict[str, Word] = {}
    for spellings, word in _rows():
        for spelling in spellings.split("|"):
            folded = fold(spelling)
            for variant in _without_articles(folded) if word.kind in _ARTICLES_VARY else (folded,):
                if found.setdefault(variant, word) != word:
                    raise ValueError(f"{variant} is {found[variant]} and {word}")
    return found


@cache
def longest() -> int:
    """How many words the longest spelling has."""
    return max(spelling.count(" ") + 1 for spelling in words())


def _without_articles(spelling: str) -> set[str]:
    """The spelling with and without each of its articles: كانون الثاني, كانون ثاني."""
    found = {""}
    for part in spelling.split(" "):
        bare = part[len(_ARTICLE) :] if part.startswith(_ARTICLE) and len(part) > len(_ARTICLE) + 2 else part
        found = {f"{before} {after}".strip() for before in found for after in (part, bare)}
    return found


def _rows() -> list[tuple[str, Word]]:
    rows = [
        (names, Word(kind="month", calendar=calendar, value=int(month)))
        for calendar, month, _, names in _table("month_names")
    ]
    for kind, value, spellings, _ in _table("date_words"):
        number = int(value) if _SIGNED.fullmatch(value) else 0
        rows.append((spellings, Word(kind=kind, calendar=value if kind == "era" else "", value=number)))
    for spellings, same, later, twelve, _ in _table("day_parts"):
        rows.append((spellings, Word(kind="day_part", hours=_hours(same, later, twelve))))
    for spellings, zone, _ in _table("zone_words"):
        named = timezone(timedelta(hours=int(zone))) if _SIGNED.fullmatch(zone) else ZoneInfo(zone)
        rows.append((spellings, Word(kind="zone", zone=named)))
    return rows


def _hours(same: str, later: str, twelve: str) -> tuple[int | None, ...]:
    meant: list[int | None] = [None] * 24
    for cell, added in ((same, 0), (later, 12)):
        for first, last in _HOURS.findall(cell):
            for hour in range(int(first), int(last) + 1):
                meant[hour] = hour + added
    meant[12] = int(twelve) if twelve != "-" else None
    return tuple(meant)


def _table(name: str) -> list[list[str]]:
    lines = files("arabic").joinpath(f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]
