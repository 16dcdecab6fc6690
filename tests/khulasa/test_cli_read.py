"""``khulasa read`` and ``khulasa judge``: what they promise to programs, line by line and at once."""

import json
import select
import subprocess
from typing import IO, Any

import pytest

from tests.feeds.publisher import Publisher, answer
from tests.khulasa.door import PATIENCE, Place, rss

ATOM = """\
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ar">
  <id>tag:riwaq.example,2026:feed</id>
  <title>صحيفة &lt;b&gt;الرواق&lt;/b&gt;</title>
  <subtitle>أخبار كل يوم</subtitle>
  <link href="https://riwaq.example/"/>
  <link rel="self" href="https://riwaq.example/feed.atom"/>
  <updated>2026-11-20T12:00:00+03:00</updated>
  <rights>الرواق 2026</rights>
  <author><name>هيئة التحرير</name></author>
  <logo>https://riwaq.example/logo.png</logo>
  <entry>
    <id>tag:riwaq.example,2026:1</id>
    <title type="html">افتتاح &lt;i&gt;الخط&lt;/i&gt; &amp;amp; المحطة</title>
    <link href="/news/1"/>
    <link rel="enclosure" href="https://riwaq.example/1.mp3" type="audio/mpeg" length="1234"/>
    <published>2026-11-20T11:00:00+03:00</published>
    <updated>2026-11-20T12:00:00+03:00</updated>
    <author><name>سلمى العطار</name></author>
    <category term="نقل"/>
    <summary>ملخص</summary>
    <content type="html">&lt;p onclick="x()"&gt;نص أطول من ملخصه&lt;script&gt;x()&lt;/script&gt;&lt;/p&gt;</content>
  </entry>
  <entry><title>بلا شيء</title></entry>
</feed>
"""
FEED_KEYS = ["id", "title", "link", "self", "description", "language", "updated", "rights", "author", "image"]
ENTRY_KEYS = [
    "id",
    "title",
    "link",
    "published",
    "updated",
    "date_text",
    "zone_known",
    "author",
    "summary",
    "content",
    "language",
    "categories",
    "enclosures",
]
JUDGED_KEYS = [
    "id",
    "fingerprint",
    "language",
    "byline",
    "agency",
    "categories",
    "countries",
    "duplicate_of",
    "story",
]
WIRE = (
    "أعلنت وزارة النقل اليوم افتتاح خط السكة الحديدية الجديد بين مدينتي رأس السدر ووادي النخيل أمام الركاب. "
    "وقالت الوزيرة سلمى العطار إن القطارات ستنقل أربعة آلاف راكب في اليوم، وإن العمل ينتهي قبل الربيع المقبل. "
    "وأضافت أن المحطات الثلاث الباقية تفتح في الصيف، وأن التذكرة لا تزيد على سبعة دراهم للمسافة كلها."
)


@pytest.fixture
def feed(place: Place) -> str:
    path = place.folder / "feed.atom"
    path.write_text(ATOM, encoding="utf-8")
    return str(path)


def jsonl(*objects: object) -> bytes:
    return b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in objects)


def test_a_document_is_one_line_in_the_promised_shape(place: Place, feed: str) -> None:
    told = place.say("read", "--json", feed)
    assert (told.code, told.err) == (0, "")
    (line,) = told.lines
    assert list(line) == ["document", "encoding", "feed", "entries", "problems", "error"]
    assert (line["document"], line["encoding"], line["error"]) == (feed, "utf-8", None)
    assert list(line["feed"]) == FEED_KEYS
    assert line["feed"] == {
        "id": "tag:riwaq.example,2026:feed",
        "title": "صحيفة <b>الرواق</b>",
        "link": "https://riwaq.example/",
        "self": "https://riwaq.example/feed.atom",
        "description": "أخبار كل يوم",
        "language": "ar",
        "updated": "2026-11-20T09:00:00Z",
        "rights": "الرواق 2026",
        "author": "هيئة التحرير",
        "image": "https://riwaq.example/logo.png",
    }
    first, second = line["entries"]
    assert list(first) == list(second) == ENTRY_KEYS
    assert first["title"] == "افتتاح الخط & المحطة"
    assert (first["published"], first["updated"]) == ("2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z")
    assert (first["author"], first["categories"]) == ("سلمى العطار", ["نقل"])
    assert (first["summary"], first["content"]) == ("ملخص", "<p>نص أطول من ملخصه</p>")
    assert first["enclosures"] == [{"url": "https://riwaq.example/1.mp3", "type": "audio/mpeg", "length": 1234}]
    absent = ("id", "link", "published", "updated", "summary", "content")
    assert [second[key] for key in absent] == [None] * len(absent)
    assert second["author"] == "هيئة التحرير"  # the feed's, as Atom has it (RFC 4287, 4.2.1)
    assert (second["categories"], second["enclosures"]) == ([], [])
    assert all(list(problem) == ["reason", "message", "place"] for problem in line["problems"])


def test_standard_input_is_a_document_too(place: Place) -> None:
    told = place.say("read", "--json", "-", stdin=ATOM.encode())
    (line,) = told.lines
    assert (told.code, line["document"], len(line["entries"])) == (0, "-", 2)


def test_an_address_is_fetched_with_what_http_said(place: Place, publisher: Publisher) -> None:
    place.write("fetch: {allow_networks: [127.0.0.0/8]}\n")
    body = rss("صحيفة الرواق", ("افتتاح", "news/1", "نص")).decode().encode("windows-1256")
    address = publisher.script("/feed", answer(headers={"Content-Type": "text/xml; charset=windows-1256"}, body=body))
    told = place.say("read", "--json", address, publisher.url("/none"))
    assert told.code == 0  # a source that fails is news
    line, failed = told.lines
    assert (line["document"], line["encoding"], line["feed"]["title"]) == (address, "windows-1256", "صحيفة الرواق")
    assert line["entries"][0]["title"] == "افتتاح"
    assert (failed["document"], failed["feed"], failed["entries"]) == (publisher.url("/none"), None, [])
    assert failed["error"] == {"reason": "not_found", "message": "HTTP 404: not found"}
    assert not place.data.exists()


def test_what_is_no_feed_is_an_answer_and_a_missing_file_is_a_failure(place: Place, feed: str) -> None:
    page = place.folder / "page.html"
    page.write_text("<!doctype html><html><body>أهلا</body></html>", encoding="utf-8")
    told = place.say("read", "--json", str(page), feed)
    assert told.code == 0
    assert [line["error"] and line["error"]["reason"] for line in told.lines] == ["not_a_feed", None]
    for missing in (str(place.folder / "none.xml"), str(place.folder), "a\0b"):
        told = place.say("read", "--json", missing, feed)
        assert told.code == 1, missing
        assert [line["error"] and line["error"]["reason"] for line in told.lines] == ["unreadable_file", None]
        assert list(told.lines[0]) == list(told.lines[1])


def test_people_get_a_table(place: Place, feed: str) -> None:
    told = place.say("read", feed, str(place.folder / "none.xml"))
    assert told.code == 1
    title, *_ = told.out.splitlines()
    assert title.strip() == f"{feed}: صحيفة <b>الرواق</b>"
    assert "2026-11-20T08:00:00Z   افتتاح الخط & المحطة   https://riwaq.example/news/1" in told.out
    assert told.out.endswith("none.xml: unreadable_file: No such file or directory\n")


def test_requests_carry_what_http_would_have_said(place: Place) -> None:
    path = place.folder / "feed.bin"
    path.write_bytes(rss("صحيفة الرواق", ("افتتاح", "/news/1", "نص")).decode().encode("windows-1256"))
    asked = jsonl(
        {"path": str(path), "url": "https://riwaq.example/x", "headers": {"Content-Type": "a/b; charset=cp1256"}},
        {"path": str(path), "url": None, "headers": None},
        {"path": "-"},
    )
    told = place.say("read", "--requests", stdin=b"\n" + asked)
    assert (told.code, told.err) == (0, "")
    first, second, third = told.lines
    assert (first["feed"]["title"], first["entries"][0]["link"]) == ("صحيفة الرواق", "https://riwaq.example/news/1")
    assert second["document"] == str(path)
    assert third["error"]["reason"] == "unreadable_file"  # a file of this name, never the stream of requests


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b'"a.xml"', "not a JSON object"),
        (b"\xff{}", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"{}", 'needs "path"'),
        (b'{"path": 5}', 'needs "path"'),
        (b'{"path": "a", "headers": [1]}', '"headers" as an object'),
        (b'{"path": "a", "url": 5}', '"url" must be text'),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_request_that_is_none_is_said_with_its_line(line: bytes, said: str, place: Place, feed: str) -> None:
    told = place.say("read", "--requests", stdin=jsonl({"path": feed}) + line + b"\n" + jsonl({"path": feed}))
    assert told.code == 1
    assert [each["document"] for each in told.lines] == [feed]
    assert told.err.startswith("line 2: ")
    assert said in told.err
    assert len(told.err.splitlines()) == 1


def test_judge_answers_in_the_promised_shape(place: Place) -> None:
    asked = {
        "id": "n1",
        "outlet": "riwaq",
        "title": "افتتاح خط السكة الحديدية في مصر",
        "text": f"كتبت - ليلى الحداد:\n{WIRE}",
        "url": "https://riwaq.example/1",
        "published": "2026-11-20T09:00:00+03:00",
    }
    told = place.say("judge", stdin=jsonl(asked))
    assert (told.code, told.err) == (0, "")
    (line,) = told.lines
    assert list(line) == JUDGED_KEYS
    assert (line["id"], line["byline"], line["duplicate_of"], line["story"]) == ("n1", "ليلى الحداد", None, "n1")
    assert isinstance(line["fingerprint"], str)
    assert all(list(label) == ["id", "score"] and 0 <= label["score"] <= 1 for label in line["categories"])
    assert all(isinstance(country, str) and len(country) == 2 for country in line["countries"])
    assert not place.data.exists()


def test_a_copy_names_the_first_of_its_kind_by_the_id_it_came_with(place: Place) -> None:
    asked: list[dict[str, Any]] = [
        {"id": 0, "title": "افتتاح الخط", "text": WIRE, "outlet": "riwaq"},
        {"id": "x", "title": "خبر آخر", "text": WIRE[::-1]},
        {"title": "خط جديد", "text": WIRE, "outlet": "nil"},
        {"id": 12, "title": "خط السكة", "text": f"كتب - سمير الجندي:\n{WIRE}", "outlet": "sahel"},
    ]
    told = place.say("judge", stdin=jsonl(*asked))
    assert [line["id"] for line in told.lines] == [0, "x", "3", 12]
    assert [line["duplicate_of"] for line in told.lines] == [None, None, 0, 0]
    assert [line["story"] for line in told.lines] == [0, "x", 0, 0]
    assert told.lines[0]["fingerprint"] == told.lines[2]["fingerprint"] != told.lines[1]["fingerprint"]


def test_a_title_is_enough_and_two_equal_titles_are_no_copies(place: Place) -> None:
    nulls = dict.fromkeys(("id", "outlet", "text", "url", "published"))
    told = place.say("judge", stdin=jsonl({"title": "نشرة الأخبار"}, {"title": "نشرة الأخبار", **nulls}, {"title": ""}))
    assert told.code == 0
    assert [line["id"] for line in told.lines] == ["1", "2", "3"]
    assert [line["duplicate_of"] for line in told.lines] == [None] * 3
    assert [line["fingerprint"] for line in told.lines] == [None] * 3
    assert all(list(line) == JUDGED_KEYS for line in told.lines)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"title", "not JSON"),
        (b"null", "not a JSON object"),
        (b"\xe6", "not JSON"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"{}", 'needs a "title"'),
        (b'{"title": ["x"]}', '"title" must be text'),
        (b'{"title": "x", "id": [1]}', '"id" must be text'),
        (b'{"title": "x", "id": true}', '"id" must be text'),
        (b'{"title": "x", "outlet": 1}', '"outlet" must be text'),
        (b'{"title": "x", "text": {}}', '"text" must be text'),
        (b'{"title": "x", "url": false}', '"url" must be text'),
        (b'{"title": "x", "published": 2026}', '"published" must be text'),
        (b'{"title": "x", "published": "yesterday"}', "no RFC 3339 date"),
        (b'{"title": "x", "published": "0001-01-01T00:00:00+10:00"}', "no RFC 3339 date"),
        (b'{"title": "x", "published": "9999-12-31T23:59:59-10:00"}', "no RFC 3339 date"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_line_that_is_none_is_said_with_its_number(line: bytes, said: str, place: Place) -> None:
    told = place.say("judge", stdin=jsonl({"title": "أ"}) + b"\n" + line + b"\n" + jsonl({"title": "ب"}))
    assert told.code == 1
    assert len(told.lines) == 1  # what came before it is answered
    assert told.err.startswith("line 3: ")
    assert said in told.err
    assert len(told.err.splitlines()) == 1


def test_a_byte_order_mark_and_the_last_line_without_an_end_are_fine(place: Place) -> None:
    told = place.say("judge", stdin=b"\xef\xbb\xbf" + jsonl({"title": "أ"}, {"title": "ب"}).removesuffix(b"\n"))
    assert (told.code, len(told.lines)) == (0, 2)


def test_half_a_surrogate_pair_comes_back_as_json_writes_it(place: Place) -> None:
    told = place.say("judge", stdin=b'{"id": "\\ud83d", "title": "\\ud83d"}\n')
    assert (told.code, told.lines[0]["id"]) == (0, "\ud83d")


def answer_to(process: "subprocess.Popen[bytes]", line: bytes) -> Any:
    """What comes back for one line while standard input stays open."""
    source, sink = pipes(process)
    source.write(line)
    source.flush()
    ready, _, _ = select.select([sink], [], [], PATIENCE)
    assert ready, "no answer to a line while the next one is awaited"
    return json.loads(sink.readline())


def pipes(process: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


LATIN = {"PYTHONIOENCODING": "latin-1"}  # JSON is UTF-8 on a terminal that is not


def test_each_request_is_answered_before_the_next_is_written(place: Place, feed: str) -> None:
    with place.start("read", "--requests", env=LATIN) as process:
        for title in ("الأول", "الثاني", "الثالث"):
            path = place.folder / f"{title}.xml"
            path.write_bytes(rss(title))
            answered = answer_to(process, jsonl({"path": str(path)}))
            assert (answered["document"], answered["feed"]["title"]) == (str(path), title)
        _, told = process.communicate(timeout=PATIENCE)
    assert (process.returncode, told) == (0, b"")


def test_each_article_is_judged_before_the_next_is_written(place: Place) -> None:
    with place.start("judge", env=LATIN) as process:
        for name in ("أ", "ب", "ج"):
            answered = answer_to(process, jsonl({"id": name, "title": "افتتاح الخط", "text": WIRE}))
            assert (answered["id"], answered["story"]) == (name, "أ")
        _, told = process.communicate(timeout=PATIENCE)
    assert (process.returncode, told) == (0, b"")
