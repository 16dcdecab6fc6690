"""Appended lines: every wording of the table is cut off, nothing else, and what is left is still clean HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clean import clean_html, words_of
from feeds.element_names import rows
from feeds.tails import without_tail

WORDINGS = list(rows("tails"))
POST, SITE = '<a href="https://t.example/1">عنوان الخبر</a>', '<a href="https://t.example/">Site</a>'
PIECES = [
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<em>",
    "</em>",
    "<br>",
    "نص. ",
    "Text",
    " […] ",
    "<li>",
    "<ul>",
    "</ul>",
    SITE,
]


def line(wording: list[str]) -> str:
    _, begins, between, ends, _ = wording
    return " ".join(filter(None, (begins, POST, between, SITE, ends)))


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: " … ".join(wording[1:4]))
def test_every_wording_is_cut_off_as_a_line_of_its_own(wording: list[str]) -> None:
    assert without_tail(f"<p>نص الخبر</p><p>{line(wording)}.</p>") == "<p>نص الخبر</p>"
    assert without_tail(f"<div><p>نص الخبر</p><p>{line(wording)}</p></div>") == "<div><p>نص الخبر</p></div>"
    assert without_tail(f"نص الخبر<br>{line(wording)}.") == "نص الخبر"
    assert without_tail(f"<p>{line(wording)}</p>") == ""


@pytest.mark.parametrize("wording", [w for w in WORDINGS if w[1]], ids=lambda wording: " … ".join(wording[1:4]))
def test_every_wording_with_a_beginning_is_cut_off_behind_the_text(wording: list[str]) -> None:
    assert without_tail(f"<p>نص الخبر […] {line(wording)}.</p>") == "<p>نص الخبر […]</p>"


@pytest.mark.parametrize(
    "html",
    [
        "<p>وكان الفيلم قد ظهر أولا على شاشة النادي.</p>",
        f"<p>نص</p><p>قال الناقد في {POST} إن المقالة نشرت في مجلة {SITE}.</p>",
        f"<p>The post {POST} appeared first on {SITE}.</p><p>نص بعدها</p>",
        "<p>The post office appeared first on the list of buildings.</p>",
        f"<p>The post {POST} appeared first on {SITE}. {'كلمة ' * 150}</p>",
        "",
    ],
)
def test_what_is_only_like_it_stays(html: str) -> None:
    assert without_tail(html, title="عنوان آخر") == html


def test_without_links_the_title_has_to_stand_in_it() -> None:
    text = "نص الخبر. ظهرت المقالة عنوان الخبر أولاً على مدونة الضفة."
    assert without_tail(text, title="عنوان الخبر") == "نص الخبر."
    assert without_tail(text, title="خبر آخر") == text


@given(st.lists(st.sampled_from([*PIECES, *map(line, WORDINGS)]), max_size=12).map("".join))
def test_what_is_left_is_clean_and_a_beginning(written: str) -> None:
    html = clean_html(written, base_url=None)
    left = without_tail(html, title="Text")
    assert clean_html(left, base_url=None) == left
    assert words_of(html).startswith(words_of(left))
