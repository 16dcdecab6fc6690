"""What an article is about: the categories, and how evidence is weighed into them."""

from dataclasses import dataclass

from news.tables import read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One of the fixed headings every article is filed under. ``name`` is Arabic display text."""

    id: str
    name: str


CATEGORIES = tuple(Category(id=id, name=name) for id, name in read_table("categories", ("id", "name")))
