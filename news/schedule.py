"""When a source is asked next: a pure function of what it wants, what it did and what it asks of us.

Knows nothing of crontabs: a planned moment is worked out by the clock (scheduler/daemon.py) and handed in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from news.types import Advice, Failed, FetchResult, Reason, Source

DEFAULT_EVERY = timedelta(minutes=15)
LONGEST = timedelta(hours=24)  # nothing a publisher or a failure says keeps us away for longer
REFUSED_WAIT = timedelta(hours=4)  # a 401, 403 or challenge is not cured by asking again soon
JITTER = 0.1  # of the wait, added: sources that failed together do not come back together


@dataclass(frozen=True, slots=True, kw_only=True)
class NextCheck:
    at: datetime | None  # None: never again
    why: str  # one sentence for the operator


def next_check(
    *, source: Source, result: FetchResult, failures: int, advice: Advice, now: datetime, planned: datetime | None
) -> NextCheck:
    """When to ask ``source`` again after ``result``.

    ``failures`` counts failures in a row, this one included (0 after a success). ``advice`` is what the response and
    the document asked for. ``planned`` is the next moment of the source's own ``schedule``, where it has one.
    """
    if isinstance(result, Failed) and result.reason is Reason.GONE:
        return NextCheck(at=None, why="the publisher says it is gone for good (410)")
    interval = source.every or DEFAULT_EVERY
    if isinstance(result, Failed):
        return _after_failure(source, result, interval, failures, now)
    wait, why = interval, f"every {in_words(interval)}"
    asked = min(advice.fresh_for or timedelta(0), LONGEST)
    if planned is not None:
        wait, why = planned - now, f"by its schedule «{source.schedule}»"
    if asked > wait:
        wait, why = asked, f"the publisher asks for {in_words(asked)} between visits"
    return NextCheck(at=now + wait, why=why)


def _after_failure(source: Source, result: Failed, interval: timedelta, failures: int, now: datetime) -> NextCheck:
    wait = min(interval * 2 ** min(failures - 1, 12), LONGEST)
    why = f"backing off after {failures} failure{'s' if failures > 1 else ''} in a row ({result.reason})"
    if result.reason in (Reason.REFUSED, Reason.BLOCKED) and wait < REFUSED_WAIT:
        wait, why = REFUSED_WAIT, f"the publisher refuses us ({result.reason})"
    asked = min(result.advice.retry_after or timedelta(0), LONGEST)
    if asked > wait:
        wait, why = asked, f"the publisher asks us to wait {in_words(asked)}"
    return NextCheck(at=now + min(wait * (1 + JITTER * _share(source.id, failures)), LONGEST), why=why)


def _share(source_id: str, failures: int) -> float:
    """A number in [0, 1) that is always the same for the same source and failure."""
    return int.from_bytes(sha256(f"{source_id} {failures}".encode()).digest()[:4]) / 2**32


def in_words(span: timedelta) -> str:
    """``1h 30m``: a time span for people, to the second, rounded down."""
    seconds = int(span.total_seconds())
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s")]
    return " ".join(f"{n}{unit}" for n, unit in parts if n)[:16] or "0s"
