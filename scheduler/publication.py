"""Afterwards: select, render and put in place the feeds that changed, and the lists of them.

What is stale is known to the store, so a kill between a fetch and its publication forgets nothing. A feed is also
rendered anew when its definition, or the code that renders it, is another than the one its files were made with.
"""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import structlog

from feeds.publish import is_published, publish, withdraw
from feeds.render import RENDERER, render_atom, render_rss
from news.errors import NotFound
from news.selection import FEED_SIZE, RULE_REACH, FeedPlan, build_feed, feed_plans, is_selected
from news.types import Article, Configuration, Feed, Publication
from scheduler.writer import Writer
from store.store import Store

log = structlog.get_logger()

FORMATS = {"rss": render_rss, "atom": render_atom}
_GROUPS = (("all", "كل الأخبار"), ("category", "الأبواب"), ("feed", "مختارات"), ("source", "المصادر"))


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

    Raises NotFound when ``only`` names a feed that is not published.
    """
    plans = {plan.id: plan for plan in feed_plans(configuration)}
    for name in only:
        if name not in plans:
            raise NotFound(f"no feed is called {name!r}; there are {', '.join(sorted(plans))}")
    stale = await writer.do(lambda store: store.stale_feeds())
    before = await writer.do(lambda store: store.publications())
    titles = {source.id: source.title for source in configuration.sources}
    digests = {plan.id: _digest(plan, configuration, titles) for plan in plans.values()}
    wanted = [
        plan
        for plan in plans.values()
        if plan.id in only
        or (not only and _needs_rendering(plan, digests[plan.id], before.get(plan.id), stale, public))
    ]
    unwanted = [] if only else sorted(before.keys() - plans.keys())
    if not wanted and not unwanted:
        return None
    changed: list[str] = []
    fresh: list[Publication] = []
    for plan in wanted:
        since = before[plan.id].since if plan.id in before else now
        feed = await writer.do(_builder(plan, configuration, titles, since))
        sizes = []
        for extension, render in FORMATS.items():
            name = f"{plan.id}.{extension}"
            body = await asyncio.to_thread(render, feed, self_url=f"{configuration.site.url}{name}")
            sizes.append(len(body))
            if await asyncio.to_thread(publish, public, name, body):
                changed.append(name)
        fresh.append(_publication(feed, digests[plan.id], since, sum(sizes), before.get(plan.id), changed, now))
    settled = {name: mark for name, mark in stale.items() if name not in plans or name in {p.id for p in wanted}}
    await writer.do(lambda store: store.record_publications(fresh, fresh=settled, withdrawn=unwanted))
    standing = await writer.do(lambda store: store.publications())
    changed += await asyncio.to_thread(_publish_lists, configuration, plans, standing, public)
    await asyncio.to_thread(withdraw, public, _all_names(plans))
    log.info("published", feeds=len(wanted), files_changed=len(changed))
    return Published(rendered=len(wanted), changed=tuple(changed), publications=tuple(standing.values()))


def _needs_rendering(
    plan: FeedPlan, digest: str, before: Publication | None, stale: Collection[str], public: Path
) -> bool:
    # An editor's rule may choose any article, so it is stale whenever anything is.
    is_stale = plan.id in stale or (plan.rule is not None and "all" in stale)
    if is_stale or before is None or before.digest != digest:
        return True
    return not all(is_published(public, f"{plan.id}.{extension}") for extension in FORMATS)


def _digest(plan: FeedPlan, configuration: Configuration, titles: dict[str, str]) -> str:
    definition = repr((plan, configuration.site, sorted(titles.items()), RENDERER))
    return sha256(definition.encode()).hexdigest()[:32]


def _builder(plan: FeedPlan, configuration: Configuration, titles: dict[str, str], since: datetime):  # type: ignore
    def build(store: Store) -> Feed:
        known_titles = {**store.document_titles(), **titles}
        return build_feed(
            plan, _selected(plan, store), site=configuration.site, source_titles=known_titles, since=since
        )

    return build


def _selected(plan: FeedPlan, store: Store) -> tuple[Article, ...]:
    if plan.rule is None:
        return store.newest(FEED_SIZE, category=plan.category, source_id=plan.source_id)
    rule = plan.rule
    return tuple(a for a in store.newest(RULE_REACH) if is_selected(a, rule))[:FEED_SIZE]


def _publication(
    feed: Feed,
    digest: str,
    since: datetime,
    size: int,
    before: Publication | None,
    changed: Iterable[str],
    now: datetime,
) -> Publication:
    files_changed = any(name.rpartition(".")[0] == feed.id for name in changed)
    return Publication(
        feed_id=feed.id,
        title=feed.title,
        digest=digest,
        items=len(feed.items),
        size=size,
        since=since,
        updated=feed.updated,
        published=now if files_changed or before is None else before.published,
    )
