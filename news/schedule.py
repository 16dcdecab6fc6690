"""When a source is asked next: a pure function of what it wants, what it did and what it asks of us.

Knows nothing of crontabs: a planned moment is worked out by the clock (scheduler/daemon.py) and handed in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from news.types import Advice, Failed, FetchResult, Reason, Source, SourceState

DEFAULT_EVERY = timedelta(minutes=15)  # where nothing else says how often: after failures of a source with a schedule
LONGEST = timedelta(hours=24)  # nothing a publisher or a failure says keeps us away for longer
REFUSED_WAIT = timedelta(hours=4)  # a 401, 403 or challenge is not cured by asking again soon
UNCONDITIONAL = timedelta(hours=24)  # each visit costs a publisher the whole document where it gives no validators
JITTER = 0.1  # of the wait, added: sources that failed together do not come back together
FEWEST = 3  # configured sources: that all of fewer fail says little about our network
SPREAD = timedelta(minutes=15)  # over which the sources overdue at a start are asked, at most

_CONNECTION = (Reason.DNS, Reason.CONNECT, Reason.TLS, Reason.TIMEOUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    wait: timedelta
    why: str  # one sentence for the operator


@dataclass(frozen=True, slots=True, kw_only=True)
class NextCheck:
    at: datetime | None  # None: never again
    why: str  # one sentence for the operator


def next_check(
    *,
    source: Source,
    result: FetchResult,
    failures: int,
    advice: Advice,
    now: datetime,
    planned: datetime | None = None,
    usual: Interval | None = None,
    conditional: bool = True,
    ours: bool = False,
) -> NextCheck:
    """When to ask ``source`` again after ``result``.

    ``failures`` counts failures in a row, this one included (0 after a success). ``advice`` is what the response and
    the document asked for. ``planned`` is the next moment of the source's own ``schedule``, ``usual`` what its rhythm
    suggests: the editor's word comes before both. ``conditional``: it gives validators. ``ours``: see is_our_network.
    """
    if isinstance(result, Failed) and result.reason is Reason.GONE:
        return NextCheck(at=None, why="the publisher says it is gone for good (410)")
    if source.every is not None:
        usual = Interval(wait=source.every, why=f"every {in_words(source.every)}")
    elif planned is not None or usual is None:
        usual = Interval(wait=DEFAULT_EVERY, why=f"every {in_words(DEFAULT_EVERY)}")
    if isinstance(result, Failed):
        interval = _after_failure(source, result, usual.wait, failures, ours)
    else:
        if planned is not None:
            usual = Interval(wait=planned - now, why=f"by its schedule «{source.schedule}»")
        interval = _after_success(source, usual, advice, conditional)
    return _skipping(now + interval.wait, advice, interval.why)


def _after_success(source: Source, usual: Interval, advice: Advice, conditional: bool) -> Interval:
    asked = min(advice.fresh_for or timedelta(0), LONGEST)
    chosen = usual
    if asked > chosen.wait:
        chosen = Interval(wait=asked, why=f"the publisher asks for {in_words(asked)} between visits")
    if not conditional and source.every is None and source.schedule is None and chosen.wait < UNCONDITIONAL:
        why = "it gives nothing to ask conditionally with: once a day, unless sources.yml says `every`"
        chosen = Interval(wait=UNCONDITIONAL, why=why)
    return chosen


def _after_failure(source: Source, result: Failed, usual: timedelta, failures: int, ours: bool) -> Interval:
    if ours:
        wait = min(usual, LONGEST)
        why = f"nobody can be reached, so it is our own network ({result.reason}): after one interval"
        return Interval(wait=wait, why=why)
    wait = min(usual * 2 ** min(failures - 1, 12), LONGEST)
    why = f"backing off after {failures} failure{'s' if failures > 1 else ''} in a row ({result.reason})"
    if result.reason in (Reason.REFUSED, Reason.BLOCKED) and wait < REFUSED_WAIT:
        wait, why = REFUSED_WAIT, f"the publisher refuses us ({result.reason})"
    asked = min(result.advice.retry_after or timedelta(0), LONGEST)
    if asked > wait:
        wait, why = asked, f"the publisher asks us to wait {in_words(asked)}"
    return Interval(wait=min(wait * (1 + JITTER * _share(source.id)), LONGEST), why=why)


def _skipping(at: datetime, advice: Advice, why: str) -> NextCheck:
    """``at``, or the first full hour after it that the publisher does not except; after a day, whatever it says."""
    moment = at
    for _ in range(25):
        if moment.hour not in advice.skip_hours and moment.weekday() not in advice.skip_days:
            break
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    else:
        moment = at + LONGEST
    if moment != at:
        why = f"{why}; the publisher wants no visit then, but at {moment:%Y-%m-%d %H:%M} UTC (skipHours, skipDays)"
    return NextCheck(at=moment, why=why)


def is_our_network(
    result: FetchResult, *, last_check: datetime | None, newest_success: datetime | None, sources: int
) -> bool:
    """Whether a failure tells of our network, not of the publisher: no source was reached since the previous check.

    ``newest_success`` is that of any source, ``sources`` how many there are.
    """
    if not isinstance(result, Failed) or result.reason not in _CONNECTION or sources < FEWEST:
        return False
    return newest_success is None or (last_check is not None and newest_success < last_check)


def start_of(state: SourceState, started: datetime) -> datetime:
    """When a source may be asked by a daemon that began at ``started``: those long overdue then do not all come first.

    Never before its next check. One overdue by more than its own interval gets its share of that interval.
    """
    if state.next_check is None:
        return started
    interval = state.next_check - (state.last_check or state.next_check)
    if state.last_check is None or started - state.next_check <= interval:
        return state.next_check
    return started + min(interval, SPREAD) * _share(state.source_id)


def _share(source_id: str) -> float:
    """A number in [0, 1), always the same for the same source."""
    return int.from_bytes(sha256(source_id.encode()).digest()[:4]) / 2**32


def in_words(span: timedelta) -> str:
    """``1h 30m``: a time span for people, to the second, rounded down."""
    seconds = int(span.total_seconds())
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s")]
    return " ".join(f"{n}{unit}" for n, unit in parts if n)[:16] or "0s"
