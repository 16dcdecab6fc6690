"""The wheel: what is in it, and that it works where there is no checkout, no network and nothing but the locked
dependencies.
"""

import json
import os
import re
import subprocess
import sys
import venv
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from zipfile import ZipFile

import pytest

from khulasa.compose import VERSION
from tests.khulasa.test_newsroom import EXPECTED, ROOM

TOP = Path(__file__).resolve().parents[2]
ROOMS = ("arabic", "news", "feeds", "store", "scheduler", "web", "khulasa")
PATIENCE = 120  # seconds


def run(*command: str | Path, cwd: Path) -> str:
    """Standard output of a command that ends well, away from the checkout and from any package index."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    ended = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=TOP)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which only the distributions of requirements.lock can be imported: not the checkout, not pytest."""
    folder = tmp_path_factory.mktemp("locked")
    names = re.findall(r"^([A-Za-z0-9._-]+)==", (TOP / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    for name in names:
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # for another platform; were it needed here, the demo would say so
        site = Path(str(found.locate_file("")))
        for top in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            if not top.endswith(".pth") and not (folder / top).exists():
                (folder / top).symlink_to(site / top)
    assert (folder / "aiohttp").is_dir()
    assert not any((folder / room).exists() for room in (*ROOMS, "pytest"))
    return folder


@pytest.fixture(scope="module")
def installed(wheel: Path, locked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment elsewhere with the wheel in it."""
    place = tmp_path_factory.mktemp("elsewhere") / "environment"
    venv.create(place, with_pip=True)  # from the pip that Python carries
    python = place / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=place)
    (site,) = place.glob("lib/python*/site-packages")
    (site / "locked.pth").write_text(f"{locked}\n", encoding="utf-8")
    return place


def names_in(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_rooms_and_nothing_else(wheel: Path) -> None:
    assert {name.split("/")[0] for name in names_in(wheel)} == {*ROOMS, f"khulasa-{VERSION}.dist-info"}


def test_every_file_of_every_room_is_in_the_wheel(wheel: Path) -> None:
    files = {
        str(path.relative_to(TOP))
        for room in ROOMS
        for path in (TOP / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {Path(name).suffix for name in files} >= {".py", ".tsv", ".toml", ".css", ".xml", ".json"}
    assert files <= names_in(wheel)


def test_the_wheel_brings_the_command_and_the_licence(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        about = f"khulasa-{VERSION}.dist-info"
        assert "khulasa = khulasa.__main__:main" in archive.read(f"{about}/entry_points.txt").decode()
        assert archive.read(f"{about}/licenses/LICENSE") == (TOP / "LICENSE").read_bytes()


def test_the_same_checkout_gives_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=TOP)
    (again,) = tmp_path.iterdir()
    assert (again.name, again.read_bytes()) == (wheel.name, wheel.read_bytes())


def test_every_room_is_imported_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = f"import {', '.join(ROOMS)}; print(*[m.__file__ for m in ({', '.join(ROOMS)})], sep='\\n')"
    files = [Path(line) for line in run(installed / "bin" / "python", "-c", code, cwd=tmp_path).splitlines()]
    assert len(files) == len(ROOMS)
    assert [file for file in files if not file.is_relative_to(installed)] == []


def test_the_demo_of_the_wheel_gives_the_figures_of_the_newsroom(installed: Path, tmp_path: Path) -> None:
    khulasa = installed / "bin" / "khulasa"
    assert run(khulasa, "--version", cwd=tmp_path) == f"khulasa, version {VERSION}\n"
    figures = json.loads(run(khulasa, "--data", tmp_path / "var", "demo", "--once", "--json", cwd=tmp_path))
    articles = {expected.article for expected in EXPECTED}
    assert figures == {
        "outlets": len(ROOM.outlets),
        "entries": len(EXPECTED),
        "articles": len(articles),
        "merged": len(EXPECTED) - len(articles),
        "corrected": sum(expected.later == "corrected" for expected in EXPECTED),
        "feeds": figures["feeds"],
        "files": str(tmp_path / "var" / "demo" / "public"),
    }
    published = {
        str(path.relative_to(figures["files"])) for path in Path(figures["files"]).rglob("*") if path.is_file()
    }
    assert {"index.html", "style.css", "feeds.opml", "all.rss", "all.html", "source/riwaq.json"} <= published
    assert len(published) == 4 * figures["feeds"] + 3
