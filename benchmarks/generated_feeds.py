"""Arabic feed documents made of the project's own word lists: always the same for the same seed."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random

from news.tables import read_table

BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)
_WORDS = tuple(word for _, word, _ in read_table("category_words", ("category", "word", "weight")))
_VERBS = tuple(word for (word,) in read_table("reporting_words", ("word",)))


def rss(seed: int, *, items: int = 36, full_share: float = 0.4) -> bytes:
    """One RSS 2.0 document; ``full_share`` of its items carry the whole text, the others a summary."""
    random = Random(seed)  # noqa: S311 – repeatable text, no secret
    body = "".join(_item(seed, number, random, is_full=random.random() < full_share) for number in range(items))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>مصدر {seed}</title><link>https://outlet-{seed}.example/</link>"
        f"<description>أخبار مصدر {seed}</description><language>ar</language>{body}</channel></rss>\n"
    ).encode()


def _item(seed: int, number: int, random: Random, *, is_full: bool) -> str:
    link = f"https://outlet-{seed}.example/news/{number}"
    date = format_datetime(BEGINNING + timedelta(minutes=random.randrange(20_000)))
    paragraphs = [_sentence(random, 35) for _ in range(8 if is_full else 1)]
    content = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    whole = f"<content:encoded><![CDATA[{content}]]></content:encoded>" if is_full else ""
    return (
        f"<item><title>{_sentence(random, 9)[:-1]}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>{date}</pubDate><dc:creator>{random.choice(_WORDS)}</dc:creator>"
        f"<category>{random.choice(_WORDS)}</category><description>{paragraphs[0]}</description>{whole}</item>"
    )


def _sentence(random: Random, words: int) -> str:
    return f"{random.choice(_VERBS)} {' '.join(random.choice(_WORDS) for _ in range(words))}."
