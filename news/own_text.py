"""The text of an entry that is its own: without credits around it and headlines of other stories in its middle."""

from news.leads import read_lead
from news.paragraphs import paragraphs_of
from news.related import split_related
from news.types import Entry


def own_text(entry: Entry) -> tuple[str, ...]:
    """Its paragraphs, as display text; news/conclude.py takes the same steps on its way."""
    return split_related(read_lead(paragraphs_of(entry.body), author=entry.author).paragraphs)[0]
