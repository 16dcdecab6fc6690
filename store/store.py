"""One Store: what the house remembers. With store/migrations.py the only code that writes SQL.

Belongs to one thread; each public writing method is one transaction, or a part of the one that ``together()`` makes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from news.errors import NotFound
from news.rhythm import from_bytes, to_bytes
from news.types import (
    Article,
    Decision,
    HostWait,
    Known,
    KnownItems,
    Problem,
    Reason,
    Rhythm,
    SourceState,
    Update,
)
from store.connection import Connection
from store.publications import Publications
from store.rebuild import Rebuild
from store.rows import (
    Row,
    appearance_from_row,
    appearance_rows,
    article_from_row,
    article_to_row,
    decision_from_row,
    decision_to_row,
    host_wait_from_row,
    host_wait_to_row,
    label_rows,
    moment,
    problem_rows,
    seconds,
    state_from_row,
    state_to_row,
)
from store.search import Archive
from store.stories import Stories

_NEWEST = 1000  # appearances of a source: twice as many as a document may have
_NO_DOCUMENT = ("unchanged", "not_modified", "postponed")  # outcomes of a visit that read none


class Store:
    """The store of one data directory. Raises StoreError when the file is not usable."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._connection = Connection(path, read_only=read_only)
        self.archive = Archive(self._connection, self._articles, self._with_copies)
        self.stories = Stories(self._connection, self._with_copies)
        self.publications = Publications(self._connection)
        self.rebuild = Rebuild(self._connection, self.archive, self.stories, self._articles)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    # --- one fetch ------------------------------------------------------------------------------------------------

    def known(self, source_id: str, articles: Iterable[Article]) -> Known:
        """What is known of the entries just read: the source's own by key and place, anybody's by content hash."""
        articles = tuple(articles)
        by_key = {
            row["key"]: row["article_id"]
            for row in self._connection.among(
                "SELECT key, article_id FROM appearances WHERE source_id = ? AND key IN ({})",
                [a.lead.key for a in articles],
                source_id,
            )
        }
        by_fingerprint = {
            row["fingerprint"]: row["article_id"]
            for row in self._connection.among(
                "SELECT fingerprint, article_id FROM fingerprints WHERE fingerprint IN ({})",
                [a.lead.fingerprint for a in articles if a.lead.fingerprint],
            )
        }
        unknown = [a.lead for a in articles if a.lead.key not in by_key]
        by_place = {
            row["place"]: row["article_id"]
            for row in self._connection.among(
                "SELECT coalesce(link, title) AS place, article_id FROM"
                " (SELECT * FROM appearances WHERE source_id = ? ORDER BY date DESC LIMIT ?)"
                " WHERE place IN ({}) ORDER BY date",
                [lead.link or lead.title for lead in unknown],
                source_id,
                _NEWEST,
            )
        }
        found = {a.id: a for a in self._articles({*by_key.values(), *by_fingerprint.values(), *by_place.values()})}
        return Known(
            by_key={key: found[article_id] for key, article_id in by_key.items()},
            by_fingerprint={name: found[article_id] for name, article_id in by_fingerprint.items()},
            by_place={place: found[article_id] for place, article_id in by_place.items()},
        )

    def apply(self, update: Update) -> None:
        """Write everything one fetch concluded, in one transaction."""
        source_id = update.state.source_id
        with self._connection.writing() as db:
            state = state_to_row(update.state, update.document_title)
            db.upsert("source_states", [state], key="source_id", kept="document_title")
            if update.outcome not in _NO_DOCUMENT:  # else what was wrong with the newest document is as true as before
                db.run("DELETE FROM problems WHERE source_id = ?", [(source_id,)])
                db.insert("problems", problem_rows(source_id, update.at, update.problems))
            if update.rhythm is not None:
                row = {"source_id": source_id, "rhythm": to_bytes(update.rhythm)}
                db.upsert("rhythms", [row], key="source_id")
            if update.host_wait is not None:
                db.run("DELETE FROM host_waits WHERE until <= ?", [(seconds(update.at),)])
                db.upsert("host_waits", [host_wait_to_row(update.host_wait)], key="host_group")
            self.stories.dissolve(update.dissolved)
            db.run("DELETE FROM articles WHERE id = ?", [(old,) for old, _ in update.dissolved])
            db.run(
                "UPDATE redirects SET leads_to = ? WHERE leads_to = ?", [(new, old) for old, new in update.dissolved]
            )
            redirects = [{"article_id": old, "leads_to": new} for old, new in update.dissolved]
            db.upsert("redirects", redirects, key="article_id")
            _enqueue(db, [old for old, _ in update.dissolved])
            if update.known_items is not None:
                row = {"source_id": source_id, "head": update.known_items.head, "items": update.known_items.items}
                db.upsert("known_items", [row], key="source_id")
            if update.articles:
                _write_articles(db, update.articles)
            db.run(
                "INSERT INTO stale_feeds VALUES (?, 1) ON CONFLICT (feed_id) DO UPDATE SET mark = mark + 1",
                [(name,) for name in sorted(update.touched)],
            )
            db.insert("decisions", [decision_to_row(decision) for decision in update.decisions])

    def known_items(self, source_id: str) -> KnownItems:
        """Digests of what a source's newest document was made of; empty ones, where there is nothing to compare."""
        rows = self._connection.all("SELECT head, items FROM known_items WHERE source_id = ?", (source_id,))
        return KnownItems(head=rows[0]["head"], items=rows[0]["items"]) if rows else KnownItems(head=b"", items=b"")

    # --- sources --------------------------------------------------------------------------------------------------

    def states(self) -> dict[str, SourceState]:
        """What we remember of every source, also of those no longer configured."""
        return {row["source_id"]: state_from_row(row) for row in self._connection.all("SELECT * FROM source_states")}

    def due_states(self, now: datetime) -> dict[str, SourceState]:
        """What we remember of the sources whose next check has come."""
        rows = self._connection.all(
            "SELECT * FROM source_states WHERE gone = 0 AND (next_check IS NULL OR next_check <= ?)", (seconds(now),)
        )
        return {row["source_id"]: state_from_row(row) for row in rows}

    def set_back(self, now: datetime) -> None:
        """What was stamped later than ``now`` was stamped by a clock that ran ahead: it is as long until the next check
        as it was then.
        """
        if not self._connection.all("SELECT 1 FROM source_states WHERE last_check > ? LIMIT 1", (seconds(now),)):
            return
        with self._connection.writing() as db:
            db.run(
                "UPDATE source_states SET next_check = next_check - last_check + ?1, last_check = ?1,"
                " last_success = min(last_success, ?1), last_new = min(last_new, ?1) WHERE last_check > ?1",
                [(seconds(now),)],
            )

    def rhythm(self, source_id: str) -> Rhythm:
        """How often a source publishes, as far as we have seen."""
        rows = self._connection.all("SELECT rhythm FROM rhythms WHERE source_id = ?", (source_id,))
        return from_bytes(rows[0]["rhythm"]) if rows else Rhythm()

    def newest_success(self) -> datetime | None:
        """When any source last answered well."""
        (row,) = self._connection.all("SELECT max(last_success) AS at FROM source_states")
        return None if row["at"] is None else moment(row["at"])

    def host_waits(self) -> dict[str, HostWait]:
        """The host groups that asked to be left alone, also those whose time is over."""
        return {row["host_group"]: host_wait_from_row(row) for row in self._connection.all("SELECT * FROM host_waits")}

    def document_titles(self) -> dict[str, str]:
        """What each source's document calls itself."""
        rows = self._connection.all(
            "SELECT source_id, document_title FROM source_states WHERE document_title IS NOT NULL"
        )
        return {row["source_id"]: row["document_title"] for row in rows}

    def problems(self, source_id: str) -> tuple[Problem, ...]:
        """What was wrong with the newest document of a source."""
        rows = self._connection.all("SELECT * FROM problems WHERE source_id = ? ORDER BY rowid", (source_id,))
        return tuple(Problem(reason=Reason(r["reason"]), message=r["message"], place=r["place"]) for r in rows)

    def article_counts(self) -> dict[str, int]:
        """Appearances per source."""
        rows = self._connection.all("SELECT source_id, count(*) AS n FROM appearances GROUP BY source_id")
        return {row["source_id"]: row["n"] for row in rows}

    # --- articles -------------------------------------------------------------------------------------------------

    def newest(
        self, limit: int, *, category: str | None = None, country: str | None = None, source_id: str | None = None
    ) -> tuple[Article, ...]:
        """The newest articles, of one category, one country or one source if so asked, newest first.

        A source's articles are ordered by the date of their appearance there; elsewhere one stands for its copies.
        """
        if source_id is not None:
            rows = self._connection.all(
                "SELECT article_id AS id, max(date) AS newest FROM appearances WHERE source_id = ?"
                " GROUP BY article_id ORDER BY newest DESC, id LIMIT ?",
                (source_id, limit),
            )
        elif category is not None or country is not None:
            rows = self._connection.all(
                "SELECT article_id AS id FROM labels LEFT JOIN story_members USING (article_id)"
                " WHERE kind = ? AND label = ? AND copy_of IS NULL ORDER BY date DESC, article_id LIMIT ?",
                (*(("category", category) if country is None else ("country", country)), limit),
            )
        else:
            rows = self._connection.all(
                "SELECT id FROM articles LEFT JOIN story_members ON article_id = id WHERE copy_of IS NULL"
                " ORDER BY date DESC, id LIMIT ?",
                (limit,),
            )
        ids = [row["id"] for row in rows]
        found = {article.id: article for article in self._with_copies(ids)}
        return tuple(found[article_id] for article_id in ids)

    def article(self, name: str) -> Article:
        """The article with this id (or a dissolved one's id), link or guid. Raises NotFound."""
        rows = self._connection.all(
            "SELECT id FROM articles WHERE id = :name"
            " UNION ALL SELECT leads_to FROM redirects WHERE article_id = :name"
            " UNION ALL SELECT article_id FROM appearances WHERE link = :name OR guid = :name LIMIT 1",
            {"name": name},
        )
        if not rows:
            raise NotFound(f"no article has the id, link or guid {name!r}")
        return self._with_copies([rows[0]["id"]])[0]

    def decisions(self, article_id: str) -> tuple[Decision, ...]:
        """Everything that was decided about an article, oldest first."""
        rows = self._connection.all("SELECT * FROM decisions WHERE article_id = ? ORDER BY id", (article_id,))
        return tuple(decision_from_row(row) for row in rows)

    def counts(self) -> dict[str, int]:
        """Rows of the main tables: articles and appearances."""
        sql = "SELECT (SELECT count(*) FROM articles) AS articles, (SELECT count(*) FROM appearances) AS appearances"
        return dict(self._connection.all(sql)[0])

    # --- inside ---------------------------------------------------------------------------------------------------

    def writing(self) -> AbstractContextManager[Connection]:
        """One transaction over methods that write no transaction of their own."""
        return self._connection.writing()

    def together(self) -> AbstractContextManager[None]:
        """One commit for all that is written inside; each writing method stays whole or undone on its own."""
        return self._connection.together()

    def _articles(self, ids: Collection[str]) -> list[Article]:
        among = self._connection.among
        rows = among("SELECT * FROM articles WHERE id IN ({}) ORDER BY id", ids)
        appearances = _grouped(among("SELECT * FROM appearances WHERE article_id IN ({}) ORDER BY position", ids))
        labels = _grouped(among("SELECT * FROM labels WHERE article_id IN ({})", ids))
        return [article_from_row(row, appearances[row["id"]], labels[row["id"]]) for row in rows]

    def _with_copies(self, ids: Collection[str]) -> list[Article]:
        """Articles with the appearances of their copies, which decisions have no use for."""
        rows = self._connection.among(
            "SELECT copy_of AS original, appearances.* FROM story_members JOIN appearances USING (article_id)"
            " WHERE copy_of IN ({}) ORDER BY appearances.date, source_id, key",
            ids,
        )
        copies: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            copies[row["original"]].append(row)
        return [
            replace(article, copies=tuple(map(appearance_from_row, copies[article.id])))
            if article.id in copies
            else article
            for article in self._articles(ids)
        ]


def _write_articles(db: Connection, articles: tuple[Article, ...]) -> None:
    """Articles are whole: what the store had under their ids is replaced, except the texts they once had."""
    db.upsert("articles", [article_to_row(article) for article in articles], key="id")
    # All old appearances go before any new one comes: an appearance may have moved between two of the articles.
    ids = [(article.id,) for article in articles]
    db.run("DELETE FROM appearances WHERE article_id = ?", ids)
    db.run("DELETE FROM labels WHERE article_id = ?", ids)
    db.insert("appearances", [row for article in articles for row in appearance_rows(article)])
    db.insert("labels", [row for article in articles for row in label_rows(article)])
    texts = {a.fingerprint: article.id for article in articles for a in article.appearances if a.fingerprint}
    rows = [{"fingerprint": fingerprint, "article_id": article_id} for fingerprint, article_id in texts.items()]
    db.upsert("fingerprints", rows, key="fingerprint")
    _enqueue(db, [article.id for article in articles])


def _enqueue(db: Connection, ids: Collection[str]) -> None:
    """What the index and the stories say of these articles is not true any more."""
    db.run("INSERT OR IGNORE INTO search_queue VALUES (?)", [(name,) for name in ids])
    db.run("INSERT OR IGNORE INTO story_queue (article_id) VALUES (?)", [(name,) for name in ids])


def _grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["article_id"]].append(row)
    return groups
