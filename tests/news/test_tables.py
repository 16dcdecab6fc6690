"""The tables the judgement reads: how they are checked, and what those of the project promise."""

from pathlib import Path

import pytest

from arabic.fold import fold
from news import tables
from news.tables import read_table


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table ``colours`` in the place of news/data."""
    monkeypatch.setattr(tables, "files", lambda package: tmp_path)
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "colours.tsv"


def test_rows_come_without_header_remarks_and_empty_lines(written: Path) -> None:
    written.write_text("# لون\nname\tcode\n\nأحمر\tr\n# remark\tof two cells\n أزرق \t\n", encoding="utf-8")
    assert read_table("colours", ("name", "code")) == (("أحمر", "r"), ("أزرق", ""))


def test_a_row_of_the_wrong_length_is_named(written: Path) -> None:
    written.write_text("name\tcode\nأحمر\tr\n\nأزرق\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"news/data/colours\.tsv:4: 2 cells expected, 1 found"):
        read_table("colours", ("name", "code"))


@pytest.mark.parametrize("text", ["", "# only a remark\n", "code\tname\nr\tأحمر\n", "أحمر\tr\n"])
def test_a_table_without_its_header_is_refused(written: Path, text: str) -> None:
    written.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="the header must be name code"):
        read_table("colours", ("name", "code"))


def test_a_header_alone_is_an_empty_table(written: Path) -> None:
    written.write_text("name\tcode\n", encoding="utf-8")
    assert read_table("colours", ("name", "code")) == ()


def test_no_two_agencies_answer_to_one_name() -> None:
    owners: dict[str, str] = {}
    for name, aliases in read_table("agencies", ("name", "aliases")):
        for alias in {fold(alias) for alias in (name, *aliases.split("|"))}:
            assert owners.setdefault(alias, name) == name, alias


def test_words_of_reporting_are_single_words() -> None:
    words = [word for (word,) in read_table("reporting_words", ("word",))]
    assert all(len(fold(word).split()) == 1 for word in words)
    assert len(set(words)) == len(words)
