"""Addresses: which may be asked for, how they are written, and what of them must never be shown."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.address import MAX_URL, BasicAuth, CheckedUrl, check_url, host_group, mask, split_credentials
from news.types import Failed, Reason

DATA = Path(__file__).resolve().parents[1] / "data" / "address"
MARKS = {
    "[ZWNJ]": "\N{ZERO WIDTH NON-JOINER}",
    "[RLM]": "\N{RIGHT-TO-LEFT MARK}",
    "[RLO]": "\N{RIGHT-TO-LEFT OVERRIDE}",
    "[TAB]": "\t",
    "[LF]": "\n",
    "[NUL]": "\0",
}


def rows() -> list[dict[str, str]]:
    with (DATA / "urls.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def checked(url: str) -> CheckedUrl:
    found = check_url(url)
    assert isinstance(found, CheckedUrl)
    return found


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["url"] or "empty")
def test_addresses_as_in_the_table(row: dict[str, str]) -> None:
    url = row["url"]
    for visible, mark in MARKS.items():
        url = url.replace(visible, mark)
    found = check_url(url)
    if row["verdict"] == "ok":
        assert isinstance(found, CheckedUrl)
        assert found.url == row["asked as"]
    else:
        assert isinstance(found, Failed)
        assert found.reason == row["verdict"]


def test_the_invisible_character_is_named() -> None:
    found = check_url("https://rawaq.example/\N{RIGHT-TO-LEFT MARK}feed")
    assert isinstance(found, Failed)
    assert found.message == "the address contains U+200F RIGHT-TO-LEFT MARK"


def test_an_address_has_an_end() -> None:
    assert isinstance(check_url("http://rawaq.example/" + "a" * (MAX_URL - 21)), CheckedUrl)
    assert isinstance(check_url("http://rawaq.example/" + "a" * (MAX_URL - 20)), Failed)


URLISH = st.text(alphabet="htps:/@[]%2f5c?#&=.\\ 01xأ٣\t\N{RIGHT-TO-LEFT OVERRIDE}\ud800", max_size=40)


@given(st.one_of(st.text(), URLISH.map("http://".__add__), URLISH.map("https://user:secret@".__add__)))
def test_whatever_comes_it_is_judged_once_and_for_all(url: str) -> None:
    mask(url)
    split_credentials(url)
    found = check_url(url)
    if isinstance(found, CheckedUrl):
        assert check_url(found.url) == found
        assert found.url.isascii()
        assert found.host
        assert 0 <= found.port <= 65535
        assert "@" not in found.bare.parsed.authority
        assert host_group(found)
    else:
        assert found.reason in (Reason.BAD_URL, Reason.BAD_SCHEME)


@given(
    st.text(alphabet="abcXYZ0189%+-._~!$'()*,;أب", min_size=4, max_size=20),
    st.sampled_from(["token", "api_key", "X-Auth"]),
)
def test_no_secret_survives_masking(secret: str, name: str) -> None:
    secret = "q" + secret.replace(";", "")
    assert secret not in mask(f"https://user:{secret}@rawaq.example/feed")
    assert secret not in mask(f"https://{secret}@rawaq.example/feed")
    assert secret not in mask(f"https://rawaq.example/feed?a=1&{name}={secret}&b=2")
    assert secret not in mask(f"https://rawaq.example/feed#{name}={secret}")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://rawaq.example/feed?page=2", "https://rawaq.example/feed?page=2"),
        ("https://rawaq.example/@author.rss", "https://rawaq.example/@author.rss"),
        ("https://u:p@rawaq.example/@author.rss", "https://***@rawaq.example/@author.rss"),
        ("https://u:pa/ss@rawaq.example/", "https://***@rawaq.example/"),
        ("http://[::1]:8000/@author", "http://[::1]:8000/@author"),
        ("https://rawaq.example/?author=ليلى&keyword=نفط", "https://rawaq.example/?author=ليلى&keyword=نفط"),
        ("https://rawaq.example/?to%6ben=abc;sig=1&apikey=2", "https://rawaq.example/?to%6ben=***;sig=***&apikey=***"),
        ("not an address", "not an address"),
    ],
)
def test_what_is_masked_and_what_is_not(url: str, shown: str) -> None:
    assert mask(url) == shown


def test_credentials_are_taken_off() -> None:
    bare, auth = split_credentials("https://ليلى:p%40ss@rawaq.example/feed?a=1")
    assert bare == "https://rawaq.example/feed?a=1"
    assert auth == BasicAuth(user="ليلى", password="p@ss")
    assert auth.header == "Basic 2YTZitmE2Yk6cEBzcw=="
    assert "p@ss" not in repr(auth)
    assert split_credentials("https://rawaq.example/feed") == ("https://rawaq.example/feed", None)
    assert "p%40ss" not in repr(check_url("https://user:p%40ss@rawaq.example/"))


@pytest.mark.parametrize(
    ("url", "group"),
    [
        ("https://www.rawaq.com/feed", "rawaq.com"),
        ("http://feeds.rawaq.com.:8080/", "rawaq.com"),
        ("https://news.rawaq.co.uk/", "rawaq.co.uk"),
        ("https://rawaq.blogspot.com/", "rawaq.blogspot.com"),
        ("http://127.0.0.1:8001/", "127.0.0.1:8001"),
        ("http://localhost:8002/", "localhost:8002"),
        ("http://[2001:4860::1]/", "2001:4860::1:80"),
    ],
)
def test_whose_machines(url: str, group: str) -> None:
    assert host_group(checked(url)) == group
