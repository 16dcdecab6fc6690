"""What becomes of text that arrives broken: read right, repaired right, quarantined, or published wrong.

Own texts in seven languages, then, where they lie beside the checkout, titles and texts of the press
(``shared/data/categories``) and whole documents (``shared/data/feeds``): third-party text that never enters it.
"""

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from random import Random

from rich.console import Group
from rich.table import Table

from benchmarks.breakages import BYTES, TWICE, held
from benchmarks.categories import CORPORA, DATA
from feeds.parse import parse
from khulasa.demo.outlets import newsroom
from news.types import Document, Reason, Unreadable

FEEDS = DATA.parent / "feeds"
PARAGRAPHS = Path(__file__).resolve().parent.parent / "tests" / "data" / "arabic" / "broken_texts.tsv"
SAMPLE = 500  # texts of the press for each way of breaking
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_IN_UTF_8 = "UTF-8 as it should be"

Broken = Callable[[str], tuple[bytes, str | None]]


@dataclass(slots=True)
class Outcomes:
    """How many texts, or documents, came out how."""

    right: int = 0
    repaired: int = 0
    quarantined: int = 0
    wrong: int = 0
    examples: list[str] = field(default_factory=list)  # of wrong ones: what it was

    def add(self, before: "Shown", after: "Shown", what: str) -> None:
        if after.texts is None or (after.quarantined and _is_within(after.texts, before.texts or ())):
            self.quarantined += 1
        elif after.texts != before.texts:
            self.wrong += 1
            self.examples.append(what)
        elif after.repaired and not before.repaired:
            self.repaired += 1
        else:
            self.right += 1

    @property
    def all(self) -> int:
        return self.right + self.repaired + self.quarantined + self.wrong


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader of the document would see; None where nothing is shown."""

    texts: tuple[tuple[str, ...], ...] | None
    repaired: bool = False
    quarantined: bool = False


def shown(body: bytes, charset: str | None = None) -> Shown:
    """Titles and texts of the entries of a document; white space counts as spaces."""
    headers = {"content-type": f"text/xml; charset={charset}"} if charset else {}
    document = parse(body, url="https://outlet.example/rss", headers=headers, zone=None, now=NOW)
    if isinstance(document, Unreadable):
        return Shown(None)
    reasons = {problem.reason for problem in document.problems}
    texts = tuple((_spaced(entry.title), _spaced(entry.summary), _spaced(entry.content)) for entry in document.entries)
    return Shown(texts, Reason.ENCODING_REPAIRED in reasons, Reason.ENCODING_SUSPECT in reasons)


def ways() -> Iterator[tuple[str, Broken]]:
    """Every way of breaking a document, by its name."""
    yield _IN_UTF_8, lambda text: (text.encode("utf-8", "replace"), None)
    for name, twice in TWICE.items():
        yield name, lambda text, twice=twice: (twice(text).encode("utf-8", "replace"), None)  # type: ignore[misc]  # mypy takes defaults of a lambda for arguments
    for name, (encoded, charset) in BYTES.items():
        yield name, lambda text, encoded=encoded, charset=charset: (encoded(text), charset)  # type: ignore[misc]  # mypy takes defaults of a lambda for arguments


def document_of(texts: Iterable[tuple[str, str]]) -> str:
    """An RSS document of (title, text)."""
    items = "".join(
        f"<item><title>{_escaped(title)}</title><description>{_escaped(text)}</description></item>"
        for title, text in texts
    )
    return f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>"


def _escaped(text: str) -> str:
    return escape(_NO_XML.sub("", text), quote=False)


def measured(texts: Iterable[tuple[str, str]], name: str, broken: Broken) -> Outcomes:
    """What becomes of documents of one text each."""
    found = Outcomes()
    for title, text in texts:
        whole = document_of([(held(name, title), held(name, text))])
        found.add(shown(whole.encode("utf-8", "replace")), shown(*broken(whole)), title)
    return found


def measured_within(texts: Iterable[tuple[str, str]], name: str, broken: Callable[[str], str]) -> Outcomes:
    """What becomes of one broken item in a document of five right ones."""
    good = _own_arabic()[:5]
    found = Outcomes()
    for title, text in texts:
        title, text = held(name, title), held(name, text)
        before = document_of([*good, (title, text)])
        after = document_of([*good, (broken(title), broken(text))])
        found.add(shown(before.encode("utf-8", "replace")), shown(after.encode("utf-8", "replace")), title)
    return found


def own_texts() -> list[tuple[str, str]]:
    """Own (title, text): of the newsroom, and in other languages; titles alone, and with a text."""
    texts = list(_own_arabic())
    with PARAGRAPHS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            texts += [(row["title"], ""), (row["title"], row["text"])]
    return texts


@cache
def _own_arabic() -> list[tuple[str, str]]:
    texts: list[tuple[str, str]] = []
    for outlet in newsroom().outlets:
        body = outlet.body(is_later=False)
        document = parse(body, url="https://outlet.example/rss", headers={}, zone=None, now=NOW) if body else None
        if isinstance(document, Document):
            texts += [(entry.title, _spaced(entry.summary)[:300]) for entry in document.entries[:4]]
    return list(dict.fromkeys(texts))


@cache
def press() -> tuple[str, list[tuple[str, str]]]:
    """The digest of the corpora, and their (title, text): a third titles alone, a third short, a third long."""
    digest = sha256()
    texts: list[tuple[str, str]] = []
    for corpus in CORPORA:
        packed = (DATA / f"{corpus}.jsonl.gz").read_bytes()
        digest.update(packed)
        articles = [json.loads(line) for line in gzip.decompress(packed).decode().split("\n") if line]
        for at, article in enumerate(articles[:: max(1, len(articles) // 600)]):
            title = article["title"] or article["text"][:80]
            texts.append((title, article["text"][: (0, 200, 3000)[at % 3]]))
    return digest.hexdigest()[:16], [text for text in texts if not text[0].isascii()]


def table() -> Group:
    """All tables; those of the press and of real documents where they are at hand."""
    return Group(*_tables())


def _tables() -> Iterator[Table]:
    own = own_texts()
    yield _table(f"{len(own)} own texts, a document each", ((n, measured(own, n, way)) for n, way in ways()))
    yield _table(
        f"{len(own)} own texts, each in a document of right ones",
        ((name, measured_within(own, name, way)) for name, way in TWICE.items()),
    )
    if DATA.is_dir():
        digest, texts = press()
        yield _table(
            f"{SAMPLE} texts of the press ({digest}), a document each",
            ((name, measured(Random(name).sample(texts, SAMPLE), name, way)) for name, way in ways()),  # noqa: S311 – repeatable, no secret
        )
    if FEEDS.is_dir():
        documents = [shown_document(path) for path in sorted(FEEDS.glob("*.xml"))]
        digest = sha256("".join(documents).encode()).hexdigest()[:16]
        yield _table(
            f"{len(documents)} real documents ({digest})", ((n, of_documents(documents, n, w)) for n, w in ways())
        )


def shown_document(path: Path) -> str:
    """A document of the entries of a real one."""
    texts = shown(path.read_bytes()).texts or ()
    return document_of((title, content or summary) for title, summary, content in texts)


def of_documents(documents: Iterable[str], name: str, broken: Broken) -> Outcomes:
    """What becomes of whole documents."""
    found = Outcomes()
    for whole in documents:
        document = held(name, whole)
        found.add(shown(document.encode()), shown(*broken(document)), document[:200])
    return found


def _table(title: str, rows: Iterable[tuple[str, Outcomes]]) -> Table:
    table = Table("arrived as", "right", "repaired right", "quarantined", "wrong", title=title)
    total: Counter[str] = Counter()
    for name, found in rows:
        counts = {
            "right": found.right,
            "repaired": found.repaired,
            "quarantined": found.quarantined,
            "wrong": found.wrong,
        }
        total.update(counts)
        table.add_row(name, *map(str, counts.values()))
    table.add_section()
    table.add_row("all", *(str(total[column]) for column in ("right", "repaired", "quarantined", "wrong")))
    return table


def _is_within(some: tuple[tuple[str, ...], ...], every: tuple[tuple[str, ...], ...]) -> bool:
    return not Counter(some) - Counter(every)


def _spaced(text: str | None) -> str:
    return " ".join((text or "").replace("\N{SOFT HYPHEN}", "").split())
