"""What is written onto Arabic words, clitics before and endings behind, and which words have the like of their own.

Knows letters and tables, no text and no meaning: «وزير» keeps its «و» because a table says so. ``kept.tsv`` and
``families.tsv`` are written by hand, ``kept_learnt.tsv`` by ``python -m benchmarks.affixes``.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from arabic.fold import fold

_AND, _THEN = "\N{ARABIC LETTER WAW}", "\N{ARABIC LETTER FEH}"
_WITH, _LIKE, _TO = "\N{ARABIC LETTER BEH}", "\N{ARABIC LETTER KAF}", "\N{ARABIC LETTER LAM}"
_ARTICLE, _TO_THE = "ال", "لل"
_HEH, _YEH = "\N{ARABIC LETTER HEH}", "\N{ARABIC LETTER YEH}"
_ALEF, _TEH = "\N{ARABIC LETTER ALEF}", "\N{ARABIC LETTER TEH}"
_TEH_MARBUTA = "\N{ARABIC LETTER TEH MARBUTA}"
_HER, _OUR, _FEMININE_PLURAL = "ها", "نا", "ات"
_COMPOUNDS = (_WITH + _ARTICLE, _LIKE + _ARTICLE)
_SHORTEST_REST = 3
# Prefix → (the fewest letters that may remain, what stands in its place), the longest first.
_PREFIXES = {
    **dict.fromkeys(_COMPOUNDS, (3, _ARTICLE)),
    _TO_THE: (2, _ARTICLE),
    _ARTICLE: (2, ""),
    _AND: (3, ""),
    _THEN: (3, ""),
    **dict.fromkeys((_WITH, _LIKE, _TO), (3, "")),
}
# First letter → the prefixes that begin with it.
_PREFIXES_WITH = {
    letter: tuple((prefix, *rule) for prefix, rule in _PREFIXES.items() if prefix[0] == letter)
    for letter in {prefix[0] for prefix in _PREFIXES}
}
# Short words that «و» is written onto.
_AFTER_AND = frozenset(("في", "من", "هو", "هي", "ما", "لا", "ان", "قد", "لم", "لن", "عن", "كل", "به", "له"))
# What is written onto the opened feminine ending, «شركتها», «شركتان», «شركتي».
_AFTER_TEH = frozenset((_HEH, _HER, "هم", "هما", "هن", _OUR, "كم", _YEH, _ALEF, "ان", "ين"))
_AFTER_SHORT = _AFTER_TEH - {_YEH, _ALEF}  # «مفتي», «يوتا» are no «مفة», «يوة»
_THIRD = (_TEH, _ALEF)  # what «هزتها» and «هزات» have after their two letters
# What is written onto two letters. Not «ه» and «ا»: «حده» is also «حدة», «خطا» an error.
_AFTER_TWO = ("ها", "هم", "هما", "هن", "نا", "كم", "ان", "ين")
# Ending → the fewest letters that must remain, the longest first.
_ENDINGS = {
    "هما": 4,
    **dict.fromkeys(("كم", "هن"), 4),
    **dict.fromkeys((_HER, "هم", _OUR, _FEMININE_PLURAL, "ان", "ون", "ين", "وا"), 3),
    **dict.fromkeys((_HEH, _YEH, _ALEF, _TEH), 3),
    _AND: 4,  # of the construct, «مدرسو»
}
# Last letter → the endings that end in it.
_ENDINGS_IN = {
    letter: tuple((ending, fewest) for ending, fewest in _ENDINGS.items() if ending[-1] == letter)
    for letter in {ending[-1] for ending in _ENDINGS}
}
_ARABIC = re.compile("[\N{ARABIC LETTER HAMZA}-\N{ARABIC LETTER YEH}]+")


def is_arabic(word: str) -> bool:
    """Whether a folded word is written in the letters that Arabic has, and nothing else."""
    return _ARABIC.fullmatch(word) is not None


def without_clitics(word: str) -> str:
    """A folded word without «و ف ب ك ل» and the article."""
    families = _families()
    while word not in families and (shorter := _cut_clitic(word)) is not None:
        if word.startswith(_ARTICLE):
            return shorter
        word = shorter
    return word


def _cut_clitic(word: str) -> str | None:
    for prefix, fewest, instead in _PREFIXES_WITH.get(word[:1], ()):
        if word.startswith(prefix):
            rest = word[len(prefix) :]
            if prefix == _TO_THE and keeps(_TO, word[1:]):  # «للبنان» is «ل» and «لبنان»
                return word[1:]
            if prefix == _AND and rest in _AFTER_AND:
                return rest
            if len(rest) >= fewest and not keeps(prefix, word):
                return instead + rest
    return None


def keeps(prefix: str, word: str) -> bool:
    """Whether what looks like a prefix is the word's own. The tables hold words without endings."""
    own = _own_beginnings()[prefix[:1] if prefix in _COMPOUNDS else prefix]
    if word in own:
        return True
    bare = without_ending(word)
    if bare not in own or (len(bare) == _SHORTEST_REST and not _is_ending(word[_SHORTEST_REST:])):
        return False  # «لمستوى» would be «لمس», cut four times
    # «ليونيو» ends as «ليون» with an ending would, but its rest is known to be a word with that ending.
    return not _is_whole(word[len(prefix) :])


def _is_ending(rest: str) -> bool:
    """Whether ``rest`` is what a noun takes, and not endings put together by chance."""
    for link in (_YEH, _FEMININE_PLURAL, _TEH):
        if rest in _ENDINGS:
            break
        rest = rest.removeprefix(link)
    return not rest or rest in _ENDINGS


def _is_whole(word: str) -> bool:
    """Whether the tables know that ``word`` ends in no ending."""
    keepers = kept()
    return any(word in keepers[ending] for ending, _ in _ENDINGS_IN.get(word[-1:], ()))


def without_ending(word: str) -> str:
    """A folded word without pronouns and endings of number, gender and origin; of a family, the word for all of it."""
    families, whole = _families(), kept()
    if word[2:3] in _THIRD and word not in families and (short := _short_feminine(word)) is not None:
        return families.get(short, short)
    while (head := families.get(word)) is None:
        for ending, fewest in _ENDINGS_IN.get(word[-1:], ()):
            if word.endswith(ending) and len(word) - len(ending) >= fewest and word not in whole[ending]:
                if ending in (_YEH, _TEH) and word[-2] == _ALEF:  # «ولايات», «أصوات»: the letter is the word's
                    continue
                if ending in (_HER, _OUR) and any(word[:-1] in words for words in whole.values()):
                    ending = _ALEF  # «اتجاها» is «اتجاه» and an alef, «بيانا» is «بيان»
                word = word[: -len(ending)]
                break
        else:
            return word
    return head


def _short_feminine(word: str) -> str | None:
    """«هزة» of «هزات», «هزتها», «هزتين»: a feminine word of two letters and its ending, which is no ending to cut."""
    if word[0] == _ALEF:  # «التي», «أتته»
        return None
    ending = _FEMININE_PLURAL if word[2] == _ALEF else _TEH
    base, rest = word[: 2 + len(ending)], word[2 + len(ending) :]
    if not base.endswith(ending) or base in kept()[ending]:
        return None
    if rest == "":
        return word[:2] + _HEH if ending == _FEMININE_PLURAL else None
    if rest not in _AFTER_SHORT or (ending == _TEH and word[1] == _ALEF) or _is_whole(word):
        return None
    return word[:2] + _HEH


@cache
def kept() -> dict[str, frozenset[str]]:
    """Prefix or ending → the words that keep it."""
    keepers: dict[str, set[str]] = {affix: set() for affix in (*_PREFIXES, *_ENDINGS)}
    for name in ("kept_learnt.tsv", "kept.tsv"):
        for affix, words, *_ in table_rows(name):
            keepers[affix].update(fold(words).split())
    return {affix: frozenset(words) for affix, words in keepers.items()}


@cache
def _own_beginnings() -> dict[str, frozenset[str]]:
    """Prefix → the words whose own it is, as the tables have them and without their endings."""
    keepers = kept()
    return {
        prefix: keepers[prefix].union(
            bare for bare in map(without_ending, keepers[prefix]) if len(bare) >= len(prefix) + _SHORTEST_REST
        )
        for prefix in _PREFIXES
    }


@cache
def _families() -> dict[str, str]:
    """Form → the word that stands for its whole family. What is written goes before what grammar adds to it."""
    families: dict[str, str] = {}
    grown: dict[str, str] = {}
    for head, forms, *_ in table_rows("families.tsv"):
        for form in f"{head} {forms}".split():
            families[fold(form)] = fold(head)
            grown.update(dict.fromkeys(_grown(form), fold(head)))
    return grown | families


def _grown(form: str) -> Iterator[str]:
    """What the endings make of a word in «ة» and of one in two letters, where ``without_ending`` cannot undo it."""
    if form.endswith(_TEH_MARBUTA):
        base = fold(form)[:-1]
        yield base + _FEMININE_PLURAL
        yield from (base + _TEH + ending for ending in _AFTER_TEH)
    elif len(form) == _SHORTEST_REST - 1:
        endings = (fold(form) + ending for ending in _AFTER_TWO)
        yield from (grown for grown in endings if not _is_whole(grown))  # «فنان» is no «فن»


def table_rows(name: str) -> Iterator[list[str]]:
    """The rows of a table of this room, without its heading and its remarks."""
    lines = files("arabic").joinpath(name).read_text(encoding="utf-8").splitlines()
    return (line.split("\t") for line in lines[1:] if not line.startswith("# "))
