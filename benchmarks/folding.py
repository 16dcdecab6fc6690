"""What folding and stemming get right on the judged tables of tests/data/arabic, beside other ways, and what they cost.

The tables are our own judgement and partly what the stemmer was built with: they compare ways, and say nothing of text
that nobody looked at.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from random import Random
from time import perf_counter

import Stemmer
from rich.table import Table

from arabic import fold as folding
from arabic.fold import Folded, fold
from arabic.stems import _stem, index_terms, query_terms, stem
from benchmarks.generated_feeds import running_text
from tests.arabic.judged import TABLES, found_and_wrong, pairs
from tests.arabic.tables import table as judged_table

ARTICLES, WORDS, ROUNDS = 100, 300, 9
_OURS = "Khulasa"
_LIGHT_10 = (
    ("وال", "بال", "كال", "فال", "لل", "ال"),
    (*("ها", "ان", "ات", "ون", "ين", "يه"), "\N{ARABIC LETTER HEH}", "\N{ARABIC LETTER YEH}"),
)


def table() -> Table:
    shown = Table("what", "rows", "right", "wrong", title="folding and terms")
    rows = judged_table("folding")
    kinds = Counter(row["kind"] for row in rows)
    right = Counter(row["kind"] for row in rows if fold(row["before"]) == row["after"])
    for kind, count in kinds.items():
        shown.add_row(f"folding: {kind}", str(count), str(right[kind]), str(count - right[kind]))
    shown.add_row("folding, all", str(len(rows)), str(right.total()), str(len(rows) - right.total()))
    shown.add_section()
    for number, name in enumerate(TABLES):
        judged = f"{len(pairs(name, 'finds'))} + {len(pairs(name, 'never'))}"
        for way, query, index in _ways():
            found, wrong = found_and_wrong(name, query, index)
            shown.add_row(
                f"{name}: {way}", judged, f"{found:.1%}", f"{wrong:.1%}", end_section=number == 0 and way == _OURS
            )
    shown.add_section()
    for name, microseconds in _costs():
        shown.add_row(f"µs for {WORDS} words: {name}", str(ARTICLES), f"{microseconds:.0f}", "")
    return shown


def _ways() -> list[tuple[str, Callable[[str], Collection[str]], Callable[[str], str]]]:
    """(name, terms of a query's word, term of a text's word)."""
    snowball = Stemmer.Stemmer("arabic").stemWord
    return [
        ("the folded word", lambda word: (fold(word),), fold),
        ("light10", lambda word: (_light_10(word),), _light_10),
        ("PyStemmer's Arabic", lambda word: (snowball(word),), snowball),
        (f"{_OURS}, no plurals", lambda word: (stem(fold(word)),), lambda word: stem(fold(word))),
        (_OURS, lambda word: query_terms(fold(word)), lambda word: stem(fold(word))),
    ]


def _light_10(word: str) -> str:
    """The stemmer of Larkey, Ballesteros and Connell (2007), over our folding."""
    prefixes, endings = _LIGHT_10
    word = fold(word)
    rest = word[1:] if word.startswith("\N{ARABIC LETTER WAW}") and len(word) > 3 else word
    prefix = next((one for one in prefixes if rest.startswith(one) and len(rest) - len(one) >= 2), "")
    rest = rest[len(prefix) :]
    for ending in endings:
        if rest.endswith(ending) and len(rest) - len(ending) >= 2:
            rest = rest[: -len(ending)]
    return rest


def _costs() -> list[tuple[str, float]]:
    texts = [running_text(Random(seed), WORDS) for seed in range(ARTICLES)]  # noqa: S311 – repeatable, no secret
    rare = [f"{text} \N{SNOWMAN}" for text in texts]
    latin = ["the quick brown fox jumps over the lazy dog, and all is well. " * (WORDS // 13)] * ARTICLES
    folded = list(map(fold, texts))
    return [
        ("folded", _cost(fold, texts)),
        ("folded, with a rare character", _cost(fold, rare)),
        ("folded, in English", _cost(fold, latin)),
        ("folded, when it is already", _cost(fold, folded)),
        ("str.translate alone", _cost(lambda text: text.translate(folding._FOLDED_CHARACTERS), texts)),
        ("terms of folded text, the words known", _cost(lambda text: index_terms(Folded(text)), folded)),
        ("terms of folded text, each word new", _cost(_new_terms, folded)),
    ]


def _new_terms(text: str) -> None:
    _stem.cache_clear()
    index_terms(Folded(text))


def _cost(way: Callable[[str], object], texts: Sequence[str]) -> float:
    """Microseconds for one text, the best of the rounds: what else the machine does only ever adds."""
    rounds = []
    for _ in range(ROUNDS):
        began = perf_counter()
        for text in texts:
            way(text)
        rounds.append((perf_counter() - began) / len(texts) * 1e6)
    return min(rounds)
