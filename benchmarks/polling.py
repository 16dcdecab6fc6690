"""What polling costs: thousands of generated Arabic feeds on 127.0.0.1, Khulasa beside lemon24/reader and newsboat.

Each repetition begins with empty stores and plays all rounds; in each round all take their turn, and who begins
changes with the repetition. nginx's own CPU is nobody's.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.table import Table

from benchmarks.loopback_site import Site
from benchmarks.measured import Cost, measure
from benchmarks.peers import Peer, all_peers

FEEDS, REPEAT = 2000, 5
DEADLINE = 1800.0  # seconds for one step of one peer
FIRST_NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # after the newest generated item
_NEW_IN, _NEW = 10, 2  # one of so many feeds has so many new items


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    name: str
    validators: bool  # does the server give and honour them?
    built: timedelta = timedelta(0)
    newer: int = 0

    def expected(self, feeds: int) -> Counter[int]:
        """The statuses a peer should have been answered with."""
        if not self.validators or self.name == "cold":
            return Counter({200: feeds})
        changed = len(range(0, feeds, _NEW_IN)) if self.newer else 0
        return +Counter({200: changed, 304: feeds - changed})


# New items come before the rounds without validators: after those nobody has any to send.
ROUNDS = (
    Round(name="cold", validators=True),
    Round(name="all 304", validators=True),
    Round(name="10 % new", validators=True, newer=_NEW),
    Round(name="unchanged 200s", validators=False, newer=_NEW),
    Round(name="lastBuildDate", validators=False, newer=_NEW, built=timedelta(hours=1)),
)

Costs = dict[tuple[str, str], list[Cost]]  # round and step → one for each repetition


@dataclass(slots=True, kw_only=True)
class _Results:
    costs: Costs
    stores: dict[tuple[str, str], list[int]]  # bytes
    odd: list[str]


def table(*, feeds: int = FEEDS, repeat: int = REPEAT) -> Table:
    """Medians, and their ratios to Khulasa's polling. Raises MissingServer, ProgramFailed."""
    peers, missing = all_peers()
    results = _Results(costs=defaultdict(list), stores=defaultdict(list), odd=list(missing))
    with TemporaryDirectory(prefix="khulasa-bench-") as temporary:
        folder = Path(temporary)
        with Site(folder / "site", feeds=feeds) as site:
            for repetition in range(repeat):
                turn = repetition % len(peers)
                with TemporaryDirectory(dir=folder, prefix="peers-") as homes:
                    _play(site, (*peers[turn:], *peers[:turn]), Path(homes), results)
            size = site.size()
    return _shown(results, peers, feeds=feeds, repeat=repeat, size=size)


def _play(site: Site, peers: Sequence[Peer], homes: Path, results: _Results) -> None:
    folders = {peer.name: homes / str(n) for n, peer in enumerate(peers)}
    for peer in peers:
        folder = folders[peer.name]
        folder.mkdir()
        command = peer.set_up(folder, site.urls)
        if command:
            measure(command, folder=folder, home=folder, deadline=DEADLINE)
    for number, this in enumerate(ROUNDS):
        site.write_all(built=this.built, newer_in=_NEW_IN, newer=this.newer)
        with site.serving(validators=this.validators):
            site.answered()
            for peer in peers:
                _turn(site, peer, folders[peer.name], this, FIRST_NOW + timedelta(days=number), results)


def _turn(site: Site, peer: Peer, folder: Path, this: Round, now: datetime, results: _Results) -> None:
    if peer.only_in is not None and this.name not in peer.only_in:
        return
    if this.name in peer.rehearses:
        measure(peer.steps[0][1](folder, now), folder=folder, home=folder, deadline=DEADLINE)
        site.answered()
    for step, command in peer.steps:
        cost = measure(command(folder, now), folder=folder, home=folder, deadline=DEADLINE)
        results.costs[this.name, step].append(cost)
        results.stores[this.name, step].append(sum(f.stat().st_size for f in folder.glob(peer.store)))
    answers = site.answered()
    if answers != this.expected(len(site.urls)):
        results.odd.append(f"{this.name}: {peer.name} was answered {dict(answers)}")


def _shown(results: _Results, peers: Sequence[Peer], *, feeds: int, repeat: int, size: int) -> Table:
    shown = Table(title=f"polling {feeds:,} feeds ({size / 1e6:,.0f} MB), medians of {repeat}")
    shown.add_column("round", no_wrap=True)
    shown.add_column("who", no_wrap=True)
    for name in ("CPU s", "wall s", "× CPU", "× wall", "work ×", "wall ×", "peak MB", "store MB"):
        shown.add_column(name, justify="right")
    late = 0.0
    for this in ROUNDS:
        own = results.costs[this.name, peers[0].steps[0][0]]
        late = max(late, *(cost.said.get("late", 0.0) for cost in own))
        for peer in peers:
            if peer.only_in is not None and this.name not in peer.only_in:
                continue
            for step, _ in peer.steps:
                shown.add_row(
                    this.name if step == peers[0].name else "",
                    step,
                    *_figures(results.costs[this.name, step], own),
                    f"{median(results.stores[this.name, step]) / 1e6:,.1f}",
                )
        shown.add_section()
    shown.caption = "\n".join((
        "× is a peer's median by Khulasa's: 4.00 is four times as much. Whole programs first, loading included;",
        "work is without the loading of libraries and settings (newsboat: the whole).",
        f"Khulasa's event loop was late by at most {late * 1000:,.0f} ms.",
        *sorted(set(results.odd)),
    ))  # fmt: skip
    return shown


def _figures(costs: Sequence[Cost], own: Sequence[Cost]) -> tuple[str, ...]:
    def times(of: Callable[[Cost], float]) -> str:
        return f"{median(map(of, costs)) / median(map(of, own)):.2f}"

    return (
        f"{median(c.cpu for c in costs):,.2f}",
        f"{median(c.wall for c in costs):,.2f}",
        times(lambda c: c.cpu),
        times(lambda c: c.wall),
        times(lambda c: c.work_cpu),
        times(lambda c: c.work_wall),
        f"{median(c.memory for c in costs) / 1e6:,.0f}",
    )
