"""What searching finds: Khulasa beside SQLite's FTS5 and PostgreSQL's Arabic configuration, on judged queries.

The articles are the bundled newsroom's, the judgements tests/data/search. Fields and dates, which say nothing about an
understanding of Arabic, are given to every engine alike.
"""

import csv
import io
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from rich.console import Console, Group
from rich.table import Table

from benchmarks import search_scale
from benchmarks.search_peers import Document, Engine, Fts5, MissingPeer, PostgreSQL
from khulasa.demo.outlets import newsroom
from khulasa.demo.tour import tour
from khulasa.logs import configure_logs
from news.conclude import conclude
from news.query import read_query
from news.searchable import indexed, searchable_text
from news.types import Article, Entry, Source, SourceState, Update
from scheduler.writer import DATABASE
from store.store import Store

DATA = Path(__file__).resolve().parent.parent / "tests" / "data" / "search"
ANYTHING = "*"
NOTHING = "-"
MOST = 100

_NOW = datetime(2026, 11, 20, 14, tzinfo=UTC)
_KEYS = files("khulasa.demo") / "newsroom" / "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One query and what is known of its answer. ``wrong`` None: everything that is not right."""

    query: str
    right: frozenset[str]
    wrong: frozenset[str] | None
    kind: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """How an engine did on one query; None where there is nothing to be measured."""

    judged: Judged
    missed: frozenset[str]
    surplus: frozenset[str]
    recall: float | None
    precision: float | None


class Khulasa:
    """The archive itself."""

    name = "Khulasa"

    def __init__(self, store: Store, keys: Callable[[Article], frozenset[str]]) -> None:
        self._store = store
        self._keys = keys
        self._titles = dict.fromkeys(store.states(), "") | {o.id: o.title for o in newsroom().outlets}

    def close(self) -> None:
        self._store.close()

    def ask(self, query: str) -> frozenset[str]:
        """Copies stand under their original, and are found with it."""
        found = self._store.archive.search(read_query(query, self._titles), limit=MOST, now=_NOW)
        return frozenset(key for hit in found.hits for key in self._keys(hit.article))


def judged() -> tuple[Judged, ...]:
    """The rows of tests/data/search/queries.tsv."""
    return tuple(
        Judged(
            query=row["query"],
            right=frozenset(() if row["must find"] == NOTHING else row["must find"].split()),
            wrong=_wrong(row["must not find"]),
            kind=row["kind"],
            why=row["why"],
        )
        for row in _rows("queries")
    )


def _wrong(cell: str) -> frozenset[str] | None:
    if cell == ANYTHING:
        return None
    return frozenset(() if cell == NOTHING else cell.split())


def _rows(name: str) -> Iterable[dict[str, str]]:
    lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return csv.DictReader([x for x in lines if not x.startswith("#")], delimiter="\t", quoting=csv.QUOTE_NONE)


def measured(ask: Callable[[str], frozenset[str]], queries: Iterable[Judged]) -> tuple[Answered, ...]:
    """What is found beyond right and wrong is not counted: nobody has judged it."""
    return tuple(_answered(query, ask(query.query)) for query in queries)


def _answered(query: Judged, found: frozenset[str]) -> Answered:
    hits = found & query.right
    surplus = found - query.right if query.wrong is None else found & query.wrong
    counted = len(hits) + len(surplus)
    return Answered(
        judged=query,
        missed=query.right - found,
        surplus=surplus,
        recall=len(hits) / len(query.right) if query.right else None,
        precision=len(hits) / counted if counted else None if query.right else 1.0,
    )


def of_newsroom(folder: Path) -> tuple[Khulasa, tuple[Document, ...]]:
    """The newsroom polled and indexed in ``folder``, and its documents for others."""
    tour(folder, public_port=8080, console=Console(file=io.StringIO()))
    store = Store(folder / DATABASE, read_only=True)
    names = _key_names()

    def keys(article: Article) -> frozenset[str]:
        return frozenset(
            names[a.source_id, name]
            for a in (*article.appearances, *article.copies)
            for name in (a.guid, a.link)
            if name and (a.source_id, name) in names
        )

    articles = store.newest(10_000)
    return Khulasa(store, keys), tuple(_document(article, keys(article)) for article in articles)


def _key_names() -> dict[tuple[str, str], str]:
    names: dict[tuple[str, str], str] = {}
    for outlet in newsroom().outlets:
        with suppress(FileNotFoundError):
            lines = _KEYS.joinpath(f"{outlet.id}.tsv").read_text(encoding="utf-8").splitlines()
            for row in csv.DictReader([x for x in lines if x[:1] != "#"], delimiter="\t", quoting=csv.QUOTE_NONE):
                names[outlet.id, row["entry"]] = row["article"]
    return names


def _document(article: Article, keys: frozenset[str]) -> Document:
    return Document(
        keys=keys,
        title="\n".join(dict.fromkeys(a.title for a in (*article.appearances, *article.copies))),
        text=f"{searchable_text(article)}\n{article.byline or ''}",
        marks=frozenset(indexed(article).marks.split()),
        date=article.date,
    )


def spelled() -> tuple[tuple[str, str], ...]:
    """(sentence, query) of tests/data/search/variants.tsv."""
    return tuple((row["text"], row["query"]) for row in _rows("variants"))


def spellings_found(make: Callable[[tuple[Document, ...]], Engine] | None = None) -> tuple[bool, ...]:
    """Whether each query finds its sentence: by Khulasa, or by the engine that is made."""
    documents = tuple(
        Document(keys=frozenset((str(n),)), title="", text=text, marks=frozenset(), date=_NOW)
        for n, (text, _) in enumerate(spelled())
    )
    if make is not None:
        with make(documents) as engine:
            return tuple(str(n) in engine.ask(query) for n, (_, query) in enumerate(spelled()))
    with TemporaryDirectory(prefix="search-") as folder, Store(Path(folder) / DATABASE) as store:
        state = SourceState(source_id="s", url="https://s.example/")
        store.apply(Update(at=_NOW, state=state, outcome="ok", articles=tuple(map(_sentence, documents))))
        while store.archive.index_waiting():
            pass
        khulasa = Khulasa(store, lambda article: frozenset((article.id,)))
        return tuple(str(n) in khulasa.ask(query) for n, (_, query) in enumerate(spelled()))


def _sentence(document: Document) -> Article:
    (key,) = document.keys
    entry = Entry(guid=key, content=f"<p>{document.text}</p>", published=_NOW)
    article = conclude(entry, source=Source(id="s", title="", url=""), key=key, now=_NOW)
    return replace(article, id=key)


def table(*, articles: int | None = None) -> Table | Group:
    """What is found, beside others; or what searching costs among so many generated ``articles``."""
    configure_logs()
    return Group(*tables()) if articles is None else search_scale.table(articles)


def tables() -> Iterable[Table]:
    """Recall and precision by kind, the mistakes of Khulasa, the eleven spellings."""
    makers: dict[str, Callable[[tuple[Document, ...]], Engine]] = {
        "FTS5 unicode61": lambda documents: Fts5(documents, "unicode61"),
        "FTS5 trigram": lambda documents: Fts5(documents, "trigram"),
        "PostgreSQL arabic": PostgreSQL,
    }
    queries = judged()
    with TemporaryDirectory(prefix="search-") as folder:
        khulasa, documents = of_newsroom(Path(folder) / "data")
        results = {khulasa.name: measured(khulasa.ask, queries)}
        khulasa.close()
        absent = []
        for name, make in list(makers.items()):
            try:
                with make(documents) as engine:
                    results[name] = measured(engine.ask, queries)
            except MissingPeer as fault:
                absent.append(f"{name}: {fault}")
                del makers[name]
    yield _by_kind(results, len(documents), absent)
    yield _mistakes(results[khulasa.name])
    yield _spellings({"Khulasa": spellings_found(), **{name: spellings_found(make) for name, make in makers.items()}})


def shares(answered: Iterable[Answered]) -> tuple[float | None, float | None]:
    """Recall and precision: means over the queries that have them."""
    answered = tuple(answered)
    recalls = [a.recall for a in answered if a.recall is not None]
    precisions = [a.precision for a in answered if a.precision is not None]
    return (mean(recalls) if recalls else None), (mean(precisions) if precisions else None)


def _by_kind(results: dict[str, tuple[Answered, ...]], articles: int, absent: list[str]) -> Table:
    queries = next(iter(results.values()))
    title = f"{len(queries)} judged queries over {articles} articles: recall / precision"
    shown = Table(title=title, caption="\n".join(absent) or None)
    shown.add_column("kind")
    shown.add_column("queries", justify="right")
    for name in results:
        shown.add_column(name, justify="right")
    for kind in [*dict.fromkeys(a.judged.kind for a in queries), ""]:
        chosen = {name: [a for a in found if kind in {a.judged.kind, ""}] for name, found in results.items()}
        number = len(next(iter(chosen.values())))
        shown.add_row(kind or "all", str(number), *(" / ".join(map(_share, shares(c))) for c in chosen.values()))
    return shown


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.3f}"


def _mistakes(answered: tuple[Answered, ...]) -> Table:
    shown = Table("query", "missed", "not wanted", title="what Khulasa gets wrong")
    for a in answered:
        if a.missed or a.surplus:
            shown.add_row(a.judged.query, " ".join(sorted(a.missed)), " ".join(sorted(a.surplus)))
    return shown


def _spellings(found: dict[str, tuple[bool, ...]]) -> Table:
    shown = Table("stored", "query", *found, title="eleven spellings")
    for n, (text, query) in enumerate(spelled()):
        shown.add_row(text, query, *("found" if by[n] else "–" for by in found.values()))
    shown.add_row("", "", *(f"{sum(by)} of {len(by)}" for by in found.values()))
    return shown
