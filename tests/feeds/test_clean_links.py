"""Addresses: what is refused, what is made absolute, which hosts are internal however they are spelled."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.links import clean_link, is_internal

BASE = "https://news.example/rss/feed.xml"


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("https://news.example/خبر", "https://news.example/خبر"),
        ("HTTPS://News.Example:443/A", "https://news.example/A"),
        ("http://news.example:8080/a#b", "http://news.example:8080/a#b"),
        ("/a b", "https://news.example/a%20b"),
        ("//cdn.example/a", "https://cdn.example/a"),
        ("?page=2", "https://news.example/rss/feed.xml?page=2"),
        ("http://user:pass@news.example/a", "http://news.example/a"),
        ("http://a.example\\@b.example/", "http://a.example/@b.example/"),
        ("ht\ntp://news.example/\ta", "http://news.example/a"),
        ("http://news.example/\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe", "http://news.example/gpj.exe"),
        ("http://[2001:db8::1]:81/a", "http://[2001:db8::1]:81/a"),
        ("javascript:alert(1)", None),
        ("java\tscript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("mailto:a@b.example", None),
        ("http://", None),
        ("http://[::1", None),
        ("http://a@h[:", None),
        ("http://[::1]u@h[:\0", None),
        ("http://news.example:99999/", None),
        ("http://127.0.0.1%2f@news.example%00/", None),
        ("http://<b>/", None),
        ("", None),
        ("  ", None),
        ("https://news.example/" + "a" * 9_000, None),
    ],
)
def test_link(written: str, link: str | None) -> None:
    assert clean_link(written, BASE) == link


def test_without_a_base_only_whole_addresses_count() -> None:
    assert clean_link("/a", None) is None
    assert clean_link("//cdn.example/a", None) is None
    assert clean_link("https://news.example/a", None) == "https://news.example/a"


def test_a_base_is_cleaned_like_a_link() -> None:
    base = "https://news.example/\N{RIGHT-TO-LEFT OVERRIDE}a b\0/"
    assert clean_link("c", base) == "https://news.example/a%20b/c"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text(st.sampled_from("htps:/\\@.[]%?#ab1 \t\0"), max_size=30))
def test_a_clean_link_stays_as_it_is(written: str) -> None:
    link = clean_link(written, BASE)
    if link is not None:
        assert link.startswith(("http://", "https://"))
        assert clean_link(link, None) == link


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3", "224.0.0.1",
        "198.18.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "①②⑦.⓪.⓪.①", "127。0。0。1", "%31%32%37.0.0.1",
        "localhost", "LOCALHOST.", "router", "nas.local", "db.internal", "x.localhost", "[::1]", "[fe80::1]",
        "[fd00::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
        "999.1.1.1", "1.2.3.4.5",
    ],
)  # fmt: skip
def test_internal_hosts(host: str) -> None:
    assert is_internal(f"http://{host}/x.png")


@pytest.mark.parametrize("host", ["8.8.8.8", "news.example", "موقع.شبكة", "[2606:4700::1111]", "0x08.8.8.8"])
def test_public_hosts(host: str) -> None:
    assert not is_internal(f"http://{host}/x.png")
