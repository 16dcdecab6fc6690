"""The sixty documents beside the checkout: all are read, none loses an entry, Arabic comes out as Arabic."""

import csv
import re
from datetime import UTC, datetime
from pathlib import Path

from feeds.parse import parse
from news.types import Document

NOW = datetime(2026, 11, 8, tzinfo=UTC)
ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3]")
LATIN_1 = re.compile("[\u00a1-\u00ff]")  # what windows-1256 read as windows-1252 is made of


def documents(shared_data: Path) -> list[tuple[dict[str, str], Document]]:
    folder = shared_data / "feeds"
    read = []
    with (folder / "index.csv").open(encoding="utf-8", newline="") as index:
        for row in csv.DictReader(index):
            body = (folder / row["file"]).read_bytes()
            result = parse(body, url="https://feeds.example/rss", headers=(), zone=None, now=NOW)
            assert isinstance(result, Document), (row["file"], result)
            read.append((row, result))
    return read


def text_of(document: Document) -> str:
    return " ".join(
        text
        for entry in document.entries
        for text in (entry.title, entry.summary or "", entry.content or "", *entry.categories)
    )


def test_every_document_is_read_and_gives_its_entries(shared_data: Path) -> None:
    read = documents(shared_data)
    assert len(read) == 60
    for row, document in read:
        assert len(document.entries) >= int(row["entries"]), row["file"]
        assert document.dialect == row["feedparser_version"], row["file"]
        for entry in document.entries:
            assert entry.title or entry.summary or entry.content
            assert entry.link is None or entry.link.startswith(("http://", "https://")), row["file"]


def test_arabic_comes_out_as_arabic(shared_data: Path) -> None:
    for row, document in documents(shared_data):
        if not document.entries:
            continue
        text = text_of(document)
        arabic, latin = len(ARABIC.findall(text)), len(LATIN_1.findall(text))
        assert arabic > 20, row["file"]
        assert latin < arabic / 20, row["file"]
        assert "\ufffd" not in text, row["file"]


def test_dates_that_name_their_zone_are_read(shared_data: Path) -> None:
    for row, document in documents(shared_data):
        if row["kind"] == "real_raw_bytes" and document.entries:
            dated = [entry for entry in document.entries if entry.published or entry.updated]
            undated = len(document.entries) - len(dated)
            assert undated == sum(problem.place.startswith("entry") for problem in document.problems), row["file"]
