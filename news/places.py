"""Which countries an article is about, from the names in its text. Knows a gazetteer, no grammar."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from arabic.fold import Folded, fold
from arabic.lexicon import Lexicon
from arabic.tokens import tokens
from news.tables import read_table
from news.types import Label

_ROWS = read_table("places", ("country", "name", "mentions", "adjectives"))
_NOWHERE = "-"
_ARTICLE = "ال"

# An adjective ends in yeh: its feminine, its plurals.
_ENDINGS = ("", "\N{ARABIC LETTER TEH MARBUTA}", "ون", "ين", "ات", "تين", "ان")

IN_TITLE, IN_OPENING, LATER = 4.0, 2.0, 1.0  # points of one mention
OPENING = 60  # words
JUDGED = 300  # words of a text
MOST_MENTIONS = 6  # of one country in the text: further ones say nothing new
ENOUGH = 3.0  # points; one mention far down is no subject
SHARE = 0.3  # of the points of the country mentioned most
HALF = 4.0  # points for a score of one half

COUNTRY_NAMES = {country: name for country, name, _, _ in _ROWS if country != _NOWHERE}

_ARAB_LEAGUE_CODES = "AE BH DJ DZ EG IQ JO KM KW LB LY MA MR OM PS QA SA SD SO SY TN YE"
_ARAB_LEAGUE = frozenset(_ARAB_LEAGUE_CODES.split())


def countries_of(*, title: tuple[Folded, ...], text: tuple[Folded, ...]) -> tuple[Label, ...]:
    """The countries an article is about, the most mentioned first; labels bear ISO 3166-1 alpha-2 codes.

    ``title`` and ``text`` are its words.
    """
    mentions = [(IN_TITLE, found) for _, _, found in _find(title)]
    mentions += [(IN_OPENING if position < OPENING else LATER, found) for position, _, found in _find(text[:JUDGED])]
    if not mentions:
        return ()
    points: dict[str, float] = defaultdict(float)
    words: dict[str, list[str]] = defaultdict(list)
    certain = {found.countries[0] for _, found in mentions if len(found.countries) == 1} - {_NOWHERE}
    for weight, found in mentions:
        country = found.countries[0]
        if len(found.countries) > 1:
            country = next((owner for owner in found.countries if owner in certain), country)
        if country == _NOWHERE or (weight < IN_TITLE and len(words[country]) >= MOST_MENTIONS):
            continue
        points[country] += weight
        words[country].append(found.text)
    most = max(points.values(), default=0.0)
    labels = (
        Label(
            id=country,
            score=round(earned / (earned + HALF), 2),
            why=f"places: {'، '.join(dict.fromkeys(words[country]))}",
        )
        for country, earned in points.items()
        if earned >= ENOUGH and earned >= SHARE * most
    )
    return tuple(sorted(labels, key=lambda label: (-label.score, label.id)))


def is_arab(country: str) -> bool:
    """Whether an ISO 3166-1 alpha-2 code is that of a member of the Arab League."""
    return country in _ARAB_LEAGUE


def is_place(words: Sequence[Folded]) -> bool:
    """Whether words are, as a whole, the name of a country or a city."""
    found = _GAZETTEER.whole(words)
    return found is not None and _is_written(words[0], found)


def named_places(words: Sequence[Folded]) -> Iterator[tuple[int, int, str, str]]:
    """(position, length in words, name, name of its country) of each country and city, and of countries' adjectives."""
    for position, length, name in _find(tuple(words)):
        if name.countries[0] != _NOWHERE:
            country = COUNTRY_NAMES[name.countries[0]]
            yield position, length, country if name.article else name.text, country


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    first: Folded  # word
    countries: tuple[str, ...]
    article: bool  # whether the article may stand before it: «المصري», never «الجنين» (the fetus) for «جنين»


def _find(words: tuple[Folded, ...]) -> list[tuple[int, int, _Name]]:
    return [found for found in _GAZETTEER.find(words) if found[2].article or _is_written(words[found[0]], found[2])]


def _is_written(first: Folded, name: _Name) -> bool:
    """Whether ``first``, a form of the name's first word, has an article only where the name may."""
    return name.article or not first.removesuffix(name.first).endswith(("ال", "لل"))


def _names() -> Iterator[tuple[str, _Name]]:
    owners: dict[Folded, tuple[str, list[str]]] = {}
    described: set[Folded] = set()
    for country, _, mentions, adjectives in _ROWS:
        adjective_forms = [
            adjective + ending for adjective in adjectives.split("|") if adjective for ending in _ENDINGS
        ]
        described.update(map(fold, adjective_forms))
        for form in (*mentions.split("|"), *adjective_forms):
            _, countries = owners.setdefault(fold(form), (form, []))
            if country not in countries:
                countries.append(country)
    for folded, (text, countries) in owners.items():
        article = folded in described or fold(_ARTICLE + folded) in owners  # «أوروغواي» beside «الأوروغواي»
        yield text, _Name(text, tokens(folded)[0], tuple(countries), article)


_GAZETTEER: Lexicon[_Name] = Lexicon(_names())
