"""The floor under copies and stories: pairs of fourteen papers, labelled. Floors are only ever raised.

What is judged here was seen when the weights were fitted; ``python -m benchmarks duplicates`` prints the figures of
days kept back.
"""

from pathlib import Path

from benchmarks import duplicates
from benchmarks.likeness_fit import WEIGHTS, digests

PAIRS, HARD, OWN = 0.99, 0.98, 0.95  # F1
KEPT_BACK = {
    "pairs": 0.99,
    "hard": 0.99,
    "own": 0.93,
    "told": 0.65,
    "read": 0.48,
    "copies": 0.97,
}  # F1; copies: B-cubed
# … in a store that has the days before, see news/background.py
SEASONED = {"pairs": 0.99, "hard": 0.96, "read": 0.57, "copies": 0.97, "stories": 0.92}
# The corpus's clusters are texts of one wording: each report in other words that is found counts as a mistake here.
# It was 0.95 when one of the newsroom's 16 told events came out whole, see tests/khulasa/test_newsroom.py.
STORIES = 0.91  # B-cubed


def test_pairs_do_not_get_worse(shared_data: Path) -> None:
    written = WEIGHTS.read_text(encoding="utf-8")
    assert all(f"{name}, sha256 {digest}" in written for name, digest in digests()), "fitted on other data"
    pairs, hard, own = duplicates.as_committed()
    assert pairs.f1 >= PAIRS
    assert hard.f1 >= HARD
    assert own.f1 >= OWN


def test_days_kept_back_are_judged_no_worse(shared_data: Path) -> None:
    found = duplicates.measure()
    assert {
        name: round(getattr(found, name).f1, 3) for name in KEPT_BACK if getattr(found, name).f1 < KEPT_BACK[name]
    } == {}
    assert found.stories.f1 >= STORIES
    assert found.found >= 0.998


def test_what_the_days_before_say_makes_no_judgement_worse(shared_data: Path) -> None:
    found = duplicates.measure(seen=True)
    assert {
        name: round(getattr(found, name).f1, 3) for name in SEASONED if getattr(found, name).f1 < SEASONED[name]
    } == {}


def test_headlines_alone_do_not_get_worse(shared_data: Path) -> None:
    area, _, pairs = duplicates.headlines()
    assert pairs == 81
    assert area >= 0.74
