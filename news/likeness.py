"""Whether two articles are copies of one text, or tell one event: a score of few features with fitted weights.

The interface: ``compare(a, b)`` of two ``Traits`` gives a ``Likeness``; symmetric, pure. ``copy`` means one text, cut,
retitled or rebylined; ``same_story`` means one event in whatever words (every copy is). The features are in words that
``khulasa explain`` can print. Knows no store and no third article; see docs/stories.md for what the features mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp, fsum
from operator import eq

from news.alignment import aligned
from news.tables import read_table
from news.telling import DAY, MONTH, NUMBER, ORDINAL, PLACE, bits, mark, spelt
from news.traits import SKETCH, WINDOW, Telling, Traits

SAME_STORY = 0.5  # of the score
COPY = 0.6  # of the shorter text's shingles that the other holds too
COPY_SCORE, COPY_WORDS = 0.7, 15  # a copy is shown once, so it must be surer than a story, and no one-line text

_DAY = 86400.0  # seconds
_HOPELESS = -2.5  # logit of the words in common below which differences need not be looked for: they only subtract
_WHEN = frozenset((ORDINAL, DAY, MONTH))
_FIRST = frozenset((f"{ORDINAL}1",))
_EARLY = 20  # tokens of a lead in which a difference counts whole
_LONG = 100  # words: in a shorter text less of what the other says can be said
_RARE = 6.0  # bits from which a word that both say counts by itself
_FULL_RARE = 60.0  # bits above that, summed, for the whole of a feature
_FULL_NUMBERS = 30.0  # bits
_FULL_SUBJECT = 12.0  # bits: a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    copy: bool
    same_story: bool
    score: float  # 0 … 1
    features: tuple[tuple[str, float, float], ...]  # (what, its value 0 … 1, what it adds to the logit of the score)


def compare(a: Traits, b: Traits) -> Likeness:
    """Judge two articles."""
    weights = weights_of_features()
    values = in_common(a, b)
    logit = weights["base"] + sum(weights[name] * value for name, value in values.items())
    if logit >= _HOPELESS:
        apart = differences(a, b)
        logit += sum(weights[name] * value for name, value in apart.items())
        values |= apart
    near = abs(a.published - b.published) <= WINDOW
    score = 1.0 / (1.0 + exp(-max(-30.0, min(30.0, logit)))) if near else 0.0
    same = score >= SAME_STORY
    one_text = score >= COPY_SCORE and min(a.words, b.words) >= COPY_WORDS and copied(a, b) >= COPY
    return Likeness(
        copy=same and one_text,
        same_story=same,
        score=score,
        features=tuple((name, value, weights[name] * value) for name, value in values.items()),
    )


def measured(a: Traits, b: Traits) -> dict[str, float]:
    """All features of a pair, each 0 … 1. The same for (b, a)."""
    return in_common(a, b) | differences(a, b)


def in_common(a: Traits, b: Traits) -> dict[str, float]:
    """What the two share, and how far apart they stand: the cheap features."""
    title_there = sorted((_said(a.title_told, b), _said(b.title_told, a)))
    opening_there = sorted((_said(a.opening_told, b), _said(b.opening_told, a)))
    ours, theirs = a.opening_told.bits, b.opening_told.bits
    rare = fsum(ours[word] - _RARE for word in ours.keys() & theirs.keys() if ours[word] > _RARE)
    days = abs((a.published - b.published).total_seconds()) / _DAY
    bulletins = a.bulletin is not None and a.bulletin == b.bulletin
    return {
        "title said in the other, less": title_there[0],
        "title said in the other, more": title_there[1],
        "opening said in the other, less": opening_there[0],
        "opening said in the other, more": opening_there[1],
        "rare words in both": min(1.0, rare / _FULL_RARE),
        "numbers in both": min(1.0, fsum(bits(number, NUMBER) for number in a.numbers & b.numbers) / _FULL_NUMBERS),
        "short texts": max(0.0, 1.0 - min(a.words, b.words) / _LONG),
        "days apart": min(7.0, days) / 7.0,
        "bulletins of different days": min(1.0, days) * _written_anew(a, b) if bulletins else 0.0,
    }


def differences(a: Traits, b: Traits) -> dict[str, float]:
    """What each says in the place of what the other says: the features that only subtract."""
    numbers = min(_unsaid(a.numbers - b.numbers, b), _unsaid(b.numbers - a.numbers, a))
    our_days, their_days = _tokens_of(a, _WHEN), _tokens_of(b, _WHEN)
    when = min(len(our_days - their_days), len(their_days - our_days))
    return {
        "numbers apart": min(4, numbers) / 4.0,
        # Prices of one metal in two countries, shares of one hour and the next.
        "bulletins of other numbers": min(4, numbers) / 4.0 if a.bulletin and a.bulletin == b.bulletin else 0.0,
        "days and ordinals apart": min(2, when) / 2.0,
        **_swapped(a, b),
        "subjects apart": _subjects_apart(a, b),
        "titles name other places": _places_apart(a, b),
        "titles name other days or ordinals": _turns_apart(a, b),
        "a title counts what the other does not": _uncounted(a, b),
    }


def _written_anew(a: Traits, b: Traits) -> float:
    """A copy of yesterday's bulletin is printed today; another one has other words, but a line can be all of it."""
    return 1.0 if min(a.words, b.words) < COPY_WORDS else min(1.0, 3.0 * (1.0 - copied(a, b)))


def copied(a: Traits, b: Traits) -> float:
    """The share of the shorter text's shingles that the longer one holds too, estimated: 0 … 1."""
    if not a.sketch or not b.sketch:
        return 0.0
    equal: int = sum(map(eq, a.sketch, b.sketch))
    resemblance = equal / SKETCH
    shared = resemblance * (a.words + b.words) / (1.0 + resemblance)
    return min(1.0, shared / max(1, min(a.words, b.words)))


def _said(words: Telling, other: Traits) -> float:
    """The share, in bits, of some words that the other article says anywhere."""
    if not words.whole:
        return 0.0
    return fsum(map(words.bits.__getitem__, words.bits.keys() & other.vocabulary)) / words.whole


def _unsaid(tokens: frozenset[str], other: Traits) -> int:
    return sum(mark(token) not in other.vocabulary for token in tokens)


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
    equal = 0.0
    exchanged: list[set[tuple[str, str]]] = []
    for ours, our_sorts, theirs, their_sorts in (
        (a.title, a.title_sorts, b.title, b.title_sorts),
        (a.lead, a.lead_sorts, b.lead, b.lead_sorts),
    ):
        alignment = aligned(ours, theirs)
        equal = alignment.equal
        pairs: set[tuple[str, str]] = set()
        for swap in alignment.swaps:
            mine = [at for at in swap.ours if mark(ours[at]) not in b.vocabulary]
            yours = [at for at in swap.theirs if mark(theirs[at]) not in a.vocabulary]
            if not {spelt(ours[at]) for at in mine}.isdisjoint(spelt(theirs[at]) for at in yours):
                continue
            pairs.update((ours[at], theirs[other]) for at in mine for other in yours)
            early = _EARLY / max(_EARLY, swap.ours.start, swap.theirs.start)
            for kind in found:
                told = min(_tells(kind, ours, our_sorts, mine), _tells(kind, theirs, their_sorts, yours))
                found[kind] += equal * swap.frame * early * told
        exchanged.append(pairs)
    return {
        "day or ordinal swapped": min(1.0, found["when"]),
        "number swapped": min(1.0, found["number"]),
        "name swapped": min(1.0, found["name"]),
        "the same swapped in title and lead": equal * equal if exchanged[0] & exchanged[1] else 0.0,
    }


def _tells(kind: str, tokens: tuple[str, ...], sorts: str, places: list[int]) -> float:
    """How much tokens at some places tell of a kind, 0 … 1."""
    told = 0.0
    for at in places:
        sort = sorts[at]
        if kind == ("when" if sort in _WHEN else "number" if sort == NUMBER else "name"):
            certain = kind != "name" or sort == PLACE
            told = max(told, 1.0 if certain else (bits(tokens[at], sort) - 5.0) / 4.0)
    return min(1.0, told)


def _subjects_apart(a: Traits, b: Traits) -> float:
    """What an article names in its title and again in its lead is what it is about."""
    apart = min(
        fsum(a.title_told.bits[word] for word in a.subject - b.vocabulary),
        fsum(b.title_told.bits[word] for word in b.subject - a.vocabulary),
    )
    return min(1.0, apart / _FULL_SUBJECT)


def _places_apart(a: Traits, b: Traits) -> float:
    return 1.0 if _unsaid(_in_title(a, PLACE), b) and _unsaid(_in_title(b, PLACE), a) else 0.0


def _turns_apart(a: Traits, b: Traits) -> float:
    """The third plane's report tells of the second one too: here the titles alone count."""
    turns = ((_in_title(a, sort), _in_title(b, sort)) for sort in (ORDINAL, DAY))
    return 1.0 if any(mine and yours and mine.isdisjoint(yours) for mine, yours in turns) else 0.0


def _uncounted(a: Traits, b: Traits) -> float:
    """The first plane of a series is seldom called the first: «the second» says that there are two."""
    mine, yours = (_in_title(one, ORDINAL) - _FIRST for one in (a, b))
    return 1.0 if _unsaid(mine, b) or _unsaid(yours, a) else 0.0


def _in_title(traits: Traits, wanted: str) -> frozenset[str]:
    return frozenset(token for token, sort in zip(traits.title, traits.title_sorts, strict=True) if sort == wanted)


@cache
def weights_of_features() -> Mapping[str, float]:
    """Feature → weight, and the ``base`` of the logit."""
    return {name: float(weight) for name, weight in read_table("likeness_weights", ("feature", "weight"))}
