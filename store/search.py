"""The archive: an index of terms beside the articles, and what of it answers a query best.

A row's place grows with the article's date, so the newest matches are one walk down the index. An article whose place
is not true any more waits in a queue; old terms serve until it is dealt with. Knows terms, and no language.
"""

import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from math import log

from news.expressions import All, Either, Not, wanted
from news.query import EVERYTHING, Mark, Query, Sought, Terms
from news.searchable import Indexed, indexed
from news.types import Article
from store.connection import Connection
from store.rows import seconds

MOST_SHOWN = 100
CANDIDATES = (
    200  # the newest matches, and as many of the newest that match in the title: among these the best are found
)
COUNTED = 500  # matches that are counted; beyond there are «more»

BATCH = 8  # articles indexed in one go, or fewer if they are long: nobody waits much for the writer meanwhile
USUAL_SIZE = 4000  # characters of one

# BM25, the title as if it stood five times in the text: https://en.wikipedia.org/wiki/Okapi_BM25
K1, B = 1.2, 0.75
TITLE_WEIGHT = 5.0
USUAL_WORDS = 150.0  # of a text
COUNTED_DOCUMENTS = 250  # of one term; of a more frequent one the number is told by how soon these were reached
EVERYWHERE = 1.5  # the weight of a word in a quarter of all documents: in which titles it stands says little
HALF_LIFE = 7.0  # days in which what freshness adds is halved
FRESH = 1.0  # what it adds for an article of this moment, as a share of its relevance

_SLOTS = 256  # articles of one second have places of their own
_BEGINNING, _END = -(2**62), 2**62  # places


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    article: Article
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What answers a query, the best first."""

    hits: tuple[Hit, ...]
    matches: int  # in the whole archive; COUNTED if there are more
    is_more: bool


class Archive:
    """Searching the store and keeping its index.

    ``articles`` reads articles by id, in any order; ``shown`` reads them as readers see them, with their copies.
    """

    def __init__(
        self,
        connection: Connection,
        articles: Callable[[Collection[str]], list[Article]],
        shown: Callable[[Collection[str]], list[Article]],
    ) -> None:
        self._db = connection
        self._articles = articles
        self._shown = shown

    # --- asking ---------------------------------------------------------------------------------------------------

    def search(self, query: Query, *, limit: int, now: datetime) -> Found:
        """The articles that answer ``query``, the best first: relevance, and for what is new a part more.

        The best are looked for among the newest that match, and the newest that match in their titles.
        """
        since = _BEGINNING if query.since is None else seconds(query.since) * _SLOTS
        until = _END if query.until is None else seconds(query.until) * _SLOTS - 1
        newest = self._places(_expression(query.sought), since, until, COUNTED)
        places = dict.fromkeys(newest[:CANDIDATES])
        leaves = tuple(dict.fromkeys(leaf for leaf in wanted(query.sought) if isinstance(leaf, Terms)))
        weights = self._rarities(leaves)
        if len(newest) > CANDIDATES and leaves:
            telling = frozenset(leaf for leaf, weight in weights.items() if weight > EVERYWHERE) or frozenset(leaves)
            titled = _expression(query.sought, in_title=telling)
            places |= dict.fromkeys(self._places(titled, since, until, CANDIDATES))
        scores = self._scores(places, weights, seconds(now)) if leaves else dict.fromkeys(places, 0.0)
        ids = self._names(places)
        best = sorted(ids, key=lambda p: (-scores[p], -(p // _SLOTS), ids[p]))
        chosen = dict(self._originals(best, ids)[: min(limit, MOST_SHOWN)])
        read = {article.id: article for article in self._shown(list(chosen))}
        hits = tuple(Hit(article=read[name], score=scores[place]) for name, place in chosen.items() if name in read)
        return Found(hits=hits, matches=len(newest), is_more=len(newest) == COUNTED)

    def _names(self, places: Iterable[int]) -> dict[int, str]:
        rows = self._db.among("SELECT place, article_id FROM search_documents WHERE place IN ({})", places)
        return {row["place"]: row["article_id"] for row in rows}

    def _originals(self, best: list[int], ids: Mapping[int, str]) -> list[tuple[str, int]]:
        """Articles in their order, each with the place that answers best; copies stand under theirs, if it answers."""
        sql = "SELECT article_id, copy_of FROM story_members WHERE copy_of IS NOT NULL AND article_id IN ({})"
        there = set(ids.values())
        of = {row["article_id"]: row["copy_of"] for row in self._db.among(sql, there) if row["copy_of"] in there}
        chosen: dict[str, int] = {}
        for place in best:
            chosen.setdefault(of.get(ids[place], ids[place]), place)
        return list(chosen.items())

    def _places(self, expression: str, since: int, until: int, limit: int) -> list[int]:
        rows = self._db.all(
            "SELECT rowid FROM search_terms WHERE search_terms MATCH ? AND rowid BETWEEN ? AND ?"
            " ORDER BY rowid DESC LIMIT ?",
            (expression, since, until, limit),
        )
        return [row[0] for row in rows]

    def _scores(self, places: Collection[int], weights: Mapping[Terms, float], now: int) -> dict[int, float]:
        scores: dict[int, float] = {}
        for row in self._db.among("SELECT place, terms FROM search_documents WHERE place IN ({})", places):
            document = _unpacked(row["terms"])
            age = max(0, now - row["place"] // _SLOTS) / 86400
            freshness = 1 + FRESH * 0.5 ** (age / HALF_LIFE)
            scores[row["place"]] = round(freshness * _relevance(document, weights), 6)
        return scores

    def _rarities(self, leaves: tuple[Terms, ...]) -> dict[Terms, float]:
        """What each is worth beside the others; one alone needs no comparing, which can take as long as the query."""
        if len(leaves) == 1:
            return {leaves[0]: 1.0}
        extent = self._extent()
        return {leaf: self._rarity(leaf, extent) for leaf in leaves}

    def _extent(self) -> tuple[int, int, int]:
        """The first and the last place, and how many articles there are, or a few more."""
        # Each by itself is one step down an index; asked for in one breath, all rows would be read.
        sql = (
            "SELECT (SELECT min(place) FROM search_documents), (SELECT max(place) FROM search_documents),"
            " (SELECT max(rowid) FROM articles)"
        )
        first, last, total = self._db.all(sql)[0]
        return first or 0, last or 0, total or 0

    def _rarity(self, leaf: Terms, extent: tuple[int, int, int]) -> float:
        """The weight of a term, by the number of documents that have it."""
        first, last, total = extent
        places = self._places(_expression(leaf), _BEGINNING, _END, COUNTED_DOCUMENTS)
        number = float(len(places))
        if len(places) == COUNTED_DOCUMENTS:  # as many again, as often as this stretch of time goes into all of it
            number *= max(1.0, (last - first) / max(1, last - places[-1]))
        number = min(number, total)
        return log(1 + (total - number + 0.5) / (number + 0.5))

    # --- indexing -------------------------------------------------------------------------------------------------

    def waiting(self) -> int:
        """How many articles wait to be indexed."""
        number: int = self._db.all("SELECT count(*) AS n FROM search_queue")[0]["n"]
        return number

    def index_waiting(self, most: int = BATCH) -> int:
        """Index articles that wait, a few in one transaction. How many; none: there are none."""
        ids = {row["article_id"] for row in self._db.all("SELECT article_id FROM search_queue LIMIT ?", (most,))}
        if not ids:
            return 0
        articles = self._articles(sorted(ids))
        gone = ids - {article.id for article in articles}
        batch = short_batch(articles, most)
        with self._db.writing():
            self.index(batch, gone=gone)
        return len(batch) + len(gone)

    def index(self, articles: Collection[Article], *, gone: Collection[str] = ()) -> None:
        """Put articles into the index, or anew into it; take out those that are ``gone``. Inside a transaction."""
        before = {
            row["article_id"]: row
            for row in self._db.among(
                "SELECT article_id, place, terms FROM search_documents WHERE article_id IN ({})",
                [*(article.id for article in articles), *gone],
            )
        }
        forgotten = [before[name] for name in gone if name in before]
        made: dict[str, tuple[int, Indexed]] = {}
        for article in articles:
            old, second, terms = before.get(article.id), seconds(article.date), indexed(article)
            if old is not None:
                if old["place"] // _SLOTS == second and _unpacked(old["terms"]) == terms:
                    continue
                forgotten.append(old)
            made[article.id] = (second, terms)
        # FTS5 gathers what is written in ascending order of its rows, and writes it out at every step back.
        forgotten.sort(key=lambda row: int(row["place"]))
        self._db.run(
            "INSERT INTO search_terms (search_terms, rowid, marks, title, text) VALUES ('delete', ?, ?, ?, ?)",
            [(row["place"], t.marks, t.title, t.text) for row in forgotten for t in (_unpacked(row["terms"]),)],
        )
        self._db.run("DELETE FROM search_documents WHERE place = ?", [(row["place"],) for row in forgotten])
        for name, (second, terms) in sorted(made.items(), key=lambda item: (item[1][0], item[0])):
            place = self._free_place(second)
            self._db.run("INSERT INTO search_documents VALUES (?, ?, ?)", [(place, name, _packed(terms))])
            self._db.run(
                "INSERT INTO search_terms (rowid, marks, title, text) VALUES (?, ?, ?, ?)",
                [(place, terms.marks, terms.title, terms.text)],
            )
        dealt_with = [*(article.id for article in articles), *gone]
        self._db.run("DELETE FROM search_queue WHERE article_id = ?", [(name,) for name in dealt_with])

    def _free_place(self, second: int) -> int:
        """Behind the last one of this second; of the next, should this one be full."""
        while True:
            first = second * _SLOTS
            (row,) = self._db.all(
                "SELECT max(place) AS last FROM search_documents WHERE place BETWEEN ? AND ?",
                (first, first + _SLOTS - 1),
            )
            if row["last"] is None:
                return first
            if row["last"] < first + _SLOTS - 1:
                return int(row["last"]) + 1
            second += 1


def short_batch(articles: Iterable[Article], most: int) -> list[Article]:
    """The first articles, as many as are not longer together than ``most`` usually are; one at least."""
    chosen: list[Article] = []
    size = 0
    for article in articles:
        size += len(article.entry.content or "") + len(article.entry.summary or "")
        if chosen and size > most * USUAL_SIZE:
            break
        chosen.append(article)
    return chosen


# --- what the index is asked ------------------------------------------------------------------------------------------


def _expression(sought: Sought, *, in_title: Set[Terms] = frozenset()) -> str:
    """As FTS5 reads it: https://www.sqlite.org/fts5.html, section 3. What is ``in_title`` is looked for there only."""
    match sought:
        case Terms(forms=forms):
            form = _either([_quoted(" ".join(form)) for form in forms])
            return f"title : {form}" if sought.in_title or sought in in_title else form
        case Mark(text):
            return f"marks : {_quoted(text)}"
        case Either(parts):
            return _either([_expression(part, in_title=in_title) for part in parts])
        case Not():
            return _all((sought,), in_title=in_title)
        case All(parts):
            return _all(parts, in_title=in_title)


def _all(parts: Iterable[Sought], *, in_title: Set[Terms]) -> str:
    """FTS5 knows only what is this and not that: where nothing is wanted, everything is."""
    hold = [_expression(part, in_title=in_title) for part in parts if not isinstance(part, Not)]
    fail = [_expression(part.part) for part in parts if isinstance(part, Not)]
    held = f"({' AND '.join(hold or [_expression(EVERYTHING)])})"
    return f"({held} NOT {_either(fail)})" if fail else held


def _either(parts: Collection[str]) -> str:
    return f"({' OR '.join(parts)})"


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""'))


# --- how well a document answers -------------------------------------------------------------------------------------


def _relevance(document: Indexed, weights: Mapping[Terms, float]) -> float:
    title, text = f" {document.title} ", f" {document.text} "
    length = 1 - B + B * text.count(" ") / USUAL_WORDS
    relevance = 0.0
    for leaf, weight in weights.items():
        often = 0.0
        for form in leaf.forms:
            words = f" {' '.join(form)} "
            often += TITLE_WEIGHT * (words in title)
            if not leaf.in_title:
                often += text.count(words) / length
        relevance += weight * often * (K1 + 1) / (often + K1)
    return relevance


def _packed(terms: Indexed) -> bytes:
    return zlib.compress("\n".join((terms.marks, terms.title, terms.text)).encode("utf-8"), 6)


def _unpacked(blob: bytes) -> Indexed:
    marks, title, text = zlib.decompress(blob).decode("utf-8").split("\n")
    return Indexed(marks=marks, title=title, text=text)
