"""What of an article the comparison with others needs: made once, in the reading worker, and stored beside it.

The interface: ``traits_of`` makes them of folded title and text (byline and headlines of other stories already off),
``seen_before`` weighs their words against the news of the days before, ``packed`` and ``unpacked`` carry them through a
store as a short blob, ``keys_of`` names the keys under which articles that may tell the same event find each other. A
store keeps (key, published, article) for ``WINDOW`` and looks, for each key, at the newest ``PER_KEY`` articles; those
met under ``LEAST_MET`` keys or more (one that at most ``FEW`` articles share counts for two), at most
``MOST_CANDIDATES``, are compared (news/likeness.py). Only traits inside the window are ever needed.
"""

import marshal
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from math import fsum
from typing import Any

from rensa import RMinHash

from arabic.fold import Folded
from arabic.stems import ARABIC_VERSION
from arabic.tokens import tokens
from news.background import Background
from news.telling import LATIN, NUMBER, PLACE, UNKNOWN, WORD, Told, beside_bulletins, bits, bulletin_of, told

TRAITS_VERSION = f"{ARABIC_VERSION}/5"  # of everything stored that was made here, bits too; keys change with it

WINDOW = timedelta(days=7)  # how far apart two articles of one story may be
PER_KEY = 12  # newest articles looked at under one key
FEW = 3  # articles under a key that is rare enough to count for two
LEAST_MET = 2  # keys under which an article must be met to be compared: one common word in both says nothing
MOST_CANDIDATES = 30  # articles compared with a new one

TITLE_WORDS, LEAD_WORDS, TEXT_WORDS = 24, 80, 600  # words read of each
SKETCH, ROWS, BANDS = 48, 6, 6  # minima of the sketch, how many make a key, and how many keys are made
SHINGLE = 3  # words
_SEED = 20150721  # of the sketch: part of the version
_TELLING_KEYS = 12  # keys of one word
MOST_KEYS = BANDS + _TELLING_KEYS
FAMILIAR = 0.65  # of the words of a text that must be in the table of rarity: of most Arabic news nine in ten are
TELLING = 3.0  # bits below which a word counts for nothing
_RARE = 6.0  # bits from which a word may be a key


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """Tokens are stems and digits (news/telling.py), their sorts one letter each, in the order of the text."""

    published: datetime
    title: tuple[str, ...]
    title_sorts: str
    lead: tuple[str, ...]  # the beginning of the text, without a repeated title
    lead_sorts: str
    vocabulary: frozenset[int]  # 16-bit marks of all tokens of title and text: «is this said anywhere?»
    sketch: tuple[int, ...]  # minima over shingles of the text, 32 bits each; empty for a text too short
    words: int  # of the text, as far as it was read
    bulletin: str | None  # weather, market, …: where the day is the event
    # Derived of the above, and of the news of the days before: no part of what the article says.
    title_told: "Telling" = field(repr=False, compare=False)
    opening_told: "Telling" = field(repr=False, compare=False)  # title and lead together
    # Derived of the above, for the comparison's speed.
    subject: frozenset[int] = field(repr=False)  # marks of what the title tells and the lead too
    numbers: frozenset[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Telling:
    """Words that tell something, as marks, with their bits."""

    bits: Mapping[int, float]
    whole: float  # all of the bits


def traits_of(*, title: Folded, text: Folded, published: datetime, language: str | None = None) -> Traits:
    """The traits of one article. Pure; equal input gives equal traits in every process.

    ``language`` is a tag of BCP 47; None: nobody knows, and the words decide whether it is Arabic.
    """
    heading, body = tokens(title)[:TITLE_WORDS], tokens(text)[:TEXT_WORDS]
    if heading and body[: len(heading)] == heading:
        body = body[len(heading) :]
    title_signs, body_signs = told(heading), told(body)
    is_familiar = (language is None or language.partition("-")[0] == "ar") and _is_familiar((*title_signs, *body_signs))
    lead_signs = body_signs[:LEAD_WORDS]
    run = [sign.token for sign in body_signs]
    shingles = list(map(" ".join, zip(run, run[1:], run[2:], strict=False)))
    bulletin = bulletin_of((*heading, *body[:12]))
    # What every bulletin of its kind says tells nothing of this one.
    title_told = _telling(title_signs if bulletin is None else told(beside_bulletins(heading)), is_familiar)
    return Traits(
        published=published.astimezone(UTC).replace(microsecond=0),
        title=tuple(sign.token for sign in title_signs),
        title_sorts="".join(sign.sort for sign in title_signs),
        lead=tuple(run[:LEAD_WORDS]),
        lead_sorts="".join(sign.sort for sign in lead_signs),
        vocabulary=frozenset(chain.from_iterable(sign.marks for sign in (*title_signs, *body_signs))),
        sketch=_sketch(shingles),
        words=len(body),
        bulletin=bulletin,
        title_told=title_told,
        opening_told=_telling([*title_signs, *lead_signs], is_familiar),
        subject=frozenset(title_told.bits.keys() & {sign.marks[0] for sign in lead_signs}),
        numbers=frozenset(sign.token for sign in (*title_signs, *lead_signs) if sign.sort == NUMBER),
    )


def seen_before(traits: Traits, background: Background | None) -> Traits:
    """The same with words that tell less where the news of these days is full of them. None: nothing is known of it."""
    if background is None:
        return traits
    return replace(
        traits,
        title_told=_weighed(traits.title_told, background),
        opening_told=_weighed(traits.opening_told, background),
    )


def keys_of(traits: Traits) -> tuple[int, ...]:
    """At most ``MOST_KEYS`` signed 63-bit integers, sorted."""
    keys = {_key("sketch", band, *rows) for band, rows in enumerate(_bands(traits.sketch))}
    keys.update(_key("word", token) for token, _ in _telling_words(traits)[:_TELLING_KEYS])
    return tuple(sorted(keys))


def packed(traits: Traits) -> bytes:
    """A blob of about a kilobyte that ``unpacked`` reads."""
    value = (
        TRAITS_VERSION,
        int(traits.published.timestamp()),
        traits.title,
        traits.title_sorts,
        traits.lead,
        traits.lead_sorts,
        array("H", sorted(traits.vocabulary)).tobytes(),
        array("I", traits.sketch).tobytes(),
        traits.words,
        traits.bulletin,
        *_packed_telling(traits.title_told),
        *_packed_telling(traits.opening_told),
        array("H", sorted(traits.subject)).tobytes(),
        tuple(sorted(traits.numbers)),
    )
    return zlib.compress(marshal.dumps(value, 4), 1)


def unpacked(blob: bytes) -> Traits | None:
    """Traits of a blob; None for one of another version, which must be made again of the article."""
    if (value := _value_of(blob)) is None:
        return None
    _, published, title, title_sorts, lead, lead_sorts, vocabulary, sketch, words, bulletin, *derived = value
    title_marks, title_bits, opening_marks, opening_bits, subject, numbers = derived
    return Traits(
        published=datetime.fromtimestamp(published, UTC),
        title=title,
        title_sorts=title_sorts,
        lead=lead,
        lead_sorts=lead_sorts,
        vocabulary=frozenset(array("H", vocabulary)),
        sketch=tuple(array("I", sketch)),
        words=words,
        bulletin=bulletin,
        title_told=_unpacked_telling(title_marks, title_bits),
        opening_told=_unpacked_telling(opening_marks, opening_bits),
        subject=frozenset(array("H", subject)),
        numbers=frozenset(numbers),
    )


def vocabulary_in(blob: bytes) -> Sequence[int] | None:
    """The marks of all words of an article, of its blob; None for one of another version."""
    return None if (value := _value_of(blob)) is None else array("H", value[6])


def _value_of(blob: bytes) -> Any:
    try:
        value = marshal.loads(zlib.decompress(blob))  # noqa: S302 – of our own store, and a tenth of what JSON takes
    except (ValueError, EOFError, TypeError):  # of a time before this format
        return None
    return value if value[0] == TRAITS_VERSION else None


def _packed_telling(telling: Telling) -> tuple[bytes, bytes]:
    return array("H", telling.bits).tobytes(), array("d", telling.bits.values()).tobytes()


def _unpacked_telling(marks: bytes, bits_of_marks: bytes) -> Telling:
    weights = array("d", bits_of_marks)
    return Telling(dict(zip(array("H", marks), weights, strict=True)), fsum(weights))


def _is_familiar(signs: Iterable[Told]) -> bool:
    """Whether the text is in a language whose rare words we know from its common ones."""
    words = [sign for sign in signs if sign.sort in (WORD, LATIN)]
    return sum(sign.bits < UNKNOWN for sign in words) >= FAMILIAR * len(words)


def _telling(signs: Iterable[Told], is_familiar: bool) -> Telling:
    """In another language words that nobody counted may be its «the» and «of»."""
    told_words = (sign for sign in signs if sign.bits >= TELLING)
    found = {
        sign.marks[0]: sign.bits
        for sign in told_words
        if is_familiar or sign.bits < UNKNOWN or sign.sort not in (WORD, LATIN)
    }
    return Telling(found, fsum(found.values()))


def _weighed(telling: Telling, background: Background) -> Telling:
    found = {word: background.bits(word, bits_of_word) for word, bits_of_word in telling.bits.items()}
    return Telling(found, fsum(found.values()))


def _sketch(shingles: Sequence[str]) -> tuple[int, ...]:
    if not shingles:
        return ()
    minima = RMinHash(num_perm=SKETCH, seed=_SEED)
    minima.update(shingles)
    return tuple(minima.digest())


def _bands(sketch: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [sketch[at : at + ROWS] for at in range(0, len(sketch), ROWS)][:BANDS]


def _telling_words(traits: Traits) -> list[tuple[str, float]]:
    """The rarest tokens of title and lead, those of the title first among equals."""
    found: dict[str, float] = {}
    sorted_tokens = (
        *zip(traits.title, traits.title_sorts, strict=True),
        *zip(traits.lead, traits.lead_sorts, strict=True),
    )
    for place, (token, sort) in enumerate(sorted_tokens):
        if sort in (WORD, PLACE, LATIN, NUMBER) and token not in found:
            weight = bits(token, sort)
            if weight >= _RARE:
                found[token] = weight + (2.0 if place < len(traits.title) else 0.0)
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def _key(*parts: str | int) -> int:
    text = "\0".join(map(str, (TRAITS_VERSION, *parts))).encode()
    return (zlib.crc32(text) << 31 | zlib.crc32(text[::-1]) >> 1) & 0x7FFF_FFFF_FFFF_FFFF
