"""The table of hostile servers and documents: what each sends, what becomes of it, and which test holds it.

``python -m tests.feeds.hostile`` (``make hostile``) runs these tests and prints the table with what became of them.
"""

import csv
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

TABLE = Path(__file__).resolve().parents[1] / "data" / "hostile" / "cases.tsv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    number: int
    sent: str
    reasons: tuple[str, ...]  # none where nothing is refused
    test: str  # path::name, without parameters


def cases() -> tuple[Case, ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return tuple(
        Case(
            number=int(row["case"]),
            sent=row["sent"],
            reasons=() if row["reason"] == "–" else tuple(row["reason"].split()),
            test=row["test"],
        )
        for row in rows
    )


class Outcomes:
    """What became of each test, parameters taken together: a plugin of pytest."""

    def __init__(self) -> None:
        self.of: dict[str, Counter[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.of.setdefault(report.nodeid.partition("[")[0], Counter())[report.outcome] += 1


def line_of(case: Case, outcomes: Outcomes) -> str:
    counted = outcomes.of.get(case.test, Counter())
    became = ", ".join(f"{count} {outcome}" for outcome, count in counted.items()) or "not run"
    return f"{case.number:2}  {became:10}  {' '.join(case.reasons) or '–':31}  {case.sent}"


def main() -> int:
    outcomes = Outcomes()
    found = cases()
    code = pytest.main(["-q", "--no-header", *dict.fromkeys(case.test for case in found)], plugins=[outcomes])
    sys.stdout.write("\n" + "".join(f"{line_of(case, outcomes)}\n" for case in found))
    return int(code)


if __name__ == "__main__":
    raise SystemExit(main())
