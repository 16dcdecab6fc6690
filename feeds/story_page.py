"""The page of one story: who tells it, with their own headlines, and when. Pure: no script, no clock."""

from collections.abc import Mapping
from html import escape

from arabic.counting import SOURCES
from feeds.index_page import time_shown
from feeds.outgoing import ascii_address, printable
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
    title = _text(story.lead.lead.title or story.id)
    rows = "".join(_row(a, source_titles.get(a.source_id, a.source_id)) for a in first_of_each.values())
    return _PAGE.format(
        title=title,
        site=_text(site.title),
        sources=SOURCES.counted(len(first_of_each)),
        first=time_shown(story.date),
        updated=time_shown(story.updated),
        rows=rows,
    ).encode()


def _row(appearance: Appearance, outlet: str) -> str:
    headline = f"<bdi>{_text(appearance.title or outlet)}</bdi>"
    link = ascii_address(appearance.link)
    if link is not None:
        headline = f'<a href="{escape(link)}" rel="noopener noreferrer nofollow ugc">{headline}</a>'
    facts = f"<bdi>{_text(outlet)}</bdi> · {time_shown(appearance.date)}"
    return f'<li><h3>{headline}</h3><p class="facts">{facts}</p></li>\n'


def _text(text: str) -> str:
    return escape(printable(text))


_PAGE = """\
<!DOCTYPE html>
<html lang="ar" dir="rtl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} – {site}</title>
<link rel="stylesheet" href="../style.css">
</head>
<body>
<header>
<h1><bdi>{title}</bdi></h1>
<p class="lead">{sources} · {first}</p>
</header>
<main>
<section>
<h2>من روى القصة</h2>
<ul class="feeds">
{rows}</ul>
</section>
</main>
<footer>
<p>آخر تحديث: {updated}</p>
<p><a href="../">{site}</a> · الأوقات بتوقيت غرينتش.</p>
</footer>
</body>
</html>
"""
