"""JSON Feed where it is not as it should be; what it should be stands among the golden documents."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.jsonfeed import parse_json_feed
from news.types import Document, Problem, Reason, Unreadable

NOW = datetime(2026, 11, 8, tzinfo=UTC)
VERSION = "https://jsonfeed.org/version/1.1"


def read(text: str, problems: list[Problem] | None = None) -> Document | Unreadable:
    return parse_json_feed(
        text,
        encoding="utf-8",
        url="https://ghad.example/feed.json",
        zone=None,
        now=NOW,
        problems=problems if problems is not None else [],
    )


def feed(**changes: Any) -> str:
    return json.dumps({"version": VERSION, "title": "الغد", "items": [{"id": "1", "title": "خبر"}]} | changes)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"items": []}', '{"version": 1}', '{"version": "' + VERSION + '"']
)
def test_what_is_no_json_feed(text: str) -> None:
    result = read(text)
    assert isinstance(result, Unreadable)
    assert result.reason is Reason.NOT_A_FEED


def test_nesting_is_bounded() -> None:
    deep = read('{"a":' * 50_000)
    assert isinstance(deep, Unreadable)
    assert deep.reason is Reason.HOSTILE
    brackets_in_text = read(feed(title="[" * 5_000))
    assert isinstance(brackets_in_text, Document)


@pytest.mark.parametrize("wrong", [None, 7, 1.5, True, [], {}, [None], "", [[]], {"name": {}}])
@pytest.mark.parametrize(
    "name", ["title", "home_page_url", "feed_url", "description", "language", "authors", "author", "icon", "items"]
)
def test_fields_of_the_wrong_kind_count_as_absent(name: str, wrong: object) -> None:
    assert isinstance(read(feed(**{name: wrong})), Document)
    assert isinstance(read(feed(items=[{"id": "1", "title": "خبر", name: wrong}])), Document)


@pytest.mark.parametrize("wrong", [None, 7, 1.5, True, [], {}, [None], "", [[]], {"name": {}}])
@pytest.mark.parametrize(
    "name", ["id", "url", "content_html", "summary", "date_published", "tags", "attachments", "image"]
)
def test_entry_fields_of_the_wrong_kind_count_as_absent(name: str, wrong: object) -> None:
    document = read(feed(items=[{"title": "خبر", name: wrong}]))
    assert isinstance(document, Document)
    assert [entry.title for entry in document.entries] == ["خبر"]


def test_the_newest_entries_are_kept_in_their_order() -> None:
    items = [
        {"id": str(number), "title": f"خبر {number}", "date_published": f"2026-{number % 10 + 1:02}-01T00:00:00Z"}
        for number in range(1_000)
    ]
    problems: list[Problem] = []
    start = time.perf_counter()
    document = read(feed(items=items), problems)
    assert time.perf_counter() - start < 2
    assert isinstance(document, Document)
    assert len(document.entries) == 500
    assert [problem.reason for problem in document.problems] == [Reason.TOO_MANY_ENTRIES]
    assert {int(entry.guid or "") % 10 for entry in document.entries} == {5, 6, 7, 8, 9}
    assert [int(entry.guid or "") for entry in document.entries] == sorted(
        int(entry.guid or "") for entry in document.entries
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
NAMES = st.sampled_from(
    ("id", "url", "title", "content_html", "summary", "tags", "authors", "attachments", "date_published")
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(NAMES, JSON) | JSON, max_size=4))
def test_any_items_are_read(items: list[object]) -> None:
    assert isinstance(read(feed(items=items)), Document)
