"""Whose turn it is: the rest between two requests to one host group, and what a Retry-After means for all of it."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

import pytest

from feeds.fetch import Fetcher
from feeds.redirects import Hop
from news.types import Failed, Fetched, FetchResult, FetchSettings, HostWait, Postponed, Reason, Validators
from scheduler.loop import until_done
from tests.feeds.fetching import NOW
from tests.feeds.publisher import Publisher, answer, redirect
from tests.feeds.test_guard import ScriptedNames

T = TypeVar("T")

FEED = b"<rss version='2.0'><channel/></rss>"
REST = timedelta(milliseconds=30)
TICK = 0.001  # seconds: the loop's clock counts milliseconds
HOUR = timedelta(hours=1)
GROUP = "riwaq.example"


class Noting(Fetcher):
    """Notes when each request starts, on the loop's clock, and of which host."""

    def __init__(self, chosen: FetchSettings, waits: dict[str, HostWait] | None = None) -> None:
        here = [["127.0.0.1"]]
        names = ScriptedNames(**{"riwaq": here, "feeds.riwaq": here, "difaf": here})
        super().__init__(chosen, version="1", site_url="https://khulasa.example/", names=names, waits=waits)
        self.starts: list[tuple[str, float]] = []

    async def _ask(self, hop: Hop, validators: Validators, now: datetime, seconds: float) -> FetchResult:
        self.starts.append((hop.address.host, asyncio.get_running_loop().time()))
        return await super()._ask(hop, validators, now, seconds)  # type: ignore[return-value]  # no turn of ours leads elsewhere


def with_fetcher(
    life: Callable[[Noting], Awaitable[T]], *, rest: timedelta = REST, waits: dict[str, HostWait] | None = None
) -> tuple[T, Noting]:
    async def whole() -> tuple[T, Noting]:
        chosen = FetchSettings(allow_networks=("127.0.0.0/8",), spacing=rest)
        async with Noting(chosen, waits) as asking:
            return await life(asking), asking

    return until_done(whole())


def at(publisher: Publisher, host: str, path: str = "/feed") -> str:
    """The address of ``path`` under another name of this machine."""
    return publisher.url(path).replace("127.0.0.1", host)


# --- a rest between two requests --------------------------------------------------------------------------------------


def test_the_names_of_one_domain_are_asked_one_by_one_with_a_rest_between(publisher: Publisher) -> None:
    publisher.script("/feed", answer(body=FEED))
    urls = [at(publisher, host) for host in ("riwaq.example", "feeds.riwaq.example") * 2]
    results, asking = with_fetcher(lambda a: asyncio.gather(*(a.fetch(url, now=NOW) for url in urls)))
    assert all(isinstance(result, Fetched) for result in results)
    starts = [moment for _, moment in asking.starts]
    gaps = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert len(gaps) == 3
    assert min(gaps) >= REST.total_seconds() - TICK


def test_a_redirect_within_the_domain_waits_its_turn_too(publisher: Publisher) -> None:
    publisher.script("/old", redirect(at(publisher, "feeds.riwaq.example")))
    publisher.script("/feed", answer(body=FEED))
    _, asking = with_fetcher(lambda a: a.fetch(at(publisher, "riwaq.example", "/old"), now=NOW))
    (_, first), (_, second) = asking.starts
    assert second - first >= REST.total_seconds() - TICK


def test_a_rest_of_one_domain_holds_up_no_other_and_does_not_count_against_a_deadline(publisher: Publisher) -> None:
    publisher.script("/feed", answer(body=FEED))

    async def life(asking: Noting) -> list[FetchResult]:
        await asking.fetch(at(publisher, "riwaq.example"), now=NOW)
        resting = asyncio.create_task(asking.fetch(at(publisher, "riwaq.example"), now=NOW))
        other = await asking.fetch(at(publisher, "difaf.example"), now=NOW)
        assert not resting.done()
        return [other, await resting]

    async def whole() -> tuple[list[FetchResult], list[str]]:
        # One place for all, and a rest longer than the deadline: who rests must hold neither.
        chosen = FetchSettings(
            allow_networks=("127.0.0.0/8",), spacing=timedelta(seconds=3), deadline=timedelta(seconds=2), at_once=1
        )
        async with Noting(chosen) as asking:
            return await life(asking), [host for host, _ in asking.starts]

    results, hosts = until_done(whole())
    assert all(isinstance(result, Fetched) for result in results)
    assert hosts == ["riwaq.example", "difaf.example", "riwaq.example"]


def test_our_own_machines_need_no_rest(publisher: Publisher) -> None:
    url = publisher.script("/feed", answer(body=FEED))
    results, _ = with_fetcher(
        lambda a: asyncio.wait_for(asyncio.gather(*(a.fetch(url, now=NOW) for _ in range(4))), 60), rest=HOUR
    )
    assert all(isinstance(result, Fetched) for result in results)


def test_a_rest_of_nothing_is_none(publisher: Publisher) -> None:
    publisher.script("/feed", answer(body=FEED))
    url = at(publisher, "riwaq.example")
    results, _ = with_fetcher(lambda a: asyncio.gather(*(a.fetch(url, now=NOW) for _ in range(4))), rest=timedelta(0))
    assert all(isinstance(result, Fetched) for result in results)


# --- Retry-After ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
def test_who_says_when_to_come_back_says_it_for_all_its_names(publisher: Publisher, status: int) -> None:
    publisher.script("/busy", answer(status, {"Retry-After": "7200"}))
    publisher.script("/feed", answer(body=FEED))
    waits: dict[str, HostWait] = {}

    async def life(asking: Noting) -> tuple[FetchResult, ...]:
        return (
            await asking.fetch(at(publisher, "riwaq.example", "/busy"), now=NOW),
            await asking.fetch(at(publisher, "feeds.riwaq.example"), now=NOW + HOUR),
            await asking.fetch(at(publisher, "difaf.example"), now=NOW + HOUR),
            await asking.fetch(at(publisher, "feeds.riwaq.example"), now=NOW + 2 * HOUR),
        )

    (busy, early, other, later), _ = with_fetcher(life, waits=waits)
    told = HostWait(
        group=GROUP, until=NOW + 2 * HOUR, why=f"riwaq.example asks to be left alone for 2h (HTTP {status})"
    )
    assert isinstance(busy, Failed)
    assert busy.wait == told
    assert early == Postponed(wait=told)
    assert isinstance(other, Fetched)
    assert isinstance(later, Fetched)
    assert waits == {GROUP: told}
    assert len(publisher.asked("/feed")) == 2


def test_those_already_waiting_for_their_turn_are_not_asked_either(publisher: Publisher) -> None:
    publisher.script("/feed", answer(429, {"Retry-After": "7200"}))
    url = at(publisher, "riwaq.example")

    async def life(asking: Noting) -> list[FetchResult]:
        return await asyncio.gather(*(asking.fetch(url, now=NOW) for _ in range(9)))

    results, asking = with_fetcher(life, rest=timedelta(seconds=1))
    assert sum(isinstance(result, Postponed) for result in results) == 9 - len(asking.starts)
    assert len(asking.starts) <= 2, "as many as may be under way at once"


def test_what_is_remembered_from_before_a_restart_holds(publisher: Publisher) -> None:
    publisher.script("/feed", answer(body=FEED))
    told = HostWait(group=GROUP, until=NOW + HOUR, why="HTTP 429")
    result, asking = with_fetcher(lambda a: a.fetch(at(publisher, GROUP), now=NOW), waits={GROUP: told})
    assert result == Postponed(wait=told)
    assert asking.starts == []


def test_a_redirect_does_not_lead_to_who_wants_to_be_left_alone(publisher: Publisher) -> None:
    publisher.script("/feed", redirect(at(publisher, GROUP, "/there")))
    told = HostWait(group=GROUP, until=NOW + HOUR, why="HTTP 429")
    result, _ = with_fetcher(lambda a: a.fetch(at(publisher, "difaf.example"), now=NOW), waits={GROUP: told})
    assert result == Postponed(wait=told)
    assert publisher.asked("/there") == []


def test_a_source_on_its_own_neither_tells_the_others_nor_is_told(publisher: Publisher) -> None:
    publisher.script("/busy", answer(429, {"Retry-After": "7200"}))
    publisher.script("/feed", answer(body=FEED))
    told = HostWait(group=GROUP, until=NOW + HOUR, why="HTTP 429")
    waits = {GROUP: told}

    async def life(asking: Noting) -> tuple[FetchResult, FetchResult]:
        refused = await asking.fetch(at(publisher, GROUP, "/busy"), now=NOW, alone=True)
        return refused, await asking.fetch(at(publisher, GROUP), now=NOW, alone=True)

    (refused, good), _ = with_fetcher(life, waits=waits)
    assert isinstance(refused, Failed)
    assert (refused.wait, refused.advice.retry_after) == (None, 2 * HOUR)
    assert isinstance(good, Fetched)
    assert waits == {GROUP: told}


@pytest.mark.parametrize(
    ("status", "headers"),
    [(429, {}), (503, {}), (429, {"Retry-After": "0"}), (429, {"Retry-After": "soon"}), (500, {"Retry-After": "60"})],
)
def test_without_a_time_or_for_another_fault_only_the_one_waits(
    publisher: Publisher, status: int, headers: dict[str, str]
) -> None:
    publisher.script("/busy", answer(status, headers))
    result, _ = with_fetcher(lambda a: a.fetch(at(publisher, GROUP, "/busy"), now=NOW))
    assert isinstance(result, Failed)
    assert result.wait is None


def test_nobody_is_left_alone_for_more_than_a_day_or_for_less_than_was_once_asked(publisher: Publisher) -> None:
    publisher.script("/long", answer(503, {"Retry-After": "99999999"}))
    publisher.script("/short", answer(503, {"Retry-After": "60"}))
    waits: dict[str, HostWait] = {}

    async def life(asking: Noting) -> list[FetchResult]:
        # Both are under way when the answers come.
        paths = ("/long", "/short")
        return await asyncio.gather(*(asking.fetch(at(publisher, GROUP, path), now=NOW) for path in paths))

    with_fetcher(life, rest=timedelta(0), waits=waits)
    assert waits[GROUP].until == NOW + timedelta(hours=24)


def test_a_refusal_of_one_of_our_own_machines_concerns_its_source_only(publisher: Publisher) -> None:
    url = publisher.script("/busy", answer(429, {"Retry-After": "7200"}))
    result, _ = with_fetcher(lambda a: a.fetch(url, now=NOW))
    assert isinstance(result, Failed)
    assert (result.reason, result.wait) == (Reason.RATE_LIMITED, None)


def test_the_usual_rest_is_a_second() -> None:
    assert FetchSettings().spacing == timedelta(seconds=1)
