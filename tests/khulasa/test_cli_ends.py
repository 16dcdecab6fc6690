"""How commands end when something stands in their way: one clear line, the documented exit code, never a traceback."""

import os
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from scheduler.writer import WriterLock
from tests.feeds.publisher import Publisher, answer, hang
from tests.khulasa.door import PATIENCE, Place, rss, sources_yml

TOP = Path(__file__).resolve().parents[2]
SOURCES = sources_yml(("a", "أ", "http://127.0.0.1:1/feed"))


def wait_until(has_happened: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not has_happened():
        assert time.monotonic() < until
        time.sleep(0.01)


def interrupted(process: "subprocess.Popen[bytes]") -> tuple[int, str, str]:
    """Ctrl-C as a terminal gives it: to the whole group. Exit code, and what was said until then."""
    os.killpg(process.pid, signal.SIGINT)
    told, warned = process.communicate(timeout=PATIENCE)
    return process.returncode, told.decode(), warned.decode()


# --- nobody listens any longer --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [["read", "--json", *["feed.xml"] * 2000], ["read", *["feed.xml"] * 2000], ["check", "--schema"]],
    ids=["json", "table", "schema"],
)
def test_a_pipe_that_is_closed_early_ends_a_command_quietly(words: list[str], place: Place) -> None:
    """``khulasa read … | head -1``"""
    feed = place.folder / "feed.xml"
    feed.write_bytes(rss("صحيفة الرواق", ("افتتاح", "https://riwaq.example/1", "نص")))
    with place.start(*(word.replace("feed.xml", str(feed)) for word in words)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=PATIENCE) in (0, 1)


# --- Ctrl-C ---------------------------------------------------------------------------------------------------------


def has_worker(process: "subprocess.Popen[bytes]") -> bool:
    """Has it started a worker process yet?"""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            parent = int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
            if parent == process.pid and b"spawn_main" in stat.with_name("cmdline").read_bytes():
                return True
    return False


@pytest.mark.parametrize("pause", [0.0, 0.05, 0.5])
def test_an_interrupted_poll_shows_no_traceback(pause: float, place: Place, publisher: Publisher) -> None:
    """Whatever its worker processes are doing: starting or ready."""
    body = rss("الرواق", ("افتتاح", "https://riwaq.example/1", "نص"))
    place.write(
        sources_yml(
            ("quick", "ق", publisher.script("/quick", answer(body=body))),
            ("slow", "ب", publisher.script("/slow", hang())),
        )
    )
    with place.start("poll") as process:
        wait_until(lambda: len(publisher.requests) == 2)
        wait_until(lambda: has_worker(process))
        time.sleep(pause)
        code, told, warned = interrupted(process)
    assert (code, told, warned.strip()) == (1, "", "Aborted!")


def test_an_interrupted_stream_shows_no_traceback(place: Place) -> None:
    with place.start("judge") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"title": "x"}\n')
        process.stdin.flush()
        assert process.stdout.readline().startswith(b'{"id": "1"')
        code, _, warned = interrupted(process)
    assert (code, warned.strip()) == (1, "Aborted!")


def test_an_interrupted_demo_has_served_what_it_published_and_ends_well(place: Place) -> None:
    with place.start("demo", "--json", "--port", "0") as process:
        assert process.stderr is not None
        serving = next(line for line in process.stderr if line.startswith(b"serving ")).decode()
        address = serving.split(" at ")[1].split(" ")[0]
        assert f"serving {place.data}/demo/public at http://127.0.0.1:" in serving
        with urllib.request.urlopen(f"{address}all.atom", timeout=PATIENCE) as response:
            assert response.read() == (place.data / "demo" / "public" / "all.atom").read_bytes()
        code, told, warned = interrupted(process)
    assert code == 0
    assert told.startswith('{\n  "outlets": ')
    assert warned == ""


# --- the data folder ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["poll", "publish", "status", "explain", "run"])
def test_a_store_that_is_no_database_is_said(verb: str, place: Place) -> None:
    place.write(SOURCES)
    place.data.mkdir()
    (place.data / "khulasa.db").write_text("this is a letter, and a rather long one for a database" * 50)
    words = [verb, "a"] if verb == "explain" else [verb]
    told = place.say(*words)
    assert (told.code, told.out) == (1, "")
    assert told.err == f"{place.data}/khulasa.db: not a usable store: file is not a database\n"


@pytest.mark.parametrize("verb", ["poll", "publish", "status", "run"])
def test_a_store_of_a_later_version_is_refused_and_stays_as_it_is(verb: str, place: Place) -> None:
    place.write(SOURCES)
    assert place.say("publish").code == 0
    with closing(sqlite3.connect(place.data / "khulasa.db")) as db, db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('khulasa', 'm999_from_tomorrow', '2030-01-01')"
        )
    told = place.say(verb)
    assert (told.code, told.out) == (1, "")
    assert "written by a later Khulasa" in told.err
    assert "m999_from_tomorrow" in told.err
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize("words", [["poll"], ["publish"], ["run", "--port", "0"], ["demo", "--once"]], ids=" ".join)
@pytest.mark.parametrize("data", ["file", "file/below", "/sys/khulasa"])  # in /sys even root may make no folder
def test_a_data_folder_that_cannot_be_written_is_said(words: list[str], data: str, place: Place) -> None:
    place.write(SOURCES)
    (place.folder / "file").write_text("not a folder")
    data = str(place.folder / data)
    told = place.say("--data", data, *words)
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith(data)
    assert len(told.err.splitlines()) == 1


def test_a_data_folder_that_another_khulasa_writes_to_is_exit_code_75(place: Place) -> None:
    place.write(SOURCES)
    held = WriterLock(place.data)
    try:
        for words in (["poll"], ["publish"], ["run", "--port", "0"]):
            told = place.say(*words)
            assert (told.code, told.out) == (75, "")
            assert told.err == f"{place.data} is being written by another khulasa (process {os.getpid()})\n"
    finally:
        held.release()
    assert place.say("publish").code == 0


@pytest.mark.parametrize("readme", ["README.md", "README.ar.md"])
def test_the_readme_names_every_exit_code(readme: str) -> None:
    text = (TOP / readme).read_text(encoding="utf-8")
    (told,) = [line for line in text.splitlines() if line.startswith(("Exit codes:", "ورموز الخروج:"))]
    assert [word.strip("،,و") for word in told.split() if word.strip("،,و").isdigit()] == ["0", "1", "2", "75"]


# --- the web --------------------------------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_said(place: Place) -> None:
    place.write(SOURCES)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for verb in ("serve", "run"):
            told = place.say(verb, "--port", str(port))
            assert (told.code, told.out) == (1, "")
            assert told.err.splitlines()[-1] == f"cannot listen on 127.0.0.1, port {port}: Address already in use"
    told = place.say("serve", "--host", "no.such.host.example", "--port", "0")
    assert told.code == 1
    assert told.err.startswith("cannot listen on no.such.host.example, port 0: ")


# --- the folder of sources.yml --------------------------------------------------------------------------------------


def test_a_sources_yml_that_cannot_be_read_is_said(place: Place) -> None:
    place.config.mkdir()
    told = place.say("check")
    assert (told.code, told.err) == (1, f"{place.config}:1:1: the file cannot be read: Is a directory\n")
    place.config.rmdir()
    place.config.write_bytes(b"sources: \xe3\n")
    assert place.say("check").err.startswith(f"{place.config}:1:10: the byte 0xe3 is not UTF-8")
