"""The sixty real documents beside the checkout, served on this machine and polled by the whole pipeline."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from khulasa import compose
from news.types import Source, Update
from scheduler.loop import until_done
from tests.feeds.publisher import Publisher, answer

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def index(shared_data: Path) -> list[dict[str, str]]:
    with (shared_data / "feeds" / "index.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_are_polled_and_nothing_is_lost(
    index: list[dict[str, str]], shared_data: Path, publisher: Publisher, tmp_path: Path
) -> None:
    lines = ["fetch: {allow_networks: [127.0.0.0/8], at_once_per_host: 8}\nsources:\n"]
    entries = {}
    for number, row in enumerate(index):
        body = (shared_data / "feeds" / row["file"]).read_bytes()
        url = publisher.script(f"/{number}", answer(200, {"Content-Type": "text/xml", "ETag": f'"{number}"'}, body))
        lines.append(f"  - {{id: document-{number}, title: وثيقة {number}, url: '{url}'}}\n")
        entries[f"document-{number}"] = int(row["entries"])
    (tmp_path / "sources.yml").write_text("".join(lines), encoding="utf-8")
    configuration = compose.load(tmp_path / "sources.yml")
    told: list[tuple[Source, Update]] = []

    def tell(source: Source, update: Update) -> None:
        told.append((source, update))

    until_done(compose.poll_and_publish(configuration, tmp_path / "var", now=NOW, tell=tell))

    assert len(told) == len(index) == 60
    assert {update.outcome for _, update in told} == {"ok"}
    with compose.remembered(tmp_path / "var") as store:
        articles = store.newest(10_000)
        states = store.states()
    held = {(a.source_id, a.key) for article in articles for a in (*article.appearances, *article.copies)}
    for source, expected in entries.items():
        assert sum(name == source for name, _ in held) == expected, source
    assert all(states[source].validators.etag for source in entries)
    public = tmp_path / "var" / "public"
    published = {path.relative_to(public).with_suffix("") for path in public.rglob("*.rss")}
    assert len([name for name in published if name.parent.name != "country"]) == 2 + 2 * 11 + 60
    for name in published:
        in_rss, in_atom = (etree.parse(public / f"{name}.{ending}") for ending in ("rss", "atom"))
        in_json = json.loads((public / f"{name}.json").read_bytes())
        ids = [item["id"] for item in in_json["items"]]
        assert ids == [guid.text for guid in in_rss.iterfind(".//guid")]
        assert ids == [found.text for found in in_atom.iterfind("{*}entry/{*}id")]
        assert (public / f"{name}.html").read_text(encoding="utf-8").count("<h3>") == len(ids)

    told.clear()
    until_done(
        compose.poll_and_publish(configuration, tmp_path / "var", now=NOW, sources=configuration.sources, tell=tell)
    )
    assert {update.outcome for _, update in told} == {"unchanged"}
