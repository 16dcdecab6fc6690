"""What an article is about: the categories, and how evidence is weighed into them.

Every witness looks at the evidence in its own way and names categories with a score and a ground. A trained judge is
one more witness: a function of the same shape in ``_WITNESSES``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from arabic.fold import Folded, fold, folded_words
from arabic.lexicon import Lexicon
from news.places import is_arab
from news.tables import read_table
from news.types import Label

LAST_RESORT = "general"

HINT = 0.4  # what the source's own hint is worth: less than words that say otherwise
SECTION = 0.65  # what a publisher's section or tag is worth that is a term of ours as a whole
TAG = 0.35  # … that only has one in it: «جامعات أهلية» may stand over any subject
ABROAD = 0.4  # what a text about other than Arab countries is worth for the world
FULL = 0.95  # what words can prove at most

IN_TITLE, IN_OPENING, LATER = 3.0, 1.5, 1.0  # a word in the title counts as often
OPENING = 40  # words
JUDGED = 300  # words: what an article is about it says at its beginning, further down it digresses
MOST_OF_ONE_WORD = 2  # mentions of one word that count: a text about one club repeats its name
CHANCE = 1.0  # points that any text earns: everybody has children, a street and a Friday
HALF = 5.0  # points beyond these that prove a category by half

ENOUGH = 0.25  # score of a category that an article is filed under
SHARE = 0.7  # … and of the best category's score
MOST_WORDS_TOLD = 8
MOST = 3  # categories of one article


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One of the fixed headings every article is filed under. ``name`` is Arabic display text."""

    id: str
    name: str


CATEGORIES = tuple(Category(id=id, name=name) for id, name in read_table("categories", ("id", "name")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a witness may look at."""

    title: tuple[Folded, ...]
    text: tuple[Folded, ...]
    terms: tuple[str, ...]  # the publisher's own categories, display text
    hint: str | None  # the source's
    countries: tuple[str, ...]  # that the article is about, the most mentioned first


class Ground(NamedTuple):
    """What one witness says for one category. Most say so for several that do not win, and are never asked why."""

    category: str
    score: float
    said: str
    words: Sequence[str] = ()

    @property
    def why(self) -> str:
        return self.said + "، ".join(list(dict.fromkeys(self.words))[:MOST_WORDS_TOLD])


Witness = Callable[[Evidence], Iterator[Ground]]


def categories_of(
    *,
    title: tuple[Folded, ...],
    text: tuple[Folded, ...],
    terms: tuple[str, ...],
    hint: str | None,
    countries: tuple[Label, ...],
) -> tuple[Label, ...]:
    """The categories of an article, the best first; the last resort, with score 0, where nothing fits.

    ``title`` and ``text`` are its words. Independent grounds for one category add up: two of one half each make three
    quarters.
    """
    evidence = Evidence(
        title=title,
        text=text[:JUDGED],
        terms=terms,
        hint=hint,
        countries=tuple(c.id for c in countries),
    )
    doubt: dict[str, float] = {}
    grounds: dict[str, list[Ground]] = {}
    for witness in _WITNESSES:
        for ground in witness(evidence):
            doubt[ground.category] = doubt.get(ground.category, 1.0) * (1 - ground.score)
            grounds.setdefault(ground.category, []).append(ground)
    scores = {name: round(1 - left, 2) for name, left in doubt.items()}
    found = sorted(scores, key=lambda name: (-scores[name], name))
    best = found[0] if found else LAST_RESORT
    bar = max(ENOUGH, SHARE * scores.get(best, 0.0))
    chosen = [name for name in found if scores[name] >= bar or (name == _WORLD and best in _NEWS_OF_THE_WORLD)]
    labels = tuple(
        Label(id=name, score=scores[name], why="; ".join([ground.why for ground in grounds[name]]))
        for name in chosen[:MOST]
    )
    return labels or (Label(id=LAST_RESORT, score=0.0, why="nothing spoke for any other category"),)


def _hint(evidence: Evidence) -> Iterator[Ground]:
    if evidence.hint is not None and evidence.hint != LAST_RESORT:
        yield Ground(evidence.hint, HINT, "the source's hint")


def _publisher(evidence: Evidence) -> Iterator[Ground]:
    """The publisher's own sections and tags; each category once, by the tag that says it best."""
    found: dict[str, Ground] = {}
    for ground in chain.from_iterable(map(_said_by, evidence.terms)):
        if ground.category not in found or ground.score > found[ground.category].score:
            found[ground.category] = ground
    found.pop(_NO_CATEGORY, None)
    yield from found.values()


@lru_cache(1 << 12)  # the sections of a newsroom come with every article
def _said_by(term: str) -> tuple[Ground, ...]:
    words = folded_words(term)
    return tuple(
        Ground(category, SECTION if length == len(words) else TAG, f"the publisher's «{term}»")
        for _, length, category in _PUBLISHER_TERMS.find(words)
    )


def _abroad(evidence: Evidence) -> Iterator[Ground]:
    if evidence.countries and not any(is_arab(country) for country in evidence.countries):
        yield Ground(_WORLD, ABROAD, f"about {', '.join(evidence.countries)}")


def _words(evidence: Evidence) -> Iterator[Ground]:
    """Words and phrases of the trade, more in the title and the opening than further down."""
    points: dict[str, float] = {}
    told: dict[str, list[str]] = {}
    mentions: dict[str, int] = {}
    for opening, rest, words in ((IN_TITLE, IN_TITLE, evidence.title), (IN_OPENING, LATER, evidence.text)):
        for position, _, meanings in _CATEGORY_WORDS.find(words):
            first = meanings[0].word
            before = mentions.get(first, 0)
            if before == MOST_OF_ONE_WORD:
                continue
            mentions[first] = before + 1
            factor = opening if position < OPENING else rest
            for category, word, weight in meanings:
                if category in points:
                    points[category] += factor * weight
                    told[category].append(word)
                else:
                    points[category] = factor * weight
                    told[category] = [word]
    for category, earned in points.items():
        proof = earned - CHANCE
        if proof > 0:
            yield Ground(category, FULL * proof / (proof + HALF), "words: ", told[category])


# The politics and the accidents of other countries are news of the world beside; their sports or science are not.
_WORLD = "world"
_NEWS_OF_THE_WORLD = frozenset({"politics", "accidents"})

_WITNESSES: tuple[Witness, ...] = (_hint, _publisher, _abroad, _words)

_NO_CATEGORY = "-"
_PUBLISHER_TERMS: Lexicon[str] = Lexicon(
    (term, category) for category, term in read_table("publisher_categories", ("category", "term"))
)


class _Meaning(NamedTuple):
    category: str
    word: str
    weight: float


def _meanings() -> Iterator[tuple[str, tuple[_Meaning, ...]]]:
    """A word may speak for several categories."""
    found: dict[Folded, tuple[str, list[_Meaning]]] = {}
    for category, word, weight in read_table("category_words", ("category", "word", "weight")):
        _, meanings = found.setdefault(fold(word), (word, []))
        meanings.append(_Meaning(category, word, float(weight)))
    for word, meanings in found.values():
        yield word, tuple(meanings)


_CATEGORY_WORDS: Lexicon[tuple[_Meaning, ...]] = Lexicon(_meanings())
