"""Reading the tables in tests/data/news, and the newsroom's hard pairs: tab-separated, a header line, # for remarks, no
cell left out.

Characters nobody can see are written as names in brackets: [ZWNJ], [SHADDA]. «¶» stands between paragraphs.
"""

import csv
import unicodedata
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data" / "news"
HARD_PAIRS = DATA.parents[2] / "khulasa" / "demo" / "newsroom" / "hard_pairs.tsv"
PARAGRAPH = "¶"

_INVISIBLE = {
    "[ZWNJ]": "ZERO WIDTH NON-JOINER",
    "[ZWSP]": "ZERO WIDTH SPACE",
    "[RLM]": "RIGHT-TO-LEFT MARK",
    "[NBSP]": "NO-BREAK SPACE",
    "[TATWEEL]": "ARABIC TATWEEL",
    "[FATHA]": "ARABIC FATHA",
    "[DAMMA]": "ARABIC DAMMA",
    "[SHADDA]": "ARABIC SHADDA",
    "[FATHATAN]": "ARABIC FATHATAN",
    "[DAGGER]": "ARABIC LETTER SUPERSCRIPT ALEF",
}

Case = dict[str, str]


def cases(name: str) -> list[Case]:
    """Rows of ``tests/data/news/<name>.tsv`` by column."""
    return _rows(DATA / f"{name}.tsv")


def hard_pairs() -> list[Case]:
    """Two articles and whether they are a copy, one story or different: the newsroom's key to what looks alike."""
    return _rows(HARD_PAIRS)


def _rows(table: Path) -> list[Case]:
    with table.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True))
    for row in rows:
        if None in row or None in row.values():
            raise ValueError(f"{table.name}: cells too many or too few in {row}")
    return [{column: _visible(cell) for column, cell in row.items()} for row in rows]


def paragraphs(cell: str) -> tuple[str, ...]:
    """The paragraphs written in one cell."""
    return tuple(part.strip(" ") for part in cell.split(PARAGRAPH)) if cell else ()


def _visible(cell: str) -> str:
    for written, name in _INVISIBLE.items():
        cell = cell.replace(written, unicodedata.lookup(name))
    return cell
