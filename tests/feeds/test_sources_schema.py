"""The schema that editors read says what the loader does."""

import json
import re
from pathlib import Path

import pytest

from feeds import sources_values as values
from feeds.sources_schema import json_schema
from news.categories import CATEGORIES

REPOSITORY = Path(__file__).resolve().parents[2]


def test_the_schema_in_docs_is_the_one_we_print() -> None:
    written = (REPOSITORY / "docs" / "sources.schema.json").read_text(encoding="utf-8")
    assert written == json_schema(), "write it anew: khulasa check --schema > docs/sources.schema.json"
    assert written.endswith("}\n")


def test_the_file_we_ship_names_its_schema() -> None:
    first = (REPOSITORY / "sources.yml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=docs/sources.schema.json"


def test_the_schema_says_what_is_needed_and_allows_nothing_else() -> None:
    schema = json.loads(json_schema())
    sections = {definition["title"]: definition for definition in schema["$defs"].values()}
    assert sections["source"]["required"] == ["id", "title", "url"]
    assert sections["feed"]["required"] == ["id", "title"]
    assert all(section["additionalProperties"] is False for section in (schema, *sections.values()))
    assert all("description" in key for section in sections.values() for key in section["properties"].values())
    hint = sections["source"]["properties"]["category"]["anyOf"][0]
    assert hint["enum"] == [category.id for category in CATEGORIES]


@pytest.mark.parametrize(
    ("pattern", "check", "right", "wrong"),
    [
        (values.ID, values.identifier, ["a", "24", "bbc-arabic", "a" * 64], ["", "A", "a_b", "a" * 65, "عربي", "a\n"]),
        (values.DURATION, values.interval, ["1m", "10m", "90s", "7d"], ["", "10", "1w", "10 m", "-1m", "١٠m"]),
        (values.SIZE, values.size, ["1024", "64KB", "10MB"], ["", "10mb", "1GB", "1.5MB"]),
        (values.COUNTRY, values.country, ["QA", "NO"], ["", "qa", "QAT", "قطر"]),
        (values.CONTACT, values.contact, ["a@b.example", "https://b.example/x?y=1"], ["", "a b", "a;b", "(a)", "é"]),
    ],
    ids=["id", "duration", "size", "country", "contact"],
)
def test_patterns_and_checks_agree(pattern: str, check: object, right: list[str], wrong: list[str]) -> None:
    assert callable(check)
    for text in right:
        check(text)
        assert re.fullmatch(pattern, text)
    for text in wrong:
        with pytest.raises(values.Wrong):
            check(text)
        assert not re.fullmatch(pattern, text)
