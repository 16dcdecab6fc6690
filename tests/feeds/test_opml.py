"""The OPML list: groups, addresses, and the same bytes for the same feeds."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feeds.opml import Outline, render_opml
from feeds.outgoing import printable

SITE = "https://khulasa.example/"
FEEDS = (
    Outline(title="خلاصة", rss_url=f"{SITE}all.rss", html_url=SITE, group="الأخبار كلها"),
    Outline(title="خلاصة – سياسة", rss_url=f"{SITE}category/politics.rss", html_url=SITE, group="الأبواب"),
    Outline(title="خلاصة – صحة", rss_url=f"{SITE}category/health.rss", html_url=SITE, group="الأبواب"),
)


def test_feeds_stand_under_their_groups() -> None:
    document = etree.fromstring(render_opml("خلاصة", FEEDS))
    assert (document.tag, document.get("version")) == ("opml", "2.0")
    assert document.findtext("head/title") == "خلاصة"
    assert document.find("head/dateCreated") is None
    groups = [(g.get("text"), [f.get("xmlUrl") for f in g]) for g in document.findall("body/outline")]
    assert groups == [
        ("الأخبار كلها", [f"{SITE}all.rss"]),
        ("الأبواب", [f"{SITE}category/politics.rss", f"{SITE}category/health.rss"]),
    ]
    first = document.find("body/outline/outline")
    assert first is not None
    assert dict(first.items()) == {
        "type": "rss", "text": "خلاصة", "title": "خلاصة", "xmlUrl": f"{SITE}all.rss", "htmlUrl": SITE, "language": "ar",
    }  # fmt: skip


def test_no_feeds_make_a_valid_empty_list() -> None:
    assert list(etree.fromstring(render_opml("خلاصة", ())).iter("outline")) == []


def test_arabic_addresses_are_written_in_ascii_and_others_left_out() -> None:
    feeds = [("أ", "https://خلاصة.example/all.rss", "javascript:x", "ق"), ("ب", "file:///etc/passwd", SITE, "ق")]
    document = etree.fromstring(render_opml("خلاصة", feeds))
    assert [dict(o.attrib) for o in document.findall("body/outline/outline")] == [
        {"type": "rss", "text": "أ", "title": "أ", "xmlUrl": "https://xn--mgben3a3e.example/all.rss", "language": "ar"}
    ]


@given(title=st.text(st.characters(), max_size=20), group=st.text(st.characters(), max_size=20))
def test_any_text_makes_a_well_formed_list(title: str, group: str) -> None:
    feeds = [Outline(title=title, rss_url=f"{SITE}all.rss", html_url=SITE, group=group)] * 2
    document = etree.fromstring(render_opml(title, feeds))
    assert document.findtext("head/title") == printable(title)
    assert [o.get("text") for o in document.iter("outline")] == [printable(group), *[printable(title)] * 2]
