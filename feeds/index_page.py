"""The page people see first: what can be subscribed to, and how. Pure string building: no script, no image, no clock.

Knows the addresses below ``public/``; knows nothing of articles.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from importlib.resources import files

from arabic.counting import NEWS
from feeds.outgoing import printable
from news.types import Publication, Site

GROUPS = (
    ("", "الأخبار كلها"),
    ("feed", "مختارات المحرر"),
    ("category", "الأبواب"),
    ("stories", "القصص في الأبواب"),
    ("country", "البلدان"),
    ("source", "المصادر"),
)
_MONTHS = (
    "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
)  # fmt: skip


def group_of(feed_id: str) -> str:
    """The Arabic heading a feed stands under, on the page and in the OPML."""
    return dict(GROUPS)[feed_id.rpartition("/")[0]]


def style_sheet() -> bytes:
    """What the page looks like: ``style.css`` beside it, because its content security policy allows no inline style."""
    return (files("feeds") / "style.css").read_bytes()


def render_index(site: Site, publications: Iterable[Publication]) -> bytes:
    """The page over ``publications``, in the order given within each group. Links are relative to the page."""
    listed = tuple(publications)
    sections = "".join(
        _section(site, group, [p for p in listed if group_of(p.feed_id) == group]) for _, group in GROUPS
    )
    updated = max((p.updated for p in listed), default=None)
    return _PAGE.format(
        title=_text(site.title),
        description=_text(site.description),
        sections=sections,
        updated="" if updated is None else f"<p>آخر تحديث: {time_shown(updated)}</p>",
    ).encode()


def _section(site: Site, heading: str, publications: list[Publication]) -> str:
    if not publications:
        return ""
    rows = "".join(_row(site, publication) for publication in publications)
    return f'<section>\n<h2>{heading}</h2>\n<ul class="feeds">\n{rows}</ul>\n</section>\n'


def _row(site: Site, publication: Publication) -> str:
    title = _text(publication.title.removeprefix(f"{site.title} – "))
    address = escape(printable(publication.feed_id))
    news = (
        f"{NEWS.counted(publication.items)} · {time_shown(publication.updated)}"
        if publication.items
        else "لا أخبار بعد"
    )
    return (
        f'<li><h3><bdi>{title}</bdi></h3><p class="facts">{news}</p>'
        f'<p class="formats"><a href="{address}.rss" type="application/rss+xml" aria-label="RSS: {title}">RSS</a>'
        f'<a href="{address}.atom" type="application/atom+xml" aria-label="Atom: {title}">Atom</a></p></li>\n'
    )


def _text(text: str) -> str:
    return escape(printable(text))


def time_shown(moment: datetime) -> str:
    """A moment in Arabic words, UTC."""
    utc = moment.astimezone(UTC)
    words = f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year}، {utc:%H:%M}"
    return f'<time datetime="{utc:%Y-%m-%dT%H:%M:%SZ}">{words}</time>'


_PAGE = """\
<!DOCTYPE html>
<html lang="ar" dir="rtl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="{description}">
<title>{title}</title>
<link rel="stylesheet" href="style.css">
<link rel="alternate" type="application/rss+xml" title="{title} (RSS)" href="all.rss">
<link rel="alternate" type="application/atom+xml" title="{title} (Atom)" href="all.atom">
</head>
<body>
<header>
<h1>{title}</h1>
<p class="lead">{description}</p>
</header>
<main>
<aside>
<h2>كيف أشترك؟</h2>
<p>انسخ رابط <bdi>RSS</bdi> أو <bdi>Atom</bdi> لما تختاره أدناه، وألصقه في قارئ الخلاصات الذي تستعمله،
فيصلك كل جديد حال نشره.</p>
<p><a class="all" href="feeds.opml" type="text/x-opml">قائمة الخلاصات كلها (<bdi>OPML</bdi>)</a></p>
</aside>
{sections}</main>
<footer>
{updated}
<p>الأوقات بتوقيت غرينتش.</p>
</footer>
</body>
</html>
"""
