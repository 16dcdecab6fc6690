"""Hostile text and addresses through reading and publishing to every surface (cases 31 and 34 to 49).

tests/data/hostile/directions.tsv says what becomes of marks that turn a line around.
"""

import csv
import json
from pathlib import Path

import html5lib
import pytest
from lxml import etree

from feeds.characters import drop_unwanted
from news.types import Reason
from tests.feeds.hostile_html import ATTACKS, elements
from tests.feeds.surfaces import News, assert_inert, concluded, documents, everywhere, read, surfaces

TABLE = Path(__file__).resolve().parents[1] / "data" / "hostile" / "directions.tsv"
MARKS = {
    "[LRE]": "\u202a", "[RLE]": "\u202b", "[PDF]": "\u202c", "[LRO]": "\u202d", "[RLO]": "\u202e",
    "[LRI]": "\u2066", "[RLI]": "\u2067", "[FSI]": "\u2068", "[PDI]": "\u2069",
    "[LRM]": "\u200e", "[RLM]": "\u200f", "[ALM]": "\u061c", "[ZWNJ]": "\u200c", "[ZWJ]": "\u200d",
    "[NUL]": "\0", "[ESC]": "\x1b", "[FFFE]": "\ufffe",
}  # fmt: skip
DIALECTS = tuple(documents(News()))


def with_marks(text: str) -> str:
    for name, mark in MARKS.items():
        text = text.replace(name, mark)
    return text


def directions() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


# --- markup and scripts (34, 35, 37, 40) ------------------------------------------------------------------------------


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_inert_on_every_surface(attack: str) -> None:
    for body in documents(everywhere(attack)).values():
        assert_inert(surfaces(body))


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_within_news_leave_the_news(attack: str) -> None:
    html = f"<p>نص الخبر كما كتب</p>{attack}"
    for body in documents(News(html=html)).values():
        shown = surfaces(body)
        assert_inert(shown)
        assert "نص الخبر كما كتب" in shown["rss"].decode()


# --- addresses (36, 41, 48) -------------------------------------------------------------------------------------------

SCHEMES = (
    "javascript:alert(1)",
    "java\tscript:alert(1)", " \x01javascript:alert(1)", "JaVaScRiPt:alert(1)", "&#x6A;avascript:x",
    "vbscript:x", "data:text/html,<script>x</script>", "file:///etc/passwd", "feed:javascript:x", "blob:https://a.example/1",
    "view-source:https://a.example/", "intent://a#Intent;end", "about:blank", "ftp://a.example/x", "mailto:a@b.example",
    "javascript&colon;x", "http:", "https://", "//[", "http://[::1", "http://a b.example/", "http://a%00.example/",
)  # fmt: skip


@pytest.mark.parametrize("address", SCHEMES)
def test_addresses_of_other_schemes_reach_nothing(address: str) -> None:
    news = News(link=address, enclosure=address, picture=address)
    for name, body in documents(news).items():
        (entry,) = read(body).entries
        # What has no scheme of its own is a path on the publisher's host.
        for found in (entry.link, entry.image, *(enclosure.url for enclosure in entry.enclosures)):
            assert found is None or found.startswith("https://riwaq.example/"), (name, found)
        assert_inert(surfaces(body))


@pytest.mark.parametrize("address", [address for address in SCHEMES if ":" in address[1:12]][:6])
def test_a_link_of_another_scheme_is_told(address: str) -> None:
    for name, body in documents(News(link=drop_unwanted(address).replace("&#x6A;", "j"))).items():
        assert Reason.BAD_LINK in {problem.reason for problem in read(body).problems}, name


@pytest.mark.parametrize(
    ("picture", "kept"),
    [
        ('<img src="https://t.example/p.gif" width="1" height="1">', False),
        ('<img src="https://t.example/p.gif" width="0">', False),
        ('<img src="http://169.254.169.254/latest">', False),
        ('<img src="http://[::ffff:10.0.0.1]/x.png">', False),
        ('<img src="http://2130706433/x.png">', False),
        ('<img src="https://t.example/p.gif" width="640">', True),
    ],
)
def test_pictures_that_count_or_probe_are_nowhere(picture: str, kept: bool) -> None:
    for body in documents(News(html=f"<p>نص{picture}</p>", picture="http://10.9.8.7/x")).values():
        shown = surfaces(body)
        assert_inert(shown)
        content = etree.fromstring(shown["atom"]).findtext("{*}entry/{*}content") or ""
        assert ("img" in {element.tag for element in elements(content)}) is kept
        assert not [name for name, written in shown.items() if b"10.9.8.7" in written]


@pytest.mark.parametrize(
    ("link", "published"),
    [
        ("https://\u0430l-riwaq.example/1", "https://xn--l-riwaq-1fg.example/1"),
        ("https://الرواق.example/خبر", "https://xn--mgba3azehz.example/%D8%AE%D8%A8%D8%B1"),
        ("https://riwaq.example/\u202egpj.exe", "https://riwaq.example/gpj.exe"),
        ("https://riwaq.example/%E2%80%AEgpj.exe", "https://riwaq.example/%E2%80%AEgpj.exe"),
        ("https://riwaq.example\u2044x/", "https://riwaq.xn--examplex-k03d/"),
        ("https://riwaq.example\u3002evil.example/", "https://riwaq.example.evil.example/"),
    ],
)
def test_hosts_are_published_in_ascii_whatever_they_look_like(link: str, published: str | None) -> None:
    for body in documents(News(link=link)).values():
        shown = surfaces(body)
        assert_inert(shown)
        assert etree.fromstring(shown["rss"]).findtext("channel/item/link") == published


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("\u0430l-riwaq.example", True),
        ("xn--l-riwaq-1fg.example", True),
        ("ri\u03c9aq.example", True),
        ("الرواق.example", False),
        ("\u0440\u043e\u0432\u0430\u043a.example", False),
        ("riwaq-الرواق.example", False),
        ("riwaq.example", False),
    ],
)
def test_a_host_that_may_look_like_another_is_told(host: str, told: bool) -> None:
    for body in documents(News(link=f"https://{host}/1")).values():
        reasons = {problem.reason for problem in read(body).problems}
        assert (Reason.MIXED_SCRIPTS in reasons) is told


# --- text (31, 38, 39) ------------------------------------------------------------------------------------------------

PLAIN = ("3 < 5 و 7 > 2", "AT&T و R&D", "]]> نهاية", "-- خبر -->", "\"قول\" و'قول'", "{title} %s {0}", "خبر؛ <عاجل>")


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_is_escaped_once_on_every_surface(text: str) -> None:
    shown = surfaces(documents(News(title=text, author=text, category=text))["json"])
    assert_inert(shown)
    rss, atom = etree.fromstring(shown["rss"]), etree.fromstring(shown["atom"])
    assert without_mark(rss.findtext("channel/item/title")) == text
    assert without_mark(atom.findtext("{*}entry/{*}title")) == text
    assert atom.findtext("{*}entry/{*}author/{*}name") == text
    page = html5lib.parse(shown["index.html"], treebuilder="etree", namespaceHTMLElements=False)
    assert page.findtext("head/title") == text
    assert etree.fromstring(shown["feeds.opml"]).findtext("head/title") == text
    assert json.loads(shown["read"])["entries"][0]["title"] == text


def without_mark(title: str | None) -> str:
    """A title without the mark that we set before one that begins with Latin letters."""
    return (title or "").removeprefix("\N{RIGHT-TO-LEFT MARK}")


TAGS = ("<img src=x onerror=alert(1)>", "&lt;script&gt;x&lt;/script&gt;", "&amp;lt;b&amp;gt;x")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("tag", TAGS)
def test_markup_in_plain_fields_stays_text_or_goes(dialect: str, tag: str) -> None:
    body = documents(News(title=f"خبر {tag}", author=tag, category=tag))[dialect]
    shown = surfaces(body)
    assert_inert(shown)
    (entry,) = read(body).entries
    assert entry.title.startswith("خبر")
    assert etree.fromstring(shown["rss"]).findtext("channel/item/title") == entry.title
    assert etree.fromstring(shown["atom"]).findtext("{*}entry/{*}title") == entry.title
    if dialect in ("atom", "json"):  # that say what is text
        assert entry.title == f"خبر {tag}"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_ends_a_section_of_xml_ends_none_of_ours(dialect: str) -> None:
    html = "<p>قبل ]]&gt; بعد -- و --&gt;</p>"
    shown = surfaces(documents(News(title="قبل ]]> بعد", html=html))[dialect])
    assert_inert(shown)
    assert etree.fromstring(shown["rss"]).findtext("channel/item/title") == "قبل ]]> بعد"
    assert html in (etree.fromstring(shown["atom"]).findtext("{*}entry/{*}content") or "")


CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0xFDD0, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF]
REFERENCES = [*CONTROLS, 0xD800, 0xDFFF, 0x110000]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_control_character_reaches_a_surface(dialect: str) -> None:
    """Many at once as references and as themselves, then each alone. C1 in numbers is a sign of a wrong encoding."""
    some = [code for code in REFERENCES if not 0x7F <= code <= 0x9F]
    written = "".join(f"أ{chr(code)}" for code in some if code in CONTROLS)
    referred = "".join(f"أ&#{code};" for code in some)
    for text in (written, referred, *map(chr, CONTROLS)):
        body = documents(News(title=f"خبر {text}", author=text, category=text, html=f"<p title='{text}'>نص {text}</p>"))
        assert_inert(surfaces(body[dialect]))


def test_half_a_surrogate_pair_in_json_reaches_nothing() -> None:
    assert_inert(surfaces(documents(everywhere("خبر \ud800 نص \udfff"))["json"]))


# --- directions (44, 45, 46) ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", directions(), ids=lambda row: row["why"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_directions_as_in_the_table(row: dict[str, str], dialect: str) -> None:
    written, title, html = (with_marks(row[name]) for name in ("written", "title", "html"))
    if dialect in ("atom", "json"):  # plain text there: a reference to an override goes, another one is text
        title = title if "&#" not in written or "&#x20" in row["title"] else ""
    body = documents(News(title=written, author=written, category=written, html=f'<p title="{written}">{written}</p>'))
    shown = surfaces(body[dialect])
    assert_inert(shown)
    (entry,) = read(body[dialect]).entries
    if title:
        assert entry.title == title
    (paragraph, *_) = elements(entry.content or "")
    assert paragraph.text == html
    assert paragraph.attrib["title"] == title or not title
    for name in ("rss", "atom", "read"):
        assert drop_unwanted(shown[name].decode()) == shown[name].decode()


def test_the_table_has_a_reason_for_each_row() -> None:
    assert all(row["why"] for row in directions())


def test_marks_that_words_need_do_not_make_another_article() -> None:
    text = "افتتح مجلس المدينة اليوم جسرا جديدا يربط ضفتي النهر بعد ثلاث سنوات من العمل المتواصل في المشروع"
    noise = (
        "\u200b",
        "\u200c",
        "\u200d",
        "\u200e",
        "\u200f",
        "\u061c",
        "\ufeff",
        "\u0640",
        "\u064e",
        "\u2067\u2069",
        "\u202e",
    )
    found = {
        article.lead.fingerprint
        for mark in ("", *noise)
        for article in concluded(
            documents(News(title=f"جس{mark}ر", html=f"<p>{text.replace('ا', f'ا{mark}')}</p>"))["rss"]
        )
    }
    assert len(found) == 1
    assert None not in found
