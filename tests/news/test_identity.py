"""What makes an entry itself, and two texts one article."""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arabic.fold import folded_words
from news import identity
from news.identity import LONG_BODY, MAX_KEY, SHORTEST, article_id, entry_hash, entry_keys, page_address
from news.types import Enclosure, Entry
from tests.news.cases import Case, cases, paragraphs

LONG = (
    "أعلنت بلدية المدينة صباح أمس افتتاح حديقة عامة جديدة على ضفة النهر بعد عامين من العمل وتضم الحديقة ملاعب للأطفال",
    "ومكتبة صغيرة ومقهى يديره شباب الحي وقال المهندس المشرف إن الأشجار كلها من مشاتل المحافظة وإن الري يعتمد على مياه",
    "الأمطار التي تجمع في خزان تحت الساحة الكبرى",
)


def fingerprint(title: str, lines: Sequence[str]) -> str | None:
    return identity.fingerprint(title=folded_words(title), text=folded_words("\n".join(lines)))


@pytest.mark.parametrize("case", cases("same_content"), ids=lambda case: case["why"] or case["title"])
def test_contents_as_in_the_table(case: Case) -> None:
    one = fingerprint(case["title"], paragraphs(case["paragraphs"]))
    other = fingerprint(case["other title"], paragraphs(case["other paragraphs"]))
    if case["same"] == "short":
        assert one is None
        assert other is None
    else:
        assert one is not None
        assert other is not None
        assert (one == other) == (case["same"] == "yes")


def test_a_long_text_is_the_same_article_under_any_title() -> None:
    assert fingerprint("حديقة جديدة", LONG) == fingerprint("ضفة النهر تزهر", LONG) == fingerprint("", LONG)


def test_a_long_text_is_known_by_its_body_from_a_length_on() -> None:
    words = [f"كلمة{number}" for number in range(LONG_BODY)]
    assert fingerprint("عنوان", [" ".join(words)]) == fingerprint("آخر", [" ".join(words)])
    assert fingerprint("عنوان", [" ".join(words[1:])]) != fingerprint("آخر", [" ".join(words[1:])])


def test_distinct_words_decide_what_is_too_short() -> None:
    words = [f"كلمة{number}" for number in range(SHORTEST)]
    assert fingerprint("", [" ".join(words)]) is not None
    assert fingerprint("", [" ".join(words[1:] + words[1:])]) is None


NOISE = st.sampled_from(
    [
        "\N{ARABIC TATWEEL}",
        "\N{ARABIC FATHA}",
        "\N{ARABIC SHADDA}",
        "\N{ARABIC KASRATAN}",
        "\N{ARABIC SUKUN}",
        "\N{ARABIC LETTER SUPERSCRIPT ALEF}",
        "\N{ZERO WIDTH NON-JOINER}",
        "\N{RIGHT-TO-LEFT MARK}",
    ]
)


@given(st.lists(st.tuples(st.integers(0, 200), NOISE), max_size=30), st.integers(0, 2))
def test_the_fingerprint_is_blind_to_marks_and_tatweel(noise: list[tuple[int, str]], where: int) -> None:
    lines = list(LONG)
    for place, mark in noise:
        at = place % (len(lines[where]) + 1)
        lines[where] = lines[where][:at] + mark + lines[where][at:]
    assert fingerprint("حديقة جديدة", lines) == fingerprint("حديقة جديدة", LONG)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_the_fingerprint_is_blind_to_normal_forms(form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> None:
    lines = [unicodedata.normalize(form, line) for line in LONG]
    assert fingerprint("", lines) == fingerprint("", LONG)


@given(st.text(), st.lists(st.text(), max_size=5))
def test_every_text_has_a_fingerprint_or_none(title: str, lines: list[str]) -> None:
    found = fingerprint(title, lines)
    assert found is None or (len(found) == 32 and int(found, 16) >= 0)


# --- keys -------------------------------------------------------------------------------------------------------------


def written(cell: str) -> list[str | None]:
    return [None if part == "-" else part for part in paragraphs(cell)]


@pytest.mark.parametrize("case", cases("keys"), ids=lambda case: f"{case['guids']} {case['links']}")
def test_keys_as_in_the_table(case: Case) -> None:
    entries = [
        Entry(guid=guid, link=link, title=f"العنوان {number}")
        for number, (guid, link) in enumerate(zip(written(case["guids"]), written(case["links"]), strict=True))
    ]
    kinds = written(case["keys"])
    keys = entry_keys(entries)
    assert len(keys) == len(kinds)
    for entry, key, kind in zip(entries, keys, kinds, strict=True):
        assert key == {"guid": entry.guid, "link": entry.link}.get(kind or "", key)
        assert key.startswith("text:") == (kind == "text")
    assert len(set(keys)) == len(keys), "different entries have different names"


def test_a_tracked_link_names_the_page_behind_it() -> None:
    assert entry_keys([Entry(link="https://Rawaq.example/1?utm_source=rss#top")]) == ("https://rawaq.example/1",)


def test_entries_equal_in_everything_have_one_name() -> None:
    one, other = entry_keys([Entry(guid="1", title="حديقة"), Entry(guid="1", title="حديقة")])
    assert one == other


def test_a_text_is_named_by_its_content_before_its_summary() -> None:
    named = entry_keys([Entry(title="ع", content="نص"), Entry(title="ع", summary="نص"), Entry(title="ع")])
    assert named[0] == named[1]
    assert named[0] != named[2]


def test_a_guid_without_end_is_shortened_to_a_hash() -> None:
    assert entry_keys([Entry(guid="g" * MAX_KEY)]) == ("g" * MAX_KEY,)
    (key,) = entry_keys([Entry(guid="g" * (MAX_KEY + 1))])
    (other,) = entry_keys([Entry(guid="g" * (MAX_KEY + 2))])
    assert key.startswith("hash:")
    assert key != other


GUIDS = st.one_of(st.none(), st.sampled_from(["1", "2", ""]), st.text(max_size=8))
LINKS = st.one_of(
    st.none(), st.sampled_from(["https://a.example/1", "https://a.example/1#b", "http://[", ""]), st.text()
)


@given(st.lists(st.builds(Entry, guid=GUIDS, link=LINKS, title=st.text(max_size=5)), max_size=8))
def test_every_entry_has_a_name_of_bounded_length(entries: list[Entry]) -> None:
    keys = entry_keys(entries)
    assert len(keys) == len(entries)
    assert all(0 < len(key) <= MAX_KEY for key in keys)


# --- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("page_addresses"), ids=lambda case: case["link"])
def test_page_addresses_as_in_the_table(case: Case) -> None:
    assert page_address(case["link"]) == case["page"]


QUERY = st.lists(
    st.sampled_from(["utm_source=a", "id=7", "fbclid", "&", "=", "%", "%D8", "أ", ";", "+", "?", "#", "/"])
)


@given(st.one_of(st.text(), QUERY.map(lambda parts: "https://rawaq.example/a?" + "".join(parts))))
def test_the_address_of_a_page_is_its_own(link: str) -> None:
    assert page_address(page_address(link)) == page_address(link)


def test_a_query_without_end_is_left_alone() -> None:
    link = "https://rawaq.example/?" + "&".join(f"n{number}=1" for number in range(500))
    assert page_address(link) == link


# --- hashes -----------------------------------------------------------------------------------------------------------

ENTRY = Entry(guid="1", link="https://rawaq.example/1", title="حديقة", author="ليلى منصور", summary="أ", content="ب")


@pytest.mark.parametrize(
    "other",
    [
        Entry(guid="1", link="https://rawaq.example/1", title="حديقة", author="ليلى منصور", summary="ب", content="أ"),
        Entry(guid="1", link="https://rawaq.example/1", title="حديقة", author="ليلى منصور", content="أب"),
        Entry(guid="1", link="https://rawaq.example/1", title="حديقه", author="ليلى منصور", summary="أ", content="ب"),
    ],
    ids=["fields exchanged", "fields joined", "one letter"],
)
def test_whatever_the_publisher_changes_changes_the_hash(other: Entry) -> None:
    assert entry_hash(other) != entry_hash(ENTRY)


WHOLE = {
    "published": datetime(2026, 11, 20, tzinfo=UTC),
    "updated": datetime(2026, 11, 21, tzinfo=UTC),
    "language": "ar",
    "categories": ("محليات",),
    "image": "https://rawaq.example/1.jpg",
    "enclosures": (Enclosure(url="https://rawaq.example/1.mp3", type="audio/mpeg", length=9),),
}


@pytest.mark.parametrize("name", WHOLE)
def test_every_field_is_in_the_hash(name: str) -> None:
    entry = Entry(title="حديقة", **{name: WHOLE[name]})  # type: ignore[arg-type]  # any of its fields
    assert entry_hash(entry) != entry_hash(Entry(title="حديقة"))


def test_a_date_relative_to_the_visit_is_no_change_and_any_other_date_is() -> None:
    early, late = datetime(2026, 11, 20, 9, tzinfo=UTC), datetime(2026, 11, 20, 10, tzinfo=UTC)

    def hashed(text: str | None, at: datetime | None) -> str:
        return entry_hash(Entry(title="حديقة", published=at, date_text=text))

    assert hashed("منذ 5 دقائق", early) == hashed("منذ 5 دقائق", late) == hashed("منذ ساعة", late)
    assert hashed("منذ 5 دقائق", early) != hashed(None, None)
    assert hashed("20/11/2026 09:00", early) != hashed("20/11/2026 10:00", late)


def test_absent_and_empty_are_not_the_same() -> None:
    assert entry_hash(Entry(summary="")) != entry_hash(Entry())


def test_an_article_id_is_short_and_its_own() -> None:
    assert article_id("rawaq 1") == article_id("rawaq 1") != article_id("rawaq 2")
    assert len(article_id("rawaq 1")) == 16
