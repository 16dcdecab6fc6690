"""Appending a source: it is there, and everything that was there still is, byte for byte."""

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.sources import parse_sources
from feeds.sources_edit import append_sources, propose_id, propose_ids, write_whole
from feeds.sources_values import ID
from feeds.sources_yaml import read_yaml
from news.errors import ConfigurationError, KhulasaError
from news.types import Configuration, Source

NEW = Source(id="mihwar", title="المحور", url="https://mihwar.example/feed?a=1&b=2", country="NO")
WRITTEN = """\
  - id: mihwar
    title: المحور
    url: https://mihwar.example/feed?a=1&b=2
    country: NO
"""
SHIFTED = WRITTEN.replace("\n  ", "\n").removeprefix("  ")


def append(text: str, *sources: Source) -> str:
    return append_sources(read_yaml(text), sources).text


def read(text: str) -> Configuration:
    return parse_sources(text, name="sources.yml", check_schedule=lambda written: None)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "sources:\n" + WRITTEN),
        ("# خبر\n", "# خبر\nsources:\n" + WRITTEN),
        ("site: {}", "site: {}\nsources:\n" + WRITTEN),
        ("sources:", "sources:\n" + WRITTEN),
        ("sources: []  # none yet\nfeeds: []\n", "sources:  # none yet\n" + WRITTEN + "feeds: []\n"),
        ("sources: [ ]\r\nfeeds: []", "sources:\r\n" + WRITTEN.replace("\n", "\r\n") + "feeds: []"),
        ("sources: ~ # none yet\n", "sources: # none yet\n" + WRITTEN),
        ("sources:\n\n  # - id: one\nfeeds: []\n", "sources:\n" + WRITTEN + "\n  # - id: one\nfeeds: []\n"),
        ("feeds: []\n...\n", "feeds: []\nsources:\n" + WRITTEN + "...\n"),
        ("---\nsite: {}\n# end\n", "---\nsite: {}\n# end\nsources:\n" + WRITTEN),
        (
            "sources:\n- id: a\n  title: 'أ'\n  url: \"https://a.example/\" # last\n\n# feeds\nfeeds: []\n",
            "sources:\n- id: a\n  title: 'أ'\n  url: \"https://a.example/\" # last\n"
            + SHIFTED
            + "\n# feeds\nfeeds: []\n",
        ),
        (
            "sources:\n  -   id: a\n      title: أ\n      url: https://a.example/",
            "sources:\n  -   id: a\n      title: أ\n      url: https://a.example/\n"
            + WRITTEN.replace("    ", "      ").replace("- ", "-   "),
        ),
        (
            "sources:\n  - {id: a, title: أ, url: https://a.example/}   # last\n",
            "sources:\n  - {id: a, title: أ, url: https://a.example/}   # last\n" + WRITTEN,
        ),
        (
            "sources:\n  - id: a\n    url: https://a.example/\n    title: >-\n      كلمة\n      # كلمة\n\n  # end\n",
            "sources:\n  - id: a\n    url: https://a.example/\n    title: >-\n      كلمة\n      # كلمة\n"
            + WRITTEN
            + "\n  # end\n",
        ),
        (
            "sources:\n  - id: a\n    url: https://a.example/\n    title: أ\n    every:  # later\nfeeds: []\n",
            "sources:\n  - id: a\n    url: https://a.example/\n    title: أ\n    every:  # later\n"
            + WRITTEN
            + "feeds: []\n",
        ),
        (
            "sources: [{id: a, title: أ, url: https://a.example/},\n]\n",
            'sources: [{id: a, title: أ, url: https://a.example/}, {id: "mihwar", title: "المحور", '
            'url: "https://mihwar.example/feed?a=1&b=2", country: "NO"},\n]\n',
        ),
    ],
)
def test_only_the_new_source_is_new(before: str, after: str) -> None:
    assert append(before, NEW) == after


def test_several_sources_are_one_edit() -> None:
    other = Source(id="rukn", title="الركن", url="https://rukn.example/")
    written = "  - id: rukn\n    title: الركن\n    url: https://rukn.example/\n"
    before = "sources:  # ما نقرأ\n  - {id: a, title: أ, url: https://a.example/}\n\nfeeds: []\n"
    assert append(before, NEW, other) == before.replace("\n\n", "\n" + WRITTEN + written + "\n", 1)
    assert append(append(before, NEW), other) == append(before, NEW, other)
    flow = "sources: [{id: a, title: أ, url: https://a.example/}]"
    assert append(append(flow, NEW), other) == append(flow, NEW, other)


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("صحيفة الركن", "صحيفة الركن"),
        ("Al Rukn (عربي)", "Al Rukn (عربي)"),
        ("24", '"24"'),
        ("true", '"true"'),
        ("null", '"null"'),
        ("012", '"012"'),
        ("الركن: أخبار", '"الركن: أخبار"'),
        ("أخبار #عاجل", '"أخبار #عاجل"'),
        ("- الركن", '"- الركن"'),
        ("*الركن", '"*الركن"'),
        ("!!str x", '"!!str x"'),
        ("«الركن»", '"«الركن»"'),
        ('قال "نعم"\\', '"قال \\"نعم\\"\\\\"'),
        ("[a, b]", '"[a, b]"'),
        ("x\ny: z", '"x\\ny: z"'),
        (" فراغ ", '" فراغ "'),
    ],
)
def test_a_title_is_quoted_where_yaml_would_take_it_for_something_else(title: str, written: str) -> None:
    added = append("", Source(id="rukn", title=title, url="https://rukn.example/"))
    assert f"    title: {written}\n" in added


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sources: [a", "missing here"),
        ("- a\n", "no mapping"),
        ("sources: soon\n", "no list"),
        ("sources: {a: b}\n", "no list"),
        ("{site: {}}\n", "in braces"),
    ],
)
def test_a_file_of_another_shape_is_left_alone(text: str, said: str) -> None:
    with pytest.raises(KhulasaError, match=said):
        append(text, NEW)


def test_a_title_that_may_not_stand_in_the_file_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"U\+202E"):
        append("", Source(id="rukn", title="\N{RIGHT-TO-LEFT OVERRIDE}nkur", url="https://rukn.example/"))


TITLES = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]), min_size=1, max_size=30)
SOURCES = st.builds(
    Source,
    id=st.from_regex(ID, fullmatch=True).map(str.strip).filter(bool),
    title=TITLES.filter(str.strip),
    url=st.sampled_from(["https://rukn.example/feed?a=b&c=%20#d", "http://[::1]:8080/", "https://u:p@h.example/'\""]),
    country=st.none() | st.sampled_from(["NO", "QA"]),
    category=st.none() | st.just("politics"),
    every=st.none() | st.integers(60, 7 * 86400).map(lambda seconds: timedelta(seconds=seconds)),
    timezone=st.none() | st.just("Asia/Damascus"),
)
INDENTS = st.integers(0, 4)
LINE_ENDS = st.sampled_from(["\n", "\r\n"])
REMARKS = st.sampled_from(["", "\n", "# خبر\n", "\n  # - id: x\n\n"])
TAILS = st.sampled_from(["", "feeds: []\n", "site:\n  title: خبر # ن\n", "fetch: {}"])


@settings(max_examples=150, deadline=None)
@given(st.lists(SOURCES, max_size=4, unique_by=lambda s: s.id), SOURCES, INDENTS, LINE_ENDS, REMARKS, TAILS)
def test_the_old_sources_are_there_and_the_new_one_and_every_old_line_in_its_order(
    old: list[Source], new: Source, indent: int, line_end: str, remark: str, tail: str
) -> None:
    lines = ["sources:\n" if old else "sources: []\n"]
    for source in old:
        written = append("", source).removeprefix("sources:\n").splitlines(keepends=True)
        lines += [" " * indent + line[2:] for line in written]
    before = (remark + "".join(lines) + remark + tail).replace("\n", line_end)
    if new.id in {source.id for source in old}:
        new = Source(id="new-" + new.id[:60], title=new.title, url=new.url)
    after = append(before, new)
    assert read(after).sources == (*read(before).sources, new)
    assert (read(after).site, read(after).feeds) == (read(before).site, read(before).feeds)
    rest = iter(after.split(line_end))
    for line in before.split(line_end):
        kept = "sources:" if line == "sources: []" else line
        assert any(found == kept for found in rest), line
    assert after.count("\n") == after.count(line_end)


@pytest.mark.parametrize(
    ("url", "id"),
    [
        ("https://www.bayraq.example/feed", "bayraq"),
        ("https://feeds.bayraq.co.uk/rss.xml", "bayraq"),
        ("https://rss.bayraq.com.eg/", "bayraq"),
        ("http://arabic.bayraq.net:8080/rss", "arabic-bayraq"),
        ("https://24.ae/rss.aspx", "24"),
        ("https://rss.com/", "rss"),
        ("https://Under_Score.example/", "under-score"),
        ("https://الأهرام.مصر/rss", "xn--igbhb3b2fjl"),
        ("http://127.0.0.1:8000/feed", "127-0-0-1"),
        ("http://2130706433/feed", "127-0-0-1"),
        ("http://[2001:db8::1]/feed", "2001-db8-1"),
        ("http://localhost/feed", "localhost"),
        ("https://user:secret@rukn.example/feed", "rukn"),
        ("nonsense", "source"),
        ("", "source"),
    ],
)
def test_an_id_is_proposed_from_the_host(url: str, id: str) -> None:
    assert propose_id(url, set()) == id
    assert propose_id(url, {id}) == f"{id}-2"
    assert propose_id(url, {id, f"{id}-2"}) == f"{id}-3"


@given(st.lists(st.sampled_from(["https://a.example/1", "https://www.a.example/2", f"https://{'b' * 63}.example/"])))
def test_many_ids_are_proposed_as_one_after_the_other(urls: list[str]) -> None:
    taken = {"a", "a-3"}
    proposed = list(propose_ids(urls, taken))
    for url, id in zip(urls, proposed, strict=True):
        assert propose_id(url, taken) == id
        taken.add(id)


@given(st.text(max_size=80) | st.from_regex(r"https?://[\w.-]{1,70}/", fullmatch=True), st.integers(0, 12))
def test_whatever_is_proposed_is_an_id_that_nobody_has(url: str, others: int) -> None:
    taken: set[str] = set()
    for _ in range(others + 1):
        proposed = propose_id(url, taken)
        assert proposed not in taken
        read(append("", Source(id=proposed, title="عنوان", url="https://a.example/")))
        taken.add(proposed)


def test_writing_keeps_the_mode_and_follows_a_link(tmp_path: Path) -> None:
    target = tmp_path / "etc" / "sources.yml"
    target.parent.mkdir()
    target.write_text("site: {}\n", encoding="utf-8")
    target.chmod(0o640)
    link = tmp_path / "sources.yml"
    link.symlink_to(target)
    write_whole(link, "site: {title: خبر}\r\n")
    assert link.is_symlink()
    assert target.read_bytes() == "site: {title: خبر}\r\n".encode()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert [path.name for path in target.parent.iterdir()] == ["sources.yml"]


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sources.yml"
    path.write_text("site: {}\n", encoding="utf-8")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KhulasaError, match="No space left on device"):
        write_whole(path, "sources: []\n")
    assert path.read_text(encoding="utf-8") == "site: {}\n"
    assert [found.name for found in tmp_path.iterdir()] == ["sources.yml"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(KhulasaError, match="cannot be written"):
        write_whole(tmp_path / "none" / "sources.yml", "")
