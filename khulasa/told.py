"""How stories look to people and programs: what an article is told together with, and why."""

from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table

from khulasa.showing import safe, table
from news.evidence import evidence
from news.likeness import Likeness, compare
from news.placing import Link, shelved_of
from news.stories import Verdicts, pair
from news.types import Article, Story
from store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The story of an article, and how the article compares with its other members."""

    story: Story
    links: dict[str, Link]  # other member → what the comparison gave


@dataclass(frozen=True, slots=True, kw_only=True)
class Likened:
    a: Article
    b: Article
    likeness: Likeness
    words: dict[str, str]  # feature → the words behind it
    stories: tuple[str | None, str | None]
    verdicts: Verdicts


def story_around(store: Store, article: Article) -> Around | None:
    """None while the article waits to be placed."""
    name = store.stories.story_of(article.id)
    if name is None:
        return None
    story = store.stories.story(name)
    links = store.stories.links([member.id for member in story.members])
    with_article = {
        other: link for names, link in links.items() if article.id in names for other in names if other != article.id
    }
    return Around(story=story, links=with_article)


def story_json(around: Around | None) -> dict[str, object] | None:
    if around is None:
        return None
    return {
        "id": around.story.id,
        "date": around.story.date,
        "updated": around.story.updated,
        "lead": around.story.lead.id,
        "members": [
            {
                "id": member.id,
                "title": member.entry.title,
                "score": link.score if (link := around.links.get(member.id)) else None,
                "copy": link.copy if link else None,
            }
            for member in around.story.members
        ],
    }


def story_shown(around: Around | None, article: Article) -> RenderableType:
    if around is None:
        return safe("not yet put into a story")
    if len(around.story.members) == 1:
        return safe(f"story {around.story.id}: told by this article alone")
    shown = table("told with", "score", "", "title", title=f"story {around.story.id}", numbers=("score",))
    for member in around.story.members:
        link = around.links.get(member.id)
        remark = "this one" if member.id == article.id else "a copy" if link and link.copy else ""
        shown.add_row(member.id, f"{link.score:.2f}" if link else "", remark, safe(member.entry.title))
    return shown


def liken(store: Store, a: Article, b: Article) -> Likened:
    """Compare two articles as they were compared; those that are not, or not any more, as they would be alone."""
    kept = store.stories.shelved([a.id, b.id])
    ours, theirs = ((kept.get(one.id) or shelved_of(one)).traits for one in (a, b))
    return Likened(
        a=a,
        b=b,
        likeness=compare(ours, theirs),
        words=evidence(ours, theirs),
        stories=(store.stories.story_of(a.id), store.stories.story_of(b.id)),
        verdicts=store.stories.verdicts([a.id, b.id]),
    )


def likeness_json(likened: Likened) -> dict[str, object]:
    names = pair(likened.a.id, likened.b.id)
    return {
        "articles": [likened.a.id, likened.b.id],
        "stories": list(likened.stories),
        "score": round(likened.likeness.score, 4),
        "same_story": likened.likeness.same_story,
        "copy": likened.likeness.copy,
        "editor": "joined"
        if names in likened.verdicts.must_join
        else "parted"
        if names in likened.verdicts.must_part
        else None,
        "features": [
            {"feature": name, "value": round(value, 4), "adds": round(adds, 4), "words": likened.words.get(name)}
            for name, value, adds in likened.likeness.features
        ],
    }


def likeness_shown(likened: Likened) -> RenderableType:
    names = pair(likened.a.id, likened.b.id)
    judged = "one text" if likened.likeness.copy else "one event" if likened.likeness.same_story else "different events"
    facts = Table.grid(padding=(0, 2))
    for article, story in zip((likened.a, likened.b), likened.stories, strict=True):
        facts.add_row(article.id, safe(article.entry.title), f"story {story}" if story else "not placed yet")
    facts.add_row("judged", f"{judged} ({likened.likeness.score:.2f})")
    if names in likened.verdicts.must_join or names in likened.verdicts.must_part:
        facts.add_row("the editor", "one story" if names in likened.verdicts.must_join else "not one story")
    shown = table("feature", "value", "adds", "words", numbers=("value", "adds"))
    for name, value, adds in likened.likeness.features:
        shown.add_row(safe(name), f"{value:.2f}", f"{adds:+.2f}", safe(likened.words.get(name, "") if value else ""))
    return Group(facts, shown)
