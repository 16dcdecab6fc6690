"""How the verbs speak: to people on a console, to programs in JSON. Knows no verb."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from khulasa import showing

# Where nobody looks a row stays one line, for grep.
WIDTH = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 1000

out = Console(highlight=False, width=WIDTH)
err = Console(stderr=True, highlight=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What is given before the verb, and the clock."""

    config: Path
    data: Path
    now: Callable[[], datetime]


as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")


def say(line: str) -> None:
    out.print(showing.safe(line), soft_wrap=True)


def say_json(value: object) -> None:
    click.echo(showing.json_bytes(value, indent=2))


def say_line(value: object) -> None:
    click.echo(showing.json_bytes(value))
