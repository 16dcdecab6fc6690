"""Bytes into text: each encoding under right and wrong declarations, controls in other languages, any bytes at all."""

import codecs
from importlib.resources import files

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arabic.charsets import charset, codec
from arabic.encodings import decode
from tests.arabic.material import PARAGRAPH, SENTENCES
from tests.arabic.tables import table

ROWS = table("encodings")
PARAGRAPHS = {row["name"]: row["text"] for row in table("paragraphs")}
LABELS = st.none() | st.sampled_from([
    "utf-8", "UTF-16", "utf-7", "windows-1256", "iso-8859-6", "latin1", "shift_jis", "gbk", "big5", "euc-jp", "euc-kr",
    "gb18030", "koi8-r", "macintosh", "windows-874", "iso-2022-jp", "hz-gb-2312", "idna", "rot13", "base64", "zlib",
    "unicode_escape", "", " ", "x" * 400, "\0", "utf-8\n",
])  # fmt: skip


def document(text: str) -> str:
    return f"<rss><channel><title>{text}</title></channel></rss>"


@pytest.mark.parametrize(
    "row", ROWS, ids=[f"{row['text']} in {row['bytes']}, {row['http']}/{row['declared']}" for row in ROWS]
)
def test_bytes_are_read_as_the_table_says(row: dict[str, str]) -> None:
    text = document(PARAGRAPHS[row["text"]])
    decoded = decode(text.encode(row["bytes"]), http_charset=row["http"] or None, declared=row["declared"] or None)
    assert ("suspect" if decoded.suspect else decoded.encoding) == row["read_as"], decoded.message
    assert decoded.repaired == (row["repaired"] == "yes"), decoded.message
    assert decoded.suspect or decoded.text == text
    assert (decoded.message is not None) == (decoded.repaired or decoded.suspect)


@pytest.mark.parametrize("encoding", ["windows-1256", "iso-8859-6"])
@pytest.mark.parametrize("sentence", SENTENCES, ids=range(len(SENTENCES)))
def test_every_sentence_is_recognised_alone(sentence: str, encoding: str) -> None:
    plain = sentence.replace("«", '"').replace("»", '"')  # iso-8859-6 has none
    decoded = decode(document(plain).encode(encoding), http_charset=None, declared="utf-8")
    assert (decoded.encoding, decoded.text) == (encoding, document(plain))


def test_the_message_says_what_was_declared_and_what_was_used() -> None:
    decoded = decode(PARAGRAPH.encode("windows-1256"), http_charset="Latin1", declared="utf-8")
    assert decoded.message == "the document says utf-8, HTTP says windows-1252, read as windows-1256"
    decoded = decode(PARAGRAPH.encode("windows-1256"), http_charset=None, declared="x-nonsense")
    assert decoded.message == "the document names no encoding, read as windows-1256"


def test_arabic_after_a_long_stretch_of_ascii_is_seen() -> None:
    body = b"<style>" + b"a { color: red }\n" * 50_000 + b"</style>" + PARAGRAPH.encode("windows-1256")
    assert decode(body, http_charset=None, declared="utf-8").encoding == "windows-1256"


# --- broken UTF-8 -----------------------------------------------------------------------------------------------


def test_a_few_broken_bytes_are_replaced_and_counted() -> None:
    whole = PARAGRAPH.encode()
    body = whole[:101] + b"\xff\xc7" + whole[101:] + b"\xe2\x80"  # the first two lie between letters or inside one
    decoded = decode(body, http_charset=None, declared="utf-8")
    assert (decoded.encoding, decoded.repaired, decoded.suspect) == ("utf-8", True, False)
    replaced = decoded.text.count("\N{REPLACEMENT CHARACTER}")
    assert decoded.message == f"{replaced} broken bytes replaced in utf-8 text"
    assert SENTENCES[2] in decoded.text


def test_text_cut_in_the_middle_of_a_letter_stays_utf_8() -> None:
    decoded = decode("خبر عاجل".encode()[:-1], http_charset=None, declared=None)
    assert (decoded.text, decoded.encoding, decoded.repaired) == ("خبر عاج\N{REPLACEMENT CHARACTER}", "utf-8", True)


def test_a_replacement_character_of_the_publisher_is_no_broken_byte() -> None:
    text = "خبر \N{REPLACEMENT CHARACTER} عاجل"
    for encoding in ("utf-8", "utf-16"):
        decoded = decode(text.encode(encoding), http_charset=None, declared=None)
        assert (decoded.text.lstrip("\ufeff"), decoded.repaired) == (text, False)


def test_a_letter_and_its_comma_that_look_like_utf_8_are_not() -> None:
    body = "خبر، عاجل".encode("windows-1256")
    assert b"\xd1\xa1".decode() == "\N{CYRILLIC SMALL LETTER OMEGA}"
    assert decode(body, http_charset=None, declared="windows-1256").text == "خبر، عاجل"
    assert decode(body[:4], http_charset=None, declared="windows-1256").text == "خبر،"


def test_a_document_in_two_encodings_is_suspect() -> None:
    body = f"{PARAGRAPH}\n".encode() + PARAGRAPH.encode("windows-1256")
    decoded = decode(body, http_charset=None, declared="utf-8")
    assert decoded.suspect
    assert "neither UTF-8" in (decoded.message or "")


def test_bytes_that_mean_nothing_where_they_were_declared_are_suspect() -> None:
    decoded = decode(PARAGRAPHS["greek"].encode("windows-1253"), http_charset=None, declared="iso-8859-6")
    assert decoded.suspect
    assert "mean nothing in iso-8859-6" in (decoded.message or "")


# --- what is never honoured -------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["utf-7", "UTF7", "unicode-1-1-utf-7", "csUnicode11UTF7"])
def test_text_hidden_by_utf_7_is_suspect(label: str) -> None:
    body = document("خبر عاجل").encode("utf-7")
    for decoded in (
        decode(body, http_charset=label, declared=None),
        decode(body, http_charset=None, declared=label),
    ):
        assert decoded.suspect
        assert "خبر" not in decoded.text


@pytest.mark.parametrize(
    ("label", "body"),
    [
        ("iso-2022-jp", b"<title>\x1b$B$3$s\x1b(B</title>"),
        ("iso-2022-kr", b"<title>\x0e!!\x0f</title>"),
        ("hz-gb-2312", b"<title>~{VPND~}</title>"),
    ],
)
def test_other_encodings_that_hide_text_in_ascii_are_suspect(label: str, body: bytes) -> None:
    assert decode(body, http_charset=None, declared=label).suspect
    assert not decode(body, http_charset=None, declared=None).suspect


# --- labels -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("ISO-8859-1", "windows-1252"),
        (" us-ascii ", "windows-1252"),
        ("iso-8859-9", "windows-1254"),
        ("tis-620", "windows-874"),
        ("gb2312", "gbk"),
        ("ks_c_5601-1987", "euc-kr"),
        ("ASMO-708", "iso-8859-6"),
        ("x-cp1256", "windows-1256"),
        ("unicode", "utf-16-le"),
        ("utf-7", None),
        ("iso-2022-jp", None),
        ("x-user-defined", None),
        ("", None),
        (None, None),
    ],
)
def test_labels_mean_what_browsers_take_them_for(label: str | None, encoding: str | None) -> None:
    assert charset(label) == encoding


def test_python_knows_every_encoding_of_the_table_and_no_label_means_two() -> None:
    rows = files("arabic").joinpath("charsets.tsv").read_text(encoding="ascii").splitlines()[1:]
    labels = [(label, row.split("\t")[0]) for row in rows for label in row.split("\t")[2].split()]
    assert len(dict(labels)) == len(labels) > 200
    for label, encoding in labels:
        assert charset(label.upper()) == encoding
        assert codecs.lookup(codec(encoding))


# --- any bytes --------------------------------------------------------------------------------------------------


@given(st.binary(max_size=200), LABELS | st.text(max_size=20), LABELS | st.text(max_size=20))
@example(b"\xff\xfe", None, None)
@example(b"\xff\xfe<", None, None)
@example(b"\xef\xbb\xbf", None, "utf-16")
@example(b"", "utf-16", "gbk")
@example(b"\x81", "big5", "utf-16")
def test_no_bytes_and_no_labels_make_it_raise(body: bytes, http_charset: str | None, declared: str | None) -> None:
    decoded = decode(body, http_charset=http_charset, declared=declared)
    assert not (decoded.repaired and decoded.suspect)
    assert decoded.encoding == decoded.encoding.lower()
    assert decode(body, http_charset=http_charset, declared=declared) == decoded


@given(st.lists(st.sampled_from(SENTENCES), min_size=1), LABELS)
def test_arabic_in_utf_8_comes_back_whatever_was_declared(sentences: list[str], label: str | None) -> None:
    text = "\n".join(sentences)
    for decoded in (
        decode(text.encode(), http_charset=label, declared=None),
        decode(text.encode(), http_charset=None, declared=label),
    ):
        assert (decoded.text, decoded.encoding, decoded.suspect) == (text, "utf-8", False)


@given(st.text(st.characters(min_codepoint=0x80, exclude_categories=["Cs"]), min_size=1), LABELS)
def test_any_text_in_utf_8_comes_back(text: str, label: str | None) -> None:
    assert decode(f"<rss>{text}".encode(), http_charset=label, declared=label).text == f"<rss>{text}"
