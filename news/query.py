"""What is asked of the archive: words, "phrases", OR, NOT or a minus, parentheses, fields and dates.

Reads a query into a tree of terms and marks, or says what is wrong with it and where. Knows no index.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from itertools import product
from math import prod

from arabic.fold import Folded, fold
from arabic.stems import Term, query_terms
from arabic.tokens import tokens
from news.categories import CATEGORIES
from news.expressions import All, Either, ExpressionError, Grammar, Tree, Words, mapped, read_expression
from news.places import COUNTRY_NAMES
from news.searchable import CATEGORY, COUNTRY, EVERY, LANGUAGE, SOURCE

MOST_WORDS = 64  # of a query
MOST_FORMS = 24  # of a phrase, with its words in singular and plural; beyond, only as it is written

_FIELDS = {
    **dict.fromkeys(("title", "العنوان", "عنوان"), "title"),
    **dict.fromkeys(("source", "المصدر", "مصدر"), "source"),
    **dict.fromkeys(("category", "التصنيف", "تصنيف"), "category"),
    **dict.fromkeys(("country", "البلد", "بلد"), "country"),
    **dict.fromkeys(("lang", "اللغة", "لغة"), "lang"),
    **dict.fromkeys(("after", "بعد"), "after"),
    **dict.fromkeys(("before", "قبل"), "before"),
}
GRAMMAR = Grammar(
    operators={"AND": "AND", "OR": "OR", "NOT": "NOT", "أو": "OR"},
    fields=_FIELDS,
    has_minus=True,
    most_words=MOST_WORDS,
)
_LANGUAGE = re.compile("[a-z]{2,3}")
_CATEGORIES = {name: c.id for c in CATEGORIES for name in (fold(c.id), fold(c.name))}
_COUNTRIES = {name: code.lower() for code, title in COUNTRY_NAMES.items() for name in (fold(code), fold(title))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Terms that stand side by side, in one of these forms; the first is the one that was asked for."""

    forms: tuple[tuple[Term, ...], ...]
    in_title: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A field that an article has: s:riwaq, c:politics."""

    text: str


Sought = Tree[Terms | Mark]
EVERYTHING = Mark(EVERY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query, read. The moments are those of an article's date."""

    text: str
    sought: Sought
    since: datetime | None = None  # inclusive
    until: datetime | None = None  # exclusive


@dataclass(slots=True)
class _Dates:
    since: list[datetime] = field(default_factory=list)
    until: list[datetime] = field(default_factory=list)


def read_query(text: str, sources: Mapping[str, str], *, within: Collection[str] = ()) -> Query:
    """Read a query. ``sources`` by id, with their titles, under both of which they can be asked for.

    Where sources are named in ``within``, only what one of them carried answers.

    Raises ExpressionError, whose column counts from 1.
    """
    dates = _Dates()
    tree = _without_dates(read_expression(text, GRAMMAR), dates)
    sought: Sought = EVERYTHING if tree is None else mapped(tree, Asked(sources).leaf)
    if within:
        sought = All((sought, Either(tuple(Mark(SOURCE + name) for name in within))))
    return Query(
        text=text,
        sought=sought,
        since=max(dates.since, default=None),
        until=min(dates.until, default=None),
    )


def _without_dates(tree: Tree[Words], dates: _Dates) -> Tree[Words] | None:
    """What is left without the dates, which hold for the whole query wherever they stand; None: nothing."""
    match tree:
        case Words(field="after" | "before" as name):
            (dates.since if name == "after" else dates.until).append(datetime.combine(_day(tree), time(), UTC))
            return None
        case All(parts) | Either(parts):
            kept = [left for part in parts if (left := _without_dates(part, dates)) is not None]
            return kept[0] if len(kept) == 1 else type(tree)(tuple(kept)) if kept else None
    return tree


def _day(written: Words) -> date:
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in written.text)
    try:
        return date.fromisoformat(digits)
    except ValueError:
        message = f"{written.text} is no day such as 2026-11-20"
        raise ExpressionError(message, written.column) from None


class Asked:
    """Turns words into what an index knows."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = {**{fold(title): id for id, title in sources.items()}, **{fold(id): id for id in sources}}

    def leaf(self, written: Words) -> Terms | Mark:
        match written.field:
            case None:
                return Terms(forms=_forms(written.words))
            case "title":
                return Terms(forms=_forms(written.words), in_title=True)
            case "source":
                return Mark(SOURCE + _named(written, self._sources))
            case "category":
                return Mark(CATEGORY + _named(written, _CATEGORIES))
            case "country":
                return Mark(COUNTRY + _named(written, _COUNTRIES))
            case "lang":
                code = written.text.lower()
                if not _LANGUAGE.fullmatch(code):
                    raise ExpressionError(f"{written.text} is no code of a language such as ar", written.column)
                return Mark(LANGUAGE + code)
        raise ExpressionError(f"{written.field}: cannot stand behind NOT", written.column)


def _named(written: Words, names: Mapping[Folded, str]) -> str:
    found = names.get(fold(written.text))
    if found is not None:
        return found
    named = {name for title, name in names.items() if set(written.words) <= set(tokens(title))}
    if len(named) == 1:  # «الرواق» is «صحيفة الرواق», as long as there is no other
        return named.pop()
    close = get_close_matches(fold(written.text), map(str, names), n=1)
    hint = f" – did you mean {names[Folded(close[0])]}?" if close else ""
    raise ExpressionError(f"no {written.field} is called {written.text}{hint}", written.column)


def _forms(words: Iterable[Folded]) -> tuple[tuple[Term, ...], ...]:
    each = [query_terms(word) for word in words]
    if prod(map(len, each)) > MOST_FORMS:
        each = [terms[:1] for terms in each]
    return tuple(dict.fromkeys(product(*each)))
