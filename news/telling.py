"""What the words of a text tell about its event: how rare each is, and which are numbers, ordinals, days or places.

Knows tables (news/data: word_rarity, telling_words) and the gazetteer, no grammar and no single article.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
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

# Letters that one foreign sound is written with, and those that are written or left out.
_HEARD = str.maketrans("غقكشصزطذظه", "جججسسستددا") | dict.fromkeys(map(ord, "اويءه"))
_SORTS = {"number": NUMBER, "ordinal": ORDINAL, "day": DAY, "month": MONTH}


@dataclass(frozen=True, slots=True)
class Told:
    """One word, or a phrase that names one thing."""

    token: str  # a stem; digits, also of spelled numbers
    sort: str
    also: str | None = None  # what is said with it: the country of a city


_TELLING: Lexicon[Told] = Lexicon(
    (form, Told(f"{_SORTS[sort]}{value}" if sort != "number" else value, _SORTS[sort]))
    for sort, value, forms in read_table("telling_words", ("sort", "value", "forms"))
    for form in forms.split("|")
)


def told(words: Sequence[Folded]) -> Iterator[Told]:
    """What the words tell, in order."""
    marked: dict[int, tuple[int, Told]] = {}
    for position, length, sign in _TELLING.find(words):
        marked[position] = (length, sign)
    for position, length, name, country in named_places(words):
        marked[position] = (length, Told(_place(name), PLACE, _place(country)))
    skip = 0
    for position, word in enumerate(words):
        if position < skip:
            continue
        if position in marked:
            length, sign = marked[position]
            skip = position + length
            yield sign
        elif word[0].isdigit() or word[-1].isdigit():
            yield Told(number_of(word), NUMBER)
        elif word.isascii():
            yield Told(word, LATIN)
        else:
            yield Told(stem(word), WORD)


@cache
def _place(name: str) -> str:
    return stem(Folded(fold(name).replace(" ", "")))


def number_of(word: Folded) -> str:
    """The number in a word that holds digits: «لـ14» and «14» are one, «2-1» came apart in folding."""
    digits = word.strip("".join(set(word) - set("0123456789.")))
    return digits or word


@lru_cache(1 << 14)
def spelt(token: str) -> str:
    """What is common to the ways a foreign name is written: «غوتيريس» and «غوتيريش», «بكنجهام» and «بكنغهام»."""
    skeleton = token.translate(_HEARD)
    return skeleton if len(token) >= 4 and len(skeleton) >= 3 else token


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
