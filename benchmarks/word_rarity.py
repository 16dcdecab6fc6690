"""Learns how rare words are, for news/data/word_rarity.tsv. ``python -m benchmarks.word_rarity`` writes the table.

Only counts leave the corpora: no text, and no word that stands in fewer than ``FEWEST`` of their articles.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from math import log2
from pathlib import Path

from arabic.fold import Folded, fold
from arabic.tokens import tokens

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "categories"
TABLE = Path(__file__).resolve().parent.parent / "news" / "data" / "word_rarity.tsv"
CORPORA = {"sanad": "SANAD, AlKhaleej part, CC BY 4.0", "antv21": "ANT v2.1, cite the paper"}
LONGEST = 2000  # characters of a text
FEWEST = 12  # articles
STEP = 0.5  # bits: words as rare as each other to half a bit stand on one line


def main() -> None:
    counts: Counter[Folded] = Counter()
    articles = 0
    for words in _articles():
        articles += 1
        counts.update(words)
    by_rarity: dict[float, list[Folded]] = {}
    for word, count in counts.items():
        if count >= FEWEST and len(word) <= 20 and not any(map(str.isdigit, word)):
            by_rarity.setdefault(round(log2(articles / count) / STEP) * STEP, []).append(word)
    lines = ["bits\twords", f"# Of {articles} articles, how many bits it tells that a word is in one. Learnt from:"]
    lines += [
        f"# {name} ({licence}), sha256 {sha256((DATA / f'{name}.jsonl.gz').read_bytes()).hexdigest()[:16]}"
        for name, licence in CORPORA.items()
    ]
    lines += [f"{bits}\t{' '.join(sorted(words))}" for bits, words in sorted(by_rarity.items())]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _articles() -> Iterator[frozenset[Folded]]:
    for name in CORPORA:
        for line in gzip.decompress((DATA / f"{name}.jsonl.gz").read_bytes()).decode().split("\n"):
            if line:
                article = json.loads(line)
                yield frozenset(tokens(fold(f"{article['title'] or ''}\n{article['text'][:LONGEST]}")))


if __name__ == "__main__":
    main()
