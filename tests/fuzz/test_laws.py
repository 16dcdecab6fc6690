"""The laws of fuzzing on what is kept, and for a moment on what hypothesis makes of it."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.__main__ import command, main
from tests.fuzz.laws import LAWS, seeds

KEPT = [(name, path) for name in LAWS for path in seeds(name)]
WORDS = (
    b"<b>",
    b"]]>",
    b"<![CDATA[",
    b"&amp;",
    b"&#x202e;",
    "\u202e\u2067\u2069".encode(),
    b"\0",
    b"\n",
    b"\xd9",
    b"<!--",
)
CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(WORDS) | st.binary(max_size=12)), max_size=4
)
needs_atheris = pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is for Linux")


@pytest.mark.parametrize(("name", "path"), KEPT, ids=[f"{name}-{path.name}" for name, path in KEPT])
def test_the_law_holds_for_what_is_kept(name: str, path: Path) -> None:
    LAWS[name](path.read_bytes())


@pytest.mark.parametrize("name", LAWS)
def test_the_law_holds_for_what_changes_make_of_it(name: str) -> None:
    kept = [path.read_bytes() for path in seeds(name)]

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from(kept), CHANGES)
    def holds(data: bytes, changes: list[tuple[float, int, bytes]]) -> None:
        for where, removed, added in changes:
            at = int(where * len(data))
            data = data[:at] + added + data[at + removed :]
        LAWS[name](data)

    holds()


def test_every_law_has_something_to_begin_with() -> None:
    assert [name for name in LAWS if len(seeds(name)) < 3] == []


@needs_atheris
def test_bytes_that_break_a_law_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for them is given a law that one word breaks."""
    broken = tmp_path / "broken.py"
    broken.write_text(
        "import sys\n"
        "from tests.fuzz.laws import LAWS\n"
        "def law(data):\n"
        "    assert b'word' not in data\n"
        "LAWS['fold'] = law\n"
        "from runpy import run_module\n"
        "run_module('tests.fuzz.target', run_name='__main__')\n",
        encoding="utf-8",
    )
    monkeypatch.setattr("tests.fuzz.__main__.WORK", tmp_path / "work")
    monkeypatch.setattr("tests.fuzz.__main__.HERE", tmp_path)
    (tmp_path / "corpus" / "fold").mkdir(parents=True)
    (tmp_path / "corpus" / "fold" / "seed").write_bytes(b"a word")
    words = command("fold", 1)
    done = subprocess.run(
        [sys.executable, str(broken), *words[3:]], capture_output=True, check=False, cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert done.returncode != 0
    assert [path.read_bytes() for path in (tmp_path / "found" / "fold").iterdir()] == [b"a word"]


def test_a_law_that_nobody_made_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--time", "1", "gravity"])
    assert ended.value.code == 2
    assert "no such law: gravity" in capsys.readouterr().err
