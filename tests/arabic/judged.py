"""The judged words of tests/data/arabic, and how many of them a way of making terms gets right.

``terms`` is what the stemmer was built with. ``terms_kept_back`` was written when that was done, and nothing was
changed for it: whoever mends what it shows moves its rows to ``terms`` and writes new ones. ``word_forms`` and
``word_forms_kept_back`` are halves of one list of everyday words, each with the forms of its class («why») or with what
looks like it; rules and tables were mended with the first half in view, of the second only the shares.
"""

from collections.abc import Callable, Collection

from tests.arabic.tables import table

TABLES = ("terms", "terms_kept_back", "word_forms", "word_forms_kept_back")


def found_and_wrong(
    name: str, query: Callable[[str], Collection[str]], index: Callable[[str], str]
) -> tuple[float, float]:
    """Shares of the right pairs found, and of the wrong pairs found. ``query`` and ``index`` take words as written."""
    right, wrong = (
        [index(other) in query(word) for word, other in judged]
        for judged in (pairs(name, "finds"), pairs(name, "never"))
    )
    return sum(right) / len(right), sum(wrong) / len(wrong)


def pairs(name: str, column: str) -> list[tuple[str, str]]:
    """(word of a query, word of a text) of one column: finds, never."""
    return [(row["word"], other) for row in table(name) for other in row[column].split()]
