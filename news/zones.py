"""Which clock a source means when a date of its names no zone."""

from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from news.types import Source


def zone_of(source: Source) -> ZoneInfo | None:
    """The source's own timezone, else that of its country's first city in the zone tables; None without either."""
    if source.timezone is not None:
        return ZoneInfo(source.timezone)
    name = _first_zones().get(source.country or "")
    return None if name is None else ZoneInfo(name)


@cache
def _first_zones() -> dict[str, str]:
    """Country code → zone name. The table lists a country's most populous zone first."""
    zones: dict[str, str] = {}
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="ascii")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            zones.setdefault(country, name)
    return zones
