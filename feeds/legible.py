"""Lets nobody see text that was decoded wrongly before it reached us: a document's fields made right, or left out.

Character references hide such text from whoever looks at the document as a whole, so the finished fields are looked at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from arabic.legibility import looks_broken
from arabic.mojibake import Repair, mend
from feeds.clean import clean_html, clean_text
from news.types import Document, Entry, Problem, Reason, Unreadable

_BETWEEN = "<\x1f"  # no cleaned text holds it, and no stretch of broken text reaches over it
_ALL_LOST = "???"  # text that was pressed into an encoding without its letters


def repaired(repairs: Iterable[Repair]) -> list[Problem]:
    """What to tell of text that was made right again."""
    return [
        Problem(
            reason=Reason.ENCODING_REPAIRED,
            message=f"{repair.what}: repaired in {_places(repair.places)}, confidence {repair.confidence:.2f}",
        )
        for repair in repairs
    ]


def _places(count: int) -> str:
    return f"{count} place{'s' if count > 1 else ''}"


def legible(document: Document) -> Document | Unreadable:
    """``document`` without fields nobody can read: entries that show such text are left out, and a problem says which.

    Where no entry can be read, the document cannot.
    """
    shown = [document.title or "", document.description or "", document.author or "", document.rights or ""]
    for entry in document.entries:
        shown += (entry.title, entry.author or "", entry.summary or "", entry.content or "", *entry.categories)
    text = _BETWEEN.join(shown)
    mended = mend(text)
    if mended is None and not any(_ALL_LOST in entry.title for entry in document.entries):
        return document
    problems = [*document.problems, *repaired(mended.repairs if mended else ())]
    fields = iter((mended.text if mended else text).split(_BETWEEN))
    title, description, author, rights = (_line(next(fields)) for _ in range(4))
    entries: list[Entry] = []
    for number, entry in enumerate(document.entries, start=1):
        read = _entry(entry, fields)
        if read is not None:
            entries.append(read)
            continue
        message = "text that was decoded wrongly and cannot be repaired with certainty"
        problems.append(Problem(reason=Reason.ENCODING_SUSPECT, message=message, place=f"entry {number}"))
    if document.entries and not entries:
        message = "all of its text was decoded wrongly before, and cannot be repaired with certainty"
        return Unreadable(reason=Reason.ENCODING_SUSPECT, message=message)
    if (document.title and not title) or (document.description and not description):
        message = "what the feed says of itself was decoded wrongly and is left out"
        problems.append(Problem(reason=Reason.ENCODING_SUSPECT, message=message))
    return replace(
        document,
        title=title,
        description=description,
        author=author,
        rights=rights,
        entries=tuple(entries),
        problems=tuple(problems),
    )


def _entry(entry: Entry, fields: Iterator[str]) -> Entry | None:
    """``entry`` with the next of the ``fields``; None where its title or text is unreadable."""
    title, author, summary, content = (next(fields) for _ in range(4))
    categories = [next(fields) for _ in entry.categories]
    if any(map(looks_broken, (title, summary, content))):
        return None
    return replace(
        entry,
        title=entry.title if title == entry.title else clean_text(title),
        author=entry.author if author == (entry.author or "") else _line(author),
        summary=_html(entry.summary, summary),
        content=_html(entry.content, content),
        categories=tuple(name for name in map(_line, categories) if name),
    )


def _line(text: str) -> str | None:
    return clean_text(text) or None if not looks_broken(text) else None


def _html(before: str | None, text: str) -> str | None:
    # What was put right may be what cleaning removes.
    return before if text == (before or "") else clean_html(text, base_url=None) or None
