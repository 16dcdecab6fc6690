"""What the subscriber, the editor and a program see of stories: feeds, explain, merge, split, judge, the address."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest

from khulasa import compose
from scheduler.loop import until_done
from scheduler.verdicts import FOLDER
from scheduler.writer import Writer
from tests.feeds.publisher import Publisher, answer
from tests.khulasa.door import Place, rss, sources_yml
from tests.news.test_placing import CUT, FIRE, OTHER

MOMENT = "2026-11-20T10:00:00Z"
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
FIRE_AT_RIWAQ, FIRE_AT_NIL, PORT = (f"https://{name}.example/1" for name in ("riwaq", "nil", "sahel"))


def escaped(html: str) -> str:
    return html.replace("<", "&lt;")


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Place]:
    """Two outlets tell of a fire, one of a port."""
    place = Place(tmp_path)
    documents = {
        "riwaq": rss("الرواق", ("حريق في مستودع أخشاب بصور يصيب أربعة عمال", FIRE_AT_RIWAQ, escaped(FIRE))),
        "nil": rss("النيل", ("إصابة 4 عمال في حريق مستودع للأخشاب بصور", FIRE_AT_NIL, escaped(CUT))),
        "sahel": rss("الساحل", ("عقد لتوسعة الرصيف الشمالي في ميناء العقبة", PORT, escaped(OTHER))),
    }
    with Publisher() as publisher:
        sources = [(n, f"جريدة {n}", publisher.script(f"/{n}", answer(body=body))) for n, body in documents.items()]
        place.write(sources_yml(*sources))
        assert place.say("poll", "--now", MOMENT).code == 0
    yield place


def explained(place: Place, name: str) -> dict[str, object]:
    story = place.say("explain", name, "--json").json["story"]
    return {"id": story["id"], "members": {member["id"] for member in story["members"]}}


def test_the_feed_of_stories_has_one_item_for_an_event_and_names_everybody(told: Place) -> None:
    feed = (told.public / "stories.rss").read_text(encoding="utf-8")
    assert feed.count("<item>") == 2
    assert "مصدران:" in feed
    assert FIRE_AT_RIWAQ in feed
    assert FIRE_AT_NIL in feed
    assert "إصابة 4 عمال في حريق مستودع للأخشاب بصور" in feed, "an outlet's own headline"
    assert (told.public / "all.rss").read_text(encoding="utf-8").count("<item>") == 2
    assert FIRE_AT_NIL in (told.public / "source" / "nil.rss").read_text(encoding="utf-8"), "membership is never lost"


def test_explain_says_why_two_articles_are_or_are_not_one_story(told: Place) -> None:
    same = told.say("explain", FIRE_AT_RIWAQ, FIRE_AT_NIL, "--json").json
    assert (same["same_story"], same["copy"], same["editor"]) == (True, True, None)
    assert same["stories"][0] == same["stories"][1]
    assert same["features"]
    other = told.say("explain", FIRE_AT_RIWAQ, PORT, "--json").json
    assert (other["same_story"], other["copy"]) == (False, False)
    assert "different events" in told.say("explain", FIRE_AT_RIWAQ, PORT).out
    assert "a copy" in told.say("explain", FIRE_AT_RIWAQ).out
    assert "told by this article alone" in told.say("explain", PORT).out


def test_split_and_merge_undo_a_mistake_and_publish_it(told: Place) -> None:
    port, nil = (explained(told, name)["members"] for name in (PORT, FIRE_AT_NIL))
    assert told.say("merge", FIRE_AT_RIWAQ, PORT).code == 0
    assert explained(told, PORT)["members"] == {*port, *nil}  # type: ignore[misc]  # JSON
    assert (told.public / "stories.rss").read_text(encoding="utf-8").count("<item>") == 1
    assert told.say("split", PORT).code == 0
    assert explained(told, PORT)["members"] == port
    assert told.say("split", FIRE_AT_NIL, FIRE_AT_RIWAQ).code == 0
    assert (told.public / "stories.rss").read_text(encoding="utf-8").count("<item>") == 3
    assert (told.public / "all.rss").read_text(encoding="utf-8").count("<item>") == 3
    assert "not one story" in told.say("explain", FIRE_AT_NIL, FIRE_AT_RIWAQ).out
    alone = told.say("split", FIRE_AT_NIL)
    assert (alone.code, "in no story with others" in alone.err) == (1, True)
    assert told.say("merge", FIRE_AT_NIL).code == 2
    assert told.say("merge", FIRE_AT_NIL, "nothing").code == 1


def test_a_verdict_reaches_the_process_that_writes(told: Place) -> None:
    async def held() -> None:
        async with Writer(told.data) as writer:
            folder = told.data / FOLDER
            folder.mkdir(exist_ok=True)
            (folder / "20000101T000000-wrong.json").write_text("{", encoding="utf-8")
            assert told.run("merge", FIRE_AT_RIWAQ, PORT).code == 0
            assert explained(told, PORT)["id"] != explained(told, FIRE_AT_NIL)["id"]
            await compose.settle_stories(writer, told.data, now=NOW, spell=None)
            assert [path.name for path in folder.iterdir()] == ["20000101T000000-wrong.wrong"]

    until_done(held())
    assert explained(told, PORT)["id"] == explained(told, FIRE_AT_NIL)["id"]


def test_a_story_has_an_address_that_leads_on_when_it_became_part_of_another(told: Place) -> None:
    before = {name: str(explained(told, name)["id"]) for name in (PORT, FIRE_AT_RIWAQ)}
    told.say("merge", FIRE_AT_RIWAQ, PORT)
    now = str(explained(told, PORT)["id"])
    (gone,) = set(before.values()) - {now}
    configuration = compose.load(told.config)
    server = compose.server(lambda: configuration, told.data, host="127.0.0.1", port=0)
    server.start()
    try:
        status, headers, body = got(server.port, f"/story/{now}")
        assert (status, "3 مصادر" in body) == (200, True)
        assert headers["content-security-policy"].startswith("default-src 'none'")
        status, headers, _ = got(server.port, f"/story/{gone}")
        assert (status, headers["location"]) == (301, f"/story/{now}")
        assert got(server.port, "/story/0000000000000000")[0] == 404
        assert got(server.port, "/story/..%2f")[0] == 404
    finally:
        server.stop()


def got(port: int, path: str) -> tuple[int, dict[str, str], str]:
    link = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        link.request("GET", path)
        response = link.getresponse()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read().decode()
    finally:
        link.close()


def test_judge_names_copies_and_stories_of_a_stream(place: Place) -> None:
    place.write(sources_yml(("riwaq", "الرواق", "https://riwaq.example/")))
    lines = [
        {"id": "a", "title": "حريق في مستودع أخشاب بصور يصيب أربعة عمال", "text": FIRE, "published": MOMENT},
        {"id": "b", "title": "عقد لتوسعة الرصيف الشمالي في ميناء العقبة", "text": OTHER, "published": MOMENT},
        {"id": "c", "title": "إصابة 4 عمال في حريق مستودع للأخشاب بصور", "text": CUT, "published": MOMENT},
        {"id": "d", "title": "حريق في مستودع أخشاب بصور يصيب أربعة عمال", "text": FIRE, "published": MOMENT},
    ]
    told = place.say("judge", stdin="\n".join(map(json.dumps, lines)).encode()).lines
    assert [(line["duplicate_of"], line["story"]) for line in told] == [
        (None, "a"), (None, "b"), ("a", "a"), ("a", "a"),
    ]  # fmt: skip
