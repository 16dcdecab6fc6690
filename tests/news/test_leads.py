"""Byline and agency: what is a credit, what is a sentence that only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.leads import agency_of, looks_like_name, read_lead
from tests.news.cases import Case, cases, paragraphs


@pytest.mark.parametrize("case", cases("leads"), ids=lambda case: case["text"][:50])
def test_credits_as_in_the_table(case: Case) -> None:
    text = paragraphs(case["text"])
    lead = read_lead(text, author=case["author"] or None)
    assert (lead.byline or "", lead.agency or "") == (case["byline"], case["agency"])
    rest = "\n".join(lead.paragraphs)
    assert rest.startswith(case["begins"])
    assert len(lead.paragraphs) == int(case["paragraphs"])
    assert rest in "\n".join(text), "what remains is one piece of what was written"


@pytest.mark.parametrize("case", cases("names"), ids=lambda case: case["text"])
def test_names_as_in_the_table(case: Case) -> None:
    assert looks_like_name(case["text"]) == (case["name"] == "yes")
    assert (agency_of(case["text"]) or "") == case["agency"]


def test_a_text_of_credits_only_keeps_its_last_line() -> None:
    assert read_lead(["كتب: أحمد سالم", "وكالات"]).paragraphs == ("وكالات",)


WORDS = ("كتب", "بقلم", "أحمد سالم", "دمشق", "القاهرة", "وكالات", "رويترز", "أعلنت البلدية", "20 نوفمبر", "المصدر")
SIGNS = (": ", " – ", "/", " (", ") ", "، ", " ", ".", "«", "»", " \N{ARABIC TATWEEL} ", "*")
LINES = st.one_of(st.lists(st.sampled_from(WORDS + SIGNS), max_size=8).map("".join), st.text(max_size=30))


@given(st.lists(LINES, max_size=5), st.text())
def test_whatever_comes_only_the_borders_are_taken(lines: list[str], author: str) -> None:
    rest = read_lead(lines, author=author).paragraphs
    assert "\n".join(rest) in "\n".join(lines)
    assert bool(rest) == bool(lines)
