"""Laws of everything that works on one text: cleaning, folding, decoding, dates, match expressions."""

import codecs
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from arabic.encodings import decode
from arabic.fold import fold
from feeds.clean import MAX_TEXT, clean_html, clean_text, text_to_html, visible_text, words_of
from feeds.entry_dates import FIRST_YEAR, FUTURE, MAX_DATE, read_date
from news.expressions import MAX_LENGTH, ExpressionError
from news.rules import parse_rule
from tests.feeds.hostile_html import BASE, assert_harmless

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Riyadh")
ISOLATES = "\u2066\u2067\u2068"
NEVER_SHOWN = frozenset("\0\x07\x08\x1b\x7f\x80\x9f\u202a\u202b\u202c\u202d\u202e\ufffe\uffff\U0010ffff")


def text_of(data: bytes) -> str:
    """Any text: broken UTF-8 becomes lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def assert_shown(text: str) -> None:
    """``text`` can be stored, sent, and shown without turning around what stands after it."""
    text.encode()
    assert not NEVER_SHOWN & set(text)
    depth = 0
    for character in text:
        depth += 1 if character in ISOLATES else -1 if character == "\u2069" else 0
        assert depth >= 0, "an isolate is closed that was never opened"
    assert depth == 0, "an isolate is never closed"


def assert_line(text: str, *, limit: int = MAX_TEXT) -> None:
    assert_shown(text)
    assert len(text) <= limit
    assert "\n" not in text
    assert clean_text(text, limit=limit) == text


def assert_clean_html(html: str) -> None:
    assert_shown(html)
    assert_harmless(html)
    assert clean_html(html, base_url=BASE) == html
    assert clean_html(html, base_url=None) == html


def cleaned_html(data: bytes) -> None:
    html = text_of(data)
    for base in (BASE, None):
        cleaned = clean_html(html, base_url=base)
        assert_clean_html(cleaned)
        words_of(cleaned).encode()
        # A comment goes without a trace, but makes a parser read what might be read without one.
        assert clean_html(f"<!---->{html}", base_url=base) == cleaned


def cleaned_text(data: bytes) -> None:
    text = text_of(data)
    assert_line(clean_text(text))
    assert_line(clean_text(text, html=True))
    assert_line(clean_text(text, html=True, limit=20), limit=20)
    assert_shown(clean_text(visible_text(text)))
    shown = clean_html(text_to_html(text), base_url=None)
    assert_clean_html(shown)
    if not ("&" in text and ";" in text):  # what looks escaped twice is mended
        assert words_of(shown) == clean_text(text, limit=len(text) + 1)


def folded(data: bytes) -> None:
    text = text_of(data)
    once = fold(text)
    assert fold(once) == once
    # A ligature is a letter on the screen and several in the alphabet: the only way to grow.
    spelled = "".join(unicodedata.normalize("NFKC", one) if "\ufb50" <= one <= "\ufefe" else one for one in text)
    assert len(once) <= len(spelled)
    assert not {"Mn", "Me", "Cf"} & {unicodedata.category(one) for one in once}
    assert fold(f"{text} {text}") == " ".join(filter(None, (once, once)))


def decoded(data: bytes) -> None:
    """The first line: what HTTP and the document declare, with a space between. The rest: the body."""
    labels, _, body = data.partition(b"\n")
    over_http, _, declared = text_of(labels).partition(" ")
    found = decode(body, http_charset=over_http or None, declared=declared or None)
    assert found == decode(body, http_charset=over_http or None, declared=declared or None)
    assert "utf-7" not in found.encoding
    assert bool(found.message) == (found.repaired or found.suspect)
    found.text.encode("utf-8", "surrogatepass")
    if found.encoding == "utf-8" and not found.repaired and not found.suspect:
        assert found.text == body.removeprefix(codecs.BOM_UTF8).decode()


def dated(data: bytes) -> None:
    text = text_of(data)
    for zone in (None, ZONE):
        date = read_date(text, zone=zone, now=NOW)
        assert_line(date.text, limit=MAX_DATE)
        assert (date.moment is None) == (date.reason is not None)
        if date.moment is not None:
            assert date.moment.utcoffset() == timedelta(0)
            assert datetime(FIRST_YEAR, 1, 1, tzinfo=UTC) - timedelta(days=1) < date.moment <= NOW + FUTURE
        assert read_date(date.text, zone=zone, now=NOW) == date


def ruled(data: bytes) -> None:
    """The first line: an expression. The rest: the text it is asked of."""
    line, _, rest = data.partition(b"\n")
    written, text = text_of(line), fold(text_of(rest))
    try:
        rule = parse_rule(written)
    except ExpressionError as mistake:
        assert mistake.message
        assert 1 <= mistake.column <= len(written) + 1
        return
    matches = rule.matches(text)
    for again, expected in ((f"({written})", matches), (f"NOT ({written})", not matches), (f"{written} ", matches)):
        if len(again) <= MAX_LENGTH:
            with suppress(ExpressionError):  # one level deeper may be too deep
                assert parse_rule(again).matches(text) is expected
