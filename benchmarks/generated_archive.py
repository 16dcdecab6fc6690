"""An archive of generated Arabic articles, the same for the same number: words as frequent as Zipf's law has them.

Words are roots in patterns with clitics and endings before and behind, so that the index meets as many forms as in
running text.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from news.categories import CATEGORIES
from news.places import COUNTRY_NAMES
from news.types import Appearance, Article, DateConfidence, DateSource, Entry, Label, SourceState, Update

SOURCES = 200
BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)
SPACING = timedelta(seconds=90)
TITLE_WORDS = 9
_LEMMAS = 20_000
_LETTERS = "بتجحخدرزسشصضطعغفقكلمنه"
_PATTERNS = (
    *("{}ا{}{}", "{}{}ي{}", "م{}{}و{}", "ت{}{}ي{}", "{}{}ا{}ة"),
    *("ا{}ت{}ا{}", "{}{}{}", "م{}ا{}{}ة", "{}و{}ا{}", "است{}{}ا{}"),
)
_FUNCTION_WORDS = ("في", "من", "على", "إلى", "أن", "عن", "التي", "مع", "الذي", "بعد", "خلال", "قال", "كما", "بين")
_BEFORE = ("", "", "", "ال", "ال", "ال", "و", "وال", "ب", "لل")
_BEHIND = ("", "", "", "", "", "ات", "ين", "ية", "ها")


@cache
def words() -> tuple[str, ...]:
    """All words, the most frequent first."""
    draw = Random(7)  # noqa: S311 – repeatable, no secret
    lemmas: dict[str, None] = dict.fromkeys(_FUNCTION_WORDS)
    while len(lemmas) < _LEMMAS:
        lemmas[draw.choice(_PATTERNS).format(*draw.sample(_LETTERS, 3))] = None
    return tuple(lemmas)


@cache
def _weights() -> tuple[float, ...]:
    return tuple(accumulate(1 / (rank + 2.7) for rank in range(_LEMMAS)))


def articles(number: int) -> Iterator[Article]:
    """The first ``number`` articles, the oldest first."""
    for place in range(number):
        yield _article(place)


def update_of(batch: tuple[Article, ...]) -> Update:
    """What stores a batch as one visit would."""
    state = SourceState(source_id="source-0", url="https://source-0.example/feed")
    return Update(at=BEGINNING, state=state, outcome="ok", articles=batch)


def running(place: int) -> list[str]:
    """The words of an article, its title's first."""
    draw = Random(place)  # noqa: S311 – repeatable, no secret
    count = TITLE_WORDS + 60 + place * 37 % 120
    return [_form(word, draw) for word in draw.choices(words(), cum_weights=_weights(), k=count)]


def _form(word: str, draw: Random) -> str:
    if word in _FUNCTION_WORDS:
        return word
    chance = draw.random()
    before = _BEFORE[int(chance * len(_BEFORE))]
    return f"{before}{word}{_BEHIND[int(chance * 997) % len(_BEHIND)]}"


def _article(place: int) -> Article:
    said = running(place)
    title, text = " ".join(said[:TITLE_WORDS]), " ".join(said[TITLE_WORDS:])
    date = BEGINNING + place * SPACING
    source = f"source-{place * 7919 % SOURCES}"
    key = str(place)
    link = f"https://{source}.example/{place}"
    category = CATEGORIES[place % len(CATEGORIES)].id
    country = tuple(COUNTRY_NAMES)[place * 31 % 22]
    appearance = Appearance(
        source_id=source,
        key=key,
        title=title,
        link=link,
        guid=key,
        author=None,
        date=date,
        date_source=DateSource.PUBLISHED,
        first_seen=date,
        entry_hash=key,
        fingerprint=None,
    )
    return Article(
        id=f"{place * 0x9E3779B97F4A7C15 % 2**64:016x}",
        entry=Entry(guid=key, link=link, title=title, content=f"<p>{text}</p>", published=date),
        appearances=(appearance,),
        date=date,
        date_confidence=DateConfidence.EXACT,
        updated=date,
        fold_version=1,
        language="ar",
        byline=None,
        agency=None,
        related=(),
        categories=(Label(id=category, score=0.8, why="generated"),),
        countries=(Label(id=country, score=0.8, why="generated"),),
    )
