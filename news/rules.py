"""Match expressions of ``feeds:`` in sources.yml: words, "phrases", AND, OR, NOT and parentheses.

Words side by side must all occur. Everything is compared folded, and a word matches with clitics before it.
Knows folded text only, nothing of articles.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from arabic.fold import Folded
from arabic.tokens import stems, tokens
from news.expressions import All, Either, Grammar, Not, Tree, Words, read_expression

_RULES = Grammar()

_Places = Mapping[Folded, tuple[int, ...]]
_Test = Callable[["_Text"], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A match expression, read."""

    text: str
    _test: _Test

    def matches(self, folded: Folded) -> bool:
        """Whether folded text satisfies the expression."""
        return self._test(_read_text(folded))


def parse_rule(text: str) -> Rule:
    """Read a match expression. Raises ExpressionError."""
    return Rule(text=text, _test=_test_of(read_expression(text, _RULES)))


def _test_of(tree: Tree[Words]) -> _Test:
    match tree:
        case Words(words=phrase):
            return lambda text: text.has(phrase)
        case Not(part):
            test = _test_of(part)
            return lambda text: not test(text)
        case All(parts):
            tests = tuple(map(_test_of, parts))
            return lambda text: all(test(text) for test in tests)
        case Either(parts):
            tests = tuple(map(_test_of, parts))
            return lambda text: any(test(text) for test in tests)


@dataclass(frozen=True, slots=True)
class _Text:
    words: tuple[Folded, ...]
    places: _Places  # every stem → where it stands

    def has(self, phrase: tuple[Folded, ...]) -> bool:
        rest = phrase[1:]
        return any(self.words[place + 1 : place + len(phrase)] == rest for place in self.places.get(phrase[0], ()))


@lru_cache(maxsize=4)  # all rules look at one article before the next comes
def _read_text(folded: Folded) -> _Text:
    words = tokens(folded)
    places: dict[Folded, list[int]] = {}
    for place, word in enumerate(words):
        for stem in stems(word):
            places.setdefault(stem, []).append(place)
    return _Text(words, {stem: tuple(found) for stem, found in places.items()})
