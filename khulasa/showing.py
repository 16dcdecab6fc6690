"""How answers look to people: rich tables and lines. Programs get the same as JSON from ``--json``.

Everything a publisher wrote goes through ``safe``: no markup, no control character, no reordering mark reaches the
terminal.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from feeds.address import mask
from khulasa.logs import one_line
from news.errors import Mistake
from news.schedule import in_words
from news.selection import title_of_ours
from news.types import Article, Configuration, Decision, Document, Problem, Publication, Source, SourceState, Update


def safe(text: object, style: str = "") -> Text:
    return Text(one_line(str(text)), style=style)


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago, or in how long."""
    if at is None:
        return "never"
    if at > now:
        return f"in {in_words(at - now)}"
    return f"{in_words(now - at)} ago"


def plain(value: Any) -> Any:
    """A dataclass as JSON knows it; the secrets in the addresses of a Source or its state masked."""
    if value is None:
        return None
    fields = asdict(value)
    return fields | {name: mask(fields[name]) for name in ("url", "moved_to") if fields.get(name)}


def json_bytes(value: object, *, indent: int | None = None) -> bytes:
    """JSON in UTF-8, whatever the terminal speaks; half a surrogate pair as JSON writes it."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=_json_default)
    return text.encode("utf-8", "backslashreplace")


def _json_default(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value)


def table(*columns: str, title: str | None = None, whole: Collection[str] = (), numbers: Collection[str] = ()) -> Table:
    """An empty table. Columns in ``whole`` never wrap; those in ``numbers`` neither, and stand right."""
    made = Table(
        title=None if title is None else safe(title), box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False
    )
    for name in columns:
        made.add_column(name, no_wrap=name in whole or name in numbers, justify="right" if name in numbers else "left")
    return made


def poll_table(done: Collection[tuple[Source, Update]], *, title: str | None = None) -> Table:
    """What one cycle brought, a line a source."""
    counts = ("new", "merged", "corrected")
    shown = table("source", "", "outcome", *counts, "remarks", title=title, whole=("source", "outcome"), numbers=counts)
    for source, update in sorted(done, key=lambda pair: pair[0].id):
        is_postponed = update.outcome == "postponed"
        failed = update.state.reason is not None and not is_postponed
        remark = update.state.message if failed else _remarks(update.problems)
        shown.add_row(
            safe(source.id),
            safe(source.title),
            safe(update.outcome, "red" if failed else "green"),
            *(str(n) if n else "" for n in (update.new, update.merged, update.corrected)),
            safe((update.state.why_next if is_postponed else remark) or "", "dim"),
        )
    return shown


def copies_table(articles: Collection[Article], titles: Mapping[str, str]) -> Table:
    """Articles that several sources carried, those with the most first."""
    shown = table("sources", "article", "seen at", title="carried by several", numbers=("sources",))
    for article in sorted(articles, key=lambda a: (-len(a.appearances), a.id)):
        places = "، ".join(titles.get(a.source_id, a.source_id) for a in article.appearances)
        shown.add_row(str(len(article.appearances)), safe(article.lead.title), safe(places, "dim"))
    return shown


def poll_json(done: Collection[tuple[Source, Update]]) -> list[dict[str, object]]:
    return [
        {
            "id": source.id,
            "outcome": update.outcome,
            "message": update.state.message,
            "new": update.new,
            "merged": update.merged,
            "corrected": update.corrected,
            "problems": [plain(problem) for problem in update.problems],
            "next_check": update.state.next_check,
        }
        for source, update in sorted(done, key=lambda pair: pair[0].id)
    ]


def _remarks(problems: Collection[Problem]) -> str:
    counts: dict[str, int] = {}
    for problem in problems:
        counts[problem.reason] = counts.get(problem.reason, 0) + 1
    return ", ".join(f"{reason} ×{n}" if n > 1 else reason for reason, n in counts.items())


def publication_table(publications: Collection[Publication], base_url: str, now: datetime) -> Table:
    shown = table(
        *("feed", "", "items", "size", "updated"),
        title=f"published at {base_url}",
        whole=("feed", "updated"),
        numbers=("items", "size"),
    )
    for p in publications:
        shown.add_row(p.feed_id, safe(p.title), str(p.items), f"{p.size / 1024:.0f} kB", ago(p.updated, now))
    return shown


def status_table(
    configuration: Configuration, states: Mapping[str, SourceState], counts: Mapping[str, int], now: datetime
) -> Table:
    shown = table("source", "", "articles", "last", "new", "next", "why", title="sources")
    for source in configuration.sources:
        state = states.get(source.id)
        if state is None:
            shown.add_row(safe(source.id), safe(source.title), "", "never", "", "now", safe("never asked", "dim"))
            continue
        shown.add_row(
            safe(source.id),
            safe(source.title),
            str(counts.get(source.id, 0)),
            safe(ago(state.last_check, now), "red" if state.reason else ""),
            ago(state.last_new, now),
            "never again" if state.gone else ago(state.next_check, now),
            safe(f"{state.message} – {state.why_next}" if state.reason else state.why_next, "dim"),
        )
    return shown


def status_json(
    configuration: Configuration, states: Mapping[str, SourceState], counts: Mapping[str, int]
) -> list[dict[str, object]]:
    return [
        {"id": s.id, "title": s.title, "articles": counts.get(s.id, 0), "state": plain(states.get(s.id))}
        for s in configuration.sources
    ]


def source_explained(
    source: Source, state: SourceState | None, problems: Collection[Problem], now: datetime
) -> RenderableType:
    """One source: what it answered last, when it is asked next and why."""
    shown = Table.grid(padding=(0, 2))
    for name, value in (("source", source.id), ("title", source.title), ("address", mask(source.url))):
        shown.add_row(name, safe(value))
    if state is None:
        shown.add_row("next", "now: it has never been asked")
        return shown
    shown.add_row("last asked", ago(state.last_check, now))
    shown.add_row("last success", ago(state.last_success, now))
    shown.add_row("last new article", ago(state.last_new, now))
    if state.reason is not None:
        shown.add_row("failure", safe(f"{state.reason}: {state.message} ({state.failures} in a row)", "red"))
    shown.add_row("next", "never again" if state.gone else ago(state.next_check, now))
    shown.add_row("why then", safe(state.why_next))
    for problem in problems:
        shown.add_row("problem", safe(f"{problem.place}: {problem.reason}: {problem.message}", "yellow"))
    return shown


def article_explained(article: Article, decisions: Collection[Decision], public_id: str) -> RenderableType:
    """Everything we concluded about an article, and why."""
    facts = Table.grid(padding=(0, 2))
    facts.add_row("article", article.id)
    facts.add_row("published as", safe(public_id))
    ours = "" if article.entry.title else f"{title_of_ours(article)} (ours: the publisher gave none)"
    facts.add_row("title", safe(article.entry.title or ours))
    facts.add_row(
        "date", safe(f"{article.date.isoformat()} ({article.date_confidence}; from: {article.lead.date_source})")
    )
    if article.entry.date_text:
        facts.add_row("date as written", safe(article.entry.date_text))
    facts.add_row("updated", article.updated.isoformat())
    facts.add_row("language", article.language or "not sure")
    facts.add_row("byline", safe(article.byline or "–"))
    facts.add_row("agency", safe(article.agency or "–"))
    for headline in article.related:
        facts.add_row("other story's headline", safe(headline))
    facts.add_row("folding", f"version {article.fold_version}")
    labels = table("category or country", "score", "why")
    for label in (*article.categories, *article.countries):
        labels.add_row(safe(label.id), f"{label.score:.2f}", safe(label.why))
    places = table("seen at", "date", "first seen", "content hash", "title")
    for a in article.appearances:
        places.add_row(
            safe(a.source_id), a.date.isoformat(), a.first_seen.isoformat(), a.fingerprint or "too short", safe(a.title)
        )
    told = table("decided", "what", "source", "why")
    for d in decisions:
        told.add_row(d.at.isoformat(), d.what, safe(d.source_id or ""), safe(d.why))
    return Group(facts, labels, places, told)


def document_shown(name: str, line: Mapping[str, Any]) -> RenderableType:
    """One document as ``khulasa read`` shows it to people."""
    if line["error"] is not None:
        return safe(f"{mask(name)}: {line['error']['reason']}: {line['error']['message']}", "red")
    shown = table("published", "title", "link")
    for entry in line["entries"]:
        shown.add_row(entry["published"] or "–", safe(entry["title"] or ""), safe(entry["link"] or ""))
    problems = [safe(f"{p['place']}: {p['reason']}: {p['message']}", "yellow") for p in line["problems"]]
    return Group(safe(f"{mask(name)}: {line['feed']['title'] or '–'}"), shown, *problems)


def found_shown(url: str, document: Document) -> RenderableType:
    shown = table("published", "title")
    for entry in document.entries[:5]:
        shown.add_row(entry.published.isoformat() if entry.published else "–", safe(entry.title))
    heading = safe(f"{document.title or mask(url)} ({document.dialect})")
    return Group(heading, shown, safe(f"{len(document.entries)} entries at {mask(url)}"))


def say_mistakes(console: Console, name: str, mistakes: Collection[Mistake]) -> None:
    for m in mistakes:
        hint = f" – did you mean {m.hint}?" if m.hint else ""
        console.print(safe(f"{name}:{m.line}:{m.column}: {m.message}{hint}"), soft_wrap=True)


def mistake_json(name: str, mistakes: Collection[Mistake]) -> list[dict[str, object]]:
    return [{"file": name, **asdict(m)} for m in mistakes]
