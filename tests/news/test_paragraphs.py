"""The text in HTML, paragraph by paragraph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.paragraphs import paragraphs_of, text_of
from tests.news.cases import Case, cases, paragraphs


@pytest.mark.parametrize("case", cases("paragraphs"), ids=lambda case: case["html"] or "nothing")
def test_paragraphs_as_in_the_table(case: Case) -> None:
    html = case["html"].replace("[LF]", "\n").replace("[TAB]", "\t")
    assert paragraphs_of(html) == paragraphs(case["paragraphs"])


def test_text_is_one_paragraph_a_line() -> None:
    assert text_of("<p>أول</p><p>ثان</p>") == "أول\nثان"


def test_nesting_without_end_costs_borders_not_words() -> None:
    deep = "<div>" * 5000 + "<p>في القاع</p>" + "</div>" * 5000
    assert "في القاع" in text_of(deep)


TAGS = ("<p>", "</p>", "<br>", "<b>", "</b>", "<script>", "</script>", "<!--", "-->", "<td>", "<![CDATA[", "]]>", "<")
SIGNS = ("&nbsp;", "&#0;", "&#xD800;", "&#99999999;", "\0", "\ud800", "\N{RIGHT-TO-LEFT OVERRIDE}", "\r\n", "نص", "\v")
PIECES = st.one_of(st.sampled_from(TAGS + SIGNS), st.text(max_size=5))


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_whatever_comes_paragraphs_are_tidy(html: str) -> None:
    for paragraph in paragraphs_of(html):
        assert paragraph
        assert paragraph == " ".join(paragraph.split())


@given(st.lists(st.text(alphabet="أبجد ه12 ", min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=6))
def test_no_word_is_lost_however_it_is_wrapped(lines: list[str]) -> None:
    tidy = tuple(" ".join(line.split()) for line in lines)
    assert paragraphs_of("\n".join(lines)) == tidy
    assert paragraphs_of("".join(f"<p>{line}</p>" for line in lines)) == tidy
    assert paragraphs_of("<br>".join(lines) + "<br>") == tidy
    assert paragraphs_of("<ul>" + "".join(f"<li><b>{line}</b>" for line in lines)) == tidy


NESTED = st.recursive(
    st.sampled_from(
        ["نص", " ", "\n", "&amp;", "&lt;b&gt;", "&quot;", "<br>", '<img src="/a" alt="&quot;">', "\u200f", "\r"]
    ),
    lambda inner: st.builds(
        "<{0}{1}>{2}</{0}>".format,
        st.sampled_from(["p", "h2", "div", "ul", "li", "figure", "b", "a", "span", "strong", "td", "section"]),
        st.sampled_from(["", ' title="&gt;"', " hidden"]),
        st.lists(inner, max_size=4).map("".join),
    ),
    max_leaves=20,
)


@given(st.lists(NESTED, max_size=6).map("".join))
def test_plain_html_is_read_as_a_parser_reads_it(html: str) -> None:
    # A comment says nothing and is not plain.
    assert paragraphs_of(f"<p></p>{html}") == paragraphs_of(f"<p></p><!---->{html}")
