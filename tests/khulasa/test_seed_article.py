"""The news article this project started from, through the whole pipeline.

Its text lies beside the checkout and never enters it: a byline line, a headline of another story in the middle, its own
spelling. The copies are made of it here.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from arabic.fold import fold, folded_words
from khulasa import compose
from news.identity import fingerprint
from news.leads import read_lead
from news.related import split_related
from news.rules import parse_rule
from news.selection import folded_text
from news.types import Article
from scheduler.loop import until_done
from tests.feeds.publisher import Publisher, answer

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RELATED = "تفاصيل استئناف الرحلات الجوية"


@pytest.fixture
def seed(shared_data: Path) -> tuple[str, list[str]]:
    """Title and paragraphs."""
    lines = [line.strip() for line in (shared_data / "seed-article.txt").read_text(encoding="utf-8").splitlines()]
    title, *paragraphs = [line for line in lines if line]
    return title, paragraphs


def respelled(text: str) -> str:
    """As another house would write it."""
    for ours, theirs in (("أ", "ا"), ("إ", "ا"), ("ى", "ي"), ("ة ", "ه "), ("الأمن", "الأمـن"), ("،", " ،")):
        text = text.replace(ours, theirs)
    return text


def rss(outlet: str, title: str, paragraphs: list[str]) -> bytes:
    body = escape("".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs))
    return (
        f'<rss version="2.0"><channel><title>{outlet}</title><link>https://{outlet}.example/</link>'
        f"<description>{outlet}</description><item><title>{escape(title)}</title>"
        f"<link>https://{outlet}.example/1</link><pubDate>Fri, 20 Nov 2026 09:00:00 GMT</pubDate>"
        f"<description>{body}</description></item></channel></rss>"
    ).encode()


Poll = Callable[[dict[str, bytes]], tuple[Article, ...]]


@pytest.fixture
def polled(publisher: Publisher, tmp_path: Path) -> Poll:
    """Serve documents by outlet, poll them, and return the articles in the store."""

    def poll(documents: dict[str, bytes]) -> tuple[Article, ...]:
        lines = ["fetch: {allow_networks: [127.0.0.0/8]}\nsources:\n"]
        for outlet, document in documents.items():
            url = publisher.script(f"/{outlet}", answer(200, {"Content-Type": "application/rss+xml"}, document))
            lines.append(f"  - {{id: {outlet}, title: {outlet}, url: '{url}'}}\n")
        (tmp_path / "sources.yml").write_text("".join(lines), encoding="utf-8")
        configuration = compose.load(tmp_path / "sources.yml")
        until_done(compose.poll_and_publish(configuration, tmp_path / "var", now=NOW))
        with compose.remembered(tmp_path / "var") as store:
            return store.newest(10)

    return poll


def test_two_copies_are_one_article_with_two_appearances(polled: Poll, seed: tuple[str, list[str]]) -> None:
    title, paragraphs = seed
    byline, *rest = paragraphs
    assert byline == "وكالات – أشرف التهامى"
    copy = ["كتبت: منى البدري", *(respelled(paragraph) for paragraph in rest)]
    (article,) = polled({"seed": rss("seed", title, paragraphs), "other": rss("other", respelled(title), copy)})

    assert sorted(a.source_id for a in article.appearances) == ["other", "seed"]
    credits = {a.source_id: (a.byline, a.agency) for a in article.appearances}
    assert credits == {"seed": ("أشرف التهامى", "وكالات"), "other": ("منى البدري", None)}
    assert [label.id for label in article.categories] == ["politics"]
    assert [label.id for label in article.countries] == ["SY"]
    assert article.language == "ar"
    (related,) = article.related
    assert fold(related).startswith(fold(RELATED))


def test_alone_it_has_its_agency_and_its_byline(polled: Poll, seed: tuple[str, list[str]]) -> None:
    title, paragraphs = seed
    (article,) = polled({"seed": rss("seed", title, paragraphs)})
    assert (article.agency, article.byline) == ("وكالات", "أشرف التهامى")


def test_the_headline_in_its_middle_counts_for_nothing(polled: Poll, seed: tuple[str, list[str]]) -> None:
    title, paragraphs = seed
    without = [paragraph for paragraph in paragraphs if not paragraph.startswith(RELATED)]
    assert len(without) == len(paragraphs) - 1
    (article,) = polled({"seed": rss("seed", title, paragraphs), "other": rss("other", title, without)})
    assert len({a.fingerprint for a in article.appearances}) == 1
    # It is displayed with the text, and no rule or search finds the article by it.
    assert RELATED in (article.entry.content or article.entry.summary or "") or article.lead.source_id == "other"
    assert not parse_rule("الرحلات الجوية").matches(folded_text(article))
    assert parse_rule("وزير الداخلية").matches(folded_text(article))


def test_without_paragraphs_in_html_it_is_the_same(seed: tuple[str, list[str]]) -> None:
    """The hash as ``khulasa judge`` makes it of plain text."""
    title, paragraphs = seed
    text, related = split_related(read_lead(paragraphs).paragraphs)
    assert len(related) == 1
    one, other = (
        fingerprint(title=folded_words(spelled(title)), text=folded_words(spelled("\n".join(text))))
        for spelled in (str, respelled)
    )
    assert one == other
