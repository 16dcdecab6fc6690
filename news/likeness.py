"""Whether two articles are copies of one text, or tell one event: a score of few features with fitted weights.

The interface: ``compare(a, b)`` of two ``Traits`` gives a ``Likeness``; symmetric, pure. ``copy`` means one text, cut,
retitled or rebylined; ``same_story`` means one event in whatever words (every copy is). The features are
in words that ``khulasa explain`` can print. Knows no store and no third article.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp

from news.alignment import aligned
from news.tables import read_table
from news.telling import DAY, MONTH, NUMBER, ORDINAL, PLACE, bits, spelt
from news.traits import SKETCH, WINDOW, Traits, mark

SAME_STORY = 0.5  # of the score
COPY = 0.6  # of the shorter text's shingles that the other holds too
_DAY = 86400.0
_WHEN = frozenset((ORDINAL, DAY, MONTH))
_NUMBERS = frozenset((NUMBER,))
EARLY = 20  # tokens of a lead in which a difference counts whole
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
    copy = copied(a, b)
    values = {
        "text copied": copy,
        "title said, less": title_there[0],
        "title said, more": title_there[1],
        "opening said, less": opening_there[0],
        "opening said, more": opening_there[1],
        "titles alike": _dice(a.title_bits, b.title_bits),
        "rare words in both": min(1.0, rare / _FULL_RARE),
        "days apart": min(7.0, days) / 7.0,
        "bulletins of different days": min(1.0, days) * min(1.0, 3.0 * (1.0 - copy))
        if a.bulletin and a.bulletin == b.bulletin
        else 0.0,
    }
    values |= _numbers(a, b)
    values |= _swapped(a, b)
    values |= _subjects(a, b)
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
    ours, theirs = _tokens_of(a, _NUMBERS), _tokens_of(b, _NUMBERS)
    shared = sum(bits(number, NUMBER) for number in ours & theirs)
    mine = sum(mark(number) not in b.vocabulary for number in ours - theirs)
    yours = sum(mark(number) not in a.vocabulary for number in theirs - ours)
    our_days, their_days = _tokens_of(a, _WHEN), _tokens_of(b, _WHEN)
    when = min(len(our_days - their_days), len(their_days - our_days))
    return {
        "numbers in both": min(1.0, shared / 30.0),
        "numbers apart": min(4, mine, yours) / 4.0,
        "when apart": min(2, when) / 2.0,
    }


def _tokens_of(traits: Traits, sorts: frozenset[str]) -> frozenset[str]:
    return frozenset(
        token
        for tokens, sorts_of_tokens in ((traits.title, traits.title_sorts), (traits.lead, traits.lead_sorts))
        if not sorts.isdisjoint(sorts_of_tokens)
        for token, sort in zip(tokens, sorts_of_tokens, strict=True)
        if sort in sorts
    )


def _swapped(a: Traits, b: Traits) -> dict[str, float]:
    """What stands for what in the frame that the two have in common, the title's and the lead's."""
    found = {"when": 0.0, "number": 0.0, "name": 0.0}
    equal: list[float] = []
    exchanged: list[set[tuple[str, str]]] = []
    for ours, our_sorts, theirs, their_sorts in (
        (a.title, a.title_sorts, b.title, b.title_sorts),
        (a.lead, a.lead_sorts, b.lead, b.lead_sorts),
    ):
        alignment = aligned(ours, theirs)
        equal.append(alignment.equal)
        pairs: set[tuple[str, str]] = set()
        for swap in alignment.swaps:
            mine = [at for at in swap.ours if mark(ours[at]) not in b.vocabulary]
            yours = [at for at in swap.theirs if mark(theirs[at]) not in a.vocabulary]
            if not {spelt(ours[at]) for at in mine}.isdisjoint(spelt(theirs[at]) for at in yours):
                continue
            pairs.update((ours[at], theirs[other]) for at in mine for other in yours)
            early = EARLY / max(EARLY, swap.ours.start, swap.theirs.start)
            for kind in found:
                told = min(_tells(kind, ours, our_sorts, mine), _tells(kind, theirs, their_sorts, yours))
                found[kind] += alignment.equal * swap.frame * early * told
        exchanged.append(pairs)
    values = {f"{kind} swapped": min(1.0, value) for kind, value in found.items()}
    return values | {"one frame": equal[1], "swapped in both": min(1.0, len(exchanged[0] & exchanged[1]) * equal[1])}


def _tells(kind: str, tokens: tuple[str, ...], sorts: str, places: list[int]) -> float:
    """How much tokens at some places tell of a kind, 0 … 1."""
    told = 0.0
    for at in places:
        sort = sorts[at]
        if kind == ("when" if sort in _WHEN else "number" if sort == NUMBER else "name"):
            certain = kind != "name" or sort == PLACE
            told = max(told, 1.0 if certain else (bits(tokens[at], sort) - 5.0) / 4.0)
    return min(1.0, told)


def _subjects(a: Traits, b: Traits) -> dict[str, float]:
    """What an article names in its title and again in its lead is what it is about."""
    mine, yours = _subject(a), _subject(b)
    apart = min(
        sum(weight for word, weight in mine.items() if word not in b.vocabulary),
        sum(weight for word, weight in yours.items() if word not in a.vocabulary),
    )
    return {"subjects in both": _dice(mine, yours), "subjects apart": min(1.0, apart / 12.0)}


def _subject(traits: Traits) -> dict[int, float]:
    lead = set(map(mark, traits.lead))
    return {word: weight for word, weight in traits.title_bits.items() if word in lead}


@cache
def _weights() -> dict[str, float]:
    return {name: float(weight) for name, weight in read_table("likeness_weights", ("feature", "weight"))}
