"""The editor's file: what it says when it is right, and everything that is wrong with it when it is not."""

from datetime import timedelta
from pathlib import Path

import pytest

from feeds.sources import load_sources, parse_sources
from news.errors import ConfigurationError, Mistake
from news.types import Configuration, FeedRule, FetchSettings, Site, Source
from scheduler.daemon import schedule_mistake

DATA = Path(__file__).resolve().parents[1] / "data" / "sources"
REPOSITORY = Path(__file__).resolve().parents[2]

RIGHT = """\
site: {title: نشرتي, url: https://news.example/feeds, description: أخبار مختارة}
fetch:
  contact: editor@news.example
  allow_networks: [127.0.0.0/8, fd00::/8]
  deadline: 20s
  max_body: 2MB
  at_once: 8
  at_once_per_host: 1
  spacing: 0s
sources:
  - id: bayraq
    title: البيرق
    url: https://bayraq.example/feed
    country: SY
    category: politics
    every: 2h
    timezone: Asia/Damascus
  - {id: "24", title: "٢٤", url: "http://user:secret@127.0.0.1:9/", schedule: "*/10 6-23 * * *", alone: true}
feeds:
  - id: damascus
    title: دمشق
    match: دمشق AND NOT حلب
    categories: [politics, world]
    sources: [bayraq]
    countries: [SY]
"""


def read(text: str) -> Configuration:
    return parse_sources(text, name="sources.yml", check_schedule=schedule_mistake)


def mistakes(text: str) -> tuple[Mistake, ...]:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    return caught.value.mistakes


def title_of(written: str) -> str:
    return read(f"sources:\n  - id: bayraq\n    title: {written}\n    url: https://bayraq.example/\n").sources[0].title


def test_every_key_arrives_where_it_belongs() -> None:
    assert read(RIGHT) == Configuration(
        site=Site(title="نشرتي", url="https://news.example/feeds/", description="أخبار مختارة"),
        fetch=FetchSettings(
            contact="editor@news.example",
            allow_networks=("127.0.0.0/8", "fd00::/8"),
            deadline=timedelta(seconds=20),
            max_body=2 * 1024 * 1024,
            at_once=8,
            at_once_per_host=1,
            spacing=timedelta(0),
        ),
        sources=(
            Source(
                id="bayraq",
                title="البيرق",
                url="https://bayraq.example/feed",
                country="SY",
                category="politics",
                every=timedelta(hours=2),
                timezone="Asia/Damascus",
            ),
            Source(id="24", title="٢٤", url="http://user:secret@127.0.0.1:9/", schedule="*/10 6-23 * * *", alone=True),
        ),
        feeds=(
            FeedRule(
                id="damascus",
                title="دمشق",
                match="دمشق AND NOT حلب",
                categories=("politics", "world"),
                sources=("bayraq",),
                countries=("SY",),
            ),
        ),
    )


def test_what_is_not_given_or_left_empty_is_as_in_the_glossary() -> None:
    empty = "site:\n  title:\nfetch: {deadline: null, at_once: ~}\nsources:\nfeeds: []\n"
    assert read(empty) == Configuration(site=Site(), fetch=FetchSettings(), sources=(), feeds=())
    assert read("fetch: {max_body: 10MB}").fetch == FetchSettings()
    assert read("fetch: {max_body: 65536}").fetch.max_body == 65536


@pytest.mark.parametrize("written", ["no", "NO", "on", "12:30:45", "1_000", "2026-11-20", "0.1.2", "=", "y"])
def test_words_are_what_a_person_sees(written: str) -> None:
    assert title_of(written) == written


@pytest.mark.parametrize("written", ["012", "2026", "0x1F", "0o17", "1e3", ".5", "-1", "true", "False", ".inf", ".NaN"])
def test_what_yaml_takes_for_a_number_needs_quotes(written: str) -> None:
    assert title_of(f'"{written}"') == written
    (mistake,) = mistakes(f"sources:\n  - id: bayraq\n    title: {written}\n    url: https://bayraq.example/\n")
    assert (mistake.line, mistake.column) == (3, 12)
    assert mistake.message.startswith("title must be text")


@pytest.mark.parametrize("path", sorted(DATA.glob("*.yml")), ids=lambda path: path.stem)
def test_broken_files_say_everything_that_is_wrong(path: Path) -> None:
    expected = path.with_suffix(".expected").read_text(encoding="utf-8").splitlines()
    with pytest.raises(ConfigurationError) as caught:
        load_sources(path, check_schedule=schedule_mistake)
    assert caught.value.name == str(path)
    found = [f"{m.line}:{m.column}: {m.message}" + (f" → {m.hint}" if m.hint else "") for m in caught.value.mistakes]
    assert found == expected


def test_every_broken_file_has_its_expectation_and_the_other_way_round() -> None:
    names = {path.stem for path in DATA.glob("*.yml")}
    assert names == {path.stem for path in DATA.glob("*.expected")}
    assert len(names) >= 10


@pytest.mark.parametrize("path", sorted(DATA.glob("*.yml")), ids=lambda path: path.stem)
def test_no_message_tells_a_secret(path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_sources(path, check_schedule=schedule_mistake)
    assert "open-sesame" not in str(caught.value)
    assert all("open-sesame" not in (m.hint or "") for m in caught.value.mistakes)


def test_the_schedule_is_judged_by_whoever_keeps_the_clock() -> None:
    text = "sources:\n  - {id: a, title: أ, url: https://a.example/, schedule: never}\n"
    with pytest.raises(ConfigurationError) as caught:
        parse_sources(text, name="x", check_schedule=lambda written: f"«{written}» is no time")
    assert caught.value.mistakes[0].message == "schedule: «never» is no time"


def test_line_ends_of_other_systems_count_as_one() -> None:
    assert [m.line for m in mistakes("site:\r\n  titel: x\r\nfetch:\r\n  at_once: 0\r\n")] == [2, 4]


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "sources.yml"
    path.write_text("\N{ZERO WIDTH NO-BREAK SPACE}" + RIGHT, encoding="utf-8")
    assert load_sources(path, check_schedule=schedule_mistake) == read(RIGHT)


def test_the_file_we_ship_is_right_and_worth_starting_from() -> None:
    configuration = load_sources(REPOSITORY / "sources.yml", check_schedule=schedule_mistake)
    assert len(configuration.sources) >= 40
    assert len({source.country for source in configuration.sources if source.country}) >= 12
    assert len({source.category for source in configuration.sources if source.category}) >= 6
    assert len({source.url for source in configuration.sources}) == len(configuration.sources)
    assert any(feed.match for feed in configuration.feeds)
    assert configuration.fetch.contact is None
    assert all(source.url.startswith("https://") for source in configuration.sources)
