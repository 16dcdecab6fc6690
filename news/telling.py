"""What the words of a text tell about its event: how rare each is, and which are numbers, ordinals, days or places.

Knows tables (news/data: word_rarity, telling_words) and the gazetteer, no grammar and no single article.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from math import log2

from arabic.fold import Folded, fold
from arabic.lexicon import Lexicon
from arabic.stems import stem
from news.places import named_places
from news.tables import read_table

# The sort of a token. One letter each, so that the sorts of a text are one string.
NUMBER, ORDINAL, DAY, MONTH, PLACE, LATIN, WORD = "n", "o", "d", "m", "p", "l", "w"

UNKNOWN = 12.5  # bits of a word that stands in no table
PER_SORT = {NUMBER: 7.0, ORDINAL: 6.0, DAY: 4.0, MONTH: 5.0}  # bits, whatever the token
LONG_NUMBER = 2.0  # more bits for each digit from the third on: 93226 spectators are one match

_SORTS = {"number": NUMBER, "ordinal": ORDINAL, "day": DAY, "month": MONTH}
_TELLING: Lexicon[tuple[str, str]] = Lexicon(
    (form, (_SORTS[sort], f"{_SORTS[sort]}{value}" if sort != "number" else value))
    for sort, value, forms in read_table("telling_words", ("sort", "value", "forms"))
    for form in forms.split("|")
)


def told(words: Sequence[Folded]) -> Iterator[tuple[str, str]]:
    """(token, sort) for the words in order: spelled numbers become digits, other words stems, phrases one token."""
    marked: dict[int, tuple[int, str, str]] = {}
    for position, length, name in named_places(words):
        marked[position] = (length, stem(Folded(fold(name).replace(" ", ""))), PLACE)
    for position, length, (sort, token) in _TELLING.find(words):
        if position not in marked:
            marked[position] = (length, token, sort)
    skip = 0
    for position, word in enumerate(words):
        if position < skip:
            continue
        if position in marked:
            length, token, sort = marked[position]
            skip = position + length
            yield token, sort
        elif word[0].isdigit() or word[-1].isdigit():
            yield number_of(word), NUMBER
        elif word.isascii():
            yield word, LATIN
        else:
            yield stem(word), WORD


def number_of(word: Folded) -> str:
    """The number in a word that holds digits: «لـ14» and «14» are one, «2-1» came apart in folding."""
    digits = word.strip("".join(set(word) - set("0123456789.")))
    return digits or word


def bits(token: str, sort: str) -> float:
    """How much it tells that two texts share this token: about log2 of one over how often articles hold it."""
    if sort in PER_SORT:
        return PER_SORT[sort] + (LONG_NUMBER * max(0, len(token) - 2) if sort == NUMBER else 0.0)
    return _rarity().get(token, UNKNOWN)


@cache
def _rarity() -> dict[str, float]:
    """Stem → bits. Forms of one stem add up, so what is learnt from words serves any version of the stems."""
    shares: dict[str, float] = {}
    for row_bits, words in read_table("word_rarity", ("bits", "words")):
        share = 2.0 ** -float(row_bits)
        for word in words.split():
            term = stem(Folded(word))
            shares[term] = shares.get(term, 0.0) + share
    return {term: max(0.0, -log2(min(1.0, share))) for term, share in shares.items()}


@cache
def bulletin_kinds() -> Lexicon[str]:
    """Phrases that make a text a bulletin → its kind."""
    rows = read_table("bulletin_words", ("kind", "openings"))
    return Lexicon((phrase, kind) for kind, phrases in rows for phrase in phrases.split("|"))


def bulletin_of(words: Sequence[Folded]) -> str | None:
    """The kind of bulletin that the words of a title and an opening are; None for news."""
    return next((kind for _, _, kind in bulletin_kinds().find(words)), None)
