"""The words behind a judgement, for people: which were in both articles, which stood against which.

Tells of tokens as they were compared (stems, digits, «day 3»), feature by feature (news/likeness.py). Decides nothing.
"""

from collections.abc import Iterable, Iterator

from news.alignment import aligned
from news.telling import DAY, MONTH, NUMBER, ORDINAL, PLACE, mark
from news.traits import Traits

MOST_WORDS = 6  # of one feature and one side
_RARE = 6.0  # bits
_SPELLED = {ORDINAL: "no. ", DAY: "day ", MONTH: "month "}


def evidence(a: Traits, b: Traits) -> dict[str, str]:
    """Feature → its words, «ours» of ``a`` against those of ``b``; only features that have some."""
    ours, theirs = dict(_sorted_tokens(a)), dict(_sorted_tokens(b))
    both = [token for token in ours if token in theirs]
    weight = {token: min(_bits(a, token), _bits(b, token)) for token in both if ours[token] != NUMBER}
    rare = sorted((token for token in weight if weight[token] > _RARE), key=lambda token: (-weight[token], token))
    told = {
        "rare words in both": _said(rare, ours),
        "numbers in both": _said([token for token in both if ours[token] == NUMBER], ours),
        "number swapped": _apart(a, b, NUMBER),
        "day or ordinal swapped": _apart(a, b, ORDINAL + DAY + MONTH),
        "titles name other places": _against(_places(a, b), _places(b, a)),
        "name swapped": "، ".join(_swapped(a, b)),
    }
    told["titles name other days or ordinals"] = _against(_turns(a), _turns(b))
    return {name: words for name, words in told.items() if words}


def _sorted_tokens(traits: Traits) -> Iterator[tuple[str, str]]:
    yield from zip(traits.title, traits.title_sorts, strict=True)
    yield from zip(traits.lead, traits.lead_sorts, strict=True)


def _bits(traits: Traits, token: str) -> float:
    return traits.opening_told.bits.get(mark(token), 0.0)


def _said(tokens: Iterable[str], sorts: dict[str, str]) -> str:
    return "، ".join(_shown(token, sorts[token]) for token in list(tokens)[:MOST_WORDS])


def _shown(token: str, sort: str) -> str:
    return _SPELLED[sort] + token[1:] if sort in _SPELLED else token


def _against(ours: str, theirs: str) -> str:
    return f"{ours} against {theirs}" if ours and theirs else ""


def _apart(a: Traits, b: Traits, sorts: str) -> str:
    mine, yours = (
        {token: sort for token, sort in _sorted_tokens(one) if sort in sorts and mark(token) not in other.vocabulary}
        for one, other in ((a, b), (b, a))
    )
    return _against(_said(mine, mine), _said(yours, yours))


def _places(traits: Traits, other: Traits) -> str:
    found = {
        token: sort
        for token, sort in zip(traits.title, traits.title_sorts, strict=True)
        if sort == PLACE and mark(token) not in other.vocabulary
    }
    return _said(found, found)


def _turns(traits: Traits) -> str:
    found = {t: sort for t, sort in zip(traits.title, traits.title_sorts, strict=True) if sort in (ORDINAL, DAY)}
    return _said(found, found)


def _swapped(a: Traits, b: Traits) -> Iterator[str]:
    """«ours against theirs» for the first replacements of words that the other article says nowhere."""
    left = MOST_WORDS
    for ours, theirs in ((a.title, b.title), (a.lead, b.lead)):
        for swap in aligned(ours, theirs).swaps:
            mine = " ".join(ours[at] for at in swap.ours if mark(ours[at]) not in b.vocabulary)
            yours = " ".join(theirs[at] for at in swap.theirs if mark(theirs[at]) not in a.vocabulary)
            if mine and yours and left:
                left -= 1
                yield _against(mine, yours)
