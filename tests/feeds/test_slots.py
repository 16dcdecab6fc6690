"""Slots: so many at once, and whoever is slow holds up nobody."""

import asyncio

import pytest

from feeds.slots import Slots
from scheduler.loop import until_done


class Counted:
    """Holders of places, each for as long as it is told; who is inside, and in which order they left."""

    def __init__(self, places: Slots) -> None:
        self.places = places
        self.inside = 0
        self.most = 0
        self.left: list[str] = []

    async def hold(self, name: str, until: asyncio.Event) -> None:
        async with self.places.taken():
            self.inside += 1
            self.most = max(self.most, self.inside)
            try:
                await until.wait()
            finally:
                self.inside -= 1
        self.left.append(name)


async def settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


def test_there_are_so_many_places_while_nobody_is_slow() -> None:
    async def life() -> None:
        counted, done = Counted(Slots(3, slow_after=60)), asyncio.Event()
        holders = [asyncio.create_task(counted.hold(str(n), done)) for n in range(10)]
        await settle()
        assert counted.inside == 3
        done.set()
        await asyncio.gather(*holders)
        assert counted.most == 3
        assert counted.left == [str(n) for n in range(10)]

    until_done(life())


def test_who_is_slow_makes_room_for_the_next_one_and_goes_on() -> None:
    async def life() -> None:
        counted, never, at_once = Counted(Slots(2, slow_after=0.02)), asyncio.Event(), asyncio.Event()
        at_once.set()
        slow = [asyncio.create_task(counted.hold("slow", never)) for _ in range(2)]
        await settle()
        quick = [asyncio.create_task(counted.hold("quick", at_once)) for _ in range(5)]
        await asyncio.wait_for(asyncio.gather(*quick), 10)
        assert (counted.left, counted.inside) == (["quick"] * 5, 2)
        never.set()
        await asyncio.gather(*slow)

    until_done(life())


@pytest.mark.parametrize("cancelled", [False, True])
def test_of_slow_ones_there_are_not_too_many_and_every_place_comes_back(cancelled: bool) -> None:
    async def life() -> None:
        counted, done = Counted(Slots(1, slow_after=0)), asyncio.Event()
        holders = [asyncio.create_task(counted.hold(str(n), done)) for n in range(20)]
        await asyncio.sleep(0.2)
        assert counted.inside == 5
        if cancelled:
            for holder in holders:
                holder.cancel()
        done.set()
        await asyncio.gather(*holders, return_exceptions=True)
        assert counted.inside == 0
        counted.places._slow_after = 60
        again = [asyncio.create_task(counted.hold(str(n), wait)) for n, wait in enumerate([asyncio.Event()] * 3)]
        await settle()
        assert counted.inside == 1
        for holder in again:
            holder.cancel()
        await asyncio.gather(*again, return_exceptions=True)

    until_done(life())
