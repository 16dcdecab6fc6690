"""What is done behind everybody's back: bounded, going on, and done for who asks."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

import scheduler.upkeep as upkeep
from scheduler.loop import until_done
from scheduler.upkeep import REQUEST, Upkeep
from scheduler.writer import Writer
from store.rebuild import Rebuilding
from tests.store.test_search import ask, write, written

NUMBER = 40


def filled(data: Path) -> None:
    async def fill() -> None:
        async with Writer(data) as writer:
            await writer.do(lambda store: write(store, *(written(str(n), "حديقة") for n in range(NUMBER))))

    until_done(fill())


def test_one_go_is_bounded_and_the_next_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path)
    monkeypatch.setattr(upkeep, "SPELL", 0.0)

    async def live() -> list[int]:
        async with Writer(tmp_path) as writer:
            tend = Upkeep(writer=writer, data=tmp_path)
            await tend()
            left = [await writer.do(lambda store: store.archive.waiting())]
            monkeypatch.setattr(upkeep, "SPELL", 60.0)
            await tend()
            left.append(await writer.do(lambda store: store.archive.waiting()))
            assert len(await writer.do(lambda store: ask(store, "حديقة", limit=100))) == NUMBER
            assert (await writer.do(lambda store: store.rebuild.state())).is_over
            return left

    assert until_done(live()) == [NUMBER, 0]


def test_a_request_begins_a_rebuild_once(tmp_path: Path) -> None:
    filled(tmp_path)

    async def live() -> None:
        async with Writer(tmp_path) as writer:
            tend = Upkeep(writer=writer, data=tmp_path)
            assert await tend.all_of_it() == NUMBER
            assert await tend.all_of_it() == 0
            (tmp_path / REQUEST).touch()
            told: list[Rebuilding] = []
            assert await tend.all_of_it(told.append) == NUMBER
            assert not (tmp_path / REQUEST).exists()
            assert told[-1].is_over
            assert await tend.all_of_it(anew=True) == NUMBER

    until_done(live())


def test_others_get_at_the_writer_between_two_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path)
    monkeypatch.setattr(upkeep, "BATCH", 1)

    async def live() -> None:
        async with Writer(tmp_path) as writer:
            going = asyncio.create_task(Upkeep(writer=writer, data=tmp_path)())
            seen = set()
            while not going.done():
                seen.add(await writer.do(lambda store: store.archive.waiting()))
            await going
            assert len(seen) > 2

    until_done(live())


def test_a_kill_in_the_middle_leaves_the_rest_to_the_next(tmp_path: Path) -> None:
    filled(tmp_path)

    async def first() -> None:
        async with Writer(tmp_path) as writer:
            await writer.do(lambda store: store.archive.index_waiting(7))

    until_done(first())
    with sqlite3.connect(tmp_path / "khulasa.db") as raw:
        assert raw.execute("SELECT count(*) FROM search_queue").fetchone() == (NUMBER - 7,)
    raw.close()
