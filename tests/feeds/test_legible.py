"""Documents with text that was decoded wrongly before: repaired and said, or left out and said."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from benchmarks.breakages import TWICE
from feeds.parse import parse
from news.types import Document, Problem, Reason, Unreadable
from tests.arabic.material import SENTENCES

NOW = datetime(2026, 11, 8, tzinfo=UTC)
MISREAD = TWICE["UTF-8 read as windows-1252"]
HALF_LOST = TWICE["… its C1 controls dropped, latin-1"]
NO_LETTERS = TWICE["letters replaced by ?"]


def read(*items: str, title: str = "News", head: str = "") -> Document | Unreadable:
    inner = "".join(f"<item>{item}</item>" for item in items)
    body = f"{head}<rss version='2.0'><channel><title>{title}</title>{inner}</channel></rss>"
    return parse(body.encode(), url="https://outlet.example/rss", headers={}, zone=None, now=NOW)


def document(*items: str, title: str = "News") -> Document:
    found = read(*items, title=title)
    assert isinstance(found, Document)
    return found


def item(text: str) -> str:
    return f"<title>{text}</title>"


def test_a_repair_is_a_problem_that_names_what_was_read_as_what_and_its_confidence() -> None:
    found = document(item(MISREAD(SENTENCES[0])), item(SENTENCES[1]), title=MISREAD("أخبار المدينة"))
    assert found.title == "أخبار المدينة"
    assert [entry.title for entry in found.entries] == list(SENTENCES[:2])
    (problem,) = found.problems
    assert (problem.reason, problem.place) == (Reason.ENCODING_REPAIRED, "document")
    assert problem.message == "UTF-8 read as windows-1252: repaired in 2 places, confidence 1.00"


def test_an_entry_nobody_can_read_is_left_out_and_the_others_stay() -> None:
    found = document(item(SENTENCES[0]), "<description/>", item(HALF_LOST(SENTENCES[1])))
    assert [entry.title for entry in found.entries] == [SENTENCES[0], ""]
    assert [(problem.reason, problem.place) for problem in found.problems] == [
        (Reason.NOTHING_TO_SHOW, "entry 2"),
        (Reason.ENCODING_SUSPECT, "entry 3"),
    ]


@pytest.mark.parametrize("broken", [HALF_LOST, NO_LETTERS])
def test_a_document_nobody_can_read_is_suspect(broken: Callable[[str], str]) -> None:
    found = read(*(item(broken(sentence)) for sentence in SENTENCES))
    assert isinstance(found, Unreadable)
    assert found.reason is Reason.ENCODING_SUSPECT


def test_what_the_feed_says_of_itself_is_left_out_where_nobody_can_read_it() -> None:
    found = document(item(SENTENCES[0]), title=HALF_LOST("أخبار المدينة اليوم"))
    assert found.title is None
    assert [problem.reason for problem in found.problems] == [Reason.ENCODING_SUSPECT]


@pytest.mark.parametrize("form", ["&#{};", "&#x{:x};", "&amp;#{};"])
def test_text_written_as_references_is_repaired(form: str) -> None:
    misread = TWICE["… its NBSP turned to spaces"](SENTENCES[2]).replace("\x81", "")
    written = "".join(letter if letter.isascii() else form.format(ord(letter)) for letter in misread)
    found = document(f"<title>{SENTENCES[0]}</title><description>{written}</description>")
    assert found.entries[0].summary is not None
    assert SENTENCES[2] in found.entries[0].summary
    assert Reason.ENCODING_REPAIRED in {problem.reason for problem in found.problems}


def test_a_repair_brings_no_override_and_no_markup_past_the_cleaning() -> None:
    hostile = "خبر \N{RIGHT-TO-LEFT OVERRIDE}عاجل \N{LEFT-TO-RIGHT EMBEDDING}جديد من المدينة"
    written = "".join(f"&#{ord(letter)};" if not letter.isascii() else letter for letter in MISREAD(hostile))
    for text in (MISREAD(hostile), written):
        found = document(item(text))
        assert found.entries[0].title == "خبر عاجل جديد من المدينة"


def test_json_feeds_are_repaired_too() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "News",
        "items": [{"id": str(number), "title": MISREAD(text)} for number, text in enumerate(SENTENCES)],
    }
    for ascii_only in (True, False):
        body = json.dumps(feed, ensure_ascii=ascii_only).encode()
        found = parse(body, url="https://outlet.example/feed.json", headers={}, zone=None, now=NOW)
        assert isinstance(found, Document)
        assert [entry.title for entry in found.entries] == list(SENTENCES)
        assert found.problems[0].reason is Reason.ENCODING_REPAIRED


def test_a_clean_document_has_no_problem() -> None:
    found = document(*map(item, SENTENCES), item("L’été s’achève déjà à Orléans"))
    assert found.problems == ()


def test_bytes_of_windows_1256_among_latin_markup_and_few_words_are_read() -> None:
    page = "<p class='a'><b>Nova</b> <i>5G</i></p>" * 200
    body = f"<rss version='2.0'><channel><item><title>خبر عاجل من المدينة</title><description><![CDATA[{page}]]>"
    body += "</description></item></channel></rss>"
    found = parse(
        body.replace("><", ">\r\n<", 1).encode("windows-1256"),
        url="https://outlet.example/rss",
        headers={"content-type": "text/xml; charset=utf-8"},
        zone=None,
        now=NOW,
    )
    assert isinstance(found, Document)
    assert found.entries[0].title == "خبر عاجل من المدينة"
    assert [problem.reason for problem in found.problems] == [Reason.ENCODING_REPAIRED]


def test_a_problem_is_not_told_twice() -> None:
    assert document(item(MISREAD(SENTENCES[0]))).problems == (
        Problem(
            reason=Reason.ENCODING_REPAIRED,
            message="UTF-8 read as windows-1252: repaired in 1 place, confidence 1.00",
        ),
    )
