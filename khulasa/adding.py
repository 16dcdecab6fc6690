"""``khulasa add``: from an address to a source in ``sources.yml``; discover, try, append."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feeds.address import check_url, mask
from feeds.discover import candidate_addresses, feed_links, looks_like_html
from feeds.fetch import Fetcher
from feeds.parse import parse
from feeds.sources import parse_sources
from feeds.sources_edit import append_source, propose_id, write_sources
from feeds.sources_values import LONGEST_LINE
from khulasa.logs import one_line
from news.errors import KhulasaError
from news.types import Configuration, Document, Failed, Fetched, Source, Unreadable
from scheduler.daemon import schedule_mistake

TRIES = 8  # addresses asked in one discovery: a page names a few feeds, a guess is rude beyond a few


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed that was tried and can be read."""

    url: str
    document: Document


async def discover(url: str, fetcher: Fetcher, *, now: datetime) -> Found:
    """The feed at ``url``, or the best one that the page there leads to. Raises KhulasaError saying what was tried."""
    tried: list[str] = []
    result = await fetcher.fetch(url, now=now)
    if isinstance(result, Failed):
        raise KhulasaError(f"{mask(url)}: {result.message} ({result.reason})")
    if not isinstance(result, Fetched):
        raise KhulasaError(f"{mask(url)}: gave no document")
    found = _readable(result, now)
    if isinstance(found, Document):
        return Found(url=result.moved_to or url, document=found)
    tried.append(f"{mask(url)}: {found.message}")
    links = [link.url for link in feed_links(result.body, result.url)] if looks_like_html(result.body) else []
    for address in tuple(dict.fromkeys((*links, *candidate_addresses(result.url))))[:TRIES]:
        attempt = await fetcher.fetch(address, now=now)
        match attempt:
            case Fetched():
                document = _readable(attempt, now)
                if isinstance(document, Document):
                    return Found(url=attempt.moved_to or address, document=document)
                tried.append(f"{mask(address)}: {document.message}")
            case Failed():
                tried.append(f"{mask(address)}: {attempt.message} ({attempt.reason})")
            case _:
                tried.append(f"{mask(address)}: gave no document")
    raise KhulasaError("no feed was found there:\n" + "\n".join(f"  {one_line(line)}" for line in tried))


def _readable(fetched: Fetched, now: datetime) -> Document | Unreadable:
    return parse(fetched.body, url=fetched.url, headers=fetched.headers, zone=None, now=now)


def title_of(document: Document) -> str | None:
    """What a feed calls itself, fit for one line of ``sources.yml``; None where nothing is left of it."""
    return (document.title or "")[:LONGEST_LINE].strip() or None


def new_source(url: str, configuration: Configuration, *, title: str | None) -> Source:
    """A source for ``url`` with an id of its own. Raises KhulasaError when the address is unfit or already there."""
    checked = check_url(url)
    if isinstance(checked, Failed):
        raise KhulasaError(f"{mask(url)}: {checked.message}")
    for source in configuration.sources:
        if check_url(source.url) == checked:
            raise KhulasaError(f"{mask(url)} is there already, as {source.id!r} ({source.title})")
    name = propose_id(url, {source.id for source in configuration.sources})
    return Source(id=name, title=title or name, url=url)


def append(path: Path, source: Source) -> None:
    """Write ``source`` into the file, comments and all else kept. Raises KhulasaError, and leaves the file as it was,
    where it would not read well afterwards.
    """
    text = append_source(path.read_bytes().decode("utf-8"), source)
    without_mark = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    parse_sources(without_mark, name=str(path), check_schedule=schedule_mistake)
    write_sources(path, text)
