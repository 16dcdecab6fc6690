"""Which words of a display text are marked, and which piece of it is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.query import read_query
from news.snippets import SNIPPET_WORDS, marked, snippet_of


def marks(text: str, query: str, *, is_title: bool = False) -> list[str]:
    return [text[begin:end] for begin, end in marked(text, read_query(query, {}), is_title=is_title)]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("أعلنت «الحكومة»، أمس، موعداً", "حكومه", ["الحكومة"]),
        ("قالت الحُكُومَةُ: نعم", "الحكومة", ["الحُكُومَةُ"]),
        ("وصلت الكتب إلى المكتبة", "كتاب", ["الكتب"]),
        ("الأمم المتحدة والأمم الأخرى", '"الأمم المتحدة"', ["الأمم المتحدة"]),
        ("بلغ ٦٫٢ مليون", "6.2", ["٦٫٢"]),
        ("حلب ودمشق", "حلب -دمشق", ["حلب"]),
        ("حلب ودمشق", "title:حلب دمشق", ["ودمشق"]),
        ("حلب دمشق، حمص", "حلب OR دمشق OR حمص", ["حلب دمشق", "حمص"]),
        ("لا شيء هنا", "حلب", []),
        ("", "حلب", []),
    ],
)
def test_marks_are_on_the_text_as_it_was_written(text: str, query: str, expected: list[str]) -> None:
    assert marks(text, query) == expected


def test_a_word_asked_for_in_the_title_is_marked_there_only() -> None:
    assert marks("حلب ودمشق", "title:حلب", is_title=True) == ["حلب"]
    assert marks("حلب ودمشق", "title:حلب") == []


def test_the_piece_that_holds_most_is_shown() -> None:
    text = f"{'كلام ' * 100}حلب {'كلام ' * 100}دمشق وحلب معا {'كلام ' * 100}"
    snippet = snippet_of(text, read_query("حلب دمشق", {}))
    assert snippet.text.startswith("… ")
    assert snippet.text.endswith(" …")
    assert [snippet.text[begin:end] for begin, end in snippet.marks] == ["دمشق وحلب"]
    assert len(snippet.text.split()) == SNIPPET_WORDS + 2


def test_of_a_text_without_any_of_it_the_beginning_is_shown() -> None:
    snippet = snippet_of("أول " + "كلام " * 100, read_query("حلب", {}))
    assert snippet.text.startswith("أول")
    assert snippet.marks == ()


WORDS = st.lists(st.sampled_from(["حلب", "ودمشق،", "«حلب»", "كلام", "\n", "…", "🙂", "\N{ARABIC FATHA}"]), max_size=120)


@given(st.one_of(st.text(max_size=200), WORDS.map(" ".join)), st.sampled_from(["حلب", '"دمشق حلب"', "حلب OR كلام"]))
def test_spans_are_in_order_and_inside(text: str, query: str) -> None:
    read = read_query(query, {})
    snippet = snippet_of(text, read)
    for shown, spans in ((text, marked(text, read)), (snippet.text, snippet.marks)):
        edges = [0, *(place for span in spans for place in span), len(shown)]
        assert edges == sorted(edges)
        assert all(begin < end for begin, end in spans)
    assert "\n" not in snippet.text
