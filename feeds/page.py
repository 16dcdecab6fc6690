"""The frame of every page we show to people, and how pages say addresses, text and time. Pure: no script, no clock.

The content security policy of the pages allows no inline style: ``style.css`` lies beside ``index.html``.
"""

from datetime import UTC, datetime
from html import escape
from importlib.resources import files

from feeds.outgoing import ascii_address, printable
from feeds.shown import MEDIA_TYPES

FORMATS = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}  # by the endings of their files

_MONTHS = (
    "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
)  # fmt: skip


def style_sheet() -> bytes:
    return (files("feeds") / "style.css").read_bytes()


def framed(
    *,
    title: str,
    heading: str,
    lead: str,
    main: str,
    footer: str,
    up: str = "",
    description: str = "",
    canonical: str | None = None,
    feed: tuple[str, str] | None = None,
) -> bytes:
    """The page in UTF-8. ``title`` and ``description`` are text, ``heading``, ``lead``, ``main`` and ``footer`` HTML.

    ``up`` leads to the folder of the front page. ``feed``: the title of the feed that the page shows, and its
    address without the ending.
    """
    links = [f'<link rel="stylesheet" href="{up}style.css">']
    if canonical is not None:
        links.append(f'<link rel="canonical" href="{escape(canonical)}">')
    if feed is not None:
        name, address = map(text_shown, feed)
        links += (
            f'<link rel="alternate" type="{MEDIA_TYPES[ending]}" title="{name} ({format})" href="{address}.{ending}">'
            for ending, format in FORMATS.items()
        )
    return _PAGE.format(
        title=text_shown(title),
        description=f'<meta name="description" content="{text_shown(description)}">\n' if description else "",
        links="\n".join(links),
        heading=heading,
        lead=lead,
        main=main,
        footer=footer,
    ).encode()


def text_shown(text: str) -> str:
    """Text as HTML that shows it."""
    return escape(printable(text))


def time_shown(moment: datetime) -> str:
    """A moment in Arabic words, UTC."""
    utc = moment.astimezone(UTC)
    words = f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year}، {utc:%H:%M}"
    return f'<time datetime="{utc:%Y-%m-%dT%H:%M:%SZ}">{words}</time>'


def linked(html: str, link: str | None) -> str:
    """``html`` leading to a place of somebody else, if ``link`` is the address of one."""
    address = ascii_address(link)
    return html if address is None else f'<a href="{escape(address)}" rel="noopener noreferrer nofollow ugc">{html}</a>'


_PAGE = """\
<!DOCTYPE html>
<html lang="ar" dir="rtl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{description}<title>{title}</title>
{links}
</head>
<body>
<header>
<h1>{heading}</h1>
<p class="lead">{lead}</p>
</header>
<main>
{main}</main>
<footer>
{footer}
</footer>
</body>
</html>
"""
