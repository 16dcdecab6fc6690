"""The HTML twin of a feed: what people see who open its address in a browser. Pure: no script, no image, no clock.

Shows how to subscribe, and every item with its beginning: the texts themselves are their publishers'.
"""

from html import escape

from arabic.counting import NEWS
from feeds.outgoing import direction, language_tag
from feeds.page import FORMATS, framed, linked, text_shown, time_shown
from feeds.shown import (
    MEDIA_TYPES,
    address_of,
    bare_texts_of,
    credit_line,
    name_of,
    plain_text,
    shown,
    title_of,
)
from news.types import Feed, Item

BEGINNING = 280  # characters: three lines on a desk, seven on a telephone


def render_page(feed: Feed) -> bytes:
    """HTML in UTF-8. Raises ValueError if the feed's site is no http address."""
    title, leaf = name_of(feed), feed.id.rpartition("/")[2]
    addresses = "".join(_address(feed, ending) for ending in FORMATS)
    items = "".join(map(_item, feed.items))
    up = "../" if "/" in feed.id else ""
    return framed(
        title=title,
        heading=f"<bdi>{text_shown(title)}</bdi>",
        lead=text_shown(feed.description),
        main=(
            f"<aside>\n<h2>كيف أتابع هذه الخلاصة؟</h2>\n{_WHAT_A_FEED_IS}"
            f'<ul class="addresses">\n{addresses}</ul>\n</aside>\n'
            f"<section>\n<h2>{NEWS.counted(len(feed.items)) if feed.items else 'لا أخبار بعد'}</h2>\n"
            + (f'<ol class="items">\n{items}</ol>\n' if items else "")
            + "</section>\n"
        ),
        footer=(
            f"<p>آخر تحديث: {time_shown(feed.updated)}</p>\n"
            f'<p><a href="{up or "./"}">الخلاصات كلها</a> · الأوقات بتوقيت غرينتش.</p>'
        ),
        up=up,
        description=feed.description,
        canonical=address_of(feed, "html"),
        feed=(title, leaf),
    )


def _address(feed: Feed, ending: str) -> str:
    address = escape(address_of(feed, ending))
    return (
        f'<li><a href="{address}" type="{MEDIA_TYPES[ending]}">{FORMATS[ending]}</a> '
        f'<code dir="ltr">{address}</code></li>\n'
    )


def _item(item: Item) -> str:
    tag = language_tag(item.language)
    lang = "" if tag is None else f' lang="{tag}"'
    title = linked(f"<bdi{lang}>{text_shown(title_of(item))}</bdi>", item.link)
    outlets = [name for name in (shown(credit.title) for credit in item.credits) if name]
    told = f"<bdi>{text_shown(outlets[0])}</bdi> · " if len(outlets) == 1 else ""
    facts = f'<p class="facts">{told}{time_shown(item.date)}</p>'
    beginning = _beginning(item)
    text = f'<p dir="{direction(tag)}"{lang}>{text_shown(beginning)}</p>' if beginning else ""
    credits = f'<div class="credits">{credit_line(item.credits)}</div>' if len(outlets) > 1 else ""
    return f"<li><h3>{title}</h3>{facts}{text}{credits}</li>\n"


def _beginning(item: Item) -> str:
    """The summary, or the first words of the text."""
    summary, text = bare_texts_of(item)
    words = plain_text(summary or text)
    if len(words) <= BEGINNING:
        return words
    return (words[:BEGINNING].rpartition(" ")[0] or words[:BEGINNING]) + "\N{NO-BREAK SPACE}…"


_WHAT_A_FEED_IS = """\
<p>الخلاصة قائمة أخبار يتابعها عنك قارئ الخلاصات ويعرض لك جديدها حال نشره: انسخ أحد هذه العناوين وألصقه في قارئك.</p>
"""
