"""What the words of a text tell about its event: how rare each is, and which are numbers, ordinals, days or places.

Knows tables (news/data: word_rarity, telling_words) and the gazetteer, no grammar and no single article.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log2

from arabic.fold import Folded, fold
from arabic.lexicon import Lexicon
from arabic.stems import stem
from arabic.tokens import LONGEST_WORD
from news.places import named_places
from news.tables import read_table

# The sort of a token. One letter each, so that the sorts of a text are one string.
NUMBER, ORDINAL, DAY, MONTH, PLACE, LATIN, WORD = "n", "o", "d", "m", "p", "l", "w"

UNKNOWN = 12.5  # bits of a word that stands in no table
PER_SORT = {NUMBER: 7.0, ORDINAL: 6.0, DAY: 4.0, MONTH: 5.0}  # bits, whatever the token
LONG_NUMBER = 2.0  # more bits for each digit from the third on: 93226 spectators are one match

_REMEMBERED = 1 << 14  # words whose meaning is not worked out again: about 4 MB

# Letters that one foreign sound is written with, and those that are written or left out.
_HEARD = str.maketrans("غقكشصزطذظه", "جججسسستددا") | dict.fromkeys(map(ord, "اويءه"))
_SORTS = {"number": NUMBER, "ordinal": ORDINAL, "day": DAY, "month": MONTH}


@dataclass(frozen=True, slots=True)
class Told:
    """One word, or a phrase that names one thing."""

    token: str  # a stem; digits, also of spelled numbers
    sort: str
    bits: float  # how much it tells
    marks: tuple[int, ...]  # of the token, and of what is said with it: the country of a city


_TELLING: Lexicon[tuple[str, str]] = Lexicon(
    (form, (f"{_SORTS[sort]}{value}" if sort != "number" else value, _SORTS[sort]))
    for sort, value, forms in read_table("telling_words", ("sort", "value", "forms"))
    for form in forms.split("|")
)


def told(words: Sequence[Folded]) -> list[Told]:
    """What the words tell, in order."""
    marked = {position: (length, _told(*found)) for position, length, found in _TELLING.find(words)}
    for position, length, name, country in named_places(words):
        marked[position] = (length, _told_place(name, country))
    # What is too long for a word is not remembered.
    of_word = _told_word if max(map(len, words), default=0) <= LONGEST_WORD else _told_word.__wrapped__
    signs: list[Told] = []
    at = 0
    for position in sorted(marked):
        if position >= at:
            length, sign = marked[position]
            signs += map(of_word, words[at:position])
            signs.append(sign)
            at = position + length
    signs += map(of_word, words[at:])
    return signs


@lru_cache(_REMEMBERED)
def _told_word(word: Folded) -> Told:
    if word[0].isdigit() or word[-1].isdigit():
        return _told(number_of(word), NUMBER)
    return _told(word, LATIN) if word.isascii() else _told(stem(word), WORD)


@cache  # of the places in our own table
def _told_place(name: str, country: str) -> Told:
    return _told(_place(name), PLACE, _place(country))


def _told(token: str, sort: str, *also: str) -> Told:
    return Told(token, sort, bits(token, sort), tuple(map(mark, (token, *also))))


def mark(token: str) -> int:
    """A 16-bit mark of a token: equal for equal tokens, in every process."""
    return zlib.crc32(token.encode()) & 0xFFFF


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


def beside_bulletins(words: Sequence[Folded]) -> tuple[Folded, ...]:
    """The words without the phrases that make a text a bulletin."""
    phrases = {position + n for position, length, _ in bulletin_kinds().find(words) for n in range(length)}
    return tuple(word for position, word in enumerate(words) if position not in phrases)
