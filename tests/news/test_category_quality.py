"""The floor under the categories: labelled articles of outlets that nobody tuned for. Floors are only ever raised."""

from pathlib import Path

from benchmarks.categories import measure

# corpus → (digest of its file, share of articles whose first category is right, at least)
FLOORS = {
    "sanad": ("af20ffb906772914", 0.83),
    "antv21": ("a62bef4d53c04beb", 0.82),
    "saudinewsnet": ("6df126fb37b202cc", 0.84),
    "vulca1n": ("a58f4724f96fbce0", 0.77),
    "arabicnewspaperscorpus": ("2409d07ab78f30fd", 0.75),
}


def test_categories_do_not_get_worse(shared_data: Path) -> None:
    measured = {found.corpus: found for found in measure()}
    assert measured.keys() == FLOORS.keys()
    for corpus, (digest, floor) in FLOORS.items():
        assert measured[corpus].digest == digest, f"{corpus}: the floor was measured on other data"
        assert measured[corpus].accuracy >= floor, corpus
