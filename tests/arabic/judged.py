"""The judged words of tests/data/arabic/terms.tsv, and how many of them a way of making terms gets right."""

from collections.abc import Callable, Collection

from arabic.fold import Folded, fold
from tests.arabic.tables import table

ROWS = table("terms")


def found_and_wrong(query: Callable[[Folded], Collection[str]], index: Callable[[Folded], str]) -> tuple[float, float]:
    """Shares of the right pairs found, and of the wrong pairs found."""
    return _share("finds", query, index), _share("never", query, index)


def pairs(column: str) -> list[tuple[Folded, Folded]]:
    """(word of a query, word of a text) of one column: finds, never."""
    return [(fold(row["word"]), fold(other)) for row in ROWS for other in row[column].split()]


def _share(column: str, query: Callable[[Folded], Collection[str]], index: Callable[[Folded], str]) -> float:
    judged = pairs(column)
    return sum(index(other) in query(word) for word, other in judged) / len(judged)
