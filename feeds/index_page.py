"""The page people see first: what can be subscribed to, and how. Pure string building: no script, no image, no clock.

Knows the addresses below ``public/``; knows nothing of articles.
"""

from collections.abc import Iterable

from arabic.counting import NEWS
from feeds.page import FORMATS, framed, text_shown, time_shown
from feeds.shown import MEDIA_TYPES
from news.types import Publication, Site

GROUPS = (
    ("", "الأخبار كلها"),
    ("feed", "مختارات المحرر"),
    ("category", "الأبواب"),
    ("stories", "القصص في الأبواب"),
    ("country", "البلدان"),
    ("source", "المصادر"),
)


def group_of(feed_id: str) -> str:
    """The Arabic heading a feed stands under, on the page and in the OPML."""
    return dict(GROUPS)[feed_id.rpartition("/")[0]]


def render_index(site: Site, publications: Iterable[Publication]) -> bytes:
    """The page over ``publications``, in the order given within each group. Links are relative to the page."""
    listed = tuple(publications)
    sections = "".join(
        _section(site, group, [p for p in listed if group_of(p.feed_id) == group]) for _, group in GROUPS
    )
    updated = max((p.updated for p in listed), default=None)
    stand = "" if updated is None else f"<p>آخر تحديث: {time_shown(updated)}</p>\n"
    return framed(
        title=site.title,
        heading=text_shown(site.title),
        lead=text_shown(site.description),
        main=f"{_HOW_TO_SUBSCRIBE}{sections}",
        footer=f"{stand}<p>الأوقات بتوقيت غرينتش.</p>",
        description=site.description,
        feed=(site.title, "all"),
    )


def _section(site: Site, heading: str, publications: list[Publication]) -> str:
    if not publications:
        return ""
    rows = "".join(_row(site, publication) for publication in publications)
    return f'<section>\n<h2>{heading}</h2>\n<ul class="feeds">\n{rows}</ul>\n</section>\n'


def _row(site: Site, publication: Publication) -> str:
    title = text_shown(publication.title.removeprefix(f"{site.title} – "))
    address = text_shown(publication.feed_id)
    news = (
        f"{NEWS.counted(publication.items)} · {time_shown(publication.updated)}"
        if publication.items
        else "لا أخبار بعد"
    )
    formats = "".join(
        f'<a href="{address}.{ending}" type="{MEDIA_TYPES[ending]}" aria-label="{format}: {title}">{format}</a>'
        for ending, format in FORMATS.items()
    )
    return (
        f'<li><h3><a href="{address}.html"><bdi>{title}</bdi></a></h3><p class="facts">{news}</p>'
        f'<p class="formats">{formats}</p></li>\n'
    )


_HOW_TO_SUBSCRIBE = """\
<aside>
<h2>كيف أشترك؟</h2>
<p>انسخ رابط <bdi>RSS</bdi> أو <bdi>Atom</bdi> أو <bdi>JSON Feed</bdi> لما تختاره أدناه، وألصقه في قارئ الخلاصات الذي
تستعمله، فيصلك كل جديد حال نشره.</p>
<p><a class="all" href="feeds.opml" type="text/x-opml">قائمة الخلاصات كلها (<bdi>OPML</bdi>)</a></p>
</aside>
"""
