"""What the editor said of articles, on its way to whoever owns the store: the daemon, or the verb itself.

A file for each, in a folder of the data directory; they are read in the order of their names and removed when stored.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

import structlog

from scheduler.writer import Writer
from store.store import Store

log = structlog.get_logger()

FOLDER = "verdicts"
AT_ONCE = 100  # read in one go


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """These pairs of article ids are (``joined``), or are not, of one story."""

    at: datetime
    joined: bool
    pairs: tuple[tuple[str, str], ...]


def leave(data: Path, verdict: Verdict) -> None:
    """Put it where whoever writes the store will find it."""
    folder = data / FOLDER
    folder.mkdir(exist_ok=True)
    name = f"{verdict.at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}.json"
    value = {"at": verdict.at.isoformat(), "joined": verdict.joined, "pairs": verdict.pairs}
    hidden = folder / f".{name}"
    hidden.write_text(json.dumps(value), encoding="utf-8")
    hidden.rename(folder / name)


async def take(data: Path, writer: Writer) -> int:
    """Store the verdicts that wait, and remove them. How many."""
    folder = data / FOLDER
    if not folder.is_dir():
        return 0
    names = sorted(islice(folder.glob("[0-9]*.json"), AT_ONCE))
    for path in names:
        try:
            verdict = _read(path)
        except (ValueError, KeyError, TypeError) as fault:
            log.error("a verdict cannot be read and is set aside", file=path.name, message=str(fault))
            path.rename(path.with_suffix(".wrong"))
            continue
        await writer.do(partial(_store, verdict=verdict))
        path.unlink()
    return len(names)


def _read(path: Path) -> Verdict:
    value = json.loads(path.read_text(encoding="utf-8"))
    pairs = tuple((str(a), str(b)) for a, b in value["pairs"])
    return Verdict(at=datetime.fromisoformat(value["at"]), joined=bool(value["joined"]), pairs=pairs)


def _store(store: Store, verdict: Verdict) -> None:
    for a, b in verdict.pairs:
        store.stories.judge(a, b, joined=verdict.joined, at=verdict.at)
