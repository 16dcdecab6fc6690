"""What one fetch means: pure. State, result and what is already known go in, one Update comes out.

Touches nothing: the store writes what is said here, in one transaction.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from arabic.fold import fold
from news.flood import Room, room_in
from news.identity import article_id, entry_hash
from news.merging import (
    add_appearance,
    as_first_seen,
    is_renamed,
    is_same_article,
    replace_appearance,
    without_appearance,
)
from news.selection import touched_feeds
from news.types import (
    Appearance,
    Article,
    DateSource,
    Decision,
    Failed,
    Fetched,
    FetchResult,
    Known,
    KnownItems,
    NotModified,
    Outlook,
    Postponed,
    Problem,
    Reading,
    Reason,
    Source,
    SourceState,
    Unreadable,
    Update,
    Validators,
)
from news.visits import failed, postponed, succeeded

NOTHING_AHEAD = Outlook()


def body_hash(body: bytes) -> str:
    """What an unchanged body is recognised by."""
    return sha256(body).hexdigest()[:32]


def decide(
    *,
    source: Source,
    state: SourceState,
    result: FetchResult,
    reading: Reading | Unreadable | None,
    known: Known,
    now: datetime,
    outlook: Outlook = NOTHING_AHEAD,
) -> Update:
    """Conclude what to store after ``result``.

    ``reading`` is what a worker made of a Fetched body; None when the body is the one we already have.
    """
    match result:
        case Postponed(wait=wait):
            return postponed(state, wait, now)
        case Failed():
            return failed(source, state, result, now, outlook)
        case NotModified():
            validators = _newer(state.validators, result.validators)
            state = state if validators == state.validators else replace(state, validators=validators)
            return succeeded(source, state, result, "not_modified", now, outlook)
        case Fetched():
            return _fetched(source, state, result, reading, known, now, outlook)


def _fetched(
    source: Source,
    state: SourceState,
    result: Fetched,
    reading: Reading | Unreadable | None,
    known: Known,
    now: datetime,
    outlook: Outlook,
) -> Update:
    if isinstance(reading, Unreadable):
        unread = Failed(reason=reading.reason, message=reading.message, status=200, advice=result.advice)
        return failed(source, state, unread, now, outlook)
    # Validators belong to a body that parsed; they are renewed even where the body is the same as before.
    state = replace(
        state,
        validators=result.validators,
        body_hash=body_hash(result.body),
        moved_to=result.moved_to or state.moved_to,
    )
    if reading is None:
        return succeeded(source, state, result, "unchanged", now, outlook)
    room = room_in(outlook.rhythm, now)
    gathered = _Gathered(known, frozenset(article.lead.key for article in reading.articles), room)
    for found in reading.articles:
        _place(gathered, found, source, now)
    state = replace(state, asks=reading.document.advice, last_new=now if gathered.new else state.last_new)
    update = succeeded(source, state, result, "ok", now, outlook, tuple(gathered.dates))
    problems = reading.document.problems
    if room.refused:
        # The same document must come again, and be read, for the rest of it.
        state = replace(update.state, validators=Validators(), body_hash=None)
        update = replace(update, state=state, known_items=KnownItems(head=b"", items=b""))
        message = f"{room.refused} new entries more than are taken at a time: they wait for the next visit"
        problems = (*problems, Problem(reason=Reason.TOO_MANY_ENTRIES, message=message))
    return replace(
        update,
        articles=tuple(gathered.changed.values()),
        dissolved=tuple(gathered.dissolved.items()),
        new=gathered.new,
        merged=gathered.merged,
        corrected=gathered.corrected,
        decisions=tuple(gathered.decisions),
        problems=problems,
        document_title=reading.document.title,
        touched=gathered.touched(),
    )


# --- one entry ------------------------------------------------------------------------------------------------------


@dataclass
class _Gathered:
    """What this document has changed so far, over what the store knows."""

    known: Known
    keys: frozenset[str]  # of what was read
    room: Room
    changed: dict[str, Article] = field(default_factory=dict)
    dissolved: dict[str, str] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    dates: list[datetime | None] = field(default_factory=list)  # of entries that the source did not have before
    new: int = 0
    merged: int = 0
    corrected: int = 0

    _by_key: dict[str, str] = field(default_factory=dict)  # keys of this source, changed ones only → article id
    _by_fingerprint: dict[str, str] = field(default_factory=dict)

    def by_key(self, key: str) -> Article | None:
        return self._now(self._by_key.get(key), self.known.by_key.get(key))

    def by_fingerprint(self, fingerprint: str | None) -> Article | None:
        if fingerprint is None:
            return None
        return self._now(self._by_fingerprint.get(fingerprint), self.known.by_fingerprint.get(fingerprint))

    def renamed(self, found: Article, source_id: str) -> tuple[Article, Appearance] | None:
        """Where ``found``, whose key nobody knows, stands under a key that this document does not have."""
        mine = found.lead
        at_its_place = self._now(None, self.known.by_place.get(mine.link or mine.title))
        for article in filter(None, (at_its_place, self.by_fingerprint(mine.fingerprint))):
            for old in article.appearances:
                if old.source_id == source_id and old.key not in self.keys and is_renamed(article, old, found):
                    return article, old
        return None

    def _now(self, changed_id: str | None, before: Article | None) -> Article | None:
        if changed_id in self.changed:
            return self.changed[changed_id]
        if before is None or before.id in self.dissolved:
            return None
        return self.changed.get(before.id, before)

    def touched(self) -> frozenset[str]:
        """The feeds in which a changed article stands now, or stood before."""
        changed = {*self.changed, *self.dissolved}
        known = self.known
        ways = (known.by_key, known.by_fingerprint, known.by_place)
        before = {article.id: article for found in ways for article in found.values()}
        return touched_feeds(*(before[i] for i in changed if i in before), *self.changed.values())

    def put(self, article: Article, what: str, why: str, at: datetime, source_id: str) -> None:
        self.changed[article.id] = article
        for appearance in article.appearances:
            if appearance.source_id == source_id:
                self._by_key[appearance.key] = article.id
            if appearance.fingerprint is not None:
                self._by_fingerprint[appearance.fingerprint] = article.id
        self.decisions.append(Decision(article_id=article.id, at=at, what=what, why=why, source_id=source_id))


def _place(gathered: _Gathered, found: Article, source: Source, now: datetime) -> None:
    """Put one concluded entry where it belongs: unchanged, corrected, a copy of a known article, or new."""
    mine = found.lead
    before = gathered.by_key(mine.key)
    if before is not None:
        old = next(a for a in before.appearances if a.source_id == source.id and a.key == mine.key)
    elif (place := gathered.renamed(found, source.id)) is not None:
        before, old = place
        if old.entry_hash == entry_hash(replace(found.entry, guid=old.guid)):
            return
    else:
        _place_unknown(gathered, found, source, now)
        return
    if old.entry_hash == mine.entry_hash:
        return
    if not is_same_article(before, old, found):
        # A publisher that gives one guid to everything: the old text keeps its article under a name of its own.
        renamed = replace(old, key=f"{old.key[:200]}~{old.entry_hash[:12]}")
        gathered.put(
            replace_appearance(before, old, renamed, found=None, now=now),
            "not_merged",
            f"its guid came back with another text: {mine.title}",
            now,
            source.id,
        )
        _place_unknown(gathered, found, source, now)
        return
    other = gathered.by_fingerprint(mine.fingerprint)
    if other is not None and other.id != before.id and mine.fingerprint != old.fingerprint:
        kept = as_first_seen(mine, old)
        _move(gathered, before, other, replace(found, appearances=(kept,), date=kept.date), source, now)
        return
    after = replace_appearance(before, old, mine, found=found, now=now)
    if mine.fingerprint != old.fingerprint or fold(mine.title) != fold(old.title):
        gathered.corrected += 1
        gathered.put(after, "corrected", f"{source.id} changed it: {old.title} → {mine.title}", now, source.id)
    else:
        gathered.put(after, "refreshed", f"{source.id} changed something beside the text", now, source.id)


def _place_unknown(gathered: _Gathered, found: Article, source: Source, now: datetime) -> None:
    mine = found.lead
    date = None if mine.date_source is DateSource.FIRST_SEEN else mine.date
    if not gathered.room.takes(date, now):
        return
    gathered.dates.append(date)
    article = gathered.by_fingerprint(mine.fingerprint)
    if article is not None and _is_boilerplate(article, found):
        # One source does not publish one text under two titles: such a text says nothing about the article.
        bare = replace(mine, fingerprint=None)
        article_name = article_id(f"{mine.source_id} {mine.key}")
        gathered.new += 1
        gathered.put(
            replace(found, id=article_name, appearances=(bare,)),
            "new",
            f"same text as {article.id} under another title of the same source: not a copy",
            now,
            source.id,
        )
    elif article is not None:
        gathered.merged += 1
        gathered.put(
            add_appearance(article, found),
            "merged",
            f"same text as {article.lead.title} ({article.lead.source_id})",
            now,
            source.id,
        )
    else:
        gathered.new += 1
        why = "its text is new" if mine.fingerprint else "too short to be compared: known by its own address only"
        gathered.put(found, "new", why, now, source.id)


def _is_boilerplate(article: Article, found: Article) -> bool:
    mine = found.lead
    titles = {fold(a.title) for a in article.appearances if a.source_id == mine.source_id}
    return bool(titles) and fold(mine.title) not in titles


def _move(gathered: _Gathered, before: Article, other: Article, found: Article, source: Source, now: datetime) -> None:
    """A correction made the entry a copy of another article: its appearance moves there."""
    rest = without_appearance(before, source_id=source.id, key=found.lead.key)
    gathered.merged += 1
    gathered.put(
        add_appearance(other, found), "merged", f"after a change, same text as {other.lead.title}", now, source.id
    )
    if rest is not None:
        gathered.put(rest, "refreshed", f"{source.id} now carries the text of {other.id}", now, source.id)
    else:
        gathered.changed.pop(before.id, None)
        gathered.dissolved[before.id] = other.id
        gathered.decisions.append(
            Decision(
                article_id=other.id,
                at=now,
                what="dissolved",
                source_id=source.id,
                why=f"{before.id} became a copy of it",
            )
        )


def _newer(old: Validators, new: Validators) -> Validators:
    """A 304's validators replace the old ones where it gave any (RFC 9111 §4.3.4)."""
    return Validators(etag=new.etag or old.etag, last_modified=new.last_modified or old.last_modified)
