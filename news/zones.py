"""Which clock a source means when a date of its names no zone."""

from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from news.types import Source

# Countries whose zones the table lists from east to west or by islands: the zone in which most people live.
_MOST_PEOPLE = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
}


def zone_of(source: Source) -> ZoneInfo | None:
    """The source's own timezone, else the one in which most people of its country live; None without either."""
    if source.timezone is not None:
        return ZoneInfo(source.timezone)
    name = _first_zones().get(source.country or "")
    return None if name is None else ZoneInfo(name)


@cache
def _first_zones() -> dict[str, str]:
    """Country code → zone name. The table lists the most populous zone of every other country first."""
    zones = dict(_MOST_PEOPLE)
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="ascii")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            zones.setdefault(country, name)
    return zones
