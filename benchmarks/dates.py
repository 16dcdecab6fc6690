"""What becomes of dates as people write them: read right, left alone where they say too little, missed, or read wrong.

Own strings (``tests/data/arabic/dates.tsv``), then, where they lie beside the checkout, strings of the press
(``shared/data/dates``): third-party text that never enters it. Its Hijri dates come without an answer; some have
the Gregorian day beside them in the text they were taken from, and are held against that.
"""

import argparse
import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console, Group
from rich.table import Table

from arabic.dates import CALENDARS_AGREE
from feeds.entry_dates import EntryDate, read_date

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "tests" / "data" / "arabic" / "dates.tsv"
PRESS = ROOT.parent / "shared" / "data" / "dates" / "date_strings.csv"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
_UTC = ZoneInfo("UTC")
_BESIDE = re.compile(r"\s*(?:هـ?)?[\s,،(\-]*الموافق\s+")
_INVISIBLE = re.compile(r"\[[A-Z][A-Z ]+\]")  # how the own table writes marks: they count for nothing
_ENOUGH = 60  # characters in which a Gregorian date stands


@dataclass(slots=True)
class Outcomes:
    """How many strings of one kind came out how."""

    right: int = 0
    left_alone: int = 0  # nothing was due, nothing was read
    missed: int = 0
    wrong: int = 0
    converted: int = 0  # Hijri, without an answer
    beside: int = 0  # of these with a Gregorian day in their context
    agree: int = 0  # of these within two days of it
    examples: list[str] = field(default_factory=list)

    def add(self, row: dict[str, str]) -> None:
        found = _read(row).moment
        expected = row.get("expected", row.get("iso_if_unambiguous", "")).strip("-")
        if row.get("kind", "").startswith("hijri") and not expected:
            self._add_hijri(row, found)
        elif found is None and not expected:
            self.left_alone += 1
        elif found is not None and expected and _is(found, expected):
            self.right += 1
        else:
            self.missed += found is None
            self.wrong += found is not None
            self.examples.append(f"{row.get('text') or row['string']}: {found} in place of {expected or 'nothing'}")

    def _add_hijri(self, row: dict[str, str], found: datetime | None) -> None:
        if found is None:
            self.missed += 1
            self.examples.append(f"{row['string']}: nothing")
            return
        self.converted += 1
        beside = _gregorian_beside(row)
        if beside is not None:
            self.beside += 1
            self.agree += abs(found.date() - beside) <= CALENDARS_AGREE


def measure(path: Path) -> dict[str, Outcomes]:
    """Kind → what became of its strings. Columns: string, kind, iso_if_unambiguous; or text, now, zone, expected."""
    found: defaultdict[str, Outcomes] = defaultdict(Outcomes)
    for row in _rows(path):
        found[row.get("kind") or row.get("why") or "all"].add(row)
    return dict(found)


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:16]


def table() -> Group:
    shown = [_table_of(OWN, {"own strings": _together(measure(OWN))})]
    if PRESS.is_file():
        shown.append(_table_of(PRESS, measure(PRESS)))
    return Group(*shown)


def main(arguments: Sequence[str]) -> None:
    """``python -m benchmarks dates [FILE]``: the strings of one file, and which of them came out wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks dates", description=main.__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="CSV, or TSV, with the columns of the files read without it")
    path = parser.parse_args(arguments).file
    console = Console(width=110)
    if path is None:
        console.print(table())
        return
    found = measure(path)
    console.print(_table_of(path, found if path.suffix == ".csv" else {path.stem: _together(found)}))
    for outcomes in found.values():
        for example in outcomes.examples:
            console.print(example, markup=False)


def _table_of(path: Path, found: dict[str, Outcomes]) -> Table:
    shown = Table(
        "strings", "all", "right", "nothing, as due", "missed", "wrong", "Hijri, converted", "… as beside it",
        title=f"dates of {path.name} ({digest(path)})",
    )  # fmt: skip
    for kind, one in [*sorted(found.items()), *([("together", _together(found))] if len(found) > 1 else [])]:
        count = one.right + one.left_alone + one.missed + one.wrong + one.converted
        cells = (count, one.right, one.left_alone, one.missed, one.wrong, one.converted)
        shown.add_row(kind, *map(str, cells), f"{one.agree} of {one.beside}")
    return shown


def _together(found: dict[str, Outcomes]) -> Outcomes:
    whole = Outcomes()
    for one in found.values():
        for name in ("right", "left_alone", "missed", "wrong", "converted", "beside", "agree"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        whole.examples += one.examples
    return whole


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            yield from csv.DictReader(file)
        else:
            yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def _read(row: dict[str, str]) -> EntryDate:
    if "string" in row:
        return read_date(row["string"], zone=_UTC, now=NOW)
    text = _INVISIBLE.sub("", row["text"])
    return read_date(text, zone=ZoneInfo(row["zone"]), now=datetime.fromisoformat(row["now"]))


def _is(found: datetime, expected: str) -> bool:
    """A day where a day is expected, else the moment."""
    if len(expected) == len("2026-11-07"):
        return found.date().isoformat() == expected
    return found == datetime.fromisoformat(expected)


def _gregorian_beside(row: dict[str, str]) -> date | None:
    """The day after «الموافق» in the context, the longest run of words that is a date."""
    _, _, after = row.get("context", "").partition(row["string"])
    match = _BESIDE.match(after)
    words = after[match.end() :][:_ENOUGH].split(" ") if match else []
    for count in range(len(words), 0, -1):
        moment = read_date(" ".join(words[:count]).rstrip(".،,؛)"), zone=_UTC, now=NOW).moment
        if moment is not None:
            return moment.date()
    return None
