"""What the daemon needs: ``khulasa run`` over thousands of sources on 127.0.0.1, while it reads them all for the first
time, while it puts what came into stories and into the index, and afterwards, when hardly anything is due.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen  # noqa: TID251 – asks our own server

from rich.table import Table

from benchmarks.loopback_site import Site
from benchmarks.measured import ProgramFailed, cpu_of_session, memory_of_session

SOURCES = 10_000
ITEMS = 5  # of a feed: what weighs on the daemon is how many sources it has
IDLE = 60.0  # seconds
DEADLINE = 1800.0
_SETTLED = 0.15  # of a core: everything has been read
_CONFIGURATION = """site: {{title: خلاصة}}
fetch: {{allow_networks: [127.0.0.0/8], at_once_per_host: 16}}
sources:
{sources}"""


@dataclass(slots=True, kw_only=True)
class _Span:
    """A while of the daemon's life."""

    name: str
    seconds: float = 0.0
    cpu: float = 0.0
    visits: int = 0
    memory: int = 0  # highest, of the daemon's own process
    memory_of_all: int = 0  # … with its readers
    answers: list[float] = field(default_factory=list)  # seconds that its web took for a file


def table(*, sources: int = SOURCES) -> Table:
    """Raises MissingServer, ProgramFailed."""
    with TemporaryDirectory(prefix="khulasa-bench-") as temporary:
        folder = Path(temporary)
        with Site(folder / "site", feeds=sources, items=ITEMS) as site:
            site.write_all()
            lines = (f"  - {{id: s{n}, title: مصدر {n}, url: '{url}'}}\n" for n, url in enumerate(site.urls))
            (folder / "sources.yml").write_text(_CONFIGURATION.format(sources="".join(lines)))
            with site.serving(validators=True), _running(folder) as (daemon, port):
                spans = _watched(daemon, port, site, sources)
    return _shown(spans, sources)


@contextmanager
def _running(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "khulasa", "--config", "sources.yml", "--data", "data", "run", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
            start_new_session=True,
        )
    try:
        yield daemon, port
        daemon.terminate()
        if daemon.wait(timeout=60) != 0:
            raise ProgramFailed(f"the daemon ended with {daemon.returncode}: {(folder / 'log').read_text()[-2000:]}")
    finally:
        if daemon.poll() is None:
            os.killpg(daemon.pid, signal.SIGKILL)
            daemon.wait()


def _watched(daemon: subprocess.Popen[bytes], port: int, site: Site, sources: int) -> tuple[_Span, ...]:
    first, after, idle = _Span(name="reads everything once"), _Span(name="indexes it"), _Span(name="idles")
    while first.visits < sources:
        _last_share(daemon, port, site, first)
    while _last_share(daemon, port, site, after) > _SETTLED:
        continue
    while idle.seconds < IDLE:
        _last_share(daemon, port, site, idle)
    return first, after, idle


def _last_share(daemon: subprocess.Popen[bytes], port: int, site: Site, span: _Span) -> float:
    """Watch for two seconds; the share of a core that was used. Raises ProgramFailed where it has ended or hangs."""
    if daemon.poll() is not None or span.seconds > DEADLINE:
        raise ProgramFailed(f"after {span.seconds:.0f} s and {span.visits} answers the daemon was not done")
    began, cpu = time.perf_counter(), cpu_of_session(daemon.pid)
    for _ in range(4):
        time.sleep(0.5)  # noqa: TID251 – a measurement waits
        asked = time.perf_counter()
        try:
            with urlopen(f"http://127.0.0.1:{port}/health", timeout=30) as answer:
                answer.read()
        except OSError:  # it does not listen yet, or says 503: nothing was read yet
            continue
        span.answers.append(time.perf_counter() - asked)
    own, everybody = memory_of_session(daemon.pid, first_only=True), memory_of_session(daemon.pid)
    span.memory, span.memory_of_all = max(span.memory, own), max(span.memory_of_all, everybody)
    seconds, used = time.perf_counter() - began, cpu_of_session(daemon.pid) - cpu
    span.seconds += seconds
    span.cpu += used
    span.visits += site.answered().total()
    return used / seconds


def _shown(spans: tuple[_Span, ...], sources: int) -> Table:
    shown = Table(title=f"the daemon with {sources:,} sources")
    shown.add_column("while it")
    for name in ("seconds", "visits", "% of a core", "its MB", "MB with readers", "web p95 ms", "web max ms"):
        shown.add_column(name, justify="right")
    for span in spans:
        answers = sorted(span.answers) or [0.0]
        shown.add_row(
            span.name,
            f"{span.seconds:,.0f}",
            f"{span.visits:,}",
            f"{100 * span.cpu / span.seconds:.1f}",
            f"{span.memory / 1e6:,.0f}",
            f"{span.memory_of_all / 1e6:,.0f}",
            f"{1000 * answers[int(len(answers) * 0.95)]:,.0f}",
            f"{1000 * answers[-1]:,.0f}",
        )
    return shown
