"""Which articles stand in which feed, and how an article looks as an Item. Pure.

Knows no file format and no file: a Feed goes on to feeds/render.py.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from arabic.fold import Folded, fold
from news.categories import CATEGORIES
from news.paragraphs import paragraphs_of
from news.places import COUNTRY_NAMES, is_arab
from news.related import split_related
from news.rules import parse_rule
from news.types import Appearance, Article, Configuration, Credit, Feed, FeedRule, Item, Site, Story

FEED_SIZE = 50  # items in a feed: two days of a busy category, and still a small file
RULE_REACH = 2000  # how many of the newest articles an editor's rule is tried on

_CATEGORY_NAMES = {category.id: category.name for category in CATEGORIES}
_COUNTRIES = tuple(  # the Arab ones first, each half by name: «السودان» stands under «س»
    sorted(COUNTRY_NAMES, key=lambda code: (not is_arab(code), fold(COUNTRY_NAMES[code].removeprefix("ال"))))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlan:
    """One feed to publish, and what selects its articles: nothing (all), a category, a country, a source or a rule.

    With ``stories`` its items are stories.
    """

    id: str
    title: str
    description: str
    category: str | None = None
    country: str | None = None
    source_id: str | None = None
    rule: FeedRule | None = None
    stories: bool = False


def feed_plans(
    configuration: Configuration, *, countries: Collection[str], standing: Collection[str]
) -> tuple[FeedPlan, ...]:
    """Every feed that is published: all, each category, each source, each of the editor's, and those of countries.

    ``countries`` have articles: two hundred empty feeds would be in the way of these. One that is ``standing`` already
    (ids of feeds) stays, if empty: it may have a reader.
    """
    site = configuration.site
    everything = FeedPlan(id="all", title=site.title, description=site.description)
    stories = FeedPlan(
        id="stories",
        title=f"{site.title} – القصص",
        description="كل حدث مرة واحدة، بروابط كل من رواه",
        stories=True,
    )
    stories_of_categories = (
        FeedPlan(
            id=f"stories/{c.id}",
            title=f"{site.title} – قصص {c.name}",
            description=f"أحداث باب «{c.name}»، كل حدث مرة واحدة بروابط كل من رواه",
            category=c.id,
            stories=True,
        )
        for c in CATEGORIES
    )
    categories = (
        FeedPlan(
            id=f"category/{c.id}",
            title=f"{site.title} – {c.name}",
            description=f"كل ما صُنِّف في باب «{c.name}»",
            category=c.id,
        )
        for c in CATEGORIES
    )
    of_countries = (
        FeedPlan(
            id=country_feed(code),
            title=f"{site.title} – {COUNTRY_NAMES[code]}",
            description=f"كل ما نُشر عن {COUNTRY_NAMES[code]}",
            country=code,
        )
        for code in _COUNTRIES
        if code in countries or country_feed(code) in standing
    )
    sources = (
        FeedPlan(
            id=f"source/{s.id}",
            title=f"{site.title} – {s.title}",
            description=f"كل ما نشره «{s.title}»",
            source_id=s.id,
        )
        for s in configuration.sources
    )
    rules = (
        FeedPlan(id=f"feed/{r.id}", title=f"{site.title} – {r.title}", description=f"مختارات «{r.title}»", rule=r)
        for r in configuration.feeds
    )
    return (everything, stories, *rules, *categories, *stories_of_categories, *of_countries, *sources)


def country_feed(code: str) -> str:
    """The id of the feed of a country (ISO 3166-1 alpha-2): in small letters, as all addresses of ours."""
    return f"country/{code.lower()}"


def touched_feeds(*articles: Article) -> frozenset[str]:
    """The built-in feeds in which these articles stand. An editor's feed may change whenever ``all`` does."""
    return frozenset(
        name
        for article in articles
        for name in (
            "all",
            *(f"category/{label.id}" for label in article.categories),
            *(country_feed(label.id) for label in article.countries),
            *(f"source/{appearance.source_id}" for appearance in article.appearances),
        )
    )


def touched_stories(categories: Iterable[str]) -> frozenset[str]:
    """The feeds of stories in which one stands whose articles have these categories."""
    return frozenset(("stories", *(f"stories/{name}" for name in categories)))


def is_selected(article: Article, rule: FeedRule) -> bool:
    """Does the editor's rule choose this article? Every condition that is given must hold."""
    if rule.categories and not {label.id for label in article.categories} & set(rule.categories):
        return False
    if rule.sources and not {a.source_id for a in article.appearances} & set(rule.sources):
        return False
    if rule.countries and not {label.id for label in article.countries} & set(rule.countries):
        return False
    return rule.match is None or parse_rule(rule.match).matches(folded_text(article))


@lru_cache(maxsize=RULE_REACH * 2)
def folded_text(article: Article) -> Folded:
    """Title and text of an article, folded, without the headlines of other stories in its middle."""
    entry = article.entry
    body = (p for html in (entry.summary, entry.content) if html for p in split_related(paragraphs_of(html))[0])
    return fold(" ".join((entry.title, *body)))


def build_feed(
    plan: FeedPlan, articles: Iterable[Article], *, site: Site, source_titles: Mapping[str, str], since: datetime
) -> Feed:
    """The Feed of ``plan`` over ``articles``, which are its own already, newest first.

    ``since`` is when the feed was first published: an empty feed has no other date.
    """
    items = tuple(
        item_of(article, site=site, source_titles=source_titles, source_id=plan.source_id) for article in articles
    )
    return _feed(plan, items, site=site, since=since)


def _feed(plan: FeedPlan, items: tuple[Item, ...], *, site: Site, since: datetime) -> Feed:
    return Feed(
        id=plan.id,
        title=plan.title,
        description=plan.description,
        site_url=site.url,
        updated=max((item.updated for item in items), default=since),
        items=items,
    )


def item_of(article: Article, *, site: Site, source_titles: Mapping[str, str], source_id: str | None = None) -> Item:
    """How the article looks in a feed. In a source's own feed it has that source's title, link and date."""
    own = [a for a in article.appearances if a.source_id == source_id]
    shown = own[0] if own else article.lead
    entry = article.entry
    return Item(
        id=public_id(article.id, site),
        title=shown.title or title_of_ours(article),
        link=shown.link,
        date=shown.date,
        updated=max(article.updated, shown.date),
        language=article.language,
        author=article.byline or article.agency,
        summary=entry.summary,
        content=entry.body or None,
        categories=tuple((label.id, _CATEGORY_NAMES.get(label.id, label.id)) for label in article.categories),
        credits=_credits((*article.appearances, *article.copies), source_titles),
        enclosures=entry.enclosures,
        image=entry.image,
    )


def stories_feed(
    plan: FeedPlan, stories: Iterable[Story], *, site: Site, source_titles: Mapping[str, str], since: datetime
) -> Feed:
    """The Feed of ``plan`` over ``stories``, in their order."""
    items = tuple(item_of_story(story, site=site, source_titles=source_titles) for story in stories)
    return _feed(plan, items, site=site, since=since)


def item_of_story(story: Story, *, site: Site, source_titles: Mapping[str, str]) -> Item:
    """How a story looks in a feed: its lead's text, and every outlet that tells it with its own headline and link."""
    told = item_of(story.lead, site=site, source_titles=source_titles)
    everywhere = [a for member in story.members for a in (*member.appearances, *member.copies)]
    return replace(
        told,
        id=public_id(story.id, site, kind="story"),
        date=story.date,
        updated=max(story.updated, story.date),
        credits=_credits(everywhere, source_titles, headline=told.title),
    )


def public_id(name: str, site: Site, *, kind: str = "article") -> str:
    """A tag: URI (RFC 4151): for ever the same, whatever happens to the link of the article or story.

    The year is that in which the project began to mint them; it says nothing about the article.
    """
    return f"tag:{urlsplit(site.url).hostname},2026:{kind}/{name}"


def _credits(
    appearances: Sequence[Appearance], source_titles: Mapping[str, str], *, headline: str | None = None
) -> tuple[Credit, ...]:
    """Each outlet once. Where the item's ``headline`` is given, outlets with another one are shown with theirs."""
    shown = fold(headline or "")  # «احباط» and «إحباط» are one headline
    first_of_each: dict[str, Appearance] = {}
    for appearance in appearances:
        first_of_each.setdefault(appearance.source_id, appearance)
    return tuple(
        Credit(
            title=source_titles.get(a.source_id, a.source_id),
            link=a.link,
            headline=a.title if headline is not None and fold(a.title) != shown else None,
        )
        for a in first_of_each.values()
    )


def title_of_ours(article: Article) -> str:
    """What an article is headed by whose publisher gave it no title: its first words."""
    words = next(iter(paragraphs_of(article.entry.body)), "").split()
    return " ".join(words[:12]) + (" …" if len(words) > 12 else "") or article.lead.link or article.id
