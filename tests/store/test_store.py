"""What is written comes back, whole, in one transaction."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from news.errors import NotFound, StoreError, StoreTooNew
from news.rhythm import with_articles
from news.types import (
    Advice,
    Article,
    Decision,
    Enclosure,
    HostWait,
    Known,
    Label,
    Problem,
    Publication,
    Reason,
    Rhythm,
    SourceState,
    Update,
    Validators,
)
from store.store import Store
from tests.news.articles import NOW
from tests.news.test_decide import article

STATE = SourceState(
    source_id="riwaq",
    url="https://riwaq.example/rss",
    moved_to="https://riwaq.example/feed",
    validators=Validators(etag='W/"é"', last_modified="Fri, 20 Nov 2026 10:00:00 GMT"),
    body_hash="abc",
    asks=Advice(fresh_for=timedelta(minutes=90), skip_hours=(0, 23), skip_days=(4,)),
    next_check=NOW,
    last_check=NOW,
    last_success=NOW - timedelta(hours=1),
    last_new=NOW - timedelta(days=1),
    failures=2,
    reason=Reason.SERVER_ERROR,
    message="500",
    gone=False,
    why_next="every 15m",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "khulasa.db") as opened:
        yield opened


def write(store: Store, *articles: Article, **more: object) -> Update:
    update = Update(at=NOW, state=STATE, outcome="ok", articles=articles, **more)  # type: ignore[arg-type]  # any of its fields
    store.apply(update)
    return update


def full() -> Article:
    """An article with something in every field."""
    plain = article("1")
    entry = replace(
        plain.entry,
        author="ليلى",
        summary="<p>ملخص</p>",
        published=NOW,
        updated=NOW + timedelta(minutes=1),
        date_text="20 Nov",
        zone_known=False,
        language="ar-EG",
        categories=("زراعة", "اقتصاد"),
        image="https://riwaq.example/i.jpg",
        enclosures=(Enclosure(url="https://riwaq.example/a.mp3", type="audio/mpeg", length=2**53),),
    )
    copy = article("7", source="difaf", date=NOW - timedelta(hours=1), byline="سعاد").lead
    return replace(
        plain,
        entry=entry,
        appearances=(plain.lead, copy),
        byline="سعاد",
        agency="وكالات",
        related=("خبر آخر",),
        countries=(Label(id="EG", score=0.7, why="القاهرة"),),
    )


def test_an_article_comes_back_as_it_was_written(store: Store) -> None:
    write(store, full())
    assert store.article(full().id) == full()


def test_what_a_source_is_remembered_by_comes_back(store: Store) -> None:
    problem = Problem(reason=Reason.DATE_UNREADABLE, message="«أمس»", place="entry 3")
    write(store, problems=(problem,), document_title="الرواق")
    assert store.states() == {"riwaq": STATE}
    assert store.problems("riwaq") == (problem,)
    write(store)
    assert store.problems("riwaq") == (), "problems are those of the newest document"
    assert store.document_titles() == {"riwaq": "الرواق"}, "a visit without a document keeps the name"


def test_those_whose_next_check_has_come_are_found(store: Store) -> None:
    for name, hours, gone in (("late", -1, False), ("now", 0, False), ("later", 1, False), ("gone", -1, True)):
        state = SourceState(
            source_id=name, url=f"https://{name}.example/", next_check=NOW + timedelta(hours=hours), gone=gone
        )
        store.apply(Update(at=NOW, state=state, outcome="ok"))
    store.apply(Update(at=NOW, state=SourceState(source_id="never", url="https://never.example/"), outcome="ok"))
    assert set(store.due_states(NOW)) == {"late", "now", "never"}
    assert store.due_states(NOW)["late"] == store.states()["late"]


def test_known_finds_entries_by_key_and_texts_by_fingerprint(store: Store) -> None:
    write(store, full())
    known = store.known("difaf", [article("7", fingerprint="other"), article("8", source="difaf")])
    assert known == Known(by_key={"7": full()}, by_fingerprint={"f-harvest": full()})


def test_known_finds_entries_of_an_unknown_key_by_their_place(store: Store) -> None:
    write(store, full())
    (lead,) = (a for a in full().appearances if a.source_id == "difaf")
    asked = article("new", source="difaf", fingerprint=None)
    asked = replace(asked, appearances=(replace(asked.lead, link=lead.link, title=lead.title),))
    assert store.known("difaf", [asked]).by_place == {lead.link or lead.title: full()}
    assert store.known("riwaq", [replace(asked, appearances=(replace(asked.lead, key="unheard"),))]).by_place == {}


def test_a_text_an_article_once_had_still_finds_it(store: Store) -> None:
    write(store, article())
    corrected = replace(article(), appearances=(replace(article().lead, fingerprint="f2"),))
    write(store, corrected)
    assert store.known("x", [article()]).by_fingerprint["f-harvest"].id == corrected.id


def test_an_appearance_may_move_between_two_articles_of_one_update(store: Store) -> None:
    one, two = article("1"), article("2", fingerprint="f2", link="https://riwaq.example/2")
    write(store, one, two)
    swapped = (replace(one, appearances=two.appearances), replace(two, appearances=one.appearances))
    write(store, *swapped)
    assert [a.lead.key for a in (store.article(one.id), store.article(two.id))] == ["2", "1"]


def test_a_dissolved_article_leads_on(store: Store) -> None:
    write(store, article("1", fingerprint=None), article("2", link="https://riwaq.example/2"))
    write(store, dissolved=(("riwaq-1", "f-harvest"),))
    assert store.article("riwaq-1").id == "f-harvest"
    assert store.counts() == {"articles": 1, "appearances": 1}


def test_an_update_that_fails_midway_leaves_nothing(store: Store) -> None:
    decision = Decision(article_id="f-harvest", at=NOW, what="new", why="new", score=float("inf"))
    broken = replace(decision, what=None)  # type: ignore[arg-type]  # it is to be broken
    with pytest.raises(sqlite3.IntegrityError):
        write(store, article(), decisions=(decision, broken), touched=frozenset({"all"}))
    assert store.counts() == {"articles": 0, "appearances": 0}
    assert (store.states(), store.publications.stale(), store.decisions("f-harvest")) == ({}, {}, ())


def test_newest_first_by_category_and_by_source(store: Store) -> None:
    dates = {"1": 3, "2": 1, "3": 2}
    write(
        store,
        *(
            article(
                key,
                fingerprint=f"f{key}",
                date=NOW - timedelta(hours=hours),
                category="sports" if key == "3" else "economy",
                source="difaf" if key == "1" else "riwaq",
            )
            for key, hours in dates.items()
        ),
    )
    assert [a.id for a in store.newest(10)] == ["f2", "f3", "f1"]
    assert [a.id for a in store.newest(10, category="economy")] == ["f2", "f1"]
    assert [a.id for a in store.newest(10, source_id="riwaq")] == ["f2", "f3"]
    assert [a.id for a in store.newest(1)] == ["f2"]


def test_newest_first_by_country_and_countries_only_where_something_is_shown(store: Store) -> None:
    def about(name: str, hours: int, *codes: str) -> Article:
        found = article(name, fingerprint=f"f{name}", date=NOW - timedelta(hours=hours))
        return replace(found, countries=tuple(Label(id=code, score=0.7, why="") for code in codes))

    assert store.publications.countries() == frozenset()
    write(store, about("1", 3, "EG", "SY"), about("2", 1, "EG"), about("3", 2), about("4", 0, "LB"))
    assert [a.id for a in store.newest(10, country="EG")] == ["f2", "f1"]
    assert [a.id for a in store.newest(10, country="YE")] == []
    assert store.publications.countries() == {"EG", "LB", "SY"}
    with store.writing() as db:
        copy = {"article_id": "f4", "story_id": "f2", "published": 0, "copy_of": "f2", "is_agencys": 0}
        db.insert("story_members", [copy])
    assert [a.id for a in store.newest(10, country="LB")] == []
    assert store.publications.countries() == {"EG", "SY"}


@pytest.mark.parametrize(("kind", "label"), [("category", "economy"), ("country", "EG")])
def test_the_newest_of_a_label_are_a_walk_along_the_index(store: Store, kind: str, label: str) -> None:
    seen: list[str] = []
    store._connection._raw.set_trace_callback(seen.append)
    store.newest(10, category=label) if kind == "category" else store.newest(10, country=label)
    store.publications.countries()
    store._connection._raw.set_trace_callback(None)
    asked = [sql for sql in seen if "labels" in sql and "copy_of IS NULL" in sql]
    assert len(asked) == 2
    steps = [row["detail"] for sql in asked for row in store._connection.all(f"EXPLAIN QUERY PLAN {sql}")]
    used = [step for step in steps if "labels" in step]
    assert used
    assert all("COVERING INDEX labels_newest (kind=?" in step for step in used)
    assert not any("TEMP B-TREE" in step for step in steps), "nothing is sorted"


@pytest.mark.parametrize("name", ["f-harvest", "https://riwaq.example/1", "1"])
def test_an_article_is_found_by_id_link_and_guid(store: Store, name: str) -> None:
    write(store, article())
    assert store.article(name).id == "f-harvest"


def test_what_is_not_there_is_said(store: Store) -> None:
    with pytest.raises(NotFound, match="'; DROP TABLE articles"):
        store.article("'; DROP TABLE articles; --")


def test_what_a_clock_that_ran_ahead_has_stamped_waits_as_long_as_before(store: Store) -> None:
    ahead = NOW + timedelta(days=3653)
    wait = timedelta(minutes=20)
    for name, at in (("ahead", ahead), ("right", NOW - timedelta(hours=1))):
        state = SourceState(
            source_id=name, url=f"https://{name}.example/", last_check=at, last_success=at, next_check=at + wait
        )
        store.apply(Update(at=at, state=state, outcome="not_modified"))
    store.set_back(NOW)
    ahead_state, right = store.states()["ahead"], store.states()["right"]
    assert (ahead_state.last_check, ahead_state.last_success, ahead_state.next_check) == (NOW, NOW, NOW + wait)
    assert right.last_check == NOW - timedelta(hours=1)


def test_a_feed_that_changes_while_it_is_rendered_stays_stale(store: Store) -> None:
    write(store, article(), touched=frozenset({"all", "source/riwaq"}))
    rendered = store.publications.stale()
    write(store, touched=frozenset({"all"}))
    store.publications.record([], fresh=rendered, withdrawn=[])
    assert store.publications.stale().keys() == {"all"}


def test_publications_come_back_and_are_withdrawn(store: Store) -> None:
    standing = Publication(
        feed_id="all", title="خلاصة", digest="d", items=3, size=10, since=NOW, updated=NOW, published=NOW
    )
    store.publications.record([standing], fresh={}, withdrawn=[])
    assert store.publications.all() == {"all": standing}
    store.publications.record([], fresh={}, withdrawn=["all"])
    assert store.publications.all() == {}


def test_a_file_that_is_no_store_is_said_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "khulasa.db"
    path.write_bytes(b"no database at all, but a long enough text " * 50)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"khulasa\.db"):
        Store(path)
    assert path.read_bytes() == before


def test_a_store_of_a_later_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "khulasa.db"
    Store(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('khulasa', 'm999_later', '')"
        )
    raw.close()
    with pytest.raises(StoreTooNew, match="m999_later"):
        Store(path)


def test_a_store_of_an_earlier_version_is_migrated_by_the_first_that_writes(tmp_path: Path) -> None:
    path = tmp_path / "khulasa.db"
    Store(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("DROP TABLE known_items")
        raw.execute("DROP INDEX source_states_due")
        raw.execute("DELETE FROM _sqlite_migrations WHERE name = 'm003_known_items'")
    raw.close()
    with pytest.raises(StoreError, match="khulasa poll"):
        Store(path, read_only=True)
    Store(path).close()
    with Store(path, read_only=True) as store:
        assert store.known_items("riwaq").items == b""


def test_every_table_of_ours_is_strict_and_the_journal_is_wal(tmp_path: Path) -> None:
    Store(tmp_path / "khulasa.db").close()
    raw = sqlite3.connect(tmp_path / "khulasa.db")
    lax = raw.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict"
        " AND name NOT LIKE 'sqlite_%' AND name <> '_sqlite_migrations'"
    ).fetchall()
    assert lax == []
    assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    raw.close()


def test_an_aware_moment_is_kept_to_the_second(store: Store) -> None:
    odd = datetime(2026, 11, 20, 15, 0, 0, tzinfo=UTC)
    write(store, article(date=odd))
    assert store.article("f-harvest").date == odd


def test_a_rhythm_comes_back_as_it_was_learnt_and_of_a_stranger_nothing_is_known(store: Store) -> None:
    learnt = with_articles(Rhythm(), [NOW - timedelta(hours=n) for n in range(30)], NOW)
    write(store, rhythm=learnt)
    write(store)
    assert store.rhythm("riwaq") == learnt, "a visit that taught nothing leaves it"
    assert store.rhythm("difaf") == Rhythm()


def test_the_newest_success_is_anybodys(store: Store) -> None:
    assert store.newest_success() is None
    write(store)
    store.apply(Update(at=NOW, state=replace(STATE, source_id="difaf", last_success=NOW), outcome="ok"))
    store.apply(Update(at=NOW, state=replace(STATE, source_id="sada", last_success=None), outcome="dns"))
    assert store.newest_success() == NOW


def test_a_host_waits_for_as_long_as_it_asked_last_and_is_then_forgotten(store: Store) -> None:
    first = HostWait(group="riwaq.example", until=NOW + timedelta(hours=1), why="HTTP 429")
    longer = replace(first, until=NOW + timedelta(hours=2))
    other = replace(first, group="difaf.example", until=NOW)
    for wait in (other, first, longer):
        write(store, host_wait=wait)
    assert store.host_waits() == {"riwaq.example": longer}


def test_a_state_without_wishes_has_none(store: Store) -> None:
    plain = replace(STATE, asks=Advice())
    store.apply(Update(at=NOW, state=plain, outcome="ok"))
    assert store.states() == {"riwaq": plain}


def many(number: int) -> list[Article]:
    return [replace(article(f"b{n}", fingerprint=f"f{n}"), id=f"b{n}") for n in range(number)]


def test_a_full_disk_is_said_and_what_was_written_stays(store: Store) -> None:
    write(store, article())
    (pages,) = store._connection.all("PRAGMA page_count")[0]
    store._connection.all(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="full"):
        write(store, *many(500))
    assert [found.id for found in store.newest(1000)] == [article().id]


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "khulasa.db"
    with Store(path) as store:
        write(store, *many(500))
    whole = path.read_bytes()
    assert len(whole) > 100_000
    half = len(whole) // 2
    path.write_bytes(whole[:half] + b"\xff" * (len(whole) - half))
    with Store(path, read_only=True) as store, pytest.raises(StoreError, match="malformed"):
        store.newest(1000)
