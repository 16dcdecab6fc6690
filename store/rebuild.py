"""Making anew what was made with an earlier version of the Arabic layer, a few articles at a time.

The newest first: of them copies still arrive. What is not reached yet serves as it is. Knows versions, no language.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from arabic.fold import FOLD_VERSION
from news.refolding import refolded
from news.searchable import SEARCH_VERSION
from news.traits import TRAITS_VERSION
from news.types import Article
from store.connection import Connection
from store.search import BATCH, Archive, short_batch
from store.stories import Stories

MADE_WITH = f"{SEARCH_VERSION} {TRAITS_VERSION}"  # what terms, fingerprints and traits depend on


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilding:
    """How far the rebuild is that was begun last."""

    version: str  # "" where there has been none
    ahead: int
    of: int

    @property
    def is_due(self) -> bool:
        """Whether something is kept that was made with another version, and nobody has begun."""
        return self.version != MADE_WITH

    @property
    def is_over(self) -> bool:
        return self.ahead == 0 and not self.is_due

    @property
    def share(self) -> float:
        """What is done of it, 0 … 1."""
        return 1 - self.ahead / self.of if self.of else 1.0


class Rebuild:
    """The rebuild of one store. ``articles`` reads articles by id, in any order."""

    def __init__(
        self,
        connection: Connection,
        archive: Archive,
        stories: Stories,
        articles: Callable[[Collection[str]], list[Article]],
    ) -> None:
        self._db = connection
        self._archive = archive
        self._stories = stories
        self._articles = articles

    def state(self) -> Rebuilding:
        rows = self._db.all("SELECT version, ahead, of FROM rebuild")
        return Rebuilding(**dict(rows[0])) if rows else Rebuilding(version="", ahead=0, of=0)

    def begin(self) -> None:
        """All that is kept is to be made anew, from the beginning; not what waits to be made first."""
        newest = self._db.all("SELECT coalesce(max(rowid), 0) AS n FROM articles")[0]["n"]
        kept = "SELECT 1 FROM articles WHERE id NOT IN search_queue OR fold_version <> ?"
        made = self._db.all(f"SELECT EXISTS ({kept}) AS there", (FOLD_VERSION,))[0]["there"]
        with self._db.writing() as db:
            db.run("DELETE FROM rebuild", [()])
            if made:
                self._stories.compare_anew()
            db.insert("rebuild", [{"version": MADE_WITH, "ahead": newest if made else 0, "of": newest}])

    def go_on(self, most: int = BATCH) -> int:
        """Rebuild the next few articles in one transaction. How many; none: it is over."""
        ahead = self.state().ahead
        rows = self._db.all(
            "SELECT rowid, id FROM articles WHERE rowid <= ? ORDER BY rowid DESC LIMIT ?", (ahead, most)
        )
        places = {row["id"]: row["rowid"] for row in rows}
        read = {article.id: article for article in self._articles(list(places))}
        batch = short_batch([read[name] for name in places], most)
        with self._db.writing() as db:
            for article in batch:
                self._refold(db, article)
            self._archive.index(batch)
            left = places[batch[-1].id] - 1 if batch and ahead else 0
            if ahead:
                db.run("UPDATE rebuild SET ahead = ?", [(left,)])
        return len(batch) if ahead else 0

    def _refold(self, db: Connection, article: Article) -> None:
        """A text that is another article's by the present folding names that one: the two are not made one here."""
        after = refolded(article)
        if after is article:
            return
        new, old = after.lead.fingerprint, article.lead.fingerprint
        taken = db.all("SELECT 1 FROM fingerprints WHERE fingerprint = ? AND article_id <> ?", (new, article.id))
        db.run(
            "UPDATE appearances SET fingerprint = ? WHERE article_id = ? AND fingerprint = ?",
            [(None if taken else new, article.id, old)],
        )
        db.run("UPDATE articles SET fold_version = ? WHERE id = ?", [(after.fold_version, article.id)])
        db.run("DELETE FROM fingerprints WHERE fingerprint = ? AND article_id = ?", [(old, article.id)])
        if new is not None and not taken:
            db.upsert("fingerprints", [{"fingerprint": new, "article_id": article.id}], key="fingerprint")
