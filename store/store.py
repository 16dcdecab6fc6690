"""One Store: what the house remembers. The only code that writes SQL.

Belongs to one thread. Writes begin IMMEDIATE (a deferred transaction that reads and then writes fails at once when
another connection has written in between), and each public writing method is one transaction.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlite_utils import Database

from news.errors import NotFound, StoreError, StoreTooNew
from news.types import Article, Decision, Known, Problem, Publication, Reason, SourceState, Update
from store.migrations import migrations
from store.rows import (
    Row,
    appearance_to_row,
    article_from_row,
    article_to_row,
    label_rows,
    moment,
    seconds,
    state_from_row,
    state_to_row,
)

BUSY_TIMEOUT = 60.0  # seconds a write waits for somebody else's (a backup, a curious shell)
_BATCH = 500  # host parameters in one statement, far below SQLite's limit


class Store:
    """The store of one data directory. Raises StoreError when the file is not usable."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        try:
            if read_only:
                connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT)
        except sqlite3.OperationalError as fault:
            raise StoreError(f"{path}: cannot be opened: {fault}") from fault
        connection.row_factory = sqlite3.Row
        try:
            self._db = Database(connection, execute_plugins=False)
            connection.execute("PRAGMA foreign_keys = ON")
            self._refuse_later_versions()
            if not read_only:
                connection.execute("PRAGMA journal_mode = WAL")
                migrations.apply(self._db)
        except sqlite3.DatabaseError as fault:
            connection.close()
            raise StoreError(f"{path}: not a usable store: {fault}") from fault
        except BaseException:
            connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    # --- one fetch ------------------------------------------------------------------------------------------------

    def known(self, source_id: str, articles: Iterable[Article]) -> Known:
        """What is known of the entries just read: the source's own by key, anybody's by content hash."""
        articles = tuple(articles)
        by_key = {
            row["key"]: row["article_id"]
            for row in self._in(
                "SELECT key, article_id FROM appearances WHERE source_id = ? AND key IN ({})",
                [a.lead.key for a in articles],
                source_id,
            )
        }
        by_fingerprint = {
            row["fingerprint"]: row["article_id"]
            for row in self._in(
                "SELECT fingerprint, article_id FROM fingerprints WHERE fingerprint IN ({})",
                [a.lead.fingerprint for a in articles if a.lead.fingerprint],
            )
        }
        found = {a.id: a for a in self._articles({*by_key.values(), *by_fingerprint.values()})}
        return Known(
            by_key={key: found[article_id] for key, article_id in by_key.items()},
            by_fingerprint={name: found[article_id] for name, article_id in by_fingerprint.items()},
        )

    def apply(self, update: Update) -> None:
        """Write everything one fetch concluded, in one transaction."""
        with self._writing() as db:
            title = update.document_title
            row = state_to_row(update.state, title)
            if title is None:
                del row["document_title"]
            db.table("source_states").upsert(row, pk="source_id")
            db.execute("DELETE FROM problems WHERE source_id = ?", [update.state.source_id])
            db.table("problems").insert_all(
                {
                    "source_id": update.state.source_id,
                    "at": seconds(update.at),
                    "reason": p.reason,
                    "message": p.message,
                    "place": p.place,
                }
                for p in update.problems
            )
            for old, new in update.dissolved:
                db.execute("DELETE FROM articles WHERE id = ?", [old])
                db.execute("UPDATE redirects SET leads_to = ? WHERE leads_to = ?", [new, old])
                db.table("redirects").upsert({"article_id": old, "leads_to": new}, pk="article_id")
            self._write_articles(db, update.articles)
            db.conn.executemany(
                "INSERT INTO stale_feeds VALUES (?, 1) ON CONFLICT (feed_id) DO UPDATE SET mark = mark + 1",
                [(name,) for name in sorted(update.touched)],
            )
            db.table("decisions").insert_all(
                {
                    "article_id": d.article_id,
                    "at": seconds(d.at),
                    "what": d.what,
                    "why": d.why,
                    "score": d.score,
                    "source_id": d.source_id,
                }
                for d in update.decisions
            )

    def _write_articles(self, db: Database, articles: tuple[Article, ...]) -> None:
        """Articles are whole: what the store had under their ids is replaced, except the texts they once had."""
        db.table("articles").upsert_all([article_to_row(a) for a in articles], pk="id")
        # All old appearances go before any new one comes: an appearance may have moved between two of the articles.
        for article in articles:
            db.execute("DELETE FROM appearances WHERE article_id = ?", [article.id])
            db.execute("DELETE FROM labels WHERE article_id = ?", [article.id])
        for article in articles:
            db.table("appearances").insert_all(
                appearance_to_row(article.id, position, appearance)
                for position, appearance in enumerate(article.appearances)
            )
            db.table("labels").insert_all(label_rows(article))
            db.table("fingerprints").upsert_all(
                [
                    {"fingerprint": a.fingerprint, "article_id": article.id}
                    for a in article.appearances
                    if a.fingerprint is not None
                ],
                pk="fingerprint",
            )

    # --- sources --------------------------------------------------------------------------------------------------

    def states(self) -> dict[str, SourceState]:
        """What we remember of every source, also of those no longer configured."""
        return {row["source_id"]: state_from_row(row) for row in self._all("SELECT * FROM source_states")}

    def document_titles(self) -> dict[str, str]:
        """What each source's document calls itself."""
        rows = self._all("SELECT source_id, document_title FROM source_states WHERE document_title IS NOT NULL")
        return {row["source_id"]: row["document_title"] for row in rows}

    def problems(self, source_id: str) -> tuple[Problem, ...]:
        """What was wrong with the newest document of a source."""
        rows = self._all("SELECT * FROM problems WHERE source_id = ? ORDER BY rowid", source_id)
        return tuple(Problem(reason=Reason(r["reason"]), message=r["message"], place=r["place"]) for r in rows)

    def article_counts(self) -> dict[str, int]:
        """Appearances per source."""
        rows = self._all("SELECT source_id, count(*) AS n FROM appearances GROUP BY source_id")
        return {row["source_id"]: row["n"] for row in rows}

    # --- articles -------------------------------------------------------------------------------------------------

    def newest(self, limit: int, *, category: str | None = None, source_id: str | None = None) -> tuple[Article, ...]:
        """The newest articles, of one category or one source if so asked, newest first.

        A source's articles are ordered by the date of their appearance there.
        """
        if source_id is not None:
            rows = self._all(
                "SELECT article_id AS id, max(date) AS newest FROM appearances WHERE source_id = ?"
                " GROUP BY article_id ORDER BY newest DESC, id LIMIT ?",
                source_id,
                limit,
            )
        elif category is not None:
            rows = self._all(
                "SELECT article_id AS id FROM labels WHERE kind = 'category' AND label = ?"
                " ORDER BY date DESC, article_id LIMIT ?",
                category,
                limit,
            )
        else:
            rows = self._all("SELECT id FROM articles ORDER BY date DESC, id LIMIT ?", limit)
        ids = [row["id"] for row in rows]
        found = {article.id: article for article in self._articles(ids)}
        return tuple(found[article_id] for article_id in ids)

    def article(self, name: str) -> Article:
        """The article with this id (or a dissolved one's id), link or guid. Raises NotFound."""
        row = self._one(
            "SELECT id FROM articles WHERE id = :name"
            " UNION ALL SELECT leads_to FROM redirects WHERE article_id = :name"
            " UNION ALL SELECT article_id FROM appearances WHERE link = :name OR guid = :name LIMIT 1",
            {"name": name},
        )
        if row is None:
            raise NotFound(f"no article has the id, link or guid {name!r}")
        return self._articles([row["id"]])[0]

    def decisions(self, article_id: str) -> tuple[Decision, ...]:
        """Everything that was decided about an article, oldest first."""
        return tuple(
            Decision(
                article_id=r["article_id"],
                at=moment(r["at"]),
                what=r["what"],
                why=r["why"],
                score=r["score"],
                source_id=r["source_id"],
            )
            for r in self._all("SELECT * FROM decisions WHERE article_id = ? ORDER BY id", article_id)
        )

    def counts(self) -> dict[str, int]:
        """Rows of the main tables: articles and appearances."""
        return {
            "articles": self._db.table("articles").count,
            "appearances": self._db.table("appearances").count,
        }

    # --- publications ---------------------------------------------------------------------------------------------

    def publications(self) -> dict[str, Publication]:
        return {
            row["feed_id"]: Publication(
                feed_id=row["feed_id"],
                title=row["title"],
                digest=row["digest"],
                items=row["items"],
                size=row["size"],
                since=moment(row["since"]),
                updated=moment(row["updated"]),
                published=moment(row["published"]),
            )
            for row in self._all("SELECT * FROM publications ORDER BY feed_id")
        }

    def stale_feeds(self) -> dict[str, int]:
        """Feeds whose articles have changed since they were published, with the mark of their last change."""
        return {row["feed_id"]: row["mark"] for row in self._all("SELECT feed_id, mark FROM stale_feeds")}

    def record_publications(
        self, changed: Iterable[Publication], *, fresh: Mapping[str, int], withdrawn: Collection[str]
    ) -> None:
        """Remember what now stands in public/.

        ``fresh`` feeds are stale no longer, unless their mark has grown since; ``withdrawn`` ones are gone.
        """
        with self._writing() as db:
            db.conn.executemany("DELETE FROM stale_feeds WHERE feed_id = ? AND mark = ?", fresh.items())
            db.conn.executemany("DELETE FROM publications WHERE feed_id = ?", [(name,) for name in withdrawn])
            db.table("publications").upsert_all(
                [
                    {
                        "feed_id": p.feed_id,
                        "title": p.title,
                        "digest": p.digest,
                        "items": p.items,
                        "size": p.size,
                        "since": seconds(p.since),
                        "updated": seconds(p.updated),
                        "published": seconds(p.published),
                    }
                    for p in changed
                ],
                pk="feed_id",
            )

    # --- inside ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        with self._faults_named():
            self._db.conn.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.commit()
            except BaseException:
                self._db.rollback()
                raise

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        """A full disk, a damaged file, a lock nobody gives up are the operator's to mend; a broken rule is ours."""
        try:
            yield
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise
        except sqlite3.DatabaseError as fault:
            raise StoreError(f"{self.path}: {fault}") from fault

    def _refuse_later_versions(self) -> None:
        unknown = sorted({m.name for m in migrations.applied(self._db)} - _OUR_STEPS)
        if unknown:
            raise StoreTooNew(f"{self.path}: written by a later Khulasa (it knows {', '.join(unknown)}); upgrade first")

    def _articles(self, ids: Collection[str]) -> list[Article]:
        rows = self._in("SELECT * FROM articles WHERE id IN ({}) ORDER BY id", ids)
        appearances = _grouped(self._in("SELECT * FROM appearances WHERE article_id IN ({}) ORDER BY position", ids))
        labels = _grouped(self._in("SELECT * FROM labels WHERE article_id IN ({})", ids))
        return [article_from_row(row, appearances[row["id"]], labels[row["id"]]) for row in rows]

    def _all(self, sql: str, *values: object) -> list[Any]:
        with self._faults_named():
            return self._db.conn.execute(sql, values).fetchall()

    def _one(self, sql: str, values: dict[str, object]) -> Row | None:
        with self._faults_named():
            row: Row | None = self._db.conn.execute(sql, values).fetchone()
        return row

    def _in(self, sql: str, names: Iterable[object], *before: object) -> list[Any]:
        """``sql`` with its ``{}`` filled by as many placeholders as there are names, in batches."""
        names = list(names)
        rows: list[Any] = []
        for start in range(0, len(names), _BATCH):
            batch = names[start : start + _BATCH]
            rows += self._all(sql.format(",".join("?" * len(batch))), *before, *batch)
        return rows


def _our_steps() -> frozenset[str]:
    with Database(memory=True) as empty:
        return frozenset(step.name for step in migrations.pending(empty))


_OUR_STEPS = _our_steps()


def _grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["article_id"]].append(row)
    return groups
