"""Match expressions: what they find, and where a bad one is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arabic.fold import fold
from news.expressions import MAX_DEPTH, MAX_LENGTH, ExpressionError
from news.rules import parse_rule
from tests.news.cases import Case, cases


@pytest.mark.parametrize("case", cases("rules"), ids=lambda case: f"{case['expression']}: {case['text']}")
def test_expressions_find_as_in_the_table(case: Case) -> None:
    assert parse_rule(case["expression"]).matches(fold(case["text"])) == (case["matches"] == "yes")


@pytest.mark.parametrize("case", cases("bad_rules"), ids=lambda case: case["expression"] or "nothing")
def test_bad_expressions_say_where(case: Case) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_rule(case["expression"])
    assert caught.value.column == int(case["column"])
    assert case["says"] in caught.value.message


def test_an_expression_has_an_end() -> None:
    longest = "ب" * MAX_LENGTH
    assert parse_rule(longest).text == longest
    with pytest.raises(ExpressionError, match="longer than") as caught:
        parse_rule(longest + "ب")
    assert caught.value.column == MAX_LENGTH + 1


@pytest.mark.parametrize(("opening", "closing"), [("(", ")"), ("NOT ", "")])
def test_an_expression_has_a_depth(opening: str, closing: str) -> None:
    deep = opening * MAX_DEPTH + "دمشق" + closing * MAX_DEPTH
    assert parse_rule(deep).matches(fold("دمشق"))
    with pytest.raises(ExpressionError, match="levels deep") as caught:
        parse_rule(opening + deep + closing)
    assert caught.value.column == len(opening) * (MAX_DEPTH + 1) + 1


PARTS = st.sampled_from(["دمشق", "حلب", "AND", "OR", "NOT", "(", ")", '"', "«", "»", "“", "”", " ", "-", "[", "\n"])
TREES = st.recursive(
    st.sampled_from(["دمشق", "حلب", '"دمشق حلب"', "«حلب دمشق»"]),
    lambda inner: st.one_of(
        inner.map("NOT ({})".format),
        st.tuples(inner, st.sampled_from([" ", " AND ", " OR "]), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
    ),
    max_leaves=6,
)
TEXTS = st.lists(st.sampled_from(["دمشق", "وبدمشق", "حلب", "حمص"]), max_size=5).map(lambda words: fold(" ".join(words)))


@given(st.one_of(st.text(max_size=MAX_LENGTH + 5), st.lists(PARTS, max_size=40).map("".join)), TEXTS)
def test_whatever_comes_it_is_read_or_refused_with_a_place(expression: str, text: str) -> None:
    try:
        rule = parse_rule(expression)
    except ExpressionError as error:
        assert 1 <= error.column <= len(expression) + 1
    else:
        assert rule.matches(fold(text)) in {True, False}


@given(TREES, TREES, TEXTS)
def test_expressions_obey_the_laws_of_logic(one: str, other: str, text: str) -> None:
    folded = fold(text)

    def holds(expression: str) -> bool:
        return parse_rule(expression).matches(folded)

    assert holds(f"NOT ({one})") != holds(one)
    assert holds(f"({one}) AND ({other})") == holds(f"({one}) ({other})") == (holds(one) and holds(other))
    assert holds(f"({one}) OR ({other})") == (holds(one) or holds(other))
    assert holds(f"NOT (({one}) OR ({other}))") == holds(f"NOT ({one}) NOT ({other})")
