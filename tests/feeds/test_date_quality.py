"""The floor under the dates: strings of the press that nobody tuned for. Floors are only ever raised."""

from pathlib import Path

from benchmarks.dates import OWN, PRESS, digest, measure

DIGEST = "af9e6328c18bead7"


def test_every_string_that_says_a_day_is_read_and_no_other(shared_data: Path) -> None:
    assert digest(PRESS) == DIGEST, "the floors were measured on other data"
    found = measure(PRESS)
    for kind, outcomes in found.items():
        assert outcomes.wrong == 0, (kind, outcomes.examples)
        if not kind.startswith("hijri"):
            assert outcomes.missed == 0, (kind, outcomes.examples)
    assert sum(outcomes.right for outcomes in found.values()) == 128
    assert sum(outcomes.left_alone for outcomes in found.values()) == 109


def test_hijri_dates_are_converted_to_the_day_beside_them(shared_data: Path) -> None:
    found = [outcomes for kind, outcomes in measure(PRESS).items() if kind.startswith("hijri")]
    assert sum(outcomes.missed for outcomes in found) <= 1  # before the tables of Umm al-Qura
    assert sum(outcomes.converted for outcomes in found) >= 73
    assert sum(outcomes.beside for outcomes in found) == 12
    assert sum(outcomes.agree for outcomes in found) >= 11  # one author named the wrong month


def test_the_own_strings_come_out_right_as_dates_of_entries_too() -> None:
    found = measure(OWN)
    assert {kind: outcomes.examples for kind, outcomes in found.items() if outcomes.wrong or outcomes.missed} == {}
