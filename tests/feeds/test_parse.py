"""Documents that lie, break off, or were built to exhaust the reader: every one ends, in time, as a value."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.clean import cleaned
from feeds.parse import parse
from news.types import Document, Reason, Unreadable

FOLDER = Path(__file__).resolve().parents[1] / "data" / "parse"
SEEDS = [path.read_bytes() for path in sorted(FOLDER.iterdir()) if not path.name.endswith(".expected.json")]
NOW = datetime(2026, 11, 8, tzinfo=UTC)
URL = "https://feeds.example/rss"


def read(body: bytes | str, headers: tuple[tuple[str, str], ...] = ()) -> Document | Unreadable:
    data = body if isinstance(body, bytes) else body.encode()
    return parse(data, url=URL, headers=headers, zone=None, now=NOW)


def document(body: bytes | str) -> Document:
    result = read(body)
    assert isinstance(result, Document), result
    return result


def reason(body: bytes | str, headers: tuple[tuple[str, str], ...] = ()) -> Reason:
    result = read(body, headers)
    assert isinstance(result, Unreadable), result
    return result.reason


def rss(inner: str, before: str = "") -> str:
    return f'{before}<rss version="2.0"><channel><title>ق</title>{inner}</channel></rss>'


def item(number: int, more: str = "") -> str:
    return f"<item><title>خبر {number}</title><link>https://feeds.example/{number}</link>{more}</item>"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def test_what_feedparser_raises_is_their_fault_and_what_we_raise_is_ours() -> None:
    body = b"<feed version='0.3' xmlns='http://purl.org/atom/ns#'><title>a</title></feed>"
    document(body)  # of a dialect that feedparser reads
    with patch("feedparser.parse", side_effect=OverflowError):
        assert reason(body) == Reason.MALFORMED
    with patch("feeds.parse.document_of", side_effect=KeyError("ours")), pytest.raises(KeyError, match="ours"):
        read(body)


def test_of_contents_without_end_a_few_are_cleaned() -> None:
    contents = "".join(f"<content type='html'>&lt;td>{'كلمة ' * number}</content>" for number in range(1, 30))
    with patch("feeds.fields.cleaned", side_effect=cleaned) as cleaning:
        (entry,) = document(f"<feed xmlns='http://www.w3.org/2005/Atom'><entry>{contents}</entry></feed>").entries
    assert cleaning.call_count < 15
    assert entry.content == "كلمة " * 9 + "كلمة"


def test_entities_read_no_file_and_ask_no_server(listener: socket.socket, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("سري للغاية", encoding="utf-8")
    port = listener.getsockname()[1]
    subset = (
        f'<!ENTITY f SYSTEM "{secret.as_uri()}"><!ENTITY h SYSTEM "http://127.0.0.1:{port}/e">'
        f'<!ENTITY % p SYSTEM "http://127.0.0.1:{port}/p"> %p;'
    )
    for doctype in (f"<!DOCTYPE r [{subset}]>", f'<!DOCTYPE r SYSTEM "http://127.0.0.1:{port}/dtd" [{subset}]>'):
        result = document(rss("<item><title>A&f;B&h;C</title></item>", doctype))
        assert result.entries[0].title == "A&f;B&h;C"
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_a_document_that_breaks_off_gives_its_whole_entries() -> None:
    whole = rss("".join(item(number) for number in range(5)))
    for end in range(whole.index("<item>"), len(whole) - 1):
        result = document(whole[:end])
        titles = [entry.title for entry in result.entries]
        assert [problem for problem in result.problems if problem.reason is Reason.MALFORMED]
        complete = whole[:end].count("</item>")
        if complete:
            assert titles == [f"خبر {number}" for number in range(complete)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", Reason.EMPTY),
        (b" \r\n\t", Reason.EMPTY),
        (b"\0\0\0", Reason.EMPTY),
        (b"hello", Reason.NOT_A_FEED),
        (b"<html><body>x</body></html>", Reason.NOT_A_FEED),
        (b"<!-- x --><!DOCTYPE html><p>about <rss> and <feed></p>", Reason.NOT_A_FEED),
        (b'<?xml version="1.0"?><opml version="2.0"/>', Reason.NOT_A_FEED),
        (b'<?xml version="1.0"?><urlset/>', Reason.NOT_A_FEED),
        (b"[1, 2]", Reason.NOT_A_FEED),
        (b"\x89PNG\r\n\x1a\n", Reason.NOT_A_FEED),
        (b"<html><title>Attention Required! | Cloudflare</title></html>", Reason.BLOCKED),
        (b"<html><script src=/_Incapsula_Resource></script></html>", Reason.BLOCKED),
    ],
)
def test_what_is_no_feed(body: bytes, expected: Reason) -> None:
    assert reason(body) is expected


def test_cloudflare_says_in_a_header_that_it_challenges() -> None:
    assert reason(b"<html></html>", (("cf-mitigated", "challenge"),)) is Reason.BLOCKED


def test_a_feed_that_tells_of_challenge_pages_is_a_feed() -> None:
    assert document(rss("<item><title>cf-chl-widget: checking your browser</title></item>")).entries


def test_a_link_to_the_feed_itself_does_not_show_the_key_it_was_asked_with() -> None:
    links = "<a href='#a'>1</a><a href='?'>2</a><img src='?#b'>".replace("<", "&lt;")
    atom = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>x</title><link href='#c'/></entry></feed>"
    json_feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "#d", "title": "x"}]}
    for body in (rss(f"<item><link>#1</link><description>{links}</description></item>"), atom, json.dumps(json_feed)):
        found = parse(body.encode(), url=f"{URL}?key=s3cret", headers={}, zone=None, now=NOW)
        assert isinstance(found, Document)
        assert (found.entries[0].link or "").startswith(f"{URL}#")
        assert "s3cret" not in repr(found)


def test_headers_may_be_a_mapping() -> None:
    result = parse(rss(item(1)).encode(), url=URL, headers={"content-type": "text/xml"}, zone=None, now=NOW)
    assert isinstance(result, Document)


@pytest.mark.parametrize(
    ("advice", "fresh_for"),
    [
        ("<ttl>60</ttl>", timedelta(hours=1)),
        ("<ttl> 5 </ttl><sy:updatePeriod>daily</sy:updatePeriod>", timedelta(minutes=5)),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", timedelta(minutes=30)),
        ("<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", timedelta(weeks=1)),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>soon</ttl>", None),
        (f"<ttl>{'9' * 100_000}</ttl>", None),
        ("<sy:updatePeriod>never</sy:updatePeriod>", None),
    ],
)
def test_advice(advice: str, fresh_for: timedelta | None) -> None:
    assert document(rss(advice)).advice.fresh_for == fresh_for


@pytest.mark.parametrize(
    ("written", "author"),
    [
        ("<author>desk@news.example (ليلى حداد)</author>", "ليلى حداد"),
        ("<author>ليلى حداد &lt;desk@news.example&gt;</author>", "ليلى حداد"),
        ("<author>desk@news.example</author>", None),
        ("<author>ليلى حداد</author>", "ليلى حداد"),
        ("<dc:creator>ليلى حداد</dc:creator><dc:creator>رامي سالم</dc:creator>", "ليلى حداد، رامي سالم"),
        ("<author>ليلى حداد</author><dc:creator>ليلى حداد</dc:creator>", "ليلى حداد"),
    ],
)
def test_authors(written: str, author: str | None) -> None:
    assert document(rss(item(1, written))).entries[0].author == author


def test_everything_has_a_cap() -> None:
    fields = (
        f"<guid>{'g' * 5_000}</guid><author>{'م' * 5_000}</author><description>{'نص ' * 700_000}</description>"
        + "".join(f"<category>وسم {number} {'ط' * 200}</category>" for number in range(100))
        + "".join(f'<enclosure url="https://feeds.example/{number}" length="{2**70}"/>' for number in range(100))
    )
    entry = document(rss(item(1, fields).replace("خبر", "خ" * 5_000))).entries[0]
    assert len(entry.title) <= 1_000
    assert len(entry.guid or "") <= 2_000
    assert len(entry.author or "") <= 1_000
    assert len(entry.content or "") <= 1_000_000
    assert len(entry.categories) == 20
    assert max(map(len, entry.categories)) <= 100
    assert len(entry.enclosures) == 10
    assert {enclosure.length for enclosure in entry.enclosures} == {2**53}


def test_the_same_bytes_give_the_same_document() -> None:
    for seed in SEEDS:
        assert read(seed) == read(seed)


def printable(result: Document | Unreadable) -> None:
    """What was read can be stored and sent."""
    if isinstance(result, Document):
        json.dumps(str(result)).encode()
        for entry in result.entries:
            text = "".join((entry.title, entry.summary or "", entry.content or "", *entry.categories, entry.link or ""))
            text.encode()
            assert not set(text) & set(
                "\0\x01\x1f\x7f\ufffe\uffff\N{RIGHT-TO-LEFT OVERRIDE}\N{LEFT-TO-RIGHT EMBEDDING}"
            )


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda noise: b'<rss version="2.0"><channel>' + noise))
def test_any_bytes_are_read_or_given_a_reason(body: bytes) -> None:
    printable(read(body))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=4),
)
def test_mutated_feeds_are_read_or_given_a_reason(seed: bytes, changes: list[tuple[float, int, bytes]]) -> None:
    body = seed
    for where, removed, added in changes:
        at = int(where * len(body))
        body = body[:at] + added + body[at + removed :]
    printable(read(body))


FRAGMENTS = st.sampled_from(
    (
        "<item>", "</item>", "<entry>", "</entry>", "<title>", "</title>", "<title type='html'>", "<link/>",
        "<link href='x'/>", "<guid>", "</guid>", "<pubDate>", "</pubDate>", "<content type='xhtml'>", "</content>",
        "<div>", "</div>", "<author>", "<name>", "</name>", "</author>", "<category/>", "<image>", "</image>",
        "<url>", "</url>", "<source url='x'>", "<media:content url='x'/>", "<media:thumbnail/>",
        "<itunes:image href='x'/>", "<enclosure/>", "<![CDATA[", "]]>", "&amp;", "&#99999999999;", "&#xD800;", "&x;",
        "&", "<", ">", "نص", "<!--", "-->", "<?x?>", "<!DOCTYPE a>", "<textinput>", "<media:credit>",
        "</media:credit>", "<media:rating>", "</media:rating>", "<itunes:explicit>", "<cloud/>", "<body>",
        "<georss:point>1 x</georss:point>", "<dcterms:valid>start=x</dcterms:valid>", "<xml:base/>", "<svg>",
        "<tags>", "</tags>",
    )
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(("<rss version='2.0'><channel>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<rdf:RDF>")),
    st.lists(FRAGMENTS, max_size=30),
)
def test_any_order_of_tags_is_read_or_given_a_reason(root: str, fragments: list[str]) -> None:
    printable(read(root + "".join(fragments)))
