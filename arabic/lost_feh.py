"""Whether a byte lost among Arabic letters was «ف» or a vowel mark: windows-1252 has no character for either.

Knows what feh.tsv holds: how often letters stand around the one and the other in the press (benchmarks/learn_feh.py).
"""

from functools import cache
from importlib.resources import files

CERTAIN = 5  # the weight of letters between which marks are hardly ever written
_EDGE = "-"


def contexts(before: str, after: str) -> tuple[str, str]:
    """The keys of the table: two letters before with one after, one letter before with two after."""
    before, after = (_EDGE * 2 + before)[-2:], (after + _EDGE * 2)[:2]
    return before + after[0], before[1] + after


def is_feh(before: str, after: str) -> bool:
    """Judge by the letters of the same word ``before`` and ``after`` the gap, vowel marks left out."""
    if not before and not after:
        return False
    weights = _weights()
    return sum(side.get(key, CERTAIN) for side, key in zip(weights, contexts(before, after), strict=True)) > CERTAIN


@cache
def _weights() -> tuple[dict[str, int], dict[str, int]]:
    """Natural logarithms of the odds that it was the letter."""
    found: dict[str, dict[str, int]] = {"before": {}, "after": {}}
    for line in files("arabic").joinpath("feh.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        weight, side, letters = line.split("\t")
        found[side].update(dict.fromkeys(letters.split(), int(weight)))
    return found["before"], found["after"]
