"""Documents that break off: what stands whole before the cut is read, and that there is a cut is said."""

from datetime import UTC, datetime

import pytest

from feeds.parse import parse
from news.types import Document, Problem, Reason

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://riwaq.example/feed"
TEXTS = (
    "اِفْتَتَحَتِ البَلَدِيَّةُ جِسْراً جَدِيداً فَوْقَ النَّهْرِ يَرْبِطُ الضِّفَّتَيْنِ",
    "أَعْلَنَتِ المَكْتَبَةُ العَامَّةُ عَنْ أُسْبُوعٍ لِلْقِرَاءَةِ فِي المُحَافَظَاتِ كُلِّهَا",
    "تراجعت أسعار الخضار في سوق الجملة بعد وصول محصول الموسم الجديد",
)
RSS = (
    '<rss version="2.0"><channel><title>الرِّواق</title><link>https://riwaq.example/?a=1&amp;b=2</link>'
    + "".join(
        f'<item><title>{text}</title><guid isPermaLink="false">n?a={n}&amp;b=2</guid>'
        f"<description><![CDATA[<p>{text}</p>]]></description></item>"
        for n, text in enumerate(TEXTS)
    )
    + "</channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>الرِّواق</title><id>urn:riwaq</id>'
    + "".join(
        f'<entry><id>n?a={n}&amp;b=2</id><title>{text}</title><link href="https://riwaq.example/{n}?a=1&amp;b=2"/>'
        f'<content type="html"><![CDATA[<p>{text}</p>]]></content></entry>'
        for n, text in enumerate(TEXTS)
    )
    + "</feed>"
)
ENDS = {"</item>": RSS, "</entry>": ATOM}


def read(body: bytes, declared: str | None) -> Document:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>'.encode() if declared else b""
    result = parse(declaration + body, url=URL, headers=(), zone=None, now=NOW)
    assert isinstance(result, Document), result
    return result


def entries(document: Document) -> list[tuple[str | None, str, str]]:
    return [(entry.guid, entry.title, entry.body) for entry in document.entries]


def whole(count: int) -> list[tuple[str | None, str, str]]:
    return [(f"n?a={n}&b=2", text, f"<p>{text}</p>") for n, text in enumerate(TEXTS[:count])]


def is_told(problem: Problem) -> bool:
    return problem.reason is Reason.MALFORMED


@pytest.mark.parametrize(("encoding", "declared"), [("utf-8", None), ("cp1256", "windows-1256"), ("cp1256", "utf-8")])
@pytest.mark.parametrize(
    ("before", "into"),
    [
        ("<title>تراجع", 0),  # inside a text
        ("<title>تراجع", -1),  # inside a letter, where letters have two bytes
        ("<title>أَعْلَ", 0),  # between a letter and its vowel sign
        ("<title>أَعْلَ", -1),
        ("</titl", 0),
        ("<tit", 0),
        ("<", 0),
        ("<guid isPermaLink", 0),
        ('<guid isPermaLink="fal', 0),
        ("b=2</guid><descrip", 0),
        ("&am", 0),
        ("<![CDA", 0),
        ("<![CDATA[<p>", 0),
        ("</p>]", 0),
        ("</p>]]", 0),
        ("</p>]]>", 0),
        ("</item", 0),
    ],
)
def test_what_is_whole_before_a_cut_is_read(before: str, into: int, encoding: str, declared: str | None) -> None:
    body = RSS.encode(encoding)
    place = body.index(before.encode(encoding), body.index(b"</item>") + len(b"</item>"))
    cut = place + len(before.encode(encoding)) + into
    document = read(body[:cut], declared)
    assert entries(document) == whole(body.count(b"</item>", 0, cut))
    assert document.title == "الرِّواق"
    assert document.link == "https://riwaq.example/?a=1&b=2"
    assert any(map(is_told, document.problems))


@pytest.mark.parametrize(("encoding", "declared"), [("utf-8", None), ("cp1256", "windows-1256"), ("cp1256", "utf-8")])
@pytest.mark.parametrize("end", ENDS)
def test_wherever_a_document_breaks_off(end: str, encoding: str, declared: str | None) -> None:
    body = ENDS[end].encode(encoding)
    for cut in range(body.index(end.encode()) + len(end), body.rindex(b"<"), 3):
        document = read(body[:cut], declared)
        assert entries(document) == whole(body[:cut].count(end.encode())), cut
        assert any(map(is_told, document.problems)), cut


@pytest.mark.parametrize("ampersand", ["&", "&amp;", "&#38;"])
@pytest.mark.parametrize("rest", ["<description>cut", "<item><title>خبر</b></title></item></channel></rss>"])
def test_addresses_of_a_document_that_is_hardly_one_are_as_in_any_other(ampersand: str, rest: str) -> None:
    address = f"https://riwaq.example/?a=1{ampersand}b=2{ampersand}amp=1"
    document = read(f"<rss version='2.0'><channel><link>{address}</link>{rest}".encode(), None)
    assert document.link == "https://riwaq.example/?a=1&b=2&amp=1"


@pytest.mark.parametrize("ampersand", ["&", "&amp;", "&#38;"])
def test_guids_of_a_malformed_document_are_as_in_a_whole_one(ampersand: str) -> None:
    address = f"https://riwaq.example/?a=1{ampersand}b=2"
    body = f"<rss version='2.0'><channel><item><guid>{address}</guid><title>خبر</b></title></item></channel></rss>"
    (entry,) = read(body.encode(), None).entries
    assert (entry.guid, entry.link) == ("https://riwaq.example/?a=1&b=2",) * 2
