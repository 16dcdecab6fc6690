"""The published files over HTTP, through a real server on this machine."""

import gzip
import http.client
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from feeds.publish import publish
from web.app import create_app
from web.server import Server

RSS = "<rss>" + "خبر " * 500 + "</rss>"
POLICY = "default-src 'none'; img-src https:; style-src 'self'; frame-ancestors 'none'"
MODIFIED = 1_795_420_800  # Mon, 23 Nov 2026 08:00:00 GMT


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    port: int
    public: Path
    health: dict[str, object]

    def ask(self, path: str, headers: dict[str, str] | None = None, *, method: str = "GET") -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(status=response.status, headers=found, body=response.read())
        finally:
            connection.close()

    def send(self, request: bytes) -> bytes:
        """The raw answer to a raw request."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    data = tmp_path_factory.mktemp("var")
    public = data / "public"
    bodies = {
        "index.html": b"<!DOCTYPE html>", "style.css": b"a{}", "feeds.opml": b"<opml/>", "all.rss": RSS.encode(),
        "all.atom": b"<feed/>", "all.json": b"{}", "category/politics.atom": b"<feed>p</feed>",
        "category/politics.html": b"<!DOCTYPE html>",
    }  # fmt: skip
    for name, body in bodies.items():
        publish(public, name, body)
        os.utime(public / name, (MODIFIED + 0.5, MODIFIED + 0.5))
    (data / "khulasa.db").write_bytes(b"SECRET")
    (data / "outside").mkdir()
    (data / "outside/a.rss").write_bytes(b"SECRET")
    (public / ".git").mkdir()
    (public / ".git/config").write_bytes(b"SECRET")
    (public / "store.db").write_bytes(b"SECRET")
    (public / ".khulasa-0123456789abcdef.tmp").write_bytes(b"SECRET")
    (public / "stories.rss").symlink_to(data / "khulasa.db")
    (public / "feed").symlink_to(data / "outside")
    (public / "country").mkdir()
    (public / "country/eg.rss").mkdir()
    health: dict[str, object] = {"status": "ok"}
    server = Server(create_app(public, lambda: dict(health)), host="127.0.0.1", port=0)
    server.start()
    yield Window(port=server.port, public=public, health=health)
    server.stop()


# --- what is served ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name", "media_type"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/index.html", "index.html", "text/html; charset=utf-8"),
        ("/style.css", "style.css", "text/css; charset=utf-8"),
        ("/feeds.opml", "feeds.opml", "text/x-opml; charset=utf-8"),
        ("/all.rss", "all.rss", "application/rss+xml; charset=utf-8"),
        ("/all.rss?utm_source=x", "all.rss", "application/rss+xml; charset=utf-8"),
        ("/all.atom", "all.atom", "application/atom+xml; charset=utf-8"),
        ("/all.json", "all.json", "application/feed+json; charset=utf-8"),
        ("/category/politics.html", "category/politics.html", "text/html; charset=utf-8"),
        ("/category/politics.atom", "category/politics.atom", "application/atom+xml; charset=utf-8"),
        ("/category%2Fpolitics.atom", "category/politics.atom", "application/atom+xml; charset=utf-8"),
    ],
)
def test_a_published_file_is_served_as_what_it_is(window: Window, path: str, name: str, media_type: str) -> None:
    answer = window.ask(path)
    body = (window.public / name).read_bytes()
    assert (answer.status, answer.body) == (200, body)
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-length"] == str(len(body))
    assert answer.headers["etag"] == f'"{sha256(body).hexdigest()[:32]}"'
    assert answer.headers["last-modified"] == "Mon, 23 Nov 2026 08:00:00 GMT"
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in answer.headers


NOT_FOUND = (
    "/..%2fkhulasa.db", "/../khulasa.db", "/%2e%2e/khulasa.db", "/%2e%2e%2fkhulasa.db", "/category/../../khulasa.db",
    "//etc/passwd", "//all.rss", "/\\..\\khulasa.db", "/..%5ckhulasa.db", "/all.rss%00", "/all%00.rss", "/all.rss%0a",
    "/all.rss/", "/.git", "/.git/config", "/store.db", "/khulasa.db", "/.khulasa-0123456789abcdef.tmp",
    "/category", "/category/", "/category/absent.rss", "/category/ABSENT.rss", "/stories.rss", "/STORIES.rss",
    "/feed/a.rss", "/country/eg.rss", "/country/EG.rss", "/KHULASA.DB", "/..%2fKHULASA.DB", "//ALL.rss",
    "/health/", "/%D8%AE%D9%84%D8%A7%D8%B5%D8%A9.rss", "/%ff%fe", "/" + "a" * 5000, "/./all.rss",
)  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/category/POLITICS.atom", "/Category%2FPolitics.ATOM", "/category/POLITICS.atom?x=y"]
)
def test_capitals_lead_on_to_the_address_in_small_letters(window: Window, path: str) -> None:
    answer = window.ask(path)
    assert (answer.status, answer.headers["location"]) == (301, "/category/politics.atom")


@pytest.mark.parametrize("path", NOT_FOUND, ids=lambda path: path[:40])
def test_nothing_else_is_found(window: Window, path: str) -> None:
    answer = window.ask(path)
    assert answer.status == 404
    assert b"SECRET" not in answer.body


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET http://other.example/all.rss HTTP/1.1", b"CONNECT other.example:443 HTTP/1.1", b"GET all.rss HTTP/1.1",
        b"OPTIONS * HTTP/1.1", b"BREW /all.rss HTTP/1.1",
    ],
)  # fmt: skip
def test_we_are_nobodys_proxy(window: Window, request_line: bytes) -> None:
    answer = window.send(request_line + b"\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    assert answer.split()[1] in (b"400", b"404", b"405")
    assert b"evil.example" not in answer
    assert b"other.example" not in answer


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/all.rss", "/health", "/absent"])
def test_only_reading_is_allowed(window: Window, method: str, path: str) -> None:
    answer = window.ask(path, method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("path", "method", "policy"),
    [
        ("/", "GET", POLICY),
        ("/all.rss", "GET", f"{POLICY}; sandbox"),
        ("/all.rss", "HEAD", f"{POLICY}; sandbox"),
        ("/all.json", "GET", f"{POLICY}; sandbox"),
        ("/category/politics.html", "GET", POLICY),
        ("/absent", "GET", f"{POLICY}; sandbox"),
        ("/all.rss", "POST", f"{POLICY}; sandbox"),
        ("/health", "GET", f"{POLICY}; sandbox"),
    ],
)
def test_every_answer_protects_its_reader(window: Window, path: str, method: str, policy: str) -> None:
    headers = window.ask(path, method=method).headers
    assert headers["content-security-policy"] == policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


# --- conditional requests, HEAD, gzip -----------------------------------------------------------------------------


def tag_of(window: Window, **headers: str) -> str:
    return window.ask("/all.rss", {name.replace("_", "-"): value for name, value in headers.items()}).headers["etag"]


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("{tag}", 304),
        ("W/{tag}", 304),
        ("*", 304),
        ('"other", {tag}', 304),
        ('"other",W/{tag}', 304),
        ('"a,b", {tag}', 304),
        ('"other"', 200),
        ("", 200),
        ("nonsense", 200),
        ("{bare}", 200),
    ],
)
def test_if_none_match(window: Window, condition: str, status: int) -> None:
    tag = tag_of(window)
    answer = window.ask("/all.rss", {"If-None-Match": condition.format(tag=tag, bare=tag.strip('"'))})
    assert answer.status == status
    assert answer.headers["etag"] == tag
    assert (answer.body == b"") == (status == 304)
    if status == 304:
        assert {"last-modified", "cache-control", "vary"} <= answer.headers.keys()
        assert not {"content-length", "content-type"} & answer.headers.keys()


def test_conditions_in_several_header_lines(window: Window) -> None:
    tag = tag_of(window).encode()
    answer = window.send(
        b'GET /all.rss HTTP/1.1\r\nHost: a\r\nConnection: close\r\nIf-None-Match: "x"\r\nIf-None-Match: '
        + tag
        + b"\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 304 ")


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Mon, 23 Nov 2026 08:00:00 GMT", 304),
        ("Mon, 23 Nov 2026 08:00:01 GMT", 304),
        ("Monday, 23-Nov-26 08:00:00 GMT", 304),
        ("Mon, 23 Nov 2026 07:59:59 GMT", 200),
        ("Mon, 23 Nov 2026 08:00:00 -0000", 304),
        ("Mon, 01 Jan 0001 00:00:00 +2300", 200),
        ("yesterday", 200),
        ("Mon, 99 Nov 2026 08:00:00 GMT", 200),
        ("Mon, 23 Nov 99999999999 08:00:00 GMT", 200),
        ("1" * 5000, 200),
        ("", 200),
    ],
)
def test_if_modified_since(window: Window, since: str, status: int) -> None:
    assert window.ask("/all.rss", {"If-Modified-Since": since}).status == status


def test_a_tag_decides_before_a_date(window: Window) -> None:
    later = "Mon, 23 Nov 2026 09:00:00 GMT"
    earlier = "Mon, 23 Nov 2026 07:00:00 GMT"
    assert window.ask("/all.rss", {"If-None-Match": '"other"', "If-Modified-Since": later}).status == 200
    assert window.ask("/all.rss", {"If-None-Match": tag_of(window), "If-Modified-Since": earlier}).status == 304


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("br;q=1.0, gzip;q=0.5", True),
        ("*", True),
        ("deflate", False),
        ("identity", False),
        ("", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
        ("gzipped", False),
    ],
)
def test_gzip_where_it_is_wanted(window: Window, accepted: str, packed: bool) -> None:
    answer = window.ask("/all.rss", {"Accept-Encoding": accepted})
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert answer.headers["content-length"] == str(len(answer.body))
    assert (gzip.decompress(answer.body) if packed else answer.body) == RSS.encode()


def test_the_gzip_form_has_a_tag_of_its_own(window: Window) -> None:
    plain, packed = tag_of(window), tag_of(window, Accept_Encoding="gzip")
    assert plain != packed
    asked = {"Accept-Encoding": "gzip", "If-None-Match": packed}
    assert window.ask("/all.rss", asked).status == 304
    assert window.ask("/all.rss", {"If-None-Match": packed}).status == 200


def test_what_gzip_would_make_longer_is_sent_as_it_is(window: Window) -> None:
    answer = window.ask("/style.css", {"Accept-Encoding": "gzip"})
    assert answer.body == b"a{}"
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_head_says_what_get_would(window: Window, accepted: str) -> None:
    got, head = (window.ask("/all.rss", {"Accept-Encoding": accepted}, method=m) for m in ("GET", "HEAD"))
    assert head.body == b""
    assert {**head.headers, "date": ""} == {**got.headers, "date": ""}
    assert window.ask("/all.rss", {"If-None-Match": tag_of(window)}, method="HEAD").status == 304


def test_a_new_file_is_seen_at_once_and_a_removed_one_is_gone(window: Window) -> None:
    publish(window.public, "source/rawaq.rss", b"one")
    old = window.ask("/source/rawaq.rss")
    publish(
        window.public, "source/rawaq.rss", b"two"
    )  # the same size, perhaps within one tick of the file system's clock
    new = window.ask("/source/rawaq.rss", {"If-None-Match": old.headers["etag"]})
    assert (old.body, new.status, new.body) == (b"one", 200, b"two")
    (window.public / "source/rawaq.rss").unlink()
    assert window.ask("/source/rawaq.rss").status == 404


# --- health -----------------------------------------------------------------------------------------------------


def test_health_is_json_and_its_status_a_status(window: Window) -> None:
    try:
        good = window.ask("/health")
        window.health.update(status="degraded", reason="القرص ممتلئ")
        bad = window.ask("/health")
    finally:
        window.health.clear()
        window.health["status"] = "ok"
    assert (good.status, json.loads(good.body)) == (200, {"status": "ok"})
    assert (bad.status, json.loads(bad.body)) == (503, {"status": "degraded", "reason": "القرص ممتلئ"})
    assert good.headers["content-type"] == "application/json"
    assert good.headers["cache-control"] == "no-store"
