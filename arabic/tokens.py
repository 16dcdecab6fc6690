"""Words of folded text, and the clitics Arabic writes onto them: «والمباراة» is a form of «مباراة».

A stem is a candidate, and may be no word at all; only what ``arabic.affixes`` knows to be a word's own is never cut.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from arabic.affixes import keeps
from arabic.fold import Folded

_AND = "\N{ARABIC LETTER WAW}"
_THEN = "\N{ARABIC LETTER FEH}"
_WITH = "\N{ARABIC LETTER BEH}"
_LIKE = "\N{ARABIC LETTER KAF}"
_TO = "\N{ARABIC LETTER LAM}"
_ARTICLE, _TO_THE = "ال", "لل"

# Prefix → the fewest letters that may remain.
_PREFIXES = {
    "ال": 2,
    **dict.fromkeys(("وال", "فال"), 2),
    **dict.fromkeys(("بال", "كال", "لل", "وبال", "فبال", "وكال", "ولل", "فلل"), 3),
    **dict.fromkeys((_AND, _THEN), 3),
    **dict.fromkeys((_WITH, _LIKE, _TO), 3),
    **dict.fromkeys((_AND + _WITH, _AND + _LIKE, _AND + _TO, _THEN + _WITH, _THEN + _TO), 3),
}
_LONGEST_PREFIX = max(map(len, _PREFIXES))
_REMEMBERED = 1 << 16
LONGEST_WORD = 40  # letters: what is longer is no word, and is not remembered


@lru_cache(16)  # one text is looked at by several judges in a row
def tokens(folded: Folded) -> tuple[Folded, ...]:
    """The words of folded text, in order."""
    return cast(tuple[Folded, ...], tuple(folded.split()))


def stems(token: Folded) -> tuple[Folded, ...]:
    """What ``token`` may be a form of, itself first: without «و ف ب ك ل», without the article, without both."""
    return _stems(token) if len(token) <= LONGEST_WORD else (token,)


@lru_cache(_REMEMBERED)
def _stems(token: Folded) -> tuple[Folded, ...]:
    found = [token]
    for length in range(1, _LONGEST_PREFIX + 1):
        prefix = token[:length]
        if prefix not in _PREFIXES or len(token) - length < _PREFIXES[prefix]:
            continue
        rest = token[length:]
        if prefix.endswith((_ARTICLE, _TO_THE)):
            found += _under_article(token, prefix, rest)
        elif not any(keeps(prefix[place], token[place:]) for place in range(length)):
            found.append(Folded(rest))
    return tuple(dict.fromkeys(found))


def forms(word: Folded) -> Iterator[str]:
    """Every token that ``word`` may be a stem of. Not of all of them it is: ``stems`` decides."""
    yield word
    yield from (prefix + word for prefix in _PREFIXES)
    if word.startswith(_ARTICLE):
        bare = word.removeprefix(_ARTICLE)
        yield from (prefix + bare for prefix in _PREFIXES if prefix.endswith((_ARTICLE, _TO_THE)))


def _under_article(token: Folded, prefix: str, rest: str) -> list[Folded]:
    """The word under an article: bare, and with its article where clitics stand before that."""
    before = prefix.removesuffix(_ARTICLE).removesuffix(_TO_THE)
    is_to_the = prefix.endswith(_TO_THE)
    if before and keeps(before[0], token):
        return []
    if is_to_the and keeps(_TO, token[len(before) + 1 :]):
        return []  # «للبنان» is «ل» and «لبنان»
    definite = Folded(_ARTICLE + rest)
    bare = [] if keeps(_ARTICLE, definite) else [Folded(rest)]
    return [*bare, definite] if before or is_to_the else bare


def matches_word(token: Folded, word: Folded) -> bool:
    """Whether ``token`` is ``word``, or ``word`` with clitics before it."""
    return token.endswith(word[-2:]) and word in stems(token)
