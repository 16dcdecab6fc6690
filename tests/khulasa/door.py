"""A folder with a sources.yml and a data folder, and the door to it: in this process, or in one of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from click.testing import CliRunner

from khulasa.cli import khulasa
from khulasa.saying import err, out

PATIENCE = 60  # seconds, on a busy machine
WIDE = 1000  # columns: a row of a table is one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Each line of the answer as JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Place:
    """Where commands are given."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "sources.yml"

    @property
    def data(self) -> Path:
        return self.folder / "var"

    @property
    def public(self) -> Path:
        return self.data / "public"

    def write(self, sources: str) -> None:
        self.config.write_bytes(sources.encode("utf-8"))

    def options(self) -> list[str]:
        return ["--config", str(self.config), "--data", str(self.data)]

    def say(self, *words: str, stdin: bytes = b"") -> Answer:
        """One command in this process. An exception that is not said fails the test."""
        before = out.width, err.width
        out.width = err.width = WIDE
        try:
            result = CliRunner().invoke(khulasa, [*self.options(), *words], input=stdin, catch_exceptions=False)
        finally:
            out.width, err.width = before
            structlog.reset_defaults()  # the log went to this runner's standard error, which is closed now
        return Answer(code=result.exit_code, out=result.stdout, err=result.stderr)

    def start(self, *words: str, env: Mapping[str, str] | None = None) -> "subprocess.Popen[bytes]":
        """One command in a process and a process group of its own, its streams as pipes."""
        return subprocess.Popen(
            [sys.executable, "-m", "khulasa", *self.options(), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )

    def run(self, *words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Answer:
        """One command in a process of its own, to its end."""
        with self.start(*words, env=env) as process:
            told, warned = process.communicate(stdin, timeout=PATIENCE)
        return Answer(code=process.returncode, out=told.decode("utf-8"), err=warned.decode("utf-8"))


def sources_yml(*sources: tuple[str, str, str], feeds: str = "") -> str:
    """A sources.yml that may ask this machine: (id, title, url) each."""
    listed = "".join(
        f"  - {{id: {id}, title: {json.dumps(title, ensure_ascii=False)}, url: {json.dumps(url)}}}\n"
        for id, title, url in sources
    )
    return f"fetch: {{allow_networks: [127.0.0.0/8]}}\nsources:\n{listed}{feeds}"


def rss(title: str, *items: tuple[str, str, str]) -> bytes:
    """A feed of RSS 2.0: each item (title, link, text), an hour apart."""
    written = "".join(
        f"<item><title>{name}</title><link>{link}</link><guid>{link}</guid><description>{text}</description>"
        f"<pubDate>Fri, 20 Nov 2026 {9 - hour:02d}:00:00 GMT</pubDate></item>"
        for hour, (name, link, text) in enumerate(items)
    )
    head = f"<title>{title}</title><link>https://riwaq.example/</link><description>-</description>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{written}</channel></rss>'.encode()
