"""The terms that words are indexed by and looked for: a light stem each, clitics and endings cut.

Knows word shapes, and from its tables what must not be cut. A term is for an index and is no word to show. Plurals that
change inside the word («كتاب», «الكتب») meet when a query is expanded, not in the index: positions stay those of the
words, the index stays small, and a row added to the table of plurals needs no rebuild.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import NewType

from arabic.fold import FOLD_VERSION, Folded, fold
from arabic.tokens import tokens

Term = NewType("Term", str)

STEMS_VERSION = 3
# Of everything that is stored and was made of terms: a change in either makes it due for a rebuild.
ARABIC_VERSION = f"{FOLD_VERSION}.{STEMS_VERSION}"

_REMEMBERED = 1 << 16
_LONGEST = 24  # letters; what is longer is no word, and is its own term

_AND, _THEN = "\N{ARABIC LETTER WAW}", "\N{ARABIC LETTER FEH}"
_WITH, _LIKE, _TO = "\N{ARABIC LETTER BEH}", "\N{ARABIC LETTER KAF}", "\N{ARABIC LETTER LAM}"
_ARTICLE, _TO_THE = "ال", "لل"
_HEH, _YEH = "\N{ARABIC LETTER HEH}", "\N{ARABIC LETTER YEH}"
_ALEF, _TEH = "\N{ARABIC LETTER ALEF}", "\N{ARABIC LETTER TEH}"
_HER, _OUR, _FEMININE_PLURAL = "ها", "نا", "ات"
_COMPOUNDS = (_WITH + _ARTICLE, _LIKE + _ARTICLE)
_SHORTEST_REST = 3
# Prefix → (the fewest letters that may remain, what stands in its place), the longest first.
_PREFIXES = {
    **dict.fromkeys(_COMPOUNDS, (3, _ARTICLE)),
    _TO_THE: (2, _ARTICLE),
    _ARTICLE: (2, ""),
    _AND: (3, ""),
    _THEN: (3, ""),
    **dict.fromkeys((_WITH, _LIKE, _TO), (3, "")),
}
# Short words that «و» is written onto.
_AFTER_AND = frozenset(("في", "من", "هو", "هي", "ما", "لا", "ان", "قد", "لم", "لن", "عن", "كل", "به", "له"))
# Ending → the fewest letters that must remain, the longest first.
_ENDINGS = {
    "هما": 4,
    **dict.fromkeys(("كم", "هن"), 4),
    **dict.fromkeys((_HER, "هم", _OUR, _FEMININE_PLURAL, "ان", "ون", "ين", "وا"), 3),
    **dict.fromkeys((_HEH, _YEH, _ALEF, _TEH), 3),
    _AND: 4,  # of the construct, «مدرسو»
}
_NUMBER = re.compile(
    f"[{_AND}{_THEN}]?(?:[{_WITH}{_LIKE}]?{_ARTICLE}|{_TO_THE}|[{_WITH}{_LIKE}{_TO}])?"
    f"([0-9][0-9.]*)[{_HEH}\N{ARABIC LETTER MEEM}]?"  # «1448هـ», «2026م»
)
_ARABIC = re.compile("[\N{ARABIC LETTER HAMZA}-\N{ARABIC LETTER YEH}]+")


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


@lru_cache(_REMEMBERED)
def stem(word: Folded) -> Term:
    """The term of one folded word. Never empty for a word."""
    if len(word) > _LONGEST or not _ARABIC.fullmatch(word):
        number = _NUMBER.fullmatch(word)
        return Term(number[1] if number else word)
    return Term(_without_ending(_without_clitics(word)))


def _without_clitics(word: str) -> str:
    families = _families()
    while word not in families and (shorter := _cut_clitic(word)) is not None:
        if word.startswith(_ARTICLE):
            return shorter
        word = shorter
    return word


def _cut_clitic(word: str) -> str | None:
    for prefix, (fewest, instead) in _PREFIXES.items():
        if word.startswith(prefix):
            rest = word[len(prefix) :]
            if prefix == _TO_THE and _keeps(_TO, word[1:]):  # «للبنان» is «ل» and «لبنان»
                return word[1:]
            if prefix == _AND and rest in _AFTER_AND:
                return rest
            if len(rest) >= fewest and not _keeps(prefix, word):
                return instead + rest
    return None


def _keeps(prefix: str, word: str) -> bool:
    """Whether what looks like a prefix is the word's own. The tables hold words without endings."""
    kept = _own_beginnings()[prefix[:1] if prefix in _COMPOUNDS else prefix]
    return word in kept or _without_ending(word) in kept


def _without_ending(word: str) -> str:
    families, kept = _families(), _kept()
    while (head := families.get(word)) is None:
        for ending, fewest in _ENDINGS.items():
            if word.endswith(ending) and len(word) - len(ending) >= fewest and word not in kept[ending]:
                if ending == _YEH and word[-2] == _ALEF:  # «ولايات», «ولاية»: the yeh is the word's
                    continue
                if ending in (_HER, _OUR) and any(word[:-1] in words for words in kept.values()):
                    ending = _ALEF  # «اتجاها» is «اتجاه» and an alef, «بيانا» is «بيان»
                word = word[: -len(ending)]
                break
        else:
            return word
    return head


@cache
def _kept() -> dict[str, frozenset[str]]:
    """Prefix or ending → the words that keep it."""
    kept: dict[str, set[str]] = {affix: set() for affix in (*_PREFIXES, *_ENDINGS)}
    for name in ("kept_learnt.tsv", "kept.tsv"):
        for affix, words, *_ in _rows(name):
            kept[affix].update(fold(words).split())
    return {affix: frozenset(words) for affix, words in kept.items()}


@cache
def _own_beginnings() -> dict[str, frozenset[str]]:
    """Prefix → the words whose own it is, as the tables have them and without their endings."""
    kept = _kept()
    return {
        prefix: kept[prefix].union(
            bare for bare in map(_without_ending, kept[prefix]) if len(bare) >= len(prefix) + _SHORTEST_REST
        )
        for prefix in _PREFIXES
    }


@cache
def _families() -> dict[str, str]:
    """Form → the word that stands for its whole family."""
    return {form: fold(head) for head, forms, *_ in _rows("families.tsv") for form in fold(f"{head} {forms}").split()}


@cache
def _plurals() -> dict[Term, tuple[Term, ...]]:
    """Term → all terms to look for, itself first."""
    groups: dict[Term, dict[Term, None]] = {}
    for singular, plurals, *_ in _rows("plurals.tsv"):
        terms = [stem(form) for form in tokens(fold(f"{singular} {plurals}"))]
        for term in terms:
            groups.setdefault(term, {term: None}).update(dict.fromkeys(terms))
    return {term: tuple(group) for term, group in groups.items()}


def _rows(name: str) -> Iterator[list[str]]:
    lines = files("arabic").joinpath(name).read_text(encoding="utf-8").splitlines()
    return (line.split("\t") for line in lines[1:])
