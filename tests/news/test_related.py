"""Headlines of other stories: found between sentences, told from headings, lists, quotations and verses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.related import split_related
from tests.news.cases import Case, cases, paragraphs


@pytest.mark.parametrize("case", cases("related"), ids=lambda case: case["why"] or case["paragraphs"][:60])
def test_headlines_as_in_the_table(case: Case) -> None:
    marked = paragraphs(case["paragraphs"])
    kept, related = split_related([paragraph.removeprefix("×") for paragraph in marked])
    assert kept == tuple(paragraph for paragraph in marked if not paragraph.startswith("×"))
    assert related == paragraphs(case["related"])


UNMARKED = st.one_of(
    st.sampled_from(
        [
            "موسم الزيتون يبشر بمحصول وفير هذا العام",
            "بدأت البلدية تعبيد الطريق.",
            "كلفة المشروع",
            "ويعمل في المشروع مئة عامل.",
        ]
    ),
    st.text(st.characters(max_codepoint=0x5FF), max_size=40).filter(str.strip),  # below the Arabic letters
)
POINTING = st.sampled_from(["اقرأ أيضا", "أخبار ذات صلة:", "اقرأ أيضا: موسم الزيتون يبشر بالخير"])
LINES = st.one_of(UNMARKED, POINTING, st.text(max_size=40).filter(str.strip))


@given(st.lists(LINES, max_size=12))
def test_first_and_last_stay_and_order_is_kept(lines: list[str]) -> None:
    kept, related = split_related(lines)
    assert kept[:1] == tuple(lines[:1])
    assert kept[-1:] == tuple(lines[-1:])
    rest = iter(lines)
    assert all(p in rest for p in kept), "what is kept stands in its order"
    rest = iter(lines)
    assert all(any(p in line for line in rest) for p in related)


@given(st.lists(UNMARKED, max_size=12))
def test_without_markers_nothing_is_lost(lines: list[str]) -> None:
    kept, related = split_related(lines)
    assert sorted(kept + related) == sorted(lines)


@given(st.lists(LINES, max_size=12))
def test_a_sentence_is_never_lost(lines: list[str]) -> None:
    kept, _ = split_related(lines)
    sentences = [line for line in lines if line.endswith(("الطريق.", "عامل."))]
    assert [p for p in kept if p in sentences] == sentences
