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
_HOPELESS = -1.0  # logit of the words in common below which differences need not be looked for: they only subtract
_WHEN = frozenset((ORDINAL, DAY, MONTH))
_WHERE = frozenset((PLACE,))
_EARLY = 20  # tokens of a lead in which a difference counts whole
_RARE = 6.0  # bits from which a word that both say counts by itself
_FULL_RARE = 50.0  # bits above that, summed, for the whole of a feature
_FULL_WORDS = 0.5  # of all words: beyond it they are of one pattern, and what differs decides
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
    ours, theirs = a.opening_told.bits, b.opening_told.bits
    # The lesser of both: two words may have one mark.
    rare = fsum(max(0.0, min(ours[word], theirs[word]) - _RARE) for word in ours.keys() & theirs.keys())
    days = abs((a.published - b.published).total_seconds()) / _DAY
    bulletins = a.bulletin is not None and a.bulletin == b.bulletin
    return {
        "title told in the other's opening": _told(a.title_told, b.opening_told) / 2.0
        + _told(b.title_told, a.opening_told) / 2.0,
        "words in both": min(1.0, _words_in_both(a, b) / _FULL_WORDS),
        "rare words in both": min(1.0, rare / _FULL_RARE),
        "numbers in both": 2.0 * len(a.numbers & b.numbers) / max(1, len(a.numbers) + len(b.numbers)),
        "days apart": min(7.0, days) / 7.0,
        "bulletins of different days": min(1.0, days) * _written_anew(a, b) if bulletins else 0.0,
        "bulletins of no place in common": _written_anew(a, b) if bulletins and not _is_one_place(a, b) else 0.0,
    }


def differences(a: Traits, b: Traits) -> dict[str, float]:
    """What each says in the place of what the other says: the features that only subtract."""
    return {
        "only one is a bulletin": 1.0 if (a.bulletin is None) != (b.bulletin is None) else 0.0,
        **_swapped(a, b),
        "subjects apart": _subjects_apart(a, b),
        "no place in common": _no_place_in_common(a, b),
        "titles name other places": _places_apart(a, b),
        "titles name other days or ordinals": _turns_apart(a, b),
    }


def _is_one_place(a: Traits, b: Traits) -> bool:
    """A bulletin is of one place, which its readers may know without being told; a single line may leave it out."""
    mine, yours = _tokens_of(a, _WHERE), _tokens_of(b, _WHERE)
    if not (mine and yours):
        return not (mine or yours) or min(a.words, b.words) < COPY_WORDS
    return _unsaid(mine, b) < len(mine) or _unsaid(yours, a) < len(yours)


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


def _told(words: Telling, other: Telling) -> float:
    """The share, in bits, of some words that others tell too."""
    if not words.whole:
        return 0.0
    return fsum(map(words.bits.__getitem__, words.bits.keys() & other.bits.keys())) / words.whole


def _words_in_both(a: Traits, b: Traits) -> float:
    both = len(a.vocabulary & b.vocabulary)
    return both / max(1, len(a.vocabulary) + len(b.vocabulary) - both)


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
    mine_told, yours_told = a.opening_told.bits, b.opening_told.bits
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
                told = min(
                    _tells(kind, ours, our_sorts, mine, mine_told), _tells(kind, theirs, their_sorts, yours, yours_told)
                )
                found[kind] += equal * swap.frame * early * told
        exchanged.append(pairs)
    return {
        "day or ordinal swapped": min(1.0, found["when"]),
        "number swapped": min(1.0, found["number"]),
        "name swapped": min(1.0, found["name"]),
        "the same swapped in title and lead": equal * equal if exchanged[0] & exchanged[1] else 0.0,
    }


def _tells(kind: str, tokens: tuple[str, ...], sorts: str, places: list[int], known: Mapping[int, float]) -> float:
    """How much tokens at some places tell of a kind, 0 … 1."""
    told = 0.0
    for at in places:
        sort = sorts[at]
        if kind == ("when" if sort in _WHEN else "number" if sort == NUMBER else "name"):
            certain = kind != "name" or sort == PLACE
            told = max(told, 1.0 if certain else (known.get(mark(tokens[at]), bits(tokens[at], sort)) - 5.0) / 4.0)
    return min(1.0, told)


def _subjects_apart(a: Traits, b: Traits) -> float:
    """What an article names in its title and again in its lead is what it is about."""
    apart = min(
        fsum(a.title_told.bits[word] for word in a.subject - b.vocabulary),
        fsum(b.title_told.bits[word] for word in b.subject - a.vocabulary),
    )
    return min(1.0, apart / _FULL_SUBJECT)


def _no_place_in_common(a: Traits, b: Traits) -> float:
    """Prices in two countries, receptions in two cities: each opening names places, the other article none of them."""
    mine, yours = _tokens_of(a, _WHERE), _tokens_of(b, _WHERE)
    if not mine or not yours:
        return 0.0
    return 1.0 if _unsaid(mine, b) == len(mine) and _unsaid(yours, a) == len(yours) else 0.0


def _places_apart(a: Traits, b: Traits) -> float:
    return 1.0 if _unsaid(_in_title(a, PLACE), b) and _unsaid(_in_title(b, PLACE), a) else 0.0


def _turns_apart(a: Traits, b: Traits) -> float:
    """The third plane's report tells of the second one too: here the titles alone count."""
    turns = ((_in_title(a, sort), _in_title(b, sort)) for sort in (ORDINAL, DAY))
    return 1.0 if any(mine and yours and mine.isdisjoint(yours) for mine, yours in turns) else 0.0


def _in_title(traits: Traits, wanted: str) -> frozenset[str]:
    return frozenset(token for token, sort in zip(traits.title, traits.title_sorts, strict=True) if sort == wanted)


@cache
def weights_of_features() -> Mapping[str, float]:
    """Feature → weight, and the ``base`` of the logit."""
    return {name: float(weight) for name, weight in read_table("likeness_weights", ("feature", "weight"))}
