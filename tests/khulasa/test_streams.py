"""What ``khulasa read`` and ``khulasa judge`` are made of, without a process around it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khulasa.streams import is_missing, judged, missing_line, read_line, requested, unread_line
from news.errors import KhulasaError

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEYS = {"document", "encoding", "feed", "entries", "problems", "error"}
UNDATED = (
    b"<rss version='2.0'><channel><title>x</title><item><title>y</title><pubDate>%s</pubDate></item></channel></rss>"
)


@given(st.one_of(st.binary(), st.text().map(str.encode), st.binary().map(lambda tail: b"<rss><channel>" + tail)))
def test_every_document_has_the_same_shape(body: bytes) -> None:
    line = read_line("x", body, url="", headers={}, now=NOW)
    assert set(line) == KEYS
    assert (line["feed"] is None) == (line["error"] is not None)


def test_header_names_are_taken_in_any_case() -> None:
    body = "<rss version='2.0'><channel><title>الرواق</title><item><title>خبر</title></item></channel></rss>"
    for name in ("Content-Type", "content-type", "CONTENT-TYPE"):
        headers = {name: "text/xml; charset=windows-1256"}
        line = read_line("x", body.encode("windows-1256"), url="", headers=headers, now=NOW)
        assert line["feed"] == {"title": "الرواق"} | dict.fromkeys(
            ("id", "link", "self", "description", "language", "updated", "rights", "author", "image")
        )


@pytest.mark.parametrize(
    ("written", "said", "zone_known"),
    [
        ("Fri, 20 Nov 2026 12:00:00 +0300", "2026-11-20T09:00:00Z", True),
        ("2026-11-20T09:00:00.5Z", "2026-11-20T09:00:00Z", True),
        ("20 نوفمبر 2026 - 9:00 ص", "2026-11-20T09:00:00Z", False),
        ("soon", None, None),
    ],
)
def test_dates_are_in_utc_to_the_second_or_absent_and_stand_beside_what_was_written(
    written: str, said: str | None, zone_known: bool | None
) -> None:
    line = read_line("x", UNDATED % written.encode(), url="", headers={}, now=NOW)
    entries = line["entries"]
    assert isinstance(entries, list)
    (entry,) = entries
    assert (entry["published"], entry["date_text"], entry["zone_known"]) == (said, written, zone_known)


def test_what_is_missing_is_told_from_what_cannot_be_read() -> None:
    assert is_missing(missing_line("x", "No such file or directory"))
    assert not is_missing(unread_line("x", "not_a_feed", "a page"))
    assert not is_missing(read_line("x", UNDATED % b"", url="", headers={}, now=NOW))


def test_a_request_needs_only_a_path() -> None:
    lines = [b'{"path": "a"}\n', b" \n", b'{"path": "b", "url": "https://b.example/", "headers": {"Age": 5}, "x": 1}']
    assert list(requested(lines)) == [("a", "", {}), ("b", "https://b.example/", {"Age": "5"})]


def test_blank_lines_count_as_lines() -> None:
    with pytest.raises(KhulasaError, match=r"^line 3: not JSON"):
        list(requested([b"\n", b"\n", b"x\n"]))
    with pytest.raises(KhulasaError, match=r"^line 2: not JSON"):
        list(judged([b"\r\n", b"x\n"], now=NOW))


def test_an_answer_is_given_before_the_next_line_is_taken() -> None:
    taken = 0

    def lines() -> Iterator[bytes]:
        nonlocal taken
        for line in (b'{"title": "a"}', b'{"title": "b"}', b"nothing"):
            taken += 1
            yield line

    answers = judged(lines(), now=NOW)
    for number in (1, 2):
        assert next(answers)["id"] == str(number)
        assert taken == number
    with pytest.raises(KhulasaError):
        next(answers)


def test_paragraphs_of_a_text_are_its_lines_and_markup_in_it_is_text() -> None:
    plain = "كتبت - ليلى الحداد:\nالنص الأول\n\n  \nالنص الثاني"
    (line,) = judged([_line(title="افتتاح", text=plain)], now=NOW)
    assert line["byline"] == "ليلى الحداد"
    words = " ".join(f"كلمة{number}" for number in range(60))
    fingerprints = [
        answered["fingerprint"]
        for answered in judged(
            [_line(title="a", text=text) for text in (words, words.replace(" ", "\n"), f"<b>{words}</b>")], now=NOW
        )
    ]
    assert fingerprints[0] is not None
    assert fingerprints[0] == fingerprints[1]
    assert fingerprints[2] != fingerprints[0]  # "b" is a word of this text


@given(
    st.dictionaries(st.sampled_from(["id", "outlet", "title", "text", "url", "published", "x"]), st.none() | st.text())
)
def test_text_of_any_kind_is_answered_or_refused_with_its_line(asked: dict[str, str | None]) -> None:
    try:
        (line,) = judged([_line(**asked)], now=NOW)
    except KhulasaError as fault:
        assert str(fault).startswith("line 1: ")
    else:
        assert line["id"] == (asked.get("id") or "1")
        assert line["story"] == line["id"]


def test_the_same_stream_gives_the_same_answers() -> None:
    lines = [_line(title=f"عنوان {n % 3}", text=f"نص الخبر رقم {n % 3} " * 30, id=str(n)) for n in range(9)]
    first, second = list(judged(lines, now=NOW)), list(judged(lines, now=NOW.replace(year=2030)))
    assert first == second
    assert [line["story"] for line in first] == ["0", "1", "2"] * 3


def _line(**asked: str | None) -> bytes:
    return json.dumps(asked, ensure_ascii=True).encode()


def test_an_entry_is_in_the_language_of_its_words_where_they_tell() -> None:
    body = (
        "<rss version='2.0'><channel><title>الرواق</title><language>en</language>"
        "<item><title>أعلنت البلدية افتتاح الجسر الجديد فوق النهر</title></item>"
        "<item><title>Orion</title></item></channel></rss>"
    )
    line = read_line("x", body.encode(), url="", headers={}, now=NOW)
    entries = line["entries"]
    assert isinstance(entries, list)
    assert [entry["language"] for entry in entries] == ["ar", "en"]
