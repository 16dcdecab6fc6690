"""What a store remembers of articles for the comparison with later ones: the reading half of a Shelf (news/placing.py).

Knows what was judged, not how; what is written stands in store/stories.py.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from news.background import PER_DAY, Background, Backgrounds
from news.likeness import SAME_STORY
from news.placing import Filed, Link, Shelved
from news.stories import Pair, Verdicts
from news.traits import FEW, LEAST_MET, MOST_CANDIDATES, PER_KEY, WINDOW, unpacked, vocabulary_in
from store.connection import Connection
from store.rows import moment, seconds

_CACHED = 1000  # articles whose traits are kept unpacked, those asked for last: about 25 MB


class StoryShelf:
    """What can be asked of one store."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._unpacked: dict[str, tuple[bytes, Shelved]] = {}
        self._backgrounds = Backgrounds(self._words_of)

    def background(self, published: datetime) -> Background | None:
        return self._backgrounds.before(published)

    def _words_of(self, day: datetime) -> list[Sequence[int]]:
        rows = self._db.all(
            "SELECT traits FROM story_members WHERE number IN (SELECT number FROM story_members"
            " WHERE traits IS NOT NULL AND published >= ? AND published < ? ORDER BY article_id LIMIT ?)",
            (seconds(day), seconds(day + timedelta(days=1)), PER_DAY),
        )
        return [words for row in rows if (words := vocabulary_in(row["traits"])) is not None]

    def candidates(self, keys: Collection[int], published: datetime) -> Collection[str]:
        rows = self._db.all(
            "SELECT (SELECT group_concat(number) FROM (SELECT number FROM story_keys WHERE key = asked.value"
            " AND published BETWEEN ? AND ? ORDER BY published DESC, number LIMIT ?)) AS numbers"
            " FROM json_each(?) AS asked",
            (seconds(published - WINDOW), seconds(published + WINDOW), PER_KEY, json.dumps(list(keys))),
        )
        met: Counter[int] = Counter()
        for under in (row["numbers"].split(",") for row in rows if row["numbers"] is not None):
            met.update(dict.fromkeys(map(int, under), 2 if len(under) <= FEW else 1))
        best = sorted(
            (number for number in met if met[number] >= LEAST_MET), key=lambda number: (-met[number], number)
        )[: MOST_CANDIDATES + 1]
        rows = self._db.among("SELECT article_id FROM story_members WHERE number IN ({})", best)
        return [row["article_id"] for row in rows]

    def shelved(self, ids: Collection[str]) -> Mapping[str, Shelved]:
        rows = self._db.among(
            "SELECT article_id, is_agencys, traits FROM story_members WHERE traits IS NOT NULL AND article_id IN ({})",
            ids,
        )
        return {row["article_id"]: s for row in rows if (s := self._shelved(row["article_id"], row)) is not None}

    def filed(self, ids: Collection[str]) -> Mapping[str, Filed]:
        rows = self._db.among(
            "SELECT article_id, published, is_agencys FROM story_members WHERE article_id IN ({})", ids
        )
        return {
            row["article_id"]: Filed(published=moment(row["published"]), is_agencys=bool(row["is_agencys"]))
            for row in rows
        }

    def _shelved(self, name: str, row: Any) -> Shelved | None:
        blob: bytes = row["traits"]
        known = self._unpacked.pop(name, None)
        if known is not None and known[0] == blob:
            self._unpacked[name] = known
            return known[1]
        if (traits := unpacked(blob)) is None:
            return None
        if len(self._unpacked) >= _CACHED:
            self._unpacked.pop(next(iter(self._unpacked)))
        shelved = Shelved(id=name, traits=traits, is_agencys=bool(row["is_agencys"]))
        self._unpacked[name] = (blob, shelved)
        return shelved

    def fellows(self, article_id: str) -> Collection[str]:
        rows = self._db.all(
            "SELECT article_id FROM story_members WHERE story_id ="
            " (SELECT story_id FROM story_members WHERE article_id = ?)",
            (article_id,),
        )
        return [row["article_id"] for row in rows]

    def reached(self, ids: Collection[str], most: int) -> Collection[str]:
        found = dict.fromkeys(ids)
        frontier = list(found)
        while frontier and len(found) < most:
            linked = {
                other
                for sql in (
                    "SELECT b AS other FROM story_links WHERE score >= ? AND a IN ({})",
                    "SELECT a AS other FROM story_links WHERE score >= ? AND b IN ({})",
                )
                for (other,) in self._db.among(sql, frontier, SAME_STORY)
            } | {
                other
                for sql in (
                    "SELECT b AS other FROM story_verdicts WHERE joined = 1 AND a IN ({})",
                    "SELECT a AS other FROM story_verdicts WHERE joined = 1 AND b IN ({})",
                )
                for (other,) in self._db.among(sql, frontier)
            }
            frontier = sorted(linked.difference(found))[: most - len(found)]
            found |= dict.fromkeys(frontier)
        return tuple(found)

    def links(self, ids: Collection[str]) -> Mapping[Pair, Link]:
        places = ",".join("?" * len(ids))
        rows = self._db.all(
            f"SELECT a, b, score, copy FROM story_links WHERE a IN ({places}) AND b IN ({places})",  # noqa: S608 – question marks
            (*ids, *ids),
        )
        return {(row["a"], row["b"]): Link(score=row["score"], copy=bool(row["copy"])) for row in rows}

    def stories(self, ids: Collection[str]) -> Mapping[str, str]:
        rows = self._db.among("SELECT article_id, story_id FROM story_members WHERE article_id IN ({})", ids)
        return {row["article_id"]: row["story_id"] for row in rows}

    def verdicts(self, ids: Collection[str]) -> Verdicts:
        rows = self._db.among("SELECT a, b, joined FROM story_verdicts WHERE a IN ({})", ids)
        wanted = frozenset(ids)
        said = [((row["a"], row["b"]), row["joined"]) for row in rows if row["b"] in wanted]
        return Verdicts(
            must_join=frozenset(names for names, joined in said if joined),
            must_part=frozenset(names for names, joined in said if not joined),
        )
