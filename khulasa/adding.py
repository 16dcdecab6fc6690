"""``khulasa add``: from an address to a source in ``sources.yml``; discover, try, append."""

from codecs import BOM_UTF8
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feeds.address import check_url, mask
from feeds.discover import candidate_addresses, feed_links, looks_like_html
from feeds.fetch import Fetcher
from feeds.parse import parse
from feeds.sources import parse_page
from feeds.sources_edit import append_sources, propose_id, write_whole
from feeds.sources_tree import Page
from feeds.sources_values import LONGEST_LINE
from feeds.sources_yaml import MAX_SIZE, read_text, read_yaml
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
    """Write ``source`` into the file. Raises as ``write`` does."""
    write(path, read_yaml(read_text(path)), (source,))


def standing(path: Path) -> tuple[Page, Configuration]:
    """The file as it is, and what it says. Raises ConfigurationError."""
    page = read_yaml(read_text(path))
    return page, parse_page(page, name=str(path), check_schedule=schedule_mistake)


def write(path: Path, page: Page, sources: tuple[Source, ...]) -> None:
    """Append ``sources`` to the file, which was read as ``page``, in one edit; comments and all else stay.

    Raises KhulasaError where the file would not read well afterwards, or was changed meanwhile: it stays as it is then.
    """
    added = append_sources(page, sources)
    parse_page(added, name=str(path), check_schedule=schedule_mistake)
    body = path.read_bytes()
    if body.removeprefix(BOM_UTF8) != page.text.encode():
        raise KhulasaError(f"{path} was changed meanwhile: nothing was written to it, say it again")
    if len(added.text.encode()) > MAX_SIZE:
        raise KhulasaError(f"{path} would be larger than {MAX_SIZE // 1_000_000} MB: nothing was written to it")
    mark = "\N{ZERO WIDTH NO-BREAK SPACE}" if body.startswith(BOM_UTF8) else ""
    write_whole(path, mark + added.text)
