"""Where redirects lead, what goes with us, and when a move is for good."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.address import CheckedUrl, check_url
from feeds.redirects import MAX_REDIRECTS, Hop, first_hop, next_hop
from news.types import Failed, Reason


def begin(url: str) -> Hop:
    checked = check_url(url)
    assert isinstance(checked, CheckedUrl)
    return first_hop(checked)


def follow(hop: Hop, status: int, location: str) -> Hop:
    following = next_hop(hop, status, location)
    assert isinstance(following, Hop), following
    return following


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/rss", "https://rawaq.example/rss"),
        ("rss", "https://rawaq.example/a/rss"),
        ("?x=1", "https://rawaq.example/a/feed?x=1"),
        ("//cedar.example/rss", "https://cedar.example/rss"),
        ("http://cedar.example", "http://cedar.example/"),
        (" /with spaces ", "https://rawaq.example/with%20spaces"),
        ("/أخبار", "https://rawaq.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1"),
        ("/\udcc3\udcce", "https://rawaq.example/%C3%CE"),
        ("https://user:secret@cedar.example/rss", "https://cedar.example/rss"),
    ],
)
def test_where_it_leads(location: str, leads_to: str) -> None:
    assert follow(begin("https://rawaq.example/a/feed"), 302, location).address.url == leads_to


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        (None, Reason.PROTOCOL),
        ("file:///etc/passwd", Reason.BAD_SCHEME),
        ("gopher://rawaq.example/", Reason.BAD_SCHEME),
        ("data:text/xml,<rss/>", Reason.BAD_SCHEME),
        ("https://[rawaq", Reason.BAD_URL),
        ("/a\tb", Reason.BAD_URL),
        ("http://a\\@b/", Reason.BAD_URL),
        ("http://ra waq.example/", Reason.BAD_URL),
        ("", Reason.TOO_MANY_REDIRECTS),
        ("/a/feed#again", Reason.TOO_MANY_REDIRECTS),
    ],
)
def test_where_we_do_not_go(location: str | None, reason: Reason) -> None:
    found = next_hop(begin("https://rawaq.example/a/feed"), 301, location)
    assert isinstance(found, Failed)
    assert found.reason is reason
    assert found.status == 301


def test_five_hops_and_no_more() -> None:
    hop = begin("https://rawaq.example/0")
    for n in range(1, MAX_REDIRECTS + 1):
        hop = follow(hop, 302, f"/{n}")
    found = next_hop(hop, 302, "/6")
    assert isinstance(found, Failed)
    assert found.reason is Reason.TOO_MANY_REDIRECTS


def test_a_move_is_for_good_when_every_hop_says_so() -> None:
    hop = begin("http://rawaq.example/feed")
    assert hop.moved_to is None
    good = follow(follow(hop, 301, "https://rawaq.example/feed"), 308, "/rss")
    assert good.moved_to == "https://rawaq.example/rss"
    for statuses in ((301, 302), (307, 301), (303, 303)):
        passing = follow(follow(hop, statuses[0], "/one"), statuses[1], "/two")
        assert passing.moved_to is None
    assert follow(begin("https://rawaq.example/feed"), 301, "http://rawaq.example/feed").moved_to is None
    assert follow(begin("https://u:p@rawaq.example/feed"), 301, "/rss").moved_to is None


@pytest.mark.parametrize(
    ("start", "location", "kept"),
    [
        ("https://u:p@rawaq.example/feed", "/rss", True),
        ("http://u:p@rawaq.example/feed", "https://rawaq.example/rss", True),
        ("http://u:p@rawaq.example:8080/feed", "/rss", True),
        ("http://u:p@rawaq.example/feed", "http://rawaq.example:8080/rss", False),
        ("https://u:p@rawaq.example/feed", "https://rawaq.example:8443/rss", False),
        ("https://u:p@rawaq.example/feed", "https://feeds.rawaq.example/rss", False),
        ("https://u:p@rawaq.example/feed", "https://x:y@cedar.example/rss", False),
    ],
)
def test_credentials_stay_with_their_machine(start: str, location: str, kept: bool) -> None:
    assert (follow(begin(start), 302, location).auth is not None) is kept


def test_credentials_once_left_behind_do_not_come_back() -> None:
    away = follow(begin("https://u:p@rawaq.example/feed"), 302, "https://cedar.example/")
    assert follow(away, 302, "https://rawaq.example/other").auth is None


def test_a_password_is_never_sent_in_the_open_where_it_was_not() -> None:
    found = next_hop(begin("https://u:p@rawaq.example/feed"), 301, "http://rawaq.example/feed")
    assert isinstance(found, Failed)
    assert found.reason is Reason.REFUSED


@given(st.text(alphabet=st.characters(), max_size=60), st.sampled_from([301, 302, 303, 307, 308]))
def test_no_location_raises(location: str, status: int) -> None:
    found = next_hop(begin("https://u:p@rawaq.example/feed"), status, location)
    if isinstance(found, Hop):
        assert urlsplit(found.address.url).scheme in ("http", "https")
        assert found.auth is None or found.address.host == "rawaq.example"
