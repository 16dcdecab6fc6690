"""How what was found in the archive looks: to people with its words marked, to programs with their places."""

from collections.abc import Iterable, Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from feeds.address import mask
from khulasa.showing import safe, table
from news.query import Query
from news.searchable import searchable_text
from news.snippets import Span, marked, snippet_of
from news.types import Article
from store.search import Found, Hit


def found_shown(found: Found, query: Query, titles: Mapping[str, str]) -> RenderableType:
    """A table of the hits, the best first."""
    if not found.hits:
        return safe("nothing answers this")
    shown = table("article", "source", "date", whole=("date",))
    for hit in found.hits:
        article = hit.article
        title = _with_marks(article.entry.title, marked(article.entry.title, query, is_title=True), "bold")
        snippet = snippet_of(searchable_text(article), query)
        link = safe(mask(article.entry.link), "dim") if article.entry.link else Text()
        places = "، ".join(
            dict.fromkeys(titles.get(a.source_id, a.source_id) for a in (*article.appearances, *article.copies))
        )
        about = Text("\n").join((title, _with_marks(snippet.text, snippet.marks, "dim"), link, Text()))
        shown.add_row(about, safe(places), safe(f"{article.date:%Y-%m-%d %H:%M}"))
    return Group(shown, safe(_counted(found)))


def found_json(found: Found, query: Query) -> dict[str, object]:
    """The hits as programs get them; marks are spans of characters in the text beside them."""
    return {
        "query": query.text,
        "matches": found.matches,
        "more": found.is_more,
        "results": [_hit_json(hit, query) for hit in found.hits],
    }


def _hit_json(hit: Hit, query: Query) -> dict[str, object]:
    article = hit.article
    snippet = snippet_of(searchable_text(article), query)
    return {
        "id": article.id,
        "title": article.entry.title,
        "title_marks": marked(article.entry.title, query, is_title=True),
        "link": article.entry.link,
        "sources": _sources(article),
        "date": article.date,
        "categories": [label.id for label in article.categories],
        "countries": [label.id for label in article.countries],
        "score": hit.score,
        "snippet": snippet.text,
        "snippet_marks": snippet.marks,
    }


def _sources(article: Article) -> list[str]:
    """Who carried it, or a copy of it."""
    return list(dict.fromkeys(a.source_id for a in (*article.appearances, *article.copies)))


def _counted(found: Found) -> str:
    number = f"more than {found.matches}" if found.is_more else str(found.matches)
    return f"{number} found, {len(found.hits)} shown"


def _with_marks(text: str, spans: Iterable[Span], style: str) -> Text:
    shown = Text()
    place = 0
    for begin, end in spans:
        shown.append_text(safe(text[place:begin], style)).append_text(safe(text[begin:end], "bold yellow"))
        place = end
    return shown.append_text(safe(text[place:], style))
