"""``khulasa poll`` and ``publish``, and what ``status`` and ``explain`` say afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from khulasa import compose
from news.types import Article
from tests.feeds.publisher import Publisher, answer
from tests.khulasa.door import Answer, Place, rss, sources_yml

MOMENT = "2026-11-20T10:00:00Z"
WIRE = (
    "افتتحت وزيرة النقل سلمى العطار صباح اليوم خط السكة الحديدية الجديد بين مدينتي رأس السدر ووادي النخيل، "
    "وقالت إن القطارات ستنقل أربعة آلاف راكب في اليوم، وإن العمل في المحطات الثلاث الباقية ينتهي قبل الربيع المقبل."
)
TRAIN = "https://riwaq.example/news/1"
TRAIN_AT_NIL = "https://nil.example/a/77"


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Answer]]:
    """Three outlets, asked once: two carry the same story, the third is out of order. And what the poll answered."""
    place = Place(tmp_path_factory.mktemp("polled"))
    with Publisher() as publisher:
        riwaq = rss("الرواق", ("افتتاح خط السكة الحديدية", TRAIN, WIRE), ("خبر قصير", f"{TRAIN}2", "نص قصير"))
        nil = rss("النيل", ("افتتاح خط السكة الحديدية", TRAIN_AT_NIL, WIRE))
        place.write(
            sources_yml(
                ("riwaq", "صحيفة الرواق", publisher.script("/riwaq", answer(body=riwaq))),
                ("nil", "يوميات النيل", publisher.script("/nil", answer(body=nil))),
                ("mina", "بوابة الميناء", publisher.script("/mina", answer(500))),
            )
        )
        told = place.say("poll", "--json", "--now", MOMENT)
    yield place, told


@pytest.fixture(scope="module")
def train(polled: tuple[Place, Answer]) -> Article:
    place, _ = polled
    with compose.remembered(place.data) as store:
        return store.article(TRAIN)


def changed_files(place: Place) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in place.public.rglob("*") if path.is_file()}


def test_a_poll_says_what_every_source_brought_and_a_failing_source_is_news(polled: tuple[Place, Answer]) -> None:
    place, told = polled
    assert told.code == 0
    mina, nil, riwaq = told.json["sources"]
    assert {source["id"]: source["outcome"] for source in (mina, nil, riwaq)} == {
        "mina": "server_error",
        "nil": "ok",
        "riwaq": "ok",
    }
    assert set(mina) == {"id", "outcome", "message", "new", "merged", "corrected", "problems", "next_check"}
    assert mina["message"] == "HTTP 500: the server failed"
    assert mina["next_check"] > MOMENT
    assert nil["new"] + riwaq["new"] == 2
    assert nil["merged"] + riwaq["merged"] == 1
    assert {"all.rss", "all.atom", "source/riwaq.atom", "index.html"} <= set(told.json["files_changed"])
    assert "id=mina" in told.err  # the log says it too
    assert all((place.public / name).is_file() for name in told.json["files_changed"])


def test_what_is_not_due_is_not_asked(polled: tuple[Place, Answer]) -> None:
    place, _ = polled
    before = changed_files(place)
    answered = place.say("poll", "--now", MOMENT)
    assert (answered.code, answered.out, answered.err) == (0, "nothing is due\n", "")
    assert place.say("poll", "--json", "--now", MOMENT).json == {"sources": [], "files_changed": []}
    assert changed_files(place) == before


def test_a_source_that_is_named_is_asked_though_it_is_not_due_and_only_once(place: Place, publisher: Publisher) -> None:
    publisher.script("/mina", answer(404))
    publisher.script("/riwaq", answer(404))
    place.write(sources_yml(("mina", "م", publisher.url("/mina")), ("riwaq", "ر", publisher.url("/riwaq"))))
    assert place.say("poll", "--now", MOMENT).code == 0
    answered = place.say("poll", "mina", "mina", "--now", MOMENT, "--json")
    assert [source["id"] for source in answered.json["sources"]] == ["mina"]
    assert (len(publisher.asked("/mina")), len(publisher.asked("/riwaq"))) == (2, 1)


def test_a_moment_in_the_future_makes_due_what_is_not_due_now(place: Place, publisher: Publisher) -> None:
    publisher.script("/mina", answer(404))
    place.write(sources_yml(("mina", "بوابة الميناء", publisher.url("/mina"))))
    assert place.say("poll", "--now", MOMENT).code == 0
    answered = place.say("poll", "--now", "2026-11-27T13:00:00+03:00")
    assert answered.code == 0
    assert len(publisher.asked("/mina")) == 2
    (row,) = [line for line in answered.out.splitlines() if line.startswith(" mina")]
    assert row.split() == ["mina", "بوابة", "الميناء", "not_found", "HTTP", "404:", "not", "found"]
    (source,) = place.say("status", "--json").json["sources"]
    assert source["state"]["last_check"] == "2026-11-27T10:00:00+00:00"


def test_a_source_that_is_not_in_the_file_is_said_with_the_nearest_one(polled: tuple[Place, Answer]) -> None:
    place, _ = polled
    answered = place.say("poll", "riwak", "nil")
    assert (answered.code, answered.out) == (1, "")
    assert answered.err == "no source is called 'riwak' – did you mean riwaq?\n"
    assert place.say("poll", "[bold]\n\x1b[2J").err == "no source is called '[bold]\\n\\x1b[2J'\n"


def test_publish_renders_only_what_is_asked_or_has_changed(polled: tuple[Place, Answer]) -> None:
    place, _ = polled
    before = changed_files(place)
    assert place.say("publish").out == "0 feeds rendered, 0 files changed\n"
    assert place.say("publish", "--json").json == {"rendered": 0, "files_changed": []}
    assert place.say("publish", "all", "category/politics", "--json").json == {"rendered": 2, "files_changed": []}
    assert changed_files(place) == before
    (place.public / "all.atom").unlink()
    assert place.say("publish", "--json").json == {"rendered": 1, "files_changed": ["all.atom"]}
    assert changed_files(place).keys() == before.keys()


def test_a_feed_that_is_not_published_is_said_with_those_that_are(polled: tuple[Place, Answer]) -> None:
    place, _ = polled
    answered = place.say("publish", "category/politic")
    assert (answered.code, answered.out) == (1, "")
    assert answered.err.startswith("no feed is called 'category/politic'; there are all, ")
    assert "source/riwaq" in answered.err
    assert len(answered.err.splitlines()) == 1


def test_a_new_feed_is_published_without_asking_anybody(place: Place) -> None:
    place.write(sources_yml(("a", "أ", "http://127.0.0.1:1/feed"), feeds="feeds:\n  - {id: e, title: ه, match: نفط}\n"))
    answered = place.say("publish")
    assert answered.code == 0
    assert answered.out.startswith("26 feeds rendered, ")
    assert (place.public / "feed/e.atom").is_file()


def test_status_shows_every_source_and_every_feed(polled: tuple[Place, Answer]) -> None:
    place, _ = polled
    answered = place.say("status")
    assert answered.code == 0
    rows = {line.split()[0]: line for line in answered.out.splitlines() if line.strip()}
    assert {"riwaq", "nil", "mina", "all", "category/politics", "source/mina"} <= rows.keys()
    assert "صحيفة الرواق" in rows["riwaq"]
    assert "HTTP 500: the server failed" in rows["mina"]
    assert "published at http://127.0.0.1:8080/" in answered.out


def test_status_for_programs(polled: tuple[Place, Answer]) -> None:
    place, _ = polled
    told = place.say("status", "--json").json
    sources = {source["id"]: source for source in told["sources"]}
    assert list(sources) == ["riwaq", "nil", "mina"]
    assert {name: source["articles"] for name, source in sources.items()} == {"riwaq": 2, "nil": 1, "mina": 0}
    assert sources["riwaq"]["state"]["last_success"] == "2026-11-20T10:00:00+00:00"
    assert sources["mina"]["state"]["reason"] == "server_error"
    assert sources["mina"]["state"]["failures"] == 1
    feeds = {feed["feed_id"]: feed for feed in told["feeds"]}
    assert feeds["all"]["items"] == 2
    assert feeds["all"]["size"] == sum(
        (place.public / f"all.{ending}").stat().st_size for ending in ("rss", "atom", "json", "html")
    )


def test_a_source_never_asked_is_shown_as_such(polled: tuple[Place, Answer], tmp_path: Path) -> None:
    place, _ = polled
    more = tmp_path / "sources.yml"
    more.write_text(sources_yml(("new", "جديد", "https://new.example/feed")), encoding="utf-8")
    answered = place.say("--config", str(more), "status")
    (row,) = [line for line in answered.out.splitlines() if line.startswith(" new")]
    assert "never asked" in row
    assert place.say("--config", str(more), "status", "--json").json["sources"][0]["state"] is None
    assert "never been asked" in place.say("--config", str(more), "explain", "new").out


@pytest.mark.parametrize("words", [["status"], ["status", "--json"], ["explain", "a"], ["explain", "a", "--json"]])
def test_before_the_first_poll_the_remedy_is_said(words: list[str], place: Place) -> None:
    place.write(sources_yml(("a", "أ", "https://a.example/feed")))
    answered = place.say(*words)
    assert (answered.code, answered.out) == (1, "")
    assert answered.err == f"there is no store in {place.data} yet: run `khulasa poll` first\n"
    assert not place.data.exists()


def test_an_article_is_explained_under_each_of_its_names(polled: tuple[Place, Answer], train: Article) -> None:
    place, _ = polled
    tag = f"tag:127.0.0.1,2026:article/{train.id}"
    assert tag in (place.public / "all.atom").read_text(encoding="utf-8")
    told = [place.say("explain", name) for name in (train.id, TRAIN, TRAIN_AT_NIL, tag)]
    assert {answered.code for answered in told} == {0}
    assert len({answered.out for answered in told}) == 1
    for part in (train.id, tag, "افتتاح خط السكة الحديدية", "riwaq", "nil", "merged", "2026-11-20T09:00:00+00:00"):
        assert part in told[0].out


def test_an_article_is_explained_to_programs_with_every_decision(polled: tuple[Place, Answer], train: Article) -> None:
    place, _ = polled
    told = place.say("explain", train.id, "--json").json
    assert told["article"]["id"] == train.id
    assert told["article"]["entry"]["title"] == "افتتاح خط السكة الحديدية"
    assert {a["source_id"] for a in told["article"]["appearances"]} == {"riwaq", "nil"}
    assert told["article"]["date_confidence"] == "exact"
    assert {a["date_source"] for a in told["article"]["appearances"]} == {"published"}
    assert [decision["what"] for decision in told["decisions"]] == ["new", "merged"]
    assert all(decision["why"] and decision["at"] == "2026-11-20T10:00:00+00:00" for decision in told["decisions"])


def test_a_source_is_explained_with_its_failure_and_when_it_is_asked_next(polled: tuple[Place, Answer]) -> None:
    place, _ = polled
    told = place.say("explain", "mina").out
    assert "server_error: HTTP 500: the server failed (1 in a row)" in told
    assert "why then" in told
    programs = place.say("explain", "mina", "--json").json
    assert programs["source"]["title"] == "بوابة الميناء"
    assert programs["state"]["source_id"] == "mina"
    assert [problem["reason"] for problem in programs["problems"]] == ["server_error"]


@pytest.mark.parametrize("name", ["https://riwaq.example/none", "tag:riwaq.example,2026:article/none", "x\x1b[2J\ny"])
def test_what_is_unknown_is_said_in_one_line(name: str, polled: tuple[Place, Answer]) -> None:
    place, _ = polled
    for words in (["explain", name], ["explain", name, "--json"]):
        answered = place.say(*words)
        assert (answered.code, answered.out) == (1, "")
        assert answered.err.startswith("no article has the id, link or guid ")
        assert len(answered.err.splitlines()) == 1
        assert "\x1b" not in answered.err


def test_a_guid_of_a_publisher_may_look_like_a_name_of_ours(place: Place, publisher: Publisher) -> None:
    guid = "tag:riwaq.example,2025:article/5"
    body = rss("الرواق", ("افتتاح", TRAIN, WIRE)).replace(f"<guid>{TRAIN}<".encode(), f"<guid>{guid}<".encode())
    publisher.script("/riwaq", answer(body=body))
    place.write(sources_yml(("riwaq", "الرواق", publisher.url("/riwaq"))))
    assert place.say("poll", "--now", MOMENT).code == 0
    assert place.say("explain", guid, "--json").json["article"]["entry"]["guid"] == guid
