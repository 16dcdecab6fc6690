"""Terms: what a word of a query must find, what it must never find, and what holds of any text."""

from hashlib import sha256
from importlib.resources import files

import pytest
from hypothesis import given

from arabic.affixes import table_rows
from arabic.fold import Folded, fold
from arabic.stems import ARABIC_VERSION, _stem, index_terms, query_terms, stem
from arabic.tokens import tokens
from tests.arabic.judged import TABLES, found_and_wrong
from tests.arabic.material import texts
from tests.arabic.tables import table

# Table → (rows at least, right pairs found at least, wrong pairs found at most). Floors are only ever raised.
FLOORS = {
    "terms": (380, 0.999, 0.004),
    "terms_kept_back": (60, 0.99, 0.03),
    "word_forms": (400, 0.993, 0.02),
    "word_forms_kept_back": (390, 0.97, 0.06),
}


@pytest.mark.parametrize("name", TABLES)
def test_what_shares_a_term_is_found_and_what_does_not_is_not(name: str) -> None:
    _, fewest_found, most_wrong = FLOORS[name]
    found, wrong = found_and_wrong(name, lambda word: query_terms(fold(word)), lambda word: stem(fold(word)))
    assert found >= fewest_found
    assert wrong <= most_wrong


@pytest.mark.parametrize("name", TABLES)
def test_the_judged_tables_have_a_reason_for_each_row(name: str) -> None:
    rows = table(name)
    assert len(rows) >= FLOORS[name][0]
    assert all(row["why"] for row in rows)
    assert len({row["word"] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("stored", "query"),
    [
        ("أعلنت الحكومة المصرية", "اعلنت"),
        ("أعلنت الحكومة المصرية", "حكومة"),
        ("أعلنت الحكومة المصرية", "الحكومه"),
        ("مُحَمَّد رئيس", "محمد"),
        ("محمـــد رئيس", "محمد"),
        ("إلى المدرسة", "الى"),
        ("والمدرسون", "مدرس"),
        ("ميزانية ٢٠٢٦", "2026"),
        ("مستشفى جديد", "مستشفي"),
        ("القرارات الحكومية", "قرار"),
        ("الكتب الجديدة", "كتاب"),
    ],
)
def test_the_eleven_variants_that_no_peer_finds_together_are_found(stored: str, query: str) -> None:
    assert set(query_terms(fold(query))) & set(index_terms(fold(stored)))


@pytest.mark.parametrize(
    "words", ["وزير وزارة وكالة والد ولاية", "باريس بغداد بيان بنك", "لبنان ليبيا لجنة", "كوريا كامل", "فرنسا فلسطين"]
)
def test_a_word_keeps_the_first_letter_that_is_its_own(words: str) -> None:
    for word in tokens(fold(words)):
        assert stem(word)[:2] == word[:2]


def test_the_terms_of_a_text_stand_where_its_words_stand() -> None:
    assert index_terms(fold("قال الوزير إن 6.2 مليون كتاب")) == ["قال", "وزير", "ان", "6.2", "مليون", "كتاب"]


def test_the_term_of_the_word_itself_comes_first() -> None:
    assert query_terms(fold("الكتب")) == ("كتب", "كتاب")
    assert query_terms(fold("لندن")) == ("لندن",)


def test_a_change_of_what_terms_are_made_of_raises_the_version() -> None:
    """Raise STEMS_VERSION with the digest: whatever was indexed before is due for a rebuild."""
    made_of = "".join(
        files("arabic").joinpath(name).read_text(encoding="utf-8")
        for name in ("families.tsv", "kept.tsv", "kept_learnt.tsv")
    )
    assert (ARABIC_VERSION, sha256(made_of.encode()).hexdigest()[:12]) == ("2.7", "4eb8f9f1fe52")


@pytest.mark.parametrize("name", ["families", "kept", "plurals"])
def test_no_row_of_a_table_is_said_twice(name: str) -> None:
    lines = files("arabic").joinpath(f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    columns = {"families": 1, "kept": 3, "plurals": 2}[name]  # a word has a row for each of its meanings' plurals
    said = [fold(" ".join(line.split("\t")[:columns])) for line in lines]
    assert len(set(said)) == len(said)


def test_every_plural_of_the_table_finds_its_singular_and_the_other_way_round() -> None:
    lines = files("arabic").joinpath("plurals.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(lines) >= 600
    for line in lines:
        singular, plurals, _ = line.split("\t")
        for plural in plurals.split():
            assert stem(fold(plural)) in query_terms(fold(singular)), line
            assert stem(fold(singular)) in query_terms(fold(plural)), line


@pytest.mark.parametrize("plurals", ["ديون أديان", "عمال عوامل", "أوامر أمور", "عروض أعراض", "ضباط ضوابط"])
def test_plurals_of_two_meanings_do_not_meet(plurals: str) -> None:
    one, other = (stem(word) for word in tokens(fold(plurals)))
    assert other not in query_terms(Folded(one))
    assert one not in query_terms(Folded(other))


@pytest.mark.parametrize("ending", ["تها", "ته", "تنا", "تان", "تين", "تا", "تي", "ات", "اتهم"])
def test_a_family_takes_in_every_form_of_its_feminine_words(ending: str) -> None:
    for word in ("عملية", "دورة", "جامعة", "مدينة", "سنة"):
        assert stem(fold(word[:-1] + ending)) == stem(fold(word))


@pytest.mark.parametrize("ending", ["تها", "ته", "تنا", "تان", "تين", "ات", "اتهم"])
@pytest.mark.parametrize("word", ["هزة", "شدة", "قبة", "سمة", "رئة"])
def test_a_feminine_word_of_two_letters_keeps_its_ending(word: str, ending: str) -> None:
    assert str(stem(fold(word[:-1] + ending))) == fold(word)


@pytest.mark.parametrize("word", ["بيت", "صوت", "وقت", "بنت"])
def test_a_teh_that_is_the_words_is_no_feminine_ending(word: str) -> None:
    assert {stem(fold(word + ending)) for ending in ("ها", "نا", "ين", "ان")} == {word}


@pytest.mark.parametrize("words", ["التي", "انتهى", "ينتهي", "مفتي", "بدأت"])
def test_what_only_looks_like_a_short_feminine_word_is_none(words: str) -> None:
    assert not stem(fold(words)).endswith("\N{ARABIC LETTER HEH}")


def test_no_form_belongs_to_two_families() -> None:
    heads: dict[str, set[str]] = {}
    for head, forms, *_ in table_rows("families.tsv"):
        for form in tokens(fold(f"{head} {forms}")):
            heads.setdefault(form, set()).add(head)
    assert [form for form, found in heads.items() if len(found) > 1] == []


@given(texts)
def test_there_is_one_term_for_each_word(text: str) -> None:
    folded = fold(text)
    terms = index_terms(folded)
    assert len(terms) == len(tokens(folded))
    assert all(term and " " not in term for term in terms)


@given(texts)
def test_a_word_finds_itself(text: str) -> None:
    for word in tokens(fold(text)):
        assert query_terms(word)[0] == stem(word)


@given(texts)
def test_a_word_finds_itself_after_and(text: str) -> None:
    for word in tokens(fold(text)):
        if len(word) >= 3 and word.startswith("ال") and word.isalpha():
            assert stem(Folded(f"\N{ARABIC LETTER WAW}{word}")) == stem(word)


def test_words_that_are_none_are_not_remembered() -> None:
    before = _stem.cache_info().currsize
    long = Folded("كتاب" * 20)
    assert str(stem(long)) == long
    assert _stem.cache_info().currsize == before
