"""What the tests of the publishing side share: a plausible item, any item, tables with visible invisible marks."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st

from news.types import Credit, Enclosure, Feed, Item

MOMENT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
SITE = "https://khulasa.example/"

any_text = st.text(st.characters(), max_size=60)  # lone surrogates and noncharacters included
addresses = st.one_of(st.none(), any_text, any_text.map(lambda text: f"https://news.example/{text}"))
moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis adds the zone

_MARKS = {
    "[RLM]": "\N{RIGHT-TO-LEFT MARK}",
    "[LRM]": "\N{LEFT-TO-RIGHT MARK}",
    "[RLO]": "\N{RIGHT-TO-LEFT OVERRIDE}",
    "[PDF]": "\N{POP DIRECTIONAL FORMATTING}",
    "[RLI]": "\N{RIGHT-TO-LEFT ISOLATE}",
    "[LRI]": "\N{LEFT-TO-RIGHT ISOLATE}",
    "[PDI]": "\N{POP DIRECTIONAL ISOLATE}",
    "[ZWNJ]": "\N{ZERO WIDTH NON-JOINER}",
    "[NUL]": "\0",
    "[ESC]": "\x1b",
    "[FFFE]": "\ufffe",
    "[C1]": "\x9d",
}

ITEM = Item(
    id="tag:khulasa.example,2026:article/0001",
    title="مجلس المدينة يقر الموازنة",
    link="https://rawaq.example/news/1",
    date=MOMENT - timedelta(hours=2),
    updated=MOMENT - timedelta(hours=1),
    language="ar",
    author="ليلى الحسن",
    summary="<p>أقر المجلس الموازنة.</p>",
    content="<p>أقر المجلس الموازنة بعد نقاش طويل.</p>",
    categories=(("politics", "سياسة"), ("economy", "اقتصاد")),
    credits=(
        Credit(title="الرواق", link="https://rawaq.example/news/1"),
        Credit(title="Cedar & Wire", link="https://cedar.example/?a=1&b=2"),
    ),
    enclosures=(
        Enclosure(url="https://rawaq.example/صورة.jpg"),
        Enclosure(url="https://rawaq.example/1.mp3", type="audio/mpeg", length=1200),
    ),
    image="https://rawaq.example/صورة.jpg",
)


@st.composite
def items(draw: st.DrawFn) -> Item:
    return Item(
        id=f"tag:khulasa.example,2026:article/{draw(st.integers(0, 2**64)):x}",
        title=draw(any_text),
        link=draw(addresses),
        date=draw(moments),
        updated=draw(moments),
        language=draw(st.sampled_from(["ar", "en", "ckb", "fa", None, "a\x00b", "x" * 40])),
        author=draw(st.none() | any_text),
        summary=draw(st.none() | any_text),
        content=draw(st.none() | any_text),
        categories=tuple(draw(st.lists(st.tuples(any_text, any_text), max_size=3))),
        credits=tuple(Credit(title=t, link=u) for t, u in draw(st.lists(st.tuples(any_text, addresses), max_size=3))),
        enclosures=tuple(
            Enclosure(url=u, type=t, length=n)
            for u, t, n in draw(
                st.lists(st.tuples(addresses.map(str), st.none() | any_text, st.none() | st.integers()), max_size=3)
            )
        ),
        image=draw(addresses),
    )


def feed_of(*items: Item) -> Feed:
    return Feed(
        id="category/politics",
        title="خلاصة – سياسة",
        description="كل ما صنف في باب «سياسة»",
        site_url=SITE,
        updated=MOMENT,
        items=items,
    )


def numbered(count: int) -> tuple[Item, ...]:
    """Items with ids and titles of their own, newest first."""
    return tuple(
        replace(
            ITEM,
            id=f"tag:khulasa.example,2026:article/{n:04x}",
            title=f"خبر رقم {n}",
            link=f"https://rawaq.example/news/{n}",
            date=MOMENT - timedelta(minutes=n),
            updated=MOMENT - timedelta(minutes=n),
        )
        for n in range(count)
    )


def table(name: str) -> list[dict[str, str]]:
    """A table under tests/data/render, its marks in brackets made real."""
    path = Path(__file__).resolve().parents[1] / "data" / "render" / name
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [{key: _with_marks(value or "") for key, value in row.items()} for row in rows]


def _with_marks(text: str) -> str:
    for visible, mark in _MARKS.items():
        text = text.replace(visible, mark)
    return text
