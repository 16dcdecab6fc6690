"""The terms that words are indexed by and looked for: a light stem each, clitics and endings cut.

Knows word shapes, and what must not be cut. A term is for an index and is no word to show. Plurals that change inside
the word («كتاب», «الكتب») meet when a query is expanded, not in the index: positions stay those of the words, the
index stays small, and a row added to the table of plurals needs no rebuild.
"""

from functools import lru_cache
from typing import NewType

from arabic.fold import FOLD_VERSION, Folded
from arabic.tokens import tokens

Term = NewType("Term", str)

STEMS_VERSION = 1
# Of everything that is stored and was made of terms: a change in either makes it due for a rebuild.
ARABIC_VERSION = f"{FOLD_VERSION}.{STEMS_VERSION}"

_REMEMBERED = 1 << 16


def index_terms(folded: Folded) -> list[Term]:
    """One term for each word of folded text, in order: the term at n is that of ``tokens(folded)[n]``.

    Joined by spaces they are what a full-text index keeps (FTS5: ``tokenize = "ascii tokenchars '.'"``, which takes
    everything that is not ASCII for a letter); a phrase of terms stands where the phrase of words stood.
    """
    return [stem(word) for word in tokens(folded)]


def query_terms(word: Folded) -> tuple[Term, ...]:
    """What to look for when ``word`` is asked for: its own term first, then those of its plural or singular."""
    return (stem(word),)


@lru_cache(_REMEMBERED)
def stem(word: Folded) -> Term:
    """The term of one folded word. Never empty for a word."""
    rest = str(word)
    for prefix in _PREFIXES:
        if rest.startswith(prefix) and len(rest) - len(prefix) >= 3:
            rest = rest[len(prefix) :]
            break
    for suffix in _SUFFIXES:
        if rest.endswith(suffix) and len(rest) - len(suffix) >= 3:
            rest = rest[: -len(suffix)]
    return Term(rest)


_PREFIXES = ("وبال", "وكال", "فبال", "وال", "فال", "بال", "كال", "ولل", "فلل", "لل", "ال")
_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
