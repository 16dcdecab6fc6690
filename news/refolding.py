"""What a new version of the folding makes of an article that is kept: other fingerprints, nothing else.

Knows only the text that is kept, the lead's. A fingerprint of another text stays as it was made, and finds nothing
any more.
"""

from dataclasses import replace

from arabic.fold import FOLD_VERSION, folded_words
from news.identity import fingerprint
from news.own_text import own_text
from news.types import Article, Entry


def refolded(article: Article) -> Article:
    """``article`` as the present folding would have concluded its fingerprints.

    Where the lead has none, it had none for a reason: its text is too short, or not its own (news/decide.py).
    """
    old = article.lead.fingerprint
    if article.fold_version == FOLD_VERSION:
        return article
    new = None if old is None else content_hash(article.entry)
    appearances = tuple(
        replace(appearance, fingerprint=new) if appearance.fingerprint == old else appearance
        for appearance in article.appearances
    )
    return replace(article, appearances=appearances, fold_version=FOLD_VERSION)


def content_hash(entry: Entry) -> str | None:
    """The fingerprint of an entry; see news/conclude.py, which takes the same steps on its way."""
    return fingerprint(title=folded_words(entry.title), text=folded_words("\n".join(own_text(entry))))
