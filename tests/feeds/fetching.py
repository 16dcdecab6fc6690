"""One fetch from a test: its moment, its settings (this machine allowed, a short deadline), its event loop."""

from datetime import UTC, datetime, timedelta

from aiohttp.abc import AbstractResolver

from feeds.fetch import Fetcher
from news.types import FetchResult, FetchSettings, Validators
from scheduler.loop import until_done

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def settings(
    *,
    allow_networks: tuple[str, ...] = ("127.0.0.0/8",),
    seconds: float = 5,
    max_body: int = 10 * 1024 * 1024,
    at_once: int = 32,
    at_once_per_host: int = 2,
) -> FetchSettings:
    return FetchSettings(
        contact="ops@khulasa.example",
        allow_networks=allow_networks,
        deadline=timedelta(seconds=seconds),
        max_body=max_body,
        at_once=at_once,
        at_once_per_host=at_once_per_host,
    )


def fetcher(chosen: FetchSettings | None = None, *, names: AbstractResolver | None = None) -> Fetcher:
    return Fetcher(chosen or settings(), version="1.2", site_url="https://khulasa.example/", names=names)


def fetch(
    url: str,
    chosen: FetchSettings | None = None,
    *,
    validators: Validators | None = None,
    names: AbstractResolver | None = None,
) -> FetchResult:
    async def ask() -> FetchResult:
        async with fetcher(chosen, names=names) as asking:
            return await asking.fetch(url, validators or Validators(), now=NOW)

    return until_done(ask())
