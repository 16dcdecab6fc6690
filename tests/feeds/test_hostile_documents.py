"""Documents built to exhaust or to mislead the reader (cases 21 to 33): each ends soon, and says why.

The longest take two seconds on a machine with nothing else to do, most of them less than a tenth of one.
"""

import json
import time
from itertools import pairwise

import pytest

from news.types import Document, Reason, Unreadable
from tests.feeds.test_parse import item, read, rss

# Seconds of this process, the least of three tries: a machine that is shared may be four times as slow. What grows with
# the square of such a document takes minutes.
BOUND = 10.0
TRIES = 3


def measured(body: str) -> tuple[Document | Unreadable, float]:
    """What became of a document, and in how many seconds."""
    data = body.encode()
    fastest = float("inf")
    for _ in range(TRIES):
        start = time.process_time()
        result = read(data)
        fastest = min(fastest, time.process_time() - start)
        if fastest < BOUND:
            break
    return result, fastest


def reasons(result: Document | Unreadable) -> set[Reason]:
    return {result.reason} if isinstance(result, Unreadable) else {problem.reason for problem in result.problems}


def assert_ends(body: str, *expected: Reason) -> Document | Unreadable:
    result, seconds = measured(body)
    assert set(expected) <= reasons(result), result
    assert seconds < BOUND
    return result


def assert_refused(body: str) -> None:
    assert isinstance(assert_ends(body, Reason.HOSTILE), Unreadable)


def told(body: str) -> str:
    """``body`` in a JSON Feed, as its HTML."""
    items = [{"id": "1", "title": "ق", "content_html": body}]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})


# --- entities (21, 22) --------------------------------------------------------------------------------------------


def nested_entities(reference: str = "&") -> str:
    names = "abcdefghij"
    declared = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"{reference}{before};" * 10}">' for before, name in pairwise(names)
    )
    return f"<!DOCTYPE r [{declared}]>"


LAUGHS = {
    "nested": (nested_entities(), "&j;"),
    "nested parameters": (nested_entities("%"), "&j;"),
    "endless": ('<!DOCTYPE r [<!ENTITY j "&k;"><!ENTITY k "&j;">]>', "&j;"),
    "in an attribute": ('<!DOCTYPE r [<!ENTITY j "<x>"><!ATTLIST item a CDATA "&j;">]>', "&j;"),
    "50,000 of them": ("<!DOCTYPE r [" + "".join(f'<!ENTITY e{n} "x">' for n in range(50_000)) + "]>", "&e1;"),
}


@pytest.mark.parametrize("name", LAUGHS)
@pytest.mark.parametrize("broken", ["", "</q>"], ids=["well-formed", "malformed"])
def test_entities_that_multiply_stay_words(name: str, broken: str) -> None:
    declared, reference = LAUGHS[name]
    result = assert_ends(rss(f"{broken}<item><title>خبر {reference}</title></item>", declared), Reason.MALFORMED)
    assert isinstance(result, Document)
    assert [entry.title for entry in result.entries] == [f"خبر {reference}"]


@pytest.mark.parametrize("length", [100_000, 1_000_000])
def test_one_long_entity_often_is_not_expanded(length: int) -> None:
    declared = f'<!DOCTYPE r [<!ENTITY a "{"x" * length}">]>'
    result = assert_ends(rss(f"<item><title>{'&a;' * 5_000}</title></item>", declared), Reason.MALFORMED)
    assert isinstance(result, Document)
    assert len(result.entries[0].title) <= 1_000


# --- attributes, namespaces, comments, depth (24 to 27) -----------------------------------------------------------

ATTRIBUTES = " ".join(f'a{number}="1"' for number in range(40_000))
ATTRIBUTE_BOMBS = {
    "40,000": rss(f"<item {ATTRIBUTES}/>"),
    "40,000, malformed": rss(f"</q><item {ATTRIBUTES}/>"),
    "40,000 on the root": f"<rss {ATTRIBUTES}><channel/></rss>",
    "100,000 of one name": rss("<item " + 'a="1" ' * 100_000 + "/>"),
    "one of 300,000 characters": rss(f'<item a="{"x" * 300_000}"/>'),
    "a tag without end, malformed": rss(f"</q><item {'a ' * 200_000}"),
    "100,000 tags without end, malformed": rss("</q>" + "<a " * 100_000),
}


@pytest.mark.parametrize("name", ATTRIBUTE_BOMBS)
def test_attribute_bombs_are_refused(name: str) -> None:
    assert_refused(ATTRIBUTE_BOMBS[name])


PREFIXES = "".join(f'<n{number}:x xmlns:n{number}="u{number}"/>' for number in range(10_000))
NAMESPACE_BOMBS = {
    "10,000 prefixes": rss(PREFIXES),
    "10,000 prefixes, malformed": rss("</q>" + PREFIXES),
    "10,000 prefixes on one element": rss("<item " + " ".join(f'xmlns:n{n}="u{n}"' for n in range(10_000)) + "/>"),
    "100,000 namespaces without a prefix": rss("".join(f'<x xmlns="u{n}"/>' for n in range(100_000))),
    "one prefix, 100,000 namespaces": rss("".join(f'<n:x xmlns:n="u{n}"/>' for n in range(100_000))),
}


@pytest.mark.parametrize("name", NAMESPACE_BOMBS)
def test_namespace_bombs_are_refused(name: str) -> None:
    assert_refused(NAMESPACE_BOMBS[name])


COMMENT_BOMBS = {
    "80,000 in CDATA": rss(f"<item><description><![CDATA[{'<!--' * 80_000}]]></description></item>"),
    "80,000 in XML": rss("<!-- x -->" * 80_000),
    "half a million CDATA sections never closed": rss("<![CDATA[" * 500_000),
}
COMMENTS_READ = {
    "80,000 escaped": rss(f"<item><title>ق</title><description>{'&lt;!--' * 80_000}</description></item>"),
    "80,000 in JSON": told("<!--" * 80_000),
    "80,000 in JSON, closed": told("<!-- x -->" * 80_000),
    "one of 4 MB": rss(f"<!--{'- ' * 2_000_000}-->{item(1)}"),
}


@pytest.mark.parametrize("name", COMMENT_BOMBS)
def test_comment_bombs_are_refused(name: str) -> None:
    assert_refused(COMMENT_BOMBS[name])


@pytest.mark.parametrize("name", COMMENTS_READ)
def test_comments_that_no_xml_parser_sees_are_read_in_time(name: str) -> None:
    result = assert_ends(COMMENTS_READ[name])
    assert isinstance(result, Document)
    assert len(result.entries) == 1


DEPTH_BOMBS = {
    "100,000 elements": rss("<x>" * 100_000 + "</x>" * 100_000),
    "100,000 elements, cut off": rss("<x>" * 100_000),
    "100,000 items in each other": rss("<item>" * 100_000),
    "100,000 lists in JSON": f'{{"version":"https://jsonfeed.org/version/1.1","items":{"[" * 100_000}',
}
DEEP_HTML = {
    "div": "<div>" * 100_000,
    "lists": "<ul><li>" * 50_000,
    "tables": "<table><tr><td>" * 30_000,
    "formatting": "<b><i><u>" * 30_000 + "<p>" * 9_000,
    "links": "<a href=x>" * 100_000,
    "closed again": "<b><i>" * 30_000 + "</b>" * 30_000,
    "fonts in paragraphs": "<font>" * 200 + "<p>x" * 50_000,
}


@pytest.mark.parametrize("name", DEPTH_BOMBS)
def test_depth_bombs_are_refused(name: str) -> None:
    assert_refused(DEPTH_BOMBS[name])


@pytest.mark.parametrize("name", DEEP_HTML)
def test_deep_html_is_read_as_its_words(name: str) -> None:
    html = DEEP_HTML[name]
    for body in (
        rss(f"<item><title>ق</title><description><![CDATA[كلام{html}]]></description></item>"),
        told(f"كلام{html}"),
    ):
        result = assert_ends(body)
        assert isinstance(result, Document)
        text = (result.entries[0].content or "") + (result.entries[0].summary or "")
        assert "كلام" in text


# --- items, dates (28, 29) ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", ["", "</q>"], ids=["well-formed", "malformed"])
def test_of_too_many_items_some_are_kept(broken: str) -> None:
    items = "".join(
        item(number, f"<pubDate>2026-{number // 5_000 + 1:02}-01T00:00:00Z</pubDate>") for number in range(50_000)
    )
    result = assert_ends(rss(broken + items), Reason.TOO_MANY_ENTRIES)
    assert isinstance(result, Document)
    assert len(result.entries) == 500
    if not broken:  # whole documents give up their newest, in document order
        assert [entry.title for entry in result.entries[:2]] == ["خبر 45000", "خبر 45001"]


def test_of_too_many_items_in_json_the_newest_are_kept() -> None:
    items = [
        {"id": str(n), "title": f"خبر {n}", "date_published": f"2026-{n // 5_000 + 1:02}-01T00:00:00Z"}
        for n in range(50_000)
    ]
    result = assert_ends(
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}), Reason.TOO_MANY_ENTRIES
    )
    assert isinstance(result, Document)
    assert len(result.entries) == 500
    assert result.entries[0].title == "خبر 45000"


DATE_BOMBS = {
    "100,000 digits": "1" * 100_000,
    "in CDATA": f"<![CDATA[{'1 ' * 50_000}]]>",
    "Arabic digits": "٩" * 50_000,
    "months": "يناير " * 20_000,
    "dates": "Sat, 07 Nov 2026 10:00:00 +0300 " * 3_000,
    "zones": "Sat, 07 Nov 2026 10:00:00 " + "+" * 50_000,
}


@pytest.mark.parametrize("name", DATE_BOMBS)
def test_a_long_date_is_unreadable_not_slow(name: str) -> None:
    read(rss(item(1)))
    result, seconds = measured(rss(item(1, f"<pubDate>{DATE_BOMBS[name]}</pubDate>")))
    assert isinstance(result, Document)
    assert reasons(result) == {Reason.DATE_UNREADABLE}
    assert result.entries[0].published is None
    assert len(result.entries[0].date_text or "") <= 100
    assert seconds < 0.5


SLOW_FIELDS = {
    "a remark after a date": item(1, f"<pubDate>Sat, 07 Nov 2026 10:00:00 +0300 {'(' * 50_000}</pubDate>"),
    "spaces in a date": item(1, f"<pubDate>{' ' * 50_000}</pubDate>"),
    "spaces in an author": item(1, f"<author>a@{' ' * 100_000}</author>"),
    "brackets in a title": f"<item><title>{'<' * 1_000_000}</title></item>",
    "ttl": f"<ttl>{'9' * 1_000_000}</ttl>{item(1)}",
    "hours to skip": f"<skipHours>{'<hour>1</hour>' * 100_000}</skipHours>{item(1)}",
    "one text of 9 MB": item(1, f"<description>{'كلام ' * 1_000_000}</description>"),
    "isolates": item(1, "<description>" + "\N{RIGHT-TO-LEFT ISOLATE}" * 1_000_000 + "</description>"),
    "overrides": item(1, "<description>" + "\N{RIGHT-TO-LEFT OVERRIDE}" * 1_000_000 + "</description>"),
    "overrides in each other": item(1, f"<description>{'&amp;#x20' * 50_000}{'2e;' * 50_000}</description>"),
    "references escaped twice": item(1, f"<description>{'&amp;amp;' * 100_000}</description>"),
    "categories": item(1, "<category>وسم</category>" * 50_000),
    "authors": item(1, "".join(f"<author>n{n}@a.example (اسم {n})</author>" for n in range(20_000))),
    "enclosures": item(1, "".join(f'<enclosure url="https://a.example/{n}"/>' for n in range(20_000))),
    "titles": f"<item>{'<title>خبر</title>' * 100_000}</item>",
}


@pytest.mark.parametrize("name", SLOW_FIELDS)
def test_fields_without_end_are_read_in_time(name: str) -> None:
    result = assert_ends(rss(SLOW_FIELDS[name]))
    assert isinstance(result, Document)
    assert len(result.entries) == 1


def test_references_without_end_are_refused() -> None:
    assert_refused(rss(f"<item><title>{'&amp;' * 1_500_000}</title></item>"))


def test_white_space_before_the_document_costs_nothing() -> None:
    assert_ends(" " * 3_000_000 + rss(item(1)))


# --- encodings (32) -----------------------------------------------------------------------------------------------

TITLE = "رئيس البلدية يفتتح الجسر الجديد فوق النهر ويختصر الطريق إلى نصف ساعة"


@pytest.mark.parametrize(
    ("written", "declared", "expected"),
    [
        ("windows-1256", "windows-1256", None),
        ("utf-16", "utf-16", None),
        ("windows-1256", None, Reason.ENCODING_REPAIRED),
        ("windows-1256", "utf-8", Reason.ENCODING_REPAIRED),
        ("windows-1256", "iso-8859-1", Reason.ENCODING_REPAIRED),
        ("iso-8859-6", "utf-8", Reason.ENCODING_REPAIRED),
        ("utf-16-le", None, Reason.ENCODING_REPAIRED),
        ("utf-7", "utf-7", Reason.ENCODING_SUSPECT),
        ("utf-7", None, None),
    ],
)
def test_an_encoding_that_lies_is_repaired_or_nothing_is_read(
    written: str, declared: str | None, expected: Reason | None
) -> None:
    declaration = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    body = f"{declaration}<rss version='2.0'><channel><item><title>{TITLE}</title></item></channel></rss>".encode(
        written
    )
    result = read(body)
    assert expected is None or reasons(result) == {expected}
    if expected is Reason.ENCODING_SUSPECT:
        assert isinstance(result, Unreadable)
    else:
        assert isinstance(result, Document)
        title = result.entries[0].title
        assert title == TITLE or (written == "utf-7" and title.isascii())  # never honoured: it says what it says


# --- lists of feeds (33) ------------------------------------------------------------------------------------------

OPML = {
    "include": '<outline type="include" url="http://127.0.0.1:1/x.opml"/>',
    "a million characters of outlines": '<outline text="ق" xmlUrl="file:///etc/passwd"/>' * 25_000,
    "10,000 deep": "<outline>" * 10_000,
}


@pytest.mark.parametrize("name", OPML)
@pytest.mark.parametrize("before", ["", "<!DOCTYPE opml [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"])
def test_a_list_of_feeds_is_no_feed(name: str, before: str) -> None:
    result = assert_ends(f"{before}<opml version='2.0'><body>{OPML[name]}</body></opml>", Reason.NOT_A_FEED)
    assert isinstance(result, Unreadable)
