"""What stands in public/, and which feeds do not show yet what the store says. Knows no file and no format."""

from collections.abc import Collection, Iterable, Mapping

from news.types import Publication
from store.connection import Connection
from store.rows import publication_from_row, publication_to_row

# A step along the index for each country: DISTINCT would walk over the labels of all articles, with every tick.
_COUNTRIES = """
WITH RECURSIVE named (label) AS (
    SELECT min(label) FROM labels WHERE kind = 'country'
    UNION ALL
    SELECT (SELECT min(label) FROM labels WHERE kind = 'country' AND label > named.label) FROM named
    WHERE named.label IS NOT NULL
)
SELECT label FROM named WHERE EXISTS (
    SELECT 1 FROM labels LEFT JOIN story_members USING (article_id)
    WHERE kind = 'country' AND labels.label = named.label AND copy_of IS NULL
)
"""


class Publications:
    """The publications of one store."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def all(self) -> dict[str, Publication]:
        """What stands in public/, by feed."""
        rows = self._db.all("SELECT * FROM publications ORDER BY feed_id")
        return {row["feed_id"]: publication_from_row(row) for row in rows}

    def countries(self) -> frozenset[str]:
        """The countries (as labels name them) that an article is about which is shown."""
        rows = self._db.all(_COUNTRIES)
        return frozenset(row["label"] for row in rows)

    def stale(self) -> dict[str, int]:
        """Feeds whose articles have changed since they were published, with the mark of their last change."""
        return {row["feed_id"]: row["mark"] for row in self._db.all("SELECT feed_id, mark FROM stale_feeds")}

    def all_stale(self) -> None:
        """What stands in public/ is not what this store would show."""
        with self._db.writing() as db:
            db.run(
                "INSERT INTO stale_feeds SELECT feed_id, 1 FROM publications WHERE true"
                " ON CONFLICT (feed_id) DO UPDATE SET mark = mark + 1",
                [()],
            )

    def record(self, changed: Iterable[Publication], *, fresh: Mapping[str, int], withdrawn: Collection[str]) -> None:
        """Remember what now stands in public/.

        ``fresh`` feeds are stale no longer, unless their mark has grown since; ``withdrawn`` ones are gone.
        """
        with self._db.writing() as db:
            db.run("DELETE FROM stale_feeds WHERE feed_id = ? AND mark = ?", fresh.items())
            db.run("DELETE FROM publications WHERE feed_id = ?", [(name,) for name in withdrawn])
            db.upsert("publications", [publication_to_row(p) for p in changed], key="feed_id")
