"""Files that are no list of sources at all: wrong bytes, bombs, invisible marks. Each gets an answer, and soon."""

import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.sources import MOST_MISTAKES, load_sources, parse_sources
from news.errors import ConfigurationError, Mistake

OVERRIDE = "\N{RIGHT-TO-LEFT OVERRIDE}"
GENEROUS = 60  # seconds: a file that takes minutes or for ever is a fault, a busy machine is none


def mistakes(text: str) -> tuple[Mistake, ...]:
    with pytest.raises(ConfigurationError) as caught:
        parse_sources(text, name="sources.yml", check_schedule=lambda written: None)
    return caught.value.mistakes


def mistake_in(path: Path) -> Mistake:
    with pytest.raises(ConfigurationError) as caught:
        load_sources(path, check_schedule=lambda written: None)
    (mistake,) = caught.value.mistakes
    return mistake


@pytest.fixture
def deadline() -> Iterator[None]:
    def late(number: int, frame: FrameType | None) -> None:
        pytest.fail(f"still reading after {GENEROUS} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(GENEROUS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert mistake_in(tmp_path / "none.yml") == Mistake(message="there is no such file", line=1, column=1)


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    assert mistake_in(tmp_path).message.startswith("the file cannot be read")


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "sources.yml"
    path.write_bytes(b"#" * 5_000_001)
    assert mistake_in(path).message == "the file is larger than 5 MB"


@pytest.mark.parametrize(
    ("raw", "line", "column", "said"),
    [
        ("site:\n  title: خبر\n".encode("cp1256"), 2, 10, "is not UTF-8"),
        ("site:\r\n  # كلمة ".encode() + b"\xff\n", 2, 10, "the byte 0xff"),
        ("site: {}".encode("utf-16"), 1, 1, "UTF-16"),
    ],
)
def test_bytes_that_are_not_utf8(tmp_path: Path, raw: bytes, line: int, column: int, said: str) -> None:
    path = tmp_path / "sources.yml"
    path.write_bytes(raw)
    mistake = mistake_in(path)
    assert (mistake.line, mistake.column) == (line, column)
    assert said in mistake.message


@pytest.mark.parametrize(
    "mark",
    [
        OVERRIDE,
        "\N{LEFT-TO-RIGHT EMBEDDING}",
        "\N{RIGHT-TO-LEFT ISOLATE}",
        "\N{POP DIRECTIONAL ISOLATE}",
        "\N{LINE SEPARATOR}",
        "\N{ZERO WIDTH NO-BREAK SPACE}",
        "\0",
        "\x1b",
        "\x85",
    ],
)
def test_invisible_marks_are_named_with_their_place(mark: str) -> None:
    # In a remark too: there they hide what is read from who reads it.
    found = mistakes(f"# خبر {mark}\nsite:\n  title: خبر{mark}\n  titel: x\n")
    assert [(m.line, m.column) for m in found] == [(1, 7), (3, 13), (4, 3)]
    assert found[0].message == f"an invisible character, U+{ord(mark):04X}: remove it"


def test_an_invisible_mark_written_as_an_escape_is_found_too() -> None:
    (mistake,) = mistakes('site: {title: "خبر\\u202e"}')
    assert (mistake.line, mistake.column) == (1, 15)


def test_marks_that_arabic_text_needs_are_kept() -> None:
    title = "می\N{ZERO WIDTH NON-JOINER}شود\N{RIGHT-TO-LEFT MARK}!"
    read = parse_sources(f"site: {{title: {title}}}", name="x", check_schedule=lambda written: None)
    assert read.site.title == title


@pytest.mark.parametrize(
    "bomb",
    ["[" * 3000, "{a: " * 3000, "- " * 3000, "? " * 3000, "sources:\n" + "".join(" " * n + "a:\n" for n in range(900))],
    ids=["lists", "mappings", "dashes", "keys", "indentation"],
)
def test_endless_depth_is_refused(bomb: str, deadline: None) -> None:
    assert mistakes(bomb)[-1].message == "more than 16 levels inside each other"


def test_an_alias_bomb_does_not_explode(deadline: None) -> None:
    rows = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    found = mistakes("\n".join(rows))
    assert sum("aliases" in m.message for m in found) == 290
    assert sum("anchors" in m.message for m in found) == 30


def test_tags_run_nothing(tmp_path: Path, deadline: None) -> None:
    target = tmp_path / "made"
    found = mistakes(f'sources: !!python/object/apply:pathlib.Path.touch ["{target}"]')
    assert [(m.line, m.column) for m in found] == [(1, 10)]
    assert not target.exists()


def test_values_beyond_number_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.sources_yaml.MAX_NODES", 1000)
    assert mistakes(f"sources: [{'a,' * 900}]")[-1].message != "more than 1,000 values in one file"
    assert mistakes(f"sources: [{'a,' * 1000}]")[-1].message == "more than 1,000 values in one file"


def test_a_flood_of_mistakes_is_counted() -> None:
    found = mistakes("sources:\n" + "- {}\n" * 2000)
    assert len(found) == MOST_MISTAKES + 1
    assert found[-1].message == f"and {3 * 2000 - MOST_MISTAKES:,} more from here on"


def test_what_the_scanner_cannot_bear_is_a_mistake() -> None:
    (mistake,) = mistakes('site:\n  title: "\\U99999999"\n')  # an OverflowError within ruamel.yaml 0.19
    assert (mistake.line, mistake.message) == (2, "what follows here cannot be read as YAML")


CHARACTERS = "a:[]{},'\"#|?@é*&!\\~ \n\t\0😀"
WORDS = ("id: ", "title: ", "match: ", "sources:\n", "feeds:\n", "url: http://u:open-sesame@h/\n", "سوريا", "012", "- ")
MARKS = ("  ", "\r\n", "&x", "*x", "<<: ", "!!str ", "---\n", "...\n", "\\U99999999", ">-\n", "%YAML 9.9\n")
PIECES = st.sampled_from([*CHARACTERS, *WORDS, *MARKS])


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_whatever_is_written_the_answer_is_a_configuration_or_mistakes_with_places(text: str) -> None:
    lines = len(text.splitlines()) + 1
    try:
        parse_sources(text, name="x", check_schedule=lambda written: None)
    except ConfigurationError as fault:
        assert fault.mistakes
        assert all(1 <= m.line <= lines and m.column >= 1 for m in fault.mistakes)
        assert "open-sesame" not in repr(fault.mistakes)
