"""Who is measured beside Khulasa, how each is set up in a folder of its own, and the command of each of its steps.

Knows their command lines; nothing of rounds and medians.
"""

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
READER = HERE.parent / "var" / "bench" / "reader" / "bin" / "python"  # made by `make bench`
AT_ONCE = 16  # requests, or threads, for everybody: the most that sources.yml allows for one host

Command = Callable[[Path, datetime], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """``steps`` are measured each for itself, in this order; only the first one polls."""

    name: str
    steps: tuple[tuple[str, Command], ...]
    set_up: Callable[[Path, Sequence[str]], Sequence[str]]  # folder, addresses → a command to run first, or none
    store: str  # pattern of the files that are its store
    only_in: frozenset[str] | None = None  # the rounds it takes part in; None: all
    rehearses: frozenset[str] = frozenset()  # the rounds it first plays once without being measured


def all_peers() -> tuple[tuple[Peer, ...], tuple[str, ...]]:
    """Khulasa first; and a sentence for each peer that is not on this machine."""
    peers, missing = [khulasa()], []
    if READER.is_file():
        peers += [reader(workers) for workers in (1, AT_ONCE)]
    else:
        missing.append("lemon24/reader is not installed: `make bench` does it")
    if shutil.which("newsboat"):
        peers.append(newsboat())
    else:
        missing.append("newsboat is not installed (Debian: apt-get install newsboat)")
    return (*peers, bare_aiohttp()), tuple(missing)


def khulasa() -> Peer:
    def step(verb: str) -> Command:
        return lambda folder, now: (sys.executable, "-m", "benchmarks.peer_khulasa", verb, str(folder), now.isoformat())

    def set_up(folder: Path, urls: Sequence[str]) -> Sequence[str]:
        fetch = f"allow_networks: [127.0.0.0/8]\n  at_once: {AT_ONCE}\n  at_once_per_host: {AT_ONCE}"
        sources = "".join(f"  - id: source-{n}\n    title: مصدر {n}\n    url: {url}\n" for n, url in enumerate(urls))
        (folder / "sources.yml").write_text(f"fetch:\n  {fetch}\nsources:\n{sources}")
        return ()

    return Peer(
        name="Khulasa",
        steps=(("Khulasa", step("poll")), ("  publishing, apart", step("publish"))),
        set_up=set_up,
        store="data/khulasa.db*",
    )


def reader(workers: int) -> Peer:
    name = f"reader, {workers} worker{'s' if workers > 1 else ''}"

    def command(verb: str, folder: Path) -> Sequence[str]:
        return (str(READER), str(HERE / "peer_reader.py"), verb, str(folder), str(workers))

    def step(verb: str) -> Command:
        return lambda folder, now: command(verb, folder)

    def set_up(folder: Path, urls: Sequence[str]) -> Sequence[str]:
        _write_urls(folder, urls)
        return command("add", folder)

    update, search = (name, step("update")), ("  search index, apart", step("search"))
    return Peer(name=name, steps=(update, search) if workers == 1 else (update,), set_up=set_up, store="reader.db*")


def newsboat() -> Peer:
    def reload(folder: Path, now: datetime) -> Sequence[str]:
        files = ("-C", folder / "config", "-u", folder / "urls", "-c", folder / "cache.db")
        return ("newsboat", *map(str, files), "-x", "reload")

    def set_up(folder: Path, urls: Sequence[str]) -> Sequence[str]:
        _write_urls(folder, urls)
        (folder / "config").write_text(f"reload-threads {AT_ONCE}\n")
        return ()

    return Peer(
        name="newsboat",
        steps=(("newsboat", reload),),
        set_up=set_up,
        store="cache.db*",
        rehearses=frozenset({"all 304"}),  # it keeps no validators of a feed that it reads for the first time
    )


def bare_aiohttp() -> Peer:
    def ask(folder: Path, now: datetime) -> Sequence[str]:
        return (sys.executable, "-m", "benchmarks.peer_aiohttp", str(folder), str(AT_ONCE))

    def set_up(folder: Path, urls: Sequence[str]) -> Sequence[str]:
        _write_urls(folder, urls)
        return ()

    name = "bare aiohttp loop"
    return Peer(
        name=name,
        steps=((name, ask),),
        set_up=set_up,
        store="validators.json",
        only_in=frozenset({"cold", "all 304"}),
    )


def _write_urls(folder: Path, urls: Sequence[str]) -> None:
    (folder / "urls").write_text("\n".join(urls) + "\n")
