"""How well copies and stories are told, on labelled articles beside the checkout and on our own hard pairs.

The figures that count are those of days and pairs kept back: weights fitted on one half judge the other. Third-party
text lies in ``shared/data/duplicates`` and never enters the checkout.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import combinations
from math import exp
from time import process_time

from rich.table import Table

from arabic.fold import fold
from benchmarks.likeness_fit import (
    DATA,
    Labelled,
    articles,
    clusters,
    digests,
    fit,
    judged_pairs,
    logit,
    own_pairs,
    read_pairs,
    retold_pairs,
)
from benchmarks.story_candidates import candidates_in_order
from news.likeness import SAME_STORY, compare, copied, measured
from news.stories import Member, Pair, grouped, pair
from news.traits import WINDOW, Traits, keys_of, traits_of
from tests.news.tellings import tellings

HALF = "2015-07-24"  # the last day of the first half
_HALVES: tuple[Callable[[str], bool], ...] = (lambda day: day <= HALF, lambda day: day > HALF)
ONE_TEXT = 0.7  # of the shorter text: the clusters of the corpus are texts of one wording
NO_LATER_THAN = 2.0  # SemEval's score from 1 (the same) to 4: the same story up to here
_SEMEVAL = "semeval22_ar_urls_dev.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2.0 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Of pairs and clusters: the mean of two halves, each judged by weights that never saw it."""

    pairs: Rates
    hard: Rates
    own: Rates
    read: Rates  # pairs of the corpus as alike as two reports of one event, judged by reading
    told: Rates  # two tellings of an event, against events that share a rare word
    stories: Rates  # B-cubed: articles grouped into stories, against the corpus's clusters
    copies: Rates  # … only those grouped that are one text
    found: float  # share of the pairs of one cluster, within the window, that are compared at all


@cache
def measure(*, seen: bool = False) -> Measured:
    """``seen``: in a store that has the days before, else in one that begins.

    Raises FileNotFoundError where the data is not at hand.
    """
    all_own = [found for found, _, _, _ in own_pairs()]
    results: list[tuple[Rates, ...]] = []
    for odd in (0, 1):
        weights, kept = _weights(odd), _HALVES[1 - odd]
        tested = [found for found in judged_pairs(seen=seen) if kept(found.day)]
        results.append(
            (
                _rates(tested, weights),
                _rates([found for found in tested if found.hard], weights),
                _rates(all_own[1 - odd :: 2], weights),
                _rates([found for found in read_pairs(seen=seen) if kept(found.day)], weights),
                _rates(_retold(1 - odd), weights),
                _clustered(kept, weights, seen=seen, at_least=0.0),
                _clustered(kept, weights, seen=seen, at_least=ONE_TEXT),
            )
        )
    names = ("pairs", "hard", "own", "read", "told", "stories", "copies")
    return Measured(**dict(zip(names, map(_mean, zip(*results, strict=True)), strict=True)), found=_found())


@cache
def _weights(half: int) -> tuple[float, ...]:
    """Fitted on one half of the days, of our pairs and of our tellings."""
    ours = [found for found, _, _, _ in own_pairs()]
    return tuple(fit(_HALVES[half], (*ours[half::2], *_retold(half))))


def _retold(half: int) -> list[Labelled]:
    """Pairs of the tellings of every second event: siblings stand beside each other in the table, and go together."""
    place = {event: at // 2 % 2 for at, event in enumerate(dict.fromkeys(told.event for told in tellings()))}
    return [found for found, a, b in retold_pairs() if place[a] == place[b] == half]


def as_committed() -> tuple[Rates, Rates, Rates]:
    """(pairs, hard part, our own pairs) as ``compare`` judges them with the weights committed, which saw them."""
    of = articles()
    found = [(compare(of[f.names[0]], of[f.names[1]]).same_story, f) for f in judged_pairs()]
    own = [(compare(a, b).same_story, f.same) for f, _, a, b in own_pairs()]
    return (
        _counted((same, f.same) for same, f in found),
        _counted((same, f.same) for same, f in found if f.hard),
        _counted(own),
    )


def headlines() -> tuple[float, Rates, int]:
    """(AUC, rates, pairs) of SemEval's Arabic pairs, of which only the headlines in their addresses are at hand."""
    with (DATA / _SEMEVAL).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["slug_title1"] and row["slug_title2"]]
    day = datetime(2020, 3, 25, tzinfo=UTC)
    none = fold("")
    judged = []
    for row in rows:
        a, b = (traits_of(title=fold(row[name]), text=none, published=day) for name in ("slug_title1", "slug_title2"))
        judged.append((compare(a, b).score, float(row["overall_1same_4different"]) <= NO_LATER_THAN))
    same = [score for score, right in judged if right]
    other = [score for score, right in judged if not right]
    above = sum((mine > yours) + 0.5 * (mine == yours) for mine in same for yours in other)
    return (
        above / (len(same) * len(other)),
        _counted((score >= SAME_STORY, right) for score, right in judged),
        len(rows),
    )


def cost() -> tuple[float, float, float]:
    """CPU milliseconds per article: (traits and keys, comparing with all candidates, candidates met on average)."""
    of = articles()
    began = process_time()
    for traits in of.values():
        keys_of(traits)
    keyed = process_time() - began
    met = list(candidates_in_order(of))
    began = process_time()
    for name, others in met:
        for other in others:
            compare(of[name], of[other])
    compared = process_time() - began
    return (_reading() + 1000.0 * keyed / len(of), 1000.0 * compared / len(of), sum(len(o) for _, o in met) / len(of))


def _reading() -> float:
    """CPU milliseconds that the traits of one article cost, folded text in hand."""
    with (DATA / _SEMEVAL).open(encoding="utf-8", newline="") as file:
        filler = " ".join(row["slug_title1"] for row in csv.DictReader(file)).split()
    texts = [fold(" ".join(filler[at : at + 300])) for at in range(0, len(filler) - 300, 3)][:500]
    day = datetime(2020, 3, 25, tzinfo=UTC)
    title = fold(" ".join(filler[:10]))
    began = process_time()
    for text in texts:
        traits_of(title=title, text=text, published=day)
    return 1000.0 * (process_time() - began) / len(texts)


@cache
def _met() -> frozenset[Pair]:
    return frozenset(pair(name, other) for name, others in candidates_in_order(articles()) for other in others)


def _found() -> float:
    """Recall of the candidates."""
    of, members = articles(), defaultdict(list)
    for name, cluster in clusters().items():
        members[cluster].append(name)
    asked = [
        pair(a, b)
        for names in members.values()
        for a, b in combinations(names, 2)
        if abs(of[a].published - of[b].published) <= WINDOW
    ]
    return sum(both in _met() for both in asked) / len(asked)


def _clustered(kept: Callable[[str], bool], weights: Sequence[float], *, seen: bool, at_least: float) -> Rates:
    """B-cubed over the clustered articles of some days; pairs that share less text than ``at_least`` are parted.

    As in news/placing.py, all pairs of a neighbourhood are compared.
    """
    of = {name: traits for name, traits in articles().items() if kept(traits.published.date().isoformat())}

    def score(a: str, b: str) -> float:
        if at_least and copied(of[a], of[b]) < at_least:
            return 0.0
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, logit(weights, _values(a, b, seen=seen))))))

    scores: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for a, b in _met():
        if a in of and b in of:
            scores[a][b] = scores[b][a] = score(a, b)
    story_of: dict[str, str] = {}
    for names in _neighbourhoods(of, scores):
        inside = {(a, b): scores[a][b] if b in scores[a] else score(a, b) for a, b in combinations(sorted(names), 2)}
        members = [Member(id=name, published=of[name].published) for name in names]
        for group in grouped(members, scores=inside):
            story_of |= {member.id: group[0].id for member in group}
    return _b_cubed(story_of, {name: cluster for name, cluster in clusters().items() if name in of})


@cache
def _values(a: str, b: str, *, seen: bool) -> tuple[float, ...]:
    of = articles(seen=seen)
    return tuple(measured(of[a], of[b]).values())


def _neighbourhoods(of: Mapping[str, Traits], scores: Mapping[str, Mapping[str, float]]) -> Iterable[set[str]]:
    left = set(of)
    while left:
        reached, asked = set(), [left.pop()]
        while asked:
            name = asked.pop()
            reached.add(name)
            near = {other for other, score in scores[name].items() if score >= SAME_STORY} & left
            left -= near
            asked += near
        yield reached


def _b_cubed(ours: Mapping[str, str], theirs: Mapping[str, str]) -> Rates:
    found, true = defaultdict(set), defaultdict(set)
    for name, cluster in theirs.items():
        found[ours[name]].add(name)
        true[cluster].add(name)
    precision = recall = 0.0
    for name, cluster in theirs.items():
        both = len(found[ours[name]] & true[cluster])
        precision += both / len(found[ours[name]])
        recall += both / len(true[cluster])
    return Rates(precision=precision / len(theirs), recall=recall / len(theirs))


def _rates(tested: Iterable[Labelled], weights: Sequence[float]) -> Rates:
    return _counted((logit(weights, found.values) >= 0.0, found.same) for found in tested)


def _counted(judged: Iterable[tuple[bool, bool]]) -> Rates:
    pairs = list(judged)
    right = sum(said and same for said, same in pairs)
    return Rates(
        precision=right / max(1, sum(said for said, _ in pairs)), recall=right / max(1, sum(same for _, same in pairs))
    )


def _mean(rates: Sequence[Rates]) -> Rates:
    return Rates(
        precision=sum(rate.precision for rate in rates) / len(rates),
        recall=sum(rate.recall for rate in rates) / len(rates),
    )


def table() -> Table:
    shown = Table("measured on", "precision", "recall", "F1", title="copies and stories")
    if not DATA.is_dir():
        shown.add_row("shared/data/duplicates is not beside the checkout", "", "", "")
        return shown

    def row(name: str, rates: Rates) -> None:
        shown.add_row(name, f"{rates.precision:.3f}", f"{rates.recall:.3f}", f"{rates.f1:.3f}")

    found = measure()
    row("pairs, days kept back", found.pairs)
    row("… their hard part", found.hard)
    row("our own pairs, those kept back", found.own)
    row("pairs of the corpus judged by reading, days kept back", found.read)
    row("events told by several newsrooms, those kept back", found.told)
    row("clusters, days kept back: stories (B³)", found.stories)
    row("clusters, days kept back: copies (B³)", found.copies)
    seen = measure(seen=True)
    shown.add_section()
    row("in a store that has the days before: pairs", seen.pairs)
    row("… their hard part", seen.hard)
    row("… pairs of the corpus judged by reading", seen.read)
    row("… clusters: stories (B³)", seen.stories)
    row("… clusters: copies (B³)", seen.copies)
    shown.add_section()
    for name, rates in zip(("pairs, all days", "… their hard part", "our own pairs"), as_committed(), strict=True):
        row(f"{name}, as committed (seen)", rates)
    area, rates, pairs = headlines()
    row(f"SemEval 2022, {pairs} pairs of headlines (AUC {area:.3f})", rates)
    shown.add_row("pairs of one cluster that are compared at all", "", f"{found.found:.4f}", "")
    read, compared, met = cost()
    shown.add_section()
    shown.add_row(f"CPU per article: traits {read:.2f} ms, {met:.0f} comparisons {compared:.2f} ms", "", "", "")
    shown.caption = ", ".join(f"{name} {digest}" for name, digest in digests())
    return shown
