"""The guard: which addresses are refused, and that nothing is sent to them, whatever a name server says."""

import asyncio
import csv
import socket
import threading
import time
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from feeds.address import CheckedUrl, check_url
from feeds.guard import PORTS, AddressRefused, Guard, SystemNames, unwrapped
from news.types import Failed, Reason
from scheduler.loop import until_done
from tests.feeds.fetching import NOW, fetch, fetcher, settings
from tests.feeds.publisher import Publisher, answer, redirect

DATA = Path(__file__).resolve().parents[1] / "data" / "guard"


def addresses(public: str) -> list[str]:
    with (DATA / "addresses.tsv").open(encoding="utf-8", newline="") as file:
        return [row["address"] for row in csv.DictReader(file, delimiter="\t") if row["public"] == public]


def spellings() -> list[str]:
    return (DATA / "spellings_of_this_machine.txt").read_text(encoding="utf-8").split()


class ScriptedNames(AbstractResolver):
    """Answers each lookup of a name with the next of its answers; the last one stays."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self.answers = {f"{name}.example": list(told) for name, told in answers.items()}
        self.lookups: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.lookups.append(host)
        told = self.answers[host]
        addresses = told.pop(0) if len(told) > 1 else told[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("address", addresses("no"))
@pytest.mark.parametrize("port", [80, 8000])
def test_what_is_not_public_is_refused(address: str, port: int) -> None:
    refused = Guard().refusal(ip_address(address), port)
    assert refused is not None
    assert refused.reason is Reason.PRIVATE_ADDRESS


@pytest.mark.parametrize("address", addresses("yes"))
def test_what_is_public_is_reached_on_the_usual_ports(address: str) -> None:
    for port in PORTS:
        assert Guard().refusal(ip_address(address), port) is None
    for port in (0, 22, 25, 81, 6379, 65535):
        refused = Guard().refusal(ip_address(address), port)
        assert refused is not None
        assert refused.reason is Reason.BAD_PORT


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:0:0/96", "64:ff9b::/96"]))
def test_an_address_within_another_is_judged_like_itself(inner: object, prefix: str) -> None:
    wide = ip_address(int(ip_address(prefix.split("/")[0])) + int(ip_address(str(inner))))
    assert unwrapped(wide) == inner
    assert Guard().refusal(wide, 80) == Guard().refusal(ip_address(str(inner)), 80)


def test_allowed_is_what_is_listed_and_nothing_beside_it() -> None:
    guard = Guard(["10.1.2.3", "fd00:1::/32"])
    for address in ("10.1.2.3", "::ffff:10.1.2.3", "fd00:1::5"):
        assert guard.refusal(ip_address(address), 9999) is None
    for address in ("10.1.2.4", "fd00:2::5", "127.0.0.1"):
        assert guard.refusal(ip_address(address), 80) is not None
    refused = guard.refusal(ip_address("8.8.8.8"), 9999)
    assert refused is not None
    assert refused.reason is Reason.BAD_PORT


def test_no_socket_is_made_for_a_refused_address(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    monkeypatch.setattr("feeds.guard.socket.socket", lambda *kind: made.append(kind))
    guard = Guard()
    for info in (
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 80)),
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1%1", 80, 0, 1)),
        (socket.AF_UNIX, socket.SOCK_STREAM, 0, "", ("/run/x",)),
    ):
        with pytest.raises(AddressRefused) as refused:
            guard.make_socket(info)
        assert refused.value.reason is Reason.PRIVATE_ADDRESS
    assert made == []
    guard.make_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443)))
    assert len(made) == 1


@pytest.mark.parametrize("spelling", spellings())
def test_no_spelling_of_this_machine_is_asked(publisher: Publisher, spelling: str) -> None:
    names = ScriptedNames()
    result = fetch(f"http://{spelling}:{publisher.port}/feed", settings(allow_networks=()), names=names)
    assert isinstance(result, Failed)
    assert result.reason is Reason.PRIVATE_ADDRESS
    assert names.lookups == []
    assert publisher.connections == 0


def test_a_public_name_of_this_machine_is_refused_at_the_socket(publisher: Publisher) -> None:
    checked = check_url("http://rawaq.example:8080/feed")
    assert isinstance(checked, CheckedUrl)
    assert Guard().refusal_before_lookup(checked) is None
    names = ScriptedNames(rawaq=[["127.0.0.1"]])
    # Another network is allowed, so that the publisher's port is no reason.
    url = f"http://rawaq.example:{publisher.port}/feed"
    result = fetch(url, settings(allow_networks=("10.1.2.3/32",)), names=names)
    assert isinstance(result, Failed)
    assert result.reason is Reason.PRIVATE_ADDRESS
    assert names.lookups == ["rawaq.example"]
    assert publisher.connections == 0


def test_a_port_is_refused_before_anybody_is_asked_for_the_name() -> None:
    names = ScriptedNames()
    for port in (22, 6379):
        result = fetch(f"http://rawaq.example:{port}/", settings(allow_networks=()), names=names)
        assert isinstance(result, Failed)
        assert result.reason is Reason.BAD_PORT
    assert names.lookups == []


def test_of_mixed_answers_only_the_allowed_address_is_connected_to(publisher: Publisher) -> None:
    """127.0.0.1 plays the public address, 127.0.0.2 the private one."""
    publisher.script("/feed", answer(body=b"<rss/>"))
    with Publisher(host="127.0.0.2", port=publisher.port) as private:
        names = ScriptedNames(mixed=[["127.0.0.2", "127.0.0.1"]], private=[["127.0.0.2", "::1"]])
        only_one = settings(allow_networks=("127.0.0.1/32",))
        mixed = fetch(f"http://mixed.example:{publisher.port}/feed", only_one, names=names)
        refused = fetch(f"http://private.example:{publisher.port}/feed", only_one, names=names)
        assert not isinstance(mixed, Failed)
        assert isinstance(refused, Failed)
        assert refused.reason is Reason.PRIVATE_ADDRESS
        assert (publisher.connections, private.connections) == (1, 0)


def test_a_name_that_answers_otherwise_the_second_time_is_refused_then(publisher: Publisher) -> None:
    with Publisher(host="127.0.0.2") as private:
        names = ScriptedNames(rebound=[["127.0.0.1"], ["127.0.0.2"]])
        publisher.script("/feed", redirect(f"http://rebound.example:{private.port}/feed"))
        url = f"http://rebound.example:{publisher.port}/feed"
        result = fetch(url, settings(allow_networks=("127.0.0.1/32",)), names=names)
        assert isinstance(result, Failed)
        assert result.reason is Reason.PRIVATE_ADDRESS
        assert names.lookups == ["rebound.example"] * 2
        assert (publisher.connections, private.connections) == (1, 0)


def test_name_servers_that_never_answer_hold_up_nobody_else(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.script("/feed", answer(body=b"<rss/>"))
    release = threading.Event()

    def lookup(host: str, port: int, **_: object) -> object:
        if host == "rawaq.example":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        if host == "none.example":
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        release.wait(5)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    monkeypatch.setattr("feeds.guard.socket.getaddrinfo", lookup)

    async def ask() -> tuple[object, object, float, list[object]]:
        async with fetcher(settings(seconds=1), names=SystemNames()) as asking:
            slow = [asyncio.create_task(asking.fetch(f"http://slow{n}.test/feed", now=NOW)) for n in range(20)]
            await asyncio.sleep(0.05)
            began = time.monotonic()
            good = await asking.fetch(f"http://rawaq.example:{publisher.port}/feed", now=NOW)
            took = time.monotonic() - began
            waiting = [thread for thread in threading.enumerate() if thread.name == "name lookup"]
            assert len(waiting) == 20
            assert all(thread.daemon for thread in waiting)  # they do not hold up the end of the process either
            missing = await asking.fetch("http://none.example/feed", now=NOW)
            return good, missing, took, list(await asyncio.gather(*slow))

    try:
        good, missing, took, slow = until_done(ask())
    finally:
        release.set()
    assert not isinstance(good, Failed)
    assert took < 0.5
    assert isinstance(missing, Failed)
    assert missing.reason is Reason.DNS
    assert {result.reason for result in slow if isinstance(result, Failed)} == {Reason.TIMEOUT}
    assert len(slow) == 20
