"""The page of one story: who tells it, with their own headlines, and when. Pure: no script, no clock."""

from collections.abc import Mapping

from arabic.counting import SOURCES
from feeds.page import framed, linked, text_shown, time_shown
from news.types import Appearance, Site, Story


def render_story(story: Story, *, site: Site, source_titles: Mapping[str, str]) -> bytes:
    """HTML in UTF-8; its style sheet and the front page lie one folder above it."""
    told = sorted(
        (a for member in story.members for a in (*member.appearances, *member.copies)),
        key=lambda a: (a.date, a.source_id, a.key),
    )
    first_of_each: dict[str, Appearance] = {}
    for appearance in told:
        first_of_each.setdefault(appearance.source_id, appearance)
    title = story.lead.lead.title or story.id
    rows = "".join(_row(a, source_titles.get(a.source_id, a.source_id)) for a in first_of_each.values())
    return framed(
        title=f"{title} – {site.title}",
        heading=f"<bdi>{text_shown(title)}</bdi>",
        lead=f"{SOURCES.counted(len(first_of_each))} · {time_shown(story.date)}",
        main=f'<section>\n<h2>من روى القصة</h2>\n<ul class="feeds">\n{rows}</ul>\n</section>\n',
        footer=(
            f"<p>آخر تحديث: {time_shown(story.updated)}</p>\n"
            f'<p><a href="../">{text_shown(site.title)}</a> · الأوقات بتوقيت غرينتش.</p>'
        ),
        up="../",
    )


def _row(appearance: Appearance, outlet: str) -> str:
    headline = linked(f"<bdi>{text_shown(appearance.title or outlet)}</bdi>", appearance.link)
    facts = f"<bdi>{text_shown(outlet)}</bdi> · {time_shown(appearance.date)}"
    return f'<li><h3>{headline}</h3><p class="facts">{facts}</p></li>\n'
