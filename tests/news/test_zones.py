"""Which clock a source means."""

from datetime import datetime, timedelta

import pytest

from news.types import Source
from news.zones import zone_of
from tests.news.cases import Case, cases


@pytest.mark.parametrize("case", cases("zones"), ids=lambda case: f"{case['timezone']} {case['country']}")
def test_zones_as_in_the_table(case: Case) -> None:
    written = {name: None if case[name] == "-" else case[name] for name in ("timezone", "country")}
    zone = zone_of(Source(id="rawaq", title="الرواق", url="https://rawaq.example/", **written))  # type: ignore[arg-type]  # any of its fields
    assert (zone.key if zone else "-") == case["zone"]


@pytest.mark.parametrize("case", cases("clocks"), ids=lambda case: f"{case['country']} {case['moment']}")
def test_clocks_of_countries_in_winter_and_summer(case: Case) -> None:
    zone = zone_of(Source(id="rawaq", title="الرواق", url="https://rawaq.example/", country=case["country"]))
    assert zone is not None
    assert datetime.fromisoformat(case["moment"]).astimezone(zone).utcoffset() == timedelta(hours=int(case["hours"]))
