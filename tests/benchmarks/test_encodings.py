"""What comes out of broken encodings: floors under what ``python -m benchmarks encodings`` prints."""

from pathlib import Path

import pytest

from benchmarks.breakages import TWICE
from benchmarks.encodings import Outcomes, measured, measured_within, own_texts, press, ways

ARABIC = "أإابتثجحخدذرزسشصضطظعغفقكلمنهويىةئءؤکی"
OWN = [text for text in own_texts() if sum(letter in ARABIC for letter in text[0]) > 3]
# Letters are gone: some of these texts may be quarantined, and a vowel mark may pass for a letter.
LOST = {name for name in TWICE if "C1 controls" in name or "references" in name}
GONE = {name for name in TWICE if "latin-1" in name and "C1" in name} | {"letters replaced by ?"}
PRESS_DIGEST = "86ffab795ab4d81a"


def share(found: Outcomes) -> float:
    return (found.right + found.repaired) / found.all


@pytest.mark.parametrize("name", [name for name, _ in ways()])
def test_own_texts_come_out_right_or_not_at_all(name: str) -> None:
    found = measured(OWN, name, dict(ways())[name])
    assert found.wrong <= (1 if name in LOST else 0), found.examples
    if name not in GONE:
        assert share(found) >= (0.8 if name in LOST else 0.93)


@pytest.mark.parametrize("name", TWICE)
def test_one_broken_item_among_right_ones_comes_out_right_or_not_at_all(name: str) -> None:
    found = measured_within(OWN[::6], name, TWICE[name])
    assert found.wrong <= (1 if name in LOST else 0), found.examples


@pytest.mark.parametrize("name", [name for name, _ in ways()])
def test_texts_of_the_press_come_out_right_or_not_at_all(name: str, shared_data: Path) -> None:
    assert shared_data.is_dir()
    digest, texts = press()
    assert digest == PRESS_DIGEST
    found = measured(texts[:: len(texts) // 60], name, dict(ways())[name])
    assert found.wrong <= (4 if name in LOST else 1), found.examples
    if name not in GONE:
        assert share(found) >= (0.7 if name in LOST else 0.96)
