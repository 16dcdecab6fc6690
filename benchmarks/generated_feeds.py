"""Arabic feed documents cut from the bundled newsroom's running text: always the same for the same seed.

An item is made of its feed's seed and its own number alone, so that an item stays what it was while its feed moves on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from random import Random

from khulasa.demo.outlets import newsroom

BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)
FEWEST, MOST = 20, 50  # items of a feed
_SPACING = 350  # minutes from one item to the next: the last of 50 is 12 days after the first
_ARABIC_WORD = re.compile("[\u0621-\u064a\u064b-\u0652]+[،.؛:]?|[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    title: str
    link: str
    date: datetime
    author: str
    category: str
    paragraphs: Sequence[str]  # one: a summary; more: the whole text

    @property
    def content(self) -> str | None:
        """HTML as the common newsroom systems write it: a picture, a link, emphasis, classes."""
        if len(self.paragraphs) == 1:
            return None
        first, *rest = self.paragraphs
        story = "".join(
            f'<p class="story">{text} <a href="{self.link}?from={n}">{self.category}</a></p>'
            for n, text in enumerate(rest)
        )
        return (
            f'<figure class="wp-block-image size-large"><img src="{self.link}/large.jpg" alt="{self.title}"'
            f' width="1024" height="683" loading="lazy"/><figcaption>{self.title}</figcaption></figure>'
            f"<p><strong>{first}</strong></p>{story}"
        )


def document(seed: int, *, built: datetime = BEGINNING, newer: int = 0, items: int | None = None) -> bytes:
    """The feed ``seed`` of a mixed crowd: two of three are RSS, one is Atom, two of five carry the whole text.

    ``built`` is what it says of its own date; ``newer`` items have come on top, and as many have left at the end.
    """
    items = items or Random(seed).randint(FEWEST, MOST)  # noqa: S311 – repeatable, no secret
    write = atom if seed % 3 == 2 else rss
    return write(seed, items=items, full_share=float(seed % 5 < 2), built=built, newer=newer)


def rss(seed: int, *, items: int = 36, full_share: float = 0.4, built: datetime = BEGINNING, newer: int = 0) -> bytes:
    """One RSS 2.0 document; ``full_share`` of its items carry the whole text, the others a summary."""
    body = "".join(_rss_item(_item(seed, number, full_share)) for number in _numbers(items, newer))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>مصدر {seed}</title><link>https://outlet-{seed}.example/</link>"
        f"<description>أخبار مصدر {seed}</description><language>ar</language>"
        f"<lastBuildDate>{format_datetime(built)}</lastBuildDate>{body}</channel></rss>\n"
    ).encode()


def atom(seed: int, *, items: int = 36, full_share: float = 0.4, built: datetime = BEGINNING, newer: int = 0) -> bytes:
    """The same as Atom 1.0."""
    body = "".join(_atom_entry(_item(seed, number, full_share)) for number in _numbers(items, newer))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar">'
        f"<id>https://outlet-{seed}.example/</id><title>مصدر {seed}</title>"
        f'<subtitle>أخبار مصدر {seed}</subtitle><link href="https://outlet-{seed}.example/"/>'
        f"<updated>{built.isoformat()}</updated>{body}</feed>\n"
    ).encode()


def _numbers(items: int, newer: int) -> range:
    return range(newer + items - 1, newer - 1, -1)


def _rss_item(item: _Item) -> str:
    whole = f"<content:encoded><![CDATA[{item.content}]]></content:encoded>" if item.content else ""
    return (
        f"<item><title>{item.title}</title><link>{item.link}</link><guid>{item.link}</guid>"
        f"<pubDate>{format_datetime(item.date)}</pubDate><dc:creator>{item.author}</dc:creator>"
        f"<category>{item.category}</category><description>{item.paragraphs[0]}</description>{whole}</item>"
    )


def _atom_entry(item: _Item) -> str:
    whole = f'<content type="html"><![CDATA[{item.content}]]></content>' if item.content else ""
    return (
        f'<entry><id>{item.link}</id><title>{item.title}</title><link href="{item.link}"/>'
        f"<published>{item.date.isoformat()}</published><updated>{item.date.isoformat()}</updated>"
        f'<author><name>{item.author}</name></author><category term="{item.category}"/>'
        f"<summary>{item.paragraphs[0]}</summary>{whole}</entry>"
    )


def _item(seed: int, number: int, full_share: float) -> _Item:
    random = Random(f"{seed}/{number}")  # noqa: S311 – repeatable text, no secret
    is_full = random.random() < full_share
    return _Item(
        title=_sentence(random, 9)[:-1],
        link=f"https://outlet-{seed}.example/news/{number}",
        date=BEGINNING + timedelta(minutes=_SPACING * number + random.randrange(_SPACING)),
        author=running_text(random, 2),
        category=running_text(random, 1),
        paragraphs=[_sentence(random, 35) for _ in range(8 if is_full else 1)],
    )


def _sentence(random: Random, words: int) -> str:
    return f"{running_text(random, words)}."


def running_text(random: Random, words: int) -> str:
    """So many words in a row from somewhere in the newsroom, without the mark after the last."""
    text = _newsroom_words()
    start = random.randrange(len(text) - words)
    return " ".join(text[start : start + words]).rstrip("،.؛:")


@cache
def _newsroom_words() -> tuple[str, ...]:
    documents = (outlet.body(is_later=False).decode(outlet.charset) for outlet in newsroom().outlets)
    return tuple(word for document in documents for word in _ARABIC_WORD.findall(document))
