"""When sources are asked, over several visits with a real store: rhythm, wishes, waits of hosts, our own outages."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.rhythm import with_articles
from news.schedule import FEWEST, UNCONDITIONAL, in_words, start_of
from news.types import (
    Advice,
    Document,
    Failed,
    FetchResult,
    HostWait,
    NotModified,
    Postponed,
    Reading,
    Reason,
    Rhythm,
    Source,
    SourceState,
    Update,
    Validators,
)
from scheduler.cycle import House, due_sources, poll
from scheduler.writer import DATABASE
from store.store import Store
from tests.khulasa.door import Place
from tests.news.articles import NOW
from tests.news.test_decide import article
from tests.scheduler.houses import Rooms, fetched, reading, remembered, source
from tests.scheduler.test_cycle import polled, remembering, visited
from tests.scheduler.test_daemon import Day

RIWAQ, DIFAF, SADA = source("riwaq"), source("difaf"), source("sada")
HOUR = timedelta(hours=1)
DNS = Failed(reason=Reason.DNS, message="no such host")


def stored(data: Path, asked: Source = RIWAQ) -> tuple[SourceState, Rhythm]:
    with remembered(data) as store:
        return store.states()[asked.id], store.rhythm(asked.id)


# --- its own rhythm ---------------------------------------------------------------------------------------------------


def test_every_answer_teaches_the_rhythm_and_no_failure_does(tmp_path: Path) -> None:
    dated = article(date=NOW - HOUR)
    rooms = Rooms({RIWAQ.url: fetched(b"one", etag='"1"')}, {b"one": reading(dated)})
    visited(rooms, tmp_path)
    expected = with_articles(Rhythm(), [NOW - HOUR], NOW)
    assert stored(tmp_path)[1] == expected
    rooms.answers[RIWAQ.url] = NotModified()
    visited(rooms, tmp_path, now=NOW + HOUR)
    expected = with_articles(expected, [], NOW + HOUR)
    assert stored(tmp_path)[1] == expected
    rooms.answers[RIWAQ.url] = DNS
    visited(rooms, tmp_path, now=NOW + 2 * HOUR)
    assert stored(tmp_path)[1] == expected


def test_only_what_the_source_did_not_have_before_counts(tmp_path: Path) -> None:
    old, new = article("1"), article("2", title="جسر", text="جسر جديد", fingerprint=None, date=NOW + HOUR)
    rooms = Rooms({RIWAQ.url: fetched(b"one")}, {b"one": reading(old), b"two": reading(old, new)})
    visited(rooms, tmp_path)
    _, before = stored(tmp_path)
    rooms.answers[RIWAQ.url] = fetched(b"two")
    visited(rooms, tmp_path, now=NOW + 2 * HOUR)
    assert stored(tmp_path)[1] == with_articles(before, [NOW + HOUR], NOW + 2 * HOUR)


def test_a_wire_is_asked_again_in_minutes_and_an_annual_report_in_hours(tmp_path: Path) -> None:
    waits = []
    for name, gap in (("wire", timedelta(minutes=4)), ("report", timedelta(days=50))):
        entries = [
            article(str(n), source=name, title=f"خبر {n}", fingerprint=None, date=NOW - 3 * HOUR - n * gap)
            for n in range(40)
        ]
        asked = source(name)
        rooms = Rooms({asked.url: fetched(b"one", etag='"1"')}, {b"one": reading(*entries)})
        _, state = visited(rooms, tmp_path, asked)
        assert state.next_check is not None
        assert "asked again in" in state.why_next
        waits.append(state.next_check - NOW)
    wire, report = waits
    assert timedelta(minutes=5) <= wire < timedelta(minutes=30)
    assert report > 4 * HOUR


@pytest.mark.parametrize("more", [{"every": timedelta(minutes=10)}, {"schedule": "0 * * * *"}])
def test_where_the_editor_says_when_the_rhythm_is_kept_for_floods_only(tmp_path: Path, more: dict[str, object]) -> None:
    asked = source("riwaq", **more)
    rooms = Rooms({RIWAQ.url: fetched(b"one")}, {b"one": reading(article())}, plan=NOW + timedelta(minutes=10))
    _, state = visited(rooms, tmp_path, asked)
    assert state.next_check == NOW + timedelta(minutes=10)
    assert stored(tmp_path, asked)[1].asked == NOW


def test_another_address_has_a_rhythm_of_its_own(tmp_path: Path) -> None:
    rooms = Rooms({RIWAQ.url: fetched(b"one")}, {b"one": reading(article())})
    visited(rooms, tmp_path)
    moved = replace(RIWAQ, url="https://riwaq.example/feed")
    rooms.answers[moved.url] = NotModified()
    visited(rooms, tmp_path, moved, now=NOW + HOUR)
    assert stored(tmp_path)[1] == with_articles(Rhythm(), [], NOW + HOUR)


# --- what it gives and asks -------------------------------------------------------------------------------------------


def test_without_validators_it_is_asked_once_a_day_and_the_editor_is_told_why(tmp_path: Path) -> None:
    rooms = Rooms({RIWAQ.url: fetched(b"one")}, {b"one": reading(article())})
    _, state = visited(rooms, tmp_path)
    assert state.next_check == NOW + UNCONDITIONAL
    assert "sources.yml says `every`" in state.why_next
    rooms.answers[RIWAQ.url] = fetched(b"one", etag='"1"')
    _, state = visited(rooms, tmp_path, now=NOW + UNCONDITIONAL)
    assert state.next_check is not None
    assert state.next_check < NOW + 2 * UNCONDITIONAL


def test_what_a_document_asks_still_holds_when_the_next_answer_brings_none(tmp_path: Path) -> None:
    wishes = Advice(fresh_for=7 * HOUR, skip_hours=(19, 20), skip_days=(5,))
    document = Document(dialect="rss20", encoding="utf-8", advice=wishes)
    rooms = Rooms({RIWAQ.url: fetched(b"one", etag='"1"')}, {b"one": Reading(document=document, articles=())})
    visited(rooms, tmp_path)
    assert datetime(2026, 11, 20, 19, tzinfo=UTC) == NOW + 7 * HOUR
    for answer, now in ((NotModified(), NOW), (fetched(b"one", etag='"2"'), NOW)):
        rooms.answers[RIWAQ.url] = answer
        _, state = visited(rooms, tmp_path, now=now)
        assert state.asks == wishes
        assert state.next_check == datetime(2026, 11, 20, 21, tzinfo=UTC)
        assert "7h between visits" in state.why_next
        assert "skipHours" in state.why_next
    rooms.answers[RIWAQ.url] = fetched(b"two", etag='"3"')
    rooms.readings[b"two"] = reading()
    _, state = visited(rooms, tmp_path)
    assert state.asks == Advice(), "the newest document asks for nothing any more"


# --- hosts that want to be left alone ---------------------------------------------------------------------------------

WAIT = HostWait(
    group="platform.example", until=NOW + 3 * HOUR, why="platform.example asks to be left alone for 3h (HTTP 429)"
)


def test_what_a_host_asks_of_all_outlives_the_process(tmp_path: Path) -> None:
    refused = Failed(reason=Reason.RATE_LIMITED, message="429", status=429, wait=WAIT)
    visited(Rooms({RIWAQ.url: refused}), tmp_path)
    with remembered(tmp_path) as store:
        assert store.host_waits() == {WAIT.group: WAIT}
    other = replace(WAIT, group="other.example", until=NOW + 9 * HOUR)
    visited(Rooms({DIFAF.url: replace(refused, wait=other)}), tmp_path, DIFAF, now=WAIT.until)
    with remembered(tmp_path) as store:
        assert store.host_waits() == {other.group: other}, "what is over is forgotten"


def test_who_could_not_be_asked_is_due_when_the_host_may_be_and_has_not_failed(tmp_path: Path) -> None:
    rooms = Rooms({RIWAQ.url: fetched(b"one", etag='"1"')}, {b"one": reading(article())})
    _, before = visited(rooms, tmp_path)
    rooms.answers[RIWAQ.url] = Postponed(wait=WAIT)
    update, state = visited(rooms, tmp_path, now=NOW + HOUR)
    assert update.outcome == "postponed"
    assert state == replace(before, next_check=WAIT.until, why_next=WAIT.why)


def test_after_a_restart_nobody_of_the_group_is_asked_and_people_are_told_why(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.write(
        "sources:\n"
        "  - {id: riwaq, title: الرواق, url: 'https://riwaq.platform.example/rss'}\n"
        "  - {id: difaf, title: ضفاف, url: 'https://difaf.platform.example/rss'}\n"
    )
    place.data.mkdir()
    with Store(place.data / DATABASE) as store:
        state = SourceState(source_id="nil", url="https://nil.platform.example/rss")
        store.apply(Update(at=NOW, state=state, outcome="rate_limited", host_wait=WAIT))
    told = place.say("poll", "--now", (NOW + HOUR).isoformat())
    assert told.code == 0
    assert told.out.count("platform.example asks to be left alone for 3h (HTTP 429)") == 2
    explained = place.say("explain", "riwaq")
    assert WAIT.why in explained.out
    assert place.say("status").out.count(WAIT.why) == 2
    assert place.say("poll", "--now", (NOW + 2 * HOUR).isoformat()).out == "nothing is due\n"


def test_a_source_on_its_own_is_asked_as_one(tmp_path: Path) -> None:
    rooms = Rooms()
    polled(rooms, tmp_path, RIWAQ, replace(DIFAF, alone=True))
    assert rooms.alone == [DIFAF.url]


# --- our own network --------------------------------------------------------------------------------------------------


def rounds(data: Path, sources: Sequence[Source], answers: Sequence[Mapping[str, FetchResult]]) -> list[Counter[str]]:
    """Every quarter of an hour, for as many rounds as there are answers: who was asked in each, by id."""
    names = {s.url: s.id for s in sources}
    asked = []
    for number, answered in enumerate(answers):
        rooms = Rooms({s.url: answered.get(s.id, NotModified()) for s in sources})
        polled(rooms, data, *sources, now=NOW + number * timedelta(minutes=15))
        asked.append(Counter(names[url] for url, _ in rooms.asked))
    return asked


QUARTER = timedelta(minutes=15)
THREE = [source(name, every=QUARTER) for name in ("riwaq", "difaf", "sada")]


def test_when_everything_fails_nobody_is_backed_off_and_all_is_well_when_the_network_is_back(tmp_path: Path) -> None:
    everything = {s.id: DNS for s in THREE}
    asked = rounds(tmp_path, THREE, [{}, {}, everything, everything, everything, everything, {}, {}])
    # The first failure of each may be its own: its wait is an interval and a little.
    assert [sum(who.values()) for who in asked[:3]] == [3, 3, 3]
    assert sum(sum(who.values()) for who in asked[3:]) >= 3 * 4
    state, _ = stored(tmp_path)
    assert (state.failures, state.reason) == (0, None)


def test_while_the_network_is_away_failures_are_not_counted_and_it_is_said(tmp_path: Path) -> None:
    everything = {s.id: DNS for s in THREE}
    rounds(tmp_path, THREE, [{}, *[everything] * 9])
    state, _ = stored(tmp_path)
    assert state.failures == 1
    assert "our own network" in state.why_next
    assert state.next_check is not None
    assert state.last_check is not None
    assert state.next_check - state.last_check == QUARTER


def test_one_that_fails_while_others_answer_is_backed_off(tmp_path: Path) -> None:
    asked = rounds(tmp_path, THREE, [{}, *[{"riwaq": DNS}] * 12])
    assert sum(who["riwaq"] for who in asked) <= 5
    state, _ = stored(tmp_path)
    assert state.failures >= 3
    assert "backing off" in state.why_next


def test_two_sources_are_too_few_to_tell(tmp_path: Path) -> None:
    two = THREE[: FEWEST - 1]
    rounds(tmp_path, two, [{s.id: DNS for s in two}] * 12)
    state, _ = stored(tmp_path)
    assert state.failures >= 3


# --- a start after a long stop ----------------------------------------------------------------------------------------


def test_after_a_month_off_the_daemon_asks_the_new_at_once_and_the_others_in_their_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = datetime.now(UTC)
    month = timedelta(days=30)
    names = [f"s{n}" for n in range(60)]
    states = {
        name: SourceState(
            source_id=name, url=source(name).url, last_check=began - month - HOUR, next_check=began - month
        )
        for name in names
    }
    with Store(tmp_path / DATABASE) as store:
        for state in states.values():
            store.apply(Update(at=began - month, state=state, outcome="not_modified"))
    rooms = Rooms({source(name).url: NotModified() for name in ["new", *names]})
    day = Day(rooms, monkeypatch, is_over=lambda day: len(day.published) >= 5)
    day.live(tmp_path, source("new"), *map(source, names))
    asked = [url for url, _ in rooms.asked]
    soon = datetime.now(UTC) - began
    in_turn = {source(name).url for name in names if start_of(states[name], began) <= began + 2 * soon}
    assert source("new").url in asked
    assert len(asked) == len(set(asked))
    assert set(asked) - {source("new").url} <= in_turn
    assert len(in_turn) < len(names), f"some are not yet to be asked, {in_words(soon)} after the start"


@given(remembering(), st.integers(0, 10**6), st.none() | st.integers(-(10**6), 10**6))
def test_who_is_due_stays_due(case: tuple[list[Source], dict[str, SourceState]], later: int, start: int | None) -> None:
    sources, states = case
    started = None if start is None else NOW + timedelta(seconds=start)
    now = due_sources(sources, states, NOW, started=started)
    then = due_sources(sources, states, NOW + timedelta(seconds=later), started=started)
    assert set(now) <= set(then)
    assert set(now) <= set(due_sources(sources, states, NOW)), "a start hurries nobody"


def test_a_poll_by_hand_asks_all_that_are_due_at_once(tmp_path: Path) -> None:
    rooms = Rooms({RIWAQ.url: NotModified(), DIFAF.url: NotModified()})
    polled(rooms, tmp_path, RIWAQ, DIFAF)
    assert len(polled(rooms, tmp_path, RIWAQ, DIFAF, now=NOW + timedelta(days=30))) == 2


def test_a_restart_asks_nobody_who_was_not_due(tmp_path: Path) -> None:
    rooms = Rooms({RIWAQ.url: NotModified()})

    async def life(house: House) -> None:
        await poll([RIWAQ], house, now=NOW)

    for _ in range(3):
        rooms.live(tmp_path, life)
    assert len(rooms.asked) == 1
    assert rooms.asked[0][1] == Validators()
