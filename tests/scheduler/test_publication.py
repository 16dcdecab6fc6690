"""What is rendered, what is left alone, and what a kill or a fault on the way leaves to be done."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

import scheduler.publication as publication
from news.errors import NotFound
from news.selection import touched_feeds
from news.types import Article, Configuration, Feed, FeedRule, FetchSettings, Label, Site, SourceState, Update
from scheduler.loop import until_done
from scheduler.publication import LISTS, Published, publish_changes
from scheduler.writer import DATABASE, Writer
from store.publications import Publications
from store.store import Store
from tests.news.articles import NOW
from tests.news.test_decide import BRIDGE, article
from tests.scheduler.houses import remembered, source

CONFIGURATION = Configuration(
    site=Site(title="خلاصة", url="https://khulasa.example/"),
    fetch=FetchSettings(),
    sources=(source("riwaq"), source("difaf")),
    feeds=(FeedRule(id="bridges", title="الجسور", match="جسر"),),
)
HARVEST_NEWS = article("1")
BRIDGE_NEWS = article(
    "2",
    source="difaf",
    title="جسر جديد فوق النهر",
    text=BRIDGE,
    fingerprint="f-bridge",
    category="society",
    date=NOW - timedelta(hours=1),
)


class Press:
    """A data folder: articles are stored in it and published from it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.public = data / "public"

    def store(self, *articles: Article) -> None:
        until_done(self._store(articles))

    async def _store(self, articles: tuple[Article, ...]) -> None:
        async with Writer(self.data) as writer:
            await writer.do(lambda store: store.apply(news(*articles)))

    def change(self, before: Article, after: Article) -> None:
        async def life() -> None:
            async with Writer(self.data) as writer:
                update = replace(news(after), touched=touched_feeds(before, after))
                await writer.do(lambda store: store.apply(update))

        until_done(life())

    def publish(
        self, configuration: Configuration = CONFIGURATION, *, now: datetime = NOW, only: Collection[str] = ()
    ) -> Published | None:
        async def life() -> Published | None:
            async with Writer(self.data) as writer:
                return await publish_changes(configuration, writer, self.public, now=now, only=only)

        return until_done(life())

    def files(self) -> dict[str, bytes]:
        return {str(path.relative_to(self.public)): path.read_bytes() for path in self._paths()}

    def versions(self) -> dict[str, tuple[int, int]]:
        """What changes with every writing of a file, even of the same bytes: its inode and its time."""
        return {
            str(path.relative_to(self.public)): (path.stat().st_ino, path.stat().st_mtime_ns) for path in self._paths()
        }

    def _paths(self) -> list[Path]:
        return [path for path in self.public.rglob("*") if path.is_file()]

    def titles(self, name: str) -> list[str | None]:
        root = etree.fromstring((self.public / name).read_bytes())
        return [title.text for title in root.iterfind(".//item/title")]


def news(*articles: Article) -> Update:
    """An Update that brings these articles."""
    state = SourceState(source_id="riwaq", url="https://riwaq.example/rss")
    return Update(at=NOW, state=state, outcome="ok", articles=articles, touched=touched_feeds(*articles))


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path)


@pytest.fixture
def standing(press: Press) -> Press:
    """A press with one article published."""
    press.store(HARVEST_NEWS)
    assert press.publish() is not None
    return press


def files_of(name: str) -> set[str]:
    return {f"{name}.{ending}" for ending in ("rss", "atom", "json", "html")}


# --- what is rendered -------------------------------------------------------------------------------------------------


def test_the_first_round_puts_every_feed_and_every_list_in_place(press: Press) -> None:
    press.store(HARVEST_NEWS)
    done = press.publish()
    assert done is not None
    files = press.files()
    assert set(done.changed) == set(files)
    wanted = set(LISTS).union(*map(files_of, ("all", "category/economy", "source/riwaq", "feed/bridges")))
    assert wanted <= set(files)
    assert done.rendered == len(done.publications) == (len(files) - len(LISTS)) / 4
    for name, body in files.items():
        if name.endswith((".rss", ".atom", ".opml")):
            etree.fromstring(body)


def test_when_nothing_has_changed_nothing_is_done(standing: Press) -> None:
    before = standing.versions()
    assert standing.publish(now=NOW + timedelta(days=1)) is None
    assert standing.versions() == before


def test_what_is_stale_is_rendered_and_all_else_left_untouched(standing: Press) -> None:
    before = standing.versions()
    standing.store(BRIDGE_NEWS)
    done = standing.publish(now=NOW + timedelta(minutes=15))
    assert done is not None
    stale = {"all", "category/society", "source/difaf", "feed/bridges"}
    assert done.rendered == len(stale)
    assert set(done.changed) == {"index.html", *(file for name in stale for file in files_of(name))}
    after = standing.versions()
    assert {name for name in before if after[name] != before[name]} == set(done.changed)


def test_a_feed_rendered_to_the_same_bytes_keeps_its_files_and_its_moment(standing: Press) -> None:
    before = standing.versions()
    standing.store(HARVEST_NEWS)
    done = standing.publish(now=NOW + timedelta(minutes=15))
    assert done is not None
    assert (done.rendered > 0, done.changed) == (True, ())
    assert standing.versions() == before
    assert {p.published for p in done.publications} == {NOW}


def test_the_newest_comes_first_and_an_empty_feed_is_a_feed(standing: Press) -> None:
    standing.store(BRIDGE_NEWS)
    standing.publish()
    assert standing.titles("all.rss") == [BRIDGE_NEWS.entry.title, HARVEST_NEWS.entry.title]
    assert standing.titles("source/riwaq.rss") == [HARVEST_NEWS.entry.title]
    assert standing.titles("category/sports.rss") == []


def test_an_editors_feed_is_rendered_whenever_anything_changes_and_holds_what_its_rule_chooses(standing: Press) -> None:
    assert standing.titles("feed/bridges.rss") == []
    standing.store(BRIDGE_NEWS)
    standing.publish()
    assert standing.titles("feed/bridges.rss") == [BRIDGE_NEWS.entry.title]


def about(article: Article, *codes: str) -> Article:
    return replace(article, countries=tuple(Label(id=code, score=0.7, why="places") for code in codes))


def countries_in(press: Press) -> set[str]:
    return {name for name in press.files() if name.startswith("country/")}


def test_a_country_has_a_feed_from_the_first_article_about_it_on(standing: Press) -> None:
    assert countries_in(standing) == set()
    before = standing.versions()
    standing.store(about(BRIDGE_NEWS, "EG", "SY"))
    done = standing.publish()
    assert done is not None
    assert countries_in(standing) == files_of("country/eg") | files_of("country/sy")
    assert standing.titles("country/eg.rss") == standing.titles("country/sy.rss") == [BRIDGE_NEWS.entry.title]
    assert "feeds.opml" in done.changed
    assert b'text="\xd8\xa7\xd9\x84\xd8\xa8\xd9\x84\xd8\xaf\xd8\xa7\xd9\x86"' in standing.files()["feeds.opml"]
    assert "خلاصة – مصر".encode() in standing.files()["feeds.opml"]
    assert b'href="country/eg.rss"' in standing.files()["index.html"]
    assert standing.versions()["category/economy.rss"] == before["category/economy.rss"]
    assert standing.publish() is None


def test_an_article_that_is_about_a_country_no_longer_leaves_its_feed_which_stays(standing: Press) -> None:
    standing.store(about(BRIDGE_NEWS, "EG", "SY"))
    standing.publish()
    standing.change(about(BRIDGE_NEWS, "EG", "SY"), about(BRIDGE_NEWS, "SY", "LB"))
    done = standing.publish()
    assert done is not None
    assert standing.titles("country/eg.rss") == []
    assert standing.titles("country/sy.rss") == standing.titles("country/lb.rss") == [BRIDGE_NEWS.entry.title]
    assert {p.feed_id: p.items for p in done.publications if p.feed_id.startswith("country/")} == {
        "country/sy": 1, "country/lb": 1, "country/eg": 0,
    }  # fmt: skip
    assert standing.publish() is None


def test_an_article_that_changes_its_category_leaves_its_feed(standing: Press) -> None:
    other = replace(HARVEST_NEWS, categories=(Label(id="society", score=0.9, why="words"),))
    standing.change(HARVEST_NEWS, other)
    standing.publish()
    assert standing.titles("category/economy.rss") == []
    assert standing.titles("category/society.rss") == [HARVEST_NEWS.entry.title]


def test_a_store_from_before_there_were_feeds_of_countries_has_them_at_once(standing: Press) -> None:
    standing.store(about(BRIDGE_NEWS, "EG"))
    with Store(standing.data / DATABASE) as store, store.writing() as db:
        db.run("DELETE FROM stale_feeds", [()])
    assert standing.publish() is not None
    assert standing.titles("country/eg.rss") == [BRIDGE_NEWS.entry.title]


def test_a_country_that_a_copy_alone_is_about_has_no_feed(standing: Press) -> None:
    standing.store(about(BRIDGE_NEWS, "EG"))
    with Store(standing.data / DATABASE) as store, store.writing() as db:
        row = {"article_id": BRIDGE_NEWS.id, "story_id": "s", "published": 0, "copy_of": HARVEST_NEWS.id}
        db.insert("story_members", [{**row, "is_agencys": 0}])
    standing.publish()
    assert countries_in(standing) == set()


def test_the_feed_of_a_country_can_be_named(standing: Press) -> None:
    standing.store(about(BRIDGE_NEWS, "EG"))
    done = standing.publish(only=["country/eg"])
    assert done is not None
    assert (done.rendered, set(done.changed) & files_of("country/eg")) == (1, files_of("country/eg"))
    with pytest.raises(NotFound, match=r"'country/tv'.*country/eg"):
        standing.publish(only=["country/tv"])


def test_a_changed_rule_is_rendered_without_a_new_article_and_nothing_else_is(standing: Press) -> None:
    harvest = replace(CONFIGURATION, feeds=(FeedRule(id="bridges", title="الجسور", match="القمح"),))
    done = standing.publish(harvest)
    assert done is not None
    assert done.rendered == 1
    assert standing.titles("feed/bridges.rss") == [HARVEST_NEWS.entry.title]


def test_another_site_title_renders_everything_anew(standing: Press) -> None:
    before = standing.files()
    done = standing.publish(replace(CONFIGURATION, site=Site(title="موجز", url="https://khulasa.example/")))
    assert done is not None
    assert set(done.changed) == set(before) - {"style.css"}


def test_other_code_that_renders_is_noticed(standing: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication, "_RENDERING", "a later version")
    done = standing.publish()
    assert done is not None
    assert (done.rendered, done.changed) == (len(done.publications), ())
    assert standing.publish() is None


def test_a_source_that_is_removed_takes_its_files_with_it_and_leaves_its_articles(standing: Press) -> None:
    fewer = replace(CONFIGURATION, sources=CONFIGURATION.sources[1:])
    done = standing.publish(fewer)
    assert done is not None
    assert files_of("source/riwaq").isdisjoint(standing.files())
    assert "source/riwaq" not in {p.feed_id for p in done.publications}
    assert b"source/riwaq" not in standing.files()["feeds.opml"]
    assert standing.titles("all.rss") == [HARVEST_NEWS.entry.title]
    assert standing.publish(fewer) is None
    standing.publish()
    assert standing.titles("source/riwaq.rss") == [HARVEST_NEWS.entry.title]


def test_what_becomes_stale_for_a_removed_source_does_not_stay_so_for_ever(standing: Press) -> None:
    standing.store(HARVEST_NEWS, BRIDGE_NEWS)
    standing.publish(replace(CONFIGURATION, sources=CONFIGURATION.sources[1:]))
    with remembered(standing.data) as store:
        assert store.publications.stale() == {}


@pytest.mark.parametrize(
    "name", ["category/economy.rss", "feed/bridges.atom", "all.rss", "all.json", "all.html", *LISTS]
)
def test_a_file_that_went_missing_comes_back_as_it_was(standing: Press, name: str) -> None:
    before = standing.files()
    (standing.public / name).unlink()
    done = standing.publish(now=NOW + timedelta(days=1))
    assert done is not None
    assert done.changed == (name,)
    assert standing.files() == before


def test_the_whole_folder_may_be_thrown_away(standing: Press) -> None:
    before = standing.files()
    for path in standing.public.rglob("*.*"):
        path.unlink()
    standing.publish(now=NOW + timedelta(days=1))
    assert standing.files() == before


def test_files_of_others_are_left_alone(standing: Press) -> None:
    (standing.public / "robots.txt").write_text("mine")
    standing.store(BRIDGE_NEWS)
    standing.publish()
    assert (standing.public / "robots.txt").read_text() == "mine"


# --- by name ----------------------------------------------------------------------------------------------------------


def test_a_feed_that_is_named_is_rendered_alone_whatever_its_state(standing: Press) -> None:
    before = standing.versions()
    done = standing.publish(only=["category/economy"])
    assert done is not None
    assert (done.rendered, done.changed) == (1, ())
    assert standing.versions() == before


def test_a_name_that_is_no_feed_is_not_found(standing: Press) -> None:
    with pytest.raises(NotFound, match=r"'category/bridges'.*category/economy"):
        standing.publish(only=["all", "category/bridges"])


def test_naming_one_feed_forgets_no_change_of_another(standing: Press) -> None:
    standing.store(BRIDGE_NEWS)
    standing.publish(only=["all"])
    assert standing.titles("all.rss") == [BRIDGE_NEWS.entry.title, HARVEST_NEWS.entry.title]
    assert standing.titles("feed/bridges.rss") == []
    standing.publish()
    assert standing.titles("feed/bridges.rss") == [BRIDGE_NEWS.entry.title], "stale because `all` was"
    assert standing.titles("source/difaf.rss") == [BRIDGE_NEWS.entry.title]


# --- the same bytes ---------------------------------------------------------------------------------------------------


def test_the_same_articles_are_the_same_bytes_in_whatever_order_and_when_they_came(tmp_path: Path) -> None:
    one, two = Press(tmp_path / "one"), Press(tmp_path / "two")
    one.store(about(HARVEST_NEWS, "SY", "EG"), about(BRIDGE_NEWS, "EG"))
    one.publish()
    two.store(about(BRIDGE_NEWS, "EG"))
    two.publish()
    two.store(about(HARVEST_NEWS, "EG", "SY"))
    two.publish(now=NOW + timedelta(hours=7))
    assert one.files().keys() == two.files().keys()
    assert [name for name, body in one.files().items() if two.files()[name] != body] == []


# --- kills, faults and changes on the way -----------------------------------------------------------------------------


def test_a_change_made_while_its_feed_is_rendered_is_not_forgotten(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    press.store(HARVEST_NEWS)
    render_rss = publication.FORMATS["rss"]

    async def life() -> tuple[Published | None, Published | None]:
        async with Writer(press.data) as writer:
            loop = asyncio.get_running_loop()

            def render(feed: Feed) -> bytes:
                if feed.id == "all":
                    arriving = writer.do(lambda store: store.apply(news(BRIDGE_NEWS)))
                    asyncio.run_coroutine_threadsafe(arriving, loop).result(30)
                return render_rss(feed)

            monkeypatch.setitem(publication.FORMATS, "rss", render)
            first = await publish_changes(CONFIGURATION, writer, press.public, now=NOW)
            monkeypatch.setitem(publication.FORMATS, "rss", render_rss)
            assert press.titles("all.rss") == [HARVEST_NEWS.entry.title]
            return first, await publish_changes(CONFIGURATION, writer, press.public, now=NOW)

    _, second = until_done(life())
    assert second is not None
    assert "all.rss" in second.changed
    assert press.titles("all.rss") == [BRIDGE_NEWS.entry.title, HARVEST_NEWS.entry.title]
    assert press.titles("source/difaf.rss") == [BRIDGE_NEWS.entry.title]
    assert press.titles("feed/bridges.rss") == [BRIDGE_NEWS.entry.title]
    assert press.publish() is None


def test_a_feed_that_cannot_be_rendered_does_not_hold_up_the_others(
    standing: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    render_rss = publication.FORMATS["rss"]

    def render(feed: Feed) -> bytes:
        if feed.id == "all":
            raise ZeroDivisionError("a bug of ours")
        return render_rss(feed)

    standing.store(BRIDGE_NEWS)
    monkeypatch.setitem(publication.FORMATS, "rss", render)
    with pytest.raises(ExceptionGroup, match="1 feeds") as caught:
        standing.publish()
    (fault,) = caught.value.exceptions
    assert (type(fault), fault.__notes__) == (ZeroDivisionError, ["while publishing all"])
    assert standing.titles("all.rss") == [HARVEST_NEWS.entry.title], "the old file stays"
    assert standing.titles("source/difaf.rss") == [BRIDGE_NEWS.entry.title]
    monkeypatch.setitem(publication.FORMATS, "rss", render_rss)
    standing.publish()
    assert standing.titles("all.rss") == [BRIDGE_NEWS.entry.title, HARVEST_NEWS.entry.title]
    assert standing.publish() is None


def test_what_the_file_system_refuses_is_done_when_it_no_longer_does(standing: Press) -> None:
    standing.store(BRIDGE_NEWS)
    moved = standing.public.rename(standing.data / "elsewhere")
    standing.public.write_text("a file in place of the folder")
    with pytest.raises(OSError, match="public"):
        standing.publish()
    standing.public.unlink()
    moved.rename(standing.public)
    standing.publish()
    assert standing.titles("source/difaf.rss") == [BRIDGE_NEWS.entry.title]


FEWER = replace(CONFIGURATION, sources=CONFIGURATION.sources[1:])


@pytest.mark.parametrize(
    ("killed_in", "configuration"),
    [
        ("publish_together", CONFIGURATION),
        ("_publish_lists", CONFIGURATION),
        ("record", CONFIGURATION),
        ("withdraw", FEWER),
        ("record", FEWER),
    ],
)
def test_a_round_that_ends_on_the_way_is_done_again(
    press: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_in: str, configuration: Configuration
) -> None:
    def kill(*args: object, **more: object) -> None:
        raise KeyboardInterrupt

    press.store(HARVEST_NEWS)
    press.publish()
    press.store(BRIDGE_NEWS)
    with monkeypatch.context() as patch:
        patch.setattr(Publications if killed_in == "record" else publication, killed_in, kill)
        with pytest.raises(KeyboardInterrupt):
            press.publish(configuration)
    press.publish(configuration)
    whole = Press(tmp_path / "whole")
    whole.store(HARVEST_NEWS, BRIDGE_NEWS)
    whole.publish(configuration)
    assert press.files() == whole.files()
    assert press.publish(configuration) is None
