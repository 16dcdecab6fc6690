"""What an article can be found by: the words of its titles and its text, its authors, and the marks of its fields.

Knows what of an article counts, not how it is looked up. Left out are headlines of other stories in the middle of a
text, which would answer every query about those, and the words of credits: «كتب: …» has nothing to do with books.
"""

import re
from dataclasses import dataclass

from arabic.fold import Folded, fold
from arabic.stems import ARABIC_VERSION, index_terms
from news.leads import read_lead
from news.paragraphs import paragraphs_of
from news.related import split_related
from news.types import Article

# Of what is made here; what was made by another version is due for a rebuild.
SEARCH_VERSION = f"{ARABIC_VERSION}.1"

MOST_TITLE_WORDS = 400  # of all titles of an article together
MOST_WORDS = 5000  # of its text: a book is found by its beginning

EVERY = "a:"  # the mark that every article has
SOURCE, CATEGORY, COUNTRY, LANGUAGE = "s:", "c:", "k:", "l:"

_LANGUAGE = re.compile("[a-z]{2,3}(?![a-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What an index keeps of one article: words of three columns, each joined by spaces."""

    marks: str
    title: str
    text: str


def indexed(article: Article) -> Indexed:
    """The marks and terms of an article. Its text is also found by whoever is credited for it."""
    text = fold(searchable_text(article))
    names = tuple(a.byline for a in article.appearances if a.byline)
    bylines = (name for name in dict.fromkeys(map(fold, names)) if name not in text)
    return Indexed(
        marks=" ".join(_marks(article)),
        title=_terms(fold(" ".join(_titles(article))), MOST_TITLE_WORDS),
        text=_terms(Folded(" ".join((text, *bylines))), MOST_WORDS),
    )


def searchable_text(article: Article) -> str:
    """The display text that is looked through; what is written in both is written once."""
    entry = article.entry
    parts = [_running_text(html, entry.author) for html in (entry.content, entry.summary) if html]
    if len(parts) == 2 and fold(parts[1].rstrip(".… ")) in fold(parts[0]):
        parts.pop()
    return "\n".join(parts)


def _running_text(html: str, author: str | None) -> str:
    return "\n".join(split_related(read_lead(paragraphs_of(html), author=author).paragraphs)[0])


def _titles(article: Article) -> tuple[str, ...]:
    """Its own and those that other outlets gave it."""
    titles = (article.entry.title, *(a.title for a in article.appearances))
    return tuple({fold(title): title for title in reversed(titles)}.values())[::-1]


def _marks(article: Article) -> list[str]:
    marks = [EVERY]
    marks += sorted({SOURCE + appearance.source_id for appearance in article.appearances})
    marks += [CATEGORY + label.id for label in article.categories]
    marks += [COUNTRY + label.id.lower() for label in article.countries]
    if article.language and (found := _LANGUAGE.match(article.language.lower())):
        marks.append(LANGUAGE + found[0])
    return marks


def _terms(folded: Folded, most: int) -> str:
    return " ".join(index_terms(Folded(" ".join(folded.split(" ", most)[:most]))))
