"""Words of folded text, and the clitics Arabic writes onto them: «والمباراة» is a form of «مباراة».

Knows prefixes only, no dictionary: a stem is a candidate, and may be no word at all.
"""

from functools import lru_cache
from typing import cast

from arabic.fold import Folded

_AND = "\N{ARABIC LETTER WAW}"
_THEN = "\N{ARABIC LETTER FEH}"
_WITH = "\N{ARABIC LETTER BEH}"
_LIKE = "\N{ARABIC LETTER KAF}"
_TO = "\N{ARABIC LETTER LAM}"
_ARTICLE = "ال"

# Prefix → the fewest letters that may remain. One-letter prepositions ask for four: with three, «لجنة» (committee)
# would be «جنة» (paradise) and «كمال» would be money.
_PREFIXES = {
    "ال": 2,
    **dict.fromkeys(("وال", "فال"), 2),
    **dict.fromkeys(("بال", "كال", "لل", "وبال", "فبال", "وكال", "ولل", "فلل"), 3),
    **dict.fromkeys((_AND, _THEN), 3),
    **dict.fromkeys((_WITH, _LIKE, _TO), 4),
    **dict.fromkeys((_AND + _WITH, _AND + _LIKE, _AND + _TO, _THEN + _WITH, _THEN + _TO), 4),
}
_LONGEST_PREFIX = max(map(len, _PREFIXES))
_REMEMBERED = 1 << 16


def tokens(folded: Folded) -> tuple[Folded, ...]:
    """The words of folded text, in order."""
    return cast(tuple[Folded, ...], tuple(folded.split()))


@lru_cache(_REMEMBERED)
def stems(token: Folded) -> tuple[Folded, ...]:
    """What ``token`` may be a form of, itself first: without «و ف ب ك ل», without the article, without both."""
    found = [token]
    for length in range(1, _LONGEST_PREFIX + 1):
        prefix = token[:length]
        if prefix not in _PREFIXES or len(token) - length < _PREFIXES[prefix]:
            continue
        rest = token[length:]
        found.append(Folded(rest))
        if length > 2 or prefix == "لل":  # an article is inside: «وال», and «لل», which stands for «ل» and «ال»
            found.append(Folded(_ARTICLE + rest))
    return tuple(dict.fromkeys(found))


def matches_word(token: Folded, word: Folded) -> bool:
    """Whether ``token`` is ``word``, or ``word`` with clitics before it."""
    return token.endswith(word[-2:]) and word in stems(token)
