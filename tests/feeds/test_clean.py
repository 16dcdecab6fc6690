"""Cleaned HTML is judged by a real HTML5 parser, never by looking for words in it."""

import html
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds.clean import clean_html, clean_text, text_to_html, visible_text, words_of
from tests.feeds.hostile_html import ATTACKS, BASE, assert_harmless, elements


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_leave_nothing_active(attack: str) -> None:
    for wrapped in (attack, f"<p>قبل {attack} بعد</p>", f"<table><tr><td>{attack}", html.escape(attack), attack * 3):
        cleaned = clean_html(wrapped, base_url=BASE)
        assert_harmless(cleaned)
        assert clean_html(cleaned, base_url=BASE) == cleaned


MARKUP = st.text(
    st.sampled_from([*"<>/&;\"'=-! \n\0abxlt", "\u202e", "\u2066", "\u2069", "\xa0", "ق", "\ud800", "#"]), max_size=60
)
PIECES = st.sampled_from(
    (
        *ATTACKS, "<p>", "</p>", "<b>", "</b>", "<a href=/x>", "</a>", "<table>", "<td>", "<svg>", "</svg>", "<math>",
        "<li>", "&amp;", "&amp;hellip;", "&amp;amp;nbsp;", "&lt;", "&#x202e;", "<!--", "-->", "<br>", "نص", " ",
        "<img src=a>",
    )
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | MARKUP, max_size=8).map("".join))
@example("&<foo>amp;hellip;")
@example("<p>\u2066<b>\u2069</b></p>\u2069")
def test_cleaning_is_harmless_and_cleaning_again_changes_nothing(markup: str) -> None:
    cleaned = clean_html(markup, base_url=BASE)
    assert_harmless(cleaned)
    assert clean_html(cleaned, base_url=BASE) == cleaned
    cleaned.encode()
    assert not set(cleaned) & set("\0\u202a\u202b\u202c\u202d\u202e")


@settings(max_examples=200, deadline=None)
@given(st.text().filter(lambda text: not ("&" in text and ";" in text)))  # what looks escaped twice is mended
def test_plain_text_shown_as_html_is_the_same_text(text: str) -> None:
    assert words_of(clean_html(text_to_html(text), base_url=None)) == clean_text(text, limit=10**6)


def test_news_markup_survives() -> None:
    article = (
        '<h2 dir="rtl" lang="ar">عنوان</h2><p>نص <strong>مهم</strong> و<em>مائل</em>.</p><ul><li>بند</li></ul>'
        "<blockquote>قول <cite>قائل</cite></blockquote><figure><figcaption>شرح</figcaption></figure>"
        '<table><tbody><tr><td colspan="2">خلية</td></tr></tbody></table><pre>سطر\n  سطر</pre><hr>'
        '<p>كتب <bdi>name</bdi> في <time datetime="2026-11-07">السبت</time></p>'
    )
    assert clean_html(article, base_url=BASE) == article


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("/a?b=1&amp;c=2", "https://news.example/a?b=1&c=2"),
        ("next", "https://news.example/section/next"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("https://user:secret@other.example/x", "https://other.example/x"),
        ("https://other.example/خبر عاجل", "https://other.example/خبر%20عاجل"),
        ("mailto:desk@news.example", "mailto:desk@news.example"),
        (" Mailto: desk@news.example", "mailto:desk@news.example"),
        ("ftp://other.example/x", None),
        ("javascript:alert(1)", None),
        ("http://[::1", None),
    ],
)
def test_links_become_absolute_or_go(written: str, kept: str | None) -> None:
    (link,) = elements(clean_html(f'<a href="{written}" target="_blank">x</a>', base_url=BASE))
    assert link.get("href") == kept


def test_relative_links_without_a_base_go() -> None:
    assert "href" not in clean_html('<a href="/x">x</a>', base_url=None)


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="https://t.example/p.gif" width="1" height="1">',
        '<img src="https://t.example/p.gif" height="0">',
        '<img src="http://169.254.169.254/latest">',
        '<img src="http://localhost:8000/x.png">',
        '<img src="http://2130706433/x.png">',
        '<img src="http://[::ffff:10.0.0.1]/x.png">',
        '<img src="http://printer/x.png">',
        '<img alt="بلا مصدر">',
    ],
)
def test_pictures_that_count_or_probe_go(picture: str) -> None:
    assert clean_html(f"<p>نص{picture}</p>", base_url=BASE) == "<p>نص</p>"


def test_a_picture_keeps_what_describes_it() -> None:
    (picture,) = elements(clean_html('<img width=640px alt="صورة" onload=x src="/a.jpg" srcset="b 2x">', base_url=BASE))
    assert picture.attrib == {
        "src": "https://news.example/a.jpg", "alt": "صورة", "width": "640", "referrerpolicy": "no-referrer",
    }  # fmt: skip


def test_entities_escaped_twice_are_mended_but_never_markup() -> None:
    assert clean_html("<p>[&amp;hellip;] &amp;amp;laquo;</p>", base_url=None) == "<p>[…] «</p>"
    assert clean_html("<p>&amp;lt;b&amp;gt;</p>", base_url=None) == "<p>&amp;lt;b&amp;gt;</p>"


KEPT_MARKS = (
    "می\N{ZERO WIDTH NON-JOINER}خواهم \N{ZERO WIDTH JOINER}ه \N{RIGHT-TO-LEFT MARK}(1)\N{LEFT-TO-RIGHT MARK} "
    "\N{ARABIC LETTER MARK}م\N{ARABIC DAMMA}د\N{ARABIC FATHA}ر\N{ARABIC SHADDA}س جم\N{ARABIC TATWEEL}يل"
)


CLOSED_ISOLATE = "\N{RIGHT-TO-LEFT ISOLATE}مغلق\N{POP DIRECTIONAL ISOLATE}"


def test_marks_that_words_need_are_kept() -> None:
    assert clean_text(KEPT_MARKS) == KEPT_MARKS
    assert clean_html(f"<p>{KEPT_MARKS}</p>", base_url=None) == f"<p>{KEPT_MARKS}</p>"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("قال \N{RIGHT-TO-LEFT OVERRIDE}abc\N{POP DIRECTIONAL FORMATTING} ثم", "قال abc ثم"),
        ("\N{LEFT-TO-RIGHT EMBEDDING}a\N{RIGHT-TO-LEFT EMBEDDING}b\N{LEFT-TO-RIGHT OVERRIDE}", "ab"),
        (CLOSED_ISOLATE, CLOSED_ISOLATE),
        ("مفتوح \N{FIRST STRONG ISOLATE}هنا", "مفتوح هنا"),
        ("زائد\N{POP DIRECTIONAL ISOLATE}", "زائد"),
        ("قبل \N{POP DIRECTIONAL ISOLATE} بعد \N{RIGHT-TO-LEFT ISOLATE}", "قبل بعد"),
        ("a\0b\x07c\x85d\ufffe\ud800e\U0010ffff", "abc de"),
        ("  سطر\n\t ثان\N{NO-BREAK SPACE} ", "سطر ثان"),
    ],
)  # fmt: skip
def test_text_loses_what_breaks_it(written: str, kept: str) -> None:
    assert clean_text(written) == kept
    assert clean_text(written, html=True) == kept


@pytest.mark.parametrize(
    ("written", "as_text", "as_html"),
    [
        ("<img src=x onerror=alert(1)> نص", "<img src=x onerror=alert(1)> نص", "نص"),
        ("&lt;script&gt;", "&lt;script&gt;", "<script>"),
        ("أ &amp; ب", "أ &amp; ب", "أ & ب"),
        ("أ &amp;hellip; ب", "أ &amp;hellip; ب", "أ … ب"),
        ("<b>عاجل</b><br>خبر", "<b>عاجل</b><br>خبر", "عاجل خبر"),
        ("3 < 5 و 7 > 2", "3 < 5 و 7 > 2", "3 < 5 و 7 > 2"),
        ("AT&T و R&D", "AT&T و R&D", "AT&T و R&D"),
        ("<script>alert(1)</script>خبر", "<script>alert(1)</script>خبر", "خبر"),
    ],
)
def test_text_stays_text_and_html_becomes_text(written: str, as_text: str, as_html: str) -> None:
    assert clean_text(written) == as_text
    assert clean_text(written, html=True) == as_html


def test_text_is_capped() -> None:
    assert len(clean_text("ق" * 5_000)) == 1_000
    assert len(clean_text("ق " * 5_000, html=True, limit=100)) <= 100


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_cleaning_text_again_changes_nothing(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 100_000,
        "<ul><li>" * 50_000,
        "<div><table><td></div></td></table>" * 20_000,
        "<!--" * 80_000,
        "<p " + " ".join(f"a{number}=1" for number in range(40_000)) + ">",
        "<" * 1_000_000,
        "&amp;" * 200_000,
        "<b><i>" * 30_000 + "</b>" * 30_000,
    ],
    ids=lambda bomb: bomb[:12],
)
def test_bombs_are_cleaned_in_time(bomb: str) -> None:
    start = time.perf_counter()
    assert_harmless(clean_html(bomb, base_url=BASE)[:10_000])
    visible_text(bomb)
    assert time.perf_counter() - start < 4
