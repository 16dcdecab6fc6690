"""What a visit leaves of its source: its state, its rhythm, and when it is asked next."""

from dataclasses import replace
from datetime import datetime, timedelta

from news.rhythm import next_interval, with_articles
from news.schedule import Interval, is_our_network, next_check
from news.types import (
    Advice,
    Failed,
    Fetched,
    HostWait,
    NotModified,
    Outlook,
    Problem,
    Reason,
    Rhythm,
    Source,
    SourceState,
    Update,
    Validators,
)


def postponed(state: SourceState, wait: HostWait, now: datetime) -> Update:
    """Nobody was asked: nothing was learnt but when it may be."""
    return Update(at=now, state=replace(state, next_check=wait.until, why_next=wait.why), outcome="postponed")


def succeeded(
    source: Source,
    state: SourceState,
    result: Fetched | NotModified,
    outcome: str,
    now: datetime,
    outlook: Outlook,
    dates: tuple[datetime | None, ...] = (),
) -> Update:
    """An answer that can be used. ``dates`` are those of the entries that the source did not have before."""
    rhythm = with_articles(outlook.rhythm, dates, now)
    following = next_check(
        source=source,
        result=result,
        failures=0,
        advice=_both(result.advice, state.asks),
        now=now,
        planned=outlook.planned,
        usual=_by_rhythm(source, rhythm, now),
        conditional=state.validators != Validators(),
    )
    state = replace(
        state,
        last_check=now,
        last_success=now,
        failures=0,
        reason=None,
        message=None,
        next_check=following.at,
        why_next=following.why,
    )
    return Update(at=now, state=state, outcome=outcome, rhythm=rhythm)


def failed(source: Source, state: SourceState, result: Failed, now: datetime, outlook: Outlook) -> Update:
    """Nothing usable came."""
    ours = is_our_network(
        result, last_check=state.last_check, newest_success=outlook.newest_success, sources=outlook.sources
    )
    failures = max(state.failures, 1) if ours else state.failures + 1
    following = next_check(
        source=source,
        result=result,
        failures=failures,
        advice=_both(result.advice, state.asks),
        now=now,
        planned=outlook.planned,
        usual=_by_rhythm(source, outlook.rhythm, now),
        ours=ours,
    )
    state = replace(
        state,
        last_check=now,
        failures=failures,
        reason=result.reason,
        message=result.message,
        gone=result.reason is Reason.GONE,
        next_check=following.at,
        why_next=following.why,
    )
    problem = Problem(reason=result.reason, message=result.message)
    return Update(at=now, state=state, outcome=result.reason, problems=(problem,), host_wait=result.wait)


def _by_rhythm(source: Source, rhythm: Rhythm, now: datetime) -> Interval | None:
    """What the source's rhythm suggests; nothing where the editor says when it is asked."""
    return next_interval(rhythm, now) if source.every is None and source.schedule is None else None


def _both(response: Advice, document: Advice) -> Advice:
    if response.retry_after is None and response.fresh_for is None:
        return document
    never = timedelta(0)
    return replace(
        document,
        retry_after=response.retry_after,
        fresh_for=max(response.fresh_for or never, document.fresh_for or never) or None,
    )
