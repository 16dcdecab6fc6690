import pytest

from arabic.counting import NEWS, SOURCES


@pytest.mark.parametrize(
    ("number", "counted"),
    [
        (1, "مصدر واحد"),
        (2, "مصدران"),
        (3, "3 مصادر"),
        (10, "10 مصادر"),
        (11, "11 مصدرا"),
        (99, "99 مصدرا"),
        (100, "100 مصدر"),
        (101, "101 مصدر"),
        (103, "103 مصادر"),
        (111, "111 مصدرا"),
    ],
)
def test_sources_are_counted_as_arabic_counts(number: int, counted: str) -> None:
    assert SOURCES.counted(number) == counted


def test_news_are_counted_likewise() -> None:
    assert [NEWS.counted(n) for n in (1, 2, 5, 50)] == ["خبر واحد", "خبران", "5 أخبار", "50 خبرا"]
