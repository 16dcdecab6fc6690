"""The tables under tests/data/arabic: what cannot be seen is written by its Unicode name, as in [TATWEEL]."""

import csv
import re
import unicodedata
from pathlib import Path

_NAMED = re.compile(r"\[([A-Z][A-Z0-9 -]+)\]")
_SHORT = {
    "RLM": "RIGHT-TO-LEFT MARK",
    "LRM": "LEFT-TO-RIGHT MARK",
    "RLE": "RIGHT-TO-LEFT EMBEDDING",
    "PDF": "POP DIRECTIONAL FORMATTING",
    "RLI": "RIGHT-TO-LEFT ISOLATE",
    "PDI": "POP DIRECTIONAL ISOLATE",
    "ZWNJ": "ZERO WIDTH NON-JOINER",
    "ZWJ": "ZERO WIDTH JOINER",
    "NBSP": "NO-BREAK SPACE",
}
_CONTROLS = {"TAB": "\t", "NEWLINE": "\n"}


def table(name: str) -> list[dict[str, str]]:
    """The rows of ``tests/data/arabic/<name>.tsv``, their marks made real; "Arabic" in a mark's name goes unsaid."""
    path = Path(__file__).resolve().parents[1] / "data" / "arabic" / f"{name}.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True))
    for row in rows:
        assert None not in row and None not in row.values(), row
    return [{column: _NAMED.sub(_real, cell) for column, cell in row.items()} for row in rows]


def _real(match: re.Match[str]) -> str:
    name = match[1]
    if name in _CONTROLS:
        return _CONTROLS[name]
    for candidate in (_SHORT.get(name, name), f"ARABIC {name}"):
        try:
            return unicodedata.lookup(candidate)
        except KeyError:
            continue
    raise AssertionError(f"no character is called {name}")
