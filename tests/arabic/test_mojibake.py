"""Text decoded wrongly before it reached us: every way of breaking it, controls in other languages, any text at all."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arabic.legibility import looks_broken
from arabic.lost_feh import is_feh
from arabic.mojibake import mend
from benchmarks.breakages import TWICE, held
from tests.arabic.material import PARAGRAPH, SENTENCES, texts
from tests.arabic.tables import table

ROWS = table("broken_texts")
ARABIC_SCRIPT = [row for row in ROWS if row["language"] in ("ar", "fa", "ur")]
# What these lose cannot be told from what is left; ISO-8859-6 has no letters of Persian and Urdu.
LOSSY = ("C1 controls", "letters replaced", "ISO-8859-6 read")


def said(text: str) -> str:
    """What is read in the end; "suspect" where nobody is to read it."""
    mended = mend(text)
    result = mended.text if mended else text
    return "suspect" if looks_broken(result) else result


def plain(text: str) -> str:
    return " ".join(text.replace("\N{SOFT HYPHEN}", "").split())


@pytest.mark.parametrize("name", [name for name in TWICE if "references" not in name])
@pytest.mark.parametrize("row", ARABIC_SCRIPT, ids=[row["title"] for row in ARABIC_SCRIPT])
def test_what_was_broken_comes_back_or_is_suspect(row: dict[str, str], name: str) -> None:
    for text in (row["title"], row["text"], f"{row['title']} {row['text']}"):
        right = held(name, text)
        found = said(TWICE[name](right))
        is_persian_or_urdu_in_1256 = "1256 read as" in name or name == "… and that encoded twice"
        if any(lossy in name for lossy in LOSSY) or (is_persian_or_urdu_in_1256 and row["language"] != "ar"):
            assert found == "suspect" or plain(found) == plain(right)
        else:
            assert plain(found) == plain(right)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['language']}: {row['title']}" for row in ROWS])
def test_right_text_of_any_language_is_left_alone(row: dict[str, str]) -> None:
    for text in (row["title"], row["text"], f"<p>{row['title']}</p><p>{row['text']}</p>"):
        assert mend(text) is None
        assert not looks_broken(text)


@pytest.mark.parametrize(
    "name", ["UTF-8 read as windows-1252", "UTF-8 read as windows-1256", "UTF-8 read as ISO-8859-1"]
)
def test_one_stretch_in_a_right_document_is_repaired_and_the_others_are_not_touched(name: str) -> None:
    broken = TWICE[name](SENTENCES[1])
    document = f"<title>{SENTENCES[0]}</title><p>{broken}</p><i title='É'>Élysée, où l’été «s’achève»</i>"
    mended = mend(document)
    assert mended is not None
    assert mended.text == document.replace(broken, SENTENCES[1])
    assert [(repair.what, repair.places) for repair in mended.repairs] == [(name, 1)]
    assert 0.75 <= mended.repairs[0].confidence <= 1
    assert mended.suspects == 0


def test_what_is_too_short_to_tell_follows_the_rest() -> None:
    one = TWICE["windows-1256 read as windows-1252"]("خبر")
    assert said(one) == "suspect"
    mended = mend(f"<a>{one}</a><b>{TWICE['windows-1256 read as windows-1252'](SENTENCES[2])}</b>")
    assert mended is not None
    assert mended.text == f"<a>خبر</a><b>{SENTENCES[2]}</b>"


def test_half_an_alphabet_that_is_lost_is_never_guessed() -> None:
    text = TWICE["… its C1 controls dropped, latin-1"](PARAGRAPH)
    mended = mend(text)
    assert mended is not None
    assert (mended.text, mended.repairs, mended.suspects) == (text, (), 1)


@pytest.mark.parametrize(
    ("before", "after", "letter"),
    [("", "ي", True), ("ال", "ريق", True), ("ت", "حب", False), ("", "", False)],
)
def test_a_gap_is_judged_by_the_letters_around_it(before: str, after: str, letter: bool) -> None:
    assert is_feh(before, after) == letter


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("????? ?????", True),
        ("ماذا؟؟؟ ??? لا", False),
        ("Why??? Who???", False),
        ("Ù Ù Ø§ÙØ£", True),
        ("ÎÈÑ ÚÇÌá", True),
        ("ÆØÅ er tre bokstaver", False),
        ("OÙ\N{NO-BREAK SPACE}? CAFÉ» ”PÅ”", False),
        ("3 × 4 = 12", False),
        ("فقط، نعم؛ خطّ»", False),
    ],
)
def test_remains_of_a_wrong_decoding_are_told_from_odd_text(text: str, broken: bool) -> None:
    assert looks_broken(text) == broken


@given(texts)
@example("Ø§Ù„Ø®Ø¨Ø±")
@example("\ufdd0Ø§Ù„Ù\ufdd0")
def test_a_repair_leaves_nothing_to_repair(text: str) -> None:
    mended = mend(text)
    if mended is not None:
        again = mend(mended.text)
        assert again is None or again.text == mended.text


@given(
    st.text(st.one_of(st.characters(max_codepoint=0x7F), st.characters(min_codepoint=0x620, max_codepoint=0x652))),
)
def test_text_without_signs_is_untouched(text: str) -> None:
    assert mend(text) is None


@given(st.text(st.sampled_from("ØÙÚÛÂÃâ€„…ˆ‰Š§¨©ª«\xad\xa0طظ ?<>\ufffdÇáÎ"), max_size=40))
def test_no_pile_of_signs_makes_it_raise_or_touches_markup(text: str) -> None:
    mended = mend(text)
    if mended is not None:
        assert [sign for sign in mended.text if sign in "<>"] == [sign for sign in text if sign in "<>"]


@pytest.mark.parametrize(
    "name",
    [
        "UTF-8 read as windows-1252",
        "UTF-8 read as windows-1256",
        "UTF-8 read as ISO-8859-1",
        "… and that read as windows-1252",
    ],
)
@given(sentences=st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4))
def test_sentences_come_back_from_every_whole_misreading(sentences: list[str], name: str) -> None:
    text = " ".join(sentences)
    mended = mend(TWICE[name](text))
    assert mended is not None
    assert mended.text == text
