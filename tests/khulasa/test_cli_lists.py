"""``khulasa import`` and ``khulasa export``: lists of sources from other readers and for them, as OPML."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.opml import render_sources
from feeds.outlines import MAX_SIZE, Outlines, read_outlines
from feeds.sources_edit import append_sources
from feeds.sources_values import LONGEST_LINE
from feeds.sources_yaml import MAX_SIZE as MOST_OF_SOURCES
from khulasa import adding, compose
from khulasa.importing import plan_import
from news.categories import CATEGORIES
from news.types import Configuration, FetchSettings, Site, Source
from tests.khulasa.door import PATIENCE, Answer, Place
from tests.programs import program

LISTS = Path(__file__).resolve().parents[1] / "data" / "feeds" / "opml"
STANDING = """\
# ما نقرأ
sources:
  # صحف
  - id: nil    # في القاهرة
    title: "يوميات النيل"
    url: https://nil.example/feed

feeds: []
"""


@pytest.fixture
def deadline() -> Iterator[None]:
    def late(number: int, frame: FrameType | None) -> None:
        pytest.fail(f"still reading after {PATIENCE} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def brought(told: Answer) -> dict[str, Any]:
    """What is said of an import, without what goes without saying."""
    answer: dict[str, Any] = told.json
    keys = ("line", "id", "title", "url", "category")
    return answer | {"added": [{name: source[name] for name in keys} for source in answer["added"]]}


@pytest.mark.parametrize("name", sorted(path.name for path in LISTS.iterdir()))
def test_a_list_brings_what_is_expected_of_it(name: str, place: Place) -> None:
    assert (LISTS / name).with_suffix(".json").is_file() and (LISTS / name).with_suffix(".opml").is_file()
    if name.endswith(".json"):
        return
    place.write(STANDING)
    told = place.say("import", "--json", str(LISTS / name))
    assert (told.code, told.err) == (0, "")
    assert brought(told) == json.loads((LISTS / name).with_suffix(".json").read_text(encoding="utf-8"))


def test_all_that_was_there_stays_and_the_new_ones_stand_below(place: Place) -> None:
    place.write(STANDING)
    told = place.say("import", str(LISTS / "feedly.opml"))
    assert told.code == 0
    added = """\
  - id: riwaq
    title: صحيفة الرواق
    url: https://riwaq.example/rss
    category: politics
  - id: nakheel
    title: يوميات النخيل
    url: https://nakheel.example/atom.xml
"""
    assert place.config.read_text(encoding="utf-8") == STANDING.replace("\n\nfeeds", f"\n{added}\nfeeds")
    assert told.out.splitlines() == [
        "added as riwaq: صحيفة الرواق",
        "added as nakheel: يوميات النخيل",
        f"{place.config}: 2 added, 1 there already, 0 cannot be taken",
    ]
    assert told.err.splitlines() == [
        f"{LISTS / 'feedly.opml'}: line 12: https://riwaq.example/rss: is in line 9 already, as 'riwaq'",
        f"{LISTS / 'feedly.opml'}: line 13: «Must Read» is none of our categories: 1 sources are without one",
    ]


@pytest.mark.parametrize("name", sorted(path.stem for path in LISTS.glob("*.opml")))
def test_the_same_list_again_adds_nothing(name: str, place: Place) -> None:
    place.write(STANDING)
    first = place.say("import", "--json", str(LISTS / f"{name}.opml")).json
    before = place.config.read_bytes()
    again = place.say("import", "--json", str(LISTS / f"{name}.opml")).json
    assert place.config.read_bytes() == before
    assert again["added"] == []
    there = [left["id"] for left in again["left_out"] if left["reason"] == "there_already"]
    assert {source["id"] for source in first["added"]} <= set(there)
    assert len(again["left_out"]) == len(first["added"]) + len(first["left_out"])


def test_a_list_may_come_on_standard_input(place: Place) -> None:
    place.write(STANDING)
    told = place.say("import", "-", stdin=(LISTS / "refused.opml").read_bytes())
    assert told.code == 0
    assert told.err.startswith("standard input: line 3: file:///etc/passwd: only http and https addresses")
    assert "s3cret" not in told.out + told.err
    assert "reader:s3cret@new.example" in place.config.read_text(encoding="utf-8")


def outlined(*outlines: str) -> bytes:
    return f'<opml version="2.0"><body>{"".join(outlines)}</body></opml>'.encode()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"<html><body>busy</body></html>", "it is no OPML: there is no <opml> in it"),
        ((LISTS / "feedly.json").read_bytes(), "it is no OPML: there is no <opml> in it"),
        (b"<opml>" + b" " * MAX_SIZE, "it is larger than 20 MB"),
        (outlined("<outline/>" * 1_000_000), "it has more than 250,000 tags"),
        (outlined("<!-- -->" * 1_000_000), "it has more than 250,000 tags"),
        (outlined("&" * 2_000_000), "it has more than 1,000,000 references"),
        (outlined("<outline " + " ".join(f'a{n}=">"' for n in range(100_000)) + "/>"), "more than 500 attributes"),
        (outlined("<outline text='x'>" * 10_000, "</outline>" * 10_000), "more than 100 deep in each other"),
        (outlined("<outline text='x'>" * 10_000), "more than 100 deep in each other"),
    ],
)  # fmt: skip
def test_what_is_no_list_or_built_to_exhaust_is_refused_and_soon(
    body: bytes, said: str, place: Place, deadline: None
) -> None:
    place.write(STANDING)
    told = place.say("import", "-", stdin=body)
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith("standard input: ")
    assert said in told.err
    assert place.config.read_text(encoding="utf-8") == STANDING


def test_an_address_is_not_fetched(place: Place) -> None:
    place.write(STANDING)
    told = place.say("import", "https://list.example/feeds.opml")
    assert told.code == 2
    assert "no list is fetched" in told.err


@pytest.mark.parametrize("name", ["none.opml", "a\0b", "."])
def test_a_file_that_cannot_be_read_is_said(name: str, place: Place) -> None:
    place.write(STANDING)
    told = place.say("import", str(place.folder / name))
    assert (told.code, told.out, len(told.err.splitlines())) == (1, "", 1)


@given(st.binary(max_size=300) | st.lists(st.sampled_from(
    [b"<opml>", b"<outline ", b'text="a" ', b'xmlUrl="https://a.example/"', b">", b"/>", b"</outline>", b"&", b"<!--",
     b"<![CDATA[", b'"', b"\xc7\xe1", "خبر".encode(), b"\0", b"<?xml encoding='x'?>", b"]]>", b"<!DOCTYPE"]
)).map(b"".join))  # fmt: skip
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    result = read_outlines(body)
    assert not isinstance(result, Outlines) or all(one.line >= 1 for one in result.listed)


def test_a_file_with_mistakes_is_left_alone(place: Place) -> None:
    wrong = STANDING + "site: {titel: خلاصة}\n"
    place.write(wrong)
    told = place.say("import", str(LISTS / "feedly.opml"))
    assert (told.code, told.out) == (1, "")
    assert "titel" in told.err
    assert place.config.read_text(encoding="utf-8") == wrong


def test_what_the_editor_saves_meanwhile_is_not_overwritten(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write(STANDING)

    def slowly(*arguments: Any) -> Any:
        place.write(STANDING + "# saved\n")
        return append_sources(*arguments)

    monkeypatch.setattr(adding, "append_sources", slowly)
    told = place.say("import", str(LISTS / "feedly.opml"))
    assert (told.code, told.out) == (1, "")
    assert "changed meanwhile" in told.err
    assert place.config.read_text(encoding="utf-8") == STANDING + "# saved\n"


def test_a_file_that_would_grow_too_large_to_be_read_is_left_alone(place: Place) -> None:
    before = STANDING + "#" * (MOST_OF_SOURCES - len(STANDING.encode()) - 100) + "\n"
    place.write(before)
    told = place.say("import", str(LISTS / "feedly.opml"))
    assert (told.code, told.out) == (1, "")
    assert "larger than 5 MB" in told.err
    assert place.config.read_text(encoding="utf-8") == before


def test_thousands_of_sources_of_one_host_have_ids_of_their_own() -> None:
    list_of_many = outlined(*(f"<outline xmlUrl='https://planet.example/{n}'/>" for n in range(20_000)))
    outlines = read_outlines(list_of_many)
    assert isinstance(outlines, Outlines)
    ids = [taken.source.id for taken in plan_import(outlines, configuration()).taken]
    assert (ids[0], ids[1], ids[-1]) == ("planet", "planet-2", "planet-20000")


# --- export ---------------------------------------------------------------------------------------------------------


def configuration(*sources: Source) -> Configuration:
    return Configuration(site=Site(), fetch=FetchSettings(), sources=sources, feeds=())


SOURCES = """\
site: {title: نشرتي}
sources:
  - {id: malaeb, title: ملاعب الضاد, url: "https://malaeb.example/feed?a=1&b=2", category: sports, every: 10m}
  - {id: riwaq, title: صحيفة الرواق, url: "https://riwaq.example/rss"}
  - {id: diwan, title: "Diwan <24>", url: "https://الديوان.example/خلاصة", category: politics}
  - {id: dar, title: الدار, url: "https://dar.example/rss", category: politics}
"""
EXPORTED = """\
<?xml version='1.0' encoding='UTF-8'?>
<opml version="2.0">
  <head>
    <title>نشرتي</title>
  </head>
  <body>
    <outline text="سياسة" title="سياسة">
      <outline type="rss" text="Diwan &lt;24&gt;" title="Diwan &lt;24&gt;" xmlUrl="https://الديوان.example/خلاصة"/>
      <outline type="rss" text="الدار" title="الدار" xmlUrl="https://dar.example/rss" language="ar"/>
    </outline>
    <outline text="رياضة" title="رياضة">
      <outline type="rss" text="ملاعب الضاد" title="ملاعب الضاد" \
xmlUrl="https://malaeb.example/feed?a=1&amp;b=2" language="ar"/>
    </outline>
    <outline type="rss" text="صحيفة الرواق" title="صحيفة الرواق" xmlUrl="https://riwaq.example/rss" language="ar"/>
  </body>
</opml>
"""


def test_the_sources_are_written_by_category(place: Place) -> None:
    place.write(SOURCES)
    path = place.folder / "sources.opml"
    told = place.say("export", str(path))
    assert (told.code, told.out, told.err) == (0, f"4 sources written to {path}\n", "")
    assert path.read_text(encoding="utf-8") == EXPORTED
    assert place.say("export", "-").out == EXPORTED
    assert place.say("export", str(path)).code == 0  # an older list is replaced
    assert place.config.read_text(encoding="utf-8") == SOURCES


def test_nothing_but_a_list_is_overwritten(place: Place) -> None:
    place.write(SOURCES)
    told = place.say("export", str(place.config))
    assert (told.code, told.out) == (1, "")
    assert "no OPML" in told.err
    assert place.config.read_text(encoding="utf-8") == SOURCES
    os.mkfifo(place.folder / "pipe")
    for name in (".", "pipe", "none/sources.opml", "/dev/null"):
        assert place.say("export", str(place.folder / name)).code == 1
    assert not Path("/dev/null").is_file()


def test_secrets_are_written_and_that_is_said(place: Place) -> None:
    place.write('sources:\n  - {id: riwaq, title: الرواق, url: "https://riwaq.example/rss?key=s3cret"}\n')
    told = place.say("export", "-")
    assert "key=s3cret" in told.out
    assert told.err == "secrets stand in 1 of the addresses: not for everybody's eyes\n"


TITLES = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]), min_size=1, max_size=30)
ADDRESSES = st.sampled_from(
    ["https://rukn.example/feed?a=b&c=%20#d", "http://[::1]:8080/", "https://u:p@h.example/'\"", "https://دار.example/خبر",
     "HTTP://A.example", "https://a.example/<>"]
)  # fmt: skip
LISTED = st.builds(
    Source,
    id=st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True),
    title=TITLES.map(str.strip).filter(bool),
    url=ADDRESSES,
    category=st.none() | st.sampled_from([category.id for category in CATEGORIES]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(LISTED, max_size=5, unique_by=(lambda s: s.id, lambda s: s.url)))
def test_what_is_exported_is_imported_as_it_was(sources: list[Source]) -> None:
    written = render_sources("خلاصة", sources)
    assert written == render_sources("خلاصة", list(sources))
    outlines = read_outlines(written)
    assert isinstance(outlines, Outlines)
    planned = plan_import(outlines, configuration())
    assert (planned.left_out, planned.unknown_folders, planned.problems) == ((), (), ())
    kept = {(s.url, s.title[:LONGEST_LINE], s.category) for s in sources}
    assert {(taken.source.url, taken.source.title, taken.source.category) for taken in planned.taken} == kept


def test_the_sources_we_ship_go_out_and_come_in_again(place: Place) -> None:
    ours = Path(__file__).resolve().parents[2] / "sources.yml"
    place.write(ours.read_text(encoding="utf-8"))
    assert place.say("export", str(place.folder / "sources.opml")).code == 0
    place.write("sources: []\n")
    assert place.say("import", str(place.folder / "sources.opml")).err == ""
    before, after = compose.load(ours).sources, compose.load(place.config).sources
    assert {(s.url, s.title, s.category) for s in after} == {(s.url, s.title, s.category) for s in before}
    assert place.say("import", "--json", str(place.folder / "sources.opml")).json["added"] == []


# --- a reader of another house --------------------------------------------------------------------------------------


def newsboat(home: Path, *words: str) -> bytes:
    files = {"-C": "config", "-u": "urls", "-c": "cache.db"}
    (home / "config").touch()
    named = [part for option, name in files.items() for part in (option, str(home / name))]
    return subprocess.run(
        [program("newsboat"), *named, *words],
        env={"HOME": str(home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        check=True,
        timeout=120,
        capture_output=True,
    ).stdout


def test_newsboat_takes_the_list_in_and_gives_it_back(place: Place) -> None:
    place.write(SOURCES)
    home = place.folder / "newsboat"
    home.mkdir()
    (home / "urls").touch()
    assert place.say("export", str(place.folder / "sources.opml")).code == 0
    newsboat(home, "-i", str(place.folder / "sources.opml"))
    sources = compose.load(place.config).sources
    lines = (home / "urls").read_text(encoding="utf-8").splitlines()
    assert sorted(line.split()[0].strip('"') for line in lines) == sorted(source.url for source in sources)

    (place.folder / "back.opml").write_bytes(newsboat(home, "-e"))
    place.write("sources: []\n")
    told = place.say("import", "--json", str(place.folder / "back.opml"))
    assert (told.code, told.err, told.json["left_out"], told.json["problems"]) == (0, "", [], [])
    assert {source.url for source in compose.load(place.config).sources} == {source.url for source in sources}
