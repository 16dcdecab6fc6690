"""A Feed as RSS and Atom: the same bytes always, well-formed whatever comes, and read back as it was meant."""

import locale
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from io import BytesIO

import feedparser
import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds.outgoing import ascii_address, direction, printable
from feeds.render import render_atom, render_rss
from news.types import Credit, Enclosure, Feed, Item
from tests.feeds.outgoing_material import ITEM, MOMENT, SITE, addresses, any_text, feed_of, items, numbered, table

Render = Callable[..., bytes]
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

both = pytest.mark.parametrize("render", [render_rss, render_atom])


def moment_of(written: str) -> datetime:
    """A date as it stands in a feed; feedparser's own reading of dates is switched off where feeds/parse.py is."""
    return datetime.fromisoformat(written) if written[:4].isdigit() else parsedate_to_datetime(written)


def rss(feed: Feed) -> etree._Element:
    return etree.fromstring(render_rss(feed))


def atom(feed: Feed) -> etree._Element:
    return etree.fromstring(render_atom(feed))


def seen(title: str) -> str:
    return title.removeprefix("\N{RIGHT-TO-LEFT MARK}")


# --- laws -------------------------------------------------------------------------------------------------------


@given(st.lists(items(), max_size=4), any_text, any_text)
@settings(max_examples=150, deadline=None)
def test_any_text_gives_well_formed_documents_that_say_the_same(found: list[Item], title: str, about: str) -> None:
    feed = replace(feed_of(*found), title=title, description=about)
    in_rss, in_atom = rss(feed), atom(feed)
    for item, entry, element in zip(
        found, in_atom.findall(f"{ATOM}entry"), in_rss.findall("channel/item"), strict=True
    ):
        if printable(item.title).strip():
            assert seen(element.findtext("title") or "") == seen(printable(item.title))
            assert entry.findtext(f"{ATOM}title") == element.findtext("title")
        text = printable(item.content or "")
        if text.strip():
            assert text in (entry.findtext(f"{ATOM}content") or "")
            assert text in (element.findtext(f"{CONTENT}encoded") or element.findtext("description") or "")
        assert entry.findtext(f"{ATOM}id") == element.findtext("guid") == item.id


@given(any_text)
def test_what_is_removed_is_what_the_page_of_rules_says(text: str) -> None:
    forbidden = re.compile(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ufdd0-\ufdef]|[^\x00-\ud7ff\ue000-\U0010ffff]"
    )
    kept = [c for c in text if not forbidden.match(c) and ord(c) & 0xFFFE != 0xFFFE]
    isolates = "\u2066\u2067\u2068\u2069"
    assert [c for c in printable(text) if c not in isolates] == [c for c in kept if c not in isolates]


@given(st.text("\u2066\u2067\u2068\u2069a", max_size=12))
def test_isolates_that_remain_are_balanced(text: str) -> None:
    depth = 0
    for character in printable(text):
        depth += {"a": 0, "\u2069": -1}.get(character, 1)
        assert depth >= 0
    assert depth == 0


@given(addresses)
def test_an_address_is_a_uri_or_nothing_and_stays_one(address: str | None) -> None:
    published = ascii_address(address)
    if published is not None:
        assert re.fullmatch(r"https?://[\x21-\x7e]+", published)
        assert not re.search(r'[<>"{}|\\^`]|%(?![0-9A-Fa-f]{2})', published)
        assert ascii_address(published) == published


@both
@given(found=st.lists(items(), max_size=3))
@settings(max_examples=40, deadline=None)
def test_the_same_feed_gives_the_same_bytes(render: Render, found: list[Item]) -> None:
    assert render(feed_of(*found)) == render(feed_of(*found))


@both
def test_no_date_is_of_the_moment_of_rendering(render: Render) -> None:
    written = render(feed_of(ITEM)).decode()
    dates = set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+|\d\d [A-Z][a-z]{2} \d{4} [\d:]+", written))
    assert (
        dates
        == {
            render_rss: {"20 Nov 2026 08:30:00", "20 Nov 2026 06:30:00"},
            render_atom: {"2026-11-20T08:30:00", "2026-11-20T07:30:00", "2026-11-20T06:30:00"},
        }[render]
    )


@both
def test_the_locale_of_the_process_is_left_alone(render: Render, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("setlocale")

    monkeypatch.setattr(locale, "setlocale", fail)
    render(feed_of(ITEM))


@both
@given(found=st.lists(items(), min_size=1, max_size=4, unique_by=lambda item: item.id))
@settings(max_examples=60, deadline=None)
def test_a_reader_gets_back_ids_links_dates_and_order(render: Render, found: list[Item]) -> None:
    parsed = feedparser.parse(BytesIO(render(feed_of(*found))), sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo
    assert (parsed.feed.title, parsed.feed.link) == ("خلاصة – سياسة", f"{SITE}category/politics.html")
    assert [entry.id for entry in parsed.entries] == [item.id for item in found]
    for item, entry in zip(found, parsed.entries, strict=True):
        link = ascii_address(item.link)
        assert link is None or entry.link == link
        assert moment_of(entry.published) == item.date.replace(microsecond=0)


@both
def test_a_reader_gets_back_plain_titles(render: Render) -> None:
    titles = ["قال: 3 < 5 و 7 > 2", "ماء & هواء", "Tom &amp; Jerry", "]]> نهاية", "علامة «اقتباس» 'و' \"أخرى\""]
    feed = feed_of(*(replace(ITEM, id=f"tag:x,2026:{n}", language="en", title=t) for n, t in enumerate(titles)))
    parsed = feedparser.parse(BytesIO(render(feed)))
    assert [entry.title for entry in parsed.entries] == titles


# --- tables -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table("titles.tsv"), ids=lambda row: row["why"])
def test_title(row: dict[str, str]) -> None:
    feed = feed_of(replace(ITEM, title=row["title"], language=row["language"] or None))
    assert rss(feed).findtext("channel/item/title") == row["published"]
    assert atom(feed).findtext(f"{ATOM}entry/{ATOM}title") == row["published"]


@pytest.mark.parametrize("row", table("addresses.tsv"), ids=lambda row: row["why"])
def test_address(row: dict[str, str]) -> None:
    assert ascii_address(row["address"]) == (row["published"] or None)


# --- what the documents say -------------------------------------------------------------------------------------


def test_the_rss_channel() -> None:
    channel = rss(feed_of(ITEM)).find("channel")
    assert channel is not None
    assert channel.findtext("title") == "خلاصة – سياسة"
    assert channel.findtext("link") == f"{SITE}category/politics.html"
    assert channel.findtext("description") == "كل ما صنف في باب «سياسة»"
    assert channel.findtext("language") == "ar"
    assert channel.findtext("lastBuildDate") == "Fri, 20 Nov 2026 08:30:00 +0000"
    own = channel.find(f"{ATOM}link")
    assert own is not None
    assert dict(own.items()) == {
        "href": f"{SITE}category/politics.rss", "rel": "self", "type": "application/rss+xml",
    }  # fmt: skip


def test_an_rss_item() -> None:
    item = rss(feed_of(ITEM)).find("channel/item")
    assert item is not None
    guid = item.find("guid")
    assert guid is not None
    assert (guid.text, guid.get("isPermaLink")) == (ITEM.id, "false")
    assert item.findtext("link") == ITEM.link
    assert item.findtext("pubDate") == "Fri, 20 Nov 2026 06:30:00 +0000"
    assert [c.text for c in item.findall("category")] == ["سياسة", "اقتصاد"]
    assert item.findtext(CREATOR) == "ليلى الحسن"
    assert item.findtext("description") == '<div dir="rtl" lang="ar"><p>أقر المجلس الموازنة.</p></div>'
    assert "بعد نقاش طويل" in (item.findtext(f"{CONTENT}encoded") or "")
    assert [dict(e.attrib) for e in item.findall("enclosure")] == [
        {"url": "https://rawaq.example/%D8%B5%D9%88%D8%B1%D8%A9.jpg", "length": "0", "type": "image/jpeg"}
    ]


def test_the_atom_feed() -> None:
    feed = atom(feed_of(ITEM))
    assert feed.get(LANG) == "ar"
    assert feed.findtext(f"{ATOM}id") == "tag:khulasa.example,2026:category/politics"
    assert feed.findtext(f"{ATOM}updated") == "2026-11-20T08:30:00+00:00"
    assert [(link.get("rel"), link.get("href"), link.get("type")) for link in feed.findall(f"{ATOM}link")] == [
        ("self", f"{SITE}category/politics.atom", "application/atom+xml"),
        ("related", f"{SITE}category/politics.rss", "application/rss+xml"),
        ("related", f"{SITE}category/politics.json", "application/feed+json"),
        ("alternate", f"{SITE}category/politics.html", "text/html"),
    ]


def test_an_atom_entry() -> None:
    entry = atom(feed_of(ITEM)).find(f"{ATOM}entry")
    assert entry is not None
    assert entry.get(LANG) is None
    assert entry.findtext(f"{ATOM}published") == "2026-11-20T06:30:00+00:00"
    assert entry.findtext(f"{ATOM}updated") == "2026-11-20T07:30:00+00:00"
    assert [(c.get("term"), c.get("label")) for c in entry.findall(f"{ATOM}category")] == list(ITEM.categories)
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "ليلى الحسن"
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert content.get("type") == "html"
    assert [dict(link.attrib) for link in entry.findall(f"{ATOM}link")] == [
        {"rel": "alternate", "href": "https://rawaq.example/news/1"},
        {"rel": "enclosure", "href": "https://rawaq.example/%D8%B5%D9%88%D8%B1%D8%A9.jpg", "type": "image/jpeg"},
        {"rel": "enclosure", "href": "https://rawaq.example/1.mp3", "type": "audio/mpeg", "length": "1200"},
    ]


@pytest.mark.parametrize(
    ("language", "in_xml", "opening"),
    [
        ("ar", None, '<div dir="rtl" lang="ar">'),
        ("fa", "fa", '<div dir="rtl" lang="fa">'),
        ("ckb", "ku-Arab", '<div dir="rtl" lang="ckb">'),
        ("en-GB", "en-GB", '<div dir="ltr" lang="en-GB">'),
        (None, None, '<div dir="auto">'),
        ('ar" onclick="x', None, '<div dir="auto">'),
    ],
)
def test_every_text_runs_in_the_direction_of_its_language(language: str | None, in_xml: str, opening: str) -> None:
    entry = atom(feed_of(replace(ITEM, language=language))).find(f"{ATOM}entry")
    assert entry is not None
    assert entry.get(LANG) == in_xml
    assert (entry.findtext(f"{ATOM}content") or "").startswith(opening)
    assert (entry.findtext(f"{ATOM}summary") or "").startswith(opening)


def test_direction_needs_no_region_and_no_case() -> None:
    assert [direction(tag) for tag in ("AR", "he-IL", "ur-Arab-PK", "art", "en", None)] == [
        "rtl", "rtl", "rtl", "ltr", "ltr", "auto",
    ]  # fmt: skip


def credit_line(*credits: Credit) -> str:
    content = atom(feed_of(replace(ITEM, credits=credits))).findtext(f"{ATOM}entry/{ATOM}content") or ""
    return content.partition("طويل.</p>")[2].removesuffix("</div>")


def test_sources_are_credited_at_the_end() -> None:
    assert credit_line(*ITEM.credits) == (
        '<p dir="rtl" lang="ar">مصدران: '
        '<a href="https://rawaq.example/news/1" rel="noopener noreferrer nofollow ugc"><bdi>الرواق</bdi></a>، '
        '<a href="https://cedar.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow ugc">'
        "<bdi>Cedar &amp; Wire</bdi></a></p>"
    )


def test_who_tells_a_story_is_counted_and_shown_with_their_own_headlines() -> None:
    outlets = [Credit(title=f"صحيفة {n}", link=None, headline=f"عنوان {n} <b>" if n else None) for n in range(5)]
    line = credit_line(*outlets)
    assert line.startswith('<p dir="rtl" lang="ar">5 مصادر:</p><ul dir="rtl"><li><bdi>صحيفة 0</bdi></li>')
    assert "<li><bdi>صحيفة 4</bdi>: <bdi>عنوان 4 &lt;b&gt;</bdi></li></ul>" in line


def test_one_source_is_named_in_the_singular_and_none_is_not_named() -> None:
    assert credit_line(Credit(title="الرواق", link=None)) == '<p dir="rtl" lang="ar">المصدر: <bdi>الرواق</bdi></p>'
    assert credit_line() == ""


def test_markup_in_the_name_of_a_source_is_text() -> None:
    line = credit_line(
        Credit(title="<script>x</script>", link='https://a.example/"onclick="x'), Credit(title="ب", link="javascript:x")
    )
    tree = html5lib.parseFragment(line, namespaceHTMLElements=False)
    assert [element.tag for element in tree.iter()] == ["DOCUMENT_FRAGMENT", "p", "a", "bdi", "bdi"]
    assert set(tree.find("p/a").attrib) == {"href", "rel"}


def test_a_summary_that_is_the_whole_text_stands_once() -> None:
    entry = rss(feed_of(replace(ITEM, content=None))).find("channel/item")
    assert entry is not None
    assert entry.find(f"{CONTENT}encoded") is None
    description = entry.findtext("description") or ""
    assert "<p>أقر المجلس الموازنة.</p>" in description
    assert "مصدران" in description


def test_an_item_with_nothing_but_a_title_says_it() -> None:
    bare = replace(ITEM, title="خبر & خبر", summary=None, content=None, credits=(), author=None, link=None)
    entry = atom(feed_of(bare)).find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}content") == '<div dir="rtl" lang="ar">خبر &amp; خبر</div>'
    assert entry.find(f"{ATOM}author") is None


def test_an_item_without_a_title_is_called_by_its_address() -> None:
    assert rss(feed_of(replace(ITEM, title=" \0"))).findtext("channel/item/title") == ITEM.link


def test_without_an_author_the_first_source_is_the_author() -> None:
    feed = feed_of(replace(ITEM, author=None))
    assert rss(feed).findtext(f"channel/item/{CREATOR}") == "الرواق"
    assert atom(feed).findtext(f"{ATOM}entry/{ATOM}author/{ATOM}name") == "الرواق"


def test_enclosures_that_cannot_be_published_are_left_out() -> None:
    enclosures = (
        Enclosure(url="data:image/png,x"),
        Enclosure(url="https://a.example/x", type="not a type", length=-1),
        Enclosure(url="https://a.example/x", type="image/png", length=5),
        Enclosure(url="https://a.example/y.mp4", length=2**63),
    )
    entry = atom(feed_of(replace(ITEM, enclosures=enclosures))).find(f"{ATOM}entry")
    assert entry is not None
    found = [dict(link.attrib) for link in entry.findall(f"{ATOM}link[@rel='enclosure']")]
    assert found == [
        {"rel": "enclosure", "href": "https://a.example/x", "type": "application/octet-stream"},
        {"rel": "enclosure", "href": "https://a.example/y.mp4", "type": "video/mp4"},
    ]


@both
def test_the_order_is_the_one_given(render: Render) -> None:
    parsed = etree.fromstring(render(feed_of(*numbered(5))))
    titles = [element.text for element in parsed.iter("title", f"{ATOM}title")]
    assert titles == ["خلاصة – سياسة", *(f"خبر رقم {n}" for n in range(5))]


@both
def test_an_empty_feed_is_a_feed(render: Render) -> None:
    parsed = feedparser.parse(BytesIO(render(feed_of())))
    assert not parsed.bozo
    assert parsed.entries == []
    assert moment_of(parsed.feed.updated) == MOMENT


@both
def test_dates_in_another_zone_and_microseconds(render: Render) -> None:
    from_cairo = ITEM.date.replace(microsecond=7).astimezone(timezone(timedelta(hours=2)))
    same = render(feed_of(replace(ITEM, date=from_cairo)))
    assert same == render(feed_of(ITEM))


@both
def test_our_own_address_must_be_an_address(render: Render) -> None:
    with pytest.raises(ValueError, match="not an http address"):
        render(replace(feed_of(), site_url="khulasa"))


def test_a_site_with_an_arabic_host_is_written_in_ascii() -> None:
    feed = replace(feed_of(ITEM), site_url="https://خلاصة.example/")
    written = render_atom(feed)
    assert b'href="https://xn--mgben3a3e.example/category/politics.atom"' in written
    assert b"<id>tag:xn--mgben3a3e.example,2026:category/politics</id>" in written


def test_titles_in_rss_are_escaped_as_its_profile_asks() -> None:
    written = render_rss(feed_of(replace(ITEM, title="ماء & هواء <ب>")))
    assert "<title>ماء &#x26; هواء &#x3C;ب&gt;</title>".encode() in written
