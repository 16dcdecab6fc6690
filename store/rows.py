"""Types to rows and rows to types. Knows columns, writes no SQL."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from news.types import (
    Advice,
    Appearance,
    Article,
    DateConfidence,
    DateSource,
    Decision,
    Enclosure,
    Entry,
    HostWait,
    Label,
    Problem,
    Publication,
    Reason,
    SourceState,
    Validators,
)

Row = Mapping[str, Any]

NO_ADVICE = Advice()


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def _moment(value: int | None) -> datetime | None:
    return None if value is None else moment(value)


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else seconds(at)


def state_to_row(state: SourceState, document_title: str | None) -> dict[str, object]:
    return {
        "source_id": state.source_id,
        "url": state.url,
        "moved_to": state.moved_to,
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "body_hash": state.body_hash,
        "asks_fresh_for": None if state.asks.fresh_for is None else int(state.asks.fresh_for.total_seconds()),
        "asks_skip_hours": json.dumps(state.asks.skip_hours) if state.asks.skip_hours else "[]",
        "asks_skip_days": json.dumps(state.asks.skip_days) if state.asks.skip_days else "[]",
        "next_check": _seconds(state.next_check),
        "last_check": _seconds(state.last_check),
        "last_success": _seconds(state.last_success),
        "last_new": _seconds(state.last_new),
        "failures": state.failures,
        "reason": state.reason,
        "message": state.message,
        "gone": int(state.gone),
        "why_next": state.why_next,
        "document_title": document_title,
    }


def state_from_row(row: Row) -> SourceState:
    return SourceState(
        source_id=row["source_id"],
        url=row["url"],
        moved_to=row["moved_to"],
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        body_hash=row["body_hash"],
        asks=_advice(row),
        next_check=_moment(row["next_check"]),
        last_check=_moment(row["last_check"]),
        last_success=_moment(row["last_success"]),
        last_new=_moment(row["last_new"]),
        failures=row["failures"],
        reason=None if row["reason"] is None else Reason(row["reason"]),
        message=row["message"],
        gone=bool(row["gone"]),
        why_next=row["why_next"],
    )


def _advice(row: Row) -> Advice:
    fresh_for, hours, days = row["asks_fresh_for"], row["asks_skip_hours"], row["asks_skip_days"]
    if fresh_for is None and hours == days == "[]":  # as nearly always; every state is read at every tick
        return NO_ADVICE
    return Advice(
        fresh_for=None if fresh_for is None else timedelta(seconds=fresh_for),
        skip_hours=tuple(json.loads(hours)),
        skip_days=tuple(json.loads(days)),
    )


def host_wait_to_row(wait: HostWait) -> dict[str, object]:
    return {"host_group": wait.group, "until": seconds(wait.until), "why": wait.why}


def host_wait_from_row(row: Row) -> HostWait:
    return HostWait(group=row["host_group"], until=moment(row["until"]), why=row["why"])


def article_to_row(article: Article) -> dict[str, object]:
    entry = article.entry
    enclosures = [[e.url, e.type, e.length] for e in entry.enclosures]
    return {
        "id": article.id,
        "guid": entry.guid,
        "link": entry.link,
        "title": entry.title,
        "author": entry.author,
        "summary": entry.summary,
        "content": entry.content,
        "published": _seconds(entry.published),
        "entry_updated": _seconds(entry.updated),
        "date_text": entry.date_text,
        "zone_known": int(entry.zone_known),
        "declared_language": entry.language,
        "publisher_categories": json.dumps(entry.categories, ensure_ascii=False),
        "image": entry.image,
        "enclosures": json.dumps(enclosures, ensure_ascii=False),
        "date": seconds(article.date),
        "date_confidence": article.date_confidence,
        "updated": seconds(article.updated),
        "fold_version": article.fold_version,
        "language": article.language,
        "byline": article.byline,
        "agency": article.agency,
        "related": json.dumps(article.related, ensure_ascii=False),
    }


def article_from_row(row: Row, appearances: Iterable[Row], labels: Iterable[Row]) -> Article:
    labels = tuple(labels)
    entry = Entry(
        guid=row["guid"],
        link=row["link"],
        title=row["title"],
        author=row["author"],
        summary=row["summary"],
        content=row["content"],
        published=_moment(row["published"]),
        updated=_moment(row["entry_updated"]),
        date_text=row["date_text"],
        zone_known=bool(row["zone_known"]),
        language=row["declared_language"],
        categories=tuple(json.loads(row["publisher_categories"])),
        image=row["image"],
        enclosures=tuple(
            Enclosure(url=url, type=kind, length=length) for url, kind, length in json.loads(row["enclosures"])
        ),
    )
    return Article(
        id=row["id"],
        entry=entry,
        appearances=tuple(appearance_from_row(a) for a in appearances),
        date=moment(row["date"]),
        date_confidence=DateConfidence(row["date_confidence"]),
        updated=moment(row["updated"]),
        fold_version=row["fold_version"],
        language=row["language"],
        byline=row["byline"],
        agency=row["agency"],
        related=tuple(json.loads(row["related"])),
        categories=_labels(labels, "category"),
        countries=_labels(labels, "country"),
    )


def appearance_rows(article: Article) -> list[dict[str, object]]:
    """In their order: position 0 is the lead."""
    return [
        {
            "source_id": appearance.source_id,
            "key": appearance.key,
            "article_id": article.id,
            "position": position,
            "title": appearance.title,
            "link": appearance.link,
            "guid": appearance.guid,
            "author": appearance.author,
            "date": seconds(appearance.date),
            "date_source": appearance.date_source,
            "first_seen": seconds(appearance.first_seen),
            "entry_hash": appearance.entry_hash,
            "fingerprint": appearance.fingerprint,
            "byline": appearance.byline,
            "agency": appearance.agency,
            "is_agency": int(appearance.is_agency),
        }
        for position, appearance in enumerate(article.appearances)
    ]


def appearance_from_row(row: Row) -> Appearance:
    return Appearance(
        source_id=row["source_id"],
        key=row["key"],
        title=row["title"],
        link=row["link"],
        guid=row["guid"],
        author=row["author"],
        date=moment(row["date"]),
        date_source=DateSource(row["date_source"]),
        first_seen=moment(row["first_seen"]),
        entry_hash=row["entry_hash"],
        fingerprint=row["fingerprint"],
        byline=row["byline"],
        agency=row["agency"],
        is_agency=bool(row["is_agency"]),
    )


def label_rows(article: Article) -> list[dict[str, object]]:
    date = seconds(article.date)
    return [
        {
            "article_id": article.id,
            "kind": kind,
            "label": label.id,
            "score": label.score,
            "why": label.why,
            "date": date,
        }
        for kind, labels in (("category", article.categories), ("country", article.countries))
        for label in labels
    ]


def _labels(rows: tuple[Row, ...], kind: str) -> tuple[Label, ...]:
    found = (Label(id=r["label"], score=r["score"], why=r["why"]) for r in rows if r["kind"] == kind)
    return tuple(sorted(found, key=lambda label: (-label.score, label.id)))


def problem_rows(source_id: str, at: datetime, problems: Iterable[Problem]) -> list[dict[str, object]]:
    return [
        {"source_id": source_id, "at": seconds(at), "reason": p.reason, "message": p.message, "place": p.place}
        for p in problems
    ]


def decision_to_row(decision: Decision) -> dict[str, object]:
    return {
        "article_id": decision.article_id,
        "at": seconds(decision.at),
        "what": decision.what,
        "why": decision.why,
        "score": decision.score,
        "source_id": decision.source_id,
    }


def decision_from_row(row: Row) -> Decision:
    return Decision(
        article_id=row["article_id"],
        at=moment(row["at"]),
        what=row["what"],
        why=row["why"],
        score=row["score"],
        source_id=row["source_id"],
    )


def publication_to_row(publication: Publication) -> dict[str, object]:
    return {
        "feed_id": publication.feed_id,
        "title": publication.title,
        "digest": publication.digest,
        "items": publication.items,
        "size": publication.size,
        "since": seconds(publication.since),
        "updated": seconds(publication.updated),
        "published": seconds(publication.published),
    }


def publication_from_row(row: Row) -> Publication:
    return Publication(
        feed_id=row["feed_id"],
        title=row["title"],
        digest=row["digest"],
        items=row["items"],
        size=row["size"],
        since=moment(row["since"]),
        updated=moment(row["updated"]),
        published=moment(row["published"]),
    )
