"""Learns which words keep what looks like a clitic or an ending: ``python -m benchmarks.affixes`` writes the table.

A word that takes the article keeps the letter after it («البيان»: «ب» is the word's own); so does one whose rest is
hardly ever written («باريس»). Counts are of the rows of shared/data/categories that may train (SANAD, ANT v2.1); only
words leave them.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from arabic import affixes
from arabic.fold import fold
from benchmarks.categories import DATA

# Corpus → its licence.
CORPORA = {"sanad": "CC BY 4.0", "antv21": "cite the paper"}
TABLE = Path(affixes.__file__).with_name("kept_learnt.tsv")
FEWEST = 20  # occurrences of a word in 8.7 million
_AND, _THEN = "\N{ARABIC LETTER WAW}", "\N{ARABIC LETTER FEH}"
_WITH, _LIKE, _TO = "\N{ARABIC LETTER BEH}", "\N{ARABIC LETTER KAF}", "\N{ARABIC LETTER LAM}"
_ALEF, _TEH = "\N{ARABIC LETTER ALEF}", "\N{ARABIC LETTER TEH}"
_FRONTS = ("", _AND, "ال", "وال", _WITH, _TO, "بال", "لل", "ولل", "وبال", "وب", "ول", _THEN, "فال")
_ARTICLES = ("ال", "وال", "بال", "وبال", "فال")  # «لل» may be «ل» before a word with a lam of its own
# Clitic → the least share of the rest among the word's occurrences that makes it a clitic.
_CLITICS = {_AND: 0.02, _THEN: 0.1, _WITH: 0.04, _LIKE: 0.1, _TO: 0.04}
# Ending → the share of the rest below which the word keeps it.
_ENDINGS = {"ان": 0.4, "ين": 0.03, "ون": 0.12, _ALEF: 0.03, _TEH: 0.05, _AND: 0.6, "هم": 0.1, "كم": 0.25}
_PARTICIPLE = "\N{ARABIC LETTER MEEM}"  # «محتجين», «مشيرا»: rare without the ending, and yet an ending


def learn() -> dict[str, set[str]]:
    """Affix → the words that keep it. Raises FileNotFoundError where the data is not at hand."""
    counts = _counts()
    learnt = _endings(counts)
    _use(learnt)
    learnt |= _clitics(counts)
    _use(learnt)
    return learnt


def _use(learnt: dict[str, set[str]]) -> None:
    lines = ["affix\tword", "# Learnt by python -m benchmarks.affixes from:"]
    lines += [
        f"# {name} ({licence}), sha256 {sha256((DATA / f'{name}.jsonl.gz').read_bytes()).hexdigest()[:16]}"
        for name, licence in CORPORA.items()
    ]
    lines += [f"{affix}\t{word}" for affix, words in sorted(learnt.items()) for word in sorted(words)]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for remembered in (affixes.kept, affixes._own_beginnings):
        remembered.cache_clear()


def _counts() -> Counter[str]:
    counts: Counter[str] = Counter()
    for corpus in CORPORA:
        with gzip.open(DATA / f"{corpus}.jsonl.gz", "rt", encoding="utf-8") as file:
            for line in file:
                article = json.loads(line)
                counts.update(fold(f"{article['title'] or ''} {article['text']}").split())
    return counts


def _endings(counts: Counter[str]) -> dict[str, set[str]]:
    kept: dict[str, set[str]] = {ending: set() for ending in (*_ENDINGS, "نا")}
    for word in _words(counts):
        whole = _all(counts, word)
        if whole < FEWEST:
            continue
        for ending, share in _ENDINGS.items():
            rest = word.removesuffix(ending)
            if rest == word or len(rest) < 3 or word.endswith("تين"):
                continue
            if len(ending) == 1 and word.endswith(("وا", "ات", "ها")):
                continue  # the longer ending is cut
            others = _all(counts, rest)
            keeps = 0 < others < share * whole and not word.startswith(_PARTICIPLE)
            takes_article = ending == _TEH and _with_article(counts, word) > 0.02 * whole
            if keeps or (takes_article and others < whole / 2):
                kept[ending].add(word)
        if word.endswith("نا") and len(word) > 4 and _all(counts, word[:-1]) > _all(counts, word[:-2]):
            kept["نا"].add(word)  # «قانونا» is «قانون» and an alef
    return kept


def _clitics(counts: Counter[str]) -> dict[str, set[str]]:
    votes: dict[str, Counter[str]] = {clitic: Counter() for clitic in _CLITICS}
    for word in _words(counts):
        clitic, rest = word[:1], word[1:]
        bare, definite = counts[word], _with_article(counts, word)
        if clitic not in _CLITICS or len(rest) < 2 or bare + definite < 3:
            continue
        if rest.startswith("ال") and definite < 0.1 * bare:
            continue  # «بالإضافة»: hardly ever without «ب»
        others = counts[rest] + _with_article(counts, rest)
        is_noun = definite > 0.01 * bare and (definite > 0.12 * bare or others < 5 * bare)  # «البلقاء» and «بلقاء»
        if len(rest) == 2 and definite < 0.12 * bare:
            continue  # never cut when bare, «كان»; a noun that keeps it («كنز») has endings, «كنزان»
        keeps = is_noun or others < _CLITICS[clitic] * bare
        votes[clitic][affixes.without_ending(word)] += bare + definite if keeps else -bare
    return {clitic: {word for word, vote in words.items() if vote >= FEWEST} for clitic, words in votes.items()}


def _words(counts: Counter[str]) -> Iterator[str]:
    return (word for word in counts if affixes.is_arabic(word) and not word.startswith("ال"))


def _all(counts: Counter[str], word: str) -> int:
    return sum(counts[front + word] for front in _FRONTS)


def _with_article(counts: Counter[str], word: str) -> int:
    return sum(counts[front + word] for front in _ARTICLES)


if __name__ == "__main__":
    learn()
