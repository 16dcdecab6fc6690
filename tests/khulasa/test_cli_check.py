"""``khulasa check``, and what holds for every verb: help, version, misuse."""

from pathlib import Path

import pytest

from khulasa.cli import khulasa
from khulasa.compose import VERSION
from tests.khulasa.door import Place, sources_yml

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "sources.schema.json"
WRONG = """\
sources:
  - {id: riwaq, title: صحيفة الرواق, url: "https://riwaq.example/rss"}
  - id: nil
    title: يوميات النيل
    url: https://nil.example/feed
    categry: politics
  - {id: riwaq, title: الرواق, url: "https://riwaq.example/rss2", country: eg}
"""


def test_a_right_file_is_said_to_be_right_with_what_it_holds(place: Place) -> None:
    feeds = "feeds:\n  - {id: energy, title: الطاقة, match: النفط}\n"
    place.write(sources_yml(("a", "أ", "https://a.example/feed"), ("b", "ب", "https://b.example/feed"), feeds=feeds))
    answer = place.say("check")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"{place.config} is right: 2 sources, 1 feeds\n"
    assert place.say("check", "--json").json == {"mistakes": []}


def test_every_mistake_is_said_with_file_line_column_and_the_nearest_right_spelling(place: Place) -> None:
    place.write(WRONG)
    answer = place.say("check")
    assert (answer.code, answer.out) == (1, "")
    lines = answer.err.splitlines()
    third = WRONG.splitlines()[6].index("eg}") + 1
    assert [line.split(": ")[0] for line in lines] == [f"{place.config}:{at}" for at in ("6:5", "7:10", f"7:{third}")]
    assert "'categry'" in lines[0]
    assert lines[0].endswith(" – did you mean category?")
    assert "lines 2 and 7" in lines[1]
    assert lines[2].endswith(" – did you mean EG?")


def test_programs_get_the_mistakes_as_json(place: Place) -> None:
    place.write(WRONG)
    answer = place.say("check", "--json")
    assert (answer.code, answer.err) == (1, "")
    first, *others = answer.json["mistakes"]
    assert first == {
        "file": str(place.config),
        "line": 6,
        "column": 5,
        "message": "unknown key 'categry'",
        "hint": "category",
    }
    assert [mistake["line"] for mistake in others] == [7, 7]


def test_a_file_that_is_not_there_is_a_mistake_for_every_verb_that_needs_it(place: Place) -> None:
    for words in (["check"], ["poll"], ["publish"], ["status"], ["explain", "riwaq"], ["add", "https://a.example/"]):
        answer = place.say(*words)
        assert (answer.code, answer.out) == (1, ""), words
        assert answer.err == f"{place.config}:1:1: there is no such file\n", words
    assert not place.data.exists()


def test_the_schema_is_the_one_in_docs_and_needs_no_file(place: Place) -> None:
    answer = place.say("check", "--schema")
    assert answer.code == 0
    assert answer.out == SCHEMA.read_text(encoding="utf-8")


def test_a_secret_in_a_wrong_file_is_not_said(place: Place) -> None:
    place.write(
        sources_yml(
            ("a", "أ", "ftp://reader:s3cret@a.example/feed?token=s3cret"),
            ("b", "ب", "reader:s3cret@b.example/feed?token=s3cret"),
            ("c", "ج", "https://reader:s3cret@c.example:x/feed?token=s3cret"),
        )
    )
    for words in (["check"], ["check", "--json"], ["poll"]):
        answer = place.say(*words)
        assert answer.code == 1
        assert "s3cret" not in answer.out + answer.err


def test_what_is_wrong_stays_one_line_whatever_stands_in_it(place: Place) -> None:
    place.write('sources:\n  - {id: "[bold]x[/]", title: "أ\\n\\e[2J\\u202e", url: "https://a.example/"}\n')
    answer = place.say("check")
    assert answer.code == 1
    assert len(answer.err.splitlines()) == len(place.say("check", "--json").json["mistakes"])
    assert "'[bold]x[/]' is no id" in answer.err
    assert "\x1b" not in answer.err
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in answer.err


def test_help_lists_every_verb(place: Place) -> None:
    answer = place.say("--help")
    assert answer.code == 0
    listed = {line.split()[0] for line in answer.out.partition("Commands:\n")[2].splitlines() if line.startswith("  ")}
    assert set(khulasa.commands) <= listed
    assert {"demo", "run", "poll", "publish", "serve", "check", "add", "status", "explain", "read", "judge"} <= listed


@pytest.mark.parametrize("verb", sorted(khulasa.commands))
def test_every_verb_explains_itself_without_reading_anything(verb: str, place: Place) -> None:
    answer = place.say(verb, "--help")
    assert answer.code == 0
    assert answer.out.startswith(f"Usage: khulasa {verb} [OPTIONS]")
    assert answer.err == ""


def test_the_version_is_that_of_the_installed_package(place: Place) -> None:
    assert place.say("--version").out == f"khulasa, version {VERSION}\n"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["puls"],
        ["poll", "--jsn"],
        ["poll", "--now", "yesterday"],
        ["poll", "--now", "2026-11-20T12:00:00"],
        ["add"],
        ["explain"],
        ["explain", "a", "b", "c"],
        ["read"],
        ["read", "--requests", "a.xml"],
        ["serve", "--port", "65536"],
        ["serve", "--port", "http"],
        ["judge", "file.jsonl"],
    ],
    ids=" ".join,
)
def test_misuse_is_exit_code_2_and_says_how_it_is_used(words: list[str], place: Place) -> None:
    place.write(sources_yml(("a", "أ", "https://a.example/feed")))
    answer = place.say(*words)
    assert (answer.code, answer.out) == (2, "")
    assert "Usage: " in answer.err
    assert not place.data.exists()
