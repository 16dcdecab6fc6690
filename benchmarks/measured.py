"""What a program costs: its CPU, wall time and memory, with all the processes it started.

Knows nothing of what it does. A program may print, as its last line, a JSON object with the ``cpu`` and ``wall``
seconds of its work alone, without the loading of its libraries and its settings (``own_work``).
"""

import json
import os
import resource
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

_SAMPLING = 0.2  # seconds from one look at the memory to the next


class ProgramFailed(Exception):
    """A measured program ended badly or too late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds and bytes. The work is the whole where a program does not tell them apart."""

    cpu: float
    wall: float
    work_cpu: float
    work_wall: float
    memory: int  # the highest sum of all its processes, shared pages divided among them
    said: dict[str, float]


def measure(command: Sequence[str], *, folder: Path, home: Path, deadline: float) -> Cost:
    """Run ``command`` with ``home`` as its home; what it prints goes to files in ``folder``. Raises ProgramFailed."""
    out, err = folder / "stdout", folder / "stderr"
    began = perf_counter()
    with out.open("wb") as stdout, err.open("wb") as stderr:
        program = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env={**os.environ, "HOME": str(home), "no_proxy": "127.0.0.1"},
            start_new_session=True,
        )
    try:
        memory = _watch(program.pid, began + deadline)
        _, status, used = os.wait4(program.pid, 0)
        wall = perf_counter() - began
        program.returncode = os.waitstatus_to_exitcode(status)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        if program.returncode is None:
            program.wait()
    if program.returncode != 0:
        raise ProgramFailed(f"{command[0]} ended with {program.returncode}: {err.read_text(errors='replace')[-2000:]}")
    said = _last_line(out)
    cpu = used.ru_utime + used.ru_stime
    return Cost(
        cpu=cpu,
        wall=wall,
        work_cpu=said.pop("cpu", cpu),
        work_wall=said.pop("wall", wall),
        memory=max(memory, used.ru_maxrss * 1024),
        said=said,
    )


@contextmanager
def own_work(told: dict[str, float]) -> Iterator[None]:
    """Puts the ``cpu`` (with that of children ended inside) and ``wall`` seconds of the block into ``told``."""
    cpu, wall = _cpu(), perf_counter()
    yield
    told |= {"cpu": _cpu() - cpu, "wall": perf_counter() - wall}


def tell(told: dict[str, float]) -> None:
    """The last line of a measured program."""
    sys.stdout.write(json.dumps(told) + "\n")


def _cpu() -> float:
    each = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in each)


def _last_line(out: Path) -> dict[str, float]:
    lines = out.read_text(errors="replace").splitlines()
    try:
        told = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _watch(pid: int, until: float) -> int:
    """The highest memory of the session ``pid`` until its first process ends. Raises ProgramFailed at the deadline."""
    highest = 0
    handle = os.pidfd_open(pid)
    try:
        while not select.select([handle], [], [], _SAMPLING)[0]:
            highest = max(highest, memory_of_session(pid))
            if perf_counter() > until:
                raise ProgramFailed("it took longer than its deadline")
    finally:
        os.close(handle)
    return highest


def memory_of_session(session: int, *, first_only: bool = False) -> int:
    """Bytes of the processes of a session, shared pages divided among them; or of its first process alone."""
    total = 0
    for entry in _processes_of(session):
        if first_only and entry.name != str(session):
            continue
        with suppress(OSError):  # a process may end while it is looked at
            for line in (entry / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


def cpu_of_session(session: int) -> float:
    """Seconds used by the processes of a session that are alive, and by the ended ones that they waited for."""
    ticks = 0
    for entry in _processes_of(session):
        with suppress(OSError):
            ticks += sum(map(int, _fields(entry)[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _processes_of(session: int) -> Iterator[Path]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError, ValueError, IndexError):
                if int(_fields(entry)[3]) == session:
                    yield entry


def _fields(entry: Path) -> list[str]:
    """proc_pid_stat(5) from its third field on."""
    return (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
