"""What is cleaned without a parser is what nh3 makes of it, to the character; what can be read in two ways is nh3's."""

from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.generated_feeds import document
from feeds import clean
from feeds.clean import clean_html, words_of
from feeds.plain_html import MAX_DEPTH, MAX_PARTS

BASE = "https://outlet.example/news/1"
_NAMES = (
    "p div ul ol li blockquote figure figcaption h2 h3 a b strong em i span sub mark time br img hr p p div a"
    " table td pre dl dt script font h1 nobr"
)
_ATTRIBUTES = (
    'class="x"', 'title="عنوان &amp; آخر"', "title='x'", 'dir="rtl"', 'dir="x"', 'lang="ar"', 'style="a:b"', "hidden",
    'title="&laquo;&#8230;&nbsp;&quot;"', 'alt="a&hellip;&nbsp;b"', 'href="https://a.example/?q=&laquo;"',
    'href="https://other.example/a?b=1&amp;c=2"', 'href="/x"', 'href="javascript:alert(1)"', 'href="https://A.example"',
    'href="https://other.example/&amp;lt;"', 'src="https://other.example/a.jpg"', 'src="http://localhost/a.jpg"',
    'src="https://10.0.0.1/a.jpg"', 'src="https://a.lan/"', 'src="http://home.arpa/x"', 'alt="صورة  كبيرة"', 'alt=""',
    'width="640"', 'width="1"', 'height="0x"', 'height="001"', 'datetime="2026-11-07"', 'colspan="2"', 'rel="me"',
    'title="&lt;b&gt;"', 'title="&amp;hellip;"', 'onclick="x"', 'title="a\N{NO-BREAK SPACE}b"', 'target="_blank"',
    "title='&amp; x='", "src='/1.jpg'", "href='/1?a=b'", 'title="x=\' y=\'z"', 'href="/a/../b"', 'href="/%"',
    'title="a\nb"', 'referrerpolicy="origin"', 'srcset="a 2x, b 3x"', 'title=">"',
)  # fmt: skip
_TEXTS = (
    "نص", " ", "\n", "أ &amp; ب", "&lt;b&gt;", "&amp;lt;", "&amp;hellip;", "&nbsp;", "&ldquo;", "&am&nbsp;p;", "&", ">",
    '"', "'", "\N{NO-BREAK SPACE}",
    "\N{RIGHT-TO-LEFT MARK}", "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{RIGHT-TO-LEFT ISOLATE}", "&#8217;", "\r", "\f", "\0",
    "\U0001f600", "\U0001ffff", "a  b", "&amp;&lt;", "&amp ", "",
)  # fmt: skip


def fragment(random: Random, depth: int = 0) -> str:
    """HTML of known elements, mostly well nested."""
    pieces = []
    for _ in range(random.randint(0, 3)):
        pieces.append(random.choice(_TEXTS[:2] if random.random() < 0.7 else _TEXTS))
        name = random.choice(_NAMES.split()[: 27 if random.random() < 0.95 else None])
        attributes = "".join(f" {random.choice(_ATTRIBUTES)}" for _ in range(random.choice((0, 0, 0, 1, 1, 2, 3))))
        if name in ("br", "img", "hr"):
            pieces.append(f"<{name}{attributes}{random.choice(('', '/', ' /'))}>")
        else:
            inner = fragment(random, depth + 1) if depth < 4 else "ق"
            if name in ("ul", "ol") and random.random() < 0.8:
                inner = f"<li>{inner}</li>"
            end = f"</{name}>" if random.random() < 0.97 else random.choice(("", "</p>", f"</{name} >", "</b>"))
            pieces.append(f"<{name}{attributes}>{inner}{end}")
    return "".join(pieces) + random.choice(_TEXTS[:3])


def is_cleaned_alike(html: str) -> bool:
    """Whether no parser was needed; fails where it would have made something else of ``html``."""
    plain = clean._PLAIN.clean(html, BASE)
    if plain is None:
        return False
    assert plain.html == clean._clean_by_parser(html, BASE)
    assert plain.words == words_of(plain.html)
    assert len(plain.words) <= len(plain.text)
    assert not any(plain.has_more_than(length) for length in range(len(plain.words), len(plain.text) + 2))
    assert clean_html(plain.html, base_url=None) == plain.html
    return True


@given(st.randoms(use_true_random=False))
@settings(max_examples=500, deadline=None)
def test_fragments_are_cleaned_alike(random: Random) -> None:
    is_cleaned_alike(fragment(random))


def test_fragments_are_cleaned_alike_and_many_without_a_parser() -> None:
    taken = sum(is_cleaned_alike(fragment(Random(seed))) for seed in range(3_000))  # noqa: S311 – repeatable, no secret
    assert taken > 600


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from((*_TEXTS, *(f"<{n}>" for n in _NAMES.split()), *(f"</{n}>" for n in _NAMES.split())))))
@example(["<b>"] * 5 + ["</b>"] * 5)
def test_tags_in_any_order_are_cleaned_alike(pieces: list[str]) -> None:
    is_cleaned_alike("".join(pieces))


def test_generated_bodies_need_no_parser() -> None:
    bodies = [part.partition("]]>")[0] for part in document(0).decode().split("<![CDATA[")[1:]]
    assert len(bodies) >= 20
    assert all(map(is_cleaned_alike, bodies))


@pytest.mark.parametrize(
    "html",
    [
        "<p>أ<p>ب",
        "<p><div>أ</div></p>",
        "<b><p>أ</b></p>",
        "<a><b><a>أ</a></b></a>",
        "<ul><li><div><li>أ</li></div></li></ul>",
        "<h2><h3>أ</h3></h2>",
        "<p>أ<hr>ب</p>",
        "<p/>",
        "<P>أ</P>",
        "<table><tr><td>أ</td></tr></table>",
        "<pre>\nأ</pre>",
        "<script>أ</script>",
        "<p>أ</p >",
        "<!-- أ -->",
        "</>",
        "</p>",
        "<p>a > b</p>",
        "> <br",
        '<p title="a" title="b">أ</p>',
        '<p dir="x" dir="rtl">أ</p>',
        '<a href="//other.example/1">أ</a>',
        '<a href="1">أ</a>',
        '<a href="/a\\\\b">أ</a>',
        '<a href="/a:b">أ</a>',
        "<a title='\"'>أ</a>",
        "<a title='x'title='y'>أ</a>",
        "<a title=x>أ</a>",
        "<a title='x\" y='z'>أ</a>",
        "<p>&copy;</p>",
        '<p title="&quot; lang=&quot;ar">أ</p>',
        "<p>&amp;nbsp;</p>",
        "<p>\N{RIGHT-TO-LEFT OVERRIDE}</p>",
        "<b>" * (MAX_DEPTH + 1) + "</b>" * (MAX_DEPTH + 1),
        "<br>" * (MAX_PARTS + 1),
    ],
)
def test_what_may_be_read_in_two_ways_is_left_to_the_parser(html: str) -> None:
    assert clean._PLAIN.clean(html, BASE) is None


def test_what_is_remembered_of_tags_is_bounded() -> None:
    for number in range(5_000):
        assert is_cleaned_alike(f'<p class="{number}">أ</p>')
    assert len(clean._PLAIN._remembered) <= 2_000
