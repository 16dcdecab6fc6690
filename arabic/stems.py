"""The terms that words are indexed by and looked for: a light stem each, clitics and endings cut.

Knows word shapes, and from its tables what must not be cut. A term is for an index and is no word to show. Plurals that
change inside the word («كتاب», «الكتب») meet when a query is expanded, not in the index: positions stay those of the
words, the index stays small, and a row added to the table of plurals needs no rebuild.
"""

import re
from functools import cache, lru_cache
from typing import NewType

from arabic.affixes import is_arabic, table_rows, without_clitics, without_ending
from arabic.fold import FOLD_VERSION, Folded, fold
from arabic.tokens import LONGEST_WORD, tokens

Term = NewType("Term", str)

STEMS_VERSION = 7
# Of everything that is stored and was made of terms: a change in either makes it due for a rebuild.
ARABIC_VERSION = f"{FOLD_VERSION}.{STEMS_VERSION}"

_REMEMBERED = 1 << 15
_LONGEST = 24  # letters; what is longer is no word, and is its own term

# What Arabic writes onto numbers: «الـ20», «لـ2026», «1448هـ», «2026م».
_NUMBER = re.compile(
    "[\N{ARABIC LETTER WAW}\N{ARABIC LETTER FEH}]?"
    "(?:[\N{ARABIC LETTER BEH}\N{ARABIC LETTER KAF}]?ال|لل"
    "|[\N{ARABIC LETTER BEH}\N{ARABIC LETTER KAF}\N{ARABIC LETTER LAM}])?"
    "([0-9][0-9.]*)[\N{ARABIC LETTER HEH}\N{ARABIC LETTER MEEM}]?"
)


def index_terms(folded: Folded) -> list[Term]:
    """One term for each word of folded text, in order: the term at n is that of ``tokens(folded)[n]``.

    Joined by spaces they are what a full-text index keeps (FTS5: ``tokenize = "ascii tokenchars '.'"``, which takes
    everything that is not ASCII for a letter); a phrase of terms stands where the phrase of words stood.
    """
    return [stem(word) for word in tokens(folded)]


def query_terms(word: Folded) -> tuple[Term, ...]:
    """What to look for when ``word`` is asked for: its own term first, then those of its plural or singular."""
    term = stem(word)
    return _plurals().get(term, (term,))


def stem(word: Folded) -> Term:
    """The term of one folded word. Never empty for a word."""
    return _stem(word) if len(word) <= LONGEST_WORD else _stem.__wrapped__(word)


@lru_cache(_REMEMBERED)
def _stem(word: Folded) -> Term:
    if len(word) > _LONGEST or not is_arabic(word):
        number = _NUMBER.fullmatch(word)
        return Term(number[1] if number else word)
    return Term(without_ending(without_clitics(word)))


@cache
def _plurals() -> dict[Term, tuple[Term, ...]]:
    """Term → all terms to look for, itself first."""
    groups: dict[Term, dict[Term, None]] = {}
    for singular, plurals, *_ in table_rows("plurals.tsv"):
        terms = [stem(form) for form in tokens(fold(f"{singular} {plurals}"))]
        for term in terms:
            groups.setdefault(term, {term: None}).update(dict.fromkeys(terms))
    return {term: tuple(group) for term, group in groups.items()}
