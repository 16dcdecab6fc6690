"""Afterwards: select, render and put in place the feeds that changed, and the lists of them.

What is stale is known to the store, so a kill between a fetch and its publication forgets nothing. A feed is also
rendered anew when its definition, or the code that renders it, is another than the one its files were made with.
"""

import asyncio
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import structlog

from feeds.feed_page import render_page
from feeds.index_page import group_of, render_index
from feeds.opml import Outline, render_opml
from feeds.page import style_sheet
from feeds.publish import publish_together, withdraw
from feeds.render import render_atom, render_rss
from feeds.render_json import render_json
from news.errors import NotFound, StoreError
from news.selection import FEED_SIZE, RULE_REACH, FeedPlan, build_feed, feed_plans, is_selected, stories_feed
from news.types import Article, Configuration, Feed, FeedRule, Publication
from scheduler.writer import Writer
from store.store import Store

log = structlog.get_logger()

FORMATS = {"rss": render_rss, "atom": render_atom, "json": render_json, "html": render_page}
LISTS = ("index.html", "style.css", "feeds.opml")

# A changed rendering must reach the feeds that do not change: the code is part of what a file is made from.
_RENDERED_BY = {
    "news": ("selection.py",),
    "feeds": ("render.py", "render_json.py", "feed_page.py", "page.py", "shown.py", "outgoing.py"),
}
_RENDERING = sha256(
    b"".join((files(room) / name).read_bytes() for room, names in _RENDERED_BY.items() for name in names)
    + version("feedgen").encode()
).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What one round of publishing did."""

    rendered: int
    changed: tuple[str, ...]  # names of the files whose bytes changed
    publications: tuple[Publication, ...]  # everything that now stands in public/


async def publish_changes(
    configuration: Configuration, writer: Writer, public: Path, *, now: datetime, only: Collection[str] = ()
) -> Published | None:
    """Bring ``public`` up to date; None when it was. ``only`` names feeds to render whatever their state.

    Raises NotFound when ``only`` names a feed that is not published, OSError where the file system refuses, and, when
    all others stand, an ExceptionGroup of the faults that kept a feed from being rendered.
    """
    stale = await writer.do(lambda store: store.publications.stale())
    before = await writer.do(lambda store: store.publications.all())
    countries = await writer.do(lambda store: store.publications.countries())
    plans = {plan.id: plan for plan in feed_plans(configuration, countries=countries, standing=before)}
    for name in only:
        if name not in plans:
            raise NotFound(f"no feed is called {name!r}; there are {', '.join(sorted(plans))}")
    titles = {source.id: source.title for source in configuration.sources}
    common = sha256(repr((configuration.site, sorted(titles.items()), _RENDERING)).encode()).hexdigest()
    there = frozenset(f"{folder}/{name}" for folder, _, names in os.walk(public) for name in names)
    this = _Round(
        configuration=configuration,
        titles=titles,
        common=common,
        writer=writer,
        public=public,
        there=there,
        now=now,
    )
    wanted = [
        plan
        for plan in plans.values()
        if plan.id in only or (not only and this.needs_rendering(plan, before.get(plan.id), stale))
    ]
    unwanted = [] if only else sorted(before.keys() - plans.keys())
    lists_missing = not all(f"{public}/{name}" in there for name in LISTS)
    if not wanted and not unwanted and not lists_missing:
        return None
    chosen = await _chosen({plan.id: plan.rule for plan in wanted if plan.rule is not None}, writer)
    fresh: dict[str, Publication] = {}
    changed: list[str] = []
    faults: list[Exception] = []
    for plan in wanted:
        try:
            fresh[plan.id], names = await this.publish_feed(plan, before.get(plan.id), chosen.get(plan.id))
        except (OSError, StoreError):  # a full disk or a missing right: the next feed would fare no better
            raise
        except Exception as fault:  # a feed that cannot be rendered does not hold up the others; it stays stale
            fault.add_note(f"while publishing {plan.id}")
            faults.append(fault)
        else:
            changed += names
    standing = {**before, **fresh}
    ordered = tuple(standing[name] for name in plans if name in standing)
    changed += await asyncio.to_thread(_publish_lists, configuration, ordered, public)
    await asyncio.to_thread(withdraw, public, [*LISTS, *(f"{name}.{ending}" for name in plans for ending in FORMATS)])
    # Last of all, so that a round that is killed on the way is done again. Only a whole round settles anything: the
    # mark of `all` stands for the editor's feeds too.
    settled = {} if only or faults else {name: n for name, n in stale.items() if name in fresh or name not in plans}
    await writer.do(lambda store: store.publications.record(fresh.values(), fresh=settled, withdrawn=unwanted))
    log.info("published", feeds=len(fresh), files_changed=len(changed))
    if faults:
        raise ExceptionGroup(f"{len(faults)} feeds could not be rendered", faults)
    return Published(rendered=len(fresh), changed=tuple(changed), publications=ordered)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """What is the same for every feed of one round of publishing."""

    configuration: Configuration
    titles: dict[str, str]  # of the configured sources
    common: str  # a digest of what all files are made with
    writer: Writer
    public: Path
    there: frozenset[str]  # paths of the files that stand in it: looked at once, not each for itself with every tick
    now: datetime

    def needs_rendering(self, plan: FeedPlan, before: Publication | None, stale: Collection[str]) -> bool:
        # An editor's rule may choose any article, so it is stale whenever anything is.
        is_stale = plan.id in stale or (plan.rule is not None and "all" in stale)
        if is_stale or before is None or before.digest != self._digest(plan):
            return True
        return not all(f"{self.public}/{plan.id}.{ending}" in self.there for ending in FORMATS)

    async def publish_feed(
        self, plan: FeedPlan, before: Publication | None, chosen: Collection[Article] | None
    ) -> tuple[Publication, tuple[str, ...]]:
        """Select, render and put in place one feed. Returns the names of the files whose bytes changed.

        ``chosen`` are the articles of an editor's feed; those of all others are asked of the store.
        """
        since = before.since if before is not None else self.now
        feed = await self.writer.do(lambda store: self._select(plan, store, since, chosen))
        size, changed = await asyncio.to_thread(_publish_formats, feed, self.public)
        publication = Publication(
            feed_id=feed.id,
            title=feed.title,
            digest=self._digest(plan),
            items=len(feed.items),
            size=size,
            since=since,
            updated=feed.updated,
            published=before.published if before is not None and not changed else self.now,
        )
        return publication, changed

    def _select(self, plan: FeedPlan, store: Store, since: datetime, chosen: Collection[Article] | None) -> Feed:
        titles = {**store.document_titles(), **self.titles}
        if plan.stories:
            told = store.stories.newest(FEED_SIZE, category=plan.category)
            return stories_feed(plan, told, site=self.configuration.site, source_titles=titles, since=since)
        if chosen is None:
            chosen = store.newest(FEED_SIZE, category=plan.category, country=plan.country, source_id=plan.source_id)
        return build_feed(plan, chosen, site=self.configuration.site, source_titles=titles, since=since)

    def _digest(self, plan: FeedPlan) -> str:
        return sha256(f"{plan!r} {self.common}".encode()).hexdigest()[:32]


async def _chosen(rules: Mapping[str, FeedRule], writer: Writer) -> dict[str, list[Article]]:
    """What the editor's rules choose among the newest articles, newest first, by the ids of their feeds."""
    if not rules:
        return {}
    newest = await writer.do(lambda store: store.newest(RULE_REACH))
    return await asyncio.to_thread(_choose, rules, newest)


def _choose(rules: Mapping[str, FeedRule], newest: Iterable[Article]) -> dict[str, list[Article]]:
    chosen: dict[str, list[Article]] = {name: [] for name in rules}
    for article in newest:  # once, under all rules: its words are looked up in what news/rules.py has just taken apart
        for name, rule in rules.items():
            if len(chosen[name]) < FEED_SIZE and is_selected(article, rule):
                chosen[name].append(article)
    return chosen


def _publish_formats(feed: Feed, public: Path) -> tuple[int, tuple[str, ...]]:
    """The size of all files of a feed, in bytes, and the names of those that changed."""
    bodies = {f"{feed.id}.{ending}": render(feed) for ending, render in FORMATS.items()}
    return sum(map(len, bodies.values())), publish_together(public, bodies)


def _publish_lists(configuration: Configuration, standing: tuple[Publication, ...], public: Path) -> tuple[str, ...]:
    """The page, its style and the OPML over everything that stands in public/."""
    site = configuration.site
    outlines = (
        Outline(
            title=p.title,
            rss_url=f"{site.url}{p.feed_id}.rss",
            html_url=f"{site.url}{p.feed_id}.html",
            group=group_of(p.feed_id),
        )
        for p in standing
    )
    bodies = {
        "index.html": render_index(site, standing),
        "style.css": style_sheet(),
        "feeds.opml": render_opml(site.title, outlines),
    }
    return publish_together(public, bodies)
