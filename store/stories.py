"""Which articles tell one event: the Shelf (news/placing.py) of one store, and the stories as they are read.

Only what was published lately is compared with later articles: its traits and keys are dropped afterwards, so that the
cost of an article does not grow with the store. Knows what was judged, not how.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from news.errors import NotFound
from news.placing import Placement, Shelved
from news.selection import touched_feeds, touched_stories
from news.stories import pair
from news.traits import WINDOW, keys_of, packed, unpacked
from news.types import Article, Story
from store.connection import Connection
from store.rows import moment, seconds
from store.story_shelf import StoryShelf

_REACH = 2000  # stories that began last, among which the last to grow are looked for
COMPARED = 2 * WINDOW  # after its publication nothing is compared with an article any more


class Stories(StoryShelf):
    """The stories of one store. ``articles`` reads articles by id, in any order."""

    def __init__(self, connection: Connection, articles: Callable[[Collection[str]], list[Article]]) -> None:
        super().__init__(connection)
        self._articles = articles

    # --- reading --------------------------------------------------------------------------------------------------

    def newest(self, limit: int, *, category: str | None = None) -> tuple[Story, ...]:
        """The stories to which something came last, of one category if so asked: what grows stays in sight."""
        if category is None:
            began = "SELECT id, updated FROM stories ORDER BY date DESC, id LIMIT :reach"
        else:
            began = (
                "SELECT stories.id, stories.updated FROM labels JOIN stories ON stories.lead = labels.article_id"
                " WHERE kind = 'category' AND label = :category ORDER BY labels.date DESC, stories.id LIMIT :reach"
            )
        rows = self._db.all(
            f"SELECT id FROM ({began}) ORDER BY updated DESC, id LIMIT :limit",  # noqa: S608 – our own words
            {"category": category, "reach": max(limit, _REACH), "limit": limit},
        )
        return self._read([row["id"] for row in rows])

    def story(self, name: str) -> Story:
        """The story with this id, or the one it has become part of. Raises NotFound."""
        rows = self._db.all(
            "SELECT id FROM stories WHERE id = :name UNION ALL SELECT leads_to FROM story_aliases WHERE id = :name"
            " UNION ALL SELECT story_id FROM redirects JOIN story_members ON story_members.article_id = leads_to"
            " WHERE redirects.article_id = :name LIMIT 1",
            {"name": name},
        )
        if not rows:
            raise NotFound(f"no story has the id {name!r}")
        return self._read([rows[0]["id"]])[0]

    def story_of(self, article_id: str) -> str | None:
        """The story in which an article is; None while it waits to be placed."""
        return self.stories([article_id]).get(article_id)

    def _read(self, ids: Collection[str]) -> tuple[Story, ...]:
        rows = self._db.among("SELECT article_id, story_id FROM story_members WHERE story_id IN ({})", ids)
        articles = {article.id: article for article in self._articles([row["article_id"] for row in rows])}
        found: dict[str, Story] = {}
        for row in self._db.among("SELECT * FROM stories WHERE id IN ({})", ids):
            own = [articles[r["article_id"]] for r in rows if r["story_id"] == row["id"]]
            own.sort(key=lambda article: (article.id != row["lead"], article.date, article.id))
            found[row["id"]] = Story(
                id=row["id"], members=tuple(own), date=moment(row["date"]), updated=moment(row["updated"])
            )
        return tuple(found[name] for name in ids if name in found)

    # --- writing --------------------------------------------------------------------------------------------------

    def waiting(self, most: int) -> tuple[Article, ...]:
        """Some of the articles that are to be placed, in order of their dates: a day is told in its order."""
        rows = self._db.all(
            "SELECT id FROM story_queue JOIN articles ON id = article_id ORDER BY date, id LIMIT ?", (most,)
        )
        articles = {article.id: article for article in self._articles([row["id"] for row in rows])}
        return tuple(articles[row["id"]] for row in rows)

    def number_waiting(self) -> int:
        number: int = self._db.all("SELECT count(*) AS n FROM story_queue")[0]["n"]
        return number

    def is_placed(self, shelved: Shelved) -> bool:
        """Whether the article is in a story, and nothing has changed since of what put it there."""
        rows = self._db.all(
            "SELECT is_agencys, traits FROM story_members JOIN story_queue USING (article_id)"
            " WHERE article_id = ? AND traits IS NOT NULL AND NOT anew",
            (shelved.id,),
        )
        return bool(rows) and (bool(rows[0]["is_agencys"]), unpacked(rows[0]["traits"])) == (
            shelved.is_agencys,
            shelved.traits,
        )

    def forget_links(self, article_id: str) -> None:
        self._db.run("DELETE FROM story_links WHERE a = ? OR b = ?", [(article_id, article_id)])

    def keep(self, placement: Placement) -> None:
        """Remember what was found for one article, and mark the feeds that do not show it yet."""
        db, article = self._db, placement.article
        published = seconds(article.traits.published)
        if not self._drop_keys(article.id):
            self._backgrounds.keep(article.traits.published)
        db.upsert(
            "story_members",
            [
                {
                    "article_id": article.id,
                    "story_id": article.id,
                    "published": published,
                    "is_agencys": int(article.is_agencys),
                    "traits": packed(article.traits),
                }
            ],
            key="article_id",
        )
        number = db.all("SELECT number FROM story_members WHERE article_id = ?", (article.id,))[0]["number"]
        db.insert("story_keys", [{"key": k, "published": published, "number": number} for k in placement.keys])
        links = [
            {"a": a, "b": b, "score": link.score, "copy": int(link.copy)} for (a, b), link in placement.links.items()
        ]
        db.upsert("story_links", links, key="a, b")
        members = {member.id: story.id for story in placement.grouped.stories for member in story.members}
        before = {
            row["article_id"]: row
            for row in db.among(
                "SELECT article_id, story_id, copy_of FROM story_members WHERE article_id IN ({})", members
            )
        }
        after = {name: (story_id, placement.copy_of.get(name)) for name, story_id in members.items()}
        changed = [name for name, row in before.items() if (row["story_id"], row["copy_of"]) != after[name]]
        db.run(
            "UPDATE story_members SET story_id = ?, copy_of = ? WHERE article_id = ?",
            [(*after[name], name) for name in changed],
        )
        for old, new in placement.grouped.aliases:
            db.run("DELETE FROM stories WHERE id = ?", [(old,)])
            db.run("UPDATE story_aliases SET leads_to = ? WHERE leads_to = ?", [(new, old)])
            db.upsert("story_aliases", [{"id": old, "leads_to": new}], key="id")
        told = frozenset(members[name] for name in (article.id, *changed))
        db.run("DELETE FROM story_aliases WHERE id = ?", [(name,) for name in told])
        self.refresh(told | {before[name]["story_id"] for name in changed})
        shown = {
            one
            for name in changed
            if before[name]["copy_of"] != after[name][1]
            for one in (name, before[name]["copy_of"], after[name][1])
            if one
        }
        self._mark(touched_feeds(*self._articles(shown)) | self._feeds_of(told))

    def refresh(self, ids: Collection[str]) -> None:
        """Bring what is kept of these stories in line with their members; one without any is gone."""
        for name in sorted(ids):
            members = self._db.all(
                "SELECT article_id, articles.date, updated, is_agencys, copy_of, max(appearances.date) AS last"
                " FROM story_members JOIN articles ON id = article_id JOIN appearances USING (article_id)"
                " WHERE story_id = ? GROUP BY article_id",
                (name,),
            )
            if not members:
                self._db.run("DELETE FROM stories WHERE id = ?", [(name,)])
                continue
            lead = min(
                members, key=lambda m: (m["copy_of"] is not None, not m["is_agencys"], m["date"], m["article_id"])
            )
            row = {
                "id": name,
                "lead": lead["article_id"],
                "date": min(m["date"] for m in members),
                "updated": max(max(m["last"], m["updated"]) for m in members),
            }
            self._db.upsert("stories", [row], key="id")

    def show_again(self, article: Article) -> None:
        """The article is in the story it was in, but not all that is shown of it is as it was."""
        named = self.stories([article.id])
        self.refresh(frozenset(named.values()))
        self._mark(self._feeds_of(frozenset(named.values())))

    def dissolve(self, moved: Collection[tuple[str, str]]) -> None:
        """Articles are about to go whose last appearance another took over: (id, id of that one)."""
        for old, new in moved:
            fellows = [name for name in self.fellows(old) if name != old]
            self._db.run("UPDATE story_members SET copy_of = ? WHERE copy_of = ?", [(new, old)])
            self._db.run("DELETE FROM story_members WHERE article_id = ?", [(old,)])
            self.refresh(frozenset((old, *self.stories(fellows).values())))
            self.queue(fellows)

    def compare_anew(self) -> None:
        """All that can still be compared is to be: its traits and keys are of another version."""
        self._db.run("DELETE FROM story_keys", [()])
        self._db.run(
            "INSERT OR REPLACE INTO story_queue SELECT article_id, 1 FROM story_members WHERE traits IS NOT NULL", [()]
        )

    def dealt_with(self, article_id: str) -> None:
        self._db.run("DELETE FROM story_queue WHERE article_id = ?", [(article_id,)])

    def judge(self, a: str, b: str, *, joined: bool, at: datetime) -> None:
        """What the editor says of two articles, for good; both are placed again."""
        first, second = pair(a, b)
        row = {"a": first, "b": second, "joined": int(joined), "at": seconds(at)}
        with self._db.writing() as db:
            db.upsert("story_verdicts", [row], key="a, b")
            self.queue((a, b))

    def queue(self, ids: Iterable[str]) -> None:
        """These articles are to be placed anew."""
        self._db.run("INSERT OR REPLACE INTO story_queue VALUES (?, 1)", [(name,) for name in ids])

    def forget_old(self, now: datetime, most: int = 200) -> int:
        """Drop the traits and keys of articles that nothing is compared with any more. How many."""
        rows = self._db.all(
            "SELECT article_id FROM story_members WHERE traits IS NOT NULL AND published < ?"
            " ORDER BY published LIMIT ?",
            (seconds(now - COMPARED), most),
        )
        names = [row["article_id"] for row in rows]
        with self._db.writing() as db:
            for name in names:
                self._drop_keys(name)
            db.run("UPDATE story_members SET traits = NULL WHERE article_id = ?", [(name,) for name in names])
        return len(names)

    def _drop_keys(self, article_id: str) -> bool:
        """Whether the article was on the shelf."""
        rows = self._db.all("SELECT number, published, traits FROM story_members WHERE article_id = ?", (article_id,))
        if rows and rows[0]["traits"] is not None and (traits := unpacked(rows[0]["traits"])) is not None:
            self._db.run(
                "DELETE FROM story_keys WHERE key = ? AND published = ? AND number = ?",
                [(key, rows[0]["published"], rows[0]["number"]) for key in keys_of(traits)],
            )
        return bool(rows)

    def _feeds_of(self, stories: Collection[str]) -> frozenset[str]:
        """The feeds in which these stories may stand, or may have stood."""
        rows = self._db.among(  # CROSS: in this order, or all labels would be looked at
            "SELECT DISTINCT label FROM story_members CROSS JOIN labels USING (article_id)"
            " WHERE story_id IN ({}) AND kind = 'category'",
            stories,
        )
        return touched_stories(row["label"] for row in rows)

    def _mark(self, feeds: Collection[str]) -> None:
        self._db.run(
            "INSERT INTO stale_feeds VALUES (?, 1) ON CONFLICT (feed_id) DO UPDATE SET mark = mark + 1",
            [(name,) for name in sorted(feeds)],
        )
