"""Documentation that cannot lie: the rooms, the commands and the examples are checked against the house."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from feeds.sources import load_sources
from khulasa.cli import khulasa
from news.categories import CATEGORIES
from scheduler.daemon import schedule_mistake

TOP = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
READMES = ("README.md", "README.ar.md")


def text(name: str) -> str:
    return (TOP / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text(name), re.MULTILINE | re.DOTALL)


def test_the_rooms_of_the_page_are_the_packages_of_the_wheel() -> None:
    told = re.findall(r"^\| `(\w+)/` \|", text("docs/architecture.md"), re.MULTILINE)
    assert sorted(told) == sorted(ROOMS)
    assert sorted(PROJECT["tool"]["importlinter"]["root_packages"]) == sorted(ROOMS)


def test_every_module_the_page_names_exists() -> None:
    named = set(
        re.findall(
            r"`((?:arabic|news|feeds|store|scheduler|web|khulasa|tests)/[\w/]+\.\w+)", text("docs/architecture.md")
        )
    )
    assert len(named) > 10
    assert [name for name in sorted(named) if not (TOP / name).is_file()] == []


def test_the_direction_of_imports_on_the_page_is_the_contract() -> None:
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    assert " ─▶ ".join(layers) in text("docs/architecture.md")


@pytest.mark.parametrize("readme", READMES)
def test_the_commands_of_a_readme_exist(readme: str) -> None:
    verbs = set(re.findall(r"\bkhulasa (?:--\S+ \S+ )*([a-z]+)\b", "\n".join(blocks(readme, "sh"))))
    verbs |= set(re.findall(r"`khulasa ([a-z]+)", text(readme)))
    assert {"add", "check", "status", "explain", "run", "poll", "publish", "serve", "read", "judge"} <= verbs
    assert verbs <= set(khulasa.commands)


@pytest.mark.parametrize("readme", READMES)
def test_the_make_targets_of_a_readme_exist(readme: str) -> None:
    targets = set(re.findall(r"\bmake ([a-z]+)", text(readme)))
    assert {"demo", "test", "run", "check", "bench"} <= targets
    assert targets <= set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("readme", READMES)
def test_the_configuration_of_a_readme_is_right(readme: str, tmp_path: Path) -> None:
    (example,) = blocks(readme, "yaml")
    (tmp_path / "sources.yml").write_text(example, encoding="utf-8")
    configuration = load_sources(tmp_path / "sources.yml", check_schedule=schedule_mistake)
    assert len(configuration.sources) == 2
    assert len(example.splitlines()) <= 10


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_names_every_category(readme: str) -> None:
    names = [category.name if readme.endswith(".ar.md") else category.id for category in CATEGORIES]
    joined = ("، " if readme.endswith(".ar.md") else ", ").join(names)
    assert joined in text(readme)


@pytest.mark.parametrize("readme", READMES)
def test_links_to_files_lead_somewhere(readme: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text(readme)) if "://" not in link]
    assert len(links) >= 3
    assert [link for link in links if not (TOP / link).exists()] == []


def test_every_verb_says_what_it_does_and_the_changelog_names_it() -> None:
    for name, command in khulasa.commands.items():
        assert command.help, name
        assert f"`khulasa {name}`" in text("CHANGELOG.md") or re.search(
            rf"`[^`]*\b{name}\b[^`]*`", text("CHANGELOG.md")
        ), name


def test_no_module_is_longer_than_a_page_allows() -> None:
    """About 300 lines. The glossary is one page by design, the command line has a paragraph for each verb."""
    of_their_own = {"news/types.py": 540, "khulasa/cli.py": 450}
    long = {
        str(path.relative_to(TOP)): lines
        for room in ROOMS
        for path in (TOP / room).rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines()))
        > of_their_own.get(str(path.relative_to(TOP)), 340)
    }
    assert long == {}


def test_a_fault_is_said_in_one_line_without_a_traceback(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "khulasa", "--config", str(tmp_path / "none.yml"), "--data", str(tmp_path), "status"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 1
    assert "none.yml" in answer.stderr
    assert "Traceback" not in answer.stderr
