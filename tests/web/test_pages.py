"""The pages as a real browser shows them, on a telephone and on a desk, with titles that would break a lesser page."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from feeds.feed_page import render_page
from feeds.index_page import render_index
from feeds.page import style_sheet
from feeds.publish import publish
from feeds.story_page import render_story
from news.types import Credit, Publication, Site, Story
from tests.chromium import Seen, chromium
from tests.feeds.outgoing_material import ITEM, MOMENT, feed_of, numbered
from tests.news.test_decide import article
from web.app import create_app
from web.server import Server

ALONE = replace(ITEM, credits=ITEM.credits[:1])
TOLD = tuple(Credit(title=f"صحيفة {n}", link=None, headline=f"عنوان {n}") for n in range(6))
ITEMS = (
    ALONE,
    replace(ALONE, title="</h3></ol><script>document.title = 'ran'</script><img src=x onerror=document.title='ran'>"),
    replace(ALONE, title="\u202e\u2067" + "قلب " * 3, summary="\u2067\u202enothing turns around"),
    replace(ALONE, title="Council passes the budget", summary="<p>After a long debate.</p>", language="en"),
    replace(ALONE, title="كلمةواحدةطويلة" * 30, summary="x" * 500),
    replace(ALONE, title="Orion Labs تعلن عن هاتف جديد"),
    replace(ITEM, credits=TOLD),
    *numbered(20),
)  # fmt: skip
STORY = Story(
    id="0123456789abcdef",
    members=(article("1", title=ITEMS[1].title), article("2", source="difaf", title=ITEMS[3].title)),
    date=MOMENT,
    updated=MOMENT,
)
FEED_PAGES = ("all.html", "category/politics.html")
PAGES = ("", *FEED_PAGES, f"story/{STORY.id}")
SIZES = ((390, False), (390, True), (1280, False))

# What a person would see, asked of the browser.
_ASKED = """({
    title: document.title,
    headings: document.querySelectorAll("h3").length,
    direction: getComputedStyle(document.body).direction,
    paper: getComputedStyle(document.body).backgroundColor,
    rows: document.querySelectorAll(".items > li").length,
    scripts: document.scripts.length + document.images.length,
    openings: [...document.querySelectorAll(".items h3 bdi")].map(title => {
        const range = document.createRange();
        range.setStart(title.firstChild, 0);
        range.setEnd(title.firstChild, 6);
        const rights = [...range.getClientRects()].map(rectangle => rectangle.right);
        return Math.round(title.closest("li").getBoundingClientRect().right - Math.max(...rights));
    }),
})"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[str, int, bool], Seen]]:
    public = tmp_path_factory.mktemp("public")
    feed = feed_of(*ITEMS)
    listed = [
        Publication(
            feed_id=name, title=title, digest="", items=27, size=1, since=MOMENT, updated=MOMENT, published=MOMENT
        )
        for name, title in (("all", "خلاصة"), ("source/a", "A" * 90), ("category/politics", "خلاصة – سياسة"))
    ]  # fmt: skip
    publish(public, "index.html", render_index(Site(), listed))
    publish(public, "style.css", style_sheet())
    publish(public, "all.html", render_page(replace(feed, id="all")))
    publish(public, "category/politics.html", render_page(feed))
    story = render_story(STORY, site=Site(), source_titles={"riwaq": "الرواق"})
    server = Server(create_app(public, lambda: {"status": "ok"}, lambda name: story), host="127.0.0.1", port=0)
    server.start()
    try:
        yield asyncio.run(_all_of_them(f"http://127.0.0.1:{server.port}/"))
    finally:
        server.stop()


async def _all_of_them(base: str) -> dict[tuple[str, int, bool], Seen]:
    async with chromium() as browser:
        return {
            (name, width, dark): await browser.see(base + name, width=width, dark=dark, ask=_ASKED)
            for name in PAGES
            for width, dark in SIZES
        }


@pytest.mark.parametrize(("width", "dark"), SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_window_and_breaks_no_rule(
    seen: dict[tuple[str, int, bool], Seen], name: str, width: int, dark: bool
) -> None:
    page = seen[name, width, dark]
    assert page.width <= width
    assert page.complaints == ()
    assert page.said["direction"] == "rtl"
    assert (page.said["paper"] == "rgb(20, 23, 26)") is dark
    assert page.said["rows"] == (len(ITEMS) if name in FEED_PAGES else 0)
    assert page.said["headings"] == {"": 3, f"story/{STORY.id}": 2}.get(name, len(ITEMS))
    assert page.said["scripts"] == 0
    assert page.said["title"] != "ran"


@pytest.mark.parametrize("name", FEED_PAGES)
def test_a_title_begins_where_its_language_begins(seen: dict[tuple[str, int, bool], Seen], name: str) -> None:
    openings = seen[name, 1280, False].said["openings"]
    begins_at_the_left = {item.title for item, opening in zip(ITEMS, openings, strict=True) if opening > 1}
    assert begins_at_the_left == {"Council passes the budget"}
