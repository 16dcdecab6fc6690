"""The archive: what is stored is found, what is changed is found anew, the best and the newest first."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import store.search as archive
from arabic.fold import FOLD_VERSION
from news.expressions import ExpressionError
from news.query import read_query
from news.types import Article, SourceState, Update
from store.store import Store
from tests.news.articles import NOW, article, label
from tests.news.test_query import PARTS

STATE = SourceState(source_id="rawaq", url="https://rawaq.example/rss")
SOURCES = {"rawaq": "الرواق", "difaf": "ضفاف"}


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "khulasa.db") as opened:
        yield opened


def written(key: str, title: str, text: str = "", **more: object) -> Article:
    made = article(key=key, title=title, content=f"<p>{text}</p>", fingerprint=None, **more)  # type: ignore[arg-type]  # any of its fields
    return replace(made, fold_version=FOLD_VERSION)


def write(store: Store, *articles: Article, dissolved: tuple[tuple[str, str], ...] = ()) -> None:
    store.apply(Update(at=NOW, state=STATE, outcome="ok", articles=articles, dissolved=dissolved))


def index(store: Store) -> None:
    while store.archive.index_waiting():
        pass


def ask(store: Store, query: str, *, now: datetime = NOW, limit: int = 10) -> list[str]:
    found = store.archive.search(read_query(query, SOURCES), limit=limit, now=now)
    return [hit.article.lead.key for hit in found.hits]


def assert_sound(path: Path) -> None:
    """The index holds together, and forgot what was taken out of it."""
    with sqlite3.connect(path) as raw:
        raw.execute("INSERT INTO search_terms (search_terms) VALUES ('integrity-check')")
        (documents,) = raw.execute("SELECT count(*) FROM search_documents").fetchone()
        places = raw.execute("SELECT rowid FROM search_terms WHERE search_terms MATCH '\"a:\"'").fetchall()
    raw.close()
    assert len(places) == documents


def test_what_is_stored_waits_and_is_found_once_it_is_indexed(memory: Store) -> None:
    write(memory, written("1", "البلدية تفتتح حديقة"), written("2", "زلزال في الجنوب"))
    assert memory.archive.waiting() == 2
    assert ask(memory, "حديقة") == []
    assert memory.archive.index_waiting(1) == 1
    index(memory)
    assert memory.archive.waiting() == 0
    assert ask(memory, "الحديقه") == ["1"]
    assert ask(memory, "زلزال") == ["2"]


def test_a_correction_replaces_what_was_found(memory: Store, tmp_path: Path) -> None:
    first = written("1", "البلدية تفتتح حديقة")
    write(memory, first)
    index(memory)
    title = "البلدية تغلق ملعبا"
    corrected = replace(first, entry=replace(first.entry, title=title), appearances=(replace(first.lead, title=title),))
    write(memory, corrected)
    assert ask(memory, "حديقة") == ["1"], "old terms serve until they are replaced"
    index(memory)
    assert ask(memory, "حديقة") == []
    assert ask(memory, "ملعب") == ["1"]
    assert_sound(tmp_path / "khulasa.db")


def test_a_dissolved_article_is_not_found_any_more(memory: Store, tmp_path: Path) -> None:
    write(memory, written("1", "حديقة في حلب"), written("2", "حديقة في حمص"))
    index(memory)
    write(memory, dissolved=(("rawaq-1", "rawaq-2"),))
    assert ask(memory, "حديقة") == ["2"]
    index(memory)
    assert memory.archive.waiting() == 0
    assert ask(memory, "حلب") == []
    assert_sound(tmp_path / "khulasa.db")


def test_an_article_whose_date_changes_takes_its_new_place(memory: Store, tmp_path: Path) -> None:
    first = written("1", "حديقة")
    write(memory, first)
    index(memory)
    earlier = NOW - timedelta(days=30)
    write(memory, replace(first, date=earlier, appearances=(replace(first.lead, date=earlier),)))
    index(memory)
    assert ask(memory, "حديقة after:2026-11-01") == []
    assert ask(memory, "حديقة before:2026-11-01") == ["1"]
    assert_sound(tmp_path / "khulasa.db")


def test_an_article_that_did_not_change_for_the_index_is_left_alone(memory: Store, tmp_path: Path) -> None:
    first = written("1", "حديقة")
    write(memory, first)
    index(memory)
    with sqlite3.connect(tmp_path / "khulasa.db") as raw:
        (before,) = raw.execute("SELECT place FROM search_documents").fetchone()
        write(memory, replace(first, byline=None, entry=replace(first.entry, image="https://rawaq.example/i.jpg")))
        index(memory)
        assert raw.execute("SELECT place FROM search_documents").fetchall() == [(before,)]
    raw.close()


def test_a_title_outweighs_a_text_and_the_new_outweighs_the_old(memory: Store) -> None:
    write(
        memory,
        written("text", "خبر", "حديقة"),
        written("title", "حديقة", "خبر"),
        written("old title", "حديقة", "خبر", date=NOW - timedelta(days=400)),
        written("old text", "خبر", "حديقة", date=NOW - timedelta(days=400)),
    )
    index(memory)
    assert ask(memory, "title:حديقة") == ["title", "old title"]
    assert [key for key in ask(memory, "حديقة") if "old" not in key] == ["title", "text"]
    assert [key for key in ask(memory, "حديقة") if "old" in key] == ["old title", "old text"]


def test_what_is_equally_good_is_ordered_by_date_then_by_name(memory: Store) -> None:
    write(memory, *(written(key, "حديقة", hours_ago=2) for key in "cab"), written("z", "ملعب", hours_ago=1))
    index(memory)
    assert ask(memory, "source:rawaq") == ["z", "a", "b", "c"]
    assert ask(memory, "حديقة") == ["a", "b", "c"]
    assert ask(memory, "حديقة", limit=2) == ["a", "b"]


def test_the_same_question_at_the_same_moment_has_the_same_answer(memory: Store) -> None:
    write(memory, *(written(str(n), "حديقة", "حديقة " * n, hours_ago=n) for n in range(8)))
    index(memory)
    first = memory.archive.search(read_query("حديقة", {}), limit=10, now=NOW)
    assert memory.archive.search(read_query("حديقة", {}), limit=10, now=NOW) == first
    later = memory.archive.search(read_query("حديقة", {}), limit=10, now=NOW + timedelta(days=90))
    assert [hit.score for hit in later.hits] < [hit.score for hit in first.hits]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("category:sports", ["match"]),
        ("-category:sports", ["copied", "park"]),
        ("country:SY", ["park"]),
        ("source:ضفاف", ["copied"]),
        ("source:(rawaq OR difaf) title:حديقة", ["copied", "park"]),
        ("lang:ar مباراة", ["match"]),
        ("NOT حديقة", ["match"]),
        ("حديقة -حلب", ["copied"]),
        ("حديقة OR مباراة -حلب", ["match", "copied", "park"]),
        ("(حديقة OR مباراة) -حلب", ["copied", "match"]),
        ("politics", []),
        ("sports", []),
        ("a:", []),
    ],
)
def test_fields_and_operators_choose(memory: Store, query: str, expected: list[str]) -> None:
    park = written("park", "حديقة في حلب", countries=(label("SY"),))
    match = written("match", "مباراة في حمص", categories=(label("sports"),), hours_ago=3)
    copied = written("copied", "حديقة جديدة", source="difaf", hours_ago=1)
    write(memory, park, match, copied)
    index(memory)
    try:
        assert sorted(ask(memory, query)) == sorted(expected)
    except ExpressionError:
        assert query == "a:"


def test_days_hold_from_midnight_to_midnight_utc(memory: Store) -> None:
    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    second = timedelta(seconds=1)
    write(memory, *(written(str(n), "حديقة", date=midnight + n * second) for n in (-1, 0, 1)))
    index(memory)
    assert sorted(ask(memory, "after:2026-11-20")) == ["0", "1"]
    assert ask(memory, "before:2026-11-20") == ["-1"]
    assert ask(memory, "after:2026-11-20 before:2026-11-20") == []


def test_articles_of_one_second_all_have_a_place(
    memory: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(archive, "_SLOTS", 4)
    write(memory, *(written(str(n), "حديقة", hours_ago=2) for n in range(30)))
    index(memory)
    assert len(ask(memory, "حديقة", limit=100)) == 30
    assert_sound(tmp_path / "khulasa.db")


def test_what_is_found_in_a_title_is_found_behind_many_newer_articles(
    memory: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "CANDIDATES", 5)
    write(
        memory,
        written("title", "حديقة", hours_ago=9000),
        *(written(f"text {n}", "خبر", "حديقة", hours_ago=6000 + n) for n in range(20)),
    )
    index(memory)
    assert ask(memory, "حديقة")[0] == "title"


def test_other_outlets_headlines_and_authors_are_found(memory: Store) -> None:
    first = written("1", "حديقة", byline="ليلى منصور")
    copy = written("2", "متنزه", source="difaf").lead
    write(memory, replace(first, appearances=(first.lead, copy)))
    index(memory)
    assert ask(memory, "متنزه") == ask(memory, "ليلي منصور") == ["1"]


def test_credits_and_headlines_of_other_stories_are_not_found(memory: Store) -> None:
    paragraphs = ("كتبت: منى سالم", "افتتحت البلدية الحديقة.", "اقرأ أيضا: زلزال يضرب الساحل", "وحضر الافتتاح كثيرون.")
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    write(memory, article(key="1", title="حديقة", content=text))
    index(memory)
    assert ask(memory, "افتتاح") == ["1"]
    assert ask(memory, "زلزال") == ask(memory, "كتبت") == []


def test_long_articles_are_indexed_a_few_at_a_time(memory: Store) -> None:
    write(memory, *(written(str(n), "حديقة", "كلمة " * 20_000) for n in range(3)))
    assert memory.archive.index_waiting() == 1
    index(memory)
    assert memory.archive.waiting() == 0


def test_a_copy_stands_under_its_original_as_long_as_that_answers_too(memory: Store, tmp_path: Path) -> None:
    write(memory, written("1", "حديقة في حلب", hours_ago=5), written("2", "حديقة وملعب", source="difaf"))
    index(memory)
    with sqlite3.connect(tmp_path / "khulasa.db") as raw:
        raw.executemany(
            "INSERT INTO story_members (article_id, story_id, published, copy_of, is_agencys) VALUES (?, 's', 0, ?, 0)",
            [("rawaq-1", None), ("difaf-2", "rawaq-1")],
        )
    raw.close()
    (hit,) = memory.archive.search(read_query("حديقة", {}), limit=5, now=NOW).hits
    assert hit.article.id == "rawaq-1"
    assert [copy.source_id for copy in hit.article.copies] == ["difaf"]
    assert ask(memory, "ملعب") == ["2"], "it says more than its original"


# --- laws -------------------------------------------------------------------------------------------------------------

TEXTS = st.sampled_from(["حديقة في حلب", "مباراة في حمص", "زلزال", "حديقة ومباراة", ""])
STEPS = st.lists(st.tuples(st.sampled_from("abc"), TEXTS, TEXTS, st.integers(0, 2)), min_size=1, max_size=12)


@given(STEPS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_articles_change_the_index_is_as_one_made_at_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("law")
    with Store(folder / "changed.db") as changed, Store(folder / "at-once.db") as at_once:
        last: dict[str, Article] = {}
        for number, (key, title, text, hours) in enumerate(steps):
            last[key] = written(key, title, text, hours_ago=hours)
            write(changed, last[key])
            if number % 2:
                index(changed)
        write(at_once, *last.values())
        for store in (changed, at_once):
            index(store)
        for query in ("حديقة", "مباراة", "زلزال", "حلب OR حمص", "source:rawaq"):
            assert ask(changed, query) == ask(at_once, query)
    assert_sound(folder / "changed.db")


@given(st.lists(PARTS, max_size=20).map("".join))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_the_index_answers(answering: Store, text: str) -> None:
    try:
        query = read_query(text, SOURCES)
    except ExpressionError:
        return
    assert len(answering.archive.search(query, limit=5, now=NOW).hits) <= 5


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(tmp_path_factory.mktemp("answering") / "khulasa.db") as opened:
        write(opened, written("1", "حديقة في دمشق", "كتب"), written("2", "حلب", "1.5 x"))
        index(opened)
        yield opened
