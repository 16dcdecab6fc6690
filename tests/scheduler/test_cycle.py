"""Which sources are asked, what one visit stores, and whose fault ends what."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from news.decide import body_hash
from news.errors import StoreError
from news.types import Failed, NotModified, Reason, Source, SourceState, Unreadable, Update, Validators
from scheduler.cycle import House, due_sources, is_due, poll, state_of, visit
from tests.news.articles import NOW
from tests.news.test_decide import BRIDGE, article
from tests.scheduler.houses import Rooms, fetched, reading, remembered, source

RIWAQ, DIFAF, SADA = source("riwaq"), source("difaf"), source("sada")
FRESH = SourceState(source_id="riwaq", url=RIWAQ.url)


# --- who is due -------------------------------------------------------------------------------------------------------

moments = st.none() | st.integers(-7200, 7200).map(lambda seconds: NOW + timedelta(seconds=seconds))
ids = st.lists(st.sampled_from(["riwaq", "difaf", "sada", "bayan", "rukn", "awras"]), unique=True)


@st.composite
def remembering(draw: st.DrawFn) -> tuple[list[Source], dict[str, SourceState]]:
    sources = [source(name) for name in draw(ids)]
    states = {
        name: SourceState(
            source_id=name,
            url=draw(st.sampled_from([source(name).url, "https://old.example/rss"])),
            next_check=draw(moments),
            gone=draw(st.booleans()),
        )
        for name in draw(ids)
    }
    return sources, states


@given(remembering())
def test_nobody_is_asked_early_or_twice_or_forgotten(case: tuple[list[Source], dict[str, SourceState]]) -> None:
    sources, states = case
    due = due_sources(sources, states, NOW)
    assert len(set(due)) == len(due)
    assert set(due) <= set(sources)
    waited_since: list[datetime] = []
    for asked in due:
        state = states.get(asked.id)
        if state is not None and state.url == asked.url:
            assert not state.gone
            assert state.next_check is None or state.next_check <= NOW
        known = state is not None and state.url == asked.url and state.next_check
        waited_since.append(known or datetime.min.replace(tzinfo=NOW.tzinfo))
    assert waited_since == sorted(waited_since), "who waits longest comes first"
    for left in set(sources) - set(due):
        state = states[left.id]
        assert state.url == left.url
        assert state.gone or (state.next_check is not None and state.next_check > NOW)


def test_due_is_from_the_very_moment_on() -> None:
    assert is_due(FRESH, NOW)
    assert is_due(replace(FRESH, next_check=NOW), NOW)
    assert not is_due(replace(FRESH, next_check=NOW + timedelta(seconds=1)), NOW)


def test_gone_is_never_due_again_unless_the_editor_writes_another_address() -> None:
    gone = replace(FRESH, gone=True, next_check=None)
    assert due_sources([RIWAQ], {"riwaq": gone}, NOW + timedelta(days=3650)) == ()
    moved = replace(RIWAQ, url="https://riwaq.example/feed")
    assert due_sources([moved], {"riwaq": gone}, NOW) == (moved,)


def test_another_address_in_the_file_starts_afresh() -> None:
    old = replace(FRESH, validators=Validators(etag='"a"'), moved_to="https://x.example/", failures=9, next_check=NOW)
    moved = replace(RIWAQ, url="https://riwaq.example/feed")
    assert state_of(moved, {"riwaq": old}) == SourceState(source_id="riwaq", url=moved.url)
    assert state_of(RIWAQ, {"riwaq": old}) is old


def test_those_waiting_longest_come_first_and_newcomers_before_all() -> None:
    states = {
        name: SourceState(source_id=name, url=source(name).url, next_check=NOW - timedelta(minutes=waiting))
        for name, waiting in (("riwaq", 1), ("difaf", 60))
    }
    assert due_sources([RIWAQ, DIFAF, SADA], states, NOW) == (SADA, DIFAF, RIWAQ)


# --- one visit --------------------------------------------------------------------------------------------------------


def visited(rooms: Rooms, data: Path, asked: Source = RIWAQ, *, now: datetime = NOW) -> tuple[Update, SourceState]:
    """Visit as a cycle would, with the state that the store has. The update, and the state that the store has then."""

    async def life(house: House) -> Update:
        states = await house.writer.do(lambda store: store.states())
        return await visit(asked, state_of(asked, states), house, now=now)

    update = rooms.live(data, life)
    with remembered(data) as store:
        return update, store.states()[asked.id]


def test_what_was_read_is_stored_with_its_validators_and_makes_its_feeds_stale(tmp_path: Path) -> None:
    rooms = Rooms({RIWAQ.url: fetched(b"one", etag='"1"')}, {b"one": reading(article())})
    update, state = visited(rooms, tmp_path)
    assert (update.outcome, update.new) == ("ok", 1)
    assert (state.validators, state.body_hash) == (Validators(etag='"1"'), body_hash(b"one"))
    with remembered(tmp_path) as store:
        assert store.article(article().id) == article()
        assert set(store.publications.stale()) == {"all", "category/economy", "source/riwaq"}
        assert store.document_titles() == {"riwaq": "الرواق"}


def test_an_unchanged_body_is_not_read_again_but_its_new_validators_are_kept(tmp_path: Path) -> None:
    rooms = Rooms({RIWAQ.url: fetched(b"one", etag='"1"')}, {b"one": reading(article())})
    visited(rooms, tmp_path)
    rooms.answers[RIWAQ.url] = fetched(b"one", etag='"2"')
    update, state = visited(rooms, tmp_path, now=NOW + timedelta(minutes=15))
    assert rooms.read == [b"one"]
    assert (update.outcome, update.touched) == ("unchanged", frozenset())
    assert state.validators == Validators(etag='"2"')
    visited(rooms, tmp_path)
    assert [validators.etag for _, validators in rooms.asked] == [None, '"1"', '"2"']


def test_a_304_is_asked_for_with_what_we_have_and_changes_nothing(tmp_path: Path) -> None:
    rooms = Rooms({RIWAQ.url: fetched(b"one", etag='"1"')}, {b"one": reading(article())})
    _, before = visited(rooms, tmp_path)
    rooms.answers[RIWAQ.url] = NotModified()
    later = NOW + timedelta(minutes=15)
    update, state = visited(rooms, tmp_path, now=later)
    assert rooms.asked[1] == (RIWAQ.url, Validators(etag='"1"'))
    assert (update.outcome, update.articles) == ("not_modified", ())
    assert (state.validators, state.body_hash) == (before.validators, before.body_hash)
    assert (state.last_check, state.last_success, state.last_new) == (later, later, NOW)


def test_a_failure_is_remembered_with_its_reason_and_costs_nothing_we_had(tmp_path: Path) -> None:
    rooms = Rooms({RIWAQ.url: fetched(b"one", etag='"1"')}, {b"one": reading(article())})
    _, before = visited(rooms, tmp_path)
    rooms.answers[RIWAQ.url] = Failed(reason=Reason.TIMEOUT, message="no answer")
    update, state = visited(rooms, tmp_path, now=NOW + timedelta(minutes=15))
    assert (update.outcome, state.reason, state.failures) == ("timeout", Reason.TIMEOUT, 1)
    assert (state.validators, state.body_hash, state.last_success) == (before.validators, before.body_hash, NOW)
    with remembered(tmp_path) as store:
        assert store.counts()["articles"] == 1
        assert [problem.reason for problem in store.problems("riwaq")] == [Reason.TIMEOUT]


def test_validators_of_what_could_not_be_read_are_not_stored_so_that_it_is_read_again(tmp_path: Path) -> None:
    page = Unreadable(reason=Reason.NOT_A_FEED, message="an HTML page")
    rooms = Rooms({RIWAQ.url: fetched(b"page", etag='"page"')}, {b"page": page})
    for failures in (1, 2):
        update, state = visited(rooms, tmp_path)
        assert (update.outcome, state.failures) == ("not_a_feed", failures)
        assert (state.validators, state.body_hash) == (Validators(), None)
    assert rooms.read == [b"page", b"page"]


def test_what_moved_for_good_is_asked_where_it_went(tmp_path: Path) -> None:
    elsewhere = "https://riwaq.example/feed"
    rooms = Rooms({RIWAQ.url: fetched(b"one", moved_to=elsewhere)}, {b"one": reading(article())})
    visited(rooms, tmp_path)
    visited(rooms, tmp_path)
    assert [url for url, _ in rooms.asked] == [RIWAQ.url, elsewhere]


def test_a_new_address_in_the_file_is_asked_without_the_validators_of_the_old_one(tmp_path: Path) -> None:
    rooms = Rooms({RIWAQ.url: fetched(b"one", etag='"1"')}, {b"one": reading(article())})
    visited(rooms, tmp_path)
    moved = replace(RIWAQ, url="https://riwaq.example/feed")
    rooms.answers[moved.url] = fetched(b"one", etag='"9"')
    update, state = visited(rooms, tmp_path, moved)
    assert rooms.asked[1] == (moved.url, Validators())
    assert (update.outcome, update.new, state.url) == ("ok", 0, moved.url)
    assert len(rooms.read) == 2, "the same body at another address is read"


def test_a_schedule_of_its_own_says_when_next(tmp_path: Path) -> None:
    planned = NOW + timedelta(hours=7)
    rooms = Rooms({RIWAQ.url: NotModified()}, plan=planned)
    _, state = visited(rooms, tmp_path, replace(RIWAQ, schedule="0 19 * * *"))
    assert state.next_check == planned


def test_each_visit_is_one_line_in_the_log(tmp_path: Path) -> None:
    rooms = Rooms(
        {RIWAQ.url: fetched(b"one"), DIFAF.url: Failed(reason=Reason.DNS, message="no such host")},
        {b"one": reading(article(), article("2", title="جسر", text=BRIDGE, fingerprint="f-bridge"))},
    )
    with capture_logs() as lines:
        visited(rooms, tmp_path, RIWAQ)
        visited(rooms, tmp_path, DIFAF)
    assert lines == [
        {"event": "source", "log_level": "info", "id": "riwaq", "outcome": "ok", "new": 2},
        {"event": "source", "log_level": "warning", "id": "difaf", "outcome": "dns", "message": "no such host"},
    ]


def test_a_full_disk_is_said_and_costs_nothing_that_was_stored(tmp_path: Path) -> None:
    rooms = Rooms({RIWAQ.url: fetched(b"one"), DIFAF.url: fetched(b"two")}, {b"one": reading(article())})
    visited(rooms, tmp_path)
    long = article("9", source="difaf", title="جسر", text="خبر " * 20_000, fingerprint="f-long")
    rooms.readings[b"two"] = reading(long)

    async def life(house: House) -> None:
        # What SQLite says when the disk is full, without a full disk.
        await house.writer.do(lambda store: store._connection.all("PRAGMA max_page_count = 1"))
        with pytest.raises(StoreError, match="full"):
            await visit(DIFAF, state_of(DIFAF, {}), house, now=NOW)
        assert await house.writer.do(lambda store: store.counts()) == {"articles": 1, "appearances": 1}
        await house.writer.do(lambda store: store._connection.all("PRAGMA max_page_count = 100000"))
        assert (await visit(DIFAF, state_of(DIFAF, {}), house, now=NOW)).new == 1

    rooms.live(tmp_path, life)


# --- a cycle ----------------------------------------------------------------------------------------------------------


def polled(
    rooms: Rooms, data: Path, *sources: Source, now: datetime = NOW, everything: bool = False
) -> tuple[Update | None, ...]:
    return rooms.live(data, lambda house: poll(sources, house, now=now, everything=everything))


def test_a_cycle_asks_the_due_and_only_the_due(tmp_path: Path) -> None:
    rooms = Rooms({RIWAQ.url: NotModified(), DIFAF.url: NotModified()})
    assert len(polled(rooms, tmp_path, RIWAQ)) == 1
    polled(rooms, tmp_path, RIWAQ, DIFAF, now=NOW + timedelta(minutes=1))
    assert [url for url, _ in rooms.asked] == [RIWAQ.url, DIFAF.url]
    assert polled(rooms, tmp_path, RIWAQ, DIFAF, now=NOW + timedelta(minutes=1)) == ()


def test_sources_that_are_named_are_asked_whether_due_or_not(tmp_path: Path) -> None:
    rooms = Rooms({RIWAQ.url: NotModified()})
    for _ in range(2):
        assert len(polled(rooms, tmp_path, RIWAQ, everything=True)) == 1


def test_a_cycle_tells_of_each_source_as_it_is_done(tmp_path: Path) -> None:
    rooms = Rooms({RIWAQ.url: NotModified(), DIFAF.url: fetched(b"one")}, {b"one": reading()})
    told: dict[str, str] = {}
    rooms.live(
        tmp_path,
        lambda house: poll([RIWAQ, DIFAF], house, now=NOW, tell=lambda s, u: told.update({s.id: u.outcome})),
    )
    assert told == {"riwaq": "not_modified", "difaf": "ok"}


@pytest.mark.parametrize("where", ["fetch", "read", "conclude"])
def test_a_fault_of_ours_in_one_visit_is_said_and_the_others_are_visited(tmp_path: Path, where: str) -> None:
    rooms = Rooms(
        {DIFAF.url: fetched(b"good"), RIWAQ.url: fetched(b"bad"), SADA.url: NotModified()},
        {b"good": reading(article(source="difaf")), b"bad": reading(article())},
    )
    match where:
        case "fetch":
            rooms.answers[RIWAQ.url] = ZeroDivisionError("ours")
        case "read":
            rooms.readings[b"bad"] = ZeroDivisionError("ours")
        case "conclude":
            mute = replace(article(), appearances=())  # an article without a lead: no reader makes one
            rooms.readings[b"bad"] = reading(mute)
    with capture_logs() as lines:
        updates = polled(rooms, tmp_path, DIFAF, RIWAQ, SADA)
    assert [update and update.outcome for update in updates] == ["ok", None, "not_modified"]
    assert [(line["id"], line["log_level"]) for line in lines if line["event"] == "visit failed"] == [
        ("riwaq", "error")
    ]
    with remembered(tmp_path) as store:
        assert store.states().keys() == {"difaf", "sada"}, "nothing is remembered of it: it is still due"
        assert store.counts()["articles"] == 1
