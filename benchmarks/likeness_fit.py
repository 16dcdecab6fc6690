"""Fits the weights of news/likeness.py. ``python -m benchmarks.likeness_fit`` writes news/data/likeness_weights.tsv.

Fitted on the pairs beside the checkout, those of them that we judged by reading (tests/data/news/corpus_pairs.tsv), and
our own: hard pairs (khulasa/demo/newsroom/hard_pairs.tsv) and events as several newsrooms tell them
(tests/data/news/tellings.tsv); the corpus's also cut to a summary. All as in a store that begins, where words tell what
the table of rarity says. Logistic regression in plain Python, so that anybody can run it, with signs that stay: what
speaks for one event is never held against it.
"""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from hashlib import sha256
from itertools import combinations
from math import exp
from pathlib import Path

from arabic.fold import fold
from benchmarks.story_candidates import candidates_in_order
from news.background import PER_DAY, Backgrounds
from news.leads import read_lead
from news.likeness import differences, measured
from news.related import split_related
from news.stories import Pair, pair
from news.traits import Traits, keys_of, seen_before, traits_of
from tests.news.cases import cases
from tests.news.tellings import tellings

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "duplicates"
OWN = Path(__file__).resolve().parent.parent / "khulasa" / "demo" / "newsroom" / "hard_pairs.tsv"
_TABLES = Path(__file__).resolve().parent.parent / "tests" / "data" / "news"
READ_PAIRS, TELLINGS = _TABLES / "corpus_pairs.tsv", _TABLES / "tellings.tsv"
WEIGHTS = Path(__file__).resolve().parent.parent / "news" / "data" / "likeness_weights.tsv"

HARD, EASY, OURS = 1.0, 0.3, 10.0  # weight of a pair: judged by a person or a template; equal in words; our own
READ = 1500.0  # … all that were judged by us
SEQUEL = 0.5  # factor for another happening of the same matter, of which editors may differ
TOLD, NEAR = 3.0, 0.1  # … of two tellings of one event, of two events that share a key
JOINED = 0.1  # … of two candidates in one cluster
SUMMARY = 0.3  # factor for articles cut to a summary, which is all that most feeds bring
RIDGE = 0.2
# Beside all differences:
SUBTRACTING = frozenset(("days apart", "bulletins of different days", "bulletins of no place in common"))
_STEPS = 12


_NOTHING = traits_of(title=fold(""), text=fold(""), published=datetime(2026, 11, 20, tzinfo=UTC))
FEATURES = tuple(measured(_NOTHING, _NOTHING))
_DIFFERENCES = frozenset(differences(_NOTHING, _NOTHING))


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A pair with its features and its label."""

    names: tuple[str, str]  # article ids, or our titles
    how: str
    day: str  # of the later article
    values: tuple[float, ...]  # in the order of ``FEATURES``
    same: bool
    weight: float

    @property
    def hard(self) -> bool:
        return "template" in self.how or "annotated" in self.how


@cache
def articles(*, cut: bool = False, seen: bool = False) -> dict[str, Traits]:
    """Traits of all articles beside the checkout, by id; raises FileNotFoundError where they are not at hand.

    ``cut``: to 30 … 59 words of text. ``seen``: as in a store that has the days before, else as in one that begins.
    """
    of = dict(_articles(cut=cut))
    return {name: seen_before(t, _backgrounds().before(t.published)) for name, t in of.items()} if seen else of


@cache
def _backgrounds() -> Backgrounds:
    days: defaultdict[datetime, list[frozenset[int]]] = defaultdict(list)
    for traits in articles(seen=False).values():
        days[datetime.combine(traits.published, time(), tzinfo=UTC)].append(traits.vocabulary)
    return Backgrounds(lambda day: days[day][:: 1 + len(days[day]) // PER_DAY])


def _articles(*, cut: bool) -> Iterator[tuple[str, Traits]]:
    for line in gzip.decompress((DATA / "articles_dev.jsonl.gz").read_bytes()).decode().split("\n"):
        if not line:
            continue
        article = json.loads(line)
        lead = read_lead([paragraph for paragraph in article["text"].split("\n") if paragraph.strip()])
        text = "\n".join(split_related(lead.paragraphs)[0])
        if cut:
            text = " ".join(text.split()[: 30 + int(article["id"][1:]) % 30])
        yield (
            article["id"],
            traits_of(
                title=fold(article["title"]),
                text=fold(text),
                published=datetime.fromisoformat(article["date"]).replace(tzinfo=UTC),
            ),
        )


@cache
def clusters() -> dict[str, str]:
    with (DATA / "clusters_dev.csv").open(encoding="utf-8", newline="") as file:
        return {row["article_id"]: row["cluster"] for row in csv.DictReader(file)}


@cache
def judged_pairs(*, seen: bool = False) -> tuple[Labelled, ...]:
    with (DATA / "pairs_dev.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] != "related"]
    found = []
    for row in rows:
        hard = "template" in row["how"] or "annotated" in row["how"]
        names = (row["a_id"], row["b_id"])
        found.append(
            _labelled(names, articles(seen=seen), row["how"], row["label"] == "same_story", HARD if hard else EASY)
        )
    return tuple(found)


@cache
def own_pairs() -> tuple[tuple[Labelled, str, Traits, Traits], ...]:
    """Our own pairs with their verdicts: copy, same_story or different."""
    begin = datetime(2026, 11, 20, 6, tzinfo=UTC)
    found = []
    for line in OWN.read_text(encoding="utf-8").splitlines()[1:]:
        if line and not line.startswith("#"):
            title_a, text_a, title_b, text_b, minutes, verdict, _ = line.split("\t")
            a = traits_of(title=fold(title_a), text=fold(text_a), published=begin)
            later = begin + timedelta(minutes=int(minutes))
            b = traits_of(title=fold(title_b), text=fold(text_b), published=later)
            both = {title_a: a, f"{title_b} ": b}
            labelled = _labelled((title_a, f"{title_b} "), both, "own", verdict != "different", OURS)
            found.append((labelled, verdict, a, b))
    return tuple(found)


@cache
def read_pairs(*, seen: bool = False) -> tuple[Labelled, ...]:
    """Pairs of the corpus that were judged by reading; each weighs as many as it stands for."""
    rows = cases("corpus_pairs")
    whole = sum(float(row["stands_for"]) for row in rows)
    found = []
    for row in rows:
        weight = READ * float(row["stands_for"]) / whole * (SEQUEL if row["verdict"] == "sequel" else 1.0)
        found.append(
            _labelled((row["a"], row["b"]), articles(seen=seen), row["verdict"], row["verdict"] == "same", weight)
        )
    return tuple(found)


@cache
def retold_pairs() -> tuple[tuple[Labelled, str, str], ...]:
    """Pairs of our events' tellings with their events: all of one event, and those of two that share a key."""
    of = {f"{told.event} {told.telling}": told.traits() for told in tellings()}
    keys = {name: frozenset(keys_of(traits)) for name, traits in of.items()}
    found = []
    for a, b in combinations(sorted(of), 2):
        events = (a.split()[0], b.split()[0])
        same = events[0] == events[1]
        if same or keys[a] & keys[b]:
            found.append((_labelled((a, b), of, "told", same, TOLD if same else NEAR), *events))
    return tuple(found)


@cache
def joined_pairs(*, cut: bool) -> tuple[Labelled, ...]:
    """The pairs within a cluster that meet under their keys in order of time."""
    of = articles(cut=cut)
    met = {pair(name, other) for name, others in candidates_in_order(of) for other in others}
    cluster = clusters()
    return tuple(
        _labelled((a, b), of, "candidates", True, JOINED)
        for a, b in sorted(met)
        if a in cluster and cluster[a] == cluster.get(b)
    )


@cache
def _corpus_pairs() -> tuple[Labelled, ...]:
    """All that is fitted of the corpus, whole and cut."""
    whole = (*judged_pairs(), *read_pairs())
    cut = [_labelled(p.names, articles(cut=True), p.how, p.same, p.weight) for p in whole]
    summaries = (replace(p, weight=p.weight * SUMMARY) for p in (*cut, *joined_pairs(cut=True)))
    return (*whole, *joined_pairs(cut=False), *summaries)


def _labelled(names: Pair, of: dict[str, Traits], how: str, same: bool, weight: float) -> Labelled:
    a, b = (of[name] for name in names)
    values = tuple(measured(a, b).values())
    day = max(a.published, b.published).date().isoformat()
    return Labelled(names=names, how=how, day=day, values=values, same=same, weight=weight)


def fit(chosen: Callable[[str], bool], ours: Sequence[Labelled]) -> list[float]:
    """Weights (base first) from the pairs of the days chosen and from ``ours``."""
    taught = [*(found for found in _corpus_pairs() if chosen(found.day)), *ours]
    left = list(range(len(FEATURES)))
    while True:
        weights = _regression(taught, left)
        wrong = [(abs(w), place) for place, w in zip(left, weights[1:], strict=True) if (w > 0.0) == _subtracts(place)]
        if not wrong:
            break
        left.remove(max(wrong)[1])
    of_feature = dict(zip(left, weights[1:], strict=True))
    return [weights[0], *(of_feature.get(place, 0.0) for place in range(len(FEATURES)))]


def _subtracts(place: int) -> bool:
    return FEATURES[place] in SUBTRACTING or FEATURES[place] in _DIFFERENCES


def logit(weights: Sequence[float], values: Iterable[float]) -> float:
    return weights[0] + sum(weight * value for weight, value in zip(weights[1:], values, strict=True))


def _regression(pairs: Sequence[Labelled], features: Sequence[int]) -> list[float]:
    """The base and the weights of some features: Newton's method on the weighted, ridged log-likelihood."""
    size = len(features) + 1
    rows = [
        (
            found.weight,
            found.same,
            [(0, 1.0), *((at, v) for at, place in enumerate(features, start=1) if (v := found.values[place]))],
        )
        for found in pairs
    ]
    weights = [0.0] * size
    for _ in range(_STEPS):
        slope = [-RIDGE * weight if place else 0.0 for place, weight in enumerate(weights)]
        curve = [
            [RIDGE if row == column and row else 1e-6 * (row == column) for column in range(size)]
            for row in range(size)
        ]
        for weight, same, filled in rows:
            sure = sum(weights[place] * value for place, value in filled)
            chance = 1.0 / (1.0 + exp(-max(-30.0, min(30.0, sure))))
            error, steepness = weight * (same - chance), weight * chance * (1.0 - chance)
            for place, value in filled:
                slope[place] += error * value
                row, steep = curve[place], steepness * value
                for other, another in filled:
                    row[other] += steep * another
        step = _solved(curve, slope)
        weights = [weight + change for weight, change in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-4:
            break
    return weights


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gaussian elimination; the matrix is positive definite."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for at in range(size):
        for below in range(at + 1, size):
            factor = rows[below][at] / rows[at][at]
            if factor:
                rows[below] = [value - factor * above for value, above in zip(rows[below], rows[at], strict=True)]
    found = [0.0] * size
    for at in reversed(range(size)):
        known = sum(rows[at][other] * found[other] for other in range(at + 1, size))
        found[at] = (rows[at][size] - known) / rows[at][at]
    return found


def digests() -> tuple[tuple[str, str], ...]:
    """(file, first 16 hex digits of its sha256) of everything the weights are fitted on."""
    names = ("articles_dev.jsonl.gz", "clusters_dev.csv", "pairs_dev.csv")
    paths = (*(DATA / name for name in names), OWN, READ_PAIRS, TELLINGS)
    return tuple((path.name, sha256(path.read_bytes()).hexdigest()[:16]) for path in paths)


def main() -> None:
    ours = (*(found for found, _, _, _ in own_pairs()), *(found for found, _, _ in retold_pairs()))
    weights = fit(lambda day: True, ours)
    lines = ["feature\tweight", "# Written by python -m benchmarks.likeness_fit from these files:"]
    lines += [f"# {name}, sha256 {digest}" for name, digest in digests()]
    lines += [f"{name}\t{weight:.2f}" for name, weight in zip(("base", *FEATURES), weights, strict=True)]
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
