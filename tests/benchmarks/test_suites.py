"""The suites of other readers: what is asked of a document, what is safe, and the table over a checkout."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.suite_expectations import Case, case_of, misses
from benchmarks.suite_safety import unsafe
from benchmarks.suites import documents, tables

URL = "http://127.0.0.1:8097/tests/x.xml"
ENTRY: dict[str, Any] = {
    "id": "1",
    "title": "خبر أول",
    "link": "https://suite.example/1",
    "published": "2026-11-20T09:00:00Z",
    "updated": None,
    "author": "ليلى منصور",
    "summary": '<p>نص <a href="https://suite.example/a" rel="noopener">هنا</a></p>',
    "content": None,
    "language": "ar",
    "categories": ["محليات"],
    "enclosures": [{"url": "https://suite.example/1.mp3", "type": "audio/mpeg", "length": 7}],
}
ANSWER: dict[str, Any] = {
    "encoding": "windows-1252",
    "feed": {"title": "نشرة", "link": "https://suite.example/", "language": "ar"},
    "entries": [ENTRY],
}


def asked(expression: str) -> list[str] | None:
    return misses(Case(body=b"<rss/>", expects=expression, headers=()), ANSWER, URL)


@pytest.mark.parametrize(
    "right",
    [
        "not bozo and feed['title'] == 'نشرة'",
        "feed.title == 'ن' + 'شرة' and len(entries) == 1",
        "entries[0]['title'] == '<b>خبر</b> أول'",
        "entries[0]['link'] == 'https://SUITE.example/1'",
        "entries[0].published_parsed == (2026, 11, 20, 9, 0, 0, 4, 324, 0)",
        "entries[0].published == 'Fri, 20 Nov 2026 12:00:00 +0300'",
        "entries[0]['author'] == 'ليلى منصور (layla@suite.example)'",
        "entries[0]['id'] == '1'",
        "entries[0]['summary'] == '<p>نص <a href=\"https://suite.example/a\" onclick=\"x()\">هنا</a></p>'",
        "entries[0]['enclosures'][0]['length'] == '7'",
        "entries[0].tags[0].term == 'محليات'",
        "encoding == 'us-ascii'",
    ],
)
def test_an_expectation_is_met_by_what_means_the_same(right: str) -> None:
    assert asked(right) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "feed['title'] == 'نشرة أخرى'",
        "entries[0]['link'] == '/1'",
        "entries[0]['summary'] == '<p>نص هنا</p>'",
        "entries[0].published == 'Fri, 20 Nov 2026 12:00:00 GMT'",
        "entries[1]['title'] == 'خبر ثان'",
        "entries[0]['content'][0]['value'] == 'متن'",
        "entries[0]['title'] == entries[0]['id'] == 'خبر أول'",
    ],
)
def test_an_expectation_is_missed_by_anything_else(wrong: str) -> None:
    assert asked(wrong)


@pytest.mark.parametrize(
    "beyond",
    [
        "entries[0]['where']['type'] == 'Point'",
        "bozo",
        "version == 'rss20'",
        "__import__('os').abort()",
        "1 ==",
        "headers",
    ],
)
def test_what_our_json_does_not_answer_is_out_of_scope_and_nothing_is_run(beyond: str) -> None:
    assert asked(beyond) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32", "utf-32-le"])
def test_an_expectation_is_found_in_any_unicode(encoding: str) -> None:
    body = "<!--\nHeader: Content-type: text/xml; charset=x\nExpect: bozo\n--><rss/>".encode(encoding)
    found = case_of(body, "tests/http_x.xml")
    assert found is not None
    assert (found.expects, dict(found.headers)) == ("bozo", {"content-type": "text/xml; charset=x"})
    assert case_of(b"<rss/>", "x.xml") is None


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        "<p onclick=x>",
        "<p style='color:red'>",
        "<a href='javascript:x'>",
        "<a href=' JAVASCRIPT:x'>",
        "<a href='/relative'>",
        "<img src='data:image/png;base64,x'>",
        "<form>",
        "<iframe></iframe>",
        "<svg><a xlink:href='x'>",
        "<!-- x -->",
        "<math>",
    ],
)
def test_what_must_not_be_published_is_seen(html: str) -> None:
    assert unsafe({**ANSWER, "entries": [{**ENTRY, "content": html}]})


def test_what_may_be_published_is_let_pass() -> None:
    assert unsafe(ANSWER) == []
    assert unsafe({**ANSWER, "entries": [{**ENTRY, "link": "javascript:x"}]})


def test_a_checkout_is_run_and_counted(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "wellformed"
    folder.mkdir(parents=True)
    template = "<!--\nDescription: x\nExpect: %s\n--><rss version='2.0'><channel><title>x</title></channel></rss>"
    for name, expression in {"a": "feed.title == 'x'", "b": "feed.title == 'y'", "c": "bozo"}.items():
        (folder / f"{name}.xml").write_text(template % expression)
    (folder / "d.xml").write_text("<html/>")
    (tmp_path / "setup.xml").write_text("<not/>")
    assert [path.name for path in documents(tmp_path)] == ["a.xml", "b.xml", "c.xml", "d.xml"]
    said, table = tables([tmp_path], tell_wrong=True)
    assert said == "wrong  tests/wellformed/b.xml: feed.title: expected 'y', got 'x'"
    assert not isinstance(table, str)
    cells = [next(iter(column.cells)) for column in table.columns]
    assert cells == ["tests/wellformed", "4", "4", "4", "2", "1", "1", "1", "1"]
