"""Whether two articles are copies of one text, or tell one event: a score of few features with fitted weights.

The interface: ``compare(a, b)`` of two ``Traits`` gives a ``Likeness``; symmetric, pure. ``copy`` means one text, cut,
retitled or rebylined; ``same_story`` means one event in whatever words (every copy is). The features are
in words that ``khulasa explain`` can print. Knows no store and no third article.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp

from news.alignment import swaps
from news.tables import read_table
from news.telling import DAY, MONTH, NUMBER, ORDINAL, PLACE, bits
from news.traits import SKETCH, TELLING, WINDOW, Traits, mark

SAME_STORY = 0.5  # of the score
COPY = 0.6  # of the shorter text's shingles that the other holds too
_DAY = 86400.0
_WHEN = frozenset((ORDINAL, DAY, MONTH))
_FULL_SWAP = 12.0  # bits that stand for one another: as much as a name
_FULL_RARE = 60.0  # bits of rare words in both


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    copy: bool
    same_story: bool
    score: float  # 0 … 1
    features: tuple[tuple[str, float, float], ...]  # (what, its value, what it adds to the score's logit)


def compare(a: Traits, b: Traits) -> Likeness:
    """Judge two articles."""
    values = measured(a, b)
    weights = _weights()
    parts = tuple((name, value, weights[name] * value) for name, value in values.items())
    logit = weights["base"] + sum(part for _, _, part in parts)
    score = 1.0 / (1.0 + exp(-max(-30.0, min(30.0, logit))))
    if abs(a.published - b.published) > WINDOW:
        score = 0.0
    same = score >= SAME_STORY
    return Likeness(copy=same and values["text copied"] >= COPY, same_story=same, score=score, features=parts)


def measured(a: Traits, b: Traits) -> dict[str, float]:
    """The features of a pair, each about 0 … 1. The same for (b, a)."""
    title_there = sorted((_said(a.title_bits, b), _said(b.title_bits, a)))
    opening_there = sorted((_said(a.opening_bits, b), _said(b.opening_bits, a)))
    days = abs((a.published - b.published).total_seconds()) / _DAY
    rare = sum(weight - 6.0 for word, weight in a.opening_bits.items() if weight > 6.0 and word in b.opening_bits)
    values = {
        "text copied": copied(a, b),
        "title said, less": title_there[0],
        "title said, more": title_there[1],
        "opening said, less": opening_there[0],
        "opening said, more": opening_there[1],
        "titles alike": _dice(a.title_bits, b.title_bits),
        "rare words in both": min(1.0, rare / _FULL_RARE),
        "days apart": min(7.0, days) / 7.0,
        "bulletins of different days": min(1.0, days) if a.bulletin and a.bulletin == b.bulletin else 0.0,
    }
    values |= _numbers(a, b)
    values |= _swapped(a, b)
    return values


def copied(a: Traits, b: Traits) -> float:
    """The share of the shorter text's shingles that the longer one holds too, estimated: 0 … 1."""
    if not a.sketch or not b.sketch:
        return 0.0
    resemblance = sum(ours == theirs for ours, theirs in zip(a.sketch, b.sketch, strict=True)) / SKETCH
    shared = resemblance * (a.words + b.words) / (1.0 + resemblance)
    return min(1.0, shared / max(1, min(a.words, b.words)))


def _said(bits_of_words: Mapping[int, float], other: Traits) -> float:
    """The share, in bits, of some words that the other article says anywhere."""
    whole = sum(bits_of_words.values())
    said = sum(weight for word, weight in bits_of_words.items() if word in other.vocabulary)
    return said / whole if whole else 0.0


def _dice(a: Mapping[int, float], b: Mapping[int, float]) -> float:
    whole = sum(a.values()) + sum(b.values())
    return 2.0 * sum(weight for word, weight in a.items() if word in b) / whole if whole else 0.0


def _numbers(a: Traits, b: Traits) -> dict[str, float]:
    ours, theirs = _numbers_of(a), _numbers_of(b)
    shared = sum(bits(number, NUMBER) for number in ours & theirs)
    mine = sum(mark(number) not in b.vocabulary for number in ours - theirs)
    yours = sum(mark(number) not in a.vocabulary for number in theirs - ours)
    return {"numbers in both": min(1.0, shared / 30.0), "numbers apart": min(4, mine, yours) / 4.0}


def _numbers_of(traits: Traits) -> frozenset[str]:
    return frozenset(
        token
        for tokens, sorts in ((traits.title, traits.title_sorts), (traits.lead, traits.lead_sorts))
        if NUMBER in sorts
        for token, sort in zip(tokens, sorts, strict=True)
        if sort == NUMBER
    )


def _swapped(a: Traits, b: Traits) -> dict[str, float]:
    found = {"when": 0.0, "number": 0.0, "place": 0.0, "words": 0.0}
    for ours, our_sorts, theirs, their_sorts in (
        (a.title, a.title_sorts, b.title, b.title_sorts),
        (a.lead, a.lead_sorts, b.lead, b.lead_sorts),
    ):
        for swap in swaps(ours, theirs):
            mine = _unsaid(swap.ours, ours, our_sorts, b)
            yours = _unsaid(swap.theirs, theirs, their_sorts, a)
            for sort in mine.keys() & yours.keys():
                found[sort] += swap.frame * min(mine[sort], yours[sort], _FULL_SWAP) / _FULL_SWAP
    return {f"{sort} swapped": min(2.0, value) / 2.0 for sort, value in found.items()}


def _unsaid(where: range, tokens: tuple[str, ...], sorts: str, other: Traits) -> dict[str, float]:
    """Bits, by sort, of the tokens that the other article says nowhere."""
    found: dict[str, float] = {}
    for at in where:
        weight = bits(tokens[at], sorts[at])
        if weight >= TELLING and mark(tokens[at]) not in other.vocabulary:
            sort = sorts[at]
            name = "when" if sort in _WHEN else "number" if sort == NUMBER else "place" if sort == PLACE else "words"
            found[name] = found.get(name, 0.0) + weight
    return found


@cache
def _weights() -> dict[str, float]:
    return {name: float(weight) for name, weight in read_table("likeness_weights", ("feature", "weight"))}
