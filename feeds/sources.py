"""Reading ``sources.yml``: the file, its shape, and what only shows when its parts are looked at together.

Says everything that is wrong at once, each with line and column. Writing is in feeds/sources_edit.py.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from feeds.sources_schema import Fault, validate
from feeds.sources_tree import Page, Refused, Scalar, Steps, plain
from feeds.sources_values import nearest, shown
from feeds.sources_yaml import read_text, read_yaml
from news.errors import ConfigurationError, Mistake
from news.types import Configuration

CONDITIONS = ("match", "categories", "sources", "countries")
MOST_MISTAKES = 1000  # more are counted: a file of another kind would fill the log
MOST_HINTS = 20  # for unknown sources: each is compared with every source there is

CheckSchedule = Callable[[str], str | None]


def load_sources(path: Path, *, check_schedule: CheckSchedule) -> Configuration:
    """The configuration in the file. ``check_schedule`` says what is wrong with five crontab fields, or None.

    Raises ConfigurationError with every mistake, in the order of the file.
    """
    return parse_sources(read_text(path), name=str(path), check_schedule=check_schedule)


def parse_sources(text: str, *, name: str, check_schedule: CheckSchedule) -> Configuration:
    """The same from text; ``name`` is what to call it. Raises ConfigurationError."""
    return parse_page(read_yaml(text), name=name, check_schedule=check_schedule)


def parse_page(page: Page, *, name: str, check_schedule: CheckSchedule) -> Configuration:
    """The same from what was read as YAML. Raises ConfigurationError."""
    configuration = None
    mistakes = list(page.mistakes)
    if page.root is not None:
        value = plain(page.root)
        checked = validate(value)
        faults = list(_across(value, page, check_schedule))
        if isinstance(checked, Configuration):
            configuration = checked
        else:
            faults += checked
        mistakes += [found for fault in faults if (found := _mistake(page, fault)) is not None]
    elif not mistakes:
        mistakes.append(page.mistake(0, "there is nothing in this file: a source needs an id, a title and a url"))
    if mistakes or configuration is None:
        raise ConfigurationError(name, _in_order(mistakes))
    return configuration


def _in_order(mistakes: list[Mistake]) -> tuple[Mistake, ...]:
    ordered = sorted(set(mistakes), key=lambda m: (m.line, m.column, m.message))
    first, rest = ordered[:MOST_MISTAKES], ordered[MOST_MISTAKES:]
    if rest:
        first.append(Mistake(message=f"and {len(rest):,} more from here on", line=rest[0].line, column=rest[0].column))
    return tuple(first)


def _mistake(page: Page, fault: Fault) -> Mistake | None:
    """Where a fault stands in the file; None where something refused already says it."""
    key, node = page.find(fault.path)
    if key is not None and (fault.is_key or (isinstance(node, Scalar) and node.value is None)):
        return page.mistake(key.start, fault.message, fault.hint)
    if isinstance(node, Refused):
        return None
    if not isinstance(node, Scalar):
        return page.mistake(node.start, fault.message, fault.hint)
    offset = node.start if fault.position is None else page.offset_within(node, fault.position)
    return page.mistake(offset, fault.message, fault.hint)


def _across(value: object, page: Page, check_schedule: CheckSchedule) -> Iterator[Fault]:
    """What is wrong between the parts of a file, as far as they have the right shape."""
    sources, feeds = _entries(value, "sources"), _entries(value, "feeds")
    yield from _taken_ids(sources, page)
    yield from _taken_ids(feeds, page)
    for path, source in sources:
        schedule = source.get("schedule")
        if schedule is not None and source.get("every") is not None:
            message = "there are both every and schedule: keep one of them"
            yield Fault(path=(*path, "schedule"), message=message, is_key=True)
        if isinstance(schedule, str) and (wrong := check_schedule(schedule)):
            yield Fault(path=(*path, "schedule"), message=f"schedule: {wrong}")
    ids = {id for _, source in sources if isinstance(id := source.get("id"), str)}
    hints = 0
    for path, feed in feeds:
        if not _has_condition(feed):
            yield Fault(path=path, message=f"a feed needs a condition: {', '.join(CONDITIONS)}")
        named = feed.get("sources")
        for position, id in enumerate(named if isinstance(named, list) else ()):
            if isinstance(id, str) and id not in ids:
                hints += 1
                hint = nearest(id, ids) if hints <= MOST_HINTS else None
                yield Fault(path=(*path, "sources", position), message=f"there is no source {shown(id)}", hint=hint)


def _has_condition(feed: dict[str, object]) -> bool:
    """Whether there is one, be it misspelled."""
    given = {name for name, value in feed.items() if value is not None and value != []}
    return any(name in CONDITIONS or nearest(name, CONDITIONS) for name in given - {"id", "title"})


def _taken_ids(entries: list[tuple[Steps, dict[str, object]]], page: Page) -> Iterator[Fault]:
    places: dict[str, list[Steps]] = defaultdict(list)
    for path, entry in entries:
        if isinstance(id := entry.get("id"), str):
            places[id].append((*path, "id"))
    for id, (first, *others) in places.items():
        line, _ = page.place(page.find(first)[1].start)
        for path in others:
            here, _ = page.place(page.find(path)[1].start)
            yield Fault(path=path, message=f"the id {shown(id)} is here twice: in lines {line} and {here}")


def _entries(value: object, section: str) -> list[tuple[Steps, dict[str, object]]]:
    """The mappings listed in a section, with their paths."""
    listed = value.get(section) if isinstance(value, dict) else None
    return [
        ((section, position), entry)
        for position, entry in enumerate(listed if isinstance(listed, list) else ())
        if isinstance(entry, dict)
    ]
